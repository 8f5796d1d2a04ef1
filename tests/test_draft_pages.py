"""The author's pages over HTTP: what is missing, names one by one, the letter, names that stand twice."""

import unicodedata
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.ledger import Actor, faults
from dossiers import edits, papers
from dossiers.conditions import missing_for_submission
from dossiers.draft_page import DraftPage
from tests.dossier_pages import entries, nominee, text_of, url


@pytest.fixture
def dossier(world):
    """A draft with two names and its report."""
    return world.opened()


@pytest.fixture
def author(world, client):
    """The unit's author, signed in."""
    client.force_login(world.author)
    return client


def test_the_draft_tells_what_is_missing_and_agrees_with_the_law(world, author):
    bare = world.opened(names=0)
    papers.remove_paper(bare, bare.papers[0].pk, by=Actor(world.author))
    said = text_of(author.get(url("draft", bare)))
    assert "chưa có đề nghị nào" in said
    assert "Còn thiếu 2 mục trước khi nộp" in said
    for dossier in (bare, world.opened()):
        fresh = world.fresh(dossier)
        undone = [task for task in DraftPage(fresh, world.author).tasks if not task.done]
        assert bool(undone) == bool(missing_for_submission(fresh))
    assert "Đã đủ để trình ký" in text_of(author.get(url("draft", dossier)))


def test_a_name_without_its_achievement_is_missing_something(world, author, dossier):
    edits.add_nominations(dossier, [world.nominee(9, achievement=" ")], by=Actor(world.author))
    page = DraftPage(world.fresh(dossier), world.author)
    assert page.missing == 1
    assert [line.nomination.position for line in page.to_look_at] == [3]
    assert "chưa ghi thành tích" in text_of(author.get(url("draft", dossier) + "?xem=can-sua"))


def test_a_person_is_added_exactly_as_typed_with_one_entry(world, author, dossier):
    answer = author.post(url("add_nominee", dossier), {**nominee(world), "version": dossier.version})
    assert answer.status_code == 302
    after = world.fresh(dossier)
    added = after.names[-1]
    assert (added.full_name, added.position, added.result_percent) == ("Lò Thị Mẫu Xuân", 3, Decimal("95.5"))
    assert len(entries(dossier)) == dossier.version + 1 == after.version
    last = entries(dossier)[-1]
    assert (last.kind, last.act, last.actor) == ("EDIT", "add_nominations", world.author)
    assert '"full_name":"Lò Thị Mẫu Xuân"' in last.after
    assert list(faults(after)) == []


