"""Working days of Vietnam, counted as the Civil Code counts them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations import calendar
from organizations.calendar import (
    add_working_days,
    distance,
    end_of_day,
    is_working_day,
    next_working_day,
    working_days_before,
    working_days_between,
)

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
days = st.dates(date(2023, 1, 1), date(2027, 12, 31))
counts = st.integers(0, 300)

# day by day from the yearly notices; "off" and "on" are what offices did, weekdays unless said otherwise
OFF = """
2024: 01/01  08/02 09/02 12/02 13/02 14/02  18/04  29/04 30/04 01/05  02/09 03/09
2025: 01/01  27/01 28/01 29/01 30/01 31/01  07/04  30/04 01/05 02/05  01/09 02/09
2026: 01/01 02/01  16/02 17/02 18/02 19/02 20/02  27/04 30/04 01/05  31/08 01/09 02/09
"""
WORKED_SATURDAYS = {date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)}


def listed(table: str) -> set[date]:
    """Dates of a table with one year a line."""
    years = (line.split(":") for line in table.split("\n") if line)
    return {date(int(year), int(day[3:]), int(day[:2])) for year, row in years for day in row.split()}


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_offices_are_shut_on_weekends_and_the_listed_days_and_open_on_all_others(year):
    every_day = [date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year == 2024))]
    expected = [day for day in every_day if day in WORKED_SATURDAYS or (day.weekday() < 5 and day not in listed(OFF))]
    assert [day for day in every_day if is_working_day(day)] == expected


@pytest.mark.parametrize("year", range(2026, 2036))
def test_the_day_of_culture_and_its_substitute_are_worked_until_an_instrument_is_entered(year):
    week = [date(year, 11, 22) + timedelta(days=n) for n in range(7)]
    assert [day for day in week if is_working_day(day)] == [day for day in week if day.weekday() < 5]


def test_every_correction_of_the_package_names_its_source():
    assert all(source for _, source in calendar.CORRECTED_DAYS.values())
    assert all(calendar.UNFOUNDED_HOLIDAYS.values())


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
        (date(2026, 11, 20), 20, date(2026, 12, 18)),
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


@given(days, counts)
def test_adding_then_counting_gives_the_number_back(start, n):
    end = add_working_days(start, n)
    assert is_working_day(end)
    assert working_days_between(start, end) == (n or (0 if is_working_day(start) else 1))


@given(days, counts.filter(bool))
def test_counting_back_from_an_event_gives_that_many_days_before_it(event, n):
    day = working_days_before(event, n)
    assert is_working_day(day)
    assert working_days_between(day - timedelta(days=1), event - timedelta(days=1)) == n


@given(days, days)
def test_counting_agrees_with_walking_day_by_day(a, b):
    first, last = min(a, b), max(a, b)
    walked = sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    assert working_days_between(a, b) == (walked if a <= b else -walked)


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
