"""The sweeper is killed at every moment and sweeps again: each rung fires once, each step ends once, none is lost."""

from collections import Counter
from datetime import datetime

from django.db import connection

from audit.ledger import faults
from audit.models import Entry
from flows import sweeper
from flows.models import Firing
from notifications.models import Notification
from tests.conftest import VIETNAM


class Killed(BaseException):
    """The process ends here; nothing catches it."""


class Death:
    """Raises before the n-th statement from now, as a kill between two statements would end a transaction."""

    def __init__(self, after):
        self.left = after

    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left == -1:
            raise Killed  # what comes afterwards is the database's own roll-back
        return execute(sql, params, many, context)


def die_at_every_statement():
    """Sweep again and again, each time killed one statement later, until a sweep lives.  Returns how often it died."""
    for deaths in range(400):
        try:
            with connection.execute_wrapper(Death(deaths)):
                sweeper.sweep_deadlines()
        except Killed:
            continue
        return deaths
    raise AssertionError("the sweeper never came to its end")


def fired():
    """{(step, rung): how often}."""
    return Counter(Firing.objects.values_list("step_id", "rung"))


def told():
    """{(person, step): how often} of reminders inside the product."""
    rows = Notification.objects.filter(template="reminder", channel="IN_APP")
    return Counter(rows.values_list("recipient_id", "about"))


def test_killed_at_each_statement_every_rung_fires_once(world, monday):
    steps = [world.step(world.submitted(names=1)) for _ in range(2)]
    monday.move_to(datetime(2024, 11, 20, 9, tzinfo=VIETNAM))
    assert die_at_every_statement() >= 10
    assert fired() == {(step.pk, -3): 1 for step in steps}
    assert set(told().values()) == {1}
    assert Entry.objects.filter(act="fire_rungs").count() == 1


def test_killed_at_each_statement_every_step_ends_once(world, monday):
    dossier = world.opened(names=1)
    monday.move_to(datetime(2024, 12, 6, 8, tzinfo=VIETNAM))
    assert die_at_every_statement() >= 20
    assert Entry.objects.filter(act="lapse", subject_id=dossier.pk).count() == 1
    assert world.fresh(dossier).state == "LAPSED"
    assert list(faults(world.fresh(dossier))) == []
    assert set(fired().values()) == {1}


def test_the_harness_sees_a_sweeper_that_commits_piece_by_piece(world, monday, monkeypatch):
    """Planted: the steps climb in a transaction of their own, before anything is noted; a kill between loses rungs."""
    world.submitted(names=1)
    climb_all, reached = sweeper._climb_all, sweeper.reached

    def climb_first(due, *, most):
        steps = reached(due, most=most)
        climb_all(steps)
        return steps

    monkeypatch.setattr(sweeper, "reached", climb_first)
    monkeypatch.setattr(sweeper, "_climb_all", lambda steps: None)
    monkeypatch.setattr(sweeper, "_fire", sweeper._fire.__wrapped__)
    monday.move_to(datetime(2024, 11, 20, 9, tzinfo=VIETNAM))
    die_at_every_statement()
    assert not Firing.objects.exists()
