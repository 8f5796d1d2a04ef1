"""A deadline as an invitation that calendar programs take: the .ics of a mail, for those who wished for one."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from organizations.calendar import LAST_MINUTE
from organizations.ics import Event, calendar_text

from .models import Notification

FILE, KIND = "han-xu-ly.ics", "text/calendar"


def invitation(notice: Notification) -> str | None:
    """The file that goes with a mail, or None when its reader did not wish for one.

    The deadline of one step of one dossier keeps its UID, so that a moved deadline moves the event.
    """
    said = notice.context
    if not said.get("invite"):
        return None
    due = timezone.localtime(datetime.fromisoformat(said["due"]))
    code, step = said.get("code", ""), said.get("step", "")
    event = Event(
        uid=f"{code}-{step}-{notice.recipient_id}@{settings.MAIL_DOMAIN}".replace(" ", "_"),
        summary=f"{code}: {step}".strip(": "),
        start=due.date() if due.time() >= LAST_MINUTE else due,
        url=settings.SITE_URL.rstrip("/") + notice.url,
        remind=True,
    )
    return calendar_text("Vinh Danh", [event], notice.created_at)
