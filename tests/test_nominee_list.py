"""A pasted list of nominees is read line by line, and every fault is told in words."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.nominee_list import MOST_LINES, MOST_NOMINEES, parse_pasted

ONE_AWARD = {"GK": "Giấy khen của Chủ tịch UBND huyện"}
AWARDS = ONE_AWARD | {"LDTT": "Tập thể lao động tiên tiến", "CSTD": "Chiến sĩ thi đua cơ sở"}
HEADING = "TT\tLoại đối tượng\tHọ và tên\tNăm sinh\tGiới tính\tChức vụ\tĐơn vị\tHình thức khen\tThành tích\tKết quả (%)"
RIGHT = "1\tcá nhân\tNguyễn Văn Ánh\t1985\tnam\tTrưởng phòng\tPhòng Nội vụ\tGiấy khen\tHoàn thành 11/11 chỉ tiêu\t95,5"


def pasted(*lines, awards=AWARDS):
    """The report on these lines, which must be readable."""
    report = parse_pasted("\n".join(lines), awards)
    assert report.problem is None
    return report


def only_row(*lines, awards=AWARDS):
    """The one row of these lines."""
    (row,) = pasted(*lines, awards=awards).rows
    return row


def test_a_right_line_becomes_values_without_a_word():
    row = only_row(HEADING, RIGHT)
    assert (row.number, row.errors, row.warnings) == (2, {}, [])
    assert row.values == {
        "kind": "PERSON",
        "full_name": "Nguyễn Văn Ánh",
        "birth_year": 1985,
        "sex": "MALE",
        "title": "Trưởng phòng",
        "unit_name": "Phòng Nội vụ",
        "award": "GK",
        "achievement": "Hoàn thành 11/11 chỉ tiêu",
        "result_percent": Decimal("95.5"),
    }


def test_every_wrong_cell_is_told_with_its_row_its_column_and_what_to_write():
    row = only_row(HEADING, "1\tđội\t \t19x5\tkhông\t\t\tBằng khen\t\tgần 100")
    assert row.errors == {
        "kind": "Dòng 2, cột “Loại đối tượng”: không rõ “đội”. Hãy ghi: cá nhân, tập thể hoặc hộ gia đình.",
        "full_name": "Dòng 2, cột “Họ và tên, tên tập thể”: chưa có tên. "
        "Hãy ghi họ và tên đầy đủ, hoặc tên tập thể, hộ gia đình.",
        "birth_year": row.errors["birth_year"],
        "sex": "Dòng 2, cột “Giới tính”: không rõ “không”. Hãy ghi: nam hoặc nữ.",
        "award": "Dòng 2, cột “Hình thức khen thưởng”: “Bằng khen” không có trong đợt này. Hãy ghi một trong: "
        "Giấy khen của Chủ tịch UBND huyện; Tập thể lao động tiên tiến; Chiến sĩ thi đua cơ sở.",
        "result_percent": "Dòng 2, cột “Kết quả thực hiện cam kết (%)”: không đọc được “gần 100”. "
        "Hãy ghi số từ 0 đến 999, nhiều nhất ba chữ số lẻ (không làm tròn hộ), ví dụ 95,5.",
    }
    assert "“19x5” không phải năm sinh. Hãy ghi bốn chữ số từ 1900 đến" in row.errors["birth_year"]
    assert row.values["birth_year"] == "19x5"


def test_a_wrong_line_never_stops_the_right_ones():
    rows = pasted(HEADING, "1\tđội\tA", RIGHT, "", "3\t\t\x00\t\t\t\t\tGK", RIGHT.replace("Ánh", "Bình")).rows
    assert [(row.number, bool(row.errors)) for row in rows] == [(2, True), (3, False), (5, True), (6, False)]


def test_a_list_without_a_header_is_read_in_the_usual_order_with_or_without_numbers_and_kinds():
    whole = "tập thể\tPhòng Tư pháp\t\t\t\tUBND huyện\tLDTT\tTốt\t100"
    for line in (whole, f"1\t{whole}"):
        assert only_row(line).values["full_name"] == "Phòng Tư pháp"
        assert only_row(line).values["result_percent"] == 100
    row = only_row("Nguyễn Thị Ấm\t1990\tnữ\tChuyên viên\tPhòng Tư pháp\tGK")
    assert (row.values["kind"], row.values["unit_name"], row.errors) == ("PERSON", "Phòng Tư pháp", {})


def test_a_person_is_inferred_from_a_birth_year_or_a_sex_with_a_warning_and_nothing_else_is_guessed():
    heading = "Họ và tên\tNăm sinh\tGiới tính\tHình thức"
    by_year, by_sex, unknown = pasted(heading, "Lê Ấm\t1990\t\tGK", "Lê Bình\t\tnữ\tGK", "Tổ Một\t\t\tGK").rows
    assert [row.values["kind"] for row in (by_year, by_sex, unknown)] == ["PERSON", "PERSON", ""]
    assert by_year.warnings == ["Dòng 2: chưa ghi loại đối tượng, đã hiểu là cá nhân."]
    assert list(unknown.errors) == ["kind"]


def test_a_collective_has_neither_birth_year_nor_sex():
    row = only_row("Loại\tTên\tNăm sinh\tGiới tính\tHình thức", "tập thể\tTổ Một\t1990\tnam\tLDTT")
    assert list(row.errors) == ["birth_year", "sex"]


def test_the_same_name_and_award_twice_is_warned_of_however_it_is_written():
    rows = pasted(HEADING, RIGHT, RIGHT.replace("Ánh", "ÁNH"), RIGHT.replace("Giấy khen", "CSTD")).rows
    assert [row.warnings for row in rows] == [
        [],
        ["Dòng 3: trùng tên và hình thức khen thưởng với dòng 2."],
        [],
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("95,5", "95.5"),
        ("95.5", "95.5"),
        ("95,5%", "95.5"),
        ("95,125 %", "95.125"),
        ("0", "0"),
        ("120", "120"),
        ("", None),
        ("95,1234", "wrong"),
        ("-5", "wrong"),
        ("1.000,5", "wrong"),
        ("²", "wrong"),
        ("١٢", "wrong"),
    ],
)
def test_a_percentage_is_exact_or_refused_but_never_rounded(typed, kept):
    row = only_row("Loại\tTên\tHình thức\tTỷ lệ", f"tập thể\tTổ Một\tGK\t{typed}")
    assert ("result_percent" in row.errors) == (kept == "wrong")
    if kept != "wrong":
        assert row.values["result_percent"] == (Decimal(kept) if kept else None)


@pytest.mark.parametrize(
    ("typed", "year"), [("1985", 1985), ("2/9/1945", 1945), ("02-09-1945", 1945), ("1899", None), ("2999", None)]
)
def test_a_birth_year_may_come_as_a_whole_date(typed, year):
    row = only_row(HEADING, RIGHT.replace("1985", typed))
    assert ("birth_year" in row.errors) == (year is None)
    assert row.values["birth_year"] == (year or typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("GK", "GK"),
        ("giay khen cua chu tich ubnd huyen", "GK"),
        ("Giấy khen", "GK"),
        ("Chiến sĩ thi đua", "CSTD"),
        ("Chiến", "CSTD"),
        ("C", None),
        ("", None),
        ("Giấy khen của Bộ", None),
    ],
)
def test_an_award_is_known_by_code_by_name_or_by_a_beginning_only_it_has(typed, code):
    row = only_row(HEADING, RIGHT.replace("Giấy khen", typed))
    assert ("award" in row.errors) == (code is None)
    assert row.values["award"] == (code or typed)


def test_two_awards_with_the_same_beginning_are_not_guessed_between():
    two = {"A": "Giấy khen tập thể", "B": "Giấy khen cá nhân"}
    assert (
        "Hãy ghi một trong: Giấy khen tập thể; Giấy khen cá nhân."
        in only_row(HEADING, RIGHT, awards=two).errors["award"]
    )


def test_an_empty_award_is_the_only_award_of_the_campaign():
    assert only_row("Loại\tTên", "tập thể\tTổ Một", awards=ONE_AWARD).values["award"] == "GK"
    assert "award" in only_row("Loại\tTên", "tập thể\tTổ Một").errors


def test_a_cell_of_several_lines_stays_one_cell_and_other_quotes_stay():
    row = only_row(HEADING, RIGHT.replace("Hoàn thành 11/11 chỉ tiêu", '"Dòng một\nDòng ""hai"""'))
    assert row.values["achievement"] == 'Dòng một\nDòng "hai"'
    row = only_row(HEADING, RIGHT.replace("Hoàn thành", '"Gương sáng" và "'))
    assert row.values["achievement"] == '"Gương sáng" và " 11/11 chỉ tiêu'


