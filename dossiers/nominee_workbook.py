"""The list of nominees as an Excel workbook, in and out.

Read by openpyxl a line at a time, not by calamine: a 5 KB file with one cell at the far corner makes calamine reserve
the whole grid and abort the process, and it tells neither a cell's font (old fonts) nor its % format.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from .legacy_fonts import legacy_by_font, surely_legacy
from .nominee_cells import COLUMNS, EARLIEST_BIRTH, KINDS, SEXES
from .nominee_list import (
    HEADING_WITHIN,
    MOST_LINES,
    MOST_NOMINEES,
    Line,
    ListReport,
    UnreadableError,
    find_layout,
    old_font_advice,
    report_on,
    too_long,
)

MOST_UNPACKED = 12 * 1024 * 1024  # bytes of all parts; 500 nominees need 2 MB, a file full of old styles 8 MB more
MOST_PLACES = 60  # cells read of a line
SIGNIFICANT = ".15g"  # digits Excel shows of a number; the rest is the noise of binary fractions
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of .xls and of workbooks with a password
_WITH_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how a workbook writes characters XML cannot hold
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_SIGNS = ("=", "+", "-", "@")

WIDTHS = {"kind": 14, "full_name": 30, "birth_year": 10, "sex": 9, "title": 24, "unit_name": 32, "award": 28,
          "achievement": 60, "result_percent": 16}  # fmt: skip
HINTS = {
    "kind": "chọn: cá nhân, tập thể, hộ gia đình",
    "full_name": "họ và tên đầy đủ, hoặc tên tập thể",
    "birth_year": "ví dụ 1985; tập thể để trống",
    "sex": "nam hoặc nữ; tập thể để trống",
    "title": "chức vụ hiện nay",
    "unit_name": "ghi tên đầy đủ",
    "award": "chọn trong danh sách",
    "achievement": "nhiều nhất 2.000 ký tự",
    "result_percent": "ví dụ 95,5; không làm tròn",
}


def parse_workbook(content: bytes, awards: Mapping[str, str]) -> ListReport:
    """The report on the first visible sheet that has a header in its first ten rows.

    content   bytes of an .xlsx file
    awards    {code: name} of the campaign
    """
    try:
        _require_workbook(content)
        return _report_on_workbook(content, awards)
    except UnreadableError as refusal:
        return ListReport(problem=str(refusal))
    except Exception:  # openpyxl raises whatever a broken part makes it raise
        return ListReport(problem=_("Không đọc được tệp này. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi gửi lại."))


def _require_workbook(content: bytes) -> None:
    """Raises UnreadableError unless the bytes are an .xlsx of a size that can be read."""
    if content.startswith(_OLE) and _WITH_PASSWORD in content:
        raise UnreadableError(_("Tệp có mật khẩu, không đọc được. Hãy bỏ mật khẩu rồi gửi lại."))
    if content.startswith(_OLE):
        raise UnreadableError(_("Tệp Excel kiểu cũ (.xls). Hãy mở bằng Excel, lưu lại dạng .xlsx rồi gửi lại."))
    if not zipfile.is_zipfile(BytesIO(content)):
        raise UnreadableError(_("Tệp không phải bảng tính Excel (.xlsx). Hãy lưu danh sách dạng .xlsx rồi gửi lại."))
    with zipfile.ZipFile(BytesIO(content)) as parts:
        listed = parts.infolist()
    if not any(part.filename == "xl/workbook.xml" for part in listed):
        raise UnreadableError(_("Tệp không phải bảng tính Excel (.xlsx). Hãy lưu danh sách dạng .xlsx rồi gửi lại."))
    if sum(part.file_size for part in listed) > MOST_UNPACKED:
        raise UnreadableError(_("Tệp quá lớn. Hãy chép riêng danh sách sang tệp mẫu rồi gửi lại."))


def _report_on_workbook(content: bytes, awards: Mapping[str, str]) -> ListReport:
    """The report on the first sheet with a header.  Raises UnreadableError."""
    book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    old_fonts = False
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # what a file says of its own size is often wrong
        coming = _lines(sheet)
        head = list(islice(coming, HEADING_WITHIN))
        if layout := find_layout(head):
            rest = list(coming)
            layout.body.extend(rest)
            return report_on(head + rest, layout, awards)
        old_fonts = old_fonts or any(line.legacy or any(map(surely_legacy, line.cells)) for line in head)
    if old_fonts:
        raise UnreadableError(_("Không đọc được dòng tiêu đề: %(advice)s") % {"advice": old_font_advice()})
    raise UnreadableError(
        _("Không thấy dòng tiêu đề trong %(lines)d dòng đầu. Hãy dùng tệp mẫu, hoặc ghi tên cột “Họ và tên”, "
          "“Hình thức khen thưởng” ở một dòng phía trên danh sách.") % {"lines": HEADING_WITHIN}
    )  # fmt: skip


def _lines(sheet: Any) -> Iterator[Line]:
    """Rows as lines, numbered as Excel numbers them.  Raises UnreadableError when the list goes on beyond the limit."""
    blank = None  # rows a file leaves out come as one and the same tuple, perhaps a million times
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_PLACES), start=1):
        if number <= MOST_LINES:
            texts = [_text_of(cell) for cell in cells]
            old = (place for place, text in enumerate(texts) if not text.isascii() and _in_old_font(cells[place], text))
            yield Line(number, texts, frozenset(old))
        elif cells is not blank:
            if any(cell.value is not None for cell in cells):
                raise UnreadableError(too_long())
            blank = cells


def _in_old_font(cell: Any, text: str) -> bool:
    return legacy_by_font(cell.font.name, text)


def _text_of(cell: Any) -> str:
    """What a cell says, numbers exact and with a point, dates as 05/12/2024, percentages as 95.5%."""
    value = cell.value
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value).strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        exact = Decimal(format(value, SIGNIFICANT))
        return _plain(exact * 100) + "%" if "%" in cell.number_format else _plain(exact)
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def _plain(number: Decimal) -> str:
    """A number without exponent or needless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def workbook_of(rows: Iterable[Mapping[str, Any]], awards: Mapping[str, str]) -> bytes:
    """The list as an .xlsx, one line a nominee under a Vietnamese header; `parse_workbook` reads it back equal.

    rows      {column: value} as in Row.values
    awards    {code: name}; names stand in the file
    """
    book = Workbook()
    sheet = _sheet(book, heading_at=1)
    for number, values in enumerate(rows, start=1):
        sheet.append([number])
        for place, column in enumerate(COLUMNS, start=2):
            _write(sheet.cell(number + 1, place), _outward(column, values.get(column), awards))
    return _bytes_of(book)


