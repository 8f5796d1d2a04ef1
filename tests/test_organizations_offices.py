"""Who holds which office where today, and what the administrator may and may not do about it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audit import ledger
from audit.clock import today
from audit.ledger import Actor
from audit.models import Entry, House
from organizations import acts
from organizations.models import Office, Organization, Person


@pytest.fixture
def admin(world):
    """The administrator as an actor."""
    return Actor(world.admin)


@pytest.fixture
def newcomer(world, admin):
    """A person who holds no office yet."""
    return acts.add_person(by=admin, email="moi@vi-du.invalid", full_name="Đặng Thị Mẫu Mới", password="x")


def day(offset: int) -> date:
    return today() + timedelta(days=offset)


@pytest.mark.parametrize(
    ("first", "last", "held"),
    [(-9, None, True), (-9, 0, True), (0, 0, True), (0, None, True), (-9, -1, False), (1, None, False), (1, 5, False)],
)
def test_an_office_is_held_from_its_first_day_to_its_last_both_included(world, admin, newcomer, first, last, held):
    acts.appoint(newcomer, by=admin, office=Office.FINANCE, organization=world.unit, valid_from=day(first),
                 valid_until=None if last is None else day(last))  # fmt: skip
    newcomer.forget_offices()
    assert newcomer.holds(Office.FINANCE, world.unit) is held
    assert (newcomer in Person.objects.holders(Office.FINANCE, world.unit)) is held


def test_an_office_in_one_body_is_no_office_in_another_nor_another_office_there(world, admin, newcomer):
    acts.appoint(newcomer, by=admin, office=Office.AUTHOR, organization=world.unit)
    assert newcomer.holds(Office.AUTHOR, world.unit)
    assert not newcomer.holds(Office.AUTHOR, world.other_unit)
    assert not newcomer.holds(Office.UNIT_HEAD, world.unit)


def test_when_an_appointment_ends_the_heir_holds_the_office_and_the_predecessor_no_longer(world, admin, newcomer):
    held = world.author.appointments.get(office=Office.AUTHOR)
    acts.end_appointment(held, by=admin)
    acts.appoint(newcomer, by=admin, office=Office.AUTHOR, organization=world.unit)
    assert list(Person.objects.holders(Office.AUTHOR, world.unit)) == [newcomer]
    assert not world.author.holds(Office.AUTHOR, world.unit)


def test_an_appointment_that_ends_tonight_holds_today_and_not_tomorrow(world, admin, monday):
    held = world.author.appointments.get(office=Office.AUTHOR)
    acts.end_appointment(held, by=admin, last_day=today())
    assert world.author.holds(Office.AUTHOR, world.unit)
    monday.shift(timedelta(days=1))
    assert not world.author.holds(Office.AUTHOR, world.unit)


def test_a_body_that_ended_leaves_nobody_in_office(world, admin, monday):
    acts.change_organization(world.other_unit, by=admin, valid_until=today())
    assert world.stranger.holds(Office.AUTHOR, world.other_unit)
    monday.shift(timedelta(days=1))
    assert not world.stranger.holds(Office.AUTHOR, world.other_unit)


def test_a_deactivated_person_holds_nothing_and_is_among_no_holders(world, admin):
    author = acts.deactivate(world.author, by=admin)
    assert author.offices_today() == []
    assert not Person.objects.holders(Office.AUTHOR, world.unit).exists()


def test_a_second_appointment_to_the_same_office_in_the_same_time_is_refused(world, admin):
    with pytest.raises(acts.Refusal):
        acts.appoint(world.author, by=admin, office=Office.AUTHOR, organization=world.unit, valid_from=day(30))
    acts.end_appointment(world.author.appointments.get(), by=admin, last_day=day(10))
    with pytest.raises(acts.Refusal):
        acts.appoint(world.author, by=admin, office=Office.AUTHOR, organization=world.unit, valid_from=day(10))
    assert acts.appoint(world.author, by=admin, office=Office.AUTHOR, organization=world.unit, valid_from=day(11))


def test_an_appointment_that_ended_is_not_ended_again(world, admin):
    held = world.author.appointments.get()
    acts.end_appointment(held, by=admin)
    with pytest.raises(acts.Refusal, match="đã kết thúc"):
        acts.end_appointment(held, by=admin)


def test_nobody_but_an_administrator_or_the_system_setting_up_changes_the_register(world):
    for by in [Actor(world.signatory), Actor(world.inspector), Actor(Person.objects.system(), origin="web")]:
        with pytest.raises(PermissionDenied):
            acts.appoint(world.author, by=by, office=Office.SIGNATORY, organization=world.unit)
        with pytest.raises(PermissionDenied):
            acts.deactivate(world.author, by=by)
    assert not world.author.appointments.filter(office=Office.SIGNATORY).exists()


def test_the_last_administrator_cannot_be_ended_and_nothing_is_changed_by_trying(world, admin):
    held = world.admin.appointments.get(office=Office.ADMIN)
    before = Entry.objects.count()
    with pytest.raises(acts.Refusal, match="quản trị cuối cùng"):
        acts.end_appointment(held, by=admin, last_day=day(30))
    held.refresh_from_db()
    assert held.valid_until is None
    assert Entry.objects.count() == before


def test_the_last_administrator_may_go_once_another_stays(world, admin, newcomer):
    acts.appoint(newcomer, by=admin, office=Office.ADMIN, organization=Organization.objects.get(code="UBND-H"))
    acts.end_appointment(world.admin.appointments.get(office=Office.ADMIN), by=admin)
    assert not world.admin.offices_today()


def test_an_administrator_whose_own_time_runs_out_is_no_reason_to_let_the_other_go(world, admin, newcomer):
    body = Organization.objects.get(code="UBND-H")
    acts.appoint(newcomer, by=admin, office=Office.ADMIN, organization=body, valid_until=day(5))
    with pytest.raises(acts.Refusal):
        acts.end_appointment(world.admin.appointments.get(office=Office.ADMIN), by=admin, last_day=day(5))
    assert acts.end_appointment(world.admin.appointments.get(office=Office.ADMIN), by=admin, last_day=day(4))


def test_the_body_of_the_last_administrator_cannot_end(world, admin):
    body = world.admin.appointments.get(office=Office.ADMIN).organization
    Organization.objects.filter(parent=body).update(valid_until=day(0))
    with pytest.raises(acts.Refusal, match="quản trị cuối cùng"):
        acts.change_organization(body, by=admin, valid_until=day(10))
    body.refresh_from_db()
    assert body.valid_until is None


def test_a_body_with_bodies_below_it_cannot_end_before_them(world, admin):
    child = acts.add_organization(by=admin, code="X-AM-1", name="Bản Mẫu", short_name="Bản Mẫu", kind="AGENCY",
                                  parent=world.unit, valid_from=day(-1))  # fmt: skip
    assert child in Organization.objects.within(world.unit)
    with pytest.raises(acts.Refusal, match="1 đơn vị trực thuộc"):
        acts.change_organization(world.unit, by=admin, valid_until=day(3))
    acts.change_organization(child, by=admin, valid_until=day(3))
    assert acts.change_organization(world.unit, by=admin, valid_until=day(3)).valid_until == day(3)


def test_a_taken_code_or_address_is_refused_in_words_and_nothing_is_written(world, admin):
    before = Entry.objects.count()
    with pytest.raises(acts.Refusal, match="X-AM"):
        acts.add_organization(by=admin, code="X-AM", name="Khác", short_name="Khác", kind="AGENCY", parent=None,
                              valid_from=day(0))  # fmt: skip
    with pytest.raises(acts.Refusal, match="Địa chỉ thư"):
        acts.add_person(by=admin, email=world.author.email.upper(), full_name="Người Khác")
    with pytest.raises(acts.Refusal, match="Địa chỉ thư"):
        acts.change_person(world.head, by=admin, email=world.author.email)
    assert Entry.objects.count() == before


def test_every_change_of_the_register_is_a_line_with_before_and_after_and_the_chains_stay_whole(world, admin, newcomer):
    held = acts.appoint(newcomer, by=admin, office=Office.FINANCE, organization=world.unit, reason="QĐ 12/QĐ-UBND")
    acts.end_appointment(held, by=admin, last_day=day(9), reason="QĐ 30/QĐ-UBND")
    acts.change_person(newcomer, by=admin, full_name="Đặng Thị Mẫu Khác")
    acts.deactivate(newcomer, by=admin, reason="Chuyển công tác")
    acts.reactivate(newcomer, by=admin)
    acts.change_organization(world.unit, by=admin, name="UBND xã An Mẫu mới")
    told = list(Entry.objects.about(newcomer).values_list("act", "actor_name", "reason"))
    name = world.admin.full_name
    assert told == [
        ("add_person", name, ""), ("appoint", name, "QĐ 12/QĐ-UBND"), ("end_appointment", name, "QĐ 30/QĐ-UBND"),
        ("change_person", name, ""), ("deactivate", name, "Chuyển công tác"), ("reactivate", name, ""),
    ]  # fmt: skip
    line = Entry.objects.about(newcomer).get(act="end_appointment")
    assert '"valid_until":null' in line.before
    assert f'"valid_until":"{day(9)}"' in line.after
    for holder in [*Person.objects.all(), *Organization.objects.all(), *House.objects.all()]:
        assert list(ledger.faults(holder)) == []


def test_a_planted_change_of_a_line_is_found_so_that_the_check_above_can_fail(world, admin, newcomer):
    newcomer.refresh_from_db()
    newcomer.chain_digest = "0" * 64
    assert list(ledger.faults(newcomer))


def test_saving_what_did_not_change_leaves_no_line(world, admin):
    before = Entry.objects.count()
    acts.change_person(world.author, by=admin, full_name=world.author.full_name, email=world.author.email)
    acts.change_organization(world.unit, by=admin, name=world.unit.name)
    assert Entry.objects.count() == before
