"""Two kinds of node: a Step is a person's work, a Deed is the system's; their edges are acts.

A procedure made of these stores no decision and asks no gateway: which way a dossier goes is which act
was done, and that is written once, in the ledger.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Node
from viewflow.workflow.nodes import ViewActivation, mixins
from viewflow.workflow.status import STATUS

from audit.clock import now
from audit.ledger import Actor
from audit.models import Entry
from dossiers.acts import perform
from dossiers.clock import Deadline
from dossiers.errors import Gone
from dossiers.free_hand import sole_of, with_ties
from dossiers.lifecycle import law
from dossiers.models import Dossier
from dossiers.states import State
from notifications.outbox import reached
from organizations.models import Person, Place

from .ladder import next_look
from .notices import new_work


@contextmanager
def passage_lock(flow_class: Any, passage_pk: int) -> Iterator[None]:
    """One transaction under the passage's row lock; waits its turn, and fails when there is no such passage."""
    with transaction.atomic():
        flow_class.process_class.objects.select_for_update().only("pk").get(pk=passage_pk)
        yield


def new_row(flow_task: Node, previous: Activation, token: Any, **columns: Any) -> Any:
    """A saved row of a node that follows `previous`."""
    row = flow_task.flow_class.task_class(
        process=previous.process, flow_task=flow_task, token=token, created=now(), **columns
    )
    row.save(force_insert=True)
    return row


def timed(flow_task: "Step", dossier: Dossier, deadline: Deadline, at: Any) -> dict[str, Any]:
    """The columns of a new step that its deadline fills, its clock armed."""
    row = flow_task.flow_class.task_class(flow_task=flow_task, **asdict(deadline))
    if dossier.held_since is None:  # else it stands until the last hold is lifted
        next_look(row, dossier.campaign_id, at=at)
    return {**asdict(deadline), "scheduled": row.scheduled, "rung": row.rung}


class StepActivation(ViewActivation):
    """An open step; `do` is the only way out of it."""

    act = ""  # name of the act done; known only while the step completes
    entry: Entry | None = None

    @classmethod
    def create(cls, flow_task: "Step", prev_activation: Any, token: Any, data: Any = None, seed: Any = None) -> Any:
        """A new step lies on the desk of its office, and its holders are told; a sole holder has it at once."""
        dossier = prev_activation.process.dossier
        place, office = flow_task.place, flow_task.office
        body = dossier.body_at(place)
        at = now()
        deadline = flow_task.due(dossier, flow_task, at) if flow_task.due else Deadline()
        people = list(reached(with_ties(Person.objects.reached(office, body), dossier)))
        free = [person for person in people if place == Place.UNIT or not person.tied]
        sole = sole_of(free)
        row = new_row(
            flow_task, prev_activation, token, office=office, organization_id=body, unit_id=dossier.unit_id,
            cause=prev_activation.entry.act if prev_activation.entry else "open",
            owner=sole, status=STATUS.ASSIGNED if sole else STATUS.NEW, **timed(flow_task, dossier, deadline, at),
        )  # fmt: skip
        if prev_activation.entry is not None:
            new_work(prev_activation.entry, row, free, recused=len(people) > len(free))
        return cls(row)

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.STARTED)
    def start(self, person: Person | None) -> None:
        """Doing an open step claims it."""
        self.task.owner, self.task.started = person, now()

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        """The step is over; its clock stops."""
        self.task.finished, self.task.scheduled, self.task.stuck_at = now(), None, None
        self.task.save(update_fields=["status", "owner", "started", "finished", "scheduled", "stuck_at"])

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.CANCELED)
    def expire(self) -> None:
        """The deadline ends the step; its deed follows."""
        self.task.finished, self.task.scheduled, self.task.stuck_at = now(), None, None
        self.task.save(update_fields=["status", "finished", "scheduled", "stuck_at"])

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Any]:
        """The one way out that the act opened."""
        yield self.flow_task.ways[self.act]._create(self, self.task.token)

    def require_way(self, act: str) -> None:
        """Raises Gone when the act is no way out of this step, or none any more since somebody claimed it."""
        if act in self.flow_task.unclaimed and self.task.assigned is not None and self.task.holder is not None:
            told = {"name": self.task.owner.full_name if self.task.owner else _("Có người")}
            raise Gone(_("%(name)s đã nhận hồ sơ này để xem xét; không lấy lại được nữa.") % told)
        if act not in self.flow_task.ways and act not in self.flow_task.asides:
            raise Gone(_("Việc này không thuộc bước đang mở."))

    def do(self, act: str, *, by: Actor, version: int | None = None, **facts: Any) -> Entry:
        """Perform `act` on the dossier and leave by its edge.  Runs under the passage's lock.

        Raises    Gone when the act is no way out of this step now; what `perform` raises
        """
        self.require_way(act)
        step, desk = self.task, (self.flow_task.place, self.task.organization)
        subject = Dossier(pk=self.process.dossier_id)
        self.entry = entry = perform(subject, act, by=by, version=version, step_id=step.pk, desk=desk, **facts)
        self.process.dossier = entry.subject
        if act in self.flow_task.ways:
            self._leave(act, by, entry)
        return entry

    def _leave(self, act: str, by: Actor, entry: Entry) -> None:
        from .models import Completion  # noqa: PLC0415  rows know their nodes through the flow, nodes their rows here

        self.act = act
        self.start(self._doer(act, by))
        self.complete()
        Completion.objects.create(step=self.task, entry_id=entry.pk)
        self.activate_next()

    def _doer(self, act: str, by: Actor) -> Person | None:
        """Who is said to have done the step: never the system, but the one in whose name it carries out."""
        if act in self.flow_task.unclaimed or (by.person.is_system and by.behalf is None):
            return self.task.owner
        return by.behalf if by.person.is_system else by.person

    def lapse(self, *, by: Actor) -> Entry:
        """The deadline has come: end the step, let the system do its deed.  Runs under the passage's lock."""
        self.expire()
        deed = self.flow_task.at_due._create(self, self.task.token)
        deed.by = by
        self._activate_next({deed})
        return deed.entry


