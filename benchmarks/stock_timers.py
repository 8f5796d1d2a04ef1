"""viewflow's own sweep of due timers: a stock flow whose task is reminded by a boundary timer, as its manual shows.

It does less than ours: it walks each process to the reminder's end; nobody is told, no ledger, no next rung.
"""

import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.lock import SelectForUpdateLock
from viewflow.workflow.models import Process, Task
from viewflow.workflow.timers import fire_due_timers

from .stock import page


class ReminderFlow(flow.Flow):
    """One task of a person, and a timer on its border that goes its own way and leaves the task open."""

    lock_impl = SelectForUpdateLock()

    start = flow.StartHandle(this.begin).Next(this.work)
    work = flow.View(page).OnTimeout(timedelta(minutes=-1), this.remind, interrupting=False).Next(this.end)
    remind = flow.Function(this.note).Next(this.reminded)
    reminded = flow.End()
    end = flow.End()

    def begin(self, activation: Any) -> Process:
        """Nothing is known of the case."""
        return activation.process

    def note(self, activation: Any) -> None:
        """Nobody is told."""


def fire(count: int) -> tuple[int, float]:
    """Make so many due timers and let viewflow fire them.  Returns how many it fired and in how many seconds."""
    for _case in range(count):
        ReminderFlow.start.run()
    due = Task.objects.filter(flow_task_type="TIMER", status="SCHEDULED", scheduled__lte=timezone.now())
    if due.count() != count:
        raise RuntimeError(f"{due.count()} timers are due instead of {count}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    began = time.perf_counter()
    fired = fire_due_timers()
    took = time.perf_counter() - began
    if due.exists() or fired != count:
        raise RuntimeError(f"viewflow fired {fired} of {count}")
    return fired, took
