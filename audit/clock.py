"""The one house clock: every deadline, appointment and ledger line reads the time here."""

import time
from datetime import date, datetime, timedelta
from threading import Lock

from django.apps import apps
from django.conf import settings
from django.utils import timezone

FRESH_FOR = 0.5  # seconds a process may trust the offset it read; a click on "next day" shows at once
_guard = Lock()
_seen: tuple[float, timedelta] = (0.0, timedelta())


def now() -> datetime:
    """The moment it is in the house: real time, plus an offset that only the demo may have.

    Returns   aware datetime in UTC
    Source    domain.md 6; sign-in, tokens and mail retries read real time instead
    """
    return timezone.now() + (_offset() if settings.DEMO else timedelta())


def today() -> date:
    """The date it is in the house, in local time."""
    return timezone.localdate(now())


def _offset() -> timedelta:
    """The demo's offset, read from its row at most twice a second."""
    global _seen
    read_at, offset = _seen
    if time.monotonic() - read_at > FRESH_FOR:
        row = apps.get_model("audit", "Clock").objects.filter(pk=1).first()
        offset = row.offset if row else timedelta()
        with _guard:
            _seen = (time.monotonic(), offset)
    return offset


def set_to(moment: datetime) -> None:
    """Move the demo's clock so that it reads `moment` now; refused outside the demo.

    Raises    RuntimeError when the product is not the demo
    """
    global _seen
    if not settings.DEMO:
        raise RuntimeError("the house clock may be moved in the demo only")
    offset = moment - timezone.now()
    apps.get_model("audit", "Clock").objects.update_or_create(pk=1, defaults={"offset": offset})
    with _guard:
        _seen = (time.monotonic(), offset)
