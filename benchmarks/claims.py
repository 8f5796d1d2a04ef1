"""Two people of one office claim the same step at the same moment, again and again: one has it, the other is told.

    ./run bench faults claims [--pairs 1000] [--plant lock]
"""

import threading
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from flows.flows import CampaignAwardFlow
from flows.models import StepRow
from organizations.models import Person
from workflow_project.district import address

from .ground import Ground
from .many_steps import at_desk, copied
from .report import table

FAIR = (302, 409)


@dataclass
class Claims:
    """What came of the pairs: their answers, and the steps of which the rows tell something else."""

    pairs: int
    outcomes: Counter = field(default_factory=Counter)  # {(lower code, higher code): how often}
    doubled: int = 0  # claimed by both in the ledger
    astray: int = 0  # not owned by the one who was told so

    @property
    def breaches(self) -> list[str]:
        """Every way in which not each step had one winner; none is as it should be."""
        odd = {codes: n for codes, n in self.outcomes.items() if codes != FAIR}
        found = [f"{n} pairs were answered {codes}" for codes, n in odd.items()]
        found += [f"{self.doubled} steps were claimed by both"] * bool(self.doubled)
        found += [f"{self.astray} steps are not the winner's"] * bool(self.astray)
        return found


def race(steps: Sequence[StepRow], people: Sequence[Any]) -> Claims:
    """Let two people claim each of these steps, both posts leaving a barrier together."""
    gate, answers = threading.Barrier(len(people)), [[0] * len(steps) for _ in people]
    addresses = [reverse("flows:claim", args=[step.process_id, step.flow_task.name, step.pk]) for step in steps]

    def claim_all(client: Client, answered: list[int]) -> None:
        try:
            for i, address in enumerate(addresses):
                gate.wait(60)
                answered[i] = client.post(address).status_code
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=claim_all, args=pair) for pair in zip(map(_client, people), answers, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _told(steps, people, list(zip(*answers, strict=True)))


def _client(person: Any) -> Client:
    client = Client(raise_request_exception=False, headers={"host": "127.0.0.1"})
    client.force_login(person)
    return client


def _told(steps: Sequence[StepRow], people: Sequence[Any], answers: list[tuple]) -> Claims:
    """The answers against the rows and the ledger, the oracle of who claimed what."""
    owners = dict(StepRow.objects.filter(pk__in=[step.pk for step in steps]).values_list("pk", "owner_id"))
    dossiers = {step.pk: step.process.dossier_id for step in steps}
    lines = Entry.objects.filter(act="claim", subject_type="dossiers.dossier", subject_id__in=dossiers.values())
    claims = Counter(lines.values_list("subject_id", flat=True))
    found = Claims(len(steps))
    for step, codes in zip(steps, answers, strict=True):
        found.outcomes[tuple(sorted(codes))] += 1
        found.doubled += claims[dossiers[step.pk]] > 1
        winners = [person.pk for person, code in zip(people, codes, strict=True) if code == FAIR[0]]
        found.astray += owners[step.pk] not in winners
    return found


@contextmanager
def unlocked() -> Iterator[None]:
    """Planted: a passage that nobody locks."""

    @contextmanager
    def no_lock(flow_class: Any, passage: int) -> Iterator[None]:
        yield

    kept = CampaignAwardFlow.__dict__["lock_impl"]
    CampaignAwardFlow.lock_impl = staticmethod(no_lock)
    try:
        yield
    finally:
        CampaignAwardFlow.lock_impl = kept


def measure(asked: Namespace) -> int:
    """Make the steps, let them be claimed, print; returns 1 when not each had one winner."""
    if connection.vendor != "postgresql":
        print("Two people at once need PostgreSQL: set DATABASE_URL")
        return 1
    keys = copied(at_desk(Ground()), asked.pairs, "NH", owner_id="NULL", assigned="NULL", status="'NEW'")
    steps = list(StepRow.objects.filter(pk__in=keys).select_related("process"))
    people = [Person.objects.get(email=address(name)) for name in ("taichinh1", "taichinh2")]
    began = time.perf_counter()
    if asked.plant:
        with unlocked():
            found = race(steps, people)
    else:
        found = race(steps, people)
    print(f"\n{found.pairs:,} steps, each claimed by two people at once, in {time.perf_counter() - began:.0f} s\n")
    rows = [[" and ".join(map(str, codes)), str(n)] for codes, n in sorted(found.outcomes.items())]
    print("\n".join(table(["answers", "pairs"], rows)))
    for breach in found.breaches:
        print("NOT ONE WINNER EACH:", breach)
    return 1 if found.breaches else 0
