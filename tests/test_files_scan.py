"""The virus scanner's hook, tried with a small scanner that speaks clamd's protocol over a real socket."""

import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile

from files import scan as scanner
from files.acts import take_in
from files.checks import the_scanner_has_an_address
from files.guard import Reason, Refused
from files.models import Blob, Scan
from files.scan import address, pieces_of, rescan_waiting, scan
from files.store import path_of
from files.tasks import rescan
from tests.files_making import docx, eicar, pdf, picture, word_parts, zipped
from tests.files_scanner import Talk, TcpScanner, UnixScanner, started


@pytest.fixture(autouse=True)
def house(settings, tmp_path):
    settings.VAR_DIR, settings.CLAMD_URL = tmp_path, ""
    return tmp_path


@pytest.fixture
def clamd(settings):
    """A scanner in good health; `mood` makes it silent or gives its next answer."""
    server = started(TcpScanner(("127.0.0.1", 0), Talk))
    settings.CLAMD_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
    yield server
    server.stop.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(scanner, "ANSWER_SECONDS", 0.3)


def brought(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("Tờ trình.pdf", content)


def infected() -> bytes:
    """A Word document of honest shape with the scanners' test words in it, not packed."""
    return zipped({**word_parts(), "word/media/a.dat": eicar()}, method=0)


@pytest.mark.django_db
def test_without_a_scanner_a_file_passes_and_is_marked_unscanned():
    assert take_in(brought(pdf())).scan == Scan.UNSCANNED


@pytest.mark.django_db
def test_a_clean_file_is_marked_clean_and_the_scanner_saw_all_of_it(clamd):
    content = pdf(pages=3_000)
    assert take_in(brought(content)).scan == Scan.CLEAN
    assert clamd.heard == [content]
    assert len(content) > 200_000


@pytest.mark.django_db
def test_a_virus_is_refused_with_clear_words_and_never_reaches_the_store(clamd, house):
    with pytest.raises(Refused) as refusal:
        take_in(brought(infected()))
    assert refusal.value.reason is Reason.INFECTED
    assert "trình quét vi-rút phát hiện mã độc" in str(refusal.value)
    assert not (house / "store").exists()
    assert not Blob.objects.exists()


@pytest.mark.django_db
def test_a_silent_scanner_keeps_the_file_with_its_uploader(clamd, impatient):
    clamd.mood = "silent"
    start = time.monotonic()
    blob = take_in(brought(pdf()))
    assert blob.scan == Scan.WAITING
    assert not blob.open_to_others
    assert time.monotonic() - start < 25


@pytest.mark.django_db
def test_a_scanner_that_is_not_there_keeps_the_file_with_its_uploader(settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:9"
    assert take_in(brought(pdf())).scan == Scan.WAITING


def test_a_scanner_that_talks_for_ever_is_not_listened_to_for_ever(clamd, impatient):
    def dripping(talk, _content) -> bytes:
        while not talk.server.stop.wait(0.05):
            talk.request.sendall(b"x")
        return b""

    clamd.RequestHandlerClass = type("Dripping", (Talk,), {"answer": dripping})
    start = time.monotonic()
    assert scan([b"a"]) == Scan.WAITING
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "words",
    [
        "INSTREAM size limit exceeded. ERROR\0",
        "stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0",
        "UNKNOWN COMMAND\0",
        "stream: OK but not really\0",
        "stream: lstat() failed. ERROR\0",
        "\0",
    ],
)
def test_anything_but_a_clear_word_means_that_the_file_waits(clamd, words):
    clamd.mood = words
    assert scan([b"a"]) == Scan.WAITING


def test_a_scanner_behind_a_unix_socket_is_asked_in_the_same_way(settings, tmp_path):
    server = started(UnixScanner(str(tmp_path / "clamd"), Talk))
    try:
        for url in (f"unix://{tmp_path}/clamd", f"{tmp_path}/clamd"):
            settings.CLAMD_URL = url
            assert [scan([b"a"]), scan(pieces_of(eicar()))] == [Scan.CLEAN, Scan.INFECTED]
    finally:
        server.shutdown()
        server.server_close()
    assert scan([b"a"]) == Scan.WAITING


@pytest.mark.django_db
def test_what_waits_is_asked_about_again_and_a_second_round_changes_nothing(clamd, settings):
    url, settings.CLAMD_URL = settings.CLAMD_URL, "tcp://127.0.0.1:9"
    waiting = take_in(brought(pdf()))
    settings.CLAMD_URL = ""
    unscanned = take_in(brought(picture()))
    bad = take_in(brought(infected()))
    assert rescan_waiting() == []
    settings.CLAMD_URL = url
    assert {blob.pk for blob in rescan_waiting()} == {waiting.pk, unscanned.pk, bad.pk}
    assert dict(Blob.objects.values_list("pk", "scan")) == {
        waiting.pk: "CLEAN",
        unscanned.pk: "CLEAN",
        bad.pk: "INFECTED",
    }
    assert rescan_waiting() == []
    assert rescan() == 0


@pytest.mark.django_db
def test_a_content_found_infected_later_is_refused_when_it_comes_again(clamd, settings):
    url, settings.CLAMD_URL = settings.CLAMD_URL, ""
    take_in(brought(infected()))
    settings.CLAMD_URL = url
    assert rescan() == 1
    settings.CLAMD_URL = ""
    with pytest.raises(Refused, match="phát hiện mã độc"):
        take_in(brought(infected()))


@pytest.mark.django_db
def test_a_clean_answer_counts_for_a_waiting_file_and_is_not_lost_when_the_scanner_falls_silent(clamd, settings):
    url, away = settings.CLAMD_URL, "tcp://127.0.0.1:9"
    answers = []
    for settings.CLAMD_URL in (away, url, away):
        answers.append(take_in(brought(pdf())).scan)
    assert answers == [Scan.WAITING, Scan.CLEAN, Scan.CLEAN]


@pytest.mark.django_db
def test_one_batch_asks_about_no_more_than_it_was_told_and_stops_when_the_scanner_is_silent(clamd, impatient, settings):
    url, settings.CLAMD_URL = settings.CLAMD_URL, ""
    for pages in range(1, 5):
        take_in(brought(pdf(pages=pages)))
    settings.CLAMD_URL = url
    assert len(rescan_waiting(batch=3)) == 3
    clamd.mood = "silent"
    assert rescan_waiting() == []
    assert Blob.objects.filter(scan=Scan.UNSCANNED).count() == 1


@pytest.mark.django_db
def test_a_lost_file_does_not_stop_the_others_from_being_scanned(clamd, settings):
    url, settings.CLAMD_URL = settings.CLAMD_URL, ""
    lost, kept = take_in(brought(pdf())), take_in(brought(docx()))
    path_of(lost.sha256).unlink()
    settings.CLAMD_URL = url
    assert rescan_waiting() == [kept]


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("", None),
        ("tcp://quet:3311", ("quet", 3311)),
        ("tcp://quet", ("quet", 3310)),
        ("unix:///run/clamd", "/run/clamd"),
        ("/run/clamd", "/run/clamd"),
    ],
)
def test_the_address_is_read(settings, url, place):
    settings.CLAMD_URL = url
    assert address() == place
    assert the_scanner_has_an_address(None) == []


@pytest.mark.parametrize("url", ["http://quet", "quet:3310", "tcp://quet:cong", "tcp://", "unix://run/clamd"])
def test_an_address_that_cannot_be_read_stops_the_start(settings, url):
    settings.CLAMD_URL = url
    with pytest.raises(ImproperlyConfigured):
        address()
    assert [problem.id for problem in the_scanner_has_an_address(None)] == ["files.E001"]
