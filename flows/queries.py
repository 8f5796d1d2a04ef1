"""Questions to the desk: which steps wait for whom."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from viewflow.workflow.managers import TaskQuerySet

from campaigns.models import Criterion
from dossiers.models import Dossier, Nomination
from dossiers.sight import NOTHING, at_desks, heard, of_units, on, own_units
from dossiers.ties import tie
from organizations.models import Appointment, Organization

from .due_order import DUE, DUE_FIRST, LATEST_FIRST, NEVER, Lanes, beyond, short_of
from .row_figures import names_figures, seen_version
from .standing import standing

TO_DOSSIER = "process__dossier"
# no more: beyond eight tables PostgreSQL joins them as they are written, the page's few rows last
DESK_JOINS, DESK_PEOPLE = ("process__dossier__campaign", "process__dossier__unit"), ("owner", "organization")
SHOWN = {"process__dossier__campaign": {"id", "short_name"}, "process__dossier__unit": {"id", "name", "path"}}


class StepQuerySet(Lanes, TaskQuerySet):
    """Steps of all passages."""

    def open(self) -> "StepQuerySet":
        """Steps that wait for a person."""
        return self.filter(finished__isnull=True, flow_task_type="HUMAN")

    def held(self) -> "StepQuerySet":
        """Steps whose owner still holds their office; a claim ends with the office."""
        return self.filter(Exists(_claim()))

    def free(self) -> "StepQuerySet":
        """Steps nobody has claimed, or whose owner no longer holds their office."""
        return self.filter(Q(owner=None) | ~Exists(_claim()))

    def for_offices_of(self, person: Any) -> "StepQuerySet":
        """Open steps that are the work of an office this person holds today."""
        return self.open().filter(_either(_desks_of(person)))

    def mine(self, person: Any) -> "StepQuerySet":
        """What this person must do now: claimed by them or given to them, or to somebody they stand in for."""
        return self.for_offices_of(person).filter(_on_desk_of(person)).order_by(*DUE_FIRST)

    def pool(self, person: Any) -> "StepQuerySet":
        """What their offices share: claimed by nobody who still holds the office."""
        free = [Q(owner=None) | ~Q(owner__in=holders) for holders in _holders(person)]
        return self._in_desks_of(person, free)

    def colleagues(self, person: Any) -> "StepQuerySet":
        """What others of their offices have claimed."""
        return self._in_desks_of(person, [Q(owner__in=holders) for holders in _holders(person)])

    def _in_desks_of(self, person: Any, which: list[Q]) -> "StepQuerySet":
        """Of the steps at each desk of this person those it says, and not what lies on their own."""
        desks = _desks_of(person)
        theirs = _either([desk & those for desk, those in zip(desks, which, strict=True)])
        return self.open().filter(theirs).exclude(_on_desk_of(person)).order_by(*DUE_FIRST).in_lanes(*desks)

    def elsewhere(self, person: Any) -> "StepQuerySet":
        """Open steps of other offices on dossiers this person may read."""
        units, came = own_units(person), at_desks(person, standing(person).campaigns)
        lanes = [of_units([unit]) for unit in units] + ([] if came == NOTHING else [on(TO_DOSSIER, came)])
        others = self.open().filter(_either(lanes)).exclude(_either(_desks_of(person)))
        return others.order_by(*DUE_FIRST).in_lanes(*lanes)

    def done_by(self, person: Any) -> "StepQuerySet":
        """Steps this person finished, the latest first, on dossiers they may still read."""
        units, came = own_units(person), at_desks(person, standing(person).campaigns)
        seen = [of_units(units)] * bool(units) + [on(TO_DOSSIER, came)] * (came != NOTHING)
        done = self.filter(_either(seen), owner=person, finished__isnull=False, status="DONE")
        return done.order_by(*LATEST_FIRST)

    def after(self, due: datetime | None, pk: int) -> "StepQuerySet":
        """Those that come after this step in the order of deadlines; steps without one come last."""
        return self.filter(beyond(DUE, due or NEVER, pk))

    def before(self, finished: datetime, pk: int) -> "StepQuerySet":
        """Finished steps that come after this one, the latest first."""
        return self.filter(short_of(F("finished"), finished, pk))

    def ahead_of(self, due: datetime | None, pk: int) -> "StepQuerySet":
        """Those that come before this step in the order of deadlines, the nearest first."""
        return self.filter(short_of(DUE, due or NEVER, pk)).reverse()

    def later_than(self, finished: datetime, pk: int) -> "StepQuerySet":
        """Finished steps that come before this one in the order of what is done, the nearest first."""
        return self.filter(beyond(F("finished"), finished, pk)).reverse()

    def under(self, unit: int) -> "StepQuerySet":
        """Steps of dossiers of a body and of everything below it in the tree."""
        return self.filter(process__dossier__unit__in=Organization.objects.below(unit))

    def for_award(self, code: str) -> "StepQuerySet":
        """Steps of dossiers in which somebody is proposed for an award of this code."""
        asked = Nomination.objects.filter(dossier=OuterRef("process__dossier"), award__code=code)
        return self.filter(Exists(asked))

    def shown_to(self, person: Any, count: int, *, own: bool) -> list[Any]:
        """The first so many rows with all a desk shows of them.

        own     all of them lie at this person's desks, or did: who holds those is known, and not asked of each row
        Adds    what `told_to` does; `figures` of the names, `seen` (a version)
        """
        stands = standing(person)
        rows = self.page(count).select_related(*DESK_JOINS).defer(*_unshown()).with_tie(person).annotate(
            heard=_hears(heard(person, stands.campaigns)), figures=names_figures(), seen=seen_version(person)
        )
        if own:
            return [stands.told(step) for step in rows[:count]]
        found = list(rows.select_related(*DESK_JOINS, *DESK_PEOPLE).annotate(held_for=_held_for())[:count])
        for step in found:
            step.claimed = step.held_for is not None  # one question of each row instead of two
        return found

    def with_least(self) -> "StepQuerySet":
        """With the least result the campaign's plan asks, and the clause that asks it."""
        asked = Criterion.objects.filter(campaign=OuterRef("process__dossier__campaign"), least_percent__isnull=False)
        return self.annotate(
            least_percent=Subquery(asked.values("least_percent")[:1]), least_clause=Subquery(asked.values("clause")[:1])
        )

    def told_to(self, person: Any) -> "StepQuerySet":
        """With dossier, holder and body, and what the reader may know.

        Adds    `claimed`: its owner still holds the office, standing in for `held_for` if not by their own appointment;
                `heard`: verdicts may be read; `tie`: what keeps the reader from acting
        """
        rows = self.select_related(*DESK_JOINS, *DESK_PEOPLE, "process__dossier__decision")
        return rows.with_tie(person).with_claim().annotate(heard=_hears(heard(person)))

    def with_claim(self) -> "StepQuerySet":
        """With `claimed` and `held_for`."""
        return self.annotate(claimed=Exists(_claim()), held_for=_held_for())

    def with_tie(self, person: Any) -> "StepQuerySet":
        """With `tie`: what ties this person to the dossier (dossiers/ties.py), or empty."""
        return self.annotate(tie=tie(Dossier, person.pk, "process__dossier"))

    def on(self, dossiers: QuerySet) -> "StepQuerySet":
        """Steps of these dossiers."""
        return self.filter(process__dossier__in=dossiers)

    def due(self, at: datetime) -> "StepQuerySet":
        """Open steps at which the clock must look."""
        return self.open().filter(scheduled__lte=at).order_by("scheduled", "id")

    def taken(self) -> "StepQuerySet":
        """The same rows locked; on PostgreSQL those that another holds now are passed over."""
        if connection.features.has_select_for_update_skip_locked:
            return self.select_for_update(skip_locked=True, of=("self",))
        return self.select_for_update()

    def passage_taken(self, passage: int) -> bool:
        """Lock one passage for this transaction; False when another holds it now (on SQLite nobody else can)."""
        passages = self.model._meta.get_field("process").related_model.objects.filter(pk=passage)
        if connection.features.has_select_for_update_skip_locked:
            passages = passages.select_for_update(skip_locked=True)
        return passages.values_list("pk", flat=True).first() is not None


