"""Paying what is owed.  Every task may be lost, killed or run twice: the rows are the truth."""

import logging
from datetime import timedelta
from random import uniform
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from celery import shared_task
from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone

from .channels import mail_of
from .models import Notification

LOG = logging.getLogger(__name__)
BATCH = 10
LEASE = timedelta(minutes=2)  # longer than a batch takes, shorter than anyone waits for a lost one
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(hours=72)  # architecture: temporary failures are tried for 72 hours


@shared_task
def deliver_for(entry_id: int) -> int:
    """Send the mails owed about one entry; called right after commit."""
    return _pay(Notification.objects.filter(entry_id=entry_id))


@shared_task
def sweep() -> int:
    """Send whatever is still owed, batch after batch."""
    sent = 0
    while paid := _pay(Notification.objects.all()):
        sent += paid
    return sent


def _pay(notices) -> int:
    """Take a batch of the owed among `notices` and send it.  Returns how many were taken."""
    taken = _take(notices)
    waiting = list(taken)
    try:
        with get_connection() as connection:
            while waiting:
                _send(waiting.pop(0), connection)
    except (SMTPException, OSError) as failure:  # the server lets nobody in: whatever its answer, it is about no mail
        for notice in waiting:
            _put_off(notice, failure)
    return len(taken)


@transaction.atomic
def _take(notices) -> list[Notification]:
    """Lease a batch: nobody else looks at these rows until the lease is over, whatever becomes of this worker."""
    until = timezone.now() + LEASE
    taken = list(notices.owed(timezone.now()).taken().select_related("recipient")[:BATCH])
    Notification.objects.filter(pk__in=[notice.pk for notice in taken]).update(not_before=until)
    return taken


def _send(notice: Notification, connection) -> None:
    """Send one mail and note what came of it."""
    if not notice.recipient.is_active:
        return _give_up(notice, "người nhận đã ngừng hoạt động")
    try:
        connection.send_messages([mail_of(notice)])
    except (SMTPException, OSError) as failure:
        return _put_off(notice, failure, code=_code(failure))
    except Exception as fault:  # a mail that cannot be written must not stop those behind it
        LOG.exception("mail of notice %s could not be written", notice.pk)
        return _put_off(notice, fault)
    notice.sent_at, notice.answer = timezone.now(), ""
    return notice.save(update_fields=["sent_at", "answer"])


def _put_off(notice: Notification, failure: Exception, code: int = 0) -> None:
    """Try again later with growing waits; a permanent refusal of the mail or 72 hours end it."""
    notice.attempts += 1
    if code >= 500 or timezone.now() - notice.owed_at > GIVE_UP_AFTER:
        return _give_up(notice, str(failure))
    wait = min(FIRST_WAIT * 2 ** min(notice.attempts - 1, 10), LONGEST_WAIT)
    notice.not_before = timezone.now() + wait * uniform(0.8, 1.2)  # noqa: S311  spreading retries, not a secret
    notice.answer = str(failure)[:300]
    return notice.save(update_fields=["attempts", "not_before", "answer"])


def _code(failure: Exception) -> int:
    """What the mail server answered, 0 when it did not: 5xx is for ever, 4xx for now."""
    if isinstance(failure, SMTPRecipientsRefused):  # one recipient a message, so there is one answer
        return max(code for code, _words in failure.recipients.values())
    return failure.smtp_code if isinstance(failure, SMTPResponseException) else 0


def _give_up(notice: Notification, why: str) -> None:
    """Close a mail that cannot be delivered, saying why; the notice in the product stays."""
    LOG.warning("mail of notice %s given up: %s", notice.pk, why)
    notice.given_up_at, notice.answer = timezone.now(), why[:300]
    notice.save(update_fields=["given_up_at", "answer", "attempts"])
