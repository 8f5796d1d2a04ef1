"""A copy of the house holds everything, is private, can be proved whole, and comes up again as the same house."""

import json
import os
import stat
import subprocess
import sys
import threading
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.models import Entry
from campaigns.models import Component
from files import store
from files.models import Blob
from organizations.models import Organization, Person
from tests.conftest import ledger_unguarded
from workflow_project import backup, drill, restore, rows
from workflow_project.engines import Unfit, engine_of


@pytest.fixture
def house(live_world, tmp_path, settings):
    """A house with a dossier at its head's desk, two papers, and a store of its own."""
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    live_world.dossier = live_world.opened()
    live_world.add_paper(live_world.dossier, "BAO_CAO", live_world.author, (7, 7, 7))
    live_world.do(live_world.dossier, "hand_over", live_world.author)
    return live_world


def silent(line):
    """What a command would print."""


def taken(tmp_path):
    """A copy, and where it lies."""
    assert backup.take(tmp_path / "copy", silent) == []
    return tmp_path / "copy"


def test_a_copy_is_whole_private_and_never_overwritten(house, tmp_path):
    out = StringIO()
    call_command("backup", str(tmp_path / "deep" / "copy"), stdout=out)
    copy = tmp_path / "deep" / "copy"
    manifest = json.loads((copy / "manifest.json").read_text())
    assert manifest["engine"] == connection.vendor
    assert manifest["tables"]["audit_entry"]["rows"] == Entry.objects.count() == manifest["ledger"]["entries"]
    assert manifest["ledger"]["faults"] == manifest["lost"] == []
    assert manifest["files"] == dict(Blob.objects.values_list("sha256", "size"))
    assert len(manifest["files"]) == 2
    assert store.digest(copy / "manifest.json") in out.getvalue()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [copy, *copy.rglob("*")]}
    assert modes == {0o700, 0o600}
    with pytest.raises(CommandError, match="đã có"):
        call_command("backup", str(copy), stdout=StringIO())
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]


def test_a_copy_that_could_not_be_finished_leaves_nothing(house, tmp_path, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "copied", full)
    with pytest.raises(CommandError, match="Chưa sao lưu được"):
        call_command("backup", str(tmp_path / "copies" / "copy"), stdout=StringIO())
    assert list((tmp_path / "copies").iterdir()) == []


def test_what_comes_while_the_copy_is_made_is_wholly_in_it_or_wholly_out(house, tmp_path):
    """A file arrives after the database was read and before the files are: its row must not be in without it."""

    def arrive(line):
        if line.startswith("3/4"):
            guest = threading.Thread(target=add)
            guest.start()
            guest.join()

    def add():
        try:
            house.blob((8, 8, 8))
        finally:
            connection.close()

    assert backup.take(tmp_path / "copy", arrive) == []
    assert Blob.objects.count() == 3
    manifest = restore.read(tmp_path / "copy")
    assert manifest["tables"]["files_blob"]["rows"] == len(manifest["files"]) == 2
    assert any(line.startswith("bảng files_blob: thừa dòng") for line in restore.compare(tmp_path / "copy", silent))


def test_damage_of_the_living_house_is_told_and_the_copy_is_made_all_the_same(house, tmp_path):
    lost, changed = Blob.objects.values_list("sha256", flat=True)
    store.path_of(lost).unlink()
    flip(store.path_of(changed))
    err = StringIO()
    with pytest.raises(CommandError, match="2 chỗ hỏng"):
        call_command("backup", str(tmp_path / "copy"), stdout=StringIO(), stderr=err)
    assert lost in err.getvalue()
    assert changed in err.getvalue()
    assert set(restore.read(tmp_path / "copy")["lost"]) == {lost, changed}


def flip(path):
    """Change the last byte of a file."""
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def change_row(cursor):
    Organization.objects.filter(code="X-AM").update(name="UBND xã Khác")
    return f"bảng organizations_organization: khác dòng {Organization.objects.get(code='X-AM').pk}"


def delete_row(cursor):
    pk, table = Component.objects.latest("pk").pk, Component._meta.db_table
    cursor.execute(f"DELETE FROM {table} WHERE id = %s", [pk])
    return f"bảng {table}: thiếu dòng {pk}"


def add_row(cursor):
    person = Person.objects.create(email="khach@mauson.example", full_name="Khách Mẫu")
    return f"bảng organizations_person: thừa dòng {person.pk}"


def forge_ledger(cursor):
    last = Entry.objects.latest("id")
    with ledger_unguarded(cursor):
        cursor.execute("UPDATE audit_entry SET reason = 'khác' WHERE id = %s", [last.pk])
    return f"nhật ký: {last}: nội dung không còn như lúc ghi"


def drop_guard(cursor):
    where = " ON audit_entry" if connection.vendor == "postgresql" else ""
    name = "audit_entry_no_change" if connection.vendor == "postgresql" else "audit_entry_no_update"
    cursor.execute(f"DROP TRIGGER {name}{where}")
    return f"thiếu trong cơ sở dữ liệu: trigger {'audit_entry ' if where else ''}{name}"


@pytest.fixture
def lost_file():
    """Take one stored file away for a while."""
    moved = []

    def lose(cursor):
        path = store.path_of(Blob.objects.first().sha256)
        moved.append((path, path.read_bytes()))
        path.unlink()
        return f"tệp {path.name}: thiếu"

    yield lose
    assert moved


def byte_of_file(cursor):
    path = store.path_of(Blob.objects.last().sha256)
    flip(path)
    return f"tệp {path.name}: nội dung đã khác"


