"""Where the measurement happens: a database made for it and dropped afterwards, never one that holds anything."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

LOCAL = "postgres://{user}@127.0.0.1:5432/postgres"


@contextmanager
def throwaway(asked: str, keep: str = "") -> Iterator[tuple[str, str]]:
    """A new empty database on the server that is asked for, or on the one of this machine, or else in a file.

    asked     DATABASE_URL, may be empty; its own database is left alone, a new one is made beside it
    keep      the name of a database of ours that stays, and is used again when it is there
    Returns   its address ("" for the file) and a sentence that says where it is
    """
    server = asked if asked.startswith("postgres") else LOCAL.format(user=getpass.getuser())
    if asked and not asked.startswith("postgres"):
        server = ""
    found = server and _open(server, must=bool(asked))
    if not found:
        yield "", "SQLite, in a file made for this run"
        return
    name = f"vinhdanh_bench_{keep or os.getpid()}"
    with found as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not there:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        version = connection.info.parameter_status("server_version")
        try:
            parts = urlsplit(server)
            yield parts._replace(path=f"/{name}").geturl(), f"PostgreSQL {version}, database {name}"
        finally:
            if not keep:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _open(server: str, *, must: bool) -> psycopg.Connection | None:
    """A connection that may make databases, or None when nothing answers there and nobody asked for it."""
    try:
        return psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        if must:
            raise
        return None