def test_a_quote_left_open_never_swallows_the_lines_below():
    opened, closed = (RIGHT.replace("Trưởng phòng", title) for title in ('"Gương', 'sáng" nhất'))
    assert [row.values["title"] for row in pasted(HEADING, opened, closed).rows] == ['"Gương', 'sáng" nhất']


def test_headings_that_are_not_used_are_named_and_cells_without_a_heading_are_told():
    report = pasted(f"{HEADING}\tGhi chú", f"{RIGHT}\tnghỉ hưu\tthừa")
    assert report.unused == ["Ghi chú"]
    assert report.rows[0].warnings == ["Dòng 2: ô không có tiêu đề nên không dùng: thừa."]


@pytest.mark.parametrize(
    "name", ["NguyÔn ThÞ H", "TrÇn V¨n", "Hoµng", "§Æng", "Nguyeãn Vaên", "Phöông", "Ph¹m", "Ng« Ba"]
)
def test_text_of_an_old_font_is_refused_with_advice_and_its_neighbours_are_not(name):
    old, new = pasted(HEADING, RIGHT.replace("Nguyễn Văn Ánh", name), RIGHT).rows
    assert list(old.errors) == ["full_name"]
    assert "phông cũ (TCVN3 hoặc VNI)" in old.errors["full_name"]
    assert "Unicode" in old.errors["full_name"]
    assert new.errors == {}


