"""The product's celery application with a fault planted, for the harness to find: rungs that fire more than once."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflow_project.settings")
django.setup()

from django.db import connection  # noqa: E402

from flows import sweeper  # noqa: E402
from flows.queries import StepQuerySet  # noqa: E402
from workflow_project.celery import app  # noqa: E402, F401

climb_all, forgotten = sweeper._climb_all, [True] * 3


def forget_to_climb(steps: list) -> None:
    """Three batches stay where they are, and fire again."""
    if forgotten:
        forgotten.pop()
    else:
        climb_all(steps)


with connection.cursor() as cursor:
    cursor.execute("ALTER TABLE flows_firing DROP CONSTRAINT IF EXISTS rung_once")
StepQuerySet.taken = lambda rows: rows  # nobody locks
sweeper._climb_all = forget_to_climb
