"""Words and tables taken out of Word and Excel files, in reading order, without their looks."""

import io
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import Element

import openpyxl
from defusedxml.ElementTree import fromstring

BLOCKS_LIMIT = 4_000  # paragraphs and table rows shown of one document
ROWS_LIMIT = 400  # rows shown of one sheet
COLUMNS_LIMIT = 24  # columns shown of one table
SHEETS_LIMIT = 20
CELL_LIMIT = 1_500  # characters shown of one cell
_MORE = "… phần còn lại xem trong tệp gốc"
_PICTURE = "[hình ảnh trong tệp gốc]"
_MAIN_RELATION = "/officeDocument"
_HOLDING_RUNS = {"r", "hyperlink", "ins", "smartTag", "sdt", "sdtContent", "fldSimple", "AlternateContent", "Choice"}


@dataclass
class Words:
    """A paragraph."""

    text: str
    bold: bool = False
    centred: bool = False
    heading: bool = False


@dataclass
class Table:
    """Rows of cells."""

    rows: list[list[str]]


Block = Words | Table


def word_blocks(content: bytes) -> list[Block]:
    """The paragraphs and tables of a Word document."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        body = fromstring(package.read(_main_part(package)), forbid_dtd=True)
    blocks: list[Block] = []
    for block in _blocks_in(body[0] if len(body) else body):
        if len(blocks) >= BLOCKS_LIMIT:
            return [*blocks, Words(_MORE)]
        blocks.append(block)
    return blocks


def excel_blocks(content: bytes) -> list[Block]:
    """The sheets of a workbook: a heading and a table each, with the values last calculated."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    blocks: list[Block] = []
    for sheet in book.worksheets[:SHEETS_LIMIT]:
        sheet.reset_dimensions()
        rows = [[_shown(cell) for cell in row] for row in sheet.iter_rows(max_row=ROWS_LIMIT, max_col=COLUMNS_LIMIT)]
        rows = _trimmed(rows)
        blocks.append(Words(_text(sheet.title), heading=True))
        blocks.append(Table(rows) if rows else Words("(trang tính trống)"))
        if len(rows) >= ROWS_LIMIT:
            blocks.append(Words(_MORE))
    if len(book.worksheets) > SHEETS_LIMIT:
        blocks.append(Words(_MORE))
    return blocks


def _main_part(package: zipfile.ZipFile) -> str:
    for line in fromstring(package.read("_rels/.rels"), forbid_dtd=True):
        if line.get("Type", "").endswith(_MAIN_RELATION):
            return line.get("Target", "").lstrip("/")
    raise ValueError("no main part")


def _blocks_in(body: Element) -> Iterator[Block]:
    for part in body:
        match _tag(part):
            case "p":
                yield _paragraph(part)
            case "tbl":
                yield Table([row for row in _rows(part) if any(row)])
            case "sdt" | "sdtContent" | "ins" | "customXml":
                yield from _blocks_in(part)


def _paragraph(part: Element) -> Words:
    style, centred, listed = "", False, False
    for mark in part.iter():
        match _tag(mark):
            case "pStyle":
                style = _value(mark)
            case "jc":
                centred = _value(mark) == "center"
            case "numPr":
                listed = True
    heading = style.lower().startswith(("heading", "title", "tieude"))
    text = _text("".join(_runs(part)))
    return Words(f"– {text}" if listed and text else text, _is_bold(part), centred, heading)


def _runs(part: Element) -> Iterator[str]:
    """The words of a paragraph, without what was struck out while changes were tracked."""
    for run in part:
        match _tag(run):
            case "t":
                yield run.text or ""
            case "tab":
                yield "    "
            case "br" | "cr":
                yield "\n"
            case "noBreakHyphen":
                yield "-"
            case "drawing" | "pict":
                yield _PICTURE
            case tag if tag in _HOLDING_RUNS:
                yield from _runs(run)


def _is_bold(part: Element) -> bool:
    """Whether every run with words in it is bold."""
    runs = [run for run in part.iter() if _tag(run) == "r" and any(_tag(inner) == "t" for inner in run)]
    return bool(runs) and all(_bold_run(run) for run in runs)


def _bold_run(run: Element) -> bool:
    return any(_tag(mark) == "b" and _value(mark) not in ("0", "false") for look in run for mark in look)


def _rows(table: Element) -> Iterator[list[str]]:
    for row in table:
        if _tag(row) == "tr":
            yield [_cell(cell) for cell in row if _tag(cell) == "tc"][:COLUMNS_LIMIT]


def _cell(cell: Element) -> str:
    lines = []
    for block in _blocks_in(cell):
        if isinstance(block, Words):
            lines.append(block.text)
        else:
            lines += [" | ".join(row) for row in block.rows]
    return "\n".join(line for line in lines if line)[:CELL_LIMIT]


def _tag(part: Element) -> str:
    return part.tag.rpartition("}")[2] if isinstance(part.tag, str) else ""


def _value(mark: Element) -> str:
    return next((value for name, value in mark.attrib.items() if name.rpartition("}")[2] == "val"), "")


def _text(text: str) -> str:
    """NFC, without signs that cannot be drawn."""
    composed = unicodedata.normalize("NFC", text)
    kept = (sign for sign in composed if sign in "\n\t" or unicodedata.category(sign)[0] != "C")
    return "".join(kept).replace("\t", "    ").rstrip()


def _shown(cell: Any) -> str:
    """A cell's value as an official writes it: 05/12/2024, 1.500.000, 98,5."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "Đúng" if value else "Sai"
        case datetime():
            return value.strftime("%d/%m/%Y" if value.time() == time() else "%d/%m/%Y %H:%M")
        case date():
            return value.strftime("%d/%m/%Y")
        case int() | float():
            return _number(value, getattr(cell, "number_format", "") or "")
    return _text(str(value))[:CELL_LIMIT]


def _number(value: float, layout: str) -> str:
    if "%" in layout:
        return f"{value * 100:.2f}".rstrip("0").rstrip(".").replace(".", ",") + "%"
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    whole, _, part = text.partition(".")
    whole = whole.replace(",", "." if "#,##" in layout else "")
    return f"{whole},{part}" if part else whole


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Without the empty rows at the end and the empty columns at the right."""
    while rows and not any(rows[-1]):
        rows.pop()
    wide = max((index + 1 for row in rows for index, text in enumerate(row) if text), default=0)
    return [(row + [""] * wide)[:wide] for row in rows]
