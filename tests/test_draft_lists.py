"""Lists pasted or uploaded: right lines taken in, wrong ones told and kept, nothing lost on the way."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.ledger import Actor, faults
from audit.models import Entry
from dossiers import edits
from dossiers.models import Scratch
from tests.dossier_pages import text_of, url

HEAD = "TT\tHọ và tên\tNăm sinh\tĐơn vị\tHình thức khen thưởng\tKết quả\tThành tích\tLoại đối tượng\n"


def line(i, name="", percent="95,5", award="Giấy khen"):
    """One line of a pasted list."""
    return f"{i}\t{name or f'Nguyễn Mẫu {i}'}\t1985\tUBND xã An Mẫu\t{award}\t{percent}\tHoàn thành tốt.\tcá nhân\n"


@pytest.fixture
def dossier(world):
    """A draft with two names and its report."""
    return world.opened()


@pytest.fixture
def author(world, client):
    """The unit's author, signed in."""
    client.force_login(world.author)
    return client


def paste(author, dossier, text, **more):
    """Paste a list and see the report."""
    return author.post(url("paste", dossier), {"text": text, **more}, follow=True)


def accept(author, world, dossier, **more):
    """Accept the right lines of the list that waits."""
    return author.post(url("accept_list", dossier), {"version": world.fresh(dossier).version, **more}, follow=True)


def test_right_lines_are_taken_in_exactly_and_wrong_ones_wait_to_be_corrected(world, author, dossier):
    text = HEAD + line(1) + line(2, percent="chín mươi") + line(3, percent="99,125", name="H’Mẫu Niê")
    said = text_of(paste(author, dossier, text))
    assert "2 dòng đúng, 1 dòng cần sửa" in said
    assert "Dòng 3, cột “Kết quả thực hiện cam kết (%)”: không đọc được “chín mươi”" in said
    assert len(world.fresh(dossier).names) == 2
    said = text_of(accept(author, world, dossier))
    assert "Đã nhận 2 đề nghị." in said
    assert "0 dòng đúng, 1 dòng cần sửa" in said
    assert "chín mươi" in said
    after = world.fresh(dossier)
    assert [(n.full_name, n.result_percent) for n in after.names[2:]] == [
        ("Nguyễn Mẫu 1", Decimal("95.5")), ("H’Mẫu Niê", Decimal("99.125")),
    ]  # fmt: skip
    edit = Entry.objects.filter(chain_type="dossiers.dossier", chain_id=dossier.pk, act="add_nominations").last()
    assert '"3":' in edit.after
    assert '"4":' in edit.after
    assert after.version == dossier.version + 1
    assert list(faults(after)) == []


def test_a_wrong_line_is_corrected_in_a_form_of_its_own_and_leaves_the_waiting_list(world, author, dossier):
    paste(author, dossier, HEAD + line(1) + line(2, percent="chín mươi", award="Bằng khen"))
    page = author.get(url("add_nominee", dossier) + "?dong=3")
    said = text_of(page)
    assert "Sửa dòng 3 của danh sách" in said
    assert 'value="Nguyễn Mẫu 2"' in said
    assert 'value="chín mươi"' in said
    assert not page.context["asked"].form["award"].value()  # a wrong award is not taken for the only one
    sent = {"kind": "PERSON", "full_name": "Nguyễn Mẫu 2", "award": world.award.pk, "result_percent": "90", "line": "3"}
    sent |= {"version": dossier.version, "next": url("list_report", dossier)}
    answer = author.post(url("add_nominee", dossier), sent)
    assert answer["Location"] == url("list_report", dossier)
    assert world.fresh(dossier).names[-1].full_name == "Nguyễn Mẫu 2"
    assert "1 dòng đúng, 0 dòng cần sửa" in text_of(author.get(url("list_report", dossier)))


def test_the_wrong_lines_come_back_as_a_table_and_join_the_right_ones_when_corrected(world, author, dossier):
    text = HEAD + line(1) + line(2, percent="chín mươi").replace("Hoàn thành tốt.", '"Dòng một\nDòng hai"')
    table = paste(author, dossier, text).context["text"]
    assert "Dòng một\nDòng hai" in table
    said = text_of(paste(author, dossier, table.replace("chín mươi", "90"), correcting="1"))
    assert "2 dòng đúng, 0 dòng cần sửa" in said
    accept(author, world, dossier)
    assert world.fresh(dossier).names[-1].achievement == "Dòng một\nDòng hai"
    assert not Scratch.objects.exists()


def test_a_list_that_cannot_be_read_stays_in_the_box(author, dossier):
    said = text_of(paste(author, dossier, "Họ và tên\tNăm sinh\n"))
    assert "Danh sách chưa có đối tượng nào" in said
    assert "Họ và tên\tNăm sinh" in said
    assert "Chưa dán danh sách nào" in text_of(paste(author, dossier, ""))
    assert "ký tự ẩn" in text_of(paste(author, dossier, HEAD + line(1, name="a\0b")))
    assert not Scratch.objects.exists()


def test_a_megabyte_of_text_is_answered_in_words(author, dossier):
    assert "Danh sách quá dài" in text_of(paste(author, dossier, HEAD + line(1) * 14_000))
    said = text_of(paste(author, dossier, HEAD + line(1, name="Dài " * 260_000)))
    assert "0 dòng đúng, 1 dòng cần sửa" in said


