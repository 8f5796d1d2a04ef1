"""The store, the register and the way in: one content, one place, one row, never rewritten."""

import hashlib
import os
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import IntegrityError, transaction

from files import store
from files.acts import receive, register, take_in
from files.guard import DOSSIER_LIMIT, FILE_LIMIT, Reason, Refused
from files.models import Blob, Scan
from tests.files_making import docx, pdf, picture


@pytest.fixture(autouse=True)
def house(settings, tmp_path):
    """An empty store and no scanner."""
    settings.VAR_DIR, settings.CLAMD_URL = tmp_path, ""
    return tmp_path


def brought(content: bytes, name: str = "Tờ trình.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def stored(folder) -> list:
    return sorted(path for path in (folder / "store").rglob("*") if path.is_file())


def test_the_limits_are_25_mb_a_file_and_200_mb_a_dossier():
    assert (FILE_LIMIT, DOSSIER_LIMIT) == (26_214_400, 209_715_200)


@pytest.mark.django_db
def test_a_file_lies_under_its_digest_and_can_only_be_read(house):
    content = pdf()
    blob = take_in(brought(content))
    digest = hashlib.sha256(content).hexdigest()
    place = house / "store" / digest[:2] / digest[2:4] / digest
    assert stored(house) == [place]
    assert place.stat().st_mode & 0o777 == 0o440
    assert (blob.sha256, blob.size, blob.kind, blob.pages, blob.scan) == (digest, len(content), "pdf", 1, "UNSCANNED")
    assert blob.get_scan_display() == "chưa quét"
    assert blob.open_to_others
    with store.open_blob(blob) as file:
        assert file.read() == content
    assert store.verify(blob)


@pytest.mark.django_db
def test_the_same_content_is_the_same_row_and_the_stored_copy_is_not_touched(house):
    content = docx()
    first = take_in(brought(content, "a.docx"))
    before = store.path_of(first.sha256).stat()
    second = take_in(brought(content, "Tên khác.docx"))
    after = store.path_of(first.sha256).stat()
    assert second == first
    assert Blob.objects.count() == 1
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(stored(house)) == 1


@pytest.mark.django_db
def test_a_file_that_comes_by_way_of_the_disk_is_taken_as_well():
    large = TemporaryUploadedFile("Ảnh.png", "image/png", 0, None)
    large.write(picture())
    large.size = len(picture())
    blob = take_in(large)
    large.close()
    assert blob.kind == "png"


@pytest.mark.django_db
def test_a_refused_file_leaves_nothing_behind(house):
    with pytest.raises(Refused):
        take_in(brought(b"<html>", "a.pdf"))
    assert not (house / "store").exists()
    assert not Blob.objects.exists()


@pytest.mark.django_db
def test_a_file_over_the_limit_of_the_moment_is_refused_before_it_is_read():
    file = brought(pdf())
    with pytest.raises(Refused, match="nặng hơn mức cho phép"):
        take_in(file, limit=100)
    assert file.file.tell() == 0


@pytest.mark.django_db
def test_a_file_cut_short_on_disk_is_missed_and_not_handed_out():
    blob = take_in(brought(pdf()))
    place = store.path_of(blob.sha256)
    place.chmod(0o640)
    os.truncate(place, 10)
    with pytest.raises(store.Missing):
        store.open_blob(blob)
    assert not store.verify(blob)


@pytest.mark.django_db
def test_a_damaged_copy_is_set_aside_and_the_good_one_takes_its_place(house):
    blob = take_in(brought(pdf()))
    place = store.path_of(blob.sha256)
    place.chmod(0o640)
    place.write_bytes(b"x" * blob.size)
    assert not store.verify(blob)
    assert take_in(brought(pdf())) == blob
    assert store.verify(blob)
    aside = [path for path in stored(house) if ".damaged-" in path.name]
    assert [path.read_bytes() for path in aside] == [b"x" * blob.size]


@pytest.mark.django_db
def test_a_lost_copy_is_missed():
    blob = take_in(brought(pdf()))
    store.path_of(blob.sha256).unlink()
    with pytest.raises(store.Missing):
        store.open_blob(blob)
    assert not store.verify(blob)


@pytest.mark.django_db
def test_a_disk_that_refuses_is_answered_with_a_sentence(house):
    (house / "store").write_text("here is no room for a folder")
    with pytest.raises(Refused) as refusal:
        take_in(brought(pdf()))
    assert refusal.value.reason is Reason.NOT_KEPT
    assert "máy chủ chưa lưu được tệp" in str(refusal.value)


@pytest.mark.django_db
def test_a_rolled_back_transaction_leaves_a_stored_file_that_harms_nobody(house):
    with transaction.atomic():
        take_in(brought(pdf()))
        transaction.set_rollback(True)
    assert not Blob.objects.exists()
    assert len(stored(house)) == 1
    assert take_in(brought(pdf())).size == len(pdf())


def test_looking_and_storing_need_no_database(house):
    finding, answer = receive(brought(pdf()))
    assert (finding.kind, answer) == ("pdf", Scan.UNSCANNED)
    assert len(stored(house)) == 1


@pytest.mark.django_db
def test_the_register_takes_a_stored_content_inside_a_transaction():
    received = receive(brought(pdf()))
    with transaction.atomic():
        assert register(*received).kind == "pdf"


def test_eight_at_once_keep_one_copy(house):
    content, faults = b"%PDF" * 300_000, []

    def keep():
        try:
            store.keep(content)
        except OSError as fault:
            faults.append(fault)

    people = [threading.Thread(target=keep) for _ in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert faults == []
    assert [store.digest(path) for path in stored(house)] == [hashlib.sha256(content).hexdigest()]


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"size": 0}, {"kind": "svg"}, {"scan": "FINE"}])
def test_the_register_refuses_a_row_that_cannot_be(wrong):
    row = {"sha256": "a" * 64, "size": 1, "kind": "pdf", "scan": "CLEAN"} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        Blob.objects.create(**row)


@pytest.mark.parametrize(
    ("answer", "open_to_others"),
    [(Scan.UNSCANNED, True), (Scan.CLEAN, True), (Scan.WAITING, False), (Scan.INFECTED, False)],
)
def test_a_file_is_closed_to_others_while_the_scanner_owes_an_answer(answer, open_to_others):
    assert Blob(scan=answer).open_to_others is open_to_others
