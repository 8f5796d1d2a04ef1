"""The list of nominees as people hand it in: read line by line, every fault told in words, no line stopping another.

A list is lines of cells, pasted or from a workbook.  Each line becomes a Row: {column: value} for what is right, the
typed text for what is wrong.  Nothing is saved here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from organizations.names import fold

from .legacy_fonts import perhaps_legacy, surely_legacy
from .nominee_cells import COLUMNS, FORMULA_FAULTS, SHOWN, Reader, is_kind, readers, words_of

MOST_NOMINEES = 500
MOST_LINES = 2_000
MOST_PASTED = 2_000_000  # characters
HEADING_WITHIN = 10  # lines
HEADING_LIMIT = 120  # characters; a longer cell is no heading

_NUMBERING = ("tt", "stt", "so tt", "so thu tu")
_HEADINGS = {
    "kind": "loai|loai doi tuong|doi tuong khen thuong|ca nhan hay tap the|loai hinh",
    "full_name": "ho va ten ten tap the|ho va ten|ho ten|ten|ten tap the|ten ca nhan|ten ca nhan tap the|ten doi tuong|"
    "ho va ten ca nhan|ho ten ca nhan|ca nhan tap the|tap the ca nhan|ten tap the ca nhan|doi tuong|"
    "doi tuong duoc de nghi|ten ca nhan tap the ho gia dinh|ho va ten hoac ten tap the",
    "birth_year": "nam sinh|ngay sinh|sinh nam|ngay thang nam sinh",
    "sex": "gioi tinh|nam nu|phai|gioi",
    "title": "chuc vu|chuc danh|chuc vu chuc danh|chuc vu cong tac|chuc vu nghe nghiep",
    "unit_name": "don vi cong tac|don vi|noi cong tac|co quan|co quan don vi|phong ban|chuc vu don vi cong tac|"
    "don vi cong tac dia chi|dia chi|ten don vi",
    "award": "hinh thuc khen thuong|hinh thuc|hinh thuc khen|hinh thuc de nghi khen thuong|de nghi khen thuong|"
    "danh hieu|danh hieu thi dua|danh hieu hinh thuc khen thuong|hinh thuc de nghi|de nghi hinh thuc khen thuong",
    "achievement": "thanh tich|tom tat thanh tich|noi dung thanh tich|thanh tich dat duoc|thanh tich noi bat|"
    "thanh tich tieu bieu|tom tat thanh tich dat duoc|thanh tich de nghi khen thuong",
    "result_percent": "ket qua thuc hien cam ket|ket qua|ket qua thuc hien|ket qua thuc hien noi dung cam ket|"
    "ket qua cam ket|ket qua %|ty le|ti le|%|ty le hoan thanh|ti le hoan thanh|ty le %|phan tram",
}
_COLUMN_OF = {heading: column for column, listed in _HEADINGS.items() for heading in listed.split("|")}
_PARENTHESIS = re.compile(r"\([^()]*\)")
_RUNNING_NUMBER = re.compile(r"\d{1,4}\.?", re.ASCII)
_QUOTED = re.compile(r'"((?:[^"]|"")*+)"(?=[\t\n]|\Z)')
_PLAIN = re.compile(r"[^\t\n]*")


class Line(NamedTuple):
    """One line as it came: its number as the sender counts it, its cells, and which of them an old font writes."""

    number: int
    cells: Sequence[str]
    legacy: frozenset[int] = frozenset()


class Layout(NamedTuple):
    """Where the columns are: {place of a cell: column}, {place: heading not used}, and the lines below."""

    columns: dict[int, str]
    unused: dict[int, str]
    body: list[Line]


@dataclass
class Row:
    """One nominee as read: {column: value}, {column: what is wrong}, and what should be looked at."""

    number: int
    values: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass
class ListReport:
    """What became of a list: its rows, or the one problem that kept all of it out; headings that were not used."""

    rows: list[Row] = field(default_factory=list)
    problem: str | None = None
    unused: list[str] = field(default_factory=list)


class UnreadableError(Exception):
    """The list as a whole cannot be read; the message says what to do."""


def parse_pasted(text: str, awards: Mapping[str, str]) -> ListReport:
    """The report on a list pasted from Excel or Word; without a header the order is that of COLUMNS.

    awards    {code: name} of the campaign
    """
    if len(text) > MOST_PASTED:
        return ListReport(problem=_("Nội dung dán quá dài. Hãy chia danh sách thành nhiều lần dán."))
    lines = [Line(number, cells) for number, cells in enumerate(_pasted_lines(text), start=1)]
    try:
        return report_on(lines, find_layout(lines) or _usual_layout(lines), awards)
    except UnreadableError as refusal:
        return ListReport(problem=str(refusal))


def find_layout(lines: Sequence[Line]) -> Layout | None:
    """The layout by the line among the first ten that names most columns, if one names the nominee's."""
    best: Layout | None = None
    for at, line in enumerate(lines[:HEADING_WITHIN]):
        layout = Layout({}, {}, list(lines[at + 1 :]))
        for place, cell in enumerate(line.cells):
            words = words_of(_PARENTHESIS.sub(" ", cell)) if len(cell) <= HEADING_LIMIT else ""
            column = _COLUMN_OF.get(words)
            if column and column not in layout.columns.values():
                layout.columns[place] = column
            elif cell.strip():
                layout.unused[place] = cell.strip()
        is_heading = "full_name" in layout.columns.values() and (len(layout.columns) > 1 or not layout.unused)
        if is_heading and (best is None or len(layout.columns) > len(best.columns)):
            best = layout
    return best


