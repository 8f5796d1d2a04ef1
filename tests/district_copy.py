"""The made-up district, built once in a run and laid down as the same rows for every further test.

`build()` does it through the product's own doors in some six hundred statements; the rows are the same every time, so
the tests after the first insert them as they stand.  A test that already has rows of its own in those tables gets the
real thing.
"""

from datetime import datetime, timedelta

import time_machine
from django.db import connection, transaction

from workflow_project.district import build

EARLIER = timedelta(minutes=1)  # the district is there before the test's own clock starts
ROWS_AT_ONCE = 100

_kept: dict[str, tuple[list[str], list[tuple]]] = {}  # {table: (columns, rows)} that building adds to a new house


def lay_down(start: datetime) -> None:
    """The district as `build()` makes it shortly before `start`."""
    with transaction.atomic(), connection.cursor() as cursor:
        if _kept and _all_empty(cursor, _kept):
            for table, (columns, rows) in _kept.items():
                _insert(cursor, table, columns, rows)
            return
        before = _contents(cursor)
        with time_machine.travel(start - EARLIER, tick=True):
            build()
        if not _kept:
            _keep(before, _contents(cursor))


def _keep(before: dict, after: dict) -> None:
    """Remember what was added, if building changed nothing that was there before and those tables were empty."""
    added = {table: content for table, content in after.items() if content != before[table]}
    if not any(before[table][1] for table in added):
        _kept.update(added)


def _contents(cursor) -> dict:
    return {table: _rows(cursor, table) for table in connection.introspection.table_names(cursor)}


def _rows(cursor, table) -> tuple[list[str], list[tuple]]:
    cursor.execute(f'SELECT * FROM "{table}"')
    return [column[0] for column in cursor.description], cursor.fetchall()


def _all_empty(cursor, tables) -> bool:
    cursor.execute("SELECT " + " OR ".join(f'EXISTS (SELECT 1 FROM "{table}")' for table in tables))
    return not cursor.fetchone()[0]


def _insert(cursor, table, columns, rows) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    line = f"({', '.join(['%s'] * len(columns))})"
    for first in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[first : first + ROWS_AT_ONCE]
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) VALUES {", ".join([line] * len(some))}',
            [value for row in some for value in row],
        )
