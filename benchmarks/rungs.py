"""How fast due rungs are drained: two sweepers on one database, each rung exactly once."""

import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass

from django.db import connection

from flows.models import Firing, StepRow
from notifications.models import Notification

from . import floor, stock_timers
from .ground import Ground
from .many_steps import at_desk, copied
from .report import table

SWEEPERS = 2
DUE = {
    "due_at": "now() + interval '3 days'",
    "scheduled": "now() - interval '1 minute' * mod(g, 60)",
    "rung": "-3",
    "owner_id": "NULL",
    "assigned": "NULL",
}


@dataclass(frozen=True)
class Drained:
    """One run: how many rungs, in how many seconds, how many by each sweeper, and what did not fit."""

    rungs: int
    seconds: float
    shares: list[int]
    faults: list[str]

    @property
    def rate(self) -> float:
        """Rungs a second."""
        return self.rungs / self.seconds


def drain(count: int) -> Drained:
    """Make `count` due rungs, let two sweepers drain them, check that each fired once."""
    ground = Ground()
    people = ground.people["taichinh1"].pk
    steps = copied(at_desk(ground), count, **{**DUE, "owner_id": str(people)})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    crew = [_sweeper() for _ in range(SWEEPERS)]
    for one in crew:
        one.stdout.readline()
    began = time.perf_counter()
    for one in crew:
        one.stdin.write("go\n")
        one.stdin.flush()
    shares = [int(one.stdout.readline()) for one in crew]
    took = time.perf_counter() - began
    for one in crew:
        one.wait(30)
    return Drained(count, took, shares, list(_faults(steps)))


def _sweeper() -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sweeper"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _faults(steps: list[int]):
    """Every way in which the rows left are not one firing for each step."""
    fired = Counter(Firing.objects.values_list("step_id", flat=True))
    doubled, lost = sum(n > 1 for n in fired.values()), len(set(steps) - fired.keys())
    if doubled or lost:
        yield f"{doubled} fired twice, {lost} not at all"
    if StepRow.objects.filter(pk__in=steps[:1000], rung=-3).exists():
        yield "steps still stand at the rung that fired"
    told = Notification.objects.filter(template="reminder", channel="IN_APP").count()
    if told < len(steps):
        yield f"{len(steps)} people ought to be told, {told} were"


def rungs(asked) -> int:
    """Measure and print; returns 1 when a rung fired twice or not at all."""
    done = drain(asked.rungs)
    print(f"\n{done.rungs:,} due rungs, {SWEEPERS} sweepers; firings kept, listed in the ledger, holders told\n")
    stock, took = stock_timers.fire(asked.timers)
    slow = stock / took
    rows = [["ours", f"{done.rate:,.0f}", f"{done.seconds:.1f}", " + ".join(f"{n:,}" for n in done.shares), "1"],
            ["viewflow's timers", f"{slow:,.0f}", f"{done.rungs / slow:,.0f} (reckoned)", "one process",
             f"{done.rate / slow:,.0f}"]]  # fmt: skip
    print("\n".join(table(["", "rungs/s", f"seconds for {done.rungs:,}", "by each", "ours / it"], rows)))
    print(f"viewflow: fire_due_timers on {stock:,} boundary timers took {took:.1f} s; the rest is reckoned from that")
    floor.prepare()
    machine = floor.measure()
    print(f"\nThe machine's floor: SELECT 1 {machine.question:.0f} µs, one row committed {machine.commit:.0f} µs")
    for fault in done.faults:
        print("NOT ONCE EACH:", fault)
    return 1 if done.faults else 0
