"""How the house speaks to its mail server: Django's backend, one recipient a message, every answer heard and kept."""

import smtplib
from collections.abc import Iterable
from contextlib import suppress
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.mail.backends import smtp
from django.core.mail.message import sanitize_address


class Hearing:
    """Keeps what the server answered to a message, which smtplib tells nobody when it is a yes.

    Takes bare addresses: reading each one again for quoting takes smtplib longer than saying it.
    """

    answer = ""

    def mail(self, sender: str, options: Iterable[str] = ()) -> tuple[int, bytes]:
        """Who sends."""
        return self.docmd("MAIL", " ".join([f"FROM:<{sender}>", *options]))  # type: ignore[attr-defined]

    def rcpt(self, recip: str, options: Iterable[str] = ()) -> tuple[int, bytes]:
        """To whom."""
        return self.docmd("RCPT", " ".join([f"TO:<{recip}>", *options]))  # type: ignore[attr-defined]

    def data(self, message: bytes) -> tuple[int, bytes]:
        """As smtplib's, and the answer is kept."""
        code, words = super().data(message)  # type: ignore[misc]
        self.answer = said(code, words)
        return code, words


class Plain(Hearing, smtplib.SMTP):
    """A conversation that may become secret by STARTTLS."""


class Secret(Hearing, smtplib.SMTP_SSL):
    """A conversation that is secret from its first byte."""


class EmailBackend(smtp.EmailBackend):
    """Django's, but each recipient has an envelope of their own, and `message.answer` is the server's last yes.

    Raises    SMTPRecipientsRefused for every recipient refused, who else was served or not; SMTPDataError;
              SMTPSenderRefused; SMTPServerDisconnected when EMAIL_TIMEOUT passes without an answer
    """

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return Secret if self.use_ssl else Plain

    def open(self) -> bool | None:
        """As Django's; of a line that was not let in nothing stays open."""
        try:
            return super().open()
        except OSError:
            self.close()
            raise

    def _close_connection(self, connection: smtplib.SMTP) -> None:
        """Take leave; whatever goes wrong then, the mails before it have their answers."""
        with suppress(smtplib.SMTPException, OSError):
            if connection.sock:
                connection.quit()
        connection.close()

    def _send(self, email_message: Any) -> bool:
        refused: dict[str, tuple[int, bytes]] = {}
        for recipient in email_message.recipients():
            refused |= self._send_to(recipient, email_message)
        if refused and not self.fail_silently:
            raise smtplib.SMTPRecipientsRefused(refused)
        return bool(email_message.recipients()) and not refused

    def _send_to(self, recipient: str, message: Any) -> dict[str, tuple[int, bytes]]:
        """One envelope.  Returns who was refused, by what answer: nobody or this recipient."""
        charset = message.encoding or settings.DEFAULT_CHARSET
        sender, to = bare_address(message.from_email, charset), bare_address(recipient, charset)
        try:
            self.connection.sendmail(sender, [to], wire(message))
            message.answer = self.connection.answer
        except smtplib.SMTPRecipientsRefused as refusal:
            return refusal.recipients
        except smtplib.SMTPException:
            self._begin_anew()
            if not self.fail_silently:
                raise
        return {}

    def _begin_anew(self) -> None:
        """The next mail finds a clean conversation; smtplib forgets to see to that when DATA itself is refused."""
        if self.connection.sock:
            with suppress(smtplib.SMTPServerDisconnected):  # the next command will say so
                self.connection.rset()


@lru_cache(10_000)  # the same senders and recipients come again and again
def bare_address(address: str, charset: str) -> str:
    """The address as the envelope has it, without a name.  Raises ValueError when it is none."""
    return parseaddr(sanitize_address(address, charset))[1]


def wire(message: Any) -> bytes:
    """The bytes of a mail: those it makes itself, else those Django makes."""
    own = getattr(message, "wire", None)
    return own() if own else message.message().as_bytes(linesep="\r\n")


def said(code: int, words: bytes | str) -> str:
    """An answer of the server as one line, e.g. "250 2.0.0 queued as 4F1"."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"


def code_of(failure: Exception) -> int:
    """The number of the server's answer, 0 when it gave none: 5xx is for ever, 4xx for now."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return max(code for code, _words in failure.recipients.values())
    return failure.smtp_code if isinstance(failure, smtplib.SMTPResponseException) else 0


def broke(failure: OSError) -> bool:
    """Whether nothing more can be said over this line: it was cut, it hung, or the server said 421 and went."""
    answered = isinstance(failure, smtplib.SMTPException) and not isinstance(failure, smtplib.SMTPServerDisconnected)
    return not answered or code_of(failure) == 421


def words_of(failure: Exception) -> str:
    """What the server said, or else what went wrong, as one line."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return "; ".join(said(*answer) for answer in failure.recipients.values())
    if isinstance(failure, smtplib.SMTPResponseException):
        return said(failure.smtp_code, failure.smtp_error)
    return str(failure) or type(failure).__name__
