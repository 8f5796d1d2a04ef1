"""One copy of the whole house: database, stored files, and a manifest by which both can be proved whole.

The database is read first, in one snapshot, the files after it.  The store only ever adds: a file is on disk before the
row that names it is committed, and is never rewritten or removed.  So every file that the snapshot names is there when
it is copied, however long that takes and whoever goes on working; files first would miss those that arrive in between.
"""

import hashlib
import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit.management.commands.verify_ledger import all_faults
from audit.models import Entry
from files import store
from files.models import Blob
from workflow_project import rows
from workflow_project.engines import PRIVATE, Unfit, engine_of

FORM = 1  # version of the layout below; a copy says under which it was made
MANIFEST, ROWS, FILES = "manifest.json", "rows", "files"
STEP = 1024 * 1024  # bytes copied at a time

Say = Callable[[str], Any]


def take(target: Path, say: Say) -> list[str]:
    """Make a copy at `target`, which must not exist; it appears there when it is whole and not before.

    Returns  what in the living house was found damaged: the copy is made all the same and says so
    Raises   Unfit with a sentence that says what to do; OSError when the disk is full or refuses
    """
    if target.exists():
        raise Unfit(f"{target} đã có: hãy chọn tên khác, bản sao lưu cũ không bị ghi đè.")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f"{target.name}.part-", dir=target.parent))  # for its owner alone
    try:
        manifest = _database(part, say)
        wanted = manifest.pop("wanted")
        manifest["files"], lost = _files(wanted, part / FILES, say)
        manifest["lost"] = lost
        _write(part / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        _settle(part)
        part.rename(target)
        _flush(target.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)  # gone already when all went well
    say(f"Xong: {target}; dấu của bản này (sha256 của {MANIFEST}): {store.digest(target / MANIFEST)}")
    return manifest["ledger"]["faults"] + [f"tệp {sha256}: kho không còn bản nguyên vẹn" for sha256 in lost]


def _database(part: Path, say: Say) -> dict[str, Any]:
    """Dump the database and describe it, both in one snapshot."""
    engine = engine_of(connection)
    dump = part / engine.dump_name
    with engine.snapshot() as view:
        say("1/4 Cơ sở dữ liệu")
        engine.dump(dump, view)
        say(f"2/4 Dấu của từng dòng ({dump.stat().st_size:,} byte đã chép)")
        described = _rows(part / ROWS)
        say(f"3/4 Nhật ký ({sum(table['rows'] for table in described.values()):,} dòng trong {len(described)} bảng)")
        return {
            "form": FORM,
            "product": version(),
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "engine": connection.vendor,
            "migrations": migrations(),
            "database": {"name": dump.name, "size": dump.stat().st_size, "sha256": store.digest(dump)},
            "tables": described,
            "guards": engine.guards(),
            "numbers_behind": engine.numbers_behind(),
            "ledger": _ledger(),
            "wanted": list(Blob.objects.order_by("pk").values_list("sha256", "size")),
        }


def _rows(folder: Path) -> dict[str, Any]:
    folder.mkdir(mode=0o700)
    return {name: rows.write(rows.rows_of(connection, name), folder / name) for name in rows.tables(connection)}


def _ledger() -> dict[str, Any]:
    """How many lines, the last one, and what is not as it was written."""
    last = Entry.objects.order_by("-id").values("id", "digest").first()
    return {"entries": Entry.objects.count(), "last": last, "faults": list(all_faults())}


def version() -> str:
    """The product's version, from its own description."""
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]


def migrations() -> list[str]:
    """What has been done to this database, as `app.name`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return sorted(f"{app}.{name}" for app, name in cursor.fetchall())


def _files(wanted: list[tuple[str, int]], folder: Path, say: Say) -> tuple[dict[str, int], list[str]]:
    """Copy every file the snapshot names.  Returns {sha256: bytes} of the whole ones, and the others."""
    say(f"4/4 Tệp: {len(wanted):,}")
    folder.mkdir(mode=0o700)
    whole: dict[str, int] = {}
    lost: list[str] = []
    for done, (sha256, size) in enumerate(wanted, 1):
        copy = place(folder, sha256)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if copied(store.path_of(sha256), copy) == (sha256, size):
            whole[sha256] = size
        else:
            copy.unlink(missing_ok=True)
            lost.append(sha256)
        if done % 1000 == 0:
            say(f"4/4 Tệp: {done:,}/{len(wanted):,}")
    return whole, lost


def place(folder: Path, sha256: str) -> Path:
    """Where a file lies inside a copy."""
    return folder / sha256[:2] / sha256


def copied(source: Path, target: Path) -> tuple[str, int] | None:
    """Copy a file for its owner alone, on disk before this returns: (sha256, bytes), None when it is not there."""
    try:
        reading = source.open("rb")
    except FileNotFoundError:
        return None
    digest, size = hashlib.sha256(), 0
    with reading, open(target, "xb", opener=_private) as writing:
        for piece in _pieces(reading):
            digest.update(piece)
            size += writing.write(piece)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest(), size


def _pieces(file: Any) -> Iterator[bytes]:
    while piece := file.read(STEP):
        yield piece


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE)


def _write(path: Path, content: bytes) -> None:
    with open(path, "xb", opener=_private) as file:
        file.write(content)


def _settle(part: Path) -> None:
    """Have everything on disk before the copy gets its name: files first, then the folders that name them."""
    for folder, _below, names in os.walk(part, topdown=False):
        for name in names:
            _flush(Path(folder) / name)
        _flush(Path(folder))


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
