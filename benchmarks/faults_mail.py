"""Mails in bad weather: the server away, refusing, hanging, the relay killed again and again; what must hold then.

The oracle is what the mail server took, beside the rows; never a log.
"""

import os
import random
import signal
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from notifications.channels import message_id
from notifications.models import Notification
from organizations.models import Person
from tests.smtp_sink import Sink

from . import floor
from .mail_crew import relays

PEOPLE = 50
FAIR = "slow end 0.004"  # a server some way off; a kill finds the relay at each moment of a mail
WEATHER = (
    "away", "refuse rcpt 451 4.7.1 greylisted", "refuse end 452 4.3.1 full", "refuse end 421 4.3.2 closing",
    "refuse greet 554 5.3.2 no service", "refuse mail 451 4.3.0 later",
    "hang greet", "hang rcpt", "hang end", "cut end",
)  # fmt: skip


@dataclass(frozen=True)
class Storm:
    """How bad it is to be.

    hurry      waits of the product are so many times shorter
    timeout    EMAIL_TIMEOUT, seconds; leases and the length of hangs come from it
    limit      seconds after which the run is over, whatever is still owed
    """

    mails: int
    kills: int
    seed: int
    hurry: float = 60
    timeout: float = 1
    batch: int = 100
    limit: float = 1800
    relays: int = 2
    plant: str = ""


@dataclass
class Outcome:
    """What came of a storm."""

    storm: Storm
    taken: int = 0
    distinct: int = 0
    lost: int = 0
    unknown: int = 0
    wrong: int = 0
    undone: int = 0
    kills: int = 0
    seconds: float = 0
    weather: Counter = field(default_factory=Counter)

    @property
    def breaches(self) -> list[str]:
        """What does not hold, in words."""
        copies = self.taken - self.distinct
        found = {
            f"{self.lost} mails lost": self.lost,
            f"{self.distinct} Message-IDs for {self.storm.mails} mails": self.distinct != self.storm.mails,
            f"{self.unknown} mails with an unknown Message-ID": self.unknown,
            f"{self.wrong} mails with a wrong recipient": self.wrong,
            f"{copies} extra copies for {self.kills} kills": copies > self.kills,
            f"{self.undone} rows not noted as sent with the server's answer": self.undone,
            f"only {self.kills} of {self.storm.kills} kills": self.kills < self.storm.kills,
        }
        return [words for words, breach in found.items() if breach]


def owe(count: int) -> None:
    """So many mails to fifty people, several about each line."""
    people = Person.objects.bulk_create(
        Person(email=f"nguoi{i}@mau.example", full_name=f"Người Mẫu {i}", password="!") for i in range(PEOPLE)
    )
    at = timezone.now()
    Notification.objects.bulk_create(
        [
            Notification(entry_id=1 + i // PEOPLE, recipient=people[i % PEOPLE], channel="EMAIL", template="new_task",
                         context={"code": f"HS-{i // PEOPLE}", "step": "Ký nộp hồ sơ", "due": ""}, url="/",
                         created_at=at)
            for i in range(count)
        ],
        batch_size=1000,
    )  # fmt: skip


