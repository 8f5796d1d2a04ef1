"""PDF files, pictures, pages, programs and names that must stay outside, and the sentence each one gets."""

import io
import time
import zlib

import pytest
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NullObject,
    TextStringObject,
)

from files.guard import FILE_LIMIT, Reason, Refused, inspect
from files.names import clean_name
from tests.files_making import docx, eicar, large_png, packed_pdf, pdf, picture, png_chunk, saved, written_pdf

SCRIPT = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
ACTIVE, ATTACHED, BROKEN = Reason.PDF_ACTIVE, Reason.PDF_ATTACHMENT, Reason.PDF_BROKEN


def with_attachment() -> bytes:
    writer = written_pdf()
    writer.add_attachment("a.txt", b"x")
    return saved(writer)


def locked(user: str, owner: str) -> bytes:
    writer = written_pdf()
    writer.encrypt(user, owner, algorithm="RC4-128")
    return saved(writer)


def strongly_locked() -> bytes:
    """Locked with a cipher for which nothing is installed here."""
    shut = "/CF << /StdCF << /CFM /AESV3 /Length 32 >> >> /StmF /StdCF /StrF /StdCF"
    key = f"<< /Filter /Standard /V 5 /R 6 /Length 256 /P -4 {shut} /O <{'00' * 48}> /U <{'00' * 48}> >>"
    return pdf(key).replace(b"/Root 1 0 R >>", b"/Root 1 0 R /Encrypt 4 0 R /ID [<00> <00>] >>")


def later_script() -> bytes:
    """A script brought in by a later revision at the end of an honest file."""
    out = pdf()
    at = len(out)
    out += f"4 0 obj\n{SCRIPT}\nendobj\n".encode()
    out += b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>\nendobj\n"
    second = out.find(b"1 0 obj", at)
    table = len(out)
    out += f"xref\n1 1\n{second:010d} 00000 n \n4 1\n{at:010d} 00000 n \n".encode()
    start = pdf().rfind(b"xref\n0")
    return out + f"trailer\n<< /Size 5 /Root 1 0 R /Prev {start} >>\nstartxref\n{table}\n%%EOF\n".encode()


def hidden_in_a_stream() -> bytes:
    """A script in a stream that is packed twice over and that no reference leads to."""
    packed = zlib.compress(f"9 0 {SCRIPT}".encode())
    head = f"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {len(packed)} >>"
    return pdf(f"{head}\nstream\n{packed.decode('latin-1')}\nendstream")


def dynamic_form() -> bytes:
    writer = written_pdf()
    form = DictionaryObject({NameObject("/XFA"): ArrayObject([TextStringObject("a"), NullObject()])})
    writer.root_object[NameObject("/AcroForm")] = form
    return saved(writer)


def stream_bomb() -> bytes:
    """Object streams that unpack to hundreds of megabytes."""
    packed = zlib.compress(b" " * 60_000_000, 9).decode("latin-1")
    head = f"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {len(packed)} >>"
    return pdf(*[f"{head}\nstream\n{packed}\nendstream"] * 40, catalog="/OpenAction 40 0 R").replace(b"%%EOF", b"")


def endless_table() -> bytes:
    """A cross-reference table whose predecessor is itself, and no page."""
    out = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R /Kids [1 0 R] >>\nendobj\n"
    at = len(out)
    table = f"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<< /Size 2 /Root 1 0 R /Prev {at} >>\n"
    return out + table.encode() + f"startxref\n{at}\n%%EOF\n".encode()


def deep_arrays() -> bytes:
    return pdf("[" * 50_000 + "]" * 50_000, catalog="/Names 4 0 R")


def commented_png(text: bytes) -> bytes:
    whole = picture()
    return whole[:33] + png_chunk(b"tEXt", b"Comment\0" + text) + whole[33:]


