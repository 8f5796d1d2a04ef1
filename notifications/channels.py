"""How a message leaves: the mail of a notice, and the demo's tray."""

from base64 import encodebytes
from email.utils import formatdate
from functools import lru_cache
from hashlib import sha256
from json import dumps

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import forbid_multi_line_headers
from django.template.loader import render_to_string
from django.utils import timezone, translation

from .invitation import FILE, KIND, invitation
from .models import Notification, Tray

BOUNDARY = "=_vinh-danh"  # no line of base64 can be it
UNASKED = {"Auto-Submitted": "auto-generated"}  # no holiday answers to a machine (RFC 3834)


def message_id(notice: Notification) -> str:
    """The same for every attempt, so that an extra copy is recognised as one."""
    about = f"-{sha256(notice.about.encode()).hexdigest()[:16]}" if notice.about else ""
    return f"<notice-{notice.entry_id}-{notice.recipient_id}{about}@{settings.MAIL_DOMAIN}>"


def words(notice: Notification) -> dict[str, str]:
    """The subject and text of a notice in Vietnamese: {subject, text}; all of it from its template and context."""
    with translation.override("vi"):
        text = render_to_string(f"notifications/{notice.template}.txt", notice.context).strip()
    subject, _, body = text.partition("\n")
    return {"subject": subject.strip(), "text": body.strip()}


def mail_of(notice: Notification) -> "Letter":
    """One message to one recipient, text and HTML, with a link and no personal data."""
    return Writer().letter(notice)


class Writer:
    """Writes the mails of a batch; what several people are told in the same words is written once."""

    def __init__(self) -> None:
        self._written: dict[tuple[str, str, str], Written] = {}

    def letter(self, notice: Notification) -> "Letter":
        """The mail of one notice."""
        said = (notice.template, notice.url, dumps(notice.context, sort_keys=True, default=str))
        if said not in self._written:
            self._written[said] = Written(notice)
        letter = Letter(self._written[said], notice)
        if calendar := invitation(notice):
            letter.attach(FILE, calendar, KIND)
        return letter


class Written:
    """What a mail says, to whomever: subject, text, html, and their bytes as they travel."""

    def __init__(self, notice: Notification) -> None:
        said = words(notice)
        context = {**said, "link": settings.SITE_URL.rstrip("/") + notice.url}
        with translation.override("vi"):
            self.text = render_to_string("notifications/mail.txt", context)
            self.html = render_to_string("notifications/mail.html", context)
        self.subject = said["subject"]
        self.body = _part("plain", self.text) + _part("html", self.html) + f"--{BOUNDARY}--\r\n".encode()


class Letter(EmailMultiAlternatives):
    """The mail of a notice.  Its bytes are put together here: Django's MIME classes take longer than the sending."""

    answer = ""  # what the server said when it took it

    def __init__(self, written: Written, notice: Notification) -> None:
        headers = {"Message-ID": message_id(notice), **UNASKED}
        super().__init__(written.subject, written.text, to=[notice.recipient.email], headers=headers)
        self.attach_alternative(written.html, "text/html")
        self._body = written.body

    def wire(self) -> bytes:
        """The mail as it travels; the same that Django would make of it, which makes one with attachments."""
        if self.attachments:
            return self.message().as_bytes(linesep="\r\n")
        lines = [_header("Subject", self.subject), _header("From", self.from_email), _header("To", self.to[0])]
        lines += [f"{name}: {value}" for name, value in self.extra_headers.items()]
        lines += [f"Date: {formatdate()}", "MIME-Version: 1.0"]
        lines.append(f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"')
        return "\r\n".join([*lines, "", ""]).encode("ascii") + self._body


@lru_cache(10_000)
def _header(name: str, value: str) -> str:
    """One header line, encoded as Django does.  Raises BadHeaderError for a value of several lines."""
    name, value = forbid_multi_line_headers(name, value, settings.DEFAULT_CHARSET)
    return f"{name}: {value}".replace("\r\n", "\n").replace("\n", "\r\n")


def _part(kind: str, text: str) -> bytes:
    """One body of a multipart mail, in base64: no server need be able to take eight bits or long lines."""
    head = f'--{BOUNDARY}\r\nContent-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return head.encode() + encodebytes(text.encode()).replace(b"\n", b"\r\n")


class TrayBackend(BaseEmailBackend):
    """The demo's mail server: every mail is kept as a row and read in the product."""

    def send_messages(self, email_messages: list) -> int:
        """Keep each mail; returns how many."""
        for mail in email_messages:
            alternatives = getattr(mail, "alternatives", [])
            html = alternatives[0][0] if alternatives else ""
            for address in mail.recipients():
                Tray.objects.create(
                    to=address, subject=mail.subject, text=mail.body, html=html,
                    message_id=mail.extra_headers.get("Message-ID", ""), at=timezone.now(),
                )  # fmt: skip
        return len(email_messages)
