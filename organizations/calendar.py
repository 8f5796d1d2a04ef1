"""Which days are working days, and how far a deadline is: the calendar in force, for everyone or for one body.

What the cache promises: a process answers from rows that were in force at most FRESH_FOR seconds ago, and from the new
ones as soon as it has committed a change of its own.  An answer never mixes two versions.  A step keeps the version it
was reckoned with, so what a stale process wrote is found by reckoning again.
"""

import time as stopwatch
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .day_words import LAST_DECIDED, UNFOUNDED_HOLIDAYS, Why
from .models import Calendar, CalendarDay
from .working_days import Moment, Override, WorkingDays, end_of_day, local_day

__all__ = [
    "LAST_DECIDED", "UNFOUNDED_HOLIDAYS", "Distance", "Override", "Why", "WorkingDays", "add_working_days", "distance",
    "due_on", "end_of_day", "forget", "hold", "is_working_day", "next_working_day", "version", "why", "working_days",
    "working_days_before", "working_days_between",
]  # fmt: skip

THE_CALENDAR = 1  # its one row
FRESH_FOR = 2.0  # seconds
SOON_WITHIN = 3  # working days
LAST_MINUTE = time(23, 59)  # a deadline from here on is the end of its day, and shown without an hour

Tone = Literal["late", "soon", "fine"]


class Distance(NamedTuple):
    """How far a deadline is, in words for the screen, and how pressing."""

    text: str
    tone: Tone


class _Row(NamedTuple):
    """A day that counts from one version until before another."""

    what: Override
    since: int
    until: int | None

    def counts(self, version: int) -> bool:
        """Whether it counted in this version."""
        return self.since <= version and (self.until is None or self.until > version)


@dataclass(frozen=True, slots=True)
class _Register:
    """Every day that ever counted, the version in force, and the ledger's head under which they were read."""

    head: str
    version: int
    rows: tuple[_Row, ...]
    made: dict[tuple[frozenset[str], int], WorkingDays] = field(default_factory=dict)

    def of(self, path: str, version: int) -> WorkingDays:
        """The calendar of the body at `path`; bodies without days of their own share one."""
        key = frozenset(row.what.scope for row in self.rows if path.startswith(row.what.scope)), version
        if key not in self.made:
            rows = [row.what for row in self.rows if row.what.scope in key[0] and row.counts(version)]
            self.made[key] = WorkingDays(rows, version)
        return self.made[key]


_kept: tuple[float, _Register] | None = None


def working_days(body: Any = None, version: int | None = None) -> WorkingDays:
    """The calendar in force, or as it stood in an earlier version.

    body      an Organization: days entered for it and for the bodies above it count too, the nearest first
    """
    register = _in_force()
    if version is not None and version > register.version:  # another process has moved on
        forget()
        register = _in_force()
    return register.of(body.path if body else "", register.version if version is None else version)


def version() -> int:
    """The version in force; it grows with every day that begins or ceases to count."""
    return _in_force().version


def forget() -> None:
    """Read the calendar anew next time; for whoever changed it, once that is committed."""
    global _kept
    _kept = None


def hold(rows: tuple[Override, ...] = (), version: int = 1) -> None:
    """Answer from these rows, all in force for ever, and ask no database; for tests without one."""
    global _kept
    _kept = (stopwatch.monotonic(), _Register("", version, tuple(_Row(row, 0, None) for row in rows)))


def _in_force() -> _Register:
    global _kept
    kept = _kept
    if kept is None or stopwatch.monotonic() - kept[0] > FRESH_FOR:
        kept = _kept = (stopwatch.monotonic(), _read(kept[1] if kept else None))
    return kept[1]


def _read(known: _Register | None) -> _Register:
    """The register as committed; what is known stays when the calendar's ledger has no new line."""
    stored = Calendar.objects.filter(pk=THE_CALENDAR).values_list("chain_digest", "version").first()
    head, version = stored or ("", 1)
    if known is not None and known.head == head:
        return known
    fields = "day", "kind", "closes_at", "document", "note", "organization__path", "confirmed_in", "withdrawn_in"
    found = CalendarDay.objects.filter(confirmed_in__lte=version).values_list(*fields)
    rows = tuple(
        _Row(Override(day, kind, closes_at, document, note, path or ""), since, until)
        for day, kind, closes_at, document, note, path, since, until in found
    )
    return _Register(head, version, rows)


def is_working_day(day: date, body: Any = None) -> bool:
    """Whether offices work on this day (of an aware datetime: on its local day)."""
    return working_days(body).is_working_day(day)


def next_working_day(day: date, body: Any = None) -> date:
    """The first working day after `day`."""
    return working_days(body).next_working_day(day)


def add_working_days(start: Moment, n: int, body: Any = None) -> Moment:
    """The day, or the same local hour of the day, `n` whole working days after `start`, which does not count.

    Raises    ValueError if n < 0 or the datetime is naive
    """
    return working_days(body).add_working_days(start, n)


def working_days_before(event: Moment, n: int, body: Any = None) -> Moment:
    """The n-th working day before `event`, at the same local hour; the day of the event does not count.

    Raises    ValueError if n < 0 or the datetime is naive
    """
    return working_days(body).working_days_before(event, n)


def working_days_between(a: date, b: date, body: Any = None) -> int:
    """How many working days lie after `a`, up to and including `b`; negative when `b` is before `a`."""
    return working_days(body).working_days_between(a, b)


def due_on(day: date, body: Any = None) -> datetime:
    """The moment by which work due on `day` must be done: the closing hour of a half day, else the end of it."""
    return working_days(body).due_on(day)


def why(day: date, body: Any = None) -> Why:
    """Whether a day is worked, why, by which source, and whether that is an estimate only."""
    return working_days(body).why(day)


def distance(due: datetime, at: datetime, body: Any = None) -> Distance:
    """How far `due` is from `at`, both aware, in working days and in words."""
    days = working_days(body).working_days_between(at, due)
    if at > due:
        return Distance(_lateness(due, at, -days), "late")
    local = timezone.localtime(due, timezone.get_default_timezone())
    if local.date() == local_day(at):
        hour = "" if local.time() >= LAST_MINUTE else f", {local:%H:%M}"
        return Distance(_("hôm nay%(hour)s") % {"hour": hour}, "soon")
    if days == 0:  # only days off are left
        return Distance(_("không còn ngày làm việc nào"), "soon")
    left = ngettext("còn %(days)d ngày làm việc", "còn %(days)d ngày làm việc", days) % {"days": days}
    return Distance(left, "soon" if days <= SOON_WITHIN else "fine")


def _lateness(due: datetime, at: datetime, days: int) -> str:
    if days:
        return ngettext("quá hạn %(days)d ngày làm việc", "quá hạn %(days)d ngày làm việc", days) % {"days": days}
    local = timezone.localtime(due, timezone.get_default_timezone())
    if local.date() == local_day(at):
        return _("quá hạn từ %(hour)s hôm nay") % {"hour": f"{local:%H:%M}"}
    return _("quá hạn từ %(day)s") % {"day": f"{local:%d/%m/%Y}"}  # late by days off only