JPG, PNG = picture("JPEG", (400, 300)), picture("PNG", (400, 300))
HOSTILE = {
    "script on opening": (ACTIVE, pdf(SCRIPT, catalog="/OpenAction 4 0 R")),
    "script in the catalog": (ACTIVE, pdf(catalog=f"/OpenAction {SCRIPT}")),
    "script with an escaped name": (ACTIVE, pdf("<< /S /J#61vaScr#69pt /JS (x) >>")),
    "script behind a comment": (ACTIVE, pdf("<< /S %x\n /JavaScript /JS (x) >>")),
    "script behind a reference": (ACTIVE, pdf("<< /S 5 0 R /JS (x) >>", "/JavaScript")),
    "script in a packed object": (ACTIVE, packed_pdf(SCRIPT)),
    "script with an escaped name in a packed object": (ACTIVE, packed_pdf("<< /S /#4aavaScript >>")),
    "script in an orphaned stream": (ACTIVE, hidden_in_a_stream),
    "script in a later revision": (ACTIVE, later_script),
    "script by name tree": (ACTIVE, pdf(SCRIPT, catalog="/Names << /JavaScript << /Names [(a) 4 0 R] >> >>")),
    "script on a page": (ACTIVE, pdf(page=f"/AA << /O {SCRIPT} >>")),
    "script of a form field": (ACTIVE, pdf("<< /FT /Tx /AA << /K << /JS (x) >> >> >>")),
    "launch": (ACTIVE, pdf("<< /S /Launch /F (cmd.exe) >>", page="/AA << /O 4 0 R >>")),
    "launch in a packed object": (ACTIVE, packed_pdf("<< /S /Launch /Win << /F (cmd.exe) >> >>")),
    "data sent away": (ACTIVE, pdf("<< /S /SubmitForm /F (http://a.example) >>")),
    "data brought in": (ACTIVE, pdf("<< /S /ImportData /F (a.fdf) >>")),
    "way to a file server": (ACTIVE, pdf("<< /S /GoToR /D [0] /F (\\\\\\\\may\\\\a.pdf) >>")),
    "way into an attachment": (ACTIVE, pdf("<< /S /GoToE /F (a.pdf) >>")),
    "dynamic form": (ACTIVE, dynamic_form),
    "attachment": (ATTACHED, with_attachment),
    "attachment by hand": (ATTACHED, pdf("<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream")),
    "attachment in a packed object": (ATTACHED, packed_pdf("<< /Type /Filespec /F (a.exe) /EF << /F 9 0 R >> >>")),
    "attachment pinned to a page": (ATTACHED, pdf("<< /Type /Annot /Subtype /FileAttachment >>")),
    "film": (ATTACHED, pdf("<< /Type /Annot /Subtype /RichMedia >>")),
    "locked": (Reason.PASSWORD, lambda: locked("mat-khau", "mat-khau")),
    "locked for changes only": (Reason.PASSWORD, lambda: locked("", "mat-khau")),
    "locked with a strong cipher": (Reason.PASSWORD, strongly_locked),
    "only a heading": (BROKEN, b"%PDF-1.7\n"),
    "cut off": (BROKEN, pdf()[:40]),
    "no pages": (BROKEN, pdf(pages=0)),
    "table in a circle": (BROKEN, endless_table),
    "web page behind the heading": (Reason.TWO_IN_ONE, pdf(before=b"%PDF-1.7\n%<script>alert(1)</script>\n")),
    "archive behind a PDF": (Reason.TWO_IN_ONE, pdf() + docx()),
    "PDF behind other words": (Reason.TWO_IN_ONE, b"xin chao\n" + pdf()),
    "picture of 48 million points": (Reason.IMAGE_BIG, lambda: large_png(8_000, 6_000)),
    "picture of four thousand million points": (Reason.IMAGE_BIG, lambda: large_png(65_500, 65_500)[:200]),
    "JPG cut off": (Reason.IMAGE_BROKEN, JPG[: len(JPG) // 2]),
    "PNG cut off": (Reason.IMAGE_BROKEN, PNG[: len(PNG) // 2]),
    "PNG without pixels": (Reason.IMAGE_BROKEN, PNG[:40]),
    "PNG with a wrong checksum": (Reason.IMAGE_BROKEN, PNG.replace(b"IHDR", b"IHDr")),
    "JPG of noise": (Reason.IMAGE_BROKEN, b"\xff\xd8\xff\xe0" + b"\0\x10JFIF" + b"\x55" * 300),
    "archive behind a JPG": (Reason.TWO_IN_ONE, JPG + docx()),
    "archive behind a PNG": (Reason.TWO_IN_ONE, PNG + docx()),
    "web page behind a JPG": (Reason.TWO_IN_ONE, JPG + b"<html><script>alert(1)</script>"),
    "PDF behind a JPG": (Reason.TWO_IN_ONE, JPG + pdf(SCRIPT)),
    "script in a JPG's words": (Reason.TWO_IN_ONE, picture("JPEG", comment=b"<script>alert(1)</script>")),
    "PDF in a JPG's words": (Reason.TWO_IN_ONE, picture("JPEG", comment=pdf())),
    "script in a PNG's words": (Reason.TWO_IN_ONE, commented_png(b"<svg onload=alert(1)>")),
    "program text in a PNG's words": (Reason.TWO_IN_ONE, commented_png(b"<?php system(1)")),
    "SVG": (Reason.WEB_PAGE, b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "SVG with a heading": (Reason.WEB_PAGE, b'\xef\xbb\xbf <?xml version="1.0"?><svg/>'),
    "web page": (Reason.WEB_PAGE, b"<!DOCTYPE html><script>alert(1)</script>"),
    "web page after words": (Reason.WEB_PAGE, b"xin chao <script>alert(1)</script>"),
    "web page in wide letters": (Reason.WEB_PAGE, "<html><script>".encode("utf-16")),
    "GIF": (Reason.IMAGE_OTHER, picture("GIF")),
    "TIFF": (Reason.IMAGE_OTHER, picture("TIFF")),
    "WebP": (Reason.IMAGE_OTHER, picture("WEBP")),
    "HEIC": (Reason.IMAGE_OTHER, b"\0\0\0\x18ftypheic" + b"\0" * 40),
    "Windows program": (Reason.PROGRAM, b"MZ\x90\0" + b"\0" * 100),
    "Linux program": (Reason.PROGRAM, b"\x7fELF\2\1\1" + b"\0" * 100),
    "command file": (Reason.PROGRAM, b"#!/bin/sh\nrm -rf /\n"),
    "plain words": (Reason.UNKNOWN, "Kính gửi: Uỷ ban nhân dân".encode()),
    "the scanners' test words": (
        Reason.UNKNOWN,
        eicar(),
    ),
    "nothing": (Reason.EMPTY, b""),
    "zeros": (Reason.UNKNOWN, b"\0" * 4_096),
    "too large": (Reason.TOO_BIG, lambda: pdf() + b"\0" * FILE_LIMIT),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_and_the_sentence_names_it_and_says_what_to_do(what):
    reason, content = HOSTILE[what]
    with pytest.raises(Refused) as refusal:
        inspect(io.BytesIO(content() if callable(content) else content), "tờ trình.pdf")
    assert refusal.value.reason is reason
    words = str(refusal.value)
    assert words.startswith("Tệp “tờ trình.pdf” chưa được nhận: ")
    assert ". H" in words
    assert words.endswith(".")


@pytest.mark.parametrize("made", [stream_bomb, deep_arrays])
def test_a_pdf_that_would_exhaust_its_reader_is_answered_within_its_time(made):
    content, start = made(), time.monotonic()
    try:
        answer = inspect(io.BytesIO(content), "a.pdf").kind
    except Refused as refusal:
        answer = refusal.reason
    assert answer in ("pdf", Reason.PDF_BROKEN, Reason.PDF_COMPLEX, Reason.PDF_ACTIVE)
    assert time.monotonic() - start < 26


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bao\0cao.pdf", Reason.NAME_BAD),
        ("anh\u202egpj.exe", Reason.NAME_BAD),
        ("anh\u2066gpj.exe", Reason.NAME_BAD),
        ("bao\ncao.pdf", Reason.NAME_BAD),
        ("bao\x1bcao.pdf", Reason.NAME_BAD),
        ("\x85.pdf", Reason.NAME_BAD),
        ("", Reason.NAME_BAD),
        ("...", Reason.NAME_BAD),
        ("../../", Reason.NAME_BAD),
        ("a" * 201, Reason.NAME_LONG),
        ("á" * 255 + ".pdf", Reason.NAME_LONG),
    ],
)
def test_a_name_that_deceives_is_refused(name, reason):
    with pytest.raises(Refused) as refusal:
        inspect(io.BytesIO(picture()), name)
    assert refusal.value.reason is reason
    assert "Hãy đ" in str(refusal.value)
    assert "\u202e" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Ba\u0301o ca\u0301o tha\u0300nh ti\u0301ch.docx", "Báo cáo thành tích.docx"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Hồ sơ\\Tờ trình.pdf", "Tờ trình.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("quyết\u200b định.pdf. ", "quyết định.pdf"),
        ("a" * 200, "a" * 200),
    ],
)
def test_a_name_is_kept_composed_and_without_folders(name, kept):
    assert clean_name(name) == kept


def test_the_limit_in_the_sentence_is_the_one_that_was_asked_for():
    with pytest.raises(Refused, match="nặng hơn mức cho phép là 1,5 MB"):
        inspect(io.BytesIO(b"\0" * 1_600_000), "a.pdf", limit=1_572_864)


def test_a_stream_of_another_sort_is_not_mistaken_for_a_script():
    words = DecodedStreamObject()
    words.set_data(b"BT (HTML/JavaScript va /S) Tj ET")
    writer = written_pdf(1)
    writer.pages[0][NameObject("/Contents")] = writer._add_object(words)
    assert inspect(io.BytesIO(saved(writer)), "a.pdf").kind == "pdf"
