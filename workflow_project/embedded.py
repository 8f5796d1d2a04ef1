"""The worker and the clocks inside the web process, for a house without Redis: one process is the whole office."""

import logging
import threading
import time
from typing import Any

from django.conf import settings
from django.db import close_old_connections

from workflow_project.celery import app

log = logging.getLogger(__name__)
NAP = 1.0  # seconds between two looks at the schedule
OWN_HANDS = {"flows.tasks.sweep_deadlines", "flows.tasks.keep_watch"}  # short, and wanted on time


def start() -> None:
    """Start the worker and the clocks; they end with the process; what was not done is still owed in the database."""
    app.loader.import_default_modules()  # before any thread: all need every task known
    threading.Thread(target=work, name="embedded-worker", daemon=True).start()
    for number, lines in enumerate(clocks()):
        threading.Thread(target=keep_time, args=(lines,), name=f"embedded-clock-{number}", daemon=True).start()


def work() -> None:
    """Take tasks from the in-memory queue one after the other, as `celery worker --pool solo` would."""
    app.WorkController(
        pool="solo", concurrency=1, loglevel="WARNING", without_gossip=True, without_mingle=True, without_heartbeat=True
    ).start()


def clocks() -> list[dict[str, Any]]:
    """The schedule by thread: what must come on time has one of its own, so that no slow sweep holds it up."""
    schedule = settings.CELERY_BEAT_SCHEDULE
    alone = [{name: line} for name, line in schedule.items() if line["task"] in OWN_HANDS]
    return [*alone, {name: line for name, line in schedule.items() if line["task"] not in OWN_HANDS}]


def keep_time(schedule: dict[str, Any]) -> None:
    """Call each of these sweeps when it is due, here and now: a stuck queue must not stop a deadline."""
    due = dict.fromkeys(schedule, time.monotonic())
    while True:
        for name, line in schedule.items():
            if time.monotonic() >= due[name]:
                due[name] = time.monotonic() + line["schedule"]
                sweep(line["task"])
        time.sleep(NAP)


def sweep(task: str) -> None:
    """Run one sweep in this thread; a failure is logged and the next round tries again."""
    close_old_connections()
    try:
        app.tasks[task]()
    except Exception:  # a sweeper that dies would stop every later deadline
        log.exception("sweep %s failed", task)
    finally:
        close_old_connections()
