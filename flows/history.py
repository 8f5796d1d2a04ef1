"""What one person did, read from the ledger: acts and edits, the newest first."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.clock import today
from audit.models import Entry
from dossiers.models import Dossier
from dossiers.words import ACTS
from organizations.models import Person

from .keyset import place

PAGE = 50  # lines
NO_DAY, LAST_DAY = date.min, date(9999, 12, 30)
DOSSIER = "dossiers.dossier"
ACT = re.compile(r"[a-z_]{1,50}")
COLUMNS = (
    "at kind act subject_type subject_id subject_label unit_name office organization_name behalf_name reason number"
).split()
OTHER_ACTS = {  # acts on what is no dossier: councils, decisions, campaigns, the register
    "found_council": gettext_lazy("Lập Hội đồng"), "end_council": gettext_lazy("Kết thúc Hội đồng"),
    "open_sitting": gettext_lazy("Mở phiên họp"), "keep_minutes": gettext_lazy("Lưu biên bản họp"),
    "open_ballots": gettext_lazy("Đưa vào chương trình họp"),
    "drop_ballots": gettext_lazy("Đưa ra khỏi chương trình họp"),
    "type_counts": gettext_lazy("Nhập số phiếu"), "draft": gettext_lazy("Lập dự thảo quyết định"),
    "add_lines": gettext_lazy("Đưa vào dự thảo quyết định"),
    "remove_lines": gettext_lazy("Đưa ra khỏi dự thảo quyết định"),
    "strike": gettext_lazy("Gạch tên trong dự thảo quyết định"), "issue": gettext_lazy("Ký ban hành quyết định"),
    "drop": gettext_lazy("Bỏ dự thảo quyết định"), "add_campaign_paper": gettext_lazy("Tải tệp của đợt thi đua"),
    "load_campaign": gettext_lazy("Nạp đợt thi đua"), "password": gettext_lazy("Đổi mật khẩu"),
    "add_organization": gettext_lazy("Thêm đơn vị"), "change_organization": gettext_lazy("Sửa đơn vị"),
    "add_person": gettext_lazy("Thêm người dùng"), "change_person": gettext_lazy("Sửa thông tin người dùng"),
    "deactivate": gettext_lazy("Ngừng tài khoản"), "reactivate": gettext_lazy("Mở lại tài khoản"),
    "appoint": gettext_lazy("Phân công"), "end_appointment": gettext_lazy("Kết thúc phân công"),
    "invite": gettext_lazy("Gửi lời mời"), "next_day": gettext_lazy("Chuyển sang ngày sau"),
}  # fmt: skip
PERIODS = {"hom-nay": (gettext_lazy("Hôm nay"), 0), "7-ngay": (gettext_lazy("7 ngày qua"), 6),
           "30-ngay": (gettext_lazy("30 ngày qua"), 29)}  # fmt: skip


def act_name(entry: Entry) -> str:
    """What a line of the ledger is called; what has no name of its own is told by its kind."""
    if entry.act in ACTS and entry.subject_type == DOSSIER:
        return str(ACTS[entry.act].past)
    return str(OTHER_ACTS.get(entry.act) or entry.get_kind_display())


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; a filter that cannot be read shows nothing.

    period      a key of PERIODS, or empty
    since, until  first and last day
    """

    period: str = ""
    since: date | None = None
    until: date | None = None
    act: str = ""
    words: str = ""
    after: str = ""
    before: str = ""
    illegible: bool = False

    @classmethod
    def read(cls, query: Any) -> "Asked":
        """The filters in the parameters of an address."""
        period, act = query.get("ky", ""), query.get("viec", "")
        days = [_day(query.get(name, "")) for name in ("tu", "den")]
        bad = (period and period not in PERIODS) or (act and not ACT.fullmatch(act)) or NO_DAY in days
        if bad:
            return cls(illegible=True)
        words, after, before = query.get("q", "")[:200].strip(), query.get("sau", "")[:60], query.get("truoc", "")[:60]
        return cls(period, days[0], days[1], act, words, after, before)

    @property
    def filtered(self) -> bool:
        """Whether less than everything is shown."""
        return bool(self.period or self.since or self.until or self.act or self.words or self.illegible)

    def url(self, **changes: Any) -> str:
        """The address with some of it changed, from the first page on."""
        wish = replace(self, **{"after": "", "before": "", **changes})
        asked = {"ky": wish.period, "tu": wish.since and wish.since.isoformat(), "viec": wish.act, "q": wish.words,
                 "den": wish.until and wish.until.isoformat(), "sau": wish.after, "truoc": wish.before}  # fmt: skip
        query = urlencode({name: text for name, text in asked.items() if text})
        return reverse("flows:history") + (f"?{query}" if query else "")


def _day(text: str) -> date | None:
    """A day as a form sends it; None for none, NO_DAY for what is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else NO_DAY
    except ValueError:
        return NO_DAY


def lines_of(person: Person, asked: Asked) -> Any:
    """This person's acts and edits as asked for, the newest first; of every page.  Index: audit_entry_actor."""
    lines = Entry.objects.filter(actor=person.pk).moving().order_by("-at", "-id")
    if asked.illegible:
        return lines.none()
    since, until = asked.since, asked.until
    if asked.period:
        since = today() - timedelta(days=PERIODS[asked.period][1])
    if since:
        lines = lines.filter(at__gte=_local(since))
    if until:
        lines = lines.filter(at__lt=_local(min(until, LAST_DAY) + timedelta(days=1)))
    if asked.act:
        lines = lines.filter(act=asked.act)
    if asked.words:  # a name is found only in dossiers that may be read today
        found = Dossier.objects.visible_to(person).search(asked.words)
        lines = lines.filter(subject_type=DOSSIER, subject_id__in=found.order_by().values("pk"))
    return lines


def _local(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def page_of(person: Person, asked: Asked) -> tuple[list[Entry], bool, bool]:
    """One page by key; whether there are lines before it, and after it."""
    lines = lines_of(person, asked).only(*COLUMNS)
    if start := place(asked.before):
        at, pk = start[0] or timezone.now(), start[1]
        nearer = lines.filter(Q(at__gt=at) | Q(at=at, pk__gt=pk)).reverse()
        found = list(nearer[: PAGE + 1])
        return found[:PAGE][::-1], len(found) > PAGE, True
    if start := place(asked.after):
        at, pk = start[0] or timezone.now(), start[1]
        lines = lines.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    found = list(lines[: PAGE + 1])
    return found[:PAGE], bool(start), len(found) > PAGE


def readable(person: Person, entries: list[Entry]) -> dict[int, str]:
    """The dossiers of these lines that this person may read today: {id: code}; one statement."""
    about = {entry.subject_id for entry in entries if entry.subject_type == DOSSIER}
    return dict(Dossier.objects.visible_to(person).filter(pk__in=about).order_by().values_list("pk", "code"))


def acts_to_choose() -> list[tuple[str, str]]:
    """Acts a list may be narrowed to, in the order of the law."""
    return [(name, str(words.past)) for name, words in ACTS.items()] + [
        (name, str(words)) for name, words in OTHER_ACTS.items() if name not in ACTS
    ]


def ago(entry: Entry, days: int) -> str:
    """How long ago, in working days."""
    if timezone.localtime(entry.at).date() == today():
        return _("hôm nay")
    told = ngettext("%(n)d ngày làm việc trước", "%(n)d ngày làm việc trước", days)
    return told % {"n": days} if days else _("chưa đủ 1 ngày làm việc")