def template_workbook(awards: Mapping[str, str]) -> bytes:
    """An empty list: a hint over every column, and choices for kind, sex and award."""
    book = Workbook()
    sheet = _sheet(book, heading_at=3)
    sheet["A1"] = "Danh sách đề nghị khen thưởng: điền từ dòng 4, mỗi đối tượng một dòng, giữ nguyên dòng tiêu đề."
    sheet["A1"].font = Font(bold=True)
    for place, column in enumerate(COLUMNS, start=2):
        hint = sheet.cell(2, place, HINTS[column])
        hint.font, hint.alignment = Font(italic=True, color="595959"), Alignment(wrap_text=True, vertical="top")
    choices = book.create_sheet("Danh mục")
    choices.sheet_state = "hidden"
    for line, code in enumerate(awards, start=1):
        _write(choices.cell(line, 1), _outward("award", code, awards))
    _offer(sheet, "kind", type="list", formula1=f'"{",".join(KINDS.values())}"')
    _offer(sheet, "sex", type="list", formula1=f'"{",".join(SEXES.values())}"')
    _offer(sheet, "birth_year", type="whole", operator="greaterThanOrEqual", formula1=str(EARLIEST_BIRTH))
    _offer(sheet, "result_percent", type="decimal", operator="between", formula1="0", formula2="999.999")
    if awards:
        _offer(sheet, "award", type="list", formula1=f"'Danh mục'!$A$1:$A${len(awards)}")
    return _bytes_of(book)


def _sheet(book: Workbook, heading_at: int) -> Any:
    """The first sheet with its header, widths, and the header kept in sight."""
    sheet = book.worksheets[0]
    sheet.title = "Danh sách đề nghị"
    sheet.column_dimensions["A"].width = 6
    for place, heading in enumerate(["TT", *COLUMNS.values()], start=1):
        cell = sheet.cell(heading_at, place, heading)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E7E2DA")
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    for place, column in enumerate(COLUMNS, start=2):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS[column]
    sheet.freeze_panes = f"A{heading_at + 1}"
    return sheet


def _offer(sheet: Any, column: str, **rule: str) -> None:
    """Let Excel offer or check what may be written in a column of the template."""
    letter = get_column_letter(list(COLUMNS).index(column) + 2)
    check = DataValidation(allow_blank=True, showErrorMessage=True, **rule)
    check.errorTitle, check.error = COLUMNS[column][:32], f"Cần ghi: {HINTS[column]}."
    check.add(f"{letter}4:{letter}{MOST_NOMINEES + 3}")
    sheet.add_data_validation(check)


def _outward(column: str, value: Any, awards: Mapping[str, str]) -> Any:
    """A value as people read it: labels for codes, an award's code only where two awards share a name."""
    if column == "award":
        names = list(awards.values())
        return awards[value] if value in awards and names.count(awards[value]) == 1 else value
    return {"kind": KINDS, "sex": SEXES}.get(column, {}).get(value, value)


def _write(cell: Any, value: Any) -> None:
    """Put a value in a cell; text stays text, whatever sign it begins with, also when it is edited in Excel."""
    if not isinstance(value, str):
        cell.value = value
        return
    written = _LOOKS_ESCAPED.sub("_x005F_", ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.value = written.encode("utf-8", "ignore").decode()
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.quotePrefix = written.startswith(_FORMULA_SIGNS)


def _bytes_of(book: Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
