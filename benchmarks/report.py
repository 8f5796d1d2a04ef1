"""The tables a run prints."""

from collections.abc import Iterable, Sequence
from statistics import median

from .acts import Race
from .ground import ACTS, NAMES
from .pages import FEW, TIMES, Seen

HEAD = """Acts: {acts}:
six acts at five desks, {names} nominations a dossier, both desks that judge say PASS of each.
Each engine in each repetition: {count} acts ({dossiers} cases), act after act by turns, in one process after a warm-up;
what lies between the acts (papers, the vote on paper, the decision) is done for all and not timed.
The machine is shared and noisy: rates are of this machine, today. Read the ratios, each taken within one repetition
(above 1 ours is the faster, or the cheaper); processor time is the steadier of the two."""

TOLD = """
ours             flows.desk.do; the person read anew for each act, every check made, the worker woken
stock viewflow   two requests a step by viewflow's own wrappers on its own tables; it does less: no law, offices,
                 ledger, notices, deadlines, verdicts
stock + effects  the same with one chained entry and as many notices as ours in each act, the worker woken; whom to
                 tell is given to it; still no law, offices, deadlines, verdicts, receipt
raw SQL          the rows ours leaves, compared row by row after each repetition; it checks and looks up nothing
"""


def acts(race: Race) -> Iterable[str]:
    """The race as text."""
    names = ", ".join(act.name for act in ACTS)
    yield HEAD.format(acts=names, names=NAMES, count=race.acts, dossiers=race.acts // len(ACTS))
    yield TOLD
    yield from table(
        ["", "acts/s", "ms/act", "CPU ms here", "in the server", "statements", "speed, ours / it", "CPU, its / ours"],
        [
            [name, spread(race.rates(name), 0), f"{median(race.milliseconds(name, 'wall')):.1f}",
             spread(race.milliseconds(name, "here"), 1), _there(race, name),
             statements(race, name), spread(race.ratios(name), 2), spread(race.cpu_ratios(name), 2)]
            for name in race.runs
        ],
    )  # fmt: skip
    yield "\nStatements of each act by Django's query capture, BEGIN and COMMIT among them / median CPU ms, both sides"
    yield from table(["", *(act.name for act in ACTS)], [[name, *_each(race, name)] for name in race.runs])
    asked, kept = [f.question for f in race.floors], [f.commit for f in race.floors]
    yield f"\nThe machine's floor: SELECT 1 there and back {spread(asked, 0)} µs, one row committed {spread(kept, 0)}"


def _there(race: Race, name: str) -> str:
    """A dash where the server's processor time cannot be read, or there is no server."""
    took = race.milliseconds(name, "there")
    return spread(took, 1) if any(took) else "–"


def pages(seen: Iterable[Seen | str], count: int) -> Iterable[str]:
    """The pages as text."""
    seen = list(seen)
    yield f"""Pages through the whole stack by Django's test client, in this process, {TIMES} times each, with {count}
dossiers in the house. Statements as Django's query capture counts them, session, person, BEGIN and COMMIT among them.
The machine is shared and noisy: statements and bytes are exact, milliseconds are of this machine, today.
"""
    yield from table(
        ["", "answer", f"statements of {FEW}", f"of {count}", "ms", "bytes", "gzip"],
        [[s.page, str(s.status), str(s.few), str(s.many), spread(s.milliseconds, 1), f"{s.raw:,}", f"{s.packed:,}"]
         for s in seen if isinstance(s, Seen)],
    )  # fmt: skip
    yield from (line for line in seen if isinstance(line, str))


def _each(race: Race, name: str) -> list[str]:
    return [
        f"{len(race.statements[name][act.name])} / {median(race.by_act[name][act.name]) * 1000:.1f}" for act in ACTS
    ]


def statements(race: Race, name: str) -> str:
    """The mean over the acts, and the least and most."""
    counts = [len(asked) for asked in race.statements[name].values()]
    return f"{sum(counts) / len(counts):.1f} ({min(counts)}..{max(counts)})"


def spread(values: Sequence[float], digits: int) -> str:
    """Median, least and most."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}..{max(values):.{digits}f})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Columns under each other, the first to the left."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        first, *others = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join([row[0].ljust(len(first)), *others]).rstrip()
