"""Working days of Vietnam, counted as the Civil Code counts them, against a table of every day kept by hand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizations import calendar
from organizations.calendar import (
    LAST_DECIDED,
    Override,
    WorkingDays,
    add_working_days,
    distance,
    end_of_day,
    is_working_day,
    next_working_day,
    working_days_before,
    working_days_between,
)
from organizations.day_words import FIXED_DATES
from tests.working_table import SEED, TABLE, read_table

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # whatever else the machine does
days = st.dates(date(2023, 1, 1), date(2027, 12, 31))
counts = st.integers(0, 300)


@pytest.fixture(autouse=True)
def seeded(calendar_anew):
    """The package with the two days every house has."""
    calendar.hold(SEED)


def differing(table):
    """Days on which the calendar and a table do not agree."""
    known = WorkingDays(SEED)
    return [day for day, worked in table.items() if known.is_working_day(day) != worked]


def test_every_day_of_three_years_is_as_the_table_says():
    table = read_table()
    assert list(table) == [date(2024, 1, 1) + timedelta(days=n) for n in range(366 + 365 + 365)]
    assert differing(table) == []


@pytest.mark.parametrize(("month", "number"), [("2024-02", 8), ("2025-04", 26), ("2026-01", 2), ("2026-11", 24)])
def test_one_wrong_letter_of_the_table_is_seen(month, number):
    """Planted: a letter turned into its contrary."""
    text = TABLE.read_text(encoding="utf-8")
    start = text.index(f"\n{month}  ") + len(f"\n{month}  ") + number - 1
    letter = "s" if text[start] in ".B" else "."
    planted = read_table(text[:start] + letter + text[start + 1 :])
    assert differing(planted) == [date.fromisoformat(f"{month}-{number:02d}")]


def test_the_package_alone_does_not_know_the_swap_of_january():
    """What the two rows of the seed are for; a package that learns it makes them idle, not wrong."""
    table = read_table()
    known = WorkingDays(())
    wrong = [day for day, worked in table.items() if known.is_working_day(day) != worked]
    assert wrong == [date(2026, 1, 2), date(2026, 1, 10)]


@pytest.mark.parametrize("year", range(2026, 2036))
def test_the_day_of_culture_and_its_substitute_are_worked_until_an_instrument_is_entered(year):
    week = [date(year, 11, 22) + timedelta(days=n) for n in range(7)]
    assert [day for day in week if is_working_day(day)] == [day for day in week if day.weekday() < 5]
    entered = WorkingDays([Override(date(year, 11, 24), "OFF", document="Nghị quyết")])
    assert not entered.is_working_day(date(year, 11, 24))


def test_every_day_off_and_every_day_made_up_names_its_source():
    for year in (2024, 2025, 2026, 2027):
        for n in range(365):
            day = date(year, 1, 1) + timedelta(days=n)
            why = calendar.why(day)
            assert why.worked == is_working_day(day)
            assert why.reason
            assert why.source or (why.worked and day.weekday() < 5), day


def test_of_an_undecided_year_only_weekends_and_fixed_dates_are_sure():
    assert LAST_DECIDED == 2026
    whole = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
    off = [day for day in whole if not is_working_day(day)]
    sure = [day for day in off if not calendar.why(day).estimated]
    assert sure == [day for day in off if day.weekday() >= 5 or (day.month, day.day) in FIXED_DATES]
    guessed = [day for day in off if calendar.why(day).estimated]
    tet = [date(2027, 2, n) for n in (4, 5, 8, 9, 10)]
    assert guessed == [*tet, date(2027, 4, 16), date(2027, 5, 3), date(2027, 9, 3)]
    assert not any(calendar.why(day).estimated for day in read_table())
    decided = WorkingDays([Override(date(2027, 2, 4), "OFF", document="Quyết định")])
    assert not decided.why(date(2027, 2, 4)).estimated


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2024, 11, 29), 3, date(2024, 12, 4)),
        (date(2024, 11, 18), 0, date(2024, 11, 18)),
        (date(2024, 11, 23), 0, date(2024, 11, 25)),
        (date(2024, 11, 23), 1, date(2024, 11, 25)),
        (date(2024, 2, 7), 1, date(2024, 2, 15)),
        (date(2024, 4, 26), 1, date(2024, 5, 2)),
        (date(2024, 5, 3), 1, date(2024, 5, 4)),
        (date(2024, 12, 31), 1, date(2025, 1, 2)),
        (date(2025, 12, 31), 3, date(2026, 1, 7)),
        (date(2026, 1, 9), 1, date(2026, 1, 10)),
        (date(2026, 2, 10), 5, date(2026, 2, 24)),
        (date(2026, 11, 20), 20, date(2026, 12, 18)),  # the package alone, with 24/11 off: 21/12
    ],
)
def test_the_first_day_does_not_count_and_a_last_day_off_moves_on(start, n, end):
    assert add_working_days(start, n) == end


@pytest.mark.parametrize(
    ("event", "n", "day"),
    [
        (date(2024, 12, 16), 1, date(2024, 12, 13)),
        (date(2024, 12, 15), 1, date(2024, 12, 13)),
        (date(2024, 12, 15), 0, date(2024, 12, 13)),
        (date(2024, 12, 13), 0, date(2024, 12, 13)),
        (date(2025, 2, 3), 2, date(2025, 1, 23)),
        (date(2025, 1, 2), 1, date(2024, 12, 31)),
    ],
)
def test_days_before_an_event_are_counted_back_without_the_event(event, n, day):
    assert working_days_before(event, n) == day


# ---- laws of counting


@steady
@given(days, counts)
def test_adding_then_counting_gives_the_number_back(start, n):
    end = add_working_days(start, n)
    assert is_working_day(end)
    assert working_days_between(start, end) == (n or (0 if is_working_day(start) else 1))


@steady
@given(days, counts.filter(bool))
def test_counting_back_from_an_event_gives_that_many_days_before_it(event, n):
    day = working_days_before(event, n)
    assert is_working_day(day)
    assert working_days_between(day - timedelta(days=1), event - timedelta(days=1)) == n


@steady
@given(days)
def test_the_next_working_day_is_later_worked_and_the_nearest(day):
    after = next_working_day(day)
    assert after > day
    assert working_days_between(day, after) == 1
    assert is_working_day(after)


def test_a_moment_keeps_its_local_hour_and_its_time_zone():
    friday_evening = datetime(2024, 11, 29, 20, 30, tzinfo=UTC)  # Saturday 03:30 in Vietnam
    moved = add_working_days(friday_evening, 1)
    assert moved == datetime(2024, 12, 2, 3, 30, tzinfo=VIETNAM)
    assert moved.tzinfo is UTC
    assert working_days_before(datetime(2024, 12, 2, 9, tzinfo=VIETNAM), 1) == datetime(2024, 11, 29, 9, tzinfo=VIETNAM)


def test_a_moment_counts_for_its_local_day():
    assert not is_working_day(datetime(2024, 11, 29, 20, 30, tzinfo=UTC))
    assert working_days_between(datetime(2024, 11, 28, 20, tzinfo=UTC), datetime(2024, 11, 29, 16, tzinfo=UTC)) == 0


def test_a_negative_count_a_naive_moment_and_a_year_without_tet_are_refused():
    for refused in (
        lambda: add_working_days(date(2024, 1, 2), -1),
        lambda: working_days_before(date(2024, 1, 2), -1),
        lambda: add_working_days(datetime(2024, 1, 2), 1),  # noqa: DTZ001 -- the naive moment is the case
        lambda: add_working_days(date(2100, 12, 1), 300),
        lambda: is_working_day(date(1900, 1, 1)),
    ):
        with pytest.raises(ValueError, match=r".+"):
            refused()


def test_the_end_of_a_day_is_its_last_moment_in_vietnam():
    end = end_of_day(date(2024, 12, 4))
    assert end == datetime(2024, 12, 4, 23, 59, 59, 999999, tzinfo=VIETNAM)
    assert end + timedelta(microseconds=1) == datetime(2024, 12, 4, 17, tzinfo=UTC)


def local(text: str) -> datetime:
    """A moment of December 2024 in Vietnam: "04 17:00"."""
    return datetime.strptime(f"2024-12-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("due", "at", "text", "tone"),
    [
        (end_of_day(date(2024, 12, 4)), local("02 08:00"), "còn 2 ngày làm việc", "soon"),
        (end_of_day(date(2024, 12, 5)), local("02 08:00"), "còn 3 ngày làm việc", "soon"),
        (end_of_day(date(2024, 12, 6)), local("02 08:00"), "còn 4 ngày làm việc", "fine"),
        (end_of_day(date(2024, 12, 2)), local("02 08:00"), "hôm nay", "soon"),
        (local("02 17:00"), local("02 08:00"), "hôm nay, 17:00", "soon"),
        (local("02 17:00"), local("02 17:00"), "hôm nay, 17:00", "soon"),
        (local("02 17:00"), local("02 17:01"), "quá hạn từ 17:00 hôm nay", "late"),
        (local("08 17:00"), local("07 08:00"), "không còn ngày làm việc nào", "soon"),
        (end_of_day(date(2024, 12, 6)), local("07 08:00"), "quá hạn từ 06/12/2024", "late"),
        (end_of_day(date(2024, 12, 6)), local("09 08:00"), "quá hạn 1 ngày làm việc", "late"),
        (end_of_day(date(2024, 12, 6)), local("10 23:00"), "quá hạn 2 ngày làm việc", "late"),
    ],
)
def test_a_deadline_tells_its_distance_in_working_days(due, at, text, tone):
    assert distance(due, at) == (text, tone)
    assert distance(due.astimezone(UTC), at.astimezone(UTC)) == (text, tone)