def _usual_layout(lines: list[Line]) -> Layout:
    """The order of COLUMNS, after a running number if there is one, and without the kind if no line has it."""
    filled = [line for line in lines if any(cell.strip() for cell in line.cells)]
    numbered = bool(filled) and all(
        len(line.cells) > 1 and _RUNNING_NUMBER.fullmatch(line.cells[0].strip()) for line in filled
    )
    first = [_cell(line, int(numbered)) for line in filled]
    order = list(COLUMNS) if any(not cell or is_kind(cell) for cell in first) else list(COLUMNS)[1:]
    return Layout(dict(enumerate(order, start=int(numbered))), {0: "TT"} if numbered else {}, lines)


def report_on(lines: Sequence[Line], layout: Layout, awards: Mapping[str, str]) -> ListReport:
    """The report on lines laid out so.

    Raises    UnreadableError when there is nothing in them, or too much
    """
    filled = [line for line in layout.body if any(_cell(line, place) for place in layout.columns)]
    if not filled:
        raise UnreadableError(_("Danh sách chưa có đối tượng nào. Hãy điền từ dòng ngay dưới dòng tiêu đề."))
    if len(lines) > MOST_LINES or len(filled) > MOST_NOMINEES:
        raise UnreadableError(too_long())
    old_fonts_about = any(line.legacy or any(map(surely_legacy, line.cells)) for line in filled)
    reading = readers(awards)
    rows = [_row(line, layout, reading, old_fonts_about) for line in filled]
    _warn_of_doubles(rows)
    unused = [heading for heading in layout.unused.values() if words_of(heading) not in _NUMBERING]
    return ListReport(rows, unused=unused)


def too_long() -> str:
    """The sentence for a list beyond what one dossier takes."""
    told = {"most": MOST_NOMINEES, "lines": f"{MOST_LINES:,}".replace(",", ".")}
    return _("Danh sách quá dài: mỗi lần nhận nhiều nhất %(most)d đối tượng trong %(lines)s dòng. Hãy chia nhỏ.") % told


def old_font_advice() -> str:
    """The sentence for text that only an old font can show."""
    return _(
        "chữ viết bằng phông cũ (TCVN3 hoặc VNI), không đọc được. "
        "Hãy chuyển sang bảng mã Unicode bằng công cụ chuyển mã của bộ gõ, rồi gửi lại."
    )


def _row(line: Line, layout: Layout, reading: Mapping[str, Reader], old_fonts_about: bool) -> Row:
    row = Row(line.number, {})
    places = {column: place for place, column in layout.columns.items()}
    for column, read in reading.items():
        place = places.get(column, len(line.cells))
        row.values[column] = typed = _cell(line, place)
        try:
            if place in line.legacy or surely_legacy(typed) or (old_fonts_about and perhaps_legacy(typed)):
                raise ValueError(old_font_advice())
            if typed in FORMULA_FAULTS:
                raise ValueError(_("công thức trong ô bị lỗi. Hãy ghi nội dung thật thay cho công thức."))
            row.values[column] = read(typed)
        except ValueError as fault:
            _blame(row, column, str(fault))
    _settle_kind(row)
    stray = [cell.strip() for place, cell in enumerate(line.cells) if place not in layout.columns | layout.unused]
    if any(stray):
        told = {"row": row.number, "cells": "; ".join(cell[:SHOWN] for cell in stray if cell)}
        row.warnings.append(_("Dòng %(row)d: ô không có tiêu đề nên không dùng: %(cells)s.") % told)
    return row


def _settle_kind(row: Row) -> None:
    """A birth year or a sex makes a nominee without a kind a person; a collective has neither."""
    personal = [column for column in ("birth_year", "sex") if row.values[column]]
    if row.values["kind"] == "COLLECTIVE":
        for column in personal:
            _blame(row, column, _("tập thể thì để trống ô này; nếu là cá nhân, hãy sửa ô Loại đối tượng."))
    elif not row.values["kind"] and personal:
        row.values["kind"] = "PERSON"
        told = {"row": row.number}
        row.warnings.append(_("Dòng %(row)d: chưa ghi loại đối tượng, đã hiểu là cá nhân.") % told)
    elif not row.values["kind"]:
        _blame(row, "kind", _("chưa ghi. Hãy ghi: cá nhân, tập thể hoặc hộ gia đình."))


def _warn_of_doubles(rows: list[Row]) -> None:
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        same = (fold(row.values["full_name"]), row.values["award"])
        if same in first:
            told = {"row": row.number, "first": first[same]}
            row.warnings.append(_("Dòng %(row)d: trùng tên và hình thức khen thưởng với dòng %(first)d.") % told)
        first.setdefault(same, row.number)


def _blame(row: Row, column: str, what: str) -> None:
    told = {"row": row.number, "column": _(COLUMNS[column]), "what": what}
    row.errors.setdefault(column, _("Dòng %(row)d, cột “%(column)s”: %(what)s") % told)


def _cell(line: Line, place: int) -> str:
    return line.cells[place].strip() if place < len(line.cells) else ""


def _pasted_lines(text: str) -> list[list[str]]:
    """Cells of a clipboard table: tabs between cells, newlines between lines.

    Excel puts a cell in quotes, doubling those inside, only when it holds a newline or a tab.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    lines: list[list[str]] = [[]]
    at = 0
    while at <= len(text):
        quoted = _QUOTED.match(text, at)
        if quoted and ("\n" in quoted[1] or "\t" in quoted[1]):
            at = quoted.end()
            lines[-1].append(quoted[1].replace('""', '"'))
        else:
            cell = _PLAIN.match(text, at)
            lines[-1].append(cell[0] if cell else "")
            at += len(lines[-1][-1])
        if text[at : at + 1] == "\n":
            lines.append([])
        at += 1
    return lines
