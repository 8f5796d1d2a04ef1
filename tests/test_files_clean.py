"""Files as officials really bring them: every one of these must be taken in."""

import io
import zipfile

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from files.guard import inspect
from files.names import with_suffix
from tests.files_making import (
    SENTENCE,
    contents,
    docx,
    large_png,
    packed_pdf,
    pdf,
    picture,
    relations,
    saved,
    with_parts,
    word_parts,
    written_pdf,
    xlsx,
    zipped,
)


def scanned(pages: int) -> bytes:
    """Pictures of pages bound as a PDF, as a scanner does."""
    sheets = [Image.new("L", (827, 1169), 255 - number) for number in range(pages)]
    out = io.BytesIO()
    sheets[0].save(out, format="PDF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


def signed() -> bytes:
    """A PDF with a signature field, as the authorities' signing tools leave it."""
    writer = written_pdf(1)
    signature = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Sig"),
            NameObject("/Filter"): NameObject("/Adobe.PPKLite"),
            NameObject("/SubFilter"): NameObject("/adbe.pkcs7.detached"),
            NameObject("/ByteRange"): ArrayObject([NumberObject(n) for n in (0, 10, 20, 30)]),
            NameObject("/Contents"): ByteStringObject(b"\x30\x82" * 400),
            NameObject("/Name"): TextStringObject("Uỷ ban nhân dân"),
        }
    )
    field = {
        NameObject("/FT"): NameObject("/Sig"),
        NameObject("/Subtype"): NameObject("/Widget"),
        NameObject("/V"): writer._add_object(signature),
    }
    form = {NameObject("/Fields"): ArrayObject([writer._add_object(DictionaryObject(field))])}
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(form | {NameObject("/SigFlags"): NumberObject(3)})
    return saved(writer)


def linked() -> bytes:
    """A PDF with chapters, a link to a web page and a link to its own second page."""
    writer = written_pdf(3)
    writer.add_outline_item(title="Phần I", page_number=0)
    writer.add_annotation(
        page_number=0, annotation=Link(rect=(50, 50, 200, 80), url="https://thidua.example/html/javascript")
    )
    writer.add_annotation(page_number=0, annotation=Link(rect=(50, 90, 200, 120), target_page_index=1))
    writer.add_metadata({"/Title": "Ứng dụng HTML/JavaScript trong cải cách hành chính"})
    return saved(writer)


def revised() -> bytes:
    """A PDF with an honest later revision behind its first end."""
    writer = written_pdf(1)
    first = io.BytesIO(saved(writer))
    again = PdfWriter(first, incremental=True)
    again.add_metadata({"/Title": "Bản sửa"})
    return saved(again)


def streamed(parts: dict[str, str | bytes]) -> bytes:
    """An archive written to a pipe: sizes follow their entries."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.got = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece) -> int:
            self.got += piece
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return bytes(pipe.got)


def large_fields(parts: dict[str, str | bytes]) -> bytes:
    """An archive whose entries carry 64-bit sizes, as some reporting programs write."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(body.encode() if isinstance(body, str) else body)
    return out.getvalue()


def telephone_photo() -> bytes:
    """A photo that lies on its side, with the camera's notes and a second small picture behind it."""
    image = Image.new("RGB", (400, 300), (90, 120, 60))
    notes = Image.Exif()
    notes[0x0112], notes[0x010F] = 6, "Điện thoại"
    out = io.BytesIO()
    image.save(out, format="JPEG", exif=notes)
    return out.getvalue() + b"\0" * 64 + picture("JPEG") + b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40


def two_views() -> bytes:
    out = io.BytesIO()
    views = [Image.new("RGB", (80, 60), colour) for colour in ("red", "blue")]
    views[0].save(out, format="MPO", save_all=True, append_images=views[1:])
    return out.getvalue()


TABLE = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Họ và tên</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
TOC = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o "1-3" \\h</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>DDE nghĩa là gì</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:instrText>HYPERLINK "https://a.example/dde"</w:instrText></w:r></w:p>'
)
NUMBERS = [["Đơn vị", "Thu ngân sách", "Tỷ lệ"], *[[f"Xã {n}", n * 1_500_000, n / 100] for n in range(400)]]
STRICT = zipped(
    word_parts()
    | {
        "_rels/.rels": str(word_parts()["_rels/.rels"]).replace(
            "http://schemas.openxmlformats.org/officeDocument/2006", "http://purl.oclc.org/ooxml/officeDocument"
        )
    }
)


def beside(kind: str, target: str) -> bytes:
    return docx(more={"word/_rels/settings.xml.rels": relations((kind, target, True))})


