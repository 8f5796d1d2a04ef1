"""One calendar as it stands: the week, the public holidays of the `holidays` package, and the days entered above them.

Nothing here asks the database or the clock.  Source: Bộ luật Lao động 2019 art. 111(3), 112; Bộ luật Dân sự 2015
art. 147(2) (the first day does not count), 148(5) (a last day off moves on); law.md 9.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _
from holidays.countries import Vietnam

from .day_words import Why, holiday_words, is_unfounded, weekly_rest, worked_words

Moment = TypeVar("Moment", date, datetime)


class Override(NamedTuple):
    """One day entered above the package: OFF, WORK or HALF, for everyone (`scope` empty) or below one body's path."""

    day: date
    kind: str
    closes_at: time | None = None
    document: str = ""
    note: str = ""
    scope: str = ""


class _Year(NamedTuple):
    """What the package says of a year: its working days in order, founded holidays by name, worked weekends."""

    worked: tuple[date, ...]
    holidays: dict[date, str]
    weekends: frozenset[date]


@lru_cache(maxsize=64)
def _package(year: int) -> _Year:
    """The year without any day entered.

    Raises    ValueError for a year whose Tết the package cannot reckon (before 1901, after 2100)
    """
    known = Vietnam(years=year, language="vi")
    if not known.start_year <= year <= known.end_year:
        raise ValueError(_("Không tính được ngày làm việc của năm %(year)d.") % {"year": year})
    holidays = {day: names for day, names in known.items() if not all(map(is_unfounded, names.split("; ")))}
    weekends = frozenset(day for day in known.weekend_workdays if day.year == year)
    first = date(year, 1, 1)
    days = (first + timedelta(days=count) for count in range((date(year, 12, 31) - first).days + 1))
    worked = tuple(day for day in days if day in weekends or (day.weekday() < 5 and day not in holidays))
    return _Year(worked, holidays, weekends)


class WorkingDays:
    """Which days are worked in one scope and version; it never changes, so it may be kept and shared by threads.

    `WorkingDays(())` is the package alone.  Of two rows about one day the nearer body's stands.
    """

    __slots__ = ("_entered", "_years", "version")

    def __init__(self, rows: Iterable[Override], version: int = 1) -> None:
        self.version = version
        self._entered = {row.day: row for row in sorted(rows, key=lambda row: len(row.scope))}
        self._years: dict[int, tuple[date, ...]] = {}  # reckoned when first asked; twice at once gives the same

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on this day (of an aware datetime: on its local day)."""
        day = local_day(day)
        days = self.of_year(day.year)
        place = bisect_left(days, day)
        return place < len(days) and days[place] == day

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self._ahead(local_day(day), 1)

    def add_working_days(self, start: Moment, n: int) -> Moment:
        """The day, or the same local hour of the day, `n` whole working days after `start`.

        start     date or aware datetime; the day itself does not count
        n         >= 0; 0 is `start`, or the next working day when that is a day off
        Raises    ValueError if n < 0 or the datetime is naive
        """
        _require_count(n)
        return _moved(start, lambda day: self._ahead(day, n))

    def working_days_before(self, event: Moment, n: int) -> Moment:
        """The n-th working day before `event`, at the same local hour; the day of the event does not count.

        n         >= 0; 0 is the event, or the last working day before it when that is a day off
        Raises    ValueError if n < 0 or the datetime is naive
        """
        _require_count(n)
        return _moved(event, lambda day: self._back(day, n))

    def working_days_between(self, a: date, b: date) -> int:
        """How many working days lie after `a`, up to and including `b`; negative when `b` is before `a`."""
        first, last = local_day(a), local_day(b)
        if last < first:
            return -self.working_days_between(last, first)
        whole_years = sum(len(self.of_year(year)) for year in range(first.year, last.year))
        return (
            whole_years
            + bisect_right(self.of_year(last.year), last)
            - bisect_right(self.of_year(first.year), first)
        )  # fmt: skip

    @staticmethod
    def end_of_day(day: date) -> datetime:
        """The last moment of a local day: 23:59:59.999999, what the law calls 24:00 of that day."""
        return end_of_day(day)

    def due_on(self, day: date) -> datetime:
        """The moment by which work due on `day` must be done: the closing hour of a half day, else the end of it."""
        day = local_day(day)
        row = self._entered.get(day)
        if row is None or row.closes_at is None:
            return end_of_day(day)
        return datetime.combine(day, row.closes_at, tzinfo=timezone.get_default_timezone())

    def why(self, day: date) -> Why:
        """Whether a day is worked, why, by which source, and whether that is an estimate only."""
        day = local_day(day)
        if row := self._entered.get(day):
            return worked_words(row.kind, row.closes_at, row.note, row.document)
        year = _package(day.year)
        if day in year.weekends:
            return holiday_words(day, year.holidays, works=True)
        if day.weekday() >= 5:
            return weekly_rest(day)
        return holiday_words(day, year.holidays, works=day not in year.holidays)

    def of_year(self, year: int) -> tuple[date, ...]:
        """All working days of a year, in order.

        Raises    ValueError for a year before 1901 or after 2100
        """
        if year not in self._years:
            self._years[year] = self._with_entered(year)
        return self._years[year]

    def _with_entered(self, year: int) -> tuple[date, ...]:
        entered = [row for row in self._entered.values() if row.day.year == year]
        days = _package(year).worked
        if not entered:
            return days
        off = {row.day for row in entered if row.kind == "OFF"}
        return tuple(sorted({*days, *(row.day for row in entered)} - off))

    def _ahead(self, day: date, n: int) -> date:
        days = self.of_year(day.year)
        return self._numbered(day.year, bisect_right(days, day) + n - 1 if n else bisect_left(days, day))

    def _back(self, day: date, n: int) -> date:
        days = self.of_year(day.year)
        return self._numbered(day.year, bisect_left(days, day) - n if n else bisect_right(days, day) - 1)

    def _numbered(self, year: int, number: int) -> date:
        """Working day `number` of a year, counted from 0; past either end it goes on in the years beside it."""
        while number < 0:
            year -= 1
            number += len(self.of_year(year))
        while number >= len(self.of_year(year)):
            number -= len(self.of_year(year))
            year += 1
        return self.of_year(year)[number]


def end_of_day(day: date) -> datetime:
    """The last moment of a local day: 23:59:59.999999, what the law calls 24:00 of that day."""
    return datetime.combine(local_day(day), time.max, tzinfo=timezone.get_default_timezone())


def local_day(moment: date) -> date:
    """The day in Vietnam of a date or an aware datetime."""
    if isinstance(moment, datetime):
        return timezone.localtime(moment, timezone.get_default_timezone()).date()
    return moment


def _moved(moment: Moment, move: Callable[[date], date]) -> Moment:
    """The moment on the day that `move` gives for its local day, hour kept, in its own time zone."""
    if not isinstance(moment, datetime):
        return move(moment)
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return (local + (move(local.date()) - local.date())).astimezone(moment.tzinfo)


def _require_count(n: int) -> None:
    if n < 0:
        raise ValueError("a number of working days is never negative")
