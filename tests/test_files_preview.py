"""Page images: every kind becomes plain pixels, made in a closed room, kept for the next reader."""

import datetime
import io
import unicodedata
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFont

from files import cell, preview, store
from files.acts import take_in
from files.closed import papers
from files.models import Blob, Scan
from files.preview import NoSuchPage, PreviewFailed, page_count, page_png
from tests.files_making import SENTENCE, docx, large_png, pdf, picture, xlsx

FONTS = Path(__file__).resolve().parent.parent / "assets" / "fonts"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(settings, tmp_path):
    settings.VAR_DIR, settings.CLAMD_URL = tmp_path, ""
    return tmp_path


def taken(content: bytes) -> Blob:
    return take_in(SimpleUploadedFile("a", content))


def seen(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    assert image.format == "PNG"
    return image


def planted(content: bytes, kind: str) -> Blob:
    """A file that the guard would not let in, put past it."""
    return Blob.objects.create(sha256=store.keep(content), size=len(content), kind=kind, pages=1)


def photo() -> bytes:
    """A photo on its side, red on its left half, with the camera's notes."""
    notes = Image.Exif()
    notes[0x0112], notes[0x010F] = 6, "MAY ANH"
    return picture("JPEG", (1600, 800), exif=notes)


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (pdf(), (1000, 1415)),
        (docx(), (1000, 1414)),
        (xlsx(), (1000, 1414)),
        (picture("JPEG", (3000, 1500)), (1000, 500)),
        (picture("PNG", (3000, 1500)), (1000, 500)),
        (picture("PNG", (30, 15)), (30, 15)),
        (picture("PNG", (64, 48), "RGBA"), (64, 48)),
        (picture("PNG", (64, 48), "P"), (64, 48)),
        (picture("PNG", (64, 48), "I;16"), (64, 48)),
        (picture("JPEG", (64, 48), "CMYK"), (64, 48)),
    ],
)
def test_each_kind_has_a_page_image_at_most_a_thousand_pixels_wide(content, size):
    image = seen(page_png(taken(content), 1))
    assert (image.width, image.height) == pytest.approx(size, abs=1)


def test_a_photo_stands_upright_and_says_nothing_of_its_camera():
    png = page_png(taken(photo()), 1)
    image = seen(png)
    assert image.height > image.width
    assert image.info == {}
    assert b"MAY ANH" not in png
    top, bottom = image.convert("RGB").getpixel((10, 10)), image.convert("RGB").getpixel((10, image.height - 10))
    assert top[0] > 120 > bottom[0]


def test_a_narrower_image_is_made_in_one_of_three_widths():
    blob = taken(pdf())
    assert [seen(page_png(blob, 1, width)).width for width in (1, 240, 241, 800, 5_000)] == [240, 240, 600, 1000, 1000]


def test_a_page_image_is_made_once_and_kept(house):
    blob = taken(docx())
    first = page_png(blob, 1)
    kept = [path for path in (house / "preview").rglob("*") if path.is_file()]
    assert sorted(path.name for path in kept) == ["1000-1.png", "pages"]
    store.path_of(blob.sha256).unlink()
    assert page_png(blob, 1) == first


def test_a_cache_that_cannot_be_written_does_not_stop_the_reader(house):
    (house / "preview").write_text("here is no room for a folder")
    assert seen(page_png(taken(pdf()), 1))


@pytest.mark.parametrize("number", [0, -1, 3, 10**9])
def test_a_page_that_is_not_there_is_said_so(number):
    with pytest.raises(NoSuchPage, match="Tệp không có trang này"):
        page_png(taken(pdf(pages=2)), number)


def test_long_papers_have_several_pages_that_differ_and_a_last_one():
    words = taken(docx(f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>" * 90))
    rows = taken(xlsx([[number, SENTENCE, number * 1.5] for number in range(90)]))
    for blob in (words, rows):
        pages = page_count(blob)
        assert 2 < pages < 8
        assert page_png(blob, 1) != page_png(blob, pages)
        with pytest.raises(NoSuchPage):
            page_png(blob, pages + 1)


def test_a_book_of_thousands_of_rows_is_shown_in_part():
    blob = taken(xlsx([[number, SENTENCE] for number in range(5_000)]))
    assert 5 < page_count(blob) <= 60


def test_word_is_read_in_order_without_struck_out_words():
    body = (
        "<w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr><w:r><w:t>Ba\u0301o ca\u0301o</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>A</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
        "<w:p><w:del><w:r><w:delText>cũ</w:delText></w:r></w:del><w:ins><w:r><w:t>mới</w:t></w:r></w:ins></w:p>"
        "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>một</w:t><w:tab/><w:t>hai</w:t></w:r></w:p>"
    )
    assert papers.word_blocks(docx(body)) == [
        papers.Words("Báo cáo", heading=True),
        papers.Table([["A", ""]]),
        papers.Words("mới"),
        papers.Words("– một    hai"),
    ]


def test_excel_is_read_as_an_official_writes_numbers_and_days():
    day, hour = datetime.date(2024, 12, 5), datetime.datetime(2024, 12, 5, 7, 30)  # noqa: DTZ001  a cell has no zone
    blocks = papers.excel_blocks(xlsx([["Tên", day, hour, 1500000, 98.5, True, None, "=1+1"]], ("Biểu 1",)))
    assert blocks == [
        papers.Words("Biểu 1", heading=True),
        papers.Table([["Tên", "05/12/2024", "05/12/2024 07:30", "1500000", "98,5", "Đúng"]]),
    ]


def test_the_font_draws_every_vietnamese_letter():
    letters = {unicodedata.normalize("NFC", base + tone) for base in "aăâeêioôơuưy" for tone in TONES} | {"đ"}
    every = {letter for small in letters if not small.isascii() for letter in (small, small.upper())}
    assert len(every) == 134
    for name in ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"):
        font = ImageFont.truetype(str(FONTS / name), 40)
        empty = bytes(font.getmask("\U000f0000"))
        assert [letter for letter in sorted(every) if bytes(font.getmask(letter)) == empty] == []


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx", "jpg", "png"])
def test_a_file_that_cannot_be_drawn_is_answered_with_a_sentence(kind):
    with pytest.raises(PreviewFailed, match="Hãy tải tệp gốc về để xem"):
        page_png(planted(b"nothing that can be drawn", kind), 1)


def test_an_infected_file_is_never_drawn_even_when_its_image_is_kept():
    blob = taken(pdf())
    page_png(blob, 1)
    blob.scan = Scan.INFECTED
    with pytest.raises(PreviewFailed, match="có mã độc"):
        page_png(blob, 1)


def test_a_file_lost_from_the_store_is_said_so():
    blob = taken(pdf())
    store.path_of(blob.sha256).unlink()
    with pytest.raises(PreviewFailed, match="Không tìm thấy tệp"):
        page_png(blob, 1)


def test_a_room_with_no_place_left_answers_that_the_server_is_busy(monkeypatch):
    monkeypatch.setattr(preview, "SECONDS", 1)
    blob = taken(pdf())
    taken_places = [cell._places.acquire() for _ in range(cell.AT_ONCE)]
    try:
        with pytest.raises(PreviewFailed, match="đang bận"):
            page_png(blob, 1)
    finally:
        cell._places.release(len(taken_places))


def endless_page(levels: int) -> bytes:
    """A page that draws a form twice, which draws a form twice, and so on."""
    leaf = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A {0} 0 R >> >> /Length 12 >>"
    ink = "/A Do /A Do \nendstream"
    forms = [f"{leaf.format(number + 5)}\nstream\n{ink}" for number in range(levels)]
    start = "<< /Length 12 >>\nstream\n" + ink
    page = f"/Contents {levels + 4} 0 R /Resources << /XObject << /A 4 0 R >> >>"
    return pdf(*forms, start, page=page)


def test_a_page_that_is_never_finished_is_stopped_at_its_time(monkeypatch):
    monkeypatch.setattr(preview, "SECONDS", 1)  # before its drawing has filled the memory
    with pytest.raises(PreviewFailed, match="quá phức tạp"):
        page_png(planted(endless_page(26), "pdf"), 1)


def test_a_picture_that_would_fill_the_memory_is_not_drawn():
    with pytest.raises(PreviewFailed, match="Hãy tải tệp gốc về để xem"):
        page_png(planted(large_png(60_000, 60_000)[:400], "png"), 1)


def test_the_closed_room_has_a_bounded_memory(monkeypatch):
    blob = planted(large_png(8_000, 5_000), "png")
    assert seen(page_png(blob, 1))
    monkeypatch.setattr(cell, "MEMORY", 70)
    with pytest.raises(PreviewFailed):
        page_png(blob, 1, 240)


def test_the_closed_room_knows_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "bi-mat")
    assert "bi-mat" not in str(cell._environment())
