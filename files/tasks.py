"""What the clock does here: asking the scanner again."""

import logging

from celery import shared_task

from .models import Scan
from .scan import rescan_waiting

_log = logging.getLogger(__name__)


@shared_task
def rescan() -> int:
    """Ask the scanner again about files without an answer; gives the number answered."""
    changed = rescan_waiting()
    for blob in changed:
        if blob.scan == Scan.INFECTED:
            _log.error("file %s was found infected after it was taken in", blob.sha256)
    return len(changed)
