"""Steps at which the clock gave up: seen, tried again, or dismissed with a reason by an operator."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.clock import now
from audit.ledger import Actor, witness
from audit.models import Entry
from dossiers.errors import Gone
from organizations.models import Office

from .ladder import climb, moment
from .models import StepRow
from .sweeper import rearm

SAVED = ["tries", "fault", "stuck_at", "scheduled", "rung"]


def may_operate(person: Any) -> bool:
    """Whether this person keeps the house running: a holder of ADMIN today."""
    return any(held.office == Office.ADMIN for held in person.offices_today())


def stuck_steps() -> QuerySet:
    """Steps the clock gave up, the oldest first."""
    rows = StepRow.objects.filter(stuck_at__isnull=False).order_by("stuck_at", "pk")
    return rows.select_related("process__dossier__unit", "organization", "owner")


@transaction.atomic
def retry(pk: int, *, by: Actor) -> Entry:
    """Let the clock look at a step again at once.

    Raises    PermissionDenied, Gone when it is no incident any more
    """
    step = _stuck(pk, by)
    dossier = step.process.dossier
    entry = witness("retry_clock", by=by, subject=dossier, facts={"step": pk, "fault": step.fault})
    step.tries, step.fault, step.stuck_at = 0, "", None
    at = _moment(step)
    if dossier.held_since is not None:  # it is armed when the hold is lifted
        step.scheduled = step.rung = None
    elif at is not None and at <= now():
        step.scheduled = at
    else:
        rearm([step])
    step.save(update_fields=SAVED)
    return entry


def _moment(step: StepRow) -> datetime | None:
    """The moment at which the clock gave up: of the rung, or of the deadline itself."""
    if step.due_at is None:
        return None
    return step.due_at if step.rung is None else moment(step.rung, step.due_at)


@transaction.atomic
def dismiss(pk: int, *, by: Actor, reason: str) -> Entry:
    """Leave out what the clock could not do at a step; its later rungs go on.

    Raises    PermissionDenied, Gone when it is no incident any more
    """
    step = _stuck(pk, by)
    facts = {"step": pk, "rung": step.rung, "fault": step.fault}
    entry = witness("dismiss_clock", by=by, subject=step.process.dossier, reason=reason, facts=facts)
    step.tries, step.fault, step.stuck_at = 0, "", None
    if step.rung is None:  # the deadline itself: nothing comes after it
        step.scheduled = None
    else:
        step.campaign_id = step.process.dossier.campaign_id
        step.scheduled, step.rung = climb(step)
    step.save(update_fields=SAVED)
    return entry


def _stuck(pk: int, by: Actor) -> StepRow:
    if not may_operate(by.person):
        raise PermissionDenied
    rows = StepRow.objects.select_for_update(of=("self",)).select_related("process__dossier")
    step = rows.filter(pk=pk, stuck_at__isnull=False, finished=None).first()
    if step is None:
        raise Gone(_("Sự cố này đã được xử lý. Hãy mở lại trang sự cố."))
    return step
