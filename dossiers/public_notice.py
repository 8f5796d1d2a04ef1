"""Noting that a dossier's list was made public: a fact from which a minimum wait counts.  Source: law.md 2.6"""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from audit.clock import now, today
from audit.ledger import Actor, record
from audit.models import Kind
from organizations.authority import acting
from organizations.models import Office, Place

from .edits import changing
from .errors import Gone, Unfit
from .free_hand import require_no_tie
from .holding import PublicNotice
from .models import Dossier
from .states import UNDER_WAY


def may_post(person: Any, dossier: Dossier) -> bool:
    """Whether this person keeps the notice: HOME_AFFAIRS at the standing body, while the dossier is under way."""
    return dossier.state in UNDER_WAY and person.holds(Office.HOME_AFFAIRS, dossier.body_at(Place.STANDING_BODY))


def why_no_day(dossier: Dossier, posted_on: date) -> str:
    """Why the list cannot have been posted on this day; empty when it can."""
    if posted_on > today():
        return _("Ngày đăng công khai không thể ở sau hôm nay.")
    if dossier.received_at is not None and posted_on < (received := dossier.received_at.astimezone().date()):
        told = {"day": f"{received:%d/%m/%Y}"}
        return _("Ngày đăng công khai không thể trước ngày tiếp nhận hồ sơ (%(day)s).") % told
    return ""


def post_notice(
    dossier: Dossier, *, by: Actor, posted_on: date, where: str, version: int | None = None
) -> PublicNotice:
    """Keep since when and where the list is public.

    What is noted later corrects what was noted before.

    Raises    PermissionDenied, Recused, Gone (stale, or over), Unfit for a day on which it cannot have been posted
    """
    with changing(dossier, version=version, person=by.person) as locked:
        if locked.state not in UNDER_WAY:
            raise Gone(_("Hồ sơ đã kết thúc; không ghi ngày đăng công khai được nữa."))
        actor = acting(by, Office.HOME_AFFAIRS, locked.body_at(Place.STANDING_BODY))
        require_no_tie(locked, by.person)
        if why := why_no_day(locked, posted_on):
            raise Unfit(why)
        before = {"posted_on": locked.posted_on} if locked.posted_on else {}
        notice = PublicNotice.objects.create(dossier=locked, posted_on=posted_on, where=where, by=by.person, at=now())
        record(locked, "post_notice", by=actor, kind=Kind.EDIT, before=before,
               after={"posted_on": posted_on, "where": where})  # fmt: skip
    return notice
