"""Celery's clock, which does the deadlines itself while the queue does not answer: a dead Redis stops no deadline."""

import logging
from typing import Any

from celery.beat import PersistentScheduler, SchedulingError

from .embedded import OWN_HANDS, sweep

log = logging.getLogger(__name__)


class SteadfastScheduler(PersistentScheduler):
    """Sends every sweep to the workers; what cannot be sent and must not wait is done here."""

    # celery's own keeps calling a queue that is away, a hundred times, before the first entry is looked at; without
    # one each entry takes a line of the pool, which gives up by `task_publish_retry_policy`
    producer = None

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any) -> Any:
        """Send one entry; a wake-up that the queue did not take comes back as None, or as a SchedulingError.

        Raises    SchedulingError for what only the workers do
        """
        try:
            sent = super().apply_async(entry, producer=producer, advance=advance, **kwargs)
        except SchedulingError:
            if entry.task not in OWN_HANDS:
                raise
            log.warning("%s could not be sent; done here", entry.task, exc_info=True)
            sent = None
        if sent is None and entry.task in OWN_HANDS:
            sweep(entry.task)
        return sent
