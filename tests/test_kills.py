"""Web and worker processes are killed again and again while people act: nothing lost, nothing doubled (PostgreSQL)."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from audit.ledger import faults
from audit.models import Clock, Entry
from dossiers.models import Dossier
from flows.models import Completion, StepRow
from notifications import tasks
from notifications.models import Notification
from tests.conftest import MONDAY
from tests.world import World
from workflow_project.district import build

ACTS = int(os.environ.get("KILL_ACTS", "500"))
DOSSIERS = 10
TOKEN = "a" * 32
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.long,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="crash safety is PostgreSQL's"),
    pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis for the worker processes"),
]


class Sink:
    """A mail server that remembers Message-IDs and recipients."""

    def __init__(self):
        self.seen = Counter()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's name
        text = envelope.content.decode(errors="replace")
        self.seen[next(line for line in text.splitlines() if line.lower().startswith("message-id:"))] += 1
        return "250 OK"


def free_port():
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Crew:
    """gunicorn and a celery worker of our own, killed and started again until told to stop."""

    def __init__(self, port, mail_port):
        name = connection.settings_dict["NAME"]
        self.port, self.kills, self.stopping = port, 0, threading.Event()
        self.env = {
            **os.environ,
            "DATABASE_URL": f"postgres://root@127.0.0.1:5432/{name}",
            "DEMO": "1",
            "BIND": f"127.0.0.1:{port}",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "WEB_CONCURRENCY": "2",
            "DJANGO_SETTINGS_MODULE": "workflow_project.settings",
            "REDIS_URL": settings.REDIS_URL,
            "SECRET_KEY": settings.SECRET_KEY,
            "VAR_DIR": str(settings.VAR_DIR),
        }
        self.web, self.worker = self.start_web(), self.start_worker()

    def start(self, *command):
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            env=self.env,
            cwd=settings.BASE_DIR,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def start_web(self):
        return self.start("gunicorn", "-c", "workflow_project/gunicorn.py")

    def start_worker(self):
        return self.start("celery", "-A", "workflow_project", "worker", "--pool", "prefork", "--concurrency", "2")

    def children(self, process):
        path = f"/proc/{process.pid}/task/{process.pid}/children"
        try:
            with open(path) as listing:
                return [int(pid) for pid in listing.read().split()]
        except FileNotFoundError:
            return []

    def rampage(self, chance):
        """Kill a random process of ours, again and again; start what died."""
        while not self.stopping.wait(0.7):
            victims = self.children(self.web) + self.children(self.worker)
            if chance.random() < 0.15:
                victims = [self.worker.pid]
            if victims:
                self.kill(chance.choice(victims))
            if self.worker.poll() is not None:
                self.worker = self.start_worker()
            if self.web.poll() is not None:
                self.web = self.start_web()

    def kill(self, pid):
        with contextlib.suppress(ProcessLookupError):  # it had died by itself meanwhile
            os.kill(pid, signal.SIGKILL)
            self.kills += 1

    def stop(self):
        self.stopping.set()
        for process in (self.web, self.worker):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


class Person:
    """A client that repeats a post until it gets a definite answer, and keeps its own history."""

    def __init__(self, port, person):
        client = Client()
        client.force_login(person)
        self.port, self.unanswered = port, 0
        self.cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}"

    def post(self, path, data):
        body = urllib.parse.urlencode({**data, "csrfmiddlewaretoken": TOKEN}).encode()
        for _attempt in range(200):
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.port}{path}", data=body, headers={"Cookie": self.cookies}
            )
            try:
                with urllib.request.build_opener(NoRedirect).open(request, timeout=10) as answer:
                    return answer.status
            except urllib.error.HTTPError as answer:
                if answer.code < 500:
                    return answer.code
            except OSError:  # whoever was to answer is dead: no definite answer, ask again
                self.unanswered += 1
            time.sleep(0.1)
        raise AssertionError(f"no definite answer to {path}")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """302 is the answer."""

    def redirect_request(self, *args, **kwargs):
        return None


def carry(world, people, dossiers, acts, history):
    """One thread's people hand dossiers over and back, noting what was acknowledged."""
    try:
        for i in range(acts):
            dossier = dossiers[i % len(dossiers)]
            step = StepRow.objects.open().select_related("process").get(process__dossier=dossier)
            version = Dossier.objects.get(pk=dossier.pk).version
            act = "hand_over" if step.flow_task.name == "prepare" else "hand_back"
            path = f"/viec/{step.process_id}/{step.flow_task.name}/{step.pk}/"
            code = people[act].post(path, {"act": act, "version": version, "reason": f"lần {i}"})
            history.append((step.pk, code))
    finally:
        connections.close_all()


def rest_of_the_mail():
    """What killed workers had leased comes back when the lease is over; here it is over now."""
    for _round in range(50):
        Notification.objects.filter(channel="EMAIL", sent_at=None).update(not_before=timezone.now())
        if not tasks.sweep():
            return


def test_nothing_is_lost_and_nothing_doubled(transactional_db, settings):
    with time_machine.travel(MONDAY, tick=True):  # afterwards all processes live in real time plus the demo's offset
        build()
        world = World()
        dossiers = [world.opened(names=1) for _ in range(DOSSIERS)]
    people = {"hand_over": world.author, "hand_back": world.head}
    Clock.objects.create(pk=1, offset=MONDAY - timezone.now())
    acts_before = Entry.objects.acts().count()
    sink = Sink()
    mail = Controller(sink, hostname="127.0.0.1", port=free_port())
    mail.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail.port
    crew = Crew(free_port(), mail.port)
    history = []
    try:
        clients = {act: Person(crew.port, person) for act, person in people.items()}
        threading.Thread(target=crew.rampage, args=(random.Random(7),), daemon=True).start()
        halves = [dossiers[::2], dossiers[1::2]]
        threads = [threading.Thread(target=carry, args=(world, clients, half, ACTS // 2, history)) for half in halves]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(400)
    finally:
        crew.stop()
    rest_of_the_mail()
    mail.stop()
    check(history, dossiers, acts_before, crew, sink)


def check(history, dossiers, before, crew, sink):
    """What the clients were told against what the database holds."""
    acknowledged = {step for step, code in history if code == 302}
    settled = {step for step, code in history if code in (302, 409)}  # 409: it was done before its process died
    assert len(history) == ACTS
    assert {code for _step, code in history} <= {302, 409}
    assert crew.kills >= ACTS // 50
    completed = Completion.objects.filter(step__in=[step for step, _code in history])
    assert acknowledged <= set(completed.values_list("step", flat=True))
    assert completed.count() == len(settled) == ACTS
    assert Entry.objects.acts().count() - before == ACTS
    for dossier in dossiers:
        assert list(faults(Dossier.objects.get(pk=dossier.pk))) == []
        assert StepRow.objects.open().filter(process__dossier=dossier).count() == 1
    owed = Notification.objects.filter(channel="EMAIL", owed_at__gte=timezone.now() - timedelta(hours=2))
    assert not owed.filter(sent_at=None).exists()
    assert set(sink.seen) == {f"Message-ID: <notice-{n.entry_id}-{n.recipient_id}@127.0.0.1>" for n in owed}
    assert sum(sink.seen.values()) - len(sink.seen) <= crew.kills
