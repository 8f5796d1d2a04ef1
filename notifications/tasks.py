"""Paying what is owed.  Every task may be lost, killed or run twice: the rows are the truth."""

from time import monotonic
from typing import Any

from celery import shared_task

from . import alarms, relay, server
from .models import Notification

SWEEP_FOR = 25  # seconds; the next sweep is due soon after, and other work of this worker waits meanwhile


@shared_task
def deliver_for(entry_id: int) -> int:
    """Send the mails owed about one entry; called right after commit."""
    return _pay(Notification.objects.filter(entry_id=entry_id))


@shared_task
def sweep() -> int:
    """Send what is still owed, batch after batch; tell administrators of what cannot be sent.  Returns how many."""
    began, paid = monotonic(), 0
    while monotonic() - began < SWEEP_FOR and (batch := _pay(Notification.objects.all())):
        paid += batch
    alarms.ring()
    return paid


def _pay(notices: Any) -> int:
    """Take a batch of the owed among `notices` and send it.  Returns how many were taken."""
    if server.away():
        return 0
    batch = relay.take(notices)
    if batch.taken:
        batch.send()
    return batch.taken
