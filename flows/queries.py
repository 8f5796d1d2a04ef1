"""Questions to the desk: which steps wait for whom."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from viewflow.workflow.managers import TaskQuerySet

from audit.models import Entry
from campaigns.models import Criterion
from dossiers.models import Dossier, Nomination
from organizations.models import Appointment

DUE_FIRST = (F("due_at").asc(nulls_last=True), F("id").asc())


class Counted(Subquery):
    """How many rows a query has; a slice of it is counted no further."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


class StepQuerySet(TaskQuerySet):
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
        theirs = Q(pk__in=[])
        for held in person.offices_today():
            theirs |= Q(office=held.office, organization=held.organization_id)
        return self.open().filter(theirs)

    def mine(self, person: Any) -> "StepQuerySet":
        """What this person must do now: claimed by them, or given to them as the only holder."""
        return self.for_offices_of(person).filter(owner=person).order_by(*DUE_FIRST)

    def pool(self, person: Any) -> "StepQuerySet":
        """What their offices share: claimed by nobody who still holds the office."""
        return self.for_offices_of(person).exclude(owner=person).free().order_by(*DUE_FIRST)

    def colleagues(self, person: Any) -> "StepQuerySet":
        """What others of their offices have claimed."""
        return self.for_offices_of(person).exclude(owner=person).held().order_by(*DUE_FIRST)

    def elsewhere(self, person: Any, dossiers: Any) -> "StepQuerySet":
        """Open steps of other offices on dossiers this person may read."""
        theirs = self.for_offices_of(person).values("pk")
        return self.open().filter(process__dossier__in=dossiers).exclude(pk__in=theirs).order_by(*DUE_FIRST)

    def done_by(self, person: Any) -> "StepQuerySet":
        """Steps this person finished, the latest first."""
        return self.filter(owner=person, finished__isnull=False, completion__isnull=False).order_by("-finished", "-id")

    def after(self, due: datetime | None, pk: int) -> "StepQuerySet":
        """Those that come after this step in the order of deadlines; steps without one come last."""
        if due is None:
            return self.filter(due_at=None, pk__gt=pk)
        return self.filter(Q(due_at__gt=due) | Q(due_at=due, pk__gt=pk) | Q(due_at=None))

    def before(self, finished: datetime, pk: int) -> "StepQuerySet":
        """Finished steps that come after this one, the latest first."""
        return self.filter(Q(finished__lt=finished) | Q(finished=finished, pk__lt=pk))

    def shown_to(self, person: Any) -> "StepQuerySet":
        """Rows of a desk with all they show: `claimed`, `heard`, `total` and `standing` names, `cause` (an act)."""
        names = Nomination.objects.filter(dossier=OuterRef("process__dossier")).order_by().values("dossier")
        acts = Entry.objects.filter(chain_type="dossiers.dossier", chain_id=OuterRef("process__dossier"), kind="ACT")
        return self.told_to(person).annotate(
            total=Subquery(names.annotate(n=Count("pk")).values("n")),
            standing=Subquery(names.filter(left="").annotate(n=Count("pk")).values("n")),
            cause=Subquery(acts.exclude(source=F("target")).order_by("-position").values("act")[:1]),
        )

    def with_least(self) -> "StepQuerySet":
        """With the least result the campaign's plan asks, and the clause that asks it."""
        asked = Criterion.objects.filter(campaign=OuterRef("process__dossier__campaign"), least_percent__isnull=False)
        return self.annotate(
            least_percent=Subquery(asked.values("least_percent")[:1]), least_clause=Subquery(asked.values("clause")[:1])
        )

    def told_to(self, person: Any) -> "StepQuerySet":
        """With dossier, holder and body; `claimed`: its owner still holds the office; `heard`: verdicts may be read."""
        heard = Dossier.objects.heard_by(person).filter(pk=OuterRef("process__dossier"))
        joined = [f"process__dossier__{name}" for name in ("campaign", "unit", "decision")]
        rows = self.select_related(*joined, "owner", "organization")
        return rows.annotate(claimed=Exists(_claim()), heard=Exists(heard))

    def on(self, dossiers: QuerySet) -> "StepQuerySet":
        """Steps of these dossiers."""
        return self.filter(process__dossier__in=dossiers)

    def due(self, at: datetime) -> "StepQuerySet":
        """Open steps at which the clock must look."""
        return self.open().filter(scheduled__lte=at).order_by("scheduled", "id")

    def passage_taken(self, passage: int) -> bool:
        """Lock one passage for this transaction; False when another holds it now (on SQLite nobody else can)."""
        passages = self.model._meta.get_field("process").related_model.objects.filter(pk=passage)
        if connection.features.has_select_for_update_skip_locked:
            passages = passages.select_for_update(skip_locked=True)
        return passages.values_list("pk", flat=True).first() is not None


def _claim() -> Any:
    """The appointment of a step's owner to its office, in force today."""
    return Appointment.objects.today().filter(
        person=OuterRef("owner"), office=OuterRef("office"), organization=OuterRef("organization")
    )
