"""What the engines beside ours are told beforehand, so that they need not ask; read from the law and the procedure.

This is a gift to them: ours finds all of it out in every act, because offices, terms and conditions can change.
"""

from dataclasses import dataclass
from datetime import datetime

from viewflow.workflow.fields import get_task_ref

from dossiers.lifecycle import law
from dossiers.models import Dossier
from dossiers.notices import NOTICES
from dossiers.states import REACH
from flows.flows import CampaignAwardFlow
from flows.nodes import Step
from organizations.models import Organization, Person, Place

from .ground import Act, Ground


@dataclass(frozen=True)
class Next:
    """The step an act leads to; `office` is empty at the end of the passage."""

    node: str
    title: str
    office: str = ""
    organization: int | None = None
    owner: int | None = None
    due: datetime | None = None


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
    notices: tuple[tuple[int, str, bool], ...]  # recipient, template, does it tell of the next step


def known(ground: Ground, act: Act) -> Known:
    """The constants of an act for dossiers of one unit, by the product's own law, procedure and register."""
    dossier = ground.sample
    rule = law(Dossier)[act.name][act.source]
    node = getattr(CampaignAwardFlow, act.node).ways[act.name]
    person, system = ground.people[act.who], act.name == "grant"
    office, place = rule.custom["office"], rule.custom["place"]
    bodies = {row.place: row.organization for row in dossier.places} | {Place.UNIT: dossier.unit}
    audiences = [(audience(dossier), template) for audience, template in NOTICES.get(act.name, ())]
    told = {p.pk: (p.pk, template, False) for people, template in audiences for p in people}
    notices = [line for pk, line in told.items() if system or pk != person.pk]
    following, holders = _next(node, dossier)
    return Known(
        act=act, target=rule.target, reach=REACH.get(rule.target, 0),
        person=Person.objects.system() if system else person, behalf=person if system else None,
        origin="worker" if system else "web", office=office, organization=bodies[place], next=following,
        notices=tuple(notices + [(p.pk, "new_task", True) for p in holders]),
    )  # fmt: skip


def _next(node: object, dossier: Dossier) -> tuple[Next, list[Person]]:
    """The step that follows, with its holders."""
    ref = get_task_ref(node)
    if not isinstance(node, Step):
        return Next(ref, ""), []
    body = dossier.body_at(node.place)
    holders = list(Person.objects.holders(node.office, body))
    owner = holders[0].pk if len(holders) == 1 else None
    return Next(ref, str(node.task_title), node.office, body, owner, node.due(dossier, node.name)), holders
