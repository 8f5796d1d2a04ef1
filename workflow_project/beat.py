"""Celery's clock, which does the deadlines itself while the queue does not answer: a dead Redis stops no deadline."""

from typing import Any

from celery.beat import PersistentScheduler

from .embedded import sweep

OWN_HANDS = {"flows.tasks.sweep_deadlines", "flows.tasks.keep_watch"}  # short, and wanted on time


class SteadfastScheduler(PersistentScheduler):
    """Sends every sweep to the workers; what cannot be sent and must not wait is done here."""

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any) -> Any:
        """Send one entry; a wake-up that the queue did not take comes back as None."""
        sent = super().apply_async(entry, producer=producer, advance=advance, **kwargs)
        if sent is None and entry.task in OWN_HANDS:
            sweep(entry.task)
        return sent
