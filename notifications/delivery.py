"""What became of messages: their state in words, and the operator's list of mails with its filters in the address."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.clock import now
from organizations.calendar import end_of_day
from organizations.models import Person

from .matrix import EVENTS, name_of
from .models import Channel, Notification
from .queries import MOST_COUNTED, NotificationQuerySet

PAGE = 50  # rows
# what is said of a dossier, which the operator must not read off the word beside its code
VEILED = {"granted", "declined", "withdrawn", "lapsed", "recused", "hold", "hold_lifted"}
FIRST_YEAR, LAST_YEAR = 1945, 2100
_OPEN = Q(sent_at=None, given_up_at=None)
# states in the address: {key: (label, tone, which mails)}; the first three wait for somebody or something
STATES: dict[str, tuple[Any, str, Q]] = {
    "bo-cuoc": (gettext_lazy("Bỏ cuộc"), "late", Q(given_up_at__isnull=False, dismissed_at=None)),
    "thu-lai": (gettext_lazy("Đang thử lại"), "soon", _OPEN & Q(attempts__gt=0)),
    "chua-di": (gettext_lazy("Chưa đi"), "navy", _OPEN & Q(attempts=0)),
    "da-di": (gettext_lazy("Đã đi"), "fine", Q(sent_at__isnull=False)),
    "bo-qua": (gettext_lazy("Đã bỏ qua"), "plain", Q(given_up_at__isnull=False, dismissed_at__isnull=False)),
}
COUNTED = ("bo-cuoc", "thu-lai", "chua-di")


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mail or of a row for the digest: a word, its tone, and when."""

    text: str
    tone: str
    note: str = ""


def fate_of(row: Notification) -> Fate:
    """In words; moments of sending are real time, a quiet morning is the house's."""
    if row.channel == Channel.DIGEST:
        return _of_digest(row)
    if row.sent_at:
        return Fate(_("Đã đi"), "fine", _day(row.sent_at))
    if row.dismissed_at:
        by = row.dismissed_by.full_name if row.dismissed_by else ""
        return Fate(_("Đã bỏ qua"), "plain", f"{by}: {row.dismissed_reason}")
    if row.given_up_at:
        return Fate(_("Bỏ cuộc"), "late", _day(row.given_up_at))
    if row.attempts:
        return Fate(_("Đang thử lại"), "soon", _("lần tới lúc %(time)s") % {"time": _day(row.not_before)})
    if row.held_until and row.held_until > now():
        return Fate(_("Chờ đến giờ làm việc"), "navy", _day(row.held_until))
    return Fate(_("Chưa đi"), "navy", _("đang chờ đến lượt"))


def _of_digest(row: Notification) -> Fate:
    if row.sent_at:
        return Fate(_("Trong bản tin sáng"), "fine", _day(row.sent_at))
    return Fate(_("Chờ bản tin sáng"), "navy")


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y %H:%M}"


@dataclass(frozen=True, slots=True)
class Line:
    """One mail in the operator's list: the event and the dossier's code, never what is said of it."""

    mail: Notification
    event: Any
    code: str
    fate: Fate
    may_resend: bool
    may_dismiss: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for: state, event, words, period, and after which mail to go on."""

    state: str = ""
    event: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None
    after: int = 0

    @classmethod
    def read(cls, query: Any) -> "Wish":
        """The wish in a query string; what it cannot mean is as if it were not there."""
        state, event, after = query.get("tinh-trang", ""), query.get("tin", ""), query.get("sau", "")
        return cls(
            state if state in STATES else "", event if event in EVENTS and event not in VEILED else "",
            query.get("q", "")[:200].strip(),
            _date(query.get("tu", "")), _date(query.get("den", "")),
            int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0,
        )  # fmt: skip

    def url(self, **changes: Any) -> str:
        """The address of this wish with some of it changed; it starts at the first page unless told."""
        wish = replace(self, **{"after": 0, **changes})
        asked = {"tinh-trang": wish.state, "tin": wish.event, "q": wish.words, "tu": wish.since, "den": wish.until,
                 "sau": wish.after}  # fmt: skip
        return f"{reverse('notifications:deliveries')}?{urlencode({k: v for k, v in asked.items() if v})}"

    def rows(self) -> NotificationQuerySet:
        """The mails it asks for."""
        found = Notification.objects.mails()
        if self.state:
            found = found.filter(STATES[self.state][2])
        if self.event:
            found = found.filter(template=self.event)
        if self.since:
            found = found.filter(created_at__gte=datetime.combine(self.since, datetime.min.time(), _zone()))
        if self.until:
            found = found.filter(created_at__lte=end_of_day(self.until))
        if self.words:
            page = f"/ho-so/{self.words.upper()}/"
            found = found.filter(Q(recipient__in=Person.objects.search(self.words).values("pk")) | Q(url=page))
        return found.before(self.after) if self.after else found


def delivery_page(wish: Wish) -> dict[str, Any]:
    """All the operator's page shows: counts of what waits, one page of mails."""
    found = list(wish.rows().select_related("recipient", "dismissed_by")[: PAGE + 1])
    counts = {key: Notification.objects.mails().filter(STATES[key][2]).counted() for key in COUNTED}
    tabs = [{"label": _("Tất cả"), "url": wish.url(state=""), "count": None, "current": not wish.state}]
    tabs += [
        {"label": label, "url": wish.url(state=key), "count": _capped(counts.get(key)), "current": wish.state == key}
        for key, (label, _tone, _which) in STATES.items()
    ]
    return {
        "wish": wish, "tabs": tabs, "lines": [_line(mail) for mail in found[:PAGE]], "events": _events(),
        "next_url": wish.url(after=found[PAGE - 1].pk) if len(found) > PAGE else "",
        "first_url": wish.url() if wish.after else "", "here": wish.url(after=wish.after),
        "clear_url": Wish(state=wish.state).url(),
        "filtered": bool(wish.words or wish.event or wish.since or wish.until),
    }  # fmt: skip


def _line(mail: Notification) -> Line:
    waits_its_turn = mail.sent_at is None and mail.given_up_at is None and not mail.attempts
    return Line(
        mail, told_as(mail), str(mail.context.get("code", "")), fate_of(mail), not waits_its_turn,
        mail.given_up_at is not None and mail.dismissed_at is None,
    )  # fmt: skip


def told_as(mail: Notification) -> Any:
    """What the operator is told a mail is about: one word for whatever says how a dossier fares."""
    return _("Tin về hồ sơ") if mail.template in VEILED else name_of(mail.template)


def _events() -> list[tuple[str, Any]]:
    return [(event, name) for event, (name, _when, _group) in EVENTS.items() if event not in VEILED]


def _capped(count: int | None) -> str | None:
    if count is None:
        return None
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def _date(typed: str) -> date | None:
    try:
        day = parse_date(typed[:10])
    except ValueError:  # well formed, but no day of the calendar
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None  # far years have no moment in UTC


def _zone() -> Any:
    return timezone.get_default_timezone()
