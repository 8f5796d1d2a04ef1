"""The tables of `./run bench scale`."""

from collections.abc import Iterable, Sequence
from statistics import median

from .report import spread, table
from .scale import Scale, Seen

MOST_MS, MOST_STATEMENTS, MOST_PAGE_MS, LEAST_RATIO = 3, 8, 30, 8


def tell(found: Scale) -> Iterable[str]:
    """All of it as text."""
    yield f"""The desk among {found.dossiers:,} dossiers, {found.open:,} of them open, and their steps; a reviewer of
the larger authority and a unit's author; each page asked by turns through the whole stack in this process.
Statements and bytes are exact; milliseconds are of this machine, today, and every statement's are read at the driver.
The least of each is what it costs when nobody else is at the processors.
"""
    yield from table(
        ["page", "statements", "ms least", "p50", "p95", "CPU ms here, least", "SQL ms, least", "bytes"],
        [[page.label, str(max(page.statements)), _ms(page.wall, 0), _ms(page.wall, 50), _ms(page.wall, 95),
          _ms(page.here, 0), _ms([sum(asked.values()) for asked in page.sql], 0), f"{page.size:,}"]
         for page in found.pages],
    )  # fmt: skip
    yield f"\nEach statement, least / p50 / p95 in ms (bound: p95 ≤ {MOST_MS})"
    kinds = list(dict.fromkeys(kind for page in found.pages for kind in page.kinds))
    yield from table(
        ["", *kinds], [[page.label, *(_both(page.of(kind)) for kind in kinds)] for page in found.pages]
    )
    yield "\nThe same steps in viewflow's own lists, by turns with ours; above 1 ours is the faster"
    yield from table(
        ["", "ms least, ours", "its", "its / ours", "CPU ms here least, ours", "its", "statements, its", "bytes, its"],
        [[name, _ms(ours.wall, 0), _ms(its.wall, 0), spread(ratios(ours, its), 1), _ms(ours.here, 0), _ms(its.here, 0),
          str(max(its.statements)), f"{its.size:,}"] for name, (ours, its) in found.stock.items()],
    )  # fmt: skip
    asked, kept = [f.question for f in found.floors], [f.commit for f in found.floors]
    yield f"\nThe machine's floor: SELECT 1 there and back {spread(asked, 0)} µs, one row committed {spread(kept, 0)}"


def ratios(ours: Seen, its: Seen) -> list[float]:
    """Turn by turn."""
    return [b / a for a, b in zip(ours.wall, its.wall, strict=True)]


def percentile(values: Sequence[float], part: int) -> float:
    """The value that so many of a hundred do not pass."""
    ordered = sorted(values)
    return median(ordered) if part == 50 else ordered[min(len(ordered) - 1, len(ordered) * part // 100)]


def _ms(seconds: Sequence[float], part: int) -> str:
    return f"{percentile(seconds, part) * 1000:.1f}"


def _both(seconds: Sequence[float]) -> str:
    return " / ".join(_ms(seconds, part) for part in (0, 50, 95)) if seconds else "–"
