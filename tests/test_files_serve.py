"""Answers that carry a file: saved and not shown, and nothing in them can act in our name."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from files import store
from files.acts import take_in
from files.preview import page_png
from files.serve import attachment_response, disposition, png_response
from tests.files_making import docx, pdf, picture, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(settings, tmp_path):
    settings.VAR_DIR, settings.CLAMD_URL = tmp_path, ""


def taken(content: bytes):
    return take_in(SimpleUploadedFile("a", content))


def body(response) -> bytes:
    whole = b"".join(response)
    response.close()
    return whole


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pdf(), "application/pdf"),
        (docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
    ],
)
def test_an_original_leaves_whole_as_an_attachment_in_a_sealed_answer(content, kind):
    response = attachment_response(taken(content), "Tờ trình")
    assert response.streaming
    assert response["Content-Type"] == kind
    assert response["Content-Length"] == str(len(content))
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "no-store"
    assert body(response) == content


@pytest.mark.parametrize(
    ("name", "plain", "true"),
    [
        ("Tờ trình 5.pdf", "To trinh 5.pdf", "T%E1%BB%9D%20tr%C3%ACnh%205.pdf"),
        ("Đề nghị.pdf", "De nghi.pdf", "%C4%90%E1%BB%81%20ngh%E1%BB%8B.pdf"),
        ('a"; x=\r\ny.pdf', "a xy.pdf", "a%22%3B%20x%3D%0D%0Ay.pdf"),
        ("表", "tep", "%E8%A1%A8"),
    ],
)
def test_the_name_is_sent_in_both_spellings_and_cannot_break_the_header(name, plain, true):
    assert disposition(name) == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{true}"


def test_the_ending_follows_the_content():
    response = attachment_response(taken(pdf()), "Báo cáo.html")
    assert response["Content-Disposition"].endswith("B%C3%A1o%20c%C3%A1o.html.pdf")
    response.close()


def test_a_page_image_is_shown_in_our_page_and_kept_by_nobody():
    response = png_response(page_png(taken(pdf()), 1))
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"] == "inline"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert response.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"x" * path.stat().st_size)]
)
def test_a_lost_or_changed_copy_is_not_sent_and_the_reader_is_told(harm):
    blob = taken(pdf())
    path = store.path_of(blob.sha256)
    path.chmod(0o640)
    harm(path)
    response = attachment_response(blob, "a.pdf")
    assert response.status_code == 503
    assert "không còn nguyên vẹn" in response.content.decode()
