"""Clocks: from the campaign's dates or in working days; what was never submitted lapses."""

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from audit.ledger import Actor
from audit.models import Entry
from dossiers.errors import NotNow
from flows import desk, sweeper
from flows.models import Firing, StepRow
from notifications.models import Notification
from organizations.acts import appoint, end_appointment
from organizations.models import Appointment, Person
from tests.conftest import VIETNAM


def end_of(day):
    """24:00 of a day, as the product writes it."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, 999999, tzinfo=VIETNAM)


def test_each_step_has_the_deadline_its_campaign_gives(world):
    dossier = world.opened()
    assert world.step(dossier).due_at == end_of(date(2024, 12, 4))
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "submit", world.head)
    assert world.step(dossier).due_at == end_of(date(2024, 11, 25))  # five working days from Monday the 18th
    facts = {"verdicts": world.all_pass(dossier, n1=("SUPPLEMENT", "thiếu")), "papers": [], "reason": "thiếu"}
    world.do(dossier, "request_supplement", world.finance, **facts)
    assert world.step(dossier).due_at == end_of(date(2024, 11, 25))


def test_handing_a_supplement_to_and_fro_does_not_move_its_deadline(world, monday):
    dossier = world.submitted()
    facts = {"verdicts": world.all_pass(dossier, n1=("SUPPLEMENT", "thiếu")), "papers": [], "reason": "thiếu"}
    world.do(dossier, "request_supplement", world.finance, **facts)
    due = world.step(dossier).due_at
    monday.shift(timedelta(days=2))
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "hand_back", world.head, reason="sai")
    assert world.step(dossier).due_at == due


def test_before_the_fifth_means_until_the_fourth_at_midnight(world, monday):
    dossier = world.opened()
    world.do(dossier, "hand_over", world.author)
    monday.move_to(datetime(2024, 12, 4, 23, 59, 58, tzinfo=VIETNAM))
    sweeper.sweep_deadlines()  # only reminds
    world.do(dossier, "submit", world.head)
    assert world.fresh(dossier).state == "PROPOSING"


def test_after_midnight_the_head_cannot_submit_and_the_clock_closes_it(world, monday):
    dossier = world.opened()
    world.do(dossier, "hand_over", world.author)
    monday.move_to(datetime(2024, 12, 5, 0, 0, 1, tzinfo=VIETNAM))
    with pytest.raises(NotNow, match="hết hạn nộp"):
        world.do(dossier, "submit", world.head)
    sweeper.sweep_deadlines()
    assert world.fresh(dossier).state == "LAPSED"
    assert Entry.objects.about(dossier).last().actor.is_system


def test_a_lapsed_dossier_is_told_to_the_unit_and_to_who_may_accept_it(world, monday):
    dossier = world.opened()
    monday.move_to(datetime(2024, 12, 5, 8, 0, tzinfo=VIETNAM))
    sweeper.sweep_deadlines()
    told = Notification.objects.filter(template="lapsed", channel="IN_APP").values_list("recipient__email", flat=True)
    assert set(told) == {world.author.email, world.head.email, world.standing_head.email}
    desk.accept_late(
        dossier, by=Actor(world.standing_head), version=None, reason="Bão lụt", until=date(2024, 12, 10)
    )
    assert world.step(dossier).due_at == end_of(date(2024, 12, 10))
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "submit", world.head)
    assert world.fresh(dossier).state == "PROPOSING"


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="two at once need PostgreSQL")
def test_two_sweepers_at_once_do_each_row_once(live_world, monday):
    dossiers = [live_world.submitted(names=1) for _ in range(12)]
    drafts = [live_world.opened(names=1) for _ in range(12)]
    monday.move_to(datetime(2024, 12, 5, 8, 0, tzinfo=VIETNAM))
    gate = threading.Barrier(2)

    def sweep():
        gate.wait()
        try:
            sweeper.sweep_deadlines()
        finally:
            connections.close_all()

    sweepers = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in sweepers:
        thread.start()
    for thread in sweepers:
        thread.join(60)
    # on 05/12 all six rungs of a step that was due on 25/11 are behind
    assert Firing.objects.count() == len(dossiers) * 6 + len(drafts) * 3
    assert Entry.objects.filter(act="lapse").count() == len(drafts)
    assert not StepRow.objects.due(timezone.now()).exists()


def test_when_nobody_holds_the_office_the_head_of_the_body_is_told(world):
    for name in ("taichinh1", "taichinh2"):
        end_appointment(Appointment.objects.get(person=world.person(name)), by=Actor(world.admin))
    world.submitted()
    told = Notification.objects.filter(template="vacant", channel="IN_APP")
    assert [notice.recipient for notice in told] == [world.person("truong.tckh")]


def test_the_heir_sees_what_was_claimed_when_an_appointment_ends(world, monday):
    step = world.step(world.submitted())
    desk.claim(step.process_id, step.pk, by=Actor(world.finance))
    heir = world.person("taichinh2")
    assert not StepRow.objects.pool(heir).exists()
    admin = Actor(world.admin)
    end_appointment(Appointment.objects.get(person=world.finance), by=admin)
    assert [row.pk for row in StepRow.objects.pool(world.person("taichinh2"))] == [step.pk]
    assert not StepRow.objects.mine(Person.objects.get(pk=world.finance.pk)).exists()
    fresh = Person.objects.get(email="chutich.binhmau@mauson.example")
    appoint(fresh, by=admin, office="FINANCE", organization=step.organization)
    assert [row.pk for row in StepRow.objects.pool(Person.objects.get(pk=fresh.pk))] == [step.pk]
