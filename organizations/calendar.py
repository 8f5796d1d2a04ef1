"""Which days are working days, and how far a deadline is.

First form: Monday to Friday less the public holidays of the `holidays` package, corrected by the tables below.
Source: Bộ luật Lao động 2019 art. 111(3), 112; Bộ luật Dân sự 2015 art. 147(2) (the first day does not count),
148(5) (a last day off moves on).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from holidays.countries import Vietnam

SOON_WITHIN = 3  # working days
LAST_MINUTE = time(23, 59)  # a deadline from here on is the end of its day, and shown without an hour

# Where the package errs, as known on 20/11/2026: day -> (is it worked, source).
CORRECTED_DAYS: dict[date, tuple[bool, str]] = {
    date(2026, 1, 2): (False, "12729/VPCP-KGVX, 25/12/2025 (theo báo chí): nghỉ, làm bù 10/01/2026"),
    date(2026, 1, 10): (True, "12729/VPCP-KGVX, 25/12/2025 (theo báo chí): làm bù cho 02/01/2026"),
}
# Days off the package counts for which no instrument is known: name in the package -> why not.
UNFOUNDED_HOLIDAYS: dict[str, str] = {
    "Ngày Văn hóa Việt Nam": "24/11, từ 2026: chưa có văn bản sửa Điều 112 Bộ luật Lao động (80-NQ/TW chưa đủ)",
}

Tone = Literal["late", "soon", "fine"]
Moment = TypeVar("Moment", date, datetime)


class Distance(NamedTuple):
    """How far a deadline is, in words for the screen, and how pressing."""

    text: str
    tone: Tone


@lru_cache(maxsize=64)
def _working_days_of(year: int) -> tuple[date, ...]:
    """All working days of a year, in order.

    Raises    ValueError for a year whose Tết the package cannot reckon (before 1901, after 2100)
    """
    known = Vietnam(years=year, language="vi")
    if not known.start_year <= year <= known.end_year:
        raise ValueError(_("Không tính được ngày làm việc của năm %(year)d.") % {"year": year})
    off = {day for day, names in known.items() if not all(map(_is_unfounded, names.split("; ")))}
    first = date(year, 1, 1)
    days = (first + timedelta(days=count) for count in range((date(year, 12, 31) - first).days + 1))
    return tuple(day for day in days if _is_worked(day, off, known.weekend_workdays))


def _is_unfounded(name: str) -> bool:
    return name.startswith(tuple(UNFOUNDED_HOLIDAYS))  # its substitute day ("… (nghỉ bù)") too


def _is_worked(day: date, off: set[date], worked_weekends: set[date]) -> bool:
    if day in CORRECTED_DAYS:
        return CORRECTED_DAYS[day][0]
    return day in worked_weekends or (day.weekday() < 5 and day not in off)


def is_working_day(day: date) -> bool:
    """Whether offices work on this day (of an aware datetime: on its local day)."""
    day = _local_day(day)
    days = _working_days_of(day.year)
    place = bisect_left(days, day)
    return place < len(days) and days[place] == day


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    return _ahead(_local_day(day), 1)


def add_working_days(start: Moment, n: int) -> Moment:
    """The day, or the same local hour of the day, `n` whole working days after `start`.

    start     date or aware datetime; the day itself does not count
    n         >= 0; 0 is `start`, or the next working day when that is a day off
    Raises    ValueError if n < 0 or the datetime is naive
    """
    _require_count(n)
    return _moved(start, lambda day: _ahead(day, n))


def working_days_before(event: Moment, n: int) -> Moment:
    """The n-th working day before `event`, at the same local hour; the day of the event does not count.

    n         >= 0; 0 is the event, or the last working day before it when that is a day off
    Raises    ValueError if n < 0 or the datetime is naive
    """
    _require_count(n)
    return _moved(event, lambda day: _back(day, n))


def working_days_between(a: date, b: date) -> int:
    """How many working days lie after `a`, up to and including `b`; negative when `b` is before `a`."""
    first, last = _local_day(a), _local_day(b)
    if last < first:
        return -working_days_between(last, first)
    whole_years = sum(len(_working_days_of(year)) for year in range(first.year, last.year))
    return (
        whole_years
        + bisect_right(_working_days_of(last.year), last)
        - bisect_right(_working_days_of(first.year), first)
    )


def end_of_day(day: date) -> datetime:
    """The last moment of a local day: 23:59:59.999999, what the law calls 24:00 of that day."""
    return datetime.combine(_local_day(day), time.max, tzinfo=timezone.get_default_timezone())


def distance(due: datetime, at: datetime) -> Distance:
    """How far `due` is from `at`, both aware, in working days and in words."""
    if at > due:
        return Distance(_lateness(due, at), "late")
    local = timezone.localtime(due, timezone.get_default_timezone())
    days = working_days_between(at, due)
    if local.date() == _local_day(at):
        hour = "" if local.time() >= LAST_MINUTE else f", {local:%H:%M}"
        return Distance(_("hôm nay%(hour)s") % {"hour": hour}, "soon")
    if days == 0:  # only days off are left
        return Distance(_("không còn ngày làm việc nào"), "soon")
    left = ngettext("còn %(days)d ngày làm việc", "còn %(days)d ngày làm việc", days) % {"days": days}
    return Distance(left, "soon" if days <= SOON_WITHIN else "fine")


def _lateness(due: datetime, at: datetime) -> str:
    days = working_days_between(due, at)
    if days:
        return ngettext("quá hạn %(days)d ngày làm việc", "quá hạn %(days)d ngày làm việc", days) % {"days": days}
    local = timezone.localtime(due, timezone.get_default_timezone())
    if local.date() == _local_day(at):
        return _("quá hạn từ %(hour)s hôm nay") % {"hour": f"{local:%H:%M}"}
    return _("quá hạn từ %(day)s") % {"day": f"{local:%d/%m/%Y}"}  # late by days off only


def _ahead(day: date, n: int) -> date:
    days = _working_days_of(day.year)
    return _numbered(day.year, bisect_right(days, day) + n - 1 if n else bisect_left(days, day))


def _back(day: date, n: int) -> date:
    days = _working_days_of(day.year)
    return _numbered(day.year, bisect_left(days, day) - n if n else bisect_right(days, day) - 1)


def _numbered(year: int, number: int) -> date:
    """Working day `number` of a year, counted from 0; a number past either end goes on in the years beside it."""
    while number < 0:
        year -= 1
        number += len(_working_days_of(year))
    while number >= len(_working_days_of(year)):
        number -= len(_working_days_of(year))
        year += 1
    return _working_days_of(year)[number]


def _moved(moment: Moment, move: Callable[[date], date]) -> Moment:
    """The moment on the day that `move` gives for its local day, hour kept, in its own time zone."""
    if not isinstance(moment, datetime):
        return move(moment)
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return (local + (move(local.date()) - local.date())).astimezone(moment.tzinfo)


def _local_day(moment: date) -> date:
    if isinstance(moment, datetime):
        return timezone.localtime(moment, timezone.get_default_timezone()).date()
    return moment


def _require_count(n: int) -> None:
    if n < 0:
        raise ValueError("a number of working days is never negative")
