"""What the machine and its database can do at all just now: an empty question, and a commit of one row."""

from dataclasses import dataclass
from statistics import median
from time import perf_counter

from django.db import connection, transaction

QUESTIONS, COMMITS = 200, 60


@dataclass(frozen=True)
class Floor:
    """Microseconds for a SELECT 1 there and back, and for a commit of one row; medians."""

    question: float
    commit: float


def prepare() -> None:
    """A table to commit to."""
    key = "bigserial PRIMARY KEY" if connection.vendor == "postgresql" else "integer PRIMARY KEY"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS benchmark_floor (id {key}, word text)")


def measure() -> Floor:
    """Ask and commit, some hundred times."""
    with connection.cursor() as cursor:
        asked = [_timed(lambda: cursor.execute("SELECT 1")) for _ in range(QUESTIONS)]
        kept = [_timed(lambda: _commit(cursor)) for _ in range(COMMITS)]
    return Floor(median(asked) * 1e6, median(kept) * 1e6)


def _commit(cursor) -> None:
    with transaction.atomic():
        cursor.execute("INSERT INTO benchmark_floor (word) VALUES (%s)", ["một"])


def _timed(work) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun
