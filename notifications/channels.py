"""How a message leaves: the mail of a notice, and the demo's tray."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone, translation

from .models import Notification, Tray


def message_id(notice: Notification) -> str:
    """The same for every attempt, so that an extra copy is recognised as one."""
    return f"<notice-{notice.entry_id}-{notice.recipient_id}@{settings.MAIL_DOMAIN}>"


def words(notice: Notification) -> dict[str, str]:
    """The subject and text of a notice in Vietnamese: {subject, text}."""
    context: dict[str, Any] = {**notice.context, "notice": notice}
    with translation.override("vi"):
        text = render_to_string(f"notifications/{notice.template}.txt", context).strip()
    subject, _, body = text.partition("\n")
    return {"subject": subject.strip(), "text": body.strip()}


def mail_of(notice: Notification) -> EmailMultiAlternatives:
    """One message to one recipient, text and HTML, with a link and no personal data."""
    said = words(notice)
    context = {**said, "link": settings.SITE_URL.rstrip("/") + notice.url}
    with translation.override("vi"):
        text = render_to_string("notifications/mail.txt", context)
        html = render_to_string("notifications/mail.html", context)
    mail = EmailMultiAlternatives(said["subject"], text, to=[notice.recipient.email])
    mail.extra_headers["Message-ID"] = message_id(notice)
    mail.attach_alternative(html, "text/html")
    return mail


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
