"""Loading a copy of the house into an empty place, and proving that a house is what its copy says."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from audit.management.commands.verify_ledger import all_faults
from audit.models import Entry
from files import store
from workflow_project import backup, rows
from workflow_project.engines import Unfit, engine_of

Say = Callable[[str], Any]


def load(copy: Path, say: Say) -> list[str]:
    """Fill an empty database and an empty store from a copy, then compare.  Returns what differs, one sentence each.

    A damaged file of the store is left out and named, the rest is loaded; a damaged database is not loaded at all.
    Raises   Unfit when the copy or the place is not fit, before anything is written
    """
    manifest = read(copy)
    _require_empty()
    dump = copy / manifest["database"]["name"]
    say("1/3 Kiểm tra bản sao và nạp cơ sở dữ liệu")
    if not dump.is_file() or store.digest(dump) != manifest["database"]["sha256"]:
        raise Unfit(f"{dump} thiếu hoặc đã hỏng: hãy dùng bản sao lưu khác. Chưa có gì được nạp.")
    engine_of(connection).load(dump)
    say(f"2/3 Nạp tệp: {len(manifest['files']):,}")
    for sha256 in manifest["files"]:
        _bring(backup.place(copy / backup.FILES, sha256), sha256)
    return compare(copy, say)


def read(copy: Path) -> dict[str, Any]:
    """The manifest of a copy made by this version of the product for this kind of database.

    Raises   Unfit with a sentence that says what to do instead
    """
    try:
        manifest: dict[str, Any] = json.loads((copy / backup.MANIFEST).read_bytes())
    except (OSError, ValueError) as problem:
        raise Unfit(f"{copy} không phải bản sao lưu trọn vẹn: không đọc được {backup.MANIFEST}.") from problem
    if manifest["form"] != backup.FORM:
        raise Unfit(f"Bản sao lưu theo mẫu {manifest['form']}, bản cài này đọc mẫu {backup.FORM}.")
    if manifest["engine"] != connection.vendor:
        raise Unfit(f"Bản sao lưu của {manifest['engine']}; DATABASE_URL đang trỏ tới {connection.vendor}.")
    return manifest


def _require_empty() -> None:
    """Nothing is ever overwritten: an old house has to be moved away by hand first."""
    if not engine_of(connection).is_empty():
        raise Unfit("Cơ sở dữ liệu đích không trống: hãy đặt DATABASE_URL trỏ tới một cơ sở dữ liệu mới tạo.")
    folder = settings.VAR_DIR / "store"
    if folder.exists() and any(path.is_file() for path in folder.rglob("*")):
        raise Unfit(f"Kho tệp {folder} không trống: hãy đặt VAR_DIR trỏ tới thư mục mới.")


def _bring(source: Path, sha256: str) -> None:
    """Put one file into the store, read-only like the others, unless it is not what its name says."""
    target = store.path_of(sha256)
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    arriving = target.with_name(f"{sha256}.arriving")
    came = backup.copied(source, arriving)
    if came is not None and came[0] == sha256:
        arriving.chmod(0o440)
        arriving.rename(target)
    arriving.unlink(missing_ok=True)


def compare(copy: Path, say: Say) -> list[str]:
    """Everything in which this house differs from its copy: rows, guards, numbers, files, ledger."""
    manifest = read(copy)
    say(f"3/3 So từng dòng của {len(manifest['tables'])} bảng, {len(manifest['files']):,} tệp, nhật ký")
    return [*_parts(copy, manifest)]


def _parts(copy: Path, manifest: dict[str, Any]) -> Iterator[str]:
    engine = engine_of(connection)
    yield from _tables(copy, manifest)
    now, then = set(engine.guards()), set(manifest["guards"])
    yield from (f"thiếu trong cơ sở dữ liệu: {line[:200]}" for line in sorted(then - now))
    yield from (f"lạ trong cơ sở dữ liệu: {line[:200]}" for line in sorted(now - then))
    taken = set(engine.numbers_behind()) - set(manifest["numbers_behind"])  # a table of one fixed row counts nothing
    yield from (f"bảng {table}: số kế tiếp đã có dòng dùng" for table in sorted(taken))
    yield from _files(manifest)
    if sorted(manifest["migrations"]) != backup.migrations():
        yield "các bước nâng cấp cơ sở dữ liệu không như lúc sao lưu"
    else:
        yield from _ledger(manifest)


def _tables(copy: Path, manifest: dict[str, Any]) -> Iterator[str]:
    found = set(rows.tables(connection))
    yield from (f"bảng {name}: lạ" for name in sorted(found - manifest["tables"].keys()))
    for name, described in manifest["tables"].items():
        was = copy / backup.ROWS / name
        if name not in found:
            yield f"bảng {name}: thiếu cả bảng ({described['rows']} dòng)"
        elif not was.is_file() or store.digest(was) != described["sha256"]:
            yield f"bảng {name}: danh sách dòng trong bản sao lưu thiếu hoặc đã hỏng"
        else:
            yield from rows.told(name, rows.differences(rows.kept(was), rows.rows_of(connection, name)))


def _files(manifest: dict[str, Any]) -> Iterator[str]:
    """Each file of the store against its name; what was lost before the copy was made is named again."""
    for sha256, size in manifest["files"].items():
        path = store.path_of(sha256)
        if not path.is_file():
            yield f"tệp {sha256}: thiếu"
        elif path.stat().st_size != size or store.digest(path) != sha256:
            yield f"tệp {sha256}: nội dung đã khác"
    yield from (f"tệp {sha256}: đã hỏng từ trước khi sao lưu" for sha256 in manifest["lost"])


def _ledger(manifest: dict[str, Any]) -> Iterator[str]:
    last = Entry.objects.order_by("-id").values("id", "digest").first()
    if (Entry.objects.count(), last) != (manifest["ledger"]["entries"], manifest["ledger"]["last"]):
        yield "nhật ký: không dừng ở dòng cuối của bản sao lưu"
    yield from (f"nhật ký: {fault}" for fault in all_faults())


def place_of(name: str) -> Path:
    """The folder a person named, from where they stand."""
    return Path(os.path.abspath(name))
