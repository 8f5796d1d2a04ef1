"""Rows by the million: streamed through COPY, with the tables' indexes taken down meanwhile."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone

CHUNK = 2000  # rows sent at once
NULL = r"\N"


@contextmanager
def bare(tables: Sequence[str]) -> Iterator[None]:
    """These tables without indexes that no constraint owns, and foreign keys and the state's constraint asleep.

    For a database that is thrown away: what is streamed is whole by construction, and `Rows.check` looks afterwards.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
            " WHERE i.indrelid = ANY(%s::regclass[])"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            [list(tables)],
        )
        indexes = cursor.fetchall()
        for name, _made in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        yield
        cursor.execute("RESET session_replication_role")
        for _name, made in indexes:
            cursor.execute(made)
        for table in tables:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM " + table + ") + 1)", [table]
            )


def stream(model: type[Model], names: str, rows: Iterable[tuple], **constant: Any) -> None:
    """Copy rows into a model's table.

    names     the columns that differ, in the order of each row; values are plain numbers, text, moments or None
    constant  columns that are the same in all rows; the model's own defaults fill the others
    """
    varying = names.split()
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rest = [name for name in fields if name not in varying and name != "id"]
    tail = "".join("\t" + _text(constant.get(name, _default(fields[name]))) for name in rest) + "\n"
    columns = ", ".join(f'"{fields[name].column}"' for name in [*varying, *rest])
    rows = iter(rows)
    with connection.cursor() as cursor:
        if cursor.connection is None:
            raise RuntimeError("no connection")
        with cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as copy:
            while chunk := list(islice(rows, CHUNK)):
                copy.write("".join("\t".join(map(_text, row)) + tail for row in chunk))


def _default(field: Any) -> Any:
    if field.name == "joined_at" or (field.has_default() and field.default is timezone.now):
        return timezone.now()
    value = field.get_default()
    return value() if isinstance(value, Callable) else field.get_prep_value(value)


def _text(value: Any) -> str:
    if value is None:
        return NULL
    if value is True or value is False:
        return "t" if value else "f"
    return value if isinstance(value, str) else str(value)
