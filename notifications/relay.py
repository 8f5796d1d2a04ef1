"""One batch of mails on its way: leased, sent over one connection, each noted before the next one leaves."""

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from smtplib import SMTPSenderRefused
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection, transaction
from django.utils import timezone

from . import server
from .channels import Letter, Writer
from .models import Notification
from .smtp import broke, code_of, words_of

# one statement for each mail, put together once: Django needs longer to build it than the server to run it
NOTED = f'UPDATE "{Notification._meta.db_table}" SET "sent_at" = %s, "answer" = %s WHERE "id" = %s'  # noqa: S608
LOG = logging.getLogger(__name__)
BATCH = 100
# counted in EMAIL_TIMEOUT, the longest the server may take over one command:
TO_CONNECT, TO_SEND, LEASE = 10, 7, 18  # to be let in, to hand over one mail, and how long a batch is nobody else's
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(hours=72)
LEAST_TRIES = 7  # the server may be away longer than 72 hours: a mail has its growing waits all the same


@transaction.atomic
def take(notices: Any) -> "Batch":
    """Lease some of the owed among `notices`: whatever becomes of this worker, nobody else looks at them until then."""
    now = timezone.now()
    until = now + timedelta(seconds=LEASE * settings.EMAIL_TIMEOUT)
    taken = list(notices.owed(now).taken().select_related("recipient")[:BATCH])
    Notification.objects.filter(pk__in=[notice.pk for notice in taken]).update(not_before=until)
    return Batch(taken, called_at=now, until=until)


class Batch:
    """Mails leased until a moment; each is sent, put off, given up, or handed back untried."""

    def __init__(self, notices: list[Notification], *, called_at: datetime, until: datetime) -> None:
        self.taken, self.waiting, self.troubled = len(notices), deque(notices), list[Notification]()
        self.called_at, self.until = called_at, until
        self.ends = monotonic() + LEASE * settings.EMAIL_TIMEOUT
        self.writer = Writer()

    def send(self) -> None:
        """Send what can be sent before the lease is over, and note what came of it."""
        try:
            with quick_commits(), get_connection() as line:
                self._carry(line)
        except OSError as failure:  # the server takes mail from nobody: no mail is to blame for it
            LOG.warning("the mail server is away: %s", words_of(failure))
            server.failed(failure, called_at=self.called_at)
        finally:  # whatever goes wrong, what was put off stays so, and what was not tried is handed back
            self._note()

    def _carry(self, line: Any) -> None:
        """Mail after mail over one line, and over a new one when it breaks after it has served.

        Raises    OSError, what the server did when it serves nobody
        """
        served = 0
        while self.waiting and self._time_for(TO_SEND):
            try:
                served += self._send_next(line)
            except OSError:
                if not served:
                    raise
                served = 0
                line.close()
                if not self._time_for(TO_CONNECT + TO_SEND):
                    return
                line.open()
            if served == 1:
                server.answered()

    def _send_next(self, line: Any) -> bool:
        """Hand over the next mail and note that it left.  Returns whether the server took it.

        Raises    OSError when the line broke; SMTPSenderRefused when it is the house that is refused
        """
        notice = self.waiting.popleft()
        letter = self._letter(notice)
        if letter is None:
            return False
        try:
            line.send_messages([letter])
        except SMTPSenderRefused:
            self.waiting.appendleft(notice)
            raise
        except OSError as failure:  # of the server: smtplib's own are such, too
            self._put_off(notice, words_of(failure), code_of(failure))
            if broke(failure):
                raise
            return False
        except Exception as fault:  # a mail no line can carry, by a bad address; it must not stop those behind it
            LOG.exception("mail of notice %s could not be sent", notice.pk)
            self._put_off(notice, words_of(fault))
            line.close()  # what of it was said already is unknown
            line.open()
            return False
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(NOTED, [now, letter.answer[:300], notice.pk])
        return True

    def _letter(self, notice: Notification) -> Letter | None:
        """The mail of a notice, or None when there is to be none now."""
        if not notice.recipient.is_active:
            self._give_up(notice, "người nhận đã ngừng hoạt động")
            return None
        try:
            return self.writer.letter(notice)
        except Exception as fault:  # a mail that cannot be written must not stop those behind it
            LOG.exception("mail of notice %s could not be written", notice.pk)
            self._put_off(notice, words_of(fault))
            return None

    def _put_off(self, notice: Notification, why: str, code: int = 0) -> None:
        """Try again later with growing waits; a refusal for ever, or 72 hours, end it."""
        notice.attempts += 1
        late = timezone.now() - notice.owed_at > GIVE_UP_AFTER and notice.attempts >= LEAST_TRIES
        if code >= 500 or late:
            return self._give_up(notice, why)
        notice.not_before = timezone.now() + server.wait_after(notice.attempts, FIRST_WAIT, LONGEST_WAIT)
        notice.answer = why[:300]
        return self.troubled.append(notice)

    def _give_up(self, notice: Notification, why: str) -> None:
        """Close a mail that cannot be delivered, saying why; the notice in the product stays."""
        LOG.warning("mail of notice %s given up: %s", notice.pk, why)
        notice.given_up_at, notice.answer = timezone.now(), why[:300]
        self.troubled.append(notice)

    @transaction.atomic
    def _note(self) -> None:
        """Write down what did not leave; rows whose lease ran out meanwhile are another worker's now."""
        ours = Notification.objects.filter(not_before=self.until, sent_at=None)
        ours.filter(pk__in=[notice.pk for notice in self.waiting]).update(not_before=timezone.now())
        ours.bulk_update(self.troubled, ["attempts", "not_before", "given_up_at", "answer"])

    def _time_for(self, commands: int) -> bool:
        """Whether so many commands fit into the lease even if each takes as long as the server may take."""
        return monotonic() + commands * settings.EMAIL_TIMEOUT < self.ends


@contextmanager
def quick_commits() -> Iterator[None]:
    """Note each mail without waiting for the disk (PostgreSQL).

    A killed worker loses no note of it.  A crashed database server may lose those of its last second: that costs an
    extra copy of these mails, with the same Message-ID, and no mail.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        try:
            yield
        finally:
            cursor.execute("RESET synchronous_commit")
