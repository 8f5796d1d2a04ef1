"""Word, Excel and zip files that must stay outside, and the sentence each one gets."""

import io
import stat
import struct
import zipfile
import zlib

import pytest

from files.guard import Reason, Refused, inspect
from tests.files_making import (
    contents,
    document,
    docx,
    relations,
    with_parts,
    word_parts,
    xlsx,
    zipped,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"
MACRO_EXCEL = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def related(kind: str, target: str, outside: bool = True) -> bytes:
    """A Word document whose text relates to something else."""
    return docx(more={"word/_rels/document.xml.rels": relations((kind, target, outside))})


def field(*runs: str) -> bytes:
    """A Word document with a field whose instruction is split over runs."""
    words = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    return docx(f"<w:p>{marks[0]}{words}{marks[1]}{marks[2]}</w:p>")


def patched(content: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The archive with bytes overwritten after the last place of a mark."""
    at = content.rfind(mark) + offset
    return content[:at] + value + content[at + len(value) :]


def entry(name: str, body: bytes, attributes: int = 0, flags: int = 0) -> bytes:
    """A Word document with one more entry, written by hand."""
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as archive:
        line = zipfile.ZipInfo(name)
        line.create_system, line.external_attr = 3, attributes << 16
        archive.writestr(line, body)
    content = out.getvalue()
    return patched(content, b"PK\x01\x02", 8, struct.pack("<H", flags)) if flags else content


def bomb(entries: int, megabytes: int) -> bytes:
    return docx(more={f"word/media/{n}.bmp": b"\0" * (megabytes * 1024 * 1024) for n in range(entries)})


def lying_bomb() -> bytes:
    """A part of 90 MB that the directory calls 1000 bytes long."""
    body = b"\0" * (90 * 1024 * 1024)
    content = docx(more={"word/media/a.bmp": body})
    return patched(content, b"PK\x01\x02", 24, struct.pack("<L", 1000))


def overlapping() -> bytes:
    """Two directory lines that lead to one and the same packed part."""
    content = docx(more={"word/media/a.bin": b"A" * 50, "word/media/b.bin": b"A" * 50})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.getinfo("word/media/a.bin").header_offset
    return patched(content, b"PK\x01\x02", 42, struct.pack("<L", first))


def entry_in_an_entry() -> bytes:
    """A directory line that leads into the bytes of another entry."""
    inner = zipped({"word/b.bin": b"hello"}, zipfile.ZIP_STORED)
    inner_end, inner_tail = inner.find(b"PK\x01\x02"), inner.rfind(b"PK\x05\x06")
    whole = zipped({**word_parts(), "word/a.bin": inner[:inner_end]}, zipfile.ZIP_STORED)
    end = whole.rfind(b"PK\x05\x06")
    line = patched(inner[inner_end:inner_tail], b"PK\x01\x02", 42, struct.pack("<L", whole.find(inner[:inner_end])))
    count, size = struct.unpack_from("<HL", whole, end + 10)
    tail = patched(whole[end:], b"PK\x05\x06", 8, struct.pack("<HHL", count + 1, count + 1, size + len(line)))
    return whole[:end] + line + tail


def nested(depth: int) -> bytes:
    """Workbooks in workbooks."""
    content = xlsx()
    for _ in range(depth):
        content = with_parts(content, {"xl/embeddings/a.xlsx": content})
    return content


def hidden_entry() -> bytes:
    """An entry that only readers without the directory see."""
    content = docx()
    at = content.find(b"PK\x01\x02")
    body = b"PK\x03\x04" + b"\0" * 26 + b"hidden"
    out = content[:at] + body + content[at:]
    return patched(out, b"PK\x05\x06", 16, struct.pack("<L", at + len(body)))


def wrong_checksum() -> bytes:
    return patched(docx(), b"PK\x01\x02", 16, b"\1\2\3\4")


def broken_packing() -> bytes:
    content = docx()
    at = content.find(b"word/document.xml") + len("word/document.xml")
    return content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :]


HOSTILE = {
    "macro part": (Reason.MACRO, docx(more={"word/vbaProject.bin": OLE})),
    "macro part in capitals": (Reason.MACRO, docx(more={"word/VBAPROJECT.BIN": b"x"})),
    "docm": (Reason.MACRO, docx(main_type=MACRO_WORD)),
    "dotm": (Reason.MACRO, docx(main_type="application/vnd.ms-word.template.macroEnabledTemplate.main+xml")),
    "xlsm": (Reason.MACRO, with_parts(xlsx(), {"[Content_Types].xml": contents(MACRO_EXCEL, "/xl/workbook.xml")})),
    "xlsb": (Reason.MACRO, docx(main_type="application/vnd.ms-excel.sheet.binary.macroEnabled.main")),
    "macro under another name": (
        Reason.MACRO,
        docx(types='<Override PartName="/word/x.dat" ContentType="application/vnd.ms-office.vbaProject"/>'),
    ),
    "macro relation": (Reason.MACRO, related("vbaProject", "media/x.dat", outside=False)),
    "old Excel macro sheet": (Reason.MACRO, with_parts(xlsx(), {"xl/macrosheets/sheet1.xml": "<x/>"})),
    "OLE object": (Reason.EMBEDDED, docx(more={"word/embeddings/oleObject1.bin": OLE})),
    "OLE object under another name": (Reason.EMBEDDED, docx(more={"word/media/image1.png": OLE + b"x" * 600})),
    "OLE relation": (Reason.EMBEDDED, related("oleObject", "embeddings/a.dat", outside=False)),
    "program inside": (Reason.EMBEDDED, docx(more={"word/media/a.dat": b"MZ" + b"\0" * 100})),
    "ActiveX": (Reason.EMBEDDED, docx(more={"word/activeX/activeX1.xml": "<x/>"})),
    "embedded presentation": (Reason.EMBEDDED, docx(more={"word/embeddings/a.pptx": docx()})),
    "embedded web page": (Reason.EMBEDDED, related("aFChunk", "a.html", outside=False)),
    "embedded workbook with macro": (
        Reason.MACRO,
        docx(more={"word/embeddings/a.xlsx": with_parts(xlsx(), {"xl/vbaProject.bin": b"x"})}),
    ),
    "workbooks in workbooks": (Reason.EMBEDDED, lambda: nested(3)),
    "remote template by http": (Reason.REMOTE, related("attachedTemplate", "http://mau.example/a.dotm")),
    "remote template by https": (Reason.REMOTE, related("attachedTemplate", "HTTPS://mau.example/a.dotm")),
    "remote template by server path": (Reason.REMOTE, related("attachedTemplate", "\\\\may\\mau.dotm")),
    "remote template by file server": (Reason.REMOTE, related("attachedTemplate", "file://may/mau.dotm")),
    "remote template by four slashes": (Reason.REMOTE, related("attachedTemplate", "file:////may/mau.dotm")),
    "remote object": (Reason.EMBEDDED, related("oleObject", "http://mau.example/a.xls")),
    "remote picture": (Reason.REMOTE, related("image", "http://mau.example/a.png")),
    "remote frame": (Reason.REMOTE, related("frame", "mhtml:http://mau.example/a")),
    "DDE field": (Reason.COMMAND, field("DDEAUTO c:\\\\windows\\\\cmd.exe")),
    "DDE field split over runs": (Reason.COMMAND, field(" D", "DE", "AUTO cmd")),
    "DDE simple field": (Reason.COMMAND, docx('<w:p><w:fldSimple w:instr="DDE excel"/></w:p>')),
    "DDE formula": (
        Reason.COMMAND,
        with_parts(xlsx(), {"xl/worksheets/sheet1.xml": "<worksheet><f>cmd|'/c calc'!A0</f></worksheet>"}),
    ),
    "DDE link": (Reason.COMMAND, with_parts(xlsx(), {"xl/externalLinks/externalLink1.xml": "<a:ddeLink/>"})),
    "entities": (
        Reason.OFFICE_BROKEN,
        docx(more={"word/styles.xml": '<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><a>&b;</a>'}),
    ),
    "entities in wide letters": (
        Reason.OFFICE_BROKEN,
        docx(more={"word/styles.xml": '<?xml version="1.0"?><!DOCTYPE a []><a/>'.encode("utf-16")}),
    ),
    "outside entity in the contents": (
        Reason.OFFICE_BROKEN,
        zipped({**word_parts(), "[Content_Types].xml": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><Types/>'}),
    ),
    "deep bomb": (Reason.BOMB, lambda: bomb(1, 60)),
    "flat bomb": (Reason.BOMB, lambda: bomb(30, 4)),
    "lying bomb": (Reason.BOMB, lambda: lying_bomb()),
    "bomb in an embedded workbook": (
        Reason.BOMB,
        lambda: docx(more={"word/embeddings/a.xlsx": with_parts(xlsx(), {"xl/media/a.bmp": b"\0" * 99_000_000})}),
    ),
    "fifty thousand entries": (
        Reason.CROWDED,
        lambda: zipped({str(n): b"" for n in range(50_000)}),
    ),
    "2001 entries": (Reason.CROWDED, lambda: docx(more={f"word/{n}.txt": b"" for n in range(1998)})),
    "overlapping entries": (Reason.OFFICE_BROKEN, overlapping()),
    "entry in an entry": (Reason.OFFICE_BROKEN, entry_in_an_entry()),
    "hidden entry": (Reason.OFFICE_BROKEN, hidden_entry()),
    "wrong checksum": (Reason.OFFICE_BROKEN, wrong_checksum()),
    "doubled names": (Reason.OFFICE_BROKEN, docx(more={"word/Document.xml": document()})),
    "name leaves the folder": (Reason.OFFICE_BROKEN, docx(more={"word/../../a.xml": "<a/>"})),
    "absolute name": (Reason.OFFICE_BROKEN, docx(more={"/etc/a.xml": "<a/>"})),
    "name with a drive": (Reason.OFFICE_BROKEN, docx(more={"C:/a.xml": "<a/>"})),
    "name with backslashes": (Reason.OFFICE_BROKEN, docx(more={"..\\a.xml": "<a/>"})),
    "link": (Reason.OFFICE_BROKEN, entry("word/a", b"/etc/passwd", stat.S_IFLNK | 0o777)),
    "encrypted entry": (Reason.PASSWORD, entry("word/a", b"x", flags=1)),
    "cut off": (Reason.OFFICE_BROKEN, docx()[:-30]),
    "something behind": (Reason.OFFICE_BROKEN, docx() + b"<script>alert(1)</script>"),
    "something before": (Reason.TWO_IN_ONE, b"GIF9 " + docx()),
    "comment behind": (Reason.OFFICE_BROKEN, patched(docx(), b"PK\x05\x06", 20, b"\5\0") + b"hello"),
    "broken table of contents": (Reason.OFFICE_BROKEN, zipped({**word_parts(), "[Content_Types].xml": "<Types"})),
    "broken packing": (Reason.OFFICE_BROKEN, broken_packing()),
    "no main part": (Reason.OFFICE_OTHER, zipped({"[Content_Types].xml": contents()})),
    "PowerPoint": (
        Reason.OFFICE_OTHER,
        docx(main_type="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"),
    ),
    "OpenDocument": (Reason.OFFICE_OTHER, zipped({"mimetype": "application/vnd.oasis.opendocument.text"})),
    "plain archive": (Reason.ARCHIVE, zipped({"danh sach.txt": "x"})),
    "empty archive": (Reason.ARCHIVE, b"PK\x05\x06" + b"\0" * 17),
    "archive in an archive": (Reason.ARCHIVE, zipped({"a.docx": docx()})),
    "old Word": (Reason.OFFICE_OLD, OLE + "WordDocument".encode("utf-16-le") + b"\0" * 600),
    "locked Word": (Reason.PASSWORD, OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600),
    "rich text": (Reason.OFFICE_OTHER, b"{\\rtf1 {\\object}}"),
    "Rar": (Reason.ARCHIVE, b"Rar!\x1a\x07\x01\x00"),
    "7z": (Reason.ARCHIVE, b"7z\xbc\xaf\x27\x1c" + b"\0" * 40),
    "gzip": (Reason.ARCHIVE, b"\x1f\x8b\x08\0" + zlib.compress(b"x")),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_office_file_is_refused_and_the_sentence_names_it_and_says_what_to_do(what):
    reason, content = HOSTILE[what]
    with pytest.raises(Refused) as refusal:
        inspect(io.BytesIO(content() if callable(content) else content), "báo cáo thành tích.docx")
    assert refusal.value.reason is reason
    words = str(refusal.value)
    assert words.startswith("Tệp “báo cáo thành tích.docx” chưa được nhận: ")
    assert ". H" in words or "Hệ thống nhận tệp" in words
    assert words.endswith(".")
