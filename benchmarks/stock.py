"""viewflow as it comes: a flow of the same six steps on its own two tables, driven by the code its own views run.

Two requests for each step, as its pages ask for: take the task, then do it.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.flow.utils import wrap_task_view, wrap_view
from viewflow.workflow.flow.views import UpdateProcessView
from viewflow.workflow.lock import SelectForUpdateLock
from viewflow.workflow.models import Process, Task

from organizations.models import Person

from .ground import ACTS, Act, Case, Ground

page = UpdateProcessView.as_view(fields=[])


class AwardFlow(flow.Flow):
    """The campaign route without offices, law, deadlines, ledger or notices."""

    lock_impl = SelectForUpdateLock()

    start = flow.StartHandle(this.begin).Next(this.prepare)
    prepare = flow.View(page).Next(this.sign)
    sign = flow.View(page).Next(this.propose)
    propose = flow.View(page).Next(this.review)
    review = flow.View(page).Next(this.deliberate)
    deliberate = flow.View(page).Next(this.decide)
    decide = flow.View(page).Next(this.end)
    end = flow.End()

    def begin(self, activation: Any) -> Process:
        """Nothing is known of the case."""
        return activation.process


class Stock:
    """viewflow's stock flow; no ledger, no notices, no verdicts, no offices: it does less."""

    name = "stock viewflow"

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        nodes = {act.name: getattr(AwardFlow, act.node) for act in ACTS}
        # viewflow's own wrappers of a page: lock, savepoint, the task read, who may
        self.take = {act: wrap_task_view(node, self.assign, permission=node.can_assign) for act, node in nodes.items()}
        self.carry = {act: wrap_view(node, self.execute) for act, node in nodes.items()}

    def begin(self, count: int) -> list[Case]:
        """So many processes."""
        return [Case(AwardFlow.start.run().pk) for _ in range(count)]

    def ready(self, act: Act, cases: Sequence[Case]) -> None:
        """Note the open tasks."""
        rows = Task.objects.filter(process__in=[case.passage for case in cases], finished=None)
        found = dict(rows.values_list("process_id", "pk"))
        for case in cases:
            case.step = found[case.passage]

    def do(self, act: Act, case: Case) -> None:
        """Take the task and do it, each a request of a person read anew."""
        for view in (self.take[act.name], self.carry[act.name]):
            user = Person.objects.get(pk=self.ground.people[act.who].pk)
            request = SimpleNamespace(method="POST", user=user, act=act)
            view(request, process_pk=case.passage, task_pk=case.step)

    def assign(self, request: Any, **kwargs: Any) -> None:
        """What viewflow's AssignTaskView does once its form is valid."""
        request.activation.assign(request.user)

    def execute(self, request: Any, **kwargs: Any) -> None:
        """What viewflow's UpdateProcessView does once its form is valid: it saves the process, then executes."""
        request.activation.process.save()
        request.activation.execute()
