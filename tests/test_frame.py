"""The frame: what the house refuses to start without, and what its top-level files promise."""

import contextlib
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.db import connection

from workflow_project import checks

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "khenthuong.example.vn",
    "DATABASE_URL": "postgres://vinhdanh@127.0.0.1:5432/vinhdanh",
}


def started(code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Load the product's settings in a fresh process with exactly this environment, then run the code."""
    return subprocess.run(
        [sys.executable, "-c", f"import workflow_project.settings as s\n{code}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def said(code: str, **environment: str) -> str:
    """What that process printed; it has to end well."""
    answer = started(code, **environment)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


@pytest.mark.parametrize("missing", PRODUCTION)
def test_production_refuses_to_start_without_a_required_setting_and_names_it(missing):
    answer = started(**{name: value for name, value in PRODUCTION.items() if name != missing})
    assert answer.returncode != 0
    last = answer.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert f"{missing} chưa được đặt" in last
    assert [name for name in PRODUCTION if f"{name} chưa" in last] == [missing]


def test_production_refuses_a_blank_setting_as_it_refuses_a_missing_one():
    assert "SECRET_KEY chưa được đặt" in started(**PRODUCTION | {"SECRET_KEY": " "}).stderr


def test_production_starts_with_the_required_settings_and_is_guarded():
    guarded = "s.DEBUG, s.DEMO, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SITE_URL"
    assert said(f"print({guarded})", **PRODUCTION) == "False False True True True https://khenthuong.example.vn"


def test_production_refuses_a_database_without_the_ledgers_guards():
    answer = started(**PRODUCTION | {"DATABASE_URL": "mysql://u:p@127.0.0.1/vinhdanh"})
    assert answer.returncode != 0
    assert "postgres://" in answer.stderr.strip().splitlines()[-1]


def test_a_trial_makes_its_secret_once_and_keeps_it_to_its_owner(tmp_path):
    first = said("print(s.SECRET_KEY)", DEMO="1", VAR_DIR=str(tmp_path))
    assert len(first) >= 50
    assert said("print(s.SECRET_KEY)", DEMO="1", VAR_DIR=str(tmp_path)) == first
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_ten_trials_that_start_at_once_share_one_secret(tmp_path):
    environment = {"PATH": os.environ["PATH"], "DEMO": "1", "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-c", "import workflow_project.settings as s; print(s.SECRET_KEY)"]
    running = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(10)
    ]
    assert len({process.communicate()[0] for process in running}) == 1


def test_a_sqlite_address_is_taken_from_the_house_and_not_from_where_one_stands(tmp_path):
    name = "print(s.DATABASES['default']['NAME'])"
    assert said(name, **PRODUCTION | {"DATABASE_URL": "sqlite:///var/x.sqlite3"}) == str(ROOT / "var/x.sqlite3")
    assert said(name, **PRODUCTION | {"DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3"}) == f"{tmp_path}/x.sqlite3"


def test_redis_replaces_the_embedded_queue_and_cache_together():
    seen = "print(s.CELERY_BROKER_URL, s.EMBEDDED_WORKER, s.CACHES['default']['BACKEND'].rsplit('.', 1)[1])"
    assert said(seen, **PRODUCTION) == "memory://localhost// True LocMemCache"
    with_redis = PRODUCTION | {"REDIS_URL": "redis://127.0.0.1:6379/9"}
    assert said(seen, **with_redis) == "redis://127.0.0.1:6379/9 False RedisCache"


def test_a_queue_that_is_away_holds_no_page_up_and_breaks_none():
    code = "\n".join(
        [
            "import django, time; django.setup()",
            "from notifications.tasks import sweep",
            "start = time.monotonic(); print(sweep.delay(), time.monotonic() - start < 5)",
        ]
    )
    away = {"DEMO": "1", "REDIS_URL": "redis://127.0.0.1:1/0", "DJANGO_SETTINGS_MODULE": "workflow_project.settings"}
    assert said(code, **away) == "None True"


@pytest.mark.django_db
def test_the_connection_waits_a_bounded_time_for_a_lock():
    fresh = connection.copy()  # what another test did to the shared one is no setting
    with contextlib.closing(fresh), fresh.cursor() as cursor:
        if fresh.vendor == "postgresql":
            cursor.execute("SELECT current_setting('lock_timeout'), current_setting('transaction_isolation')")
            assert cursor.fetchone() == ("5s", "read committed")
            return
        pragmas = {}
        for pragma in ("journal_mode", "synchronous", "recursive_triggers", "busy_timeout", "foreign_keys"):
            cursor.execute(f"PRAGMA {pragma}")
            pragmas[pragma] = cursor.fetchone()[0]
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 1,
        "recursive_triggers": 1,
        "busy_timeout": 20000,
        "foreign_keys": 1,
    }


def test_no_lock_file_names_a_host():
    for lock in (ROOT / "requirements.lock", ROOT / "requirements-dev.lock"):
        text = lock.read_text()
        assert "://" not in text
        assert "--index-url" not in text
        pins = re.findall(r"^[a-z0-9][^\s]*==\S+", text, re.MULTILINE)
        assert len(pins) > 25
        assert all(block.count("--hash=sha256:") for block in re.split(r"\n(?=[a-z0-9])", text.strip()))


def test_the_dev_lock_holds_every_runtime_pin_unchanged():
    pins = [
        set(re.findall(r"^[a-z0-9][^\s]*==[^\s;\\]+", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    assert pins[0] <= pins[1]


def test_run_knows_every_command_the_readme_may_name():
    text = (ROOT / "run").read_text()
    assert os.access(ROOT / "run", os.X_OK)
    for command in ("demo", "test", "serve", "worker", "manage", "bench", "lint"):
        assert re.search(rf"^    {command}\) ", text, re.MULTILINE), command
    told = subprocess.run(["./run", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "--once" in told
    assert subprocess.run(["./run", "dance"], cwd=ROOT, capture_output=True, check=False).returncode == 2


def test_run_is_plain_posix_shell():
    subprocess.run(["sh", "-n", "run"], cwd=ROOT, check=True)
    assert (ROOT / "run").read_text().startswith("#!/bin/sh\n")


def test_the_compose_file_is_valid_and_holds_no_secret(tmp_path):
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    good = (ROOT / "docker-compose.yml").read_text()
    subprocess.run([*check, "docker-compose.yml"], cwd=ROOT, check=True, capture_output=True)
    planted = tmp_path / "docker-compose.yml"
    planted.write_text(good.replace("    image: postgres", "    imagge: postgres"))
    assert subprocess.run([*check, str(planted)], capture_output=True, check=False).returncode != 0
    for line in re.findall(r"^ .*(?:SECRET|PASSWORD).*$", good, re.MULTILINE):
        assert "${" in line, line


def test_the_clock_calls_only_tasks_that_exist(settings):
    assert checks.scheduled_tasks_exist(None) == []
    settings.CELERY_BEAT_SCHEDULE = {"planted": {"task": "flows.tasks.dance", "schedule": 60.0}}
    assert [found.id for found in checks.scheduled_tasks_exist(None)] == ["workflow_project.W002"]


def test_a_house_that_cannot_write_its_papers_says_so(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    assert checks.var_is_writable(None) == []
    settings.TRIAL = False
    settings.VAR_DIR = tmp_path / "absent"
    assert [found.id for found in checks.var_is_writable(None)] == ["workflow_project.E001"]


def test_a_demo_that_answers_to_a_real_name_is_warned_of(settings):
    settings.ALLOWED_HOSTS = ["localhost", "khenthuong.example.vn"]
    assert [found.id for found in checks.trial_stays_at_home(None)] == ["workflow_project.W001"]
    settings.TRIAL = False
    assert checks.trial_stays_at_home(None) == []


@pytest.mark.long
def test_one_process_serves_the_house_and_works_for_it(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    environment = {"PATH": os.environ["PATH"], "DEMO": "1", "VAR_DIR": str(tmp_path), "BIND": address}
    django = [sys.executable, "manage.py"]
    subprocess.run([*django, "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)
    subprocess.run([*django, "shell", "--verbosity", "0", "-c", OWE_ONE_MAIL], cwd=ROOT, env=environment, check=True)
    command = [sys.executable, "-m", "gunicorn", "-c", "workflow_project/gunicorn.py"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert eventually(lambda: urlopen(f"http://{address}/healthz", timeout=2).read() == b"ok")
        with contextlib.closing(sqlite3.connect(tmp_path / "vinhdanh.sqlite3")) as house:
            query = "SELECT count(*) FROM notifications_notification WHERE sent_at IS NOT NULL"
            assert eventually(lambda: house.execute(query).fetchone() == (1,))
    finally:
        server.terminate()
        _, complaints = server.communicate(timeout=30)
    assert server.returncode == 0
    assert "Traceback" not in complaints


def eventually(holds):
    """Whether it holds within a minute; a connection refused counts as not yet."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if holds():
                return True
        time.sleep(0.2)
    return False


OWE_ONE_MAIL = """
from django.utils import timezone
from notifications.models import Notification
from organizations.models import Person
person = Person.objects.create(email="mot@example.vn", full_name="Nguyễn Văn Mẫu")
Notification.objects.create(
    entry_id=1, recipient=person, channel="EMAIL", template="declined", url="/", created_at=timezone.now()
)
"""


def test_health_answers_without_a_sign_in(client, db):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert client.post("/healthz").status_code == 405


def test_there_is_no_way_to_sign_up(client, db):
    for path in ("/dang-ky/", "/accounts/signup/", "/signup/"):
        assert client.get(path).status_code == 404


def test_one_signs_out_by_post_only(client, db):
    assert client.get("/dang-xuat/").status_code == 405


def test_an_english_browser_still_gets_vietnamese_until_its_reader_asks(client, db):
    english = {"Accept-Language": "en"}
    assert client.get("/healthz", headers=english).headers["Content-Language"] == "vi"
    assert client.get("/ngon-ngu/").status_code == 405
    client.post("/ngon-ngu/", {"language": "en", "next": "/healthz"})
    assert client.get("/healthz").headers["Content-Language"] == "en"


def test_every_answer_carries_the_headers_that_keep_strangers_out(client, db):
    headers = client.get("/healthz").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_compose_passes_on_what_the_operator_may_set():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for name in ("SWEEP_EVERY", "EMAIL_TIMEOUT", "SOURCE_URL", "DEFAULT_FROM_EMAIL", "MONITOR_TOKEN"):
        assert f"    {name}: ${{{name}" in text, name
