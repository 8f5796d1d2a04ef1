"""Word and Excel packages: what they are by their own table of contents, and nothing that acts or fetches inside."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from . import archive
from .archive import Budget, Entry
from .reasons import Reason, Refused

_CONTENTS = "[content_types].xml"
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
_XML_LIMIT = 8 * 1024 * 1024  # bytes of a part that is parsed whole: tables of contents and of relations
# parts that carry code, by content type or by name
_CODE_TYPE = re.compile(r"macro|vbaproject|vbadata", re.IGNORECASE)
_CODE_PART = re.compile(r"(^|/)(vbaproject|vbadata|vbaprojectsignature)[^/]*$|(^|/)(macrosheets|dialogsheets)/")
_OBJECT_PART = re.compile(r"(^|/)(activex|oleobjects?)/")
_OBJECT_TYPE = re.compile(r"oleobject|activex", re.IGNORECASE)
_EMBEDDED_PACKAGE = re.compile(r"(^|/)embeddings/[^/]+\.(xlsx|docx)$")  # the numbers behind a chart
_EMBEDDED = re.compile(r"(^|/)embeddings/")
_OBJECT_RELATION = re.compile(r"/(oleObject|aFChunk|control|activeXControlBinary)$", re.IGNORECASE)
_CODE_RELATION = re.compile(r"/(vbaProject|wordVbaData|xlMacrosheet|xlIntlMacrosheet)$", re.IGNORECASE)
_HARMLESS_RELATION = re.compile(r"/hyperlink$", re.IGNORECASE)  # opened by a click only
# on this computer's own disk: a drive letter, or a path without a scheme or server
_LOCAL = re.compile(r"^(file:/{3}(?=[A-Za-z]:)|file://localhost/)?(?![A-Za-z][A-Za-z0-9+.-]+:|[/\\]{2})", re.IGNORECASE)
_FIELD_TEXT = re.compile(rb"<(?:\w+:)?instrText\b[^>]*>([^<]*)<|\binstr\s*=\s*[\"']([^\"']*)")
_FIELD_MARK = re.compile(rb"fldCharType\s*=\s*[\"'](?:begin|end|separate)[\"']")
_COMMAND = re.compile(rb"\s*DDE(AUTO)?\b", re.IGNORECASE)
_EXCEL_COMMAND = re.compile(rb"<(?:\w+:)?ddeLink\b|<(?:\w+:)?f\b[^>]*>[^<]*[\w)]\s*\|\s*(?:'|&apos;)")
_OLE_FILE, _PROGRAM = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"MZ"
_NEST_LIMIT = 2  # a chart's workbook inside a document; deeper nesting has no honest use


def inspect_office(content: bytes, budget: Budget | None = None, depth: int = 0) -> str:
    """The kind of the package, "docx" or "xlsx".

    Raises   Refused for anything else, and for code, objects, remote parts, bombs and broken layouts
    """
    if depth >= _NEST_LIMIT:
        raise Refused(Reason.EMBEDDED)
    budget = budget or Budget()
    entries = archive.directory(content, budget)
    names = {entry.name.lower() for entry in entries}
    if _CONTENTS not in names:
        raise Refused(Reason.OFFICE_OTHER if "mimetype" in names else Reason.ARCHIVE)
    types: dict[str, str] = {}
    main = ""
    for name, body in _parts(content, entries, budget):
        _check_part(name, body)
        if name == _CONTENTS:
            types = _types(body)
        elif name.endswith(".rels"):
            target = _check_relations(body)
            main = target if name == "_rels/.rels" else main
        elif _EMBEDDED_PACKAGE.search(name):
            inspect_office(body, budget, depth + 1)
    return _kind(types, main)


def _parts(content: bytes, entries: list[Entry], budget: Budget) -> Iterator[tuple[str, bytes]]:
    for entry in entries:
        body = archive.unpack(content, entry, budget)
        if not entry.name.endswith("/"):
            yield entry.name.lower(), body


def _check_part(name: str, body: bytes) -> None:
    """Refuse a part by its name or its own bytes."""
    if _CODE_PART.search(name):
        raise Refused(Reason.MACRO)
    if _OBJECT_PART.search(name) or (_EMBEDDED.search(name) and not _EMBEDDED_PACKAGE.search(name)):
        raise Refused(Reason.EMBEDDED)
    if body.startswith(_OLE_FILE) or (body.startswith(_PROGRAM) and not name.endswith((".xml", ".rels"))):
        raise Refused(Reason.EMBEDDED)
    if not name.endswith((".xml", ".rels", ".vml")):
        return
    text = body.replace(b"\0", b"") if body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in body[:8] else body
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Refused(Reason.OFFICE_BROKEN)
    if _calls_program(text) if name.startswith("xl/") else _has_command_field(text):
        raise Refused(Reason.COMMAND)


def _has_command_field(text: bytes) -> bool:
    """Whether a Word field calls another program; Word may split a field's words over several runs."""
    if b"nstr" not in text:
        return False
    fields = _FIELD_MARK.split(text)
    return any(_COMMAND.match(b"".join(a or b for a, b in _FIELD_TEXT.findall(field))) for field in fields)


def _calls_program(text: bytes) -> bool:
    """Whether a formula or link of a workbook calls another program."""
    return (b"ddeLink" in text or b"|" in text) and bool(_EXCEL_COMMAND.search(text))


def _xml(body: bytes) -> Element:
    if len(body) > _XML_LIMIT:
        raise Refused(Reason.BOMB)
    try:
        return fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as problem:
        raise Refused(Reason.OFFICE_BROKEN) from problem


def _types(body: bytes) -> dict[str, str]:
    """{part name or ".ending": content type}, in lower case."""
    found: dict[str, str] = {}
    for line in _xml(body):
        kind = line.get("ContentType", "").lower()
        if _CODE_TYPE.search(kind):
            raise Refused(Reason.MACRO)
        if _OBJECT_TYPE.search(kind) and line.get("PartName"):
            raise Refused(Reason.EMBEDDED)
        key = line.get("PartName", "").lower() or "." + line.get("Extension", "").lower()
        found[key] = kind
    return found


def _check_relations(body: bytes) -> str:
    """Refuse relations that act or fetch; return the target of the main part if one is named."""
    main = ""
    for line in _xml(body):
        kind, target = line.get("Type", ""), line.get("Target", "").strip()
        if _CODE_RELATION.search(kind):
            raise Refused(Reason.MACRO)
        if _OBJECT_RELATION.search(kind):
            raise Refused(Reason.EMBEDDED)
        outside = line.get("TargetMode", "").lower() == "external"
        if outside and not _HARMLESS_RELATION.search(kind) and not _LOCAL.match(target):
            raise Refused(Reason.REMOTE)
        if kind.endswith("/officeDocument") and not outside:
            main = "/" + target.lstrip("/").lower()
    return main


def _kind(types: dict[str, str], main: str) -> str:
    """What the main part says it is."""
    if not main:
        raise Refused(Reason.OFFICE_OTHER)
    named = types.get(main) or types.get("." + main.rpartition(".")[2], "")
    if named not in _MAIN:
        raise Refused(Reason.OFFICE_OTHER)
    return _MAIN[named]
