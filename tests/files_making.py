"""Files made for the tests of the store: honest ones of every kind, and the pieces of the hostile ones."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import openpyxl
from PIL import Image
from pypdf import PdfWriter

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SENTENCE = "Đề nghị tặng Giấy khen cho ông Nguyễn Văn Thưởng, Phòng Tài chính – Kế hoạch, vì đã hoàn thành xuất sắc."

Parts = Mapping[str, str | bytes]


def zipped(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these parts, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def contents(main_type: str = WORD, main: str = "/word/document.xml", more: str = "") -> str:
    """The package's own table of contents."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{main}" ContentType="{main_type}"/>{more}</Types>'
    )


def relations(*lines: tuple[str, str, bool]) -> str:
    """Relations as (kind, target, outside)."""
    inside = "".join(
        f'<Relationship Id="r{number}" Type="{RELATION}/{kind}" Target="{target}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if outside else ''}/>"
        for number, (kind, target, outside) in enumerate(lines)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'
    )


def document(body: str = "") -> str:
    """A Word body; without words of its own, one sentence."""
    body = body or f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>"
    return f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{body}</w:body></w:document>'


def word_parts(
    body: str = "", more: Parts | None = None, main_type: str = WORD, types: str = ""
) -> dict[str, str | bytes]:
    """The parts of a small Word document, with further ones."""
    return {
        "[Content_Types].xml": contents(main_type, more=types),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", False)),
        "word/document.xml": document(body),
        **(more or {}),
    }


def docx(body: str = "", more: Parts | None = None, main_type: str = WORD, types: str = "") -> bytes:
    """A Word document."""
    return zipped(word_parts(body, more, main_type, types))


def xlsx(rows: list[list[object]] | None = None, titles: tuple[str, ...] = ("Danh sách",)) -> bytes:
    """A workbook with the same rows on every sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title in titles:
        sheet = book.create_sheet(title)
        for row in rows or [["STT", "Họ và tên", "Thành tích"], [1, "Trần Thị Hạnh", SENTENCE]]:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_parts(package: bytes, more: Parts) -> bytes:
    """The package with parts replaced or added."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    return zipped(parts | dict(more))


def pdf(*objects: str, catalog: str = "", page: str = "", pages: int = 1, before: bytes = b"%PDF-1.7\n") -> bytes:
    """A PDF written by hand: catalog, pages and further objects, which count from 3 + pages."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    leaf = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {page} >>"
    root = f"<< /Type /Catalog /Pages 2 0 R {catalog} >>"
    every = [root, f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>", *[leaf] * pages, *objects]
    out, places = bytearray(before), []
    for number, text in enumerate(every, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = len(out)
    lines = "".join(f"{place:010d} 00000 n \n" for place in places)
    out += f"xref\n0 {len(every) + 1}\n0000000000 65535 f \n{lines}".encode()
    out += f"trailer\n<< /Size {len(every) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def packed_pdf(*objects: str, catalog: str = "") -> bytes:
    """A PDF of today's shape: its objects packed in an object stream, found by a cross-reference stream."""
    every = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *objects,
    ]
    starts, body = [], ""
    for text in every:
        starts.append(len(body))
        body += text + "\n"
    head = " ".join(f"{number} {start}" for number, start in enumerate(starts, 1)) + "\n"
    packed = zlib.compress((head + body).encode())
    holder, table = len(every) + 1, len(every) + 2
    out = bytearray(b"%PDF-1.7\n")
    holder_at = len(out)
    out += f"{holder} 0 obj\n<< /Type /ObjStm /N {len(every)} /First {len(head)}".encode()
    out += f" /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode() + packed + b"\nendstream\nendobj\n"
    table_at = len(out)
    rows = struct.pack(">BHB", 0, 0, 255)
    rows += b"".join(struct.pack(">BHB", 2, holder, index) for index in range(len(every)))
    rows += struct.pack(">BHB", 1, holder_at, 0) + struct.pack(">BHB", 1, table_at, 0)
    out += f"{table} 0 obj\n<< /Type /XRef /Size {table + 1} /W [1 2 1] /Root 1 0 R /Length {len(rows)} >>\n".encode()
    out += b"stream\n" + rows + f"\nendstream\nendobj\nstartxref\n{table_at}\n%%EOF\n".encode()
    return bytes(out)


def written_pdf(pages: int = 2) -> PdfWriter:
    """A PDF in the hands of a library, for the shapes that are too long to write by hand."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    return writer


def saved(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(layout: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **how: object) -> bytes:
    """A picture of one colour with a dark corner."""
    image = Image.new(mode, size)
    if mode == "RGB":
        image.paste((163, 31, 31), (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, format=layout, **how)
    return out.getvalue()


def eicar() -> bytes:
    """The words on which every virus scanner agrees; in two halves, so that this file is not taken for one."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def large_png(width: int, height: int) -> bytes:
    """A one-bit picture of this many points, small as a file."""
    rows = zlib.compress(b"\0" * ((width + 7) // 8 + 1) * height, 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
