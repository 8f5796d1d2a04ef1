"""Who was told of a dossier, when, and what became of the mail; whether it was read, each reader of their own."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dossiers.access import of_dossier
from dossiers.models import Dossier
from notifications.delivery import Fate, fate_of
from notifications.matrix import name_of
from notifications.models import Channel, Notification
from organizations.access import methods, person_of

PAGE = 50  # messages
HUSHED = ("recused",)  # who had a conflict of interest is not for those who may not hear the verdicts yet


@dataclass(frozen=True, slots=True)
class Told:
    """One message to one person, over all its channels; without a mail its `fate` is None.

    own     it was told to the reader, who alone sees when it was read and what the mail server answered
    """

    notice: Notification
    event: Any
    mail: Notification | None
    fate: Fate | None
    own: bool


@methods("GET")
@of_dossier
def told(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Everybody who was told of this dossier, the latest first."""
    after = request.GET.get("sau", "")
    rows, more = _page(request, dossier, int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0)
    context = {"dossier": dossier, "rows": rows, "later": bool(after), "more": more}
    return render(request, "notifications/told.html", context)


def _page(request: HttpRequest, dossier: Dossier, after: int) -> tuple[list[Told], int]:
    """One page of messages, and the key of its last one when there are more."""
    notices = Notification.objects.filter(url=dossier.get_absolute_url())
    if not Dossier.objects.heard_by(person_of(request)).filter(pk=dossier.pk).exists():
        notices = notices.exclude(template__in=HUSHED)
    inside = notices.filter(channel=Channel.IN_APP).select_related("recipient").order_by("-id")
    found = list((inside.filter(pk__lt=after) if after else inside)[: PAGE + 1])
    shown = found[:PAGE]
    outside = notices.exclude(channel=Channel.IN_APP).filter(entry_id__in={one.entry_id for one in shown})
    # DIGEST sorts before EMAIL: of the two the mail, which the later word brought, is shown
    mails = {_key(mail): mail for mail in outside.select_related("dismissed_by").order_by("channel")}
    me = person_of(request).pk
    rows = [_told(one, mails.get(_key(one)), own=one.recipient_id == me) for one in shown]
    return rows, shown[-1].pk if len(found) > PAGE else 0


def _key(row: Notification) -> tuple[int, int, str]:
    return row.entry_id, row.recipient_id, row.about


def _told(notice: Notification, mail: Notification | None, *, own: bool) -> Told:
    fate = fate_of(mail) if mail else None
    if mail and fate and mail.dismissed_at and not own:
        fate = replace(fate, note="")  # why it was dismissed is the operator's word
    return Told(notice, name_of(notice.template), mail, fate, own)
