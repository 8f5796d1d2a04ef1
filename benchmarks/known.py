"""What the engines beside ours are told beforehand, so that they need not ask; read from the law and the procedure.

This is a gift to them: ours finds all of it out in every act, because offices, terms and conditions can change.
"""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from viewflow.workflow.fields import get_task_ref

from audit.clock import now
from dossiers.clock import Deadline
from dossiers.effects import regime_on
from dossiers.free_hand import sole_of, with_ties
from dossiers.lifecycle import law
from dossiers.models import Dossier
from dossiers.notices import NOTICES
from dossiers.states import DESKS, REACH
from flows.flows import CampaignAwardFlow
from flows.nodes import Step, timed
from notifications.matrix import rule_of
from notifications.quiet import held_until
from organizations.models import Organization, Person, Place

from .ground import Act, Ground


@dataclass(frozen=True)
class Next:
    """The step an act leads to; `office` is empty at the end of the passage.

    timed    the columns of its deadline and of its clock; `counts_from` is the moment of the act, where it is any
    """

    node: str
    title: str
    office: str = ""
    organization: int | None = None
    owner: int | None = None
    timed: dict[str, Any] = field(default_factory=dict)

    @property
    def due(self) -> datetime | None:
        """By when it is to be done."""
        return self.timed.get("due_at")


@dataclass(frozen=True)
class Told:
    """One person an act tells; `ahead` when it is of the next step, `held_until` while its mail is quiet."""

    recipient: int
    template: str
    way: str
    ahead: bool = False
    held_until: datetime | None = None


@dataclass(frozen=True)
class Known:
    """One act's constants."""

    act: Act
    target: str
    reach: int
    person: Person  # in the ledger's column "actor"
    behalf: Person | None
    origin: str
    office: str
    organization: Organization | None
    next: Next
    to_desk: bool  # it comes to a desk that did not have it
    notices: tuple[Told, ...]


def known(ground: Ground, act: Act) -> Known:
    """The constants of an act for dossiers of one unit, by the product's own law, procedure and register."""
    dossier = ground.sample
    rule = law(Dossier)[act.name][act.source]
    node = getattr(CampaignAwardFlow, act.node).ways[act.name]
    person, system = ground.people[act.who], act.name == "grant"
    office, place = rule.custom["office"], rule.custom["place"]
    bodies = {row.place: row.organization for row in dossier.places} | {Place.UNIT: dossier.unit}
    audiences = [(audience(dossier), template) for audience, template in NOTICES.get(act.name, ())]
    told = {p.pk: _told(p, template) for people, template in audiences for p in people}
    following, holders = _next(node, dossier)
    told |= {p.pk: _told(p, "new_task", following.office) for p in holders}
    return Known(
        act=act, target=rule.target, reach=REACH.get(rule.target, 0),
        person=Person.objects.system() if system else person, behalf=person if system else None,
        origin="worker" if system else "web", office=office, organization=bodies[place], next=following,
        to_desk=rule.target in DESKS, notices=tuple(one for pk, one in told.items() if system or pk != person.pk),
    )  # fmt: skip


def _next(node: object, dossier: Dossier) -> tuple[Next, list[Person]]:
    """The step that follows, with its holders."""
    ref = get_task_ref(node)
    if not isinstance(node, Step):
        return Next(ref, ""), []
    body, at = dossier.body_at(node.place), now()
    holders = list(with_ties(Person.objects.reached(node.office, body), dossier))
    sole, there = sole_of(holders), _there(dossier, at)
    columns = timed(node, there, node.due(there, node, at) if node.due else Deadline(), at)
    return Next(ref, str(node.task_title), node.office, body, sole.pk if sole else None, columns), holders


def _there(dossier: Dossier, at: datetime) -> Dossier:
    """The dossier as it is once the act has brought it to its desk."""
    dossier.places  # noqa: B018  asked once, for the copy too
    there = copy(dossier)
    there.regime, there.received_at, there.desk_since = regime_on(at.astimezone().date()), at, at
    return there


def _told(person: Person, template: str, office: str = "") -> Told:
    """How the house tells somebody who changed nothing of its ways."""
    rule = rule_of(template)
    quiet = None if rule.urgent else held_until(None, now())
    return Told(person.pk, template, rule.way_for(None, office), bool(office), quiet)
