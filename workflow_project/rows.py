"""Every row of the database in one canonical form, so that two databases can be compared row by row."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from audit.ledger import canonical

CHUNK = 2000  # rows read at a time
TEXT = {25, 1042, 1043}  # PostgreSQL's numbers of text, char and varchar; SQLite gives none and goes by bytes

Row = tuple[Any, str]  # the key as a list of plain values, the digest of the whole row


def tables(connection: Any) -> list[str]:
    """Names of all tables, a partitioned one once."""
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def rows_of(connection: Any, table: str) -> Iterator[Row]:
    """Each row of a table in the order of its key."""
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        key = connection.introspection.get_primary_key_columns(cursor, table)  # in the order of its index
        cursor.execute(f"SELECT * FROM {quoted(table)} LIMIT 0")  # noqa: S608  a name from the catalogue
        types = {column[0]: column[1] for column in cursor.description}
    columns = sorted(types)
    key = key or columns
    # the order must not hang on the server's language: by bytes, as Python compares
    collate = {name: ' COLLATE "C"' for name, of in types.items() if of in TEXT}
    statement = (
        f"SELECT {', '.join(map(quoted, columns))} FROM {quoted(table)}"  # noqa: S608  names from the catalogue
        f" ORDER BY {', '.join(quoted(name) + collate.get(name, '') for name in key)}"
    )
    places = [columns.index(name) for name in key]
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while chunk := cursor.fetchmany(CHUNK):
            yield from (_row(values, places) for values in chunk)


def _row(values: Any, places: list[int]) -> Row:
    """Half a sha256 per row: 128 bits tell any two rows apart that nobody makes collide on purpose."""
    key = json.loads(canonical([values[place] for place in places]))
    return key, hashlib.sha256(canonical(list(values)).encode()).hexdigest()[:32]


def write(rows: Iterable[Row], target: Path) -> dict[str, Any]:
    """Keep the digests of a table's rows, one a line: {rows, sha256} of what was written."""
    whole, count = hashlib.sha256(), 0
    with target.open("w", encoding="utf-8") as file:
        target.chmod(0o600)
        for key, digest in rows:
            line = f"{json.dumps(key, ensure_ascii=False, separators=(',', ':'))}\t{digest}\n"
            file.write(line)
            whole.update(line.encode())
            count += 1
    return {"rows": count, "sha256": whole.hexdigest()}


def kept(source: Path) -> Iterator[Row]:
    """The rows as `write` kept them."""
    with source.open(encoding="utf-8") as file:
        for line in file:
            key, _, digest = line.rstrip("\n").rpartition("\t")
            yield json.loads(key), digest


def differences(before: Iterator[Row], after: Iterator[Row]) -> Iterator[tuple[str, Any]]:
    """What became of each row that is not as it was: ("thiếu" | "thừa" | "khác", its key); both sides by key."""
    old, new = next(before, None), next(after, None)
    while old or new:
        if new is None or (old and old[0] < new[0]):
            yield "thiếu", old[0]
            old = next(before, None)
        elif old is None or new[0] < old[0]:
            yield "thừa", new[0]
            new = next(after, None)
        else:
            if old[1] != new[1]:
                yield "khác", old[0]
            old, new = next(before, None), next(after, None)


def told(table: str, found: Iterator[tuple[str, Any]], most: int = 20) -> list[str]:
    """One sentence per row that differs, and how many more there are."""
    lines = [f"bảng {table}: {what} dòng {', '.join(map(str, key))}" for what, key in islice(found, most)]
    more = sum(1 for _ in found)
    return [*lines, f"bảng {table}: và {more} dòng nữa"] if more else lines
