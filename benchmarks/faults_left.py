"""The deadlines of `faults clock` and what is left of them: once each, and how late."""

import random
import time
from argparse import Namespace
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.utils import timezone

from audit.models import Entry
from flows.models import Firing, StepRow

from .ground import Ground
from .many_steps import at_desk, copied
from .report import table


@dataclass(frozen=True)
class Due:
    """When each deadline comes: {step: moment} of rungs, {dossier: moment} of ends."""

    rungs: dict[int, datetime]
    ends: dict[int, datetime]


def make(count: int, ending: int) -> tuple[list[int], list[int]]:
    """So many open steps without a moment yet: those that stand at a rung, and every `ending`-th that will end."""
    call_command("migrate", verbosity=0)
    ground = Ground()
    ends = copied(ground.opened(), count // ending, "HH", rung="NULL", scheduled="NULL")
    rungs = copied(at_desk(ground), count - count // ending, "HB", rung="5", scheduled="NULL")
    return rungs, ends


def schedule(steps: tuple[list[int], list[int]], begins: float, spread: float, seed: int) -> Due:
    """Give every step its moment, drawn from `seed` within the spread."""
    rungs, ends = steps
    first = datetime.fromtimestamp(begins, tz=timezone.get_default_timezone())
    chance = random.Random(seed)
    moments = {pk: first + timedelta(seconds=chance.uniform(0, spread)) for pk in (*ends, *rungs)}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE flows_steprow SET scheduled = m.at, due_at = m.at"
            " FROM unnest(%s::bigint[], %s::timestamptz[]) AS m (id, at) WHERE flows_steprow.id = m.id",
            [list(moments), list(moments.values())],
        )
    subjects = dict(StepRow.objects.filter(pk__in=ends).values_list("pk", "process__dossier_id"))
    return Due({pk: moments[pk] for pk in rungs}, {subjects[pk]: moments[pk] for pk in ends})


def wait(due: Due, until: float) -> float:
    """Wait until nothing is owed any more, or it is too late.  Returns how many seconds after the last deadline."""
    last = max([*due.rungs.values(), *due.ends.values()]).timestamp()
    while time.time() < until:
        time.sleep(1)
        if time.time() > last and not _owed():
            break
    return time.time() - last


def _owed() -> bool:
    try:
        return StepRow.objects.filter(scheduled__isnull=False, finished=None, stuck_at=None).exclude(
            process__dossier__code__startswith="HS-"
        ).exists()  # fmt: skip
    except OperationalError:  # it is being restarted
        connection.close()
        return True


def report(due: Due, weather: dict, kills: int, took: float, asked: Namespace, most_late: float) -> int:
    """Print what held; returns 1 when something did not."""
    connections.close_all()
    fired = Counter(Firing.objects.filter(step__in=due.rungs).values_list("step_id", flat=True))
    late = [(one.at - due.rungs[one.step_id]).total_seconds() for one in Firing.objects.filter(step__in=due.rungs)]
    lapsed: Any = Entry.objects.filter(act="lapse", subject_id__in=due.ends)
    ended = Counter(lapsed.values_list("subject_id", flat=True))
    late += [(one.at - due.ends[one.subject_id]).total_seconds() for one in lapsed]
    bad = {
        "rungs not fired": len(due.rungs) - len(fired), "rungs fired twice": sum(n > 1 for n in fired.values()),
        "steps not ended": len(due.ends) - len(ended), "steps ended twice": sum(n > 1 for n in ended.values()),
        "incidents": StepRow.objects.filter(stuck_at__isnull=False).count(),
        f"more than {most_late:.0f} s late": sum(one > most_late for one in late),
    }  # fmt: skip
    total = len(due.rungs) + len(due.ends)
    print(f"\n{total:,} deadlines, seed {asked.seed}; sweepers killed {kills} times; {weather}")
    late.sort()
    shown = f"{median(late):.1f} / {late[int(len(late) * 0.95)]:.1f} / {late[-1]:.1f}" if late else "–"
    print(f"lateness in seconds, median / p95 / most: {shown}; all done {took:.0f} s after the last deadline\n")
    print("\n".join(table(["what must not be", "found"], [[what, str(n)] for what, n in bad.items()])))
    wanted = {"Redis emptied": 5, "PostgreSQL crashed": 2, "Redis away 20 s": 1}
    tame = weather != wanted or kills < 20
    if tame:
        print("THE WEATHER WAS TOO TAME:", weather, kills)
    return 1 if any(bad.values()) or tame else 0
