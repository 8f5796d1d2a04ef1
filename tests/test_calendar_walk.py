"""The calendar against a child's way of counting: a finger on a table of days, whatever was entered above it."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizations.calendar import Override, WorkingDays, end_of_day
from tests.working_table import SEED, Walk, read_table

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # whatever else the machine does
FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
tabled = st.dates(date(2024, 7, 1), date(2026, 6, 30))  # with half a year of table on both sides
few = st.integers(0, 60)
HERE, ABOVE = "000001/000002/000003/", "000001/"
KINDS = [(kind, scope) for kind in ("OFF", "WORK", "HALF") for scope in ("", ABOVE, HERE)]
picked = st.lists(st.tuples(st.integers(0, (LAST - FIRST).days), st.integers(0, len(KINDS) - 1)), max_size=20)


def rows_of(picks):
    """The rows a draw of numbers stands for, one for each day and scope."""
    rows = {}
    for number, which in picks:
        day, (kind, scope) = FIRST + timedelta(days=number), KINDS[which]
        rows[day, scope] = Override(day, kind, time(11, 30) if kind == "HALF" else None, "VB", "", scope)
    return list(rows.values())


entered = picked.map(rows_of)
BY_HAND = read_table()


def walk_over(rows):
    """The table with the rows written over it, everyone's first, the nearest body's last."""
    table = dict(BY_HAND)
    for scope in ("", ABOVE, HERE):
        table |= {row.day: row.kind != "OFF" for row in rows if row.scope == scope}
    return Walk(table)


@steady
@given(entered, tabled, few)
def test_adding_agrees_with_the_walk_whatever_was_entered(rows, start, n):
    known, walk = WorkingDays([*SEED, *rows]), walk_over(rows)
    assert known.add_working_days(start, n) == walk.add(start, n)


@steady
@given(entered, tabled, few)
def test_counting_back_agrees_with_the_walk_whatever_was_entered(rows, event, n):
    known, walk = WorkingDays([*SEED, *rows]), walk_over(rows)
    assert known.working_days_before(event, n) == walk.before(event, n)


@steady
@given(entered, st.dates(FIRST, LAST), st.dates(FIRST, LAST))
def test_counting_agrees_with_the_walk_whatever_was_entered(rows, a, b):
    known, walk = WorkingDays([*SEED, *rows]), walk_over(rows)
    assert known.working_days_between(a, b) == walk.between(a, b)


@steady
@given(entered, st.dates(FIRST, LAST))
def test_work_is_due_at_the_closing_hour_of_a_half_day_and_else_at_the_end_of_the_day(rows, day):
    known = WorkingDays([*SEED, *rows])
    near = {row.day: row for row in sorted(rows, key=lambda row: len(row.scope))}.get(day)
    half = near is not None and near.kind == "HALF"
    expected = datetime.combine(day, time(11, 30), timezone.get_default_timezone()) if half else end_of_day(day)
    assert known.due_on(day) == expected
    assert known.is_working_day(day) == walk_over(rows).table[day]


def test_the_walk_sees_a_calendar_that_forgets_a_day():
    """Planted: a calendar that overlooks a row of the nearest body."""
    row = Override(date(2025, 3, 5), "OFF", scope=HERE)
    known, walk = WorkingDays(SEED), walk_over([row])
    assert known.add_working_days(date(2025, 3, 4), 1) != walk.add(date(2025, 3, 4), 1)
