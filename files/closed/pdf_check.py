"""A PDF looked through for what acts: object by object and as plain bytes, so that one misreading is not enough."""

import io
import re
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pypdf
import pypdfium2
from pypdf.errors import DependencyError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

OBJECTS_LIMIT = 400_000
SECONDS = 8  # of the processor, for the walk; about 200,000 objects; a longer one is answered "too complex"
_UNPACKED_LIMIT = 75 * 1024 * 1024  # bytes of packed objects, all streams together

_ACTING_NAMES = ("JavaScript", "Launch", "ImportData", "SubmitForm", "GoToE", "Rendition", "RichMediaExecute")
_ACTING = {f"/{name}" for name in _ACTING_NAMES}
_ATTACHING = {"/EmbeddedFile", "/EmbeddedFiles", "/EF"}
_ACTING_KEYS = {"/JavaScript", "/JS", "/RichMediaContent", "/XFA"}

_GAP = rb"(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])*"
_RAW_ACTING = re.compile(rb"/S" + _GAP + rb"/(?:" + "|".join(_ACTING_NAMES).encode() + rb")\b")
_RAW_ATTACHING = re.compile(rb"/Type" + _GAP + rb"/EmbeddedFile\b|/EmbeddedFiles" + _GAP + rb"(?:<<|\d)")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PACKED_OBJECTS = re.compile(rb"/ObjStm\b.{0,600}?stream\r?\n", re.DOTALL)
_SERVER_PATH = re.compile(r"^\s*(\\\\|//|file:)", re.IGNORECASE)


def check_pdf(content: bytes) -> dict[str, Any]:
    """{"reason": name of the reason or None, "pages": number of pages}."""
    reason = _raw_reason(content)
    if reason:
        return {"reason": reason, "pages": 0}
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            return {"reason": "PASSWORD", "pages": 0}
        reason = _walked_reason(reader)
    except TimeoutError:
        reason = "PDF_COMPLEX"
    except DependencyError:  # no program for this cipher is installed: the file is locked
        reason = "PASSWORD"
    except Exception:  # pypdf meets broken files with many kinds of errors
        reason = "PDF_BROKEN"
    if reason:
        return {"reason": reason, "pages": 0}
    return _counted(content)


def _counted(content: bytes) -> dict[str, Any]:
    """The pages as the preview's own reader counts them."""
    try:
        document = pypdfium2.PdfDocument(content)
        pages = len(document)
        if pages:
            document[0].get_size()
    except pypdfium2.PdfiumError as problem:
        return {"reason": "PASSWORD" if "password" in str(problem).lower() else "PDF_BROKEN", "pages": 0}
    return {"reason": None if pages else "PDF_BROKEN", "pages": pages}


def _raw_reason(content: bytes) -> str | None:
    """What the plain bytes, and the object streams unpacked without any reader, give away."""
    for text in _texts(content):
        plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)
        if _RAW_ACTING.search(plain):
            return "PDF_ACTIVE"
        if _RAW_ATTACHING.search(plain):
            return "PDF_ATTACHMENT"
    return None


def _texts(content: bytes) -> Iterator[bytes]:
    yield content
    left = _UNPACKED_LIMIT
    for found in _PACKED_OBJECTS.finditer(content):
        try:
            body = zlib.decompressobj().decompress(content[found.end() :], left + 1)
        except zlib.error:
            continue
        left -= len(body)
        if left < 0:
            return
        yield body


def _walked_reason(reader: pypdf.PdfReader) -> str | None:
    """What the objects say, each looked at by itself, those that no page leads to included."""
    deadline = time.process_time() + SECONDS
    for seen, thing in enumerate(_objects(reader)):
        if seen > OBJECTS_LIMIT or (seen % 256 == 0 and time.process_time() > deadline):
            raise TimeoutError
        reason = _reason_of(thing)
        if reason:
            return reason
    return None


def _objects(reader: pypdf.PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, the trailer first."""
    if "/Root" not in reader.trailer:
        raise ValueError("no root")
    waiting: list[Any] = [reader.trailer]
    known = [(number, generation) for generation, table in reader.xref.items() for number in table]
    known += [(number, 0) for number in reader.xref_objStm]
    if len(known) > OBJECTS_LIMIT:
        raise TimeoutError
    for number, generation in [(0, 0), *known]:
        if number:
            waiting.append(_fetched(reader, number, generation))
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, DictionaryObject):
                yield thing
                waiting.extend(thing.values())
            elif isinstance(thing, ArrayObject):
                waiting.extend(thing)


def _fetched(reader: pypdf.PdfReader, number: int, generation: int) -> Any:
    """The object, or nothing when it cannot be read; the plain bytes were looked through as well."""
    try:
        return reader.get_object(IndirectObject(number, generation, reader))
    except Exception:  # one bad object is common in honest files
        return None


def _reason_of(thing: DictionaryObject) -> str | None:
    keys = set(thing.keys())
    action = str(_plain(thing, "/S"))
    if action in _ACTING or keys & _ACTING_KEYS:
        return "PDF_ACTIVE"
    if action == "/GoToR" and _SERVER_PATH.match(_place(thing)):
        return "PDF_ACTIVE"
    if keys & _ATTACHING or str(_plain(thing, "/Type")) == "/EmbeddedFile":
        return "PDF_ATTACHMENT"
    if str(_plain(thing, "/Subtype")) in ("/FileAttachment", "/RichMedia", "/Screen", "/3D"):
        return "PDF_ATTACHMENT"
    return None


def _plain(thing: DictionaryObject, key: str) -> Any:
    """The value under the key, fetched when it lies elsewhere."""
    try:
        return thing.get(key)
    except Exception:  # a reference to nothing
        return None


def _place(thing: DictionaryObject) -> str:
    place = _plain(thing, "/F")
    return str(_plain(place, "/UF") or _plain(place, "/F") or "") if isinstance(place, DictionaryObject) else str(place)
