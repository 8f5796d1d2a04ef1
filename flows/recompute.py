"""Open deadlines reckoned anew after the calendar, a campaign's date or a rule changed: previewed, then done."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from audit.clock import now
from audit.ledger import Actor, record
from audit.models import Kind
from campaigns.models import Campaign
from dossiers.clock import Deadline
from dossiers.models import Dossier
from organizations.calendar import version
from organizations.models import Office

from .flows import CampaignAwardFlow
from .ladder import moment
from .models import StepRow
from .notices import deadline_moved
from .sweeper import ARMED, rearm
from .timing import TIMED, reckoned, set_deadline

BATCH = 200  # steps read at once
SAVED = (*TIMED, *ARMED)


@dataclass(frozen=True, slots=True)
class Move:
    """One open step whose deadline would move, from what to what."""

    step: StepRow
    before: Deadline
    after: Deadline

    @property
    def is_later(self) -> bool:
        """True when its people get more time."""
        return (self.after.due_at or self.before.due_at) >= (self.before.due_at or self.after.due_at)


def require_may_recompute(by: Actor) -> None:
    """Only a holder of ADMIN or CHANCERY today, or the system on command.

    Raises    PermissionDenied
    """
    if by.person.is_system and by.origin in {"command", "worker"}:
        return
    if not any(held.office in (Office.ADMIN, Office.CHANCERY) for held in by.person.offices_today()):
        raise PermissionDenied


def moves(campaign: Campaign | None = None, *, most: int | None = None) -> Iterator[Move]:
    """Every open step whose deadline would be another if it were reckoned now, by key; steps on hold wait for the lift.

    campaign  only its steps
    most      look at no more than so many steps
    """
    for step, found in islice(_candidates(campaign, 0), most):
        if _differs(found, step):
            yield Move(step, Deadline(**{name: getattr(step, name) for name in TIMED}), found)


def _candidates(campaign: Campaign | None, after: int) -> Iterator[tuple[StepRow, Deadline]]:
    """Every open step that is not on hold, by key, with the deadline it would have if it were reckoned now."""
    at, known = now(), {}
    while steps := list(_open(campaign).filter(pk__gt=after)[:BATCH]):
        after = steps[-1].pk
        for step in steps:
            _share(step.process.dossier, known)
            yield step, reckoned(step, at)


def _share(dossier: Dossier, known: dict[int, tuple[Campaign, list]]) -> None:
    """One campaign object, with its rules and places, for all its dossiers."""
    if dossier.campaign_id not in known:
        known[dossier.campaign_id] = (dossier.campaign, dossier.places)
    dossier.campaign, dossier.__dict__["places"] = known[dossier.campaign_id]


def _differs(one: Any, other: Any) -> bool:
    return (one.due_at, one.legal_due_at) != (other.due_at, other.legal_due_at)


def _open(campaign: Campaign | None) -> QuerySet:
    joined = "process__dossier__campaign", "process__dossier__unit", "organization", "owner"
    steps = StepRow.objects.open().filter(process__dossier__held_since=None)
    if campaign is not None:
        steps = steps.filter(process__dossier__campaign=campaign)
    return steps.select_related(*joined).order_by("pk")


def recompute(
    *, by: Actor, reason: str, campaign: Campaign | None = None, after: int = 0, seconds: float | None = None
) -> tuple[int, int | None]:
    """Move the deadlines that ought to move, each in its own transaction; may be killed and run again.

    reason    what changed, kept in every line
    after     go on behind the step with this key
    seconds   stop after so long
    Returns   (how many moved, the key to go on behind, or None when all were looked at)
    Raises    PermissionDenied
    """
    require_may_recompute(by)
    began, moved, same = time.monotonic(), 0, []
    for step, found in _candidates(campaign, after):
        if seconds is not None and time.monotonic() - began > seconds:
            _keep_version(same)
            return moved, after
        after = step.pk
        if _differs(found, step) or _rung_moved(step):
            moved += _move(step.process_id, step.pk, by, reason)
        elif found.calendar_version != step.calendar_version:
            same.append(step.pk)
        if len(same) >= BATCH:
            _keep_version(same)
    _keep_version(same)
    return moved, None


def _rung_moved(step: StepRow) -> bool:
    """Whether the next rung's day is another by now; one that is owed already stays owed."""
    armed = step.rung is not None and step.scheduled is not None and step.scheduled > now()
    return armed and moment(step.rung, step.due_at) != step.scheduled


def _keep_version(same: list[int]) -> None:
    """Note that these steps' deadlines agree with the calendar of today."""
    StepRow.objects.open().filter(pk__in=same).update(calendar_version=version())
    same.clear()


@transaction.atomic
def _move(passage: int, pk: int, by: Actor, reason: str) -> int:
    """Move one step's deadline under its passage's lock, in the ledger and told to its people."""
    with CampaignAwardFlow.lock(passage):
        step = StepRow.objects.open().select_related("organization", "owner", "process").filter(pk=pk).first()
        if step is None:
            return 0
        dossier = step.process.dossier = Dossier.objects.locked(step.process.dossier_id)
        if dossier.held_since is not None:
            return 0
        before = set_deadline(step, now())
        rearm([step])
        step.save(update_fields=SAVED)
        if not _differs(before, step):
            return 0
        entry = record(
            dossier, "move_deadline", by=by, kind=Kind.EDIT, reason=reason, step_id=step.pk,
            before=_facts(before), after=_facts(Deadline(**{name: getattr(step, name) for name in TIMED})),
        )  # fmt: skip
        deadline_moved(entry, step, before.due_at)
    return 1


def _facts(deadline: Deadline) -> dict[str, Any]:
    """What the ledger keeps of a deadline."""
    return {"due_at": deadline.due_at, "legal_due_at": deadline.legal_due_at, "basis": deadline.basis,
            "calendar": deadline.calendar_version}  # fmt: skip


def outdated() -> QuerySet:
    """Open steps reckoned with an earlier calendar than today's."""
    return StepRow.objects.open().filter(calendar_version__lt=version(), due_at__isnull=False)
