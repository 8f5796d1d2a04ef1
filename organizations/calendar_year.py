"""A year of the working calendar as a page: twelve months, what differs from the plain week, and who entered it."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.clock import today

from . import calendar
from .calendar_acts import keeps
from .day_words import CULTURE_DAY, CULTURE_SINCE, LAST_DECIDED, Why
from .models import CalendarDay, Organization, Person

FIRST_YEAR, LAST_YEAR = 2000, 2099
NOBODY = "chung"  # in the address: nobody's calendar in particular
WEEK = [
    (gettext_lazy("T2"), gettext_lazy("thứ Hai")), (gettext_lazy("T3"), gettext_lazy("thứ Ba")),
    (gettext_lazy("T4"), gettext_lazy("thứ Tư")), (gettext_lazy("T5"), gettext_lazy("thứ Năm")),
    (gettext_lazy("T6"), gettext_lazy("thứ Sáu")), (gettext_lazy("T7"), gettext_lazy("thứ Bảy")),
    (gettext_lazy("CN"), gettext_lazy("Chủ nhật")),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month: its look, and the word that says it without colour."""

    day: date
    look: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """One row of the register, with what its reader may do to it."""

    row: CalendarDay
    may_confirm: bool
    may_withdraw: bool
    own: bool

    @property
    def standing(self) -> tuple[str, str]:
        """Whether it counts: (word, colour)."""
        if self.row.withdrawn_at:
            return _("đã rút"), "plain"
        return (_("đang áp dụng"), "fine") if self.row.confirmed_at else (_("chưa xác nhận"), "soon")


class YearPage:
    """Everything the page shows to one reader about one year and one body."""

    def __init__(self, person: Person, year: int, body: Organization | None):
        self.person, self.year, self.body = person, year, body
        self.days = calendar.working_days(body)
        self.today = today()

    @classmethod
    def read(cls, person: Person, asked: Any) -> "YearPage":
        """The page as its address asks for it; without a body, one's own first.

        Raises    Http404 for a year out of range and for a body that is not this person's to choose
        """
        year, code = asked.get("nam") or str(today().year), asked.get("don-vi", "")
        if not (year.isascii() and year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR):
            raise Http404
        if not code:
            held = person.offices_today()
            return cls(person, int(year), held[0].organization if held else None)
        return cls(person, int(year), chosen(person, code))

    @cached_property
    def keeper(self) -> bool:
        """Whether this person may enter a day somewhere."""
        return any(keeps(held, held.organization) for held in self.person.offices_today())

    @cached_property
    def bodies(self) -> list[Organization]:
        """Bodies whose calendar this person may choose to see."""
        return list(choices(self.person))

    @property
    def code(self) -> str:
        """The body as the address names it."""
        return self.body.code if self.body else NOBODY

    @property
    def years(self) -> list[int]:
        """The years beside this one."""
        return [year for year in range(self.year - 1, self.year + 2) if FIRST_YEAR <= year <= LAST_YEAR]

    @property
    def week(self) -> list[tuple[Any, Any]]:
        """The days of a week: (short, whole)."""
        return WEEK

    @property
    def undecided(self) -> bool:
        """Whether Tết and Quốc khánh of this year are still an estimate."""
        return self.year > LAST_DECIDED

    @property
    def last_decided(self) -> int:
        """The last year that is decided."""
        return LAST_DECIDED

    @cached_property
    def worked(self) -> int:
        """How many working days the year has."""
        return len(self.days.of_year(self.year))

    @cached_property
    def entered(self) -> list[Entered]:
        """Rows of this year that concern the body, and those below it that this person keeps."""
        shown = CalendarDay.objects.applying_to(self.body.path if self.body else "")
        if self._keeps(self.body):
            below = Q(organization__path__startswith=self.body.path) if self.body else Q()
            shown = shown | CalendarDay.objects.filter(below)
        joined = shown.filter(day__year=self.year).select_related(
            "organization", "entered_by", "confirmed_by", "withdrawn_by"
        )
        return [self._entered(row) for row in joined.order_by("day", "id")]

    def _entered(self, row: CalendarDay) -> Entered:
        mine, own = self._keeps(row.organization), row.entered_by_id == self.person.pk
        waits = row.confirmed_at is None and row.withdrawn_at is None
        return Entered(row, mine and waits and not own, mine and row.withdrawn_at is None, own and waits)

    def _keeps(self, organization: Organization | None) -> bool:
        return any(keeps(held, organization) for held in self.person.offices_today())

    @cached_property
    def by_law(self) -> list[tuple[date, Why]]:
        """Days that differ from the plain week without having been entered."""
        named = {one.row.day for one in self.entered if one.row.confirmed_at and not one.row.withdrawn_at}
        return [(day, why) for day, why in differing(self.days, self.year) if day not in named]

    @property
    def no_holiday(self) -> str:
        """Why 24/11, which other calendars show as a day off, is worked; empty when there is nothing to say."""
        why = self.days.why(date(self.year, *CULTURE_DAY))
        return why.source if why.worked and self.year >= CULTURE_SINCE else ""

    @cached_property
    def months(self) -> list[tuple[date, list[list[Cell | None]]]]:
        """(first day, weeks of seven cells) for each month."""
        waiting = {one.row.day for one in self.entered if one.standing[1] == "soon" and self._concerns(one.row)}
        cells = [self._cell(day, day in waiting) for day in _every_day(self.year)]
        return [(date(self.year, month, 1), _weeks(list(of))) for month, of in groupby(cells, lambda c: c.day.month)]

    def _concerns(self, row: CalendarDay) -> bool:
        return row.organization is None or bool(self.body and self.body.path.startswith(row.organization.path))

    def _cell(self, day: date, waits: bool) -> Cell:
        why = self.days.why(day)
        half = why.worked and self.days.due_on(day) != self.days.end_of_day(day)
        if waits:
            return Cell(day, "waiting", _("chờ"))
        if half:
            return Cell(day, "half", _("nửa"))
        if why.worked:
            return Cell(day, "made-up", _("bù")) if day.weekday() >= 5 else Cell(day)
        if why.estimated:
            return Cell(day, "off guess", _("≈nghỉ"))
        return Cell(day, "off", _("nghỉ")) if day.weekday() < 5 else Cell(day, "rest")


