"""The ledger's guards in the database: append-only on both engines, monthly partitions on PostgreSQL.

Used by the first migration and by `./run manage partitions`; a table without these guards is no ledger.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

TABLE = "audit_entry"
FIRST_MONTH = date(2024, 1, 1)
MONTHS = 48

SQLITE = [
    f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, 'audit: append-only'); END",
    f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, 'audit: append-only'); END",
    # INSERT OR REPLACE deletes without the trigger above when recursive_triggers is off: refuse a known id instead
    f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE}"  # noqa: S608  a constant name
    f" WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)"
    " BEGIN SELECT RAISE(ABORT, 'audit: append-only'); END",
]

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'audit: append-only'; END $$
"""


def months(first: date, count: int) -> Iterator[tuple[date, date]]:
    """The first day of each month and of the one after it."""
    year, month = first.year, first.month
    for _ in range(count):
        start = date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        yield start, date(year, month, 1)


def guard_truncate(table: str) -> list[str]:
    """TRUNCATE asks the trigger of the very table it names, so each partition has its own."""
    return [
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
    ]


def partition(start: date, end: date) -> list[str]:
    """The statements that make one month's partition, guarded."""
    name = f"{TABLE}_{start:%Y_%m}"
    made = (
        f"CREATE TABLE {name} PARTITION OF {TABLE}"
        f" FOR VALUES FROM ('{start:%Y-%m-%d} 00:00:00+00') TO ('{end:%Y-%m-%d} 00:00:00+00')"
    )
    return [made, *guard_truncate(name), f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {TABLE}_no_change"]


def make_sqlite(editor: Any, model: Any) -> None:
    """The plain table and its triggers."""
    editor.create_model(model)
    for statement in SQLITE:
        editor.execute(statement, params=None)


def make_postgresql(editor: Any, model: Any) -> None:
    """The partitioned table, its sequence, indexes, partitions and triggers."""
    columns = [f"{editor.quote_name(f.column)} {_type(f, editor)}" for f in model._meta.local_concrete_fields]
    actor = model._meta.get_field("actor").remote_field.model._meta.db_table
    statements = [
        f"CREATE SEQUENCE {TABLE}_id_seq AS bigint",
        f"CREATE TABLE {TABLE} ({', '.join(columns)}, PRIMARY KEY (id, at),"
        f" FOREIGN KEY (actor_id) REFERENCES {actor} (id) DEFERRABLE INITIALLY DEFERRED) PARTITION BY RANGE (at)",
        f"ALTER SEQUENCE {TABLE}_id_seq OWNED BY {TABLE}.id",
        POSTGRESQL_FUNCTION,
        f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
        f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_no_change",
        *guard_truncate(TABLE),
        f"CREATE TABLE {TABLE}_rest PARTITION OF {TABLE} DEFAULT",
        *guard_truncate(f"{TABLE}_rest"),
        f"ALTER TABLE {TABLE}_rest ENABLE ALWAYS TRIGGER {TABLE}_no_change",
    ]
    for start, end in months(FIRST_MONTH, MONTHS):
        statements += partition(start, end)
    for statement in statements:
        editor.execute(statement, params=None)
    for index in model._meta.indexes:
        editor.add_index(model, index)


def _type(field: Any, editor: Any) -> str:
    kind = field.db_type(editor.connection)
    if field.primary_key:
        return f"bigint NOT NULL DEFAULT nextval('{TABLE}_id_seq')"
    return kind if field.null else f"{kind} NOT NULL"


def make(apps: Any, editor: Any) -> None:
    """Make the ledger's table with its guards; the migration's one step."""
    model = apps.get_model("audit", "Entry")
    {"sqlite": make_sqlite, "postgresql": make_postgresql}[editor.connection.vendor](editor, model)