def _claim() -> Any:
    """The appointments to a step's office by which its owner works today: their own, or of whom they stand in for."""
    there = Appointment.objects.today().filter(office=OuterRef("office"), organization=OuterRef("organization"))
    return there.exercised_by(OuterRef("owner"))


def _held_for() -> Subquery:
    """The name of whom a step's owner stands in for; empty by their own appointment, null when they hold nothing."""
    name = Case(When(person=OuterRef("owner"), then=Value("")), default=F("person__full_name"))
    return Subquery(_claim().annotate(stands_for=name).order_by("stands_for").values("stands_for")[:1])


def _on_desk_of(person: Any) -> Q:
    """Claims that are this person's to go on with: their own, and those of whom they stand in for in that office."""
    theirs = Q(owner=person)
    for held in person.offices_today():
        if held.principal:
            theirs |= Q(owner__in=held.desks, office=held.office, organization=held.organization_id)
    return theirs


def _desks_of(person: Any) -> list[Q]:
    """The steps of each desk whose work is this person's today."""
    desks = dict.fromkeys((held.office, held.organization_id) for held in person.offices_today())
    return [Q(office=office, organization=body) for office, body in desks]


def _unshown() -> list[str]:
    """Columns of joined rows that no desk shows."""
    models = {f"{TO_DOSSIER}__{name}": Dossier._meta.get_field(name).related_model for name in ("campaign", "unit")}
    return [
        f"{path}__{field.name}"
        for path, model in models.items() for field in model._meta.concrete_fields if field.name not in SHOWN[path]
    ]  # fmt: skip


def _hears(which: Q) -> Case:
    return Case(When(on(TO_DOSSIER, which), then=Value(True)), default=Value(False))


def _holders(person: Any) -> list[dict[int, str]]:
    """Whose claims hold at each of those desks."""
    desks = dict.fromkeys((held.office, held.organization_id) for held in person.offices_today())
    return [standing(person).holders[desk] for desk in desks]


def _either(parts: list[Q]) -> Q:
    return reduce(or_, parts) if parts else NOTHING