def chosen(person: Person, code: str) -> Organization | None:
    """The body an address names, None for nobody's in particular.

    Raises    Http404 unless it is this person's to choose
    """
    if code == NOBODY:
        return None
    body = choices(person).filter(code=code[:30]).first()
    if body is None:
        raise Http404
    return body


def choices(person: Person) -> Any:
    """Bodies of one's offices, those above them, and those whose calendar one keeps."""
    wanted = Q(pk__in=[])
    for held in person.offices_today():
        path = held.organization.path
        wanted |= Q(path__in=[path[: end + 1] for end in range(len(path)) if path[end] == "/"])
        if keeps(held, held.organization):
            wanted |= Q(path__startswith=path)
    return Organization.objects.valid_on(today()).filter(wanted).order_by("path")


def differing(days: calendar.WorkingDays, year: int) -> list[tuple[date, Why]]:
    """Days of a year on which offices do not do what they do in a plain week, half days too."""
    told = [(day, days.why(day)) for day in _every_day(year)]
    return [
        (day, why)
        for day, why in told
        if why.worked != (day.weekday() < 5) or (why.worked and days.due_on(day) != days.end_of_day(day))
    ]


def _every_day(year: int) -> list[date]:
    first = date(year, 1, 1).toordinal()
    return [date.fromordinal(n) for n in range(first, date(year, 12, 31).toordinal() + 1)]


def _weeks(cells: list[Cell]) -> list[list[Cell | None]]:
    """Weeks from Monday to Sunday; None before the first and after the last day."""
    padded: list[Cell | None] = [None] * cells[0].day.weekday() + cells
    padded += [None] * (-len(padded) % 7)
    return [padded[i : i + 7] for i in range(0, len(padded), 7)]
