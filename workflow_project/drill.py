"""The drill: copy the living house, bring the copy up in a throw-away place, compare, and clear it away."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from workflow_project import backup, restore
from workflow_project.engines import engine_of

Say = Callable[[str], Any]


def run(say: Say) -> list[str]:
    """Back up, restore, compare.  Returns what differs; the throw-away database and folder are gone either way.

    The restoring is a process of its own with another DATABASE_URL and VAR_DIR, exactly as on the day it is needed.
    """
    with tempfile.TemporaryDirectory(prefix="drill-", dir=settings.VAR_DIR) as kept:
        folder = Path(kept)
        started = time.monotonic()
        faults = backup.take(folder / "copy", say)
        copied = time.monotonic()
        with engine_of(connection).throwaway(folder) as address:
            answer = bring_up(folder / "copy", address, folder / "var")
        restored = time.monotonic()
        for line in _table(folder / "copy", copied - started, restored - copied):
            say(line)
    return faults + ([] if answer.returncode == 0 else (answer.stdout + answer.stderr).strip().splitlines())


def bring_up(copy: Path, address: str, var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`restore` of a copy into another database and folder, in a process of its own."""
    var.mkdir(mode=0o700, exist_ok=True)
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", str(copy), *arguments]
    elsewhere = os.environ | {"DATABASE_URL": address, "VAR_DIR": str(var)}
    return subprocess.run(  # noqa: S603  our own command
        command, env=elsewhere, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )


def _table(copy: Path, saving: float, restoring: float) -> list[str]:
    """What was moved and how long it took, a line each."""
    manifest = restore.read(copy)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    figures = [
        ("bảng", len(manifest["tables"])),
        ("dòng", rows),
        ("dòng nhật ký", manifest["ledger"]["entries"]),
        ("tệp", len(manifest["files"])),
        ("byte cơ sở dữ liệu", manifest["database"]["size"]),
        ("byte tệp", sum(manifest["files"].values())),
        ("giây sao lưu", round(saving, 1)),
        ("giây phục hồi và so", round(restoring, 1)),
    ]
    return [f"{name:<22}{value:>14,}" for name, value in figures]