def test_a_collective_has_no_birth_year_and_a_household_no_title(world, author, dossier):
    for kind, name in (("COLLECTIVE", "Tập thể UBND xã An Mẫu"), ("HOUSEHOLD", "Vi Văn Mẫu Ất")):
        form = text_of(author.get(url("add_nominee", dossier) + f"?loai={kind}"))
        assert 'name="title"' not in form
        version = world.fresh(dossier).version
        author.post(url("add_nominee", dossier), nominee(world, kind=kind, full_name=name, version=version))
    collective, household = world.fresh(dossier).names[-2:]
    assert (collective.kind, collective.birth_year, collective.sex, collective.title) == ("COLLECTIVE", None, "", "")
    assert (household.kind, household.birth_year, household.title) == ("HOUSEHOLD", 1985, "")


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("full_name", "", "Ô này chưa điền"),
        ("full_name", "???", "Chưa có tên"),
        ("birth_year", "19x5", "không phải năm sinh"),
        ("birth_year", "9" * 5000, "không phải năm sinh"),
        ("result_percent", "95,5555", "Không đọc được"),
        ("award", "999999999999999999999999", "Lựa chọn này không có"),
        ("award", "", "Ô này chưa điền"),
        ("sex", "KHAC", "Lựa chọn này không có"),
        ("title", "a\0b", "ký tự ẩn"),
        ("achievement", "Ghi dài. " * 120_000, "nhiều nhất là 2.000 ký tự"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(world, author, dossier, field, typed, told):
    answer = author.post(url("add_nominee", dossier), nominee(world, **{field: typed, "version": dossier.version}))
    assert answer.status_code == 200
    said = text_of(answer)
    assert told in said
    assert "Chưa lưu được" in said
    assert field == "full_name" or "Lò Thị Mẫu Xuân" in said
    assert world.fresh(dossier).version == dossier.version


def test_text_typed_in_pieces_is_stored_composed(world, author, dossier):
    apart = unicodedata.normalize("NFD", "Đàm Thị Mẫu Én")
    author.post(url("add_nominee", dossier), nominee(world, full_name=apart, version=dossier.version))
    assert world.fresh(dossier).names[-1].full_name == unicodedata.normalize("NFC", apart)


def test_a_change_leaves_one_entry_with_before_and_after_and_no_change_leaves_none(world, author, dossier):
    name = dossier.names[0]
    page = url("change_nominee", dossier, pk=name.pk)
    form = author.get(page).context["asked"].form
    same = {**{field.name: field.value() or "" for field in form}, "kind": "PERSON", "version": dossier.version}
    author.post(page, same)
    assert world.fresh(dossier).version == dossier.version
    author.post(page, {**same, "title": "Phó Chủ tịch"})
    assert len(entries(dossier)) == dossier.version + 1
    last = entries(dossier)[-1]
    assert '"title":"Công chức"' in last.before
    assert '"title":"Phó Chủ tịch"' in last.after


def test_a_name_is_removed_after_a_question(world, author, dossier):
    page = url("remove_nominee", dossier, pk=dossier.names[0].pk)
    assert "khỏi danh sách?" in text_of(author.get(page))
    assert len(world.fresh(dossier).names) == 2
    author.post(page, {"version": dossier.version})
    assert [n.position for n in world.fresh(dossier).names] == [2]
    assert entries(dossier)[-1].act == "remove_nomination"
    assert list(faults(world.fresh(dossier))) == []


def test_the_letter_is_kept_and_shown_again_as_two_fields(world, author, dossier):
    typed = {"letter_number": " 12/TTr-UBND ", "letter_day": "2024-11-18", "version": dossier.version}
    assert author.post(url("draft", dossier), typed).status_code == 302
    assert world.fresh(dossier).letter == "Số 12/TTr-UBND, ngày 18/11/2024"
    form = author.get(url("draft", dossier)).context["form"]
    assert (form["letter_number"].value(), f"{form['letter_day'].value()}") == ("12/TTr-UBND", "2024-11-18")
    last = entries(dossier)[-1]
    assert (last.act, last.before) == ("save_letter", '{"letter":""}')


def test_a_letter_with_a_day_that_is_none_is_refused_in_words(world, author, dossier):
    answer = author.post(
        url("draft", dossier), {"letter_number": "12", "letter_day": "35/13/2024", "version": dossier.version}
    )
    assert "Gõ theo mẫu 31/12/2024" in text_of(answer)
    assert world.fresh(dossier).letter == ""


def test_the_same_name_and_award_twice_is_warned_of_and_another_units_dossier_is_not_named(world, client, dossier):
    theirs = world.opened(names=1, by=world.stranger, unit=world.other_unit)
    edits.add_nominations(dossier, [world.nominee(2)], by=Actor(world.author))
    client.force_login(world.author)
    said = text_of(client.get(url("draft", dossier)))
    assert "Trùng tên và hình thức khen thưởng với số 3 trong hồ sơ này." in said
    assert "Một hồ sơ khác của đợt đã có người trùng tên" in said
    assert theirs.code not in said
    other = world.opened(names=1)
    assert f"với một đề nghị của hồ sơ {dossier.code}" in text_of(client.get(url("draft", other)))


def test_a_name_that_is_added_twice_is_told_at_once(world, author, dossier):
    sent = nominee(world, full_name="nguyen thi mau 1", version=dossier.version)
    answer = author.post(url("add_nominee", dossier), sent, follow=True)
    assert "Đã thêm nguyen thi mau 1." in text_of(answer)
    assert [str(m) for m in answer.context["messages"]][-1].startswith("Trùng tên")


def test_a_name_of_a_withdrawn_dossier_doubles_nothing(world, author, dossier):
    gone = world.opened(names=2)
    world.do(gone, "withdraw", world.author, reason="Nộp nhầm.")
    assert "Trùng tên" not in text_of(author.get(url("draft", dossier)))


def test_the_list_is_sorted_by_given_name_the_vietnamese_way(world, author):
    dossier = world.opened(names=0)
    names = ["Vi Văn Mẫu Ất", "Lò Thị Mẫu Đào", "Hoàng Văn Mẫu Dũng", "Nguyễn Thị Mẫu An"]
    edits.add_nominations(dossier, [world.nominee(1, full_name=name) for name in names], by=Actor(world.author))
    page = author.get(url("draft", dossier) + "?xep=ten").context["page"]
    given = [line.nomination.full_name.split()[-1] for line in page.shown]
    assert given == ["An", "Ất", "Dũng", "Đào"]


def statements(client, page):
    """How many statements a page asks."""
    client.get(page)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(page)
    assert answer.status_code == 200
    return len(asked), len(answer.content)


def test_the_draft_asks_no_more_of_sixty_names_than_of_two(world, author):
    small, large = world.opened(names=2), world.opened(names=60)
    world.add_paper(large, "BAO_CAO", world.author, colour=(7, 7, 7))
    few, _size = statements(author, url("draft", small))
    many, size = statements(author, url("draft", large))
    assert few == many <= 17
    assert size <= 100_000
    assert len(author.get(url("draft", large)).context["page"].shown) == 50
    assert len(author.get(url("draft", large) + "?tu=50").context["page"].shown) == 10
