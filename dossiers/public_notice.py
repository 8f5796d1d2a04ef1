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
from .holding import PublicNotice
from .models import Dossier
from .states import UNDER_WAY


def may_post(person: Any, dossier: Dossier) -> bool:
    """Whether this person keeps the notice: HOME_AFFAIRS at the standing body, while the dossier is under way."""
    return dossier.state in UNDER_WAY and person.holds(Office.HOME_AFFAIRS, dossier.body_at(Place.STANDING_BODY))


def post_notice(
    dossier: Dossier, *, by: Actor, posted_on: date, where: str, version: int | None = None
) -> PublicNotice:
    """Keep since when and where the list is public.

    Raises    PermissionDenied, Gone (stale, or over), Unfit for a day to come
    """
    with changing(dossier, version=version) as locked:
        if locked.state not in UNDER_WAY:
            raise Gone(_("Hồ sơ đã kết thúc; không ghi ngày đăng công khai được nữa."))
        actor = acting(by, Office.HOME_AFFAIRS, locked.body_at(Place.STANDING_BODY))
        if posted_on > today():
            raise Unfit(_("Ngày đăng công khai không thể ở sau hôm nay."))
        notice = PublicNotice.objects.create(dossier=locked, posted_on=posted_on, where=where, by=by.person, at=now())
        record(locked, "post_notice", by=actor, kind=Kind.EDIT, after={"posted_on": posted_on, "where": where})
    return notice
