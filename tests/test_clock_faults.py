"""The sweeper is killed at every moment and sweeps again: each rung fires once, each step ends once, none is lost."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F

from audit.ledger import faults
from audit.models import Entry
from benchmarks.many_steps import copied
from flows import sweeper
from flows.models import Firing, StepRow
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


RUNGS, ENDS, KILLS, SPREAD = 54, 6, 8, 4  # SPREAD: seconds over which the deadlines come


@contextlib.contextmanager
def crew(plant):
    """The parent of two sweepers on the test's database; it says each new one by its process id."""
    config = connection.settings_dict
    place = f"{config['USER']}@{config['HOST']}:{config['PORT']}/{config['NAME']}"
    env = {**os.environ, "DATABASE_URL": f"postgres://{place}", "DEMO": "1", "REDIS_URL": "", "PLANT": plant,
           "SECRET_KEY": settings.SECRET_KEY, "VAR_DIR": str(settings.VAR_DIR),
           "DJANGO_SETTINGS_MODULE": "workflow_project.settings"}  # fmt: skip
    parent = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sweeper", "crew"], env=env, cwd=settings.BASE_DIR, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield parent
    finally:
        os.killpg(parent.pid, signal.SIGKILL)
        parent.wait(10)
        parent.stdout.close()


def patterns(world):
    """A step that is reminded of and one that ends, both without a moment."""
    reminded, ended = world.step(world.submitted(names=1)), world.step(world.opened(names=1))
    StepRow.objects.filter(pk__in=[reminded.pk, ended.pk]).update(scheduled=None)
    return reminded, ended


def scattered(reminded, ended):
    """Copies of both with moments over the next seconds: {step of a rung}, {dossier that ends}."""
    moment = f"now() + interval '1 second' * 0.5 + interval '1 second' * ({SPREAD} * g::float / %d)"
    rungs = copied(case_of(reminded), RUNGS, "HB", rung="5", scheduled=moment % RUNGS)
    ends = copied(case_of(ended), ENDS, "HH", rung="NULL", scheduled=moment % ENDS)
    StepRow.objects.filter(pk__in=[*rungs, *ends]).update(due_at=F("scheduled"))
    return set(rungs), set(StepRow.objects.filter(pk__in=ends).values_list("process__dossier_id", flat=True))


def case_of(step):
    """A step as `benchmarks.many_steps` wants it."""
    return SimpleNamespace(dossier=step.process.dossier_id, passage=step.process_id)


def storm(world, plant=""):
    """Kill sweepers while deadlines come; what is wrong in the rows afterwards."""
    chance, steps = random.Random(7), patterns(world)
    with crew(plant) as parent:
        first = parent.stdout.readline()  # they are up
        rungs, ends = scattered(*steps)
        for child in [first, *(parent.stdout.readline() for _ in range(KILLS - 1))]:
            time.sleep(chance.uniform(0.3, 0.7))
            os.kill(int(child), signal.SIGKILL)
        until = time.monotonic() + 20
        while time.monotonic() < until and StepRow.objects.open().filter(scheduled__isnull=False).exists():
            time.sleep(0.1)
    lapsed = Counter(Entry.objects.filter(act="lapse", subject_id__in=ends).values_list("subject_id", flat=True))
    once = Counter(Firing.objects.filter(step__in=rungs).values_list("step_id", flat=True))
    found = {"rungs lost": rungs - set(once), "rungs twice": {pk for pk, n in once.items() if n > 1},
             "ends lost": ends - set(lapsed), "ends twice": {pk for pk, n in lapsed.items() if n > 1}}  # fmt: skip
    return {what: rows for what, rows in found.items() if rows}


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="two sweepers at once need PostgreSQL")
def test_two_sweepers_are_killed_and_each_deadline_comes_once(live_world):
    assert storm(live_world) == {}


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="two sweepers at once need PostgreSQL")
def test_the_storm_sees_rungs_that_fire_twice(live_world):
    """Planted: nobody locks, a few batches forget to climb, and the database no longer refuses a second firing."""
    try:
        assert "rungs twice" in storm(live_world, plant="twice")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM flows_firing")
            cursor.execute("ALTER TABLE flows_firing ADD CONSTRAINT rung_once UNIQUE (step_id, rung, due_at)")