@pytest.mark.parametrize(
    "name",
    [
        "Lê Thị Hà",
        "Lê Hà",
        "NGÔ QUÝ",
        "François Müller",
        "Nguyễn Anaïs",
        "Noël",
        "H'Hen Niê",
        "Y Moan Ênuôl",
        "Hoà Bình ®",
    ],
)
def test_unicode_names_are_not_taken_for_an_old_font(name):
    assert only_row(HEADING, RIGHT.replace("Nguyễn Văn Ánh", name)).errors == {}


def test_an_uncertain_name_is_refused_where_other_cells_are_of_an_old_font():
    rows = pasted(HEADING, RIGHT.replace("Nguyễn Văn Ánh", "Bïi Hå"), RIGHT.replace("Nguyễn Văn Ánh", "ThÞ")).rows
    assert [list(row.errors) for row in rows] == [["full_name"], ["full_name"]]
    assert only_row(HEADING, RIGHT.replace("Nguyễn Văn Ánh", "Bïi Hå")).errors == {}


def test_nothing_to_read_and_too_much_to_read_are_told():
    assert "chưa có đối tượng nào" in parse_pasted("", AWARDS).problem
    assert "chưa có đối tượng nào" in parse_pasted(HEADING, AWARDS).problem
    assert len(pasted(HEADING, *[RIGHT] * MOST_NOMINEES).rows) == MOST_NOMINEES
    assert (
        "nhiều nhất 500 đối tượng" in parse_pasted("\n".join([HEADING, *[RIGHT] * (MOST_NOMINEES + 1)]), AWARDS).problem
    )
    assert "2.000 dòng" in parse_pasted(HEADING + "\n\t" * MOST_LINES + RIGHT, AWARDS).problem
    assert "quá dài" in parse_pasted("a" * 2_000_001, AWARDS).problem


@given(st.text(st.sampled_from('aÔĐ1\t\n\r" ,%\x00\u0301'), max_size=200))
def test_any_pasted_text_gets_an_answer(text):
    report = parse_pasted(text, AWARDS)
    assert bool(report.problem) != bool(report.rows)


@pytest.mark.parametrize(
    "text", ['"' * 1_000_000, '"a\n' * 300_000, '\t"""\n' * 200_000, "(" * 1_000_000, "\n" * 1_000_000]
)
def test_a_megabyte_of_nonsense_is_answered_within_seconds(text):
    started = time.perf_counter()
    parse_pasted(f"{HEADING}\n{text}", AWARDS)
    assert time.perf_counter() - started < 5


def test_a_failed_formula_is_told_and_not_taken_for_a_name():
    assert "công thức" in only_row(HEADING, RIGHT.replace("Nguyễn Văn Ánh", "#N/A")).errors["full_name"]
