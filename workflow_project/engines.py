"""What differs between the two databases when the house is copied: the snapshot, the dump, the load, the guards."""

import os
import re
import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import transaction

PRIVATE = 0o600


class Unfit(Exception):
    """The copy cannot be made or loaded as asked; its words say what to do."""


def engine_of(connection: Any) -> "Sqlite | Postgresql":
    """The way of this connection's database."""
    return {"sqlite": Sqlite, "postgresql": Postgresql}[connection.vendor](connection)


class Sqlite:
    """One file, copied by SQLite's own backup, which reads what the connection's open transaction reads."""

    dump_name = "database.sqlite3"

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    @contextmanager
    def snapshot(self) -> Iterator[str]:
        """One unchanging view of the database; others go on writing (WAL)."""
        with self.connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            cursor.execute("SELECT count(*) FROM sqlite_master")  # the view begins with the first read
            try:
                yield ""
            finally:
                cursor.execute("ROLLBACK")

    def dump(self, target: Path, view: str) -> None:
        """Write the database as the snapshot sees it."""
        target.touch(mode=PRIVATE)
        with closing(sqlite3.connect(target)) as copy:
            self.connection.connection.backup(copy)

    def is_empty(self) -> bool:
        """Whether nothing has been made in it yet."""
        with self.connection.cursor() as cursor:
            return not self.connection.introspection.get_table_list(cursor)

    def load(self, dump: Path) -> None:
        """Put the copy where the database is expected, whole or not at all."""
        self.connection.close()
        home = Path(self.connection.settings_dict["NAME"])
        home.parent.mkdir(parents=True, exist_ok=True)
        arriving = home.with_name(f"{home.name}.arriving")
        arriving.touch(mode=PRIVATE)
        shutil.copyfile(dump, arriving)
        for rest in ("-wal", "-shm"):  # of the empty database that stood here
            home.with_name(home.name + rest).unlink(missing_ok=True)
        arriving.replace(home)

    def guards(self) -> list[str]:
        """Every table, index and trigger as it was declared."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master")
            return sorted(" ".join(row) for row in cursor.fetchall())

    def numbers_behind(self) -> list[str]:
        """SQLite takes the next number from the rows and sqlite_sequence, which came in the same file."""
        return []

    @contextmanager
    def throwaway(self, folder: Path) -> Iterator[str]:
        """The address of a database that goes with its folder."""
        yield f"sqlite:///{folder / 'drill.sqlite3'}"


class Postgresql:
    """pg_dump and pg_restore in custom format, both in the snapshot that this connection exports."""

    dump_name = "database.dump"

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    @contextmanager
    def snapshot(self) -> Iterator[str]:
        """One unchanging view of the database; yields the name under which pg_dump shares it."""
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor.fetchone()[0]

    def dump(self, target: Path, view: str) -> None:
        """Write the database as the snapshot sees it."""
        self._run("pg_dump", "--format=custom", f"--snapshot={view}", "--lock-wait-timeout=60s", f"--file={target}")

    def is_empty(self) -> bool:
        """Whether nothing has been made in it yet."""
        with self.connection.cursor() as cursor:
            return not self.connection.introspection.get_table_list(cursor)

    def load(self, dump: Path) -> None:
        """Load the copy in one transaction: whole or not at all.

        Triggers are made after the rows are in, so that append-only tables take them.
        """
        own = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        self._run("pg_restore", *own, str(dump))
        with self.connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def guards(self) -> list[str]:
        """Every trigger and whether it is on, constraint, index, partition and function."""
        with self.connection.cursor() as cursor:
            cursor.execute(GUARDS)
            return sorted(RESPELT.sub("", line) for (line,) in cursor.fetchall())

    def numbers_behind(self) -> list[str]:
        """Tables whose next number is already taken: the next act there would fail."""
        with self.connection.cursor() as cursor:
            cursor.execute(NUMBERED)
            numbered = cursor.fetchall()
            return [table for table, column, sequence in numbered if self._behind(cursor, table, column, sequence)]

    def _behind(self, cursor: Any, table: str, column: str, sequence: str) -> bool:
        cursor.execute(
            f"SELECT coalesce((SELECT max({column}) FROM {table}), 0)"  # noqa: S608  quoted by the catalogue
            f" > (SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {sequence})"
        )
        return bool(cursor.fetchone()[0])

    @contextmanager
    def throwaway(self, folder: Path) -> Iterator[str]:
        """The address of a new database beside this one, dropped in the end."""
        kept = self.connection.settings_dict
        name = f"{kept['NAME'][:40]}_drill_{uuid.uuid4().hex[:8]}"
        with self.connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            login = quote(kept["USER"], safe="") + (f":{quote(kept['PASSWORD'], safe='')}" if kept["PASSWORD"] else "")
            port = f":{kept['PORT']}" if kept["PORT"] else ""
            yield f"postgres://{login}@{kept['HOST']}{port}/{name}"
        finally:
            with self.connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's own programs; its files are for their owner alone."""
        if shutil.which(program) is None:
            raise Unfit(
                f"Không tìm thấy {program}: hãy cài gói postgresql-client cùng phiên bản với máy chủ PostgreSQL."
            )
        shown, secret = self.connection.client.settings_to_cmd_args_env(self.connection.settings_dict, [])
        where = [*shown[1:-1], f"--dbname={shown[-1]}"]  # user, host and port as psql takes them
        done = subprocess.run(  # noqa: S603  fixed programs
            [program, *where, *arguments],
            env=os.environ | (secret or {}), capture_output=True, text=True, check=False, umask=0o077,
        )  # fmt: skip
        if done.returncode:
            raise Unfit(f"{program} không làm được: {done.stderr.strip()[-1000:]}")


# PostgreSQL spells an expression with other casts and brackets once it was dumped and read again
RESPELT = re.compile(r"::(text|character varying)(\[\])?|[()]")

GUARDS = """
SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT tgisinternal
UNION ALL
SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || convalidated::text || ' '
    || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
UNION ALL
SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'partition ' || oid::regclass || ' ' || pg_get_expr(relpartbound, oid)
FROM pg_class WHERE relispartition AND relkind = 'r' AND relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'function ' || pg_get_functiondef(oid)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
"""

# a sequence and the column that owns it (serial) or is made from it (identity)
NUMBERED = """
SELECT d.refobjid::regclass::text, quote_ident(a.attname), d.objid::regclass::text
FROM pg_depend d
JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' AND s.relnamespace = 'public'::regnamespace
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
"""
