"""Processor time, which a busy machine falsifies less than the clock on the wall: ours, and the database server's."""

from pathlib import Path
from time import process_time

from django.db import connection


def here() -> float:
    """Seconds this process has computed."""
    return process_time()


def there() -> float:
    """Seconds the PostgreSQL process of our connection has computed; 0 when it is not on this machine, or is SQLite."""
    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    process = Path("/proc") / str(connection.connection.info.backend_pid)
    try:
        if (process / "comm").read_text().strip() != "postgres":
            return 0.0
        return int((process / "schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0
