"""The sweeper: fires every rung that was reached and ends every step whose deadline ends it.

Rungs are taken in batches under their own rows' locks, so any number of sweepers share the work; a step that is being
done is passed over, and one that was done meanwhile is no longer open.  What ends a step moves its dossier and takes
the passage first, as people at the desk do.  Any sweeper may be killed at any moment: the rows are the truth.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction

from audit import columns
from audit.clock import now
from audit.ledger import Actor, reserve, witness
from organizations.models import Person

from .audience import Audience
from .ladder import climb, next_look
from .models import Firing, StepRow
from .notices import stuck, tell_rungs
from .reached import Reached, reached

LOG = logging.getLogger(__name__)
BATCH = 1000
MOST_ENDED = 100  # looked at in one round, each in its own transaction
MOST_TRIES = 5
TRY_AGAIN_AFTER = timedelta(minutes=1)  # doubled with every try


def sweep_deadlines() -> int:
    """Do everything the clock owes now, batch after batch.  Returns how many steps were looked at."""
    by = Actor(Person.objects.system(), origin="clock")
    looked = 0
    while done := _fire_batch(by) + _end_batch(by):
        looked += done
    return looked


def _fire_batch(by: Actor) -> int:
    """Fire the rungs of one batch of steps together; when one of them cannot, each on its own."""
    try:
        return _fire(by)
    except Exception:  # one bad row must not stop the clock of the others: find it
        LOG.exception("a batch of rungs failed; each is tried on its own")
    waiting = list(StepRow.objects.due(now()).filter(rung__isnull=False).values_list("pk", flat=True)[:BATCH])
    return sum(_guarded(step, _fire, by, step) for step in waiting)


@transaction.atomic
def _fire(by: Actor, only: int | None = None) -> int:
    """Fire the rungs of the steps whose moment has come, or of one of them, in one transaction."""
    at = now()
    due = StepRow.objects.due(at).filter(rung__isnull=False)
    steps = reached(due if only is None else due.filter(pk=only), most=BATCH)
    if not steps:
        return 0
    listed = [[step.pk, step.code, step.rung, step.due_at] for step in steps]
    line = reserve(by, at)
    told = tell_rungs(line, steps, Audience(steps))
    columns.insert(Firing, {
        "step_id": [step.pk for step in steps], "rung": [step.rung for step in steps],
        "due_at": [step.due_at for step in steps], "told": told, "at": at, "entry_id": line.pk,
    })  # fmt: skip
    _climb_all(steps)
    witness("fire_rungs", by=by, facts={"rungs": listed}, pk=line.pk)  # last: sweepers wait here for each other
    return len(steps)


def _climb_all(steps: list[Reached]) -> None:
    """Let every step stand at its next rung; steps with the same way up go in one statement."""
    together: dict[tuple, list[int]] = {}
    for step in steps:
        together.setdefault(climb(step), []).append(step.pk)
    for (scheduled, rung), keys in together.items():
        StepRow.objects.filter(pk__in=columns.among(keys)).update(scheduled=scheduled, rung=rung, tries=0)


def _end_batch(by: Actor) -> int:
    """End, one by one, the steps whose deadline ends them."""
    ended = StepRow.objects.due(now()).filter(rung=None).values_list("process_id", "pk")
    return sum(_guarded(step, _end, by, passage, step) for passage, step in list(ended[:MOST_ENDED]))


def _end(by: Actor, passage: int, step: int) -> int:
    """End one step under its passage's lock; nothing when another has the passage, or the step is done meanwhile."""
    if not StepRow.objects.passage_taken(passage):
        return 0
    rows = StepRow.objects.due(now()).select_related("process__dossier", "owner", "organization")
    row = rows.filter(pk=step, process=passage, rung=None).first()
    if row is None:
        return 0
    if row.process.dossier.held_since is not None:  # nothing ends while it is on hold
        row.scheduled = None
        row.save(update_fields=["scheduled"])
    elif row.flow_task.at_due is None or row.due_at > now():  # its end is not, or not yet, what this moment was for
        next_look(row, row.process.dossier.campaign_id, at=now())
        row.save(update_fields=["scheduled", "rung"])
    else:
        row.flow_task.activation_class(row).lapse(by=by)
    return 1


def _guarded(step: int, work: Callable, by: Actor, *args: Any) -> int:
    """Do one step's work; when it fails note that, wait longer each time, and make it an incident in the end."""
    try:
        with transaction.atomic():
            return work(by, *args)
    except Exception as fault:  # it is kept on the row and shown to an operator
        LOG.exception("the clock failed at step %s", step)
        _note_fault(step, fault, by)
        return 1


@transaction.atomic
def _note_fault(pk: int, fault: Exception, by: Actor) -> None:
    """One more try counted; the fifth makes an incident, told to the administrators once."""
    step = StepRow.objects.select_for_update(of=("self",)).select_related("process__dossier").get(pk=pk)
    step.tries, step.fault = step.tries + 1, f"{type(fault).__name__}: {fault}"[:500]
    step.scheduled = now() + TRY_AGAIN_AFTER * 2 ** (step.tries - 1)
    if step.tries >= MOST_TRIES:
        step.scheduled, step.stuck_at = None, now()
        entry = witness("clock_stuck", by=by, subject=step.process.dossier, facts={"step": pk, "fault": step.fault})
        stuck(entry, step)
    step.save(update_fields=["tries", "fault", "scheduled", "stuck_at"])


ARMED = ("scheduled", "rung", "tries", "fault", "stuck_at")  # the columns that arming a step sets


def rearm(steps: Iterable[StepRow]) -> None:
    """Arm steps whose deadline was moved: only what is still ahead, and nothing that fired for this very deadline.

    A step that was an incident is none any more.
    """
    for step in steps:
        step.tries, step.fault, step.stuck_at = 0, "", None
        fired = Firing.objects.filter(step=step, due_at=step.due_at).values_list("rung", flat=True)
        next_look(step, step.process.dossier.campaign_id, at=now(), fired=list(fired))
