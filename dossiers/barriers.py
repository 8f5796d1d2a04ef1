"""What bars an act for a time: a hold that waits for its conclusion, a minimum wait that is not over."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.clock import today
from campaigns.terms import waits_for_act
from organizations.calendar import working_days

from .conditions import condition


def _hold_sentence(dossier) -> str:
    """Of the hold that stands in the way."""
    return hold_sentence(next(one for one in dossier.open_holds if one.nomination is None or not one.nomination.left))


def hold_sentence(hold) -> str:
    """What is on hold, since when, by which article, and what ends it."""
    told = {"text": hold.text, "article": hold.article, "day": f"{hold.at.astimezone():%d/%m/%Y}"}
    if hold.nomination is None:
        return _("Hồ sơ đang tạm dừng từ %(day)s: %(text)s (%(article)s). Chờ kết luận rồi mới làm tiếp.") % told
    told["name"] = hold.nomination.full_name
    said = _("Đề nghị của %(name)s đang tạm dừng từ %(day)s: %(text)s (%(article)s). Chờ kết luận rồi mới làm tiếp.")
    return said % told


@condition(_hold_sentence)
def not_held(dossier) -> bool:
    """The dossier as a whole is not on hold.  Source: NĐ 152/2025 Điều 4 (law.md 2.7)"""
    return not any(hold.nomination is None for hold in dossier.open_holds)


@condition(_hold_sentence)
def no_name_held(dossier) -> bool:
    """Neither it nor a name still in is on hold, so that it may go on.  Source: NĐ 152/2025 Điều 4 (law.md 2.7)"""
    return not any(hold.nomination is None or not hold.nomination.left for hold in dossier.open_holds)


@condition(_hold_sentence)
def not_held_or_issued(dossier) -> bool:
    """Not on hold as a whole, or a decision issued before it was must be carried out."""
    issued = dossier.decision is not None and dossier.decision.stage == "ISSUED"
    return issued or not_held(dossier)


@condition(gettext_lazy("Hồ sơ không có tạm dừng nào để kết thúc."))
def held(dossier) -> bool:
    """Something of it is on hold."""
    return dossier.held_since is not None


def waited_for(act: str) -> Callable:
    """The condition that every minimum wait before `act` is over.  Source: law.md 2.6, rows of MinimumWait"""

    @condition(lambda dossier: " ".join(still_waiting(dossier, act)))
    def waited(dossier) -> bool:
        return not still_waiting(dossier, act)

    return waited


def still_waiting(dossier, act: str) -> list[str]:
    """One sentence for each wait before `act` that is not over: what for, by which clause, until when."""
    known = dossier.__dict__.setdefault("waits", {})
    if act not in known:
        codes = {name.award.code for name in dossier.still_in}
        rows = waits_for_act(dossier.campaign, act, awards=codes, day=today())
        known[act] = [sentence for row in rows if (sentence := _wait_sentence(dossier, row))]
    return known[act]


def _wait_sentence(dossier, row) -> str:
    """Why one wait is not over, or nothing."""
    since = dossier.received_at if row.since == row.Since.RECEIPT else dossier.posted_on
    told = {"days": row.working_days, "since": row.get_since_display(), "clause": row.clause}
    if since is None:
        return _("Phải chờ %(days)d ngày làm việc kể từ %(since)s (%(clause)s), mà hồ sơ chưa có ngày đó.") % told
    until = working_days().add_working_days(_day(since), row.working_days)
    if today() > until:
        return ""
    told["until"] = f"{until:%d/%m/%Y}"
    return _("Phải chờ đến hết ngày %(until)s: %(days)d ngày làm việc kể từ %(since)s (%(clause)s).") % told


def _day(moment: date) -> date:
    return moment.astimezone().date() if isinstance(moment, datetime) else moment
