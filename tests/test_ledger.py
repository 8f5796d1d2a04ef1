"""The ledger cannot be changed, skipped or silently bent."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from audit import ledger
from audit.ledger import Actor, faults, record, witness
from audit.models import AppendOnly, Entry, House, Kind
from dossiers.models import Dossier
from organizations.models import Organization, Person
from tests.conftest import ledger_unguarded

CHANGES = [
    "UPDATE audit_entry SET reason = 'khác'",
    "DELETE FROM audit_entry",
    "INSERT INTO audit_entry SELECT * FROM audit_entry LIMIT 1",
]


def run(sql):
    """One raw statement in its own savepoint."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("sql", CHANGES)
def test_raw_sql_cannot_change_an_entry(world, sql):
    world.opened()
    with pytest.raises(DatabaseError):
        run(sql)


def test_neither_can_replace_or_truncate(world):
    world.opened()
    if connection.vendor == "sqlite":
        for pragma in ("ON", "OFF"):
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA recursive_triggers={pragma}")
            with pytest.raises(DatabaseError, match="append-only"):
                run("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry LIMIT 1")
    else:
        month = Entry.objects.latest("id").at
        run("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("audit_entry", "audit_entry_rest", f"audit_entry_{month:%Y_%m}"):
            with pytest.raises(DatabaseError, match="append-only"):
                run(f"TRUNCATE {table}")
        with pytest.raises(DatabaseError, match="append-only"):
            run(f"UPDATE audit_entry_{month:%Y_%m} SET reason = 'khác'")


@pytest.mark.postgres
def test_not_even_as_a_replica(world):
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    world.opened()
    run("SET LOCAL session_replication_role = 'replica'")
    with pytest.raises(DatabaseError, match="append-only"):
        run("DELETE FROM audit_entry")


def test_the_models_refuse_too(world):
    entry = Entry.objects.about(world.opened()).last()
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()
    for change in (lambda: Entry.objects.update(act="x"), lambda: Entry.objects.all().delete()):
        with pytest.raises(PermissionError):
            change()


def test_every_chain_of_a_walk_is_whole_and_a_changed_byte_is_found(world):
    dossier = world.admitted()
    chained = [dossier, world.campaign, *Organization.objects.all(), *Person.objects.all()]
    assert [fault for row in chained for fault in faults(type(row).objects.get(pk=row.pk))] == []
    position = Entry.objects.about(dossier).moving().last().position
    with connection.cursor() as cursor, ledger_unguarded(cursor):
        cursor.execute(
            "UPDATE audit_entry SET reason = 'khác' WHERE chain_type = 'dossiers.dossier' AND chain_id = %s"
            " AND position = %s", [dossier.pk, position],
        )  # fmt: skip
    assert len(list(faults(dossier))) == 1


def test_a_removed_last_line_is_found(world):
    dossier = world.opened()
    with connection.cursor() as cursor, ledger_unguarded(cursor):
        cursor.execute(
            "DELETE FROM audit_entry WHERE chain_type = 'dossiers.dossier' AND chain_id = %s AND position = %s",
            [dossier.pk, dossier.chain_position],
        )
    assert any("đầu chuỗi" in fault for fault in faults(dossier))


def test_the_canonical_form_does_not_depend_on_time_zone(world, settings):
    entry = Entry.objects.latest("id")
    before = ledger.digest_of(Entry.objects.get(pk=entry.pk))
    settings.TIME_ZONE = "America/New_York"
    assert ledger.digest_of(Entry.objects.get(pk=entry.pk)) == before == entry.digest


def test_names_survive_renaming(world):
    dossier = world.opened()
    Person.objects.filter(pk=world.author.pk).update(full_name="Tên Mới")
    assert Entry.objects.about(dossier).first().actor_name == "Lò Thị Mẫu An"


def test_a_witness_line_leaves_its_subject_alone(world):
    dossier = world.opened()
    by = Actor(world.stranger)
    witness("refused", by=by, subject=dossier)
    assert world.fresh(dossier).version == dossier.version
    assert Entry.objects.latest("id").chain_id == world.stranger.pk
    assert list(faults(world.stranger)) == []


def test_what_belongs_to_nobody_is_on_the_chain_of_the_house(world):
    entry = witness("sign_in_failed", by=None)
    assert (entry.chain_type, entry.actor.full_name) == ("audit.house", "Hệ thống")
    assert list(faults(House.objects.get())) == []


@pytest.mark.postgres
def test_the_state_of_a_dossier_is_what_its_last_act_says(live_world):
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    dossier = live_world.opened()
    with pytest.raises(DatabaseError, match="ledger says DRAFT"), connection.cursor() as cursor:
        cursor.execute("UPDATE dossiers_dossier SET state = 'DECIDED' WHERE id = %s", [dossier.pk])
    with pytest.raises(DatabaseError, match="ledger says"), connection.cursor() as cursor:
        cursor.execute("UPDATE dossiers_dossier SET moved_at = now() WHERE id = %s", [dossier.pk])
    assert Dossier.objects.get(pk=dossier.pk).state == "DRAFT"


def test_an_edit_is_not_an_act(world):
    dossier = world.opened()
    record(dossier, "save_letter", by=Actor(world.author), kind=Kind.EDIT, after={"letter": "1"})
    assert Entry.objects.about(dossier).acts().last().act == "open"


def test_the_whole_ledger_is_verified_by_a_command(world):
    world.recommended()
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert "nguyên vẹn" in out.getvalue()
    with connection.cursor() as cursor, ledger_unguarded(cursor):
        cursor.execute("UPDATE audit_entry SET actor_name = 'Người khác' WHERE act = 'submit'")
    with pytest.raises(CommandError, match="1 sai lệch"):
        call_command("verify_ledger", stdout=out)


@pytest.mark.postgres
def test_partitions_are_made_ahead_and_guarded(db):
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    out = StringIO()
    call_command("partitions", months=30, stdout=out)
    last = re.findall(r"audit_entry_\d{4}_\d\d", out.getvalue())[-1]
    with pytest.raises(DatabaseError, match="append-only"):
        run(f"TRUNCATE {last}")
    call_command("partitions", months=30, stdout=out)
    assert "không thiếu" in out.getvalue()