def test_five_hundred_names_are_taken_and_one_more_is_refused_with_nothing_lost(world, author):
    dossier = world.opened(names=0)
    paste(author, dossier, HEAD + "".join(line(i) for i in range(1, 501)))
    assert "Đã nhận 500 đề nghị." in text_of(accept(author, world, dossier))
    assert len(world.fresh(dossier).names) == 500
    full = world.fresh(dossier).version
    said = text_of(paste(author, dossier, HEAD + line(501)))
    assert "1 dòng đúng" in said
    said = text_of(accept(author, world, dossier))
    assert "Một hồ sơ có nhiều nhất 500 đề nghị." in said
    assert "Nguyễn Mẫu 501" in said
    assert world.fresh(dossier).version == full
    assert author.get(url("draft", dossier)).status_code == 200
    assert list(faults(world.fresh(dossier))) == []


def test_five_hundred_and_one_lines_at_once_are_refused_in_words(author, dossier):
    said = text_of(paste(author, dossier, HEAD + "".join(line(i) for i in range(1, 502))))
    assert "nhiều nhất 500 đối tượng" in said


def test_lines_the_dossier_already_has_are_told_and_left_out_when_asked(world, author, dossier):
    said = text_of(paste(author, dossier, HEAD + line(1, name="Nguyễn Thị Mẫu 1") + line(2)))
    assert "Trùng tên và hình thức khen thưởng với số 1 trong hồ sơ này." in said
    assert "Bỏ qua 1 dòng trùng" in said
    accept(author, world, dossier, skip="1")
    assert [n.full_name for n in world.fresh(dossier).names[2:]] == ["Nguyễn Mẫu 2"]


def test_a_list_accepted_from_a_page_of_yesterday_is_a_conflict_and_waits_on(world, author, dossier):
    paste(author, dossier, HEAD + line(1))
    edits.save_letter(dossier, "Số 1", by=Actor(world.author))
    assert author.post(url("accept_list", dossier), {"version": dossier.version}).status_code == 409
    assert "1 dòng đúng" in text_of(author.get(url("list_report", dossier)))
    assert len(world.fresh(dossier).names) == 2


def test_a_waiting_list_leaves_no_entry_and_can_be_thrown_away(world, author, dossier):
    paste(author, dossier, HEAD + line(1))
    assert world.fresh(dossier).version == dossier.version
    assert "Còn 1 dòng của danh sách chờ nhận" in text_of(author.get(url("draft", dossier)))
    author.post(url("drop_list", dossier))
    answer = author.get(url("list_report", dossier))
    assert answer["Location"] == url("draft", dossier)


def workbook(rows, name="danh-sach.xlsx"):
    """An uploaded Excel file."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def test_an_excel_file_with_wrong_rows_is_told_row_by_row(world, author, dossier):
    head = ["Họ và tên", "Năm sinh", "Loại đối tượng"]
    rows = [["DANH SÁCH"], head, ["Lò Mẫu Một", 1985, "cá nhân"], [None, 1990, "x"]]
    said = text_of(author.post(url("upload", dossier), {"file": workbook(rows)}, follow=True))
    assert "1 dòng đúng, 1 dòng cần sửa" in said
    assert "Dòng 4, cột “Họ và tên, tên tập thể”: chưa có tên" in said
    assert "danh-sach.xlsx" in said
    accept(author, world, dossier)
    assert world.fresh(dossier).names[-1].birth_year == 1985


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 hong", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cu", b"<html>", b"\0" * 99]
)
def test_what_is_no_excel_file_is_refused_in_words(author, dossier, content):
    answer = author.post(url("upload", dossier), {"file": SimpleUploadedFile("danh-sach.xlsx", content)})
    assert answer.status_code == 200
    assert "Hãy" in text_of(answer)
    assert "Chưa chọn tệp nào" in text_of(author.post(url("upload", dossier), {}))


def test_what_goes_out_in_excel_comes_in_again_as_it_was(world, author, dossier):
    group = {"kind": "COLLECTIVE", "full_name": "=Tổ 1", "birth_year": None, "sex": "", "title": ""}
    edits.add_nominations(dossier, [world.nominee(1, **group, result_percent="99.125")], by=Actor(world.author))
    out = author.get(url("export", dossier)).content
    empty = world.opened(names=0)
    author.post(url("upload", empty), {"file": SimpleUploadedFile("ra.xlsx", out)})
    accept(author, world, empty)
    there, here = ([edits.facts_of(n) for n in world.fresh(one).names] for one in (dossier, empty))
    assert here == there


def test_the_empty_list_offers_the_awards_of_the_campaign(author, dossier):
    answer = author.get(url("template", dossier))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book["Danh mục"]["A1"].value == "Giấy khen của Chủ tịch UBND huyện"
    assert "attachment" in answer["Content-Disposition"]


def test_an_award_that_is_not_for_this_kind_is_a_wrong_cell(world, author, dossier):
    world.campaign.awards.update(kinds="COLLECTIVE HOUSEHOLD")
    said = text_of(paste(author, dossier, HEAD + line(1)))
    assert "không dành cho cá nhân" in said
    assert "0 dòng đúng" in said
