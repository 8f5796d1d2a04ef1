"""Who may change the working calendar, what a version is, whose days count where, and how often it is read."""

from datetime import date, time

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.ledger import Actor, faults
from audit.models import Entry
from organizations import calendar, calendar_acts
from organizations.acts import Refusal, appoint
from organizations.models import Calendar, CalendarDay, Organization, Person
from workflow_project.district import SINCE

pytestmark = pytest.mark.django_db
WEDNESDAY, THURSDAY, SUNDAY = date(2024, 11, 20), date(2024, 11, 21), date(2024, 11, 24)
PAPER = "12/TB-UBND ngày 18/11/2024"


@pytest.fixture
def chancery(world):
    return world.person("vanphong")


def body(code):
    return Organization.objects.get(code=code)


def enter(by, day=WEDNESDAY, kind="OFF", where=None, **more):
    """A day entered; `where` is a body's code, None everyone."""
    place = body(where) if where else None
    return calendar_acts.enter_day(by=Actor(by), day=day, kind=kind, document=PAPER, organization=place, **more)


def confirmed(world, chancery, **what):
    """A day entered by one and confirmed by another; the process knows it at once."""
    row = calendar_acts.confirm_day(enter(chancery, **what), by=Actor(world.admin))
    calendar.forget()  # what on_commit does; a test's transaction never commits
    return row


def lines():
    return list(Entry.objects.about(Calendar.objects.get()).moving().values_list("act", flat=True))


# ---- the seed


def test_the_house_knows_the_swap_of_january_and_loading_it_again_changes_nothing(world):
    rows = CalendarDay.objects.in_force().values_list("day", "kind", "confirmed_in")
    assert list(rows) == [(date(2026, 1, 2), "OFF", 2), (date(2026, 1, 10), "WORK", 2)]
    assert all(row.entered_by.is_system and "12729/VPCP-KGVX" in row.document for row in CalendarDay.objects.all())
    assert calendar.add_working_days(date(2026, 1, 1), 1) == date(2026, 1, 5)
    before = lines()
    assert before == ["confirm_day", "confirm_day"]
    call_command("load_house")
    assert (lines(), calendar.version()) == (before, 2)


def test_a_day_of_the_seed_that_was_withdrawn_stays_withdrawn(world):
    row = CalendarDay.objects.get(day=date(2026, 1, 2))
    calendar_acts.withdraw_day(row, by=Actor(world.admin), reason="Chưa có văn bản.")
    assert calendar_acts.load_seed(by=Actor(Person.objects.system(), origin="command")) == 0
    calendar.forget()
    assert calendar.is_working_day(date(2026, 1, 2))


def test_only_the_system_itself_loads_the_seed(world):
    for by in (Actor(world.admin), Actor(world.admin, origin="command"), Actor(Person.objects.system())):
        with pytest.raises(PermissionDenied):
            calendar_acts.load_seed(by=by)


# ---- entered, confirmed, withdrawn


def test_a_day_counts_from_the_version_in_which_another_confirmed_it(world, chancery):
    row = enter(chancery)
    calendar.forget()
    assert (calendar.version(), calendar.is_working_day(WEDNESDAY)) == (2, True)
    with pytest.raises(Refusal, match="nhờ một người khác"):
        calendar_acts.confirm_day(row, by=Actor(chancery))
    calendar_acts.confirm_day(row, by=Actor(world.admin))
    calendar.forget()
    assert (calendar.version(), calendar.is_working_day(WEDNESDAY)) == (3, False)
    assert calendar.working_days(version=2).is_working_day(WEDNESDAY)
    assert calendar.why(WEDNESDAY) == (False, "Nghỉ", PAPER, False)


def test_a_withdrawn_day_ceases_to_count_with_the_next_version_and_earlier_reckonings_can_be_repeated(world, chancery):
    row = confirmed(world, chancery)
    calendar_acts.withdraw_day(row, by=Actor(chancery), reason="Văn bản bị thay thế.")
    calendar.forget()
    verdicts = [calendar.working_days(version=version).is_working_day(WEDNESDAY) for version in (2, 3, 4)]
    assert (calendar.version(), verdicts) == (4, [True, False, True])
    with pytest.raises(Refusal, match="đã rút"):
        calendar_acts.withdraw_day(row, by=Actor(chancery), reason="Lần nữa.")
    with pytest.raises(Refusal, match="đã rút"):
        calendar_acts.confirm_day(row, by=Actor(world.admin))
    assert confirmed(world, chancery).confirmed_in == 5  # the day may be entered anew


def test_a_day_nobody_confirmed_is_withdrawn_without_a_new_version(world, chancery):
    calendar_acts.withdraw_day(enter(chancery), by=Actor(world.admin), reason="Nhập nhầm.")
    calendar.forget()
    assert calendar.version() == 2


def test_every_change_is_a_line_on_the_calendars_chain_with_the_office_it_was_done_in(world, chancery):
    row = confirmed(world, chancery, kind="HALF", closes_at=time(11, 30))
    calendar_acts.withdraw_day(row, by=Actor(chancery), reason="Nhầm.")
    register = Calendar.objects.get()
    told = Entry.objects.about(register).moving().order_by("position")
    assert [(line.act, line.office) for line in told][2:] == [
        ("enter_day", "CHANCERY"), ("confirm_day", "ADMIN"), ("withdraw_day", "CHANCERY"),
    ]  # fmt: skip
    assert '"closes_at":"11:30:00"' in told[2].after
    assert list(faults(register)) == []


