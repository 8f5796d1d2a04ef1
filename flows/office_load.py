"""The work of one body as its head sees it: by person, in the pool, and what is late with the reason.

Counts stop at a cap and are taken in the order of deadlines, so that what is late is never what is left out.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from audit.clock import now, today
from dossiers.acts import waits_for
from dossiers.clock import stopped_days
from dossiers.models import Dossier
from dossiers.together import read_together
from dossiers.words import ACTS
from organizations.calendar import SOON_WITHIN, Distance, add_working_days, distance, working_days_between
from organizations.models import Appointment, Office, Organization, Person, Substitution
from organizations.working_days import end_of_day

from .desk import HEADS
from .due_order import RUNNING
from .models import StepRow
from .queries import DUE_FIRST, StepQuerySet

MOST = 2000  # open steps looked at; a body with more is told so
LISTED = 50  # late steps on the page
DONE_WITHIN = 30  # days
HELD = "process__dossier__held_since"


@dataclass(slots=True)
class Load:
    """What lies on one desk, or in the pool."""

    held: int = 0
    late: int = 0
    soon: int = 0
    first_due: datetime | None = None
    done: int = 0

    def take(self, due: datetime | None, at: datetime, soon: datetime) -> None:
        """Count one open step; they come in the order of deadlines.  `due` is None while its clock stands, too."""
        self.held += 1
        self.first_due = self.first_due or due
        self.late += due is not None and due < at
        self.soon += due is not None and at <= due <= soon


@dataclass(slots=True)
class Desk(Load):
    """The load of one person."""

    person: Any = None
    offices: list[str] = field(default_factory=list)
    away: str = ""
    first: Distance | None = None


@dataclass(frozen=True, slots=True)
class Late:
    """One late step: who has it since when, what stands in the way, how long it took gross and net of stops."""

    step: StepRow
    distance: Distance
    holder: str
    why: list[str]
    gross: int
    net: int


def bodies_of(person: Person) -> list[Organization]:
    """The bodies whose work this person gives out today, in the order of the tree."""
    found = {held.organization_id: held.organization for held in person.offices_today() if held.office in HEADS}
    return sorted(found.values(), key=lambda body: body.path)


def load_of(body: Organization) -> dict[str, Any]:
    """Desks, pool, and whether more is open than was counted; as many statements for a hundred people as for one."""
    at, soon = now(), end_of_day(add_working_days(today(), SOON_WITHIN, body))
    rows = StepRow.objects.open().filter(organization=body).order_by(*DUE_FIRST)
    steps = list(rows.values_list("owner", "office", "due_at", HELD)[: MOST + 1])
    done = _done(body)
    desks = _desks(body, {office for _owner, office, *_rest in steps} | {office for _owner, office in done})
    pool = Desk()
    for owner, office, due, held_since in steps[:MOST]:
        desk = desks.get(owner)
        (desk if desk and office in desk.offices else pool).take(None if held_since else due, at, soon)
    for (owner, _office), count in done.items():
        if owner in desks:
            desks[owner].done += count
    for desk in (pool, *desks.values()):
        desk.first = distance(desk.first_due, at, body) if desk.first_due else None
    listed = sorted(desks.values(), key=lambda desk: (-desk.late, -desk.held, desk.person.sort_key))
    return {"desks": listed, "pool": pool, "capped": len(steps) > MOST, "late": sum(d.late for d in (pool, *listed))}


def _done(body: Organization) -> dict[tuple[int, str], int]:
    """{(person, office): steps that people of the body finished in the last days}; asked person by person."""
    since = now() - timedelta(days=DONE_WITHIN)
    own = Appointment.objects.today().filter(organization=body).values("person")
    lent = Substitution.objects.today().filter(organization=body).values("substitute")
    people = Person.objects.filter(Q(pk__in=own) | Q(pk__in=lent)).values("pk")
    rows = StepRow.objects.filter(owner__in=people, finished__gte=since, organization=body, completion__isnull=False)
    return {row[:2]: row[2] for row in rows.order_by().values_list("owner", "office").annotate(n=Count("pk"))}


def _desks(body: Organization, offices: set[str]) -> dict[int, Desk]:
    """{person: an empty desk} of everyone who does one of these offices here today; who is away, and for whom."""
    desks: dict[int, Desk] = {}
    for office in sorted(offices):
        for person in colleagues(body, office):
            desks.setdefault(person.pk, Desk(person=person)).offices.append(office)
    away = Substitution.objects.today().filter(organization=body, principal__in=desks).select_related("substitute")
    named = defaultdict(list)
    for one in away:
        named[one.principal_id].append(one.substitute.full_name)
    for pk, names in named.items():
        desks[pk].away = ", ".join(dict.fromkeys(names))
    return desks


def colleagues(body: Organization, office: str) -> list[Person]:
    """Who does an office here today, and who stands in for them, by name."""
    return list(Person.objects.reached(office, body.pk).order_by("sort_key", "pk"))


def held_by(body: Organization, people: Iterable[int]) -> dict[int, int]:
    """{person: how many open steps lie on their desk here}."""
    rows = StepRow.objects.open().filter(organization=body, owner__in=people).order_by()
    return dict(rows.values_list("owner").annotate(n=Count("pk")))


def office_names(desk: Desk) -> str:
    """The offices of a desk in words."""
    return ", ".join(str(Office(office).label) for office in desk.offices)


def open_at(body: Organization, person: Person) -> StepQuerySet:
    """The open steps of a body on dossiers its head may read, in the order of deadlines."""
    seen = Dossier.objects.visible_to(person)
    return StepRow.objects.open().filter(organization=body).on(seen).order_by(*DUE_FIRST)


def late_of(body: Organization, person: Person, most: int = LISTED) -> list[Late]:
    """The latest steps of a body with the reason of each, the most overdue first; a fixed number of statements."""
    at = now()
    steps = list(open_at(body, person).filter(RUNNING, due_at__lt=at).told_to(person)[:most])
    dossiers = [step.process.dossier for step in steps]
    read_together(dossiers, acts=sorted({act for step in steps if (act := _main(step))}))
    away = {
        one.principal_id: one.substitute.full_name
        for one in Substitution.objects.today().filter(organization=body).select_related("substitute")
    }
    return [_late(step, body, at, away) for step in steps]


def _late(step: StepRow, body: Organization, at: datetime, away: dict[int, str]) -> Late:
    dossier = step.process.dossier
    gross = working_days_between(step.created, at, body)
    stood = stopped_days(dossier, step.created, at, body=body)
    told = distance(step.due_at, at, body) if step.due_at else Distance("", "late")
    return Late(step, told, step.holder_name, _reasons(step, away), gross, max(gross - stood, 0))


def _main(step: StepRow) -> str:
    """The act by which a step is meant to end."""
    return next((act for act in step.flow_task.ways if ACTS[act].tone == "main"), "")


def _reasons(step: StepRow, away: dict[int, str]) -> list[str]:
    """Why it is late, as far as the facts say: what it waits for, or whose hands it lies in."""
    dossier = step.process.dossier
    found = [
        _("Đồng hồ dừng từ %(day)s: %(why)s.") % {
            "day": f"{one.since.astimezone():%d/%m/%Y}", "why": one.get_why_display()}
        for one in dossier.pauses if one.until is None
    ]  # fmt: skip
    dossier.stand(step.flow_task.place, step.organization)
    main = _main(step)
    found += waits_for(dossier, main) if main else []
    if not step.holder_name:
        found.append(_("Chưa ai nhận."))
    elif step.owner_id in away:
        found.append(_("Người giữ đang vắng, %(name)s làm thay.") % {"name": away[step.owner_id]})
    return found or [_("Không vướng gì: chờ người giữ xử lý.")]