CLEAN = {
    "Word": ("docx", docx()),
    "Word with a table": ("docx", docx(TABLE)),
    "Word with pictures": ("docx", docx(more={"word/media/a.png": picture(), "word/media/b.jpeg": picture("JPEG")})),
    "Word with an icon": ("docx", docx(more={"word/media/a.svg": "<svg/>", "word/media/a.png": picture()})),
    "Word with a link to a web page": ("docx", beside("hyperlink", "https://thidua.example/")),
    "Word made from a template on this disk": ("docx", beside("attachedTemplate", "file:///C:\\Mau\\To%20trinh.dotx")),
    "Word made from a template on a Mac": ("docx", beside("attachedTemplate", "file://localhost/Users/a/Mau.dotx")),
    "Word made from a template by path": ("docx", beside("attachedTemplate", "D:\\Mau\\To trinh.dotx")),
    "Word with a list on this disk": ("docx", beside("mailMergeSource", "file:///D:\\Danh sach.xlsx")),
    "Word with a chart": ("docx", docx(more={"word/embeddings/Microsoft_Excel_Sheet1.xlsx": xlsx()})),
    "Word with a table of contents": ("docx", docx(TOC)),
    "Word with an empty folder": ("docx", docx(more={"word/media/": b""})),
    "Word with a line break behind": ("docx", docx() + b"\r\n"),
    "Word not packed": ("docx", zipped(word_parts(), zipfile.ZIP_STORED)),
    "Word written to a pipe": ("docx", streamed(word_parts())),
    "Word with 64-bit sizes": ("docx", large_fields(word_parts())),
    "Word by the strict standard": ("docx", STRICT),
    "Word of 400 pages": ("docx", docx(f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>" * 12_000)),
    "Word with a blank bitmap": ("docx", docx(more={"word/media/a.bmp": b"\xff" * 3_000_000})),
    "Excel": ("xlsx", xlsx()),
    "Excel with numbers": ("xlsx", xlsx(NUMBERS)),
    "Excel with many sheets": ("xlsx", xlsx(titles=tuple(f"Cụm {n}" for n in range(30)))),
    "Excel with formulas": ("xlsx", xlsx([[1, 2, "=SUM(A1:B1)"], ["a | b", '=A1&"|"&B1', "c|'d'"]])),
    "Excel of 20000 rows": ("xlsx", xlsx([[n, f"Nguyễn Văn {n}", SENTENCE] for n in range(20_000)])),
    "Excel that reads another book on this disk": (
        "xlsx",
        with_parts(
            xlsx(),
            {"xl/externalLinks/_rels/externalLink1.xml.rels": relations(("externalLinkPath", "Nam%202023.xlsx", True))},
        ),
    ),
    "Excel with a printer's notes": (
        "xlsx",
        with_parts(xlsx(), {"xl/printerSettings/a1.bin": b"H\0P\0"}),
    ),
    "PDF": ("pdf", pdf()),
    "PDF of today's shape": ("pdf", packed_pdf()),
    "PDF of 300 pages": ("pdf", pdf(pages=300)),
    "PDF from a scanner": ("pdf", scanned(4)),
    "PDF with a signature": ("pdf", signed()),
    "PDF with links and chapters": ("pdf", linked()),
    "PDF with a later revision": ("pdf", revised()),
    "PDF with a blank line before": ("pdf", pdf(before=b"\r\n%PDF-1.4\n")),
    "PDF with blanks behind": ("pdf", pdf() + b"\r\n\0\0\0"),
    "PDF that opens at a page": ("pdf", pdf(catalog="/OpenAction [3 0 R /Fit] /PageMode /UseNone")),
    "PDF with a form": ("pdf", pdf(catalog="/AcroForm << /Fields [] /NeedAppearances true >>")),
    "PDF with one lost object": ("pdf", pdf(page="/Annots 99 0 R")),
    "JPG": ("jpg", picture("JPEG", (800, 600))),
    "JPG step by step": ("jpg", picture("JPEG", (800, 600), progressive=True)),
    "JPG grey": ("jpg", picture("JPEG", mode="L")),
    "JPG for print": ("jpg", picture("JPEG", mode="CMYK")),
    "JPG from a telephone": ("jpg", telephone_photo()),
    "JPG with two views": ("jpg", two_views()),
    "PNG": ("png", picture()),
    "PNG see-through": ("png", picture(mode="RGBA")),
    "PNG of few colours": ("png", picture(mode="P")),
    "PNG of 16 bits": ("png", picture(mode="I;16")),
    "PNG of 40 million points": ("png", large_png(8_000, 5_000)),
}


@pytest.mark.parametrize("what", CLEAN)
def test_an_honest_file_is_taken_whatever_it_is_called(what):
    kind, content = CLEAN[what]
    finding = inspect(io.BytesIO(content), "Hồ sơ.exe")
    assert (finding.kind, finding.size, finding.name) == (kind, len(content), "Hồ sơ.exe")


@pytest.mark.parametrize(
    ("content", "pages"), [(pdf(pages=7), 7), (picture(), 1), (packed_pdf(), 1), (docx(), None), (xlsx(), None)]
)
def test_the_pages_are_counted_where_the_file_has_pages(content, pages):
    assert inspect(io.BytesIO(content), "a").pages == pages


@pytest.mark.parametrize(
    ("name", "kind", "sent"),
    [
        ("Tờ trình.pdf", "pdf", "Tờ trình.pdf"),
        ("anh.JPEG", "jpg", "anh.JPEG"),
        ("anh.exe", "png", "anh.exe.png"),
        ("Danh sách", "xlsx", "Danh sách.xlsx"),
        ("mau.docm", "docx", "mau.docm.docx"),
    ],
)
def test_a_file_is_sent_with_the_ending_of_its_content(name, kind, sent):
    assert with_suffix(name, kind) == sent


def test_the_contents_table_may_name_its_main_part_by_ending():
    kinds = contents(main="/word/other.xml").replace('Override PartName="/word/other.xml"', 'Default Extension="main"')
    parts = word_parts() | {"[Content_Types].xml": kinds}
    parts["_rels/.rels"] = relations(("officeDocument", "/word/document.main", False))
    parts["word/document.main"] = parts.pop("word/document.xml")
    assert inspect(io.BytesIO(zipped(parts)), "a.docx").kind == "docx"
