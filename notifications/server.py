"""The mail server's own trouble: while it is away nobody calls it, and no mail is blamed for it."""

from datetime import datetime, timedelta
from random import uniform

from django.db import transaction
from django.utils import timezone

from .models import MailServer
from .smtp import words_of

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=1)  # a call is cheap, and the mails ought to leave soon after it is back


def away() -> MailServer | None:
    """The server's row while it is not to be called, else None."""
    return MailServer.objects.filter(pk=1, failures__gt=0, try_at__gt=timezone.now()).first()


@transaction.atomic
def failed(failure: Exception, *, called_at: datetime) -> None:
    """Note that a call made at `called_at` was of no use; of workers who called at once only the first counts."""
    MailServer.objects.get_or_create(pk=1)
    row = MailServer.objects.select_for_update().get(pk=1)
    if row.failures and row.try_at > called_at:
        return
    row.failures += 1
    row.away_since = row.away_since or called_at
    row.try_at = timezone.now() + wait_after(row.failures, FIRST_WAIT, LONGEST_WAIT)
    row.answer = words_of(failure)[:300]
    row.save(update_fields=["failures", "away_since", "try_at", "answer"])


def answered() -> None:
    """Note that it takes mails again."""
    MailServer.objects.filter(pk=1, failures__gt=0).update(failures=0, away_since=None, answer="")


def wait_after(failures: int, first: timedelta, longest: timedelta) -> timedelta:
    """Twice as long after each failure up to `longest`, a fifth more or less so that not all come back at once."""
    return min(first * 2 ** min(failures - 1, 10), longest) * uniform(0.8, 1.2)  # noqa: S311  no secret