def test_every_planted_fault_is_named_and_nothing_else(house, tmp_path, lost_file):
    copy = taken(tmp_path)
    assert restore.compare(copy, silent) == []
    with transaction.atomic(), connection.cursor() as cursor:
        named = [plant(cursor) for plant in (forge_ledger, drop_guard, change_row, delete_row, add_row)]
        found = restore.compare(copy, silent)
        transaction.set_rollback(True)
    assert [name for name in named if not any(line.startswith(name) for line in found)] == []
    # beside them only what two of them bring: the forged line as a row, the guards of each partition
    assert all("audit_entry" in line for line in found if not line.startswith(tuple(named))), found
    named = [lost_file(None), byte_of_file(None)]
    out = StringIO()
    with pytest.raises(CommandError, match="Có 2 sai lệch"):  # the rows were taken back: only the files differ
        call_command("restore", str(copy), "--compare", stdout=out)
    assert all(name in out.getvalue() for name in named)


def test_a_copy_is_loaded_into_an_empty_place_only_and_only_if_its_database_is_whole(house, tmp_path, monkeypatch):
    copy = taken(tmp_path)
    with pytest.raises(CommandError, match="Cơ sở dữ liệu đích không trống"):
        call_command("restore", str(copy), stdout=StringIO())
    monkeypatch.setattr(type(engine_of(connection)), "is_empty", lambda self: True)
    with pytest.raises(CommandError, match="không trống: hãy đặt VAR_DIR"):
        call_command("restore", str(copy), stdout=StringIO())
    monkeypatch.setattr(restore, "_require_empty", lambda: None)
    flip(copy / restore.read(copy)["database"]["name"])
    with pytest.raises(Unfit, match="Chưa có gì được nạp"):
        restore.load(copy, silent)
    for name, value in (("engine", "oracle"), ("form", 99)):
        manifest = restore.read(copy)
        (copy / "manifest.json").write_text(json.dumps(manifest | {name: value}))
        with pytest.raises(Unfit):
            restore.read(copy)
        (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CommandError, match="không phải bản sao lưu"):
        call_command("restore", str(tmp_path), stdout=StringIO())


def test_a_missing_program_of_postgresql_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unfit, match="Không tìm thấy pg_dump: hãy cài"):
        engine_of(FakePostgresql()).dump(settings.VAR_DIR / "x", "view")


class FakePostgresql:
    """A connection that says it is PostgreSQL."""

    vendor = "postgresql"


ACT_AND_FORGE = """
import time_machine
from django.db import Error, connection, transaction
from tests.conftest import MONDAY
from tests.world import World
from audit.management.commands.verify_ledger import all_faults
from dossiers.models import Dossier
with time_machine.travel(MONDAY, tick=True):
    world = World()
    world.do(Dossier.objects.get(), "submit", world.head)
print(Dossier.objects.get().state, list(all_faults()))
try:
    with transaction.atomic():
        connection.cursor().execute("UPDATE audit_entry SET reason = 'khác'")
except Error as refused:
    print("guarded", refused)
"""


@pytest.mark.long
def test_the_drill_brings_the_house_up_beside_itself_as_one_that_works_and_clears_it_away(house, monkeypatch):
    """In the throw-away house the next act works and the ledger is guarded; nothing of it stays."""
    heard = []

    def bring_up_and_act(copy, address, var):
        answer = restored(copy, address, var)
        there = os.environ | {"DATABASE_URL": address, "VAR_DIR": str(var)}
        shell = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", ACT_AND_FORGE]
        heard.append(
            subprocess.run(shell, cwd=settings.BASE_DIR, env=there, capture_output=True, text=True, check=False)
        )
        return answer

    restored = drill.bring_up
    monkeypatch.setattr(drill, "bring_up", bring_up_and_act)
    out = StringIO()
    call_command("drill", stdout=out)
    assert "Diễn tập đạt" in out.getvalue()
    (said,) = heard
    assert said.stdout.startswith("PROPOSING []"), said
    assert "guarded" in said.stdout
    assert "append-only" in said.stdout
    assert [path.name for path in settings.VAR_DIR.iterdir() if path.name.startswith("drill")] == []
    assert left_over() == 0


def left_over():
    """Throw-away databases that were not dropped."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        name = connection.settings_dict["NAME"][:40]
        cursor.execute("SELECT count(*) FROM pg_database WHERE starts_with(datname, %s)", [f"{name}_drill_"])
        return cursor.fetchone()[0]


def test_a_damaged_file_of_a_copy_is_left_out_of_the_store(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    content = tmp_path / "content"
    content.write_bytes(b"abc")
    whole = store.digest(content)
    restore._bring(content, whole)
    assert store.path_of(whole).read_bytes() == b"abc"
    assert stat.S_IMODE(store.path_of(whole).stat().st_mode) == 0o440
    flip(content)
    for source, name in ((content, "0" * 64), (tmp_path / "gone", "1" * 64)):
        restore._bring(source, name)
        assert list(store.path_of(name).parent.iterdir()) == []


def test_rows_are_told_apart_by_key_however_they_lie():
    before = [([1], "a"), ([2], "b"), ([4], "d")]
    after = [([2], "x"), ([3], "c"), ([4], "d"), ([5], "e")]
    found = list(rows.differences(iter(before), iter(after)))
    assert found == [("thiếu", [1]), ("khác", [2]), ("thừa", [3]), ("thừa", [5])]
    many = rows.told("t", iter([("khác", [n]) for n in range(25)]))
    assert many[0] == "bảng t: khác dòng 0"
    assert many[-1] == "bảng t: và 5 dòng nữa"
    assert len(many) == 21
