"""./run demo --once: twelve dossiers through the pages, one line per act, a true summary."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection


@contextmanager
def empty_database(tmp_path):
    """The address of a database of its own, on the engine of this run."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'once.sqlite3'}"
        return
    name = f"once_{os.getpid()}"
    server = settings.DATABASES["default"]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield f"postgres://{server['USER']}:{server['PASSWORD']}@{server['HOST']}:{server['PORT']}/{name}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.long
def test_the_rehearsal_carries_twelve_dossiers(transactional_db, tmp_path):
    with empty_database(tmp_path) as address:
        env = {
            **os.environ,
            "DATABASE_URL": address,
            "DEMO": "1",
            "VAR_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "workflow_project.settings",
        }
        env.pop("REDIS_URL", None)
        for command in (["migrate", "-v0"], ["demo", "--once"]):
            done = subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=settings.BASE_DIR,
                env=env,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert done.returncode == 0, done.stderr[-2000:]
    *acts, summary = [json.loads(line) for line in done.stdout.splitlines()]
    assert list(summary) == ["dossiers", "nominations", "granted", "declined", "acts", "entries", "mails", "seconds"]
    assert (summary["dossiers"], summary["nominations"], summary["granted"], summary["declined"]) == (12, 28, 19, 6)
    assert summary["acts"] == sum(act["dossier"].startswith("HS-") for act in acts)
    assert {act["act"] for act in acts} >= {
        "open",
        "hand_over",
        "submit",
        "recall",
        "propose",
        "request_supplement",
        "resubmit",
        "decline",
        "admit",
        "recommend",
        "oppose",
        "issue",
        "grant",
        "withdraw",
        "lapse",
    }
    assert summary["mails"] > 50
