"""A list of nominees goes out as an Excel workbook and comes in as one, also as others make them."""

import time
import zipfile
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from dossiers.nominee_cells import COLUMNS, KINDS, SEXES
from dossiers.nominee_list import MOST_LINES
from dossiers.nominee_workbook import parse_workbook, template_workbook, workbook_of
from organizations.names import clean_line, clean_text

ONE_AWARD = {"GK": "Giấy khen của Chủ tịch UBND huyện"}
AWARDS = ONE_AWARD | {"LDTT": "Tập thể lao động tiên tiến", "CSTD": "Chiến sĩ thi đua cơ sở"}


def book_of(*lines, **fonts):
    """Bytes of a workbook with these rows; fonts by cell name."""
    book = Workbook()
    sheet = book.worksheets[0]
    for line in lines:
        sheet.append(line)
    for cell, font in fonts.items():
        sheet[cell].font = Font(name=font)
    return saved(book)


def saved(book):
    """Bytes of a workbook."""
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(content, name, part):
    """The same workbook with one part replaced."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, part if entry == name else old.read(entry))
    return stream.getvalue()


def test_the_font_of_a_cell_betrays_what_its_letters_do_not():
    lines = ["Loại", "Họ và tên", "Hình thức"], ["cá nhân", "Thò Hoa", "GK"]
    assert parse_workbook(book_of(*lines), AWARDS).rows[0].errors == {}
    assert list(parse_workbook(book_of(*lines, B2="VNI-Times"), AWARDS).rows[0].errors) == ["full_name"]
    unicode = ["cá nhân", "Nguyễn Văn Ánh", "GK"]
    assert parse_workbook(book_of(lines[0], unicode, B2=".VnTime"), AWARDS).rows[0].errors == {}


def test_a_header_in_an_old_font_is_told_as_such():
    content = book_of(["Hä vµ tªn", "H×nh thøc"], ["NguyÔn ThÞ", "GK"])
    assert "phông cũ" in parse_workbook(content, AWARDS).problem


def test_the_header_of_a_workbook_is_found_below_a_title_and_rows_keep_the_numbers_excel_shows():
    content = book_of(
        ["DANH SÁCH ĐỀ NGHỊ KHEN THƯỞNG"],
        [],
        ["STT", "Họ và tên", "Ngày sinh", "Hình thức đề nghị khen thưởng", "Tỷ lệ hoàn thành (%)"],
        [1, "Nguyễn Văn Ánh", 1985, "Giấy khen", 95.1],
        [2, None, None, None, None],
        [None, "Lê Ấm", "x", "Giấy khen", 95.3],
    )
    first, second = parse_workbook(content, AWARDS).rows
    assert (first.number, first.values["birth_year"], first.values["result_percent"]) == (4, 1985, Decimal("95.1"))
    assert (second.number, list(second.errors)) == (6, ["birth_year"])
    assert second.values["result_percent"] == Decimal("95.3")


def test_the_noise_of_a_computed_number_is_not_taken_for_decimals():
    content = book_of(["Tên", "Loại", "Kết quả"], ["Tổ Một", "tập thể", 95.3])
    with zipfile.ZipFile(BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").replace(b"<v>95.3</v>", b"<v>95.30000000000001</v>")
    noisy = with_part(content, "xl/worksheets/sheet1.xml", sheet)
    assert b"95.30000000000001" in sheet
    assert parse_workbook(noisy, ONE_AWARD).rows[0].values["result_percent"] == Decimal("95.3")


def test_a_cell_in_percent_format_is_the_percentage_excel_shows():
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Tên", "Loại", "Hình thức", "Kết quả"])
    sheet.append(["Tổ Một", "tập thể", "GK", 0.955])
    sheet["D2"].number_format = "0.0%"
    assert parse_workbook(saved(book), AWARDS).rows[0].values["result_percent"] == Decimal("95.5")


def test_a_list_going_on_beyond_the_lines_that_are_read_is_not_cut_in_silence():
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A2"], sheet[f"A{MOST_LINES + 7}"] = "Họ và tên", "Lê Ấm", "Lê Bình"
    assert "2.000 dòng" in parse_workbook(saved(book), ONE_AWARD).problem


def test_a_cell_in_the_far_corner_costs_neither_memory_nor_time():
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A2"], sheet["XFD1048576"] = "Họ và tên", "Lê Ấm", "x"
    started = time.perf_counter()
    assert len(parse_workbook(saved(book), ONE_AWARD).rows) == 1
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "không phải bảng tính Excel"),
        ("Họ và tên;Năm sinh".encode(), "không phải bảng tính Excel"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "kiểu cũ (.xls)"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "có mật khẩu"),
        (book_of(["A", "B"], ["C", "D"]), "Không thấy dòng tiêu đề"),
        (with_part(book_of(["Họ và tên"], ["Lê Ấm"]), "xl/styles.xml", b"<broken"), "Không đọc được tệp này"),
        (with_part(book_of(["Họ và tên"], ["Lê Ấm"]), "docProps/app.xml", b" " * 13_000_000), "Tệp quá lớn"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(content, sentence):
    report = parse_workbook(content, AWARDS)
    assert sentence in report.problem
    assert "Hãy" in report.problem
    assert report.rows == []


def test_hidden_sheets_are_passed_over_and_the_first_sheet_with_a_header_is_read():
    book = Workbook()
    book.worksheets[0].append(["Ghi chú chung"])
    for name, person, state in (("cũ", "Lê Cũ", "hidden"), ("nay", "Lê Nay", "visible")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(["Họ và tên", "Năm sinh"])
        sheet.append([person, 1990])
    assert [row.values["full_name"] for row in parse_workbook(saved(book), ONE_AWARD).rows] == ["Lê Nay"]


# accented Latin-1 letters come in whole words: strewn at random they spell what only an old font would ("aà")
PIECES = [
    *"aăbcdđegiklmnoơpqrstuưvxyảạấờựỹĐỖ0123456789 .,;:!?()/\"'&<>_x%+-=@#*🎖–\n",
    " Hà ",
    " Lê ",
    " quý ",
    " TRÀNG ",
]
written = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
texts = st.one_of(
    written.map(clean_text),
    st.sampled_from(["=1+1", "+84", "-", "@SUM(A1)", "_x0041_", "__x000D__", "#N/A!", "0,5", "1985", "TRUE"]),
)
nominees = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(KINDS)),
        "full_name": written.map(lambda text: clean_line(f"{text} Ấm")),
        "birth_year": st.none() | st.integers(1900, 2020),
        "sex": st.sampled_from(["", *SEXES]),
        "title": texts.map(clean_line),
        "unit_name": texts.map(clean_line),
        "award": st.sampled_from(list(AWARDS)),
        "achievement": texts,
        "result_percent": st.none() | st.decimals(0, 999, places=3),
    }
).map(lambda values: values | ({"birth_year": None, "sex": ""} if values["kind"] == "COLLECTIVE" else {}))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(nominees, min_size=1, max_size=6))
def test_a_list_written_to_a_workbook_reads_back_equal(rows):
    report = parse_workbook(workbook_of(rows, AWARDS), AWARDS)
    assert report.problem is None
    assert report.unused == []
    assert [(row.errors, row.values) for row in report.rows] == [({}, values) for values in rows]


def test_awards_that_share_a_name_are_written_by_their_codes():
    twins = {"A": "Giấy khen", "B": "Giấy khen"}
    rows = [{"kind": "HOUSEHOLD", "full_name": "Hộ ông Ấm", "award": code} for code in twins]
    assert [row.values["award"] for row in parse_workbook(workbook_of(rows, twins), twins).rows] == ["A", "B"]


def test_no_cell_of_a_written_list_is_a_formula_and_none_fails_on_a_hidden_character():
    rows = [{"kind": "PERSON", "full_name": sign + "cmd|' /C calc'!A0\x00\ud800", "award": "GK"} for sign in "=+-@"]
    sheet = load_workbook(BytesIO(workbook_of(rows, AWARDS))).worksheets[0]
    cells = [cell for line in sheet.iter_rows(min_row=2) for cell in line if isinstance(cell.value, str)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value[0] in "=+-@")
    assert "kind" not in str([cell.value for cell in sheet[1]])


def test_the_template_is_empty_until_it_is_filled_and_then_read():
    empty = template_workbook(AWARDS)
    assert "chưa có đối tượng nào" in parse_workbook(empty, AWARDS).problem
    book = load_workbook(BytesIO(empty))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[3]] == ["TT", *COLUMNS.values()]
    assert sheet.freeze_panes == "A4"
    assert len(sheet.data_validations.dataValidation) == 5
    for place, text in enumerate(["1", "cá nhân", "Nguyễn Văn Ánh", 1985, "nam", "", "", "Giấy khen"], start=1):
        sheet.cell(4, place, text)
    (row,) = parse_workbook(saved(book), AWARDS).rows
    assert (row.number, row.errors, row.values["award"]) == (4, {}, "GK")


def test_five_hundred_nominees_with_long_achievements_are_read_within_seconds():
    rows = [
        {"kind": "PERSON", "full_name": f"Lê Văn Ấm {n}", "award": "GK", "achievement": "ấ" * 2_000} for n in range(500)
    ]
    started = time.perf_counter()
    report = parse_workbook(workbook_of(rows, AWARDS), AWARDS)
    assert [bool(row.errors) for row in report.rows] == [False] * 500
    assert time.perf_counter() - started < 15
