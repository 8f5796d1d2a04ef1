"""Deadlines while everything breaks: two sweepers killed every second, Redis emptied and stopped, PostgreSQL crashed.

    ./run bench faults clock [--deadlines 2000] [--seed 2026] [--plant twice]

A celery worker with two prefork children and beat, as ./run worker starts them, on a PostgreSQL and a Redis of this
run's own.  Nine deadlines in ten stand at a rung, one in ten ends its step.  What must hold: each fired exactly once,
none more than 30 s late.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from argparse import Namespace
from collections import Counter
from pathlib import Path
from typing import Any

import django

from .own_services import Postgres, Redis

SPREAD = 60  # seconds over which the deadlines come
LEAD = 5  # seconds before the first, after the sweepers are up
MOST_STARTING = 120  # seconds
MOST_LATE = 30  # seconds
FLUSHES, CRASHES, OUTAGE = (8, 20, 33, 47, 55), (15, 40), (24, 44)  # seconds after the first deadline
ENDING = 10  # one deadline in so many ends its step


class Crew:
    """A celery worker with two children, and beat."""

    def __init__(self, env: dict[str, str], app: str):
        self.env, self.app, self.kills, self.mended = env, app, 0, 0
        self.worker, self.beat = self._start_worker(), self._start_beat()

    def _start_worker(self) -> subprocess.Popen:
        pool = ["worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "ERROR"]
        return self._start("celery", "-A", self.app, *pool)

    def _start_beat(self) -> subprocess.Popen:
        return self._start("celery", "-A", self.app, "beat", "--loglevel", "ERROR", "--pidfile=")

    def _start(self, *words: str) -> subprocess.Popen:
        out = open(Path(self.env["VAR_DIR"]) / "crew.log", "ab")  # noqa: SIM115  the child keeps it open
        return subprocess.Popen([sys.executable, "-m", *words], env=self.env, stdout=out, stderr=out,
                                start_new_session=True)  # fmt: skip

    def children(self) -> list[int]:
        """The worker's children now."""
        try:
            listing = Path(f"/proc/{self.worker.pid}/task/{self.worker.pid}/children").read_text()
        except FileNotFoundError:  # it has ended
            return []
        return [int(pid) for pid in listing.split()]

    def wait(self) -> None:
        """Until both children are up and beat has its schedule."""
        for _second in range(MOST_STARTING):
            if len(self.children()) >= 2 and list(Path(self.env["VAR_DIR"]).glob("beat*")):
                return
            time.sleep(1)
        raise RuntimeError(f"the sweepers did not start: {self.told()}")

    def told(self) -> str:
        """The last lines they wrote."""
        return "\n".join((Path(self.env["VAR_DIR"]) / "crew.log").read_text(errors="replace").splitlines()[-15:])

    def mend(self) -> None:
        """Start again which of the two has ended, as ./run worker does."""
        if self.worker.poll() is not None:
            self.worker, self.mended = self._start_worker(), self.mended + 1
        if self.beat.poll() is not None:
            self.beat, self.mended = self._start_beat(), self.mended + 1

    def kill_one(self, chance: random.Random) -> None:
        """Kill a child of the worker, if it has any at this moment."""
        found = self.children()
        if found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(found), signal.SIGKILL)
                self.kills += 1

    def stop(self) -> None:
        """The end of both, children too."""
        for process in (self.worker, self.beat):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


class Weather:
    """What breaks when, on threads of its own, until told to stop."""

    def __init__(self, crew: Crew, postgres: Postgres, broker: Redis, seed: int, begins: float):
        self.crew, self.postgres, self.broker = crew, postgres, broker
        self.chance, self.begins, self.over = random.Random(seed), begins, threading.Event()
        self.done: Counter = Counter()
        plans = [*((at, self._flush) for at in FLUSHES), *((at, self._crash) for at in CRASHES),
                 (OUTAGE[0], self._broker_away)]  # fmt: skip
        self.threads = [threading.Thread(target=self._at, args=plan, daemon=True) for plan in plans]
        self.threads.append(threading.Thread(target=self._killing, daemon=True))
        for thread in self.threads:
            thread.start()

    def _at(self, seconds: float, what: Any) -> None:
        if not self.over.wait(max(0.0, self.begins + seconds - time.time())):
            what()

    def _killing(self) -> None:
        while not self.over.wait(1.0):
            self.crew.mend()
            self.crew.kill_one(self.chance)

    def _flush(self) -> None:
        self.broker.flush()
        self.done["Redis emptied"] += 1

    def _crash(self) -> None:
        self.postgres.crash()
        self.done["PostgreSQL crashed"] += 1

    def _broker_away(self) -> None:
        self.broker.stop()
        self.over.wait(OUTAGE[1] - OUTAGE[0])
        self.broker.start()
        self.done["Redis away 20 s"] += 1


def run(asked: Namespace) -> int:
    """Make the services, the deadlines and the weather; check what is left.  Returns 1 when something did not hold."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres, broker = Postgres(folder), Redis(folder)
        try:
            return _run(asked, folder, postgres, broker)
        finally:
            broker.stop()
            postgres.stop()


def _run(asked: Namespace, folder: Path, postgres: Postgres, broker: Redis) -> int:
    var = folder / "var"
    var.mkdir()
    own = {"DATABASE_URL": postgres.url, "REDIS_URL": broker.url, "SWEEP_EVERY": "1", "DEMO": "1", "VAR_DIR": str(var),
           "DJANGO_SETTINGS_MODULE": "workflow_project.settings"}  # fmt: skip
    os.environ.update(own)
    django.setup()
    from . import faults_left  # noqa: PLC0415  models can be imported only now

    steps = faults_left.make(asked.deadlines, ENDING)
    crew = Crew(dict(os.environ), "benchmarks.planted" if asked.plant else "workflow_project")
    crew.wait()
    begins = time.time() + LEAD
    due = faults_left.schedule(steps, begins, SPREAD, asked.seed)
    weather = Weather(crew, postgres, broker, asked.seed, begins)
    try:
        took = faults_left.wait(due, until=begins + SPREAD + 60)
    finally:
        weather.over.set()
        crew.stop()
    for thread in weather.threads:
        thread.join(30)
    failed = faults_left.report(due, dict(weather.done), crew.kills, took, asked, MOST_LATE)
    print(f"worker or beat ended by itself and was started again {crew.mended} times")
    if failed:
        print(crew.told())
    return failed
