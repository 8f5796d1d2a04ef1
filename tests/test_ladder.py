"""The ladder: each rung once for each step and due date, told to the right people, and never after the step is done."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.ledger import Actor
from audit.models import Entry
from flows import desk, sweeper
from flows.models import Firing, StepRow
from notifications.models import Notification
from tests.conftest import VIETNAM


def at(day, month=11, hour=8, minute=0):
    """A moment of 2024, in Vietnam."""
    return datetime(2024, month, day, hour, minute, tzinfo=VIETNAM)


def told(rung_day=None, template="reminder"):
    """Addresses told inside the product by a template, sorted."""
    rows = Notification.objects.filter(template=template, channel="IN_APP")
    return sorted(rows.values_list("recipient__email", flat=True))


def rungs(step):
    """Rungs of a step that fired, in the order in which they did."""
    return list(Firing.objects.filter(step=step).order_by("id").values_list("rung", flat=True))


def test_each_rung_is_reached_when_the_offices_open_on_its_day(world, monday):
    step = world.step(world.submitted())  # due at the end of Monday 25/11
    reached = {-3: at(20), -1: at(22), 0: at(25), 1: at(26), 3: at(28), 5: at(2, 12)}
    for offset, moment in reached.items():
        monday.move_to(moment - timedelta(seconds=1))
        sweeper.sweep_deadlines()
        assert offset not in rungs(step)
        monday.move_to(moment)
        sweeper.sweep_deadlines()
        assert rungs(step)[-1] == offset
    assert rungs(step) == list(reached)
    assert world.fresh(step.process.dossier).state == "PROPOSING"


def test_a_rung_fires_once_however_often_the_clock_looks(world, monday):
    step = world.step(world.submitted())
    monday.move_to(at(20))
    assert [sweeper.sweep_deadlines() for _ in range(3)] == [1, 0, 0]
    assert rungs(step) == [-3]


def test_the_database_itself_refuses_a_second_firing(world, monday):
    step = world.step(world.submitted())
    monday.move_to(at(20))
    sweeper.sweep_deadlines()
    with pytest.raises(IntegrityError), transaction.atomic():
        Firing.objects.create(step=step, rung=-3, due_at=step.due_at, at=at(20), entry_id=1)


def test_what_was_missed_is_fired_rung_by_rung_when_the_clock_comes_back(world, monday):
    step = world.step(world.submitted())
    monday.move_to(at(29))
    sweeper.sweep_deadlines()
    assert rungs(step) == [-3, -1, 0, 1, 3]


def test_the_pool_or_the_holder_then_the_head_then_the_chair_are_told(world, monday):
    step = world.step(world.submitted())
    monday.move_to(at(20))
    sweeper.sweep_deadlines()
    assert told() == [world.finance.email, world.person("taichinh2").email]
    desk.claim(step.process_id, step.pk, by=Actor(world.finance))
    Notification.objects.all().delete()
    monday.move_to(at(26))
    sweeper.sweep_deadlines()
    assert set(told()) == {world.finance.email}
    assert told(template="overdue_head") == [world.person("truong.tckh").email]
    monday.move_to(at(2, 12))
    sweeper.sweep_deadlines()
    assert told(template="overdue_chair") == [world.signatory.email]  # domain.md 2.2: whoever signs for the authority
    assert not Notification.objects.filter(template="overdue_chair", url__startswith="/ho-so/").exists()


def test_a_firing_names_the_line_of_the_ledger_that_lists_it(world, monday):
    dossier = world.submitted()
    step = world.step(dossier)
    monday.move_to(at(20))
    sweeper.sweep_deadlines()
    firing = Firing.objects.get(step=step)
    entry = Entry.objects.get(pk=firing.entry_id)
    assert (entry.act, entry.actor.is_system, entry.origin) == ("fire_rungs", True, "clock")
    assert f'[{step.pk},"{dossier.code}",-3,' in entry.facts
    assert firing.told == 2


def test_nothing_fires_once_the_step_is_done(world, monday):
    dossier = world.proposed()
    done = StepRow.objects.filter(process__dossier=dossier, finished__isnull=False)
    assert not done.filter(scheduled__isnull=False).exists()
    monday.move_to(at(20))
    sweeper.sweep_deadlines()
    assert not Firing.objects.filter(step__in=done).exists()


def test_a_step_that_begins_late_has_only_the_rungs_still_ahead(world, monday):
    monday.move_to(at(3, 12, hour=9))
    step = world.step(world.opened())  # the cut-off is the next day
    assert (step.rung, step.scheduled) == (0, at(4, 12))
    monday.move_to(at(4, 12, hour=9))
    sweeper.sweep_deadlines()
    assert rungs(step) == [0]


def test_what_lapses_is_reminded_before_and_never_after(world, monday):
    dossier = world.opened()
    monday.move_to(at(6, 12))
    sweeper.sweep_deadlines()
    assert set(Firing.objects.values_list("rung", flat=True)) == {-3, -1, 0}
    assert world.fresh(dossier).state == "LAPSED"


def test_one_bad_row_stops_no_other_and_becomes_an_incident_after_five_tries(world, monday, monkeypatch, caplog):
    bad, good = world.step(world.submitted()), world.step(world.submitted())
    monday.move_to(at(20))
    climb = sweeper.climb

    def fail_at_the_bad_one(step):
        if step.pk == bad.pk:
            raise RuntimeError("planted")
        return climb(step)

    monkeypatch.setattr(sweeper, "climb", fail_at_the_bad_one)
    for _ in range(8):
        sweeper.sweep_deadlines()
        monday.shift(timedelta(minutes=20))
    bad.refresh_from_db()
    assert (rungs(good), rungs(bad)) == ([-3], [])
    assert (bad.tries, bad.scheduled, bad.fault) == (5, None, "RuntimeError: planted")
    assert bad.stuck_at is not None
    assert told(template="incident") == [world.admin.email]
    assert Entry.objects.filter(act="clock_stuck").count() == 1


def test_the_harness_sees_a_rung_that_fires_twice(world, monday, monkeypatch):
    """Planted: a clock that forgets to climb fires again, and only the database's own rule stops it."""
    step = world.step(world.submitted())
    monday.move_to(at(20))
    monkeypatch.setattr(sweeper, "climb", lambda step: (at(20), step.rung))
    sweeper._fire(Actor(world.admin))
    with pytest.raises(IntegrityError), transaction.atomic():
        sweeper._fire(Actor(world.admin))
    assert rungs(step) == [-3]
