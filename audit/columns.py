"""Many rows in one statement, column by column: what a batch writes without a model object for each row."""

from datetime import date
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL

MOST = 20_000  # values of one statement on SQLite


def insert(model: type[models.Model], columns: dict[str, Any]) -> None:
    """Insert rows given as columns; no row object is made, no default or check of the model asked.

    columns   {attribute name: a list with a value for each row, or one plain value for all rows}; every list has the
              same length; every column without a default in the database must be named
    """
    lists = {name: values for name, values in columns.items() if isinstance(values, list)}
    count = len(next(iter(lists.values())))
    if not count:
        return
    if connection.vendor == "postgresql":
        _by_arrays(model, columns, lists)
    else:
        _by_rows(model, columns, lists, count)


def among(keys: list[int]) -> Any:
    """These keys for `pk__in=`: one value of the statement however many they are, where the database has arrays."""
    return RawSQL("SELECT unnest(%s::bigint[])", [_literal(keys)]) if connection.vendor == "postgresql" else keys


def _by_arrays(model: type[models.Model], columns: dict[str, Any], lists: dict[str, list]) -> None:
    """One INSERT ... SELECT from arrays, whose length does not change the statement."""
    fields = {name: _field(model, name) for name in columns}
    arrays = ", ".join(f"%s::{_base(field)}[]" for name, field in fields.items() if name in lists)
    names = [_quoted(field.column) for name, field in fields.items() if name in lists]
    plain = {name: field for name, field in fields.items() if name not in lists}
    into = [*names, *(_quoted(field.column) for field in plain.values())]
    values = [*names, *(f"%s::{_base(field)}" for field in plain.values())]
    statement = (
        f"INSERT INTO {_quoted(model._meta.db_table)} ({', '.join(into)}) "  # noqa: S608  names of the model's own columns
        f"SELECT {', '.join(values)} FROM unnest({arrays}) AS rows ({', '.join(names)})"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(columns[name] for name in plain), *map(_literal, lists.values())])


def _literal(values: list) -> str:
    """An array as PostgreSQL reads it: one text, because quoting value by value costs more than inserting them."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return str(value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _by_rows(model: type[models.Model], columns: dict[str, Any], lists: dict[str, list], count: int) -> None:
    """The same as row objects, for a database without arrays."""
    rows = [
        model(**{name: lists[name][i] if name in lists else columns[name] for name in columns}) for i in range(count)
    ]
    model._base_manager.bulk_create(rows, batch_size=max(1, MOST // len(columns)))


def _field(model: type[models.Model], name: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == name)


def _base(field: Any) -> str:
    """The type of a column, without its length: `varchar(300)` is too narrow a name for an array of it."""
    return (field.rel_db_type(connection) if field.is_relation else field.db_type(connection)).partition("(")[0]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
