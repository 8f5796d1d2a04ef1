"""The guard at the gate: what a file is by its content, and whether it may come in."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from . import cell
from .archive import looks_like_zip
from .names import clean_name
from .office import inspect_office
from .reasons import Reason, Refused

__all__ = ["DOSSIER_LIMIT", "FILE_LIMIT", "Finding", "Reason", "Refused", "inspect"]

FILE_LIMIT = 25 * 1024 * 1024  # bytes
DOSSIER_LIMIT = 200 * 1024 * 1024  # bytes, all kept versions of a dossier's documents; dossiers asks
MEGAPIXELS = 40
CHECK_SECONDS = 25  # for one look inside a PDF or picture; on an idle machine it takes less than one

_HEAD = 1024  # bytes in which a reader or browser looks for a kind's mark
_WEB = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|iframe|svg|img|meta|\?php)\b", re.IGNORECASE)
# where chance or honest words may write the short marks only these count: a film that a telephone appended to a photo
_WEB_SURE = re.compile(rb"<!doctype\s+html|<html\b|<script\b|<iframe\b", re.IGNORECASE)
_BLANK = b"\xef\xbb\xbf\0\t\n\f\r "
_HEIF_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif")
# {first bytes: reason}
_KNOWN_OTHERS = {
    b"GIF8": Reason.IMAGE_OTHER,
    b"BM": Reason.IMAGE_OTHER,
    b"II*\0": Reason.IMAGE_OTHER,
    b"MM\0*": Reason.IMAGE_OTHER,
    b"8BPS": Reason.IMAGE_OTHER,
    b"MZ": Reason.PROGRAM,
    b"\x7fELF": Reason.PROGRAM,
    b"#!": Reason.PROGRAM,
    b"Rar!": Reason.ARCHIVE,
    b"PK\x05\x06": Reason.ARCHIVE,
    b"7z\xbc\xaf\x27\x1c": Reason.ARCHIVE,
    b"\x1f\x8b": Reason.ARCHIVE,
    b"BZh": Reason.ARCHIVE,
    b"\xfd7zXZ\0": Reason.ARCHIVE,
    b"{\\rtf": Reason.OFFICE_OTHER,
}
_PDF, _ZIP, _JPG, _PNG, _OLE = b"%PDF-", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Finding:
    """What came in.

    kind     pdf docx xlsx jpg png
    size     bytes
    pages    of a PDF or picture; None for Word and Excel
    name     cleaned, for showing
    """

    kind: str
    size: int
    sha256: str
    pages: int | None
    name: str
    content: bytes


def inspect(file: BinaryIO, name: str, *, limit: int = FILE_LIMIT) -> Finding:
    """Look the file through, by its content and not by its name.

    limit    bytes; at most FILE_LIMIT
    Raises   Refused with the sentence for the person who chose the file
    """
    name = clean_name(name)
    limit = min(limit, FILE_LIMIT)
    file.seek(0)
    content = file.read(limit + 1)
    try:
        if not content:
            raise Refused(Reason.EMPTY)
        if len(content) > limit:
            raise Refused(Reason.TOO_BIG, limit=megabytes(limit))
        kind, pages = _looked_through(content)
    except Refused as refusal:
        refusal.name = name
        raise
    return Finding(kind, len(content), hashlib.sha256(content).hexdigest(), pages, name, content)


def megabytes(size: int) -> str:
    """25 MB, or 1,5 MB, as an official writes it."""
    number = f"{size / 1024 / 1024:.1f}".removesuffix(".0").replace(".", ",")
    return f"{number} MB"


def _looked_through(content: bytes) -> tuple[str, int | None]:
    """Kind and pages of one of the five kinds; anything else is refused."""
    for mark, look in _LOOKS.items():
        if content.startswith(mark):
            return look(content)
    if content[:_HEAD].lstrip(_BLANK).startswith(_PDF):
        return _pdf(content)
    raise Refused(_other(content))


def _other(content: bytes) -> Reason:
    """The reason that helps most with a kind that is not taken."""
    head = content[:_HEAD].lstrip(_BLANK)
    for mark, reason in _KNOWN_OTHERS.items():
        if content.startswith(mark):
            return reason
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return Reason.IMAGE_OTHER
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Reason.IMAGE_OTHER
    if head.startswith(b"<") or _WEB.search(content[:_HEAD].replace(b"\0", b"")):
        return Reason.WEB_PAGE
    if looks_like_zip(content) or _PDF in content[:_HEAD]:
        return Reason.TWO_IN_ONE
    return Reason.UNKNOWN


def _pdf(content: bytes) -> tuple[str, int]:
    _refuse_second_nature(content, b"", content[:_HEAD])  # form fields may hold short marks, as <body>
    answer = _asked("check-pdf", content, Reason.PDF_COMPLEX, Reason.PDF_BROKEN)
    return "pdf", answer["pages"]


def _picture(content: bytes) -> tuple[str, int]:
    head, tail = (_png_edges if content.startswith(_PNG) else _jpg_edges)(content)
    _refuse_second_nature(content, head, tail)
    answer = _asked("check-picture", content, Reason.IMAGE_BIG, Reason.IMAGE_BROKEN)
    return answer["kind"], 1


def _office(content: bytes) -> tuple[str, None]:
    return inspect_office(content), None


def _old_office(content: bytes) -> tuple[str, None]:
    locked = "EncryptedPackage".encode("utf-16-le") in content
    raise Refused(Reason.PASSWORD if locked else Reason.OFFICE_OLD)


_LOOKS: dict[bytes, Callable[[bytes], tuple[str, int | None]]] = {
    _PDF: _pdf,
    _ZIP: _office,
    _JPG: _picture,
    _PNG: _picture,
    _OLE: _old_office,
}


def _refuse_second_nature(content: bytes, head: bytes, tail: bytes) -> None:
    """A PDF or picture that another program would read as a web page, an archive or another PDF."""
    if _WEB.search(head) or _WEB_SURE.search(tail) or looks_like_zip(content):
        raise Refused(Reason.TWO_IN_ONE)
    if not content[:_HEAD].lstrip(_BLANK).startswith(_PDF) and _PDF in content[:_HEAD] + tail[:_HEAD]:
        raise Refused(Reason.TWO_IN_ONE)


def _png_edges(content: bytes) -> tuple[bytes, bytes]:
    """What stands around the pixels: the chunks that are not pixels, and what follows the end mark."""
    at, words = len(_PNG), []
    while at + 8 <= len(content):
        length, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if kind not in (b"IDAT", b"iCCP", b"zTXt", b"fdAT"):
            words.append(content[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            break
    return b"".join(words), content[at:]


def _jpg_edges(content: bytes) -> tuple[bytes, bytes]:
    """What stands around the pixels: the first segments, and what follows the end mark."""
    at = 2
    while content[at : at + 1] == b"\xff" and content[at + 1 : at + 2] not in (b"\xda", b"\xd9", b""):
        at += 2 + max(2, int.from_bytes(content[at + 2 : at + 4]))
    pixels, end = at, content.find(b"\xff\xd9", at)
    return content[:pixels], content[end + 2 :] if end >= 0 else b""


def _asked(job: str, content: bytes, too_long: Reason, failed: Reason) -> dict[str, Any]:
    """The closed room's answer about this content."""
    try:
        with TemporaryFile() as copy:
            copy.write(content)
            copy.flush()
            copy.seek(0)
            answer = json.loads(cell.run(job, copy, seconds=CHECK_SECONDS))
    except cell.TooLong as problem:
        raise Refused(too_long, limit=MEGAPIXELS) from problem
    except cell.Busy as problem:
        raise Refused(Reason.BUSY) from problem
    except (cell.Failed, ValueError) as problem:
        raise Refused(failed) from problem
    if answer["reason"]:
        raise Refused(Reason(answer["reason"]), limit=MEGAPIXELS)
    return dict(answer)
