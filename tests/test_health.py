"""A monitor is told how the house is, a stranger only whether it lives; administrators hear of each episode once."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from celery import Celery
from celery.beat import SchedulingError
from django.db import DatabaseError, connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from kombu import Connection

from audit.clock import now
from audit.models import Entry
from flows import watch
from flows.models import StepRow
from notifications.models import Notification
from workflow_project import beat, embedded, health
from workflow_project.celery import WakeUp

TOKEN = {"Authorization": "Bearer mat-ma-cua-may-giam-sat"}
FIGURES = {"clock_behind_seconds", "steps_stuck", "mails_late", "mails_given_up", "disk_free_percent"}


@pytest.fixture
def asked(client, settings):
    """Ask as the monitor; gives the status and what was said."""
    settings.MONITOR_TOKEN = TOKEN["Authorization"].removeprefix("Bearer ")

    def ask():
        answer = client.get("/healthz", headers=TOKEN)
        return answer.status_code, answer.json()

    return ask


@pytest.fixture
def roomy(monkeypatch):
    """A disk with room, whatever machine this is."""
    monkeypatch.setattr(health, "LEAST_FREE", 0)


def late_step(world, **ago):
    """One open step whose moment came so long ago."""
    step = world.step(world.submitted())
    StepRow.objects.filter(pk=step.pk).update(scheduled=now() - timedelta(**ago))
    return step


def owe(world, **changes):
    """A mail owed for an hour."""
    return Notification.objects.create(
        **{"entry_id": 1, "recipient": world.admin, "channel": "EMAIL", "template": "incident", "url": "/",
           "created_at": now(), "owed_at": timezone.now() - timedelta(hours=1)} | changes
    )  # fmt: skip


def test_a_stranger_learns_only_that_it_lives(client, db, world, settings):
    late_step(world, hours=2)
    assert client.get("/healthz").content == b"ok"
    for token in ("", "khac"):
        settings.MONITOR_TOKEN = token
        answer = client.get("/healthz", headers=TOKEN)
        assert (answer.status_code, answer.content) == (403, b"token")


def test_a_monitor_is_told_figures_in_few_statements_and_nothing_is_written(world, asked, roomy, settings):
    settings.EMBEDDED_WORKER = True
    world.submitted()
    Notification.objects.all().delete()
    entries = Entry.objects.count()
    with CaptureQueriesContext(connection) as asked_for:
        status, said = asked()
    assert status == 200
    assert {name: said.pop(name) for name in ("status", "faults", "queue")} == {
        "status": "ok", "faults": [], "queue": "embedded",
    }  # fmt: skip
    assert set(said) == FIGURES
    assert all(type(figure) is int for figure in said.values())
    assert len(asked_for) <= 4
    assert all(query["sql"].startswith("SELECT") for query in asked_for)
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(
    ("minutes", "status", "word"), [(4, 200, "ok"), (6, 503, "down")], ids=["within patience", "beyond it"]
)
def test_a_clock_more_than_five_minutes_behind_is_down(world, asked, roomy, settings, minutes, status, word):
    settings.EMBEDDED_WORKER = True
    late_step(world, minutes=minutes)
    found, said = asked()
    assert (found, said["status"]) == (status, word)
    assert minutes * 60 <= said["clock_behind_seconds"] < minutes * 60 + 60


def test_what_waits_for_an_operator_is_degraded(world, asked, monkeypatch, settings):
    settings.EMBEDDED_WORKER = True
    step = late_step(world, hours=1)
    StepRow.objects.filter(pk=step.pk).update(scheduled=None, stuck_at=now())
    owe(world)
    owe(world, entry_id=2, given_up_at=timezone.now())
    owe(world, entry_id=3, given_up_at=timezone.now(), dismissed_at=now(), dismissed_by=world.admin)
    owe(world, entry_id=4, owed_at=timezone.now() + timedelta(hours=8))  # held by quiet hours: not owed yet
    owe(world, entry_id=5, sent_at=timezone.now())
    monkeypatch.setattr(health, "LEAST_FREE", 101)
    status, said = asked()
    assert (status, said["status"], said["faults"]) == (200, "degraded", ["stuck", "mail", "disk"])
    assert (said["steps_stuck"], said["mails_late"], said["mails_given_up"]) == (1, 1, 1)


def test_counts_stop_somewhere(world, monkeypatch):
    monkeypatch.setattr(watch, "MOST", 2)
    for entry in range(1, 5):
        owe(world, entry_id=entry)
    assert watch.debt().mails_old == 2


def test_a_queue_that_does_not_answer_is_degraded_and_one_that_does_is_not(world, asked, roomy, settings):
    settings.EMBEDDED_WORKER, settings.REDIS_URL = False, "redis://127.0.0.1:1/0"
    status, said = asked()
    assert (status, said["status"], said["faults"], said["queue"]) == (200, "degraded", ["queue"], "down")


def test_a_database_that_does_not_answer_is_down(client, db, asked, monkeypatch):
    def gone(*args, **kwargs):
        raise DatabaseError("gone")

    monkeypatch.setattr(connections["default"], "cursor", gone)
    stranger, monitor = client.get("/healthz"), asked()
    monkeypatch.undo()
    assert (stranger.status_code, stranger.content) == (503, b"database")
    assert monitor == (503, {"status": "down", "faults": ["database"]})


def test_the_lag_and_the_debts_are_read_from_their_own_indexes(db):
    """Their tables grow by the year, the rows in question do not."""
    indexes = {"stuck": "step_stuck", "mails_old": "notice_owed", "mails_given_up": "notice_given_up"}
    asked = {"step_clock": watch.waiting()[:1]}
    asked |= {indexes[what]: rows[: watch.MOST] for what, rows in watch.owed().items()}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        for index, rows in asked.items():
            assert index in rows.explain(), index


def test_administrators_hear_once_of_each_episode_and_its_end_is_noted(world, monday):
    step = late_step(world, minutes=6)
    assert watch.watch() == ["clock_behind"]
    assert watch.watch() == []
    told = Notification.objects.filter(template="incident", channel="IN_APP")
    assert [(notice.recipient, notice.context["what"]) for notice in told] == [(world.admin, "clock")]
    StepRow.objects.filter(pk=step.pk).update(scheduled=now() - timedelta(minutes=3))
    assert watch.watch() == []  # better, not well: the same episode
    StepRow.objects.filter(pk=step.pk).update(scheduled=None)
    assert watch.watch() == ["clock_caught_up"]
    assert watch.watch() == []
    assert told.all().count() == 1
    StepRow.objects.filter(pk=step.pk).update(scheduled=now() - timedelta(hours=1))
    assert watch.watch() == ["clock_behind"]
    assert told.all().count() == 2
    lines = Entry.objects.filter(chain_type="audit.house", act__startswith="clock_").order_by("id")
    assert [line.act for line in lines] == ["clock_behind", "clock_caught_up", "clock_behind"]


def test_mail_that_does_not_leave_is_told_once_and_its_own_notice_makes_no_new_episode(world):
    notice = owe(world)
    assert watch.watch() == ["mail_behind"]
    assert watch.watch() == []
    notice.sent_at = timezone.now()
    notice.save()
    assert watch.watch() == ["mail_caught_up"]


def test_of_two_who_watch_at_once_one_tells(world, monkeypatch):
    """Both saw that nothing was told yet; the second reads again once it has the lock."""
    late_step(world, minutes=6)
    watch.watch()
    real, answers = watch._told, iter([False, True])
    monkeypatch.setattr(watch, "_told", lambda what: next(answers) if what == "clock" else real(what))
    assert watch.watch() == []
    assert next(answers, "both asked") == "both asked"


def test_a_beat_that_starts_while_the_queue_is_away_does_the_deadlines_itself_at_once(monkeypatch, tmp_path):
    done = []
    monkeypatch.setattr(beat, "sweep", done.append)
    away = Celery("away", broker="redis://127.0.0.1:1/0", task_cls=WakeUp, set_as_current=False)
    away.conf.update(
        broker_transport_options={"socket_connect_timeout": 0.2},
        task_publish_retry_policy={"max_retries": 0},
        task_ignore_result=True,
    )
    monkeypatch.setattr(Connection, "ensure_connection", lambda *args, **kwargs: pytest.fail("waits for the queue"))
    clock = beat.SteadfastScheduler(app=away, schedule_filename=str(tmp_path / "beat"))
    for name in beat.OWN_HANDS:
        clock.apply_entry(clock.Entry(name=name, task=name, schedule=1, app=away), producer=clock.producer)
    assert set(done) == beat.OWN_HANDS


def test_an_entry_that_cannot_be_sent_at_all_is_done_here(monkeypatch, tmp_path):
    done = []
    monkeypatch.setattr(beat, "sweep", done.append)
    app = Celery("nowhere", broker="memory://", set_as_current=False)
    clock = beat.SteadfastScheduler(app=app, schedule_filename=str(tmp_path / "beat"))
    monkeypatch.setattr(app, "send_task", Mock(side_effect=RuntimeError("planted")))
    clock.apply_async(clock.Entry(name="x", task="flows.tasks.sweep_deadlines", schedule=1, app=app))
    assert done == ["flows.tasks.sweep_deadlines"]
    with pytest.raises(SchedulingError):
        clock.apply_async(clock.Entry(name="y", task="flows.tasks.send_digests", schedule=1, app=app))


def test_deadlines_and_the_watch_share_their_thread_with_nothing(settings, monkeypatch):
    started = []
    monkeypatch.setattr(embedded.threading, "Thread", lambda **how: started.append(how) or Mock())
    embedded.start()
    tasks = [{line["task"] for line in how["args"][0].values()} for how in started if how.get("args")]
    assert {"flows.tasks.sweep_deadlines"} in tasks
    assert {"flows.tasks.keep_watch"} in tasks
    assert sum(map(len, tasks)) == len(settings.CELERY_BEAT_SCHEDULE)