def test_of_one_day_and_scope_one_row_waits_and_one_counts(world, chancery):
    first = enter(chancery)
    with pytest.raises(Refusal, match="chờ xác nhận"):
        enter(world.admin)
    calendar_acts.confirm_day(first, by=Actor(world.admin))
    with pytest.raises(Refusal, match="đang áp dụng"):
        enter(world.admin, kind="WORK")
    with pytest.raises(Refusal, match="đã được xác nhận"):
        calendar_acts.confirm_day(first, by=Actor(world.admin))
    enter(world.admin, where="X-AM")  # another scope


# ---- who


def test_no_other_office_changes_the_calendar(world, chancery):
    row = enter(chancery)
    for name in ("lap.anmau", "chutich.anmau", "taichinh1", "noivu1", "thuky", "uyvien", "chutich", "thanhtra"):
        by = Actor(world.person(name))
        with pytest.raises(PermissionDenied):
            enter(by.person, day=THURSDAY)
        with pytest.raises(PermissionDenied):
            enter(by.person, day=THURSDAY, where="X-AM")
        with pytest.raises(PermissionDenied):
            calendar_acts.confirm_day(row, by=by)
        with pytest.raises(PermissionDenied):
            calendar_acts.withdraw_day(row, by=by, reason="Không.")
    assert lines()[2:] == ["enter_day"]


def test_an_office_below_keeps_its_own_days_and_no_others(world, chancery):
    by = Actor(Person.objects.system(), origin="command")
    appoint(world.stranger, by=by, office="ADMIN", organization=body("X-BM"), valid_from=SINCE)
    own = enter(world.stranger, where="X-BM")
    calendar_acts.confirm_day(own, by=Actor(chancery))  # a body above keeps them too
    for where in (None, "UBND-H", "X-AM"):
        with pytest.raises(PermissionDenied):
            enter(world.stranger, day=THURSDAY, where=where)


# ---- whose days count where


def test_the_nearest_bodys_row_wins_over_those_above_it_and_over_everyones(world, chancery):
    commune, district, beside = body("X-AM"), body("UBND-H"), body("X-BM")
    confirmed(world, chancery, kind="WORK", day=SUNDAY)
    confirmed(world, chancery, kind="OFF", day=SUNDAY, where="UBND-H")
    confirmed(world, chancery, kind="HALF", day=SUNDAY, where="X-AM", closes_at=time(11))
    worked = [calendar.is_working_day(SUNDAY, at) for at in (None, district, commune, beside)]
    assert worked == [True, False, True, False]
    assert calendar.due_on(SUNDAY, commune).astimezone().time() == time(11)
    assert calendar.due_on(SUNDAY) == calendar.end_of_day(SUNDAY)
    assert calendar.add_working_days(date(2024, 11, 22), 1, commune) == SUNDAY
    assert calendar.working_days_between(date(2024, 11, 22), date(2024, 11, 25), district) == 1
    due = calendar.due_on(date(2024, 11, 25))
    assert calendar.distance(due, calendar.end_of_day(date(2024, 11, 22)), commune).text == "còn 2 ngày làm việc"


# ---- how often it is read, and when it is read anew


def statements(ask):
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def test_the_calendar_is_read_once_and_then_only_looked_at_again_after_two_seconds(world, monkeypatch):
    calendar.forget()
    assert statements(calendar.version) == 2
    assert statements(lambda: [calendar.add_working_days(WEDNESDAY, n) for n in range(50)]) == 0
    monkeypatch.setattr(calendar, "FRESH_FOR", -1.0)
    assert statements(calendar.version) == 1  # the head of its chain is the same: the rows are not read again


def test_another_process_is_heard_of_after_two_seconds_and_a_later_version_at_once(world, chancery, monkeypatch):
    row = enter(chancery)
    calendar.working_days()
    calendar_acts.confirm_day(row, by=Actor(world.admin))  # not committed here: nobody forgets
    assert calendar.is_working_day(WEDNESDAY)
    assert not calendar.working_days(version=3).is_working_day(WEDNESDAY)  # a version newer than the one kept
    calendar_acts.withdraw_day(row, by=Actor(world.admin), reason="Nhầm.")
    assert not calendar.is_working_day(WEDNESDAY)
    monkeypatch.setattr(calendar, "FRESH_FOR", -1.0)
    assert calendar.is_working_day(WEDNESDAY)


def test_the_process_that_changes_the_calendar_knows_it_when_it_is_committed(
    world, chancery, django_capture_on_commit_callbacks
):
    row = enter(chancery)
    calendar.working_days()
    with django_capture_on_commit_callbacks(execute=True):
        calendar_acts.confirm_day(row, by=Actor(world.admin))
        assert calendar.is_working_day(WEDNESDAY)
    assert not calendar.is_working_day(WEDNESDAY)


def test_bodies_without_days_of_their_own_share_one_calendar(world, chancery):
    confirmed(world, chancery, where="X-AM")
    assert calendar.working_days(body("X-BM")) is calendar.working_days(body("P-NV")) is calendar.working_days()
    assert calendar.working_days(body("X-AM")) is not calendar.working_days()