class Step(mixins.NextNodeMixin, Node):
    """A person's work whose ways out are acts; its state and the law say whose office it is.

    review = Step(State.REVIEWING, due=term).On(Dossier.admit, this.deliberate)
    """

    task_type = "HUMAN"
    activation_class = StepActivation
    bpmn_element = "userTask"
    shape = flow.View.shape

    def __init__(self, state: State, *, due: Callable | None = None, title: str = "", **kwargs: Any):
        super().__init__(**kwargs)
        self.state, self.due, self.task_title = state, due, title
        self.ways: dict[str, Any] = {}
        self.asides: tuple[str, ...] = ()
        self.unclaimed: tuple[str, ...] = ()
        self.at_due: Any = None

    def On(self, act: Callable, then: Any) -> "Step":  # noqa: N802  viewflow's own spelling for node builders
        """A way out: this act leads there."""
        self.ways = {**self.ways, act.__name__: then}
        return self

    def OnUnclaimed(self, act: Callable, then: Any) -> "Step":  # noqa: N802
        """A way out for another office, open only until somebody has claimed the step."""
        self.unclaimed = (*self.unclaimed, act.__name__)
        return self.On(act, then)

    def Aside(self, act: Callable) -> "Step":  # noqa: N802
        """An act that may be done here and leaves the step open."""
        self.asides = (*self.asides, act.__name__)
        return self

    def OnDue(self, then: Any) -> "Step":  # noqa: N802
        """The deadline ends the step and leads there; without this it only reminds."""
        self.at_due = then
        return self

    @property
    def office(self) -> str:
        """The one office whose work it is, read from the law."""
        return self._rule().custom["office"]

    @property
    def place(self) -> str:
        """The place where that office sits."""
        return self._rule().custom["place"]

    def _rule(self) -> Any:
        rules = law(Dossier)
        own = next(act for act in self.ways if act not in self.unclaimed)
        return rules[own][self.state]

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self.ways = {act: this.resolve(instance, node) for act, node in self.ways.items()}
        self.at_due = this.resolve(instance, self.at_due)

    def _outgoing(self) -> Iterator[Edge]:
        for act, node in self.ways.items():
            yield Edge(src=self, dst=node, edge_class="next", label=act)
        if self.at_due:
            yield Edge(src=self, dst=self.at_due, edge_class="timeout", label="timeout")


class DeedActivation(mixins.NextNodeActivationMixin, Activation):
    """The system's act, done as soon as the node is reached."""

    by: Actor
    entry: Entry | None = None

    @classmethod
    def create(cls, flow_task: "Deed", prev_activation: Any, token: Any, data: Any = None, seed: Any = None) -> Any:
        """A row of its own, so that the passage shows what the house did."""
        return cls(new_row(flow_task, prev_activation, token))

    @Activation.status.super()
    def activate(self) -> None:
        """Perform the act in the system's name."""
        self.entry = perform(self.process.dossier, self.flow_task.act, by=self.by, step_id=self.task.pk)
        self.process.dossier = self.entry.subject


class Deed(mixins.NextNodeMixin, Node):
    """An act the system does on its own when a deadline has passed.

    lapse = Deed(Dossier.lapse).Next(this.lapsed)
    """

    task_type = "FUNCTION"
    activation_class = DeedActivation
    bpmn_element = "task"
    shape = flow.Function.shape

    def __init__(self, act: Callable, **kwargs: Any):
        super().__init__(**kwargs)
        self.act = act.__name__
