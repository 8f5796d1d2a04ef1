"""The papers of a dossier over HTTP: what comes in, what is refused in words, who may have it, what is written down."""

import hashlib

import pytest

from audit.ledger import Actor, faults
from audit.models import Entry
from campaigns.models import Component
from dossiers import papers
from dossiers.models import DocumentVersion
from files.models import Blob, Scan
from tests.dossier_pages import body_of, text_of, upload, url, witnessed
from tests.files_making import contents, docx, large_png, pdf, picture, zipped

HOSTILE = {
    "empty": b"",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "page": b"<!doctype html><html><script>alert(1)</script></html>",
    "program": b"MZ\x90\0" + b"\0" * 200,
    "archive": zipped({"a.txt": "x"}),
    "macro": docx(more={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    "old word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "script in pdf": pdf(catalog="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"),
    "broken pdf": b"%PDF-1.7\nhong",
    "bomb": docx(more={f"word/media/{n}.bmp": b"\0" * 30_000_000 for n in range(4)}),
    "huge picture": large_png(60_000, 60_000),
    "cut picture": picture()[:80],
    "unknown": bytes(range(256)) * 4,
    "other office": zipped({"[Content_Types].xml": contents("application/x-khac"), "a": "b"}),
}


@pytest.fixture
def second(world):
    """One more paper that the unit owes."""
    return Component.objects.create(
        campaign=world.campaign, code="MINH_CHUNG", name="Minh chứng", provider="UNIT", blocks="submit",
        clause="Kế hoạch, mục II.6", position=9,
    )  # fmt: skip


@pytest.fixture
def dossier(world):
    """A draft with two names and its report."""
    return world.opened()


@pytest.fixture
def author(world, client):
    """The unit's author, signed in."""
    client.force_login(world.author)
    return client


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_loses_nothing_else_of_the_form(world, author, dossier, second, kind):
    sent = {"letter_number": "12/TTr", "version": dossier.version, "file-MINH_CHUNG": upload(pdf(), "minh-chung.pdf"),
            "file-BAO_CAO": upload(HOSTILE[kind], "bao-cao.docx")}  # fmt: skip
    answer = author.post(url("draft", dossier), sent)
    assert answer.status_code == 200
    said = text_of(answer)
    assert "chưa được nhận" in said
    assert "Hãy" in said or "Hệ thống nhận tệp" in said
    after = world.fresh(dossier)
    assert after.letter == "12/TTr"
    assert [d.latest.name for d in after.papers] == ["bao-cao.png", "minh-chung.pdf"]
    assert f'name="version" value="{after.version}"' in said  # the page goes on from what was saved
    assert after.version == dossier.version + 2
    assert list(faults(after)) == []


def test_a_file_over_its_limit_is_refused_and_the_letter_saved(world, author, dossier):
    heavy = upload(b"%PDF-1.7\n" + b"0" * (25 * 1024 * 1024), "nang.pdf")
    answer = author.post(
        url("draft", dossier), {"letter_number": "12", "version": dossier.version, "file-BAO_CAO": heavy}
    )
    assert "nặng hơn mức cho phép" in text_of(answer)
    assert world.fresh(dossier).letter == "12"


def test_all_kept_versions_together_stay_within_the_limit_of_a_dossier(world, author, dossier):
    Blob.objects.update(size=papers.MOST_BYTES - 100)
    page = url("add_paper", dossier, component="BAO_CAO")
    answer = author.post(page, {"file": upload(pdf()), "version": dossier.version})
    assert "quá 200 MB" in text_of(answer)
    papers.remove_paper(dossier, dossier.papers[0].pk, by=Actor(world.author))
    answer = author.post(page, {"file": upload(pdf()), "version": dossier.version + 1})
    assert "quá 200 MB" in text_of(answer)  # what was taken off is kept, and counts
    assert world.fresh(dossier).version == dossier.version + 1


def test_a_paper_is_brought_replaced_and_taken_off_with_one_entry_each(world, author, dossier):
    old = dossier.papers[0]
    page = url("replace", dossier, document=old.pk)
    assert "Thay cho “bao-cao.png” (bản 1)" in text_of(author.get(page))
    author.post(page, {"file": upload(pdf()), "version": dossier.version})
    after = world.fresh(dossier)
    assert [(v.number, v.name) for v in after.papers[0].versions.all()] == [(2, "bao-cao.pdf"), (1, "bao-cao.png")]
    assert "khỏi hồ sơ?" in text_of(author.get(url("remove", dossier, document=old.pk)))
    author.post(url("remove", dossier, document=old.pk), {"version": after.version})
    assert world.fresh(dossier).papers == []
    assert DocumentVersion.objects.count() == 2
    edited = Entry.objects.filter(chain_type="dossiers.dossier", kind="EDIT").order_by("position")
    assert [entry.act for entry in edited][-2:] == ["replace_paper", "remove_paper"]
    assert list(faults(world.fresh(dossier))) == []


def test_papers_of_a_page_of_yesterday_are_a_conflict(world, author, dossier):
    paper = dossier.papers[0].pk
    for page in (url("add_paper", dossier, component="BAO_CAO"), url("replace", dossier, document=paper)):
        assert author.post(page, {"file": upload(pdf()), "version": dossier.version - 1}).status_code == 409
        assert author.post(page, {"file": upload(pdf())}).status_code == 409
    assert author.post(url("remove", dossier, document=paper), {}).status_code == 409
    assert world.fresh(dossier).version == dossier.version


def test_a_form_without_a_file_says_so(author, dossier):
    answer = author.post(url("add_paper", dossier, component="BAO_CAO"), {"version": dossier.version})
    assert "Chưa chọn tệp nào" in text_of(answer)


def test_a_component_there_is_not_is_not_found_and_another_offices_is_not_for_the_author(author, dossier):
    assert author.get(url("add_paper", dossier, component="KHAC")).status_code == 404
    assert author.get(url("add_paper", dossier, component="CONG_VAN")).status_code == 409
    assert author.get(url("replace", dossier, document=10**30)).status_code == 404


def test_finance_brings_its_own_paper_on_a_page_of_its_own(world, client):
    dossier = world.submitted()
    page = url("add_paper", dossier, component="CONG_VAN")
    client.force_login(world.finance)
    answer = client.post(page, {"file": upload(HOSTILE["svg"]), "version": dossier.version})
    assert "chưa được nhận" in text_of(answer)
    sent = {"file": upload(pdf(), "cong-van.pdf"), "version": dossier.version, "next": "/ban-viec/"}
    answer = client.post(page, sent)
    assert answer["Location"] == "/ban-viec/"
    assert world.fresh(dossier).papers[-1].latest.name == "cong-van.pdf"
    client.force_login(world.author)
    assert client.get(page).status_code == 403
    client.force_login(world.finance)
    assert client.get(url("add_paper", dossier, component="BAO_CAO")).status_code == 409


def test_the_original_leaves_as_an_attachment_and_who_took_it_is_written_down(world, author, dossier):
    version = dossier.papers[0].latest
    answer = author.get(url("download", dossier, version=version.pk))
    content = body_of(answer)
    assert hashlib.sha256(content).hexdigest() == version.blob.sha256
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    (seen,) = witnessed("download")
    assert (seen.actor, seen.subject_id, seen.subject_label) == (world.author, dossier.pk, dossier.code)
    assert version.blob.sha256 in seen.facts
    assert world.fresh(dossier).version == dossier.version
    assert list(faults(world.person("lap.anmau"))) == []


def test_the_preview_is_made_of_page_images_and_written_down_once(world, author, dossier):
    papers.remove_paper(dossier, dossier.papers[0].pk, by=Actor(world.author))
    author.post(
        url("add_paper", dossier, component="BAO_CAO"), {"file": upload(pdf(pages=3)), "version": dossier.version + 1}
    )
    version = world.fresh(dossier).papers[0].latest
    said = text_of(author.get(url("preview", dossier, version=version.pk)))
    images = [part.split('"')[0] for part in said.split('src="')[1:] if ".png" in part.split('"')[0]]
    assert len(images) == 3
    for image in images:
        answer = author.get(image)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert answer.content.startswith(b"\x89PNG")
    assert len(witnessed("preview")) == 1


def test_a_page_image_without_an_opened_preview_leads_to_the_preview(world, client, author, dossier):
    version = dossier.papers[0].latest.pk
    image = url("preview_image", dossier, version=version, page=1)
    preview = url("preview", dossier, version=version)
    assert author.get(image)["Location"] == preview
    look = author.get(preview).context["look"]
    assert author.get(f"{image}?xem={look}").status_code == 200
    assert author.get(url("preview_image", dossier, version=version, page=99) + f"?xem={look}").status_code == 404
    client.force_login(world.head)
    assert client.get(f"{image}?xem={look}")["Location"] == preview  # another's word opens nothing


def test_a_word_file_is_shown_or_said_to_be_fetched(world, author, dossier):
    author.post(
        url("add_paper", dossier, component="BAO_CAO"), {"file": upload(docx(), "a.docx"), "version": dossier.version}
    )
    version = world.fresh(dossier).papers[-1].latest
    assert author.get(url("preview", dossier, version=version.pk)).status_code == 200


def test_a_file_the_scanner_owes_an_answer_for_is_its_uploaders_alone(world, client, dossier):
    version = dossier.papers[0].latest
    pages = [url("download", dossier, version=version.pk), url("preview", dossier, version=version.pk)]
    Blob.objects.update(scan=Scan.WAITING)
    client.force_login(world.author)
    body_of(client.get(pages[0]))
    assert client.get(pages[1]).status_code == 200
    client.force_login(world.head)
    assert [client.get(page).status_code for page in pages] == [403, 403]
    Blob.objects.update(scan=Scan.INFECTED)
    client.force_login(world.author)
    assert [client.get(page).status_code for page in pages] == [403, 403]
    assert len(witnessed("download")) == 1


def test_the_silent_scanner_keeps_the_file_with_its_uploader_and_says_so(world, author, dossier, settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    author.post(
        url("add_paper", dossier, component="BAO_CAO"), {"file": upload(pdf(), "m.pdf"), "version": dossier.version}
    )
    assert world.fresh(dossier).papers[-1].latest.blob.scan == Scan.WAITING
    assert "Đang chờ quét" in text_of(author.get(url("draft", dossier)))


def test_a_version_of_another_dossier_or_of_a_paper_taken_off_is_not_found(world, author, dossier):
    other = world.opened()
    foreign = other.papers[0].latest.pk
    assert author.get(url("download", dossier, version=foreign)).status_code == 404
    assert author.get(url("preview", dossier, version=foreign)).status_code == 404
    assert author.get(url("replace", dossier, document=other.papers[0].pk)).status_code == 404
    own = dossier.papers[0]
    papers.remove_paper(dossier, own.pk, by=Actor(world.author))
    assert author.get(url("download", dossier, version=own.latest.pk)).status_code == 404


def test_a_lost_original_is_said_and_not_written_down_as_taken(author, dossier, tmp_path, settings):
    settings.VAR_DIR = tmp_path
    answer = author.get(url("download", dossier, version=dossier.papers[0].latest.pk))
    assert answer.status_code == 503
    assert "không còn nguyên vẹn" in text_of(answer)
    assert witnessed("download") == []


def test_the_receipt_tells_what_was_submitted_when_by_whom_and_until_when(world, author):
    dossier = world.submitted(names=3)
    said = text_of(author.get(url("receipt", dossier, number=1)))
    blob = dossier.papers[0].latest.blob
    for told in ("BIÊN NHẬN HỒ SƠ", dossier.code, "BN-2024-0001/1", "Uỷ ban nhân dân xã An Mẫu", "Hoàng Văn Mẫu Bách",
                 blob.sha256, "bao-cao.png", "hết ngày 25 tháng 11 năm 2024", dossier.campaign.name):  # fmt: skip
        assert told in said
    for number in (0, 2, 10**30):
        assert author.get(url("receipt", dossier, number=number)).status_code == 404
