"""The garden: one made-up district, people by office, and the ways in which tests act."""

import os
import re
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from audit.guards import POSTGRESQL_FUNCTION
from campaigns import terms
from organizations import calendar
from tests.district_copy import lay_down
from tests.world import World
from workflow_project.celery import app as celery_app

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2024, 11, 18, 8, 0, tzinfo=VIETNAM)


ASLEEP = """
CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$
"""


@contextmanager
def ledger_unguarded(cursor):
    """Only a test's clean-up, or a planted forgery, may step round the append-only triggers."""
    if connection.vendor == "postgresql":
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(ASLEEP)  # one function for all partitions: their triggers stay as they are
        yield
        cursor.execute(POSTGRESQL_FUNCTION)
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


STATIC = {'"django_content_type"', '"auth_permission"'}
_flush = BaseDatabaseOperations.execute_sql_flush


def execute_sql_flush(self, sql_list):
    """Django's flush between transaction tests, past the ledger's guards.

    TRUNCATE makes new files for each of a hundred tables and partitions with their indexes; a few rows go faster.
    Content types and permissions are the same in every test and stay.
    """
    with self.connection.cursor() as cursor, ledger_unguarded(cursor):
        if connection.vendor == "postgresql":
            emptied = [
                f"DELETE FROM {name}" for sql in sql_list for name in re.findall(r'"\w+"', sql) if name not in STATIC
            ]
            sql_list = ["SET CONSTRAINTS ALL DEFERRED", *emptied]
        _flush(self, sql_list)


BaseDatabaseOperations.execute_sql_flush = execute_sql_flush


# What these ask has nothing to do with the database: CI runs the suite on both, and asks them on the embedded one only.
ONCE = {
    "test_access", "test_benchmarks", "test_browser", "test_calendar", "test_calendar_command", "test_calendar_pages",
    "test_calendar_walk", "test_campaign_page", "test_clock_model", "test_dossier_list", "test_draft_doors",
    "test_draft_lists", "test_draft_pages", "test_draft_typing", "test_files_clean", "test_files_hostile_office",
    "test_files_hostile_pdf", "test_files_preview", "test_files_scan", "test_flow_chart", "test_frame", "test_input",
    "test_input_fuzz", "test_languages", "test_model", "test_names", "test_nominee_list", "test_nominee_workbook",
    "test_organizations_pages", "test_sign_in",
}  # fmt: skip


def pytest_collection_modifyitems(config, items):
    """Leave out on PostgreSQL what was asked on SQLite; `EVERYTHING=1` asks all of it again."""
    if connection.vendor == "sqlite" or os.environ.get("EVERYTHING"):
        return
    again = [item for item in items if item.module.__name__.rpartition(".")[2] in ONCE]
    config.hook.pytest_deselected(items=again)
    items[:] = [item for item in items if item not in set(again)]


@pytest.fixture(autouse=True)
def worker_at_once():
    """Celery tasks run where they are sent; brokers have tests of their own."""
    celery_app.conf.task_always_eager = True
    yield
    celery_app.conf.task_always_eager = False


@pytest.fixture(autouse=True)
def calendar_anew(request, monkeypatch):
    """No test answers from another's calendar, nor reads it twice; one without a database has the package alone."""
    monkeypatch.setattr(calendar, "FRESH_FOR", 3600.0)
    monkeypatch.setattr(terms, "FRESH_FOR", 3600.0)
    terms.forget()
    database = {"db", "transactional_db", "live_world"} & set(request.fixturenames)
    if database or request.node.get_closest_marker("django_db"):
        calendar.forget()
    else:
        calendar.hold()
    yield
    calendar.forget()


@pytest.fixture
def monday():
    """08:00 of Monday 18/11/2024; `monday.shift` and `monday.move_to` move the clock."""
    with time_machine.travel(MONDAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def world(db, monday):
    """The district with its campaign, and short ways to act in it."""
    lay_down(MONDAY)
    return warm(World())


@pytest.fixture
def live_world(transactional_db, monday):
    """The same, with transactions that really commit."""
    lay_down(MONDAY)
    return warm(World())


def warm(world):
    """As in a process that has been up for a while: calendar, ladder and rules were read before."""
    calendar.working_days()
    terms.ladder(world.campaign.pk)
    terms.rules_of(world.campaign)
    return world