class Run:
    """One storm over what is owed in the database."""

    def __init__(self, storm: Storm, sink: Sink) -> None:
        self.storm, self.sink, self.chance = storm, sink, random.Random(storm.seed)
        self.outcome = Outcome(storm)
        self.alive: list[int] = []
        self.next_look = 0.0

    def ride(self) -> Outcome:
        """Let it blow until all is sent or time is up, and look at what came of it."""
        began = time.monotonic()
        with relays(self.alive, self.sink.port, **self._crew()):
            kills = list(range(1, self.storm.kills + 1))
            turn = began
            while time.monotonic() - began < self.storm.limit and not self._all_noted():
                if kills and len(self.sink.taken) >= self._due(kills[0]):
                    self._kill()
                    kills.pop(0)
                if kills and time.monotonic() > turn:
                    turn = time.monotonic() + self._turn()
                elif not kills:
                    self._fair()
                time.sleep(0.002)
        self.outcome.seconds = time.monotonic() - began
        return self._judge()

    def _crew(self) -> dict[str, Any]:
        asked = self.storm
        return {"relays": asked.relays, "hurry": asked.hurry, "batch": asked.batch, "plant": asked.plant,
                "timeout": asked.timeout}  # fmt: skip

    def _due(self, kill: int) -> int:
        """After how many mails taken; the last one long before the end, so that there is something left to lose."""
        return kill * self.storm.mails * 4 // (self.storm.kills * 5)

    def _turn(self) -> float:
        """The weather changes.  Returns for how many seconds; in bad weather a relay may be killed, too."""
        bad = self.sink.ill_will == FAIR
        if not bad:
            self._fair()
            return self.chance.uniform(0.3, 0.9)
        now = self.chance.choice(WEATHER)
        self.outcome.weather[now] += 1
        if now == "away":
            self.sink.stop()
        self.sink.ill_will = now
        return self.chance.uniform(0.2, 0.5) + (self.storm.timeout if "hang" in now else 0)

    def _fair(self) -> None:
        if self.sink.ill_will == "away":
            self.sink.start()
        self.sink.ill_will = FAIR

    def _kill(self) -> None:
        """The end of one relay, in the middle of whatever it does."""
        while not self.alive:
            time.sleep(0.002)
        victim = self.chance.choice(self.alive)
        self.alive.remove(victim)
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            self.outcome.kills += 1

    def _all_noted(self) -> bool:
        if time.monotonic() < self.next_look:
            return False
        self.next_look = time.monotonic() + 0.2
        return not Notification.objects.filter(channel="EMAIL", sent_at=None, given_up_at=None).exists()

    def _judge(self) -> Outcome:
        """What the server took against what was owed."""
        found = self.outcome
        owed = {message_id(n): (n.recipient.email,) for n in Notification.objects.select_related("recipient")}
        ids = self.sink.ids
        found.taken, found.distinct = len(self.sink.taken), len(ids)
        found.lost, found.unknown = len(owed.keys() - ids.keys()), len(ids.keys() - owed.keys())
        found.wrong = sum(one.recipients != owed.get(one.message_id, one.recipients) for one in self.sink.taken)
        done = Notification.objects.filter(sent_at__isnull=False, given_up_at=None, answer__startswith="250 2.0.0 ")
        found.undone = self.storm.mails - done.count()
        return found


def storm(asked: Storm) -> Outcome:
    """Owe the mails, let the storm blow, say what came of it."""
    owe(asked.mails)
    sink = Sink()
    sink.start()
    sink.ill_will = FAIR
    try:
        return Run(asked, sink).ride()
    finally:
        sink.stop()


def table(found: Outcome) -> Iterator[str]:
    """The outcome as text."""
    asked = found.storm
    yield f"Mails in bad weather: {asked.mails} mails, {asked.relays} relays, seed {asked.seed}" + (
        f", planted: {asked.plant}" if asked.plant else ""
    )
    yield f"EMAIL_TIMEOUT {asked.timeout:g} s, waits 1:{asked.hurry:g}; {found.seconds:.0f} s"
    for words, value in (
        ("taken by the server", found.taken), ("distinct Message-IDs", found.distinct), ("lost", found.lost),
        ("extra copies", found.taken - found.distinct), ("relays killed (SIGKILL)", found.kills),
        ("wrong recipients", found.wrong), ("rows not noted as sent", found.undone),
    ):  # fmt: skip
        yield f"  {words:26}{value:>7}"
    yield "Weather: " + ", ".join(f"{count} × {what}" for what, count in sorted(found.weather.items()))
    yield from (f"BREACH: {breach}" for breach in found.breaches)


def measure(asked: Namespace) -> int:
    """The long form.  Returns 1 when something that must hold does not, or the database is not PostgreSQL."""
    if connection.vendor != "postgresql":
        print("faults mail needs PostgreSQL: set DATABASE_URL")
        return 1
    floor.prepare()
    now = floor.measure()
    found = storm(Storm(asked.mails or 3000, asked.kills, asked.seed, plant=asked.plant))
    print("\n".join(table(found)))
    print(f"The machine's floor: SELECT 1 there and back {now.question:.0f} µs, one row committed {now.commit:.0f} µs")
    return 1 if found.breaches else 0
