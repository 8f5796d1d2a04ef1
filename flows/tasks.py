"""Wake-ups; the rows are the truth, so each may be lost or run twice."""

from celery import shared_task

from . import desk


@shared_task
def sweep_deadlines() -> int:
    """Look at every step whose moment has come."""
    return desk.sweep_deadlines()
