"""The garden: one made-up district, people by office, and the ways in which tests act."""

from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from tests.world import World
from workflow_project.celery import app as celery_app
from workflow_project.district import build

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2024, 11, 18, 8, 0, tzinfo=VIETNAM)


@contextmanager
def ledger_unguarded(cursor):
    """Only a test's clean-up may step round the append-only triggers."""
    if connection.vendor == "postgresql":
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass")
        tables = ["audit_entry", *(row[0] for row in cursor.fetchall())]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            _rearm(cursor, table)
    else:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            yield
        finally:
            for _name, sql in triggers:
                cursor.execute(sql)


def _rearm(cursor, table):
    cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table])
    for (name,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


_flush = BaseDatabaseOperations.execute_sql_flush


def execute_sql_flush(self, sql_list):
    """Django's flush between transaction tests, past the ledger's guards."""
    with self.connection.cursor() as cursor, ledger_unguarded(cursor):
        _flush(self, sql_list)


BaseDatabaseOperations.execute_sql_flush = execute_sql_flush


@pytest.fixture(autouse=True)
def worker_at_once():
    """Celery tasks run where they are sent; brokers have tests of their own."""
    celery_app.conf.task_always_eager = True
    yield
    celery_app.conf.task_always_eager = False


@pytest.fixture
def monday():
    """08:00 of Monday 18/11/2024; `monday.shift` and `monday.move_to` move the clock."""
    with time_machine.travel(MONDAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def world(db, monday):
    """The district with its campaign, and short ways to act in it."""
    build()
    return World()


@pytest.fixture
def live_world(transactional_db, monday):
    """The same, with transactions that really commit."""
    build()
    return World()
