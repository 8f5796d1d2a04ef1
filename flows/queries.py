"""Questions to the desk: which steps wait for whom."""

from datetime import datetime

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from viewflow.workflow.managers import TaskQuerySet

from organizations.models import Appointment

DUE_FIRST = (F("due_at").asc(nulls_last=True), F("id").asc())


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

    def for_offices_of(self, person) -> "StepQuerySet":
        """Open steps that are the work of an office this person holds today."""
        theirs = Q(pk__in=[])
        for held in person.offices_today():
            theirs |= Q(office=held.office, organization=held.organization_id)
        return self.open().filter(theirs)

    def mine(self, person) -> "StepQuerySet":
        """What this person must do now: claimed by them, or given to them as the only holder."""
        return self.for_offices_of(person).filter(owner=person).order_by(*DUE_FIRST)

    def pool(self, person) -> "StepQuerySet":
        """What their offices share: claimed by nobody who still holds the office."""
        return self.for_offices_of(person).exclude(owner=person).free().order_by(*DUE_FIRST)

    def colleagues(self, person) -> "StepQuerySet":
        """What others of their offices have claimed."""
        return self.for_offices_of(person).exclude(owner=person).held().order_by(*DUE_FIRST)

    def elsewhere(self, person, dossiers) -> "StepQuerySet":
        """Open steps of other offices on dossiers this person may read."""
        theirs = self.for_offices_of(person).values("pk")
        return self.open().filter(process__dossier__in=dossiers).exclude(pk__in=theirs).order_by(*DUE_FIRST)

    def done_by(self, person) -> "StepQuerySet":
        """Steps this person finished, the latest first."""
        return self.filter(owner=person, finished__isnull=False, completion__isnull=False).order_by("-finished", "-id")

    def due(self, at: datetime) -> "StepQuerySet":
        """Open steps at which the clock must look."""
        return self.open().filter(scheduled__lte=at).order_by("scheduled", "id")

    def taken(self) -> "StepQuerySet":
        """The same with their passages locked; those another sweeper holds are passed over (plain on SQLite)."""
        if connection.features.has_select_for_update_skip_locked:
            return self.select_for_update(skip_locked=True, of=("process",))
        return self


def _claim():
    """The appointment of a step's owner to its office, in force today."""
    return Appointment.objects.today().filter(
        person=OuterRef("owner"), office=OuterRef("office"), organization=OuterRef("organization")
    )
