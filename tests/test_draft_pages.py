"""The author's pages over HTTP: what is missing, names one by one, what is being typed, and who may not."""

import html
import unicodedata
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.ledger import Actor, faults
from audit.models import Entry
from dossiers import edits
from dossiers.conditions import missing_for_submission
from dossiers.draft_page import DraftPage
from dossiers.models import Scratch


def url(page, dossier, /, **named):
    """The address of a page of a dossier."""
    return reverse(f"dossiers:{page}", kwargs={"code": dossier.code, **named})


def text_of(response):
    """What the page says, entities resolved."""
    return html.unescape(response.content.decode())


def entries(dossier):
    """Its moving entries, oldest first."""
    chain = Entry.objects.filter(chain_type="dossiers.dossier", chain_id=dossier.pk)
    return list(chain.order_by("position"))


def nominee(world, **changes):
    """What the form of a person carries."""
    return {
        "kind": "PERSON", "full_name": "Lò Thị Mẫu Xuân", "birth_year": "1985", "sex": "FEMALE", "title": "Công chức",
        "unit_name": "UBND xã An Mẫu", "award": str(world.award.pk), "result_percent": "95,5",
        "achievement": "Hoàn thành 19/20 cam kết.", **changes,
    }  # fmt: skip


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
    edits.remove_paper(bare, bare.papers[0].pk, by=Actor(world.author))
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
    same = {**{field.name: field.value() for field in form}, "kind": "PERSON", "version": dossier.version}
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


@pytest.mark.parametrize("version", ["", "chữ", "-3", "9" * 40, None])
def test_a_form_that_is_not_of_today_is_answered_with_who_did_what_and_the_typed_text(world, author, dossier, version):
    sent = nominee(world, achievement="Đã gõ rất lâu.")
    answer = author.post(url("add_nominee", dossier), sent if version is None else {**sent, "version": version})
    assert answer.status_code == 409
    said = text_of(answer)
    assert "Đã gõ rất lâu." in said
    assert "Lò Thị Mẫu An" in said
    assert world.fresh(dossier).version == dossier.version


def test_two_who_change_at_once_do_not_overwrite_each_other(world, author, dossier):
    page, first = url("change_nominee", dossier, pk=dossier.names[0].pk), dossier.version
    author.post(page, nominee(world, title="Phó Chủ tịch", version=first))
    answer = author.post(page, nominee(world, title="Chủ tịch", version=first))
    assert answer.status_code == 409
    assert "Sửa đề nghị" in text_of(answer)
    assert world.fresh(dossier).names[0].title == "Phó Chủ tịch"


def every_address(dossier):
    """Every address of a dossier on this floor, with the method that uses it."""
    name, paper = dossier.names[0].pk, dossier.papers[0]
    version, component = paper.latest.pk, "BAO_CAO"
    gets = [
        url("draft", dossier), url("add_nominee", dossier), url("paste", dossier), url("list_report", dossier),
        url("change_nominee", dossier, pk=name), url("remove_nominee", dossier, pk=name),
        url("add_paper", dossier, component=component), url("replace", dossier, document=paper.pk),
        url("remove", dossier, document=paper.pk), url("download", dossier, version=version),
        url("preview", dossier, version=version), url("preview_image", dossier, version=version, page=1),
        url("template", dossier), url("export", dossier), url("paper_list", dossier),
        url("receipt", dossier, number=1),
    ]  # fmt: skip
    posts = [
        url("draft", dossier), url("add_nominee", dossier), url("paste", dossier), url("upload", dossier),
        url("accept_list", dossier), url("drop_list", dossier), url("change_nominee", dossier, pk=name),
        url("remove_nominee", dossier, pk=name), url("scratch", dossier), url("discard", dossier),
        url("add_paper", dossier, component=component), url("replace", dossier, document=paper.pk),
        url("remove", dossier, document=paper.pk),
    ]  # fmt: skip
    return gets, posts


def test_nobody_of_another_unit_finds_any_page_of_the_dossier(world, client, dossier):
    gets, posts = every_address(dossier)
    for who in (world.stranger, world.finance, world.admin, world.secretary):
        client.force_login(who)
        assert {client.get(page).status_code for page in gets} == {404}
        assert {client.post(page, {"version": dossier.version}).status_code for page in posts} == {404}
    assert world.fresh(dossier).version == dossier.version
    assert Scratch.objects.count() == 0


def test_nobody_who_is_not_signed_in_is_answered(client, dossier):
    gets, posts = every_address(dossier)
    answers = [client.get(page) for page in gets] + [client.post(page) for page in posts]
    assert {answer.status_code for answer in answers} == {302}
    assert all(answer["Location"].startswith("/dang-nhap/") for answer in answers)


def test_a_method_the_page_does_not_know_is_answered_first(author, dossier):
    gets, posts = every_address(dossier)
    for page in set(posts) - set(gets):
        assert author.get(page).status_code == 405
    for page in set(gets) - set(posts):
        assert author.post(page).status_code == 405
    assert {author.put(page).status_code for page in {*gets, *posts}} == {405}


def test_the_head_sees_the_draft_and_may_not_change_it(world, client, dossier):
    client.force_login(world.head)
    _gets, posts = every_address(dossier)
    assert {client.post(page, {"version": dossier.version}).status_code for page in posts} == {403}
    assert client.get(url("draft", dossier)).status_code == 403
    assert client.get(url("paper_list", dossier)).status_code == 200
    assert world.fresh(dossier).version == dossier.version


def test_a_dossier_that_left_the_author_is_changed_by_nobody(world, client):
    dossier = world.submitted()
    _gets, posts = every_address(dossier)
    for who in (world.author, world.head, world.finance):
        client.force_login(who)
        assert {client.post(page, {"version": dossier.version}).status_code for page in posts} == {409}
    client.force_login(world.author)
    answer = client.get(url("draft", dossier))
    assert (answer.status_code, answer["Location"]) == (302, f"/ho-so/{dossier.code}/")
    assert world.fresh(dossier).version == dossier.version


def test_what_is_typed_is_kept_without_version_or_entry_and_can_be_thrown_away(world, author, dossier):
    before = Entry.objects.count()
    typed = {"form": "nominee-new", "full_name": "Người đang gõ\0 dở", "kind": "COLLECTIVE", "khac": "không giữ"}
    assert author.post(url("scratch", dossier), typed).status_code == 204
    assert Scratch.objects.get().text == {"full_name": "Người đang gõ dở", "kind": "COLLECTIVE"}
    said = text_of(author.get(url("add_nominee", dossier)))
    assert "Đã khôi phục phần đang gõ dở lúc" in said
    assert 'value="Người đang gõ dở"' in said
    assert 'value="COLLECTIVE"' in said
    answer = author.post(url("discard", dossier), {"form": "nominee-new", "next": url("add_nominee", dossier)})
    assert answer["Location"] == url("add_nominee", dossier)
    assert "Đã khôi phục" not in text_of(author.get(url("add_nominee", dossier)))
    assert Entry.objects.count() == before
    assert world.fresh(dossier).version == dossier.version


def test_what_was_typed_is_forgotten_once_it_is_saved(world, author, dossier):
    author.post(url("scratch", dossier), {"form": "nominee-new", "full_name": "Lò"})
    author.post(url("scratch", dossier), {"form": "draft", "letter_number": "13"})
    author.post(url("add_nominee", dossier), nominee(world, version=dossier.version))
    assert list(Scratch.objects.values_list("form", flat=True)) == ["draft"]
    assert "Đã khôi phục" in text_of(author.get(url("draft", dossier)))
    author.post(url("draft", dossier), {"letter_number": "13", "version": dossier.version + 1})
    assert not Scratch.objects.exists()


def test_what_another_person_types_is_seen_by_them_alone(world, client, dossier):
    edits.keep_scratch(dossier, "nominee-new", {"full_name": "Của người khác"}, by=Actor(world.author))
    Scratch.objects.update(person=world.head)
    client.force_login(world.author)
    assert "Của người khác" not in text_of(client.get(url("add_nominee", dossier)))


@pytest.mark.parametrize("form", ["list", "nominee-0", "nominee-999999999999999999", "", "x" * 500])
def test_only_forms_there_are_are_kept(author, dossier, form):
    assert author.post(url("scratch", dossier), {"form": form, "full_name": "x"}).status_code == 409
    assert not Scratch.objects.exists()


def test_more_than_is_kept_while_typing_is_said_and_nothing_breaks(author, dossier):
    answer = author.post(url("scratch", dossier), {"form": "paste", "text": "chữ " * 600_000})
    assert answer.status_code == 413
    assert "quá dài" in text_of(answer)


def returned(world):
    """A dossier of which the desk asks about the first name and the report."""
    dossier = world.submitted(names=3)
    verdicts = world.all_pass(
        dossier, n1=("SUPPLEMENT", "Thiếu xác nhận của Công an xã."), n3=("FAIL", "Dưới 90 %.")
    )
    world.do(dossier, "request_supplement", world.finance, verdicts=verdicts, papers=[], reason="Bổ sung xác nhận.")
    return world.fresh(dossier)


def test_in_a_supplement_only_what_was_asked_about_is_changed(world, author):
    dossier = returned(world)
    asked, other, out = dossier.names
    said = text_of(author.get(url("draft", dossier)))
    for told in ("yêu cầu bổ sung", "Bổ sung xác nhận.", "Thiếu xác nhận của Công an xã.", "Dưới 90 %.", "Hạn bổ sung"):
        assert told in said
    assert url("change_nominee", dossier, pk=asked.pk) in said
    assert url("change_nominee", dossier, pk=other.pk) not in said
    assert url("add_nominee", dossier) not in said
    assert 'type="file"' not in said
    sent = nominee(world, title="Đã xác nhận", version=dossier.version)
    for name in (other, out):
        answer = author.get(url("change_nominee", dossier, pk=name.pk))
        assert (answer.status_code, answer["Location"]) == (302, url("draft", dossier))
    assert "Chỉ sửa được" in text_of(author.post(url("change_nominee", dossier, pk=other.pk), sent))
    assert author.post(url("change_nominee", dossier, pk=out.pk), sent).status_code == 409
    assert author.post(url("add_nominee", dossier), sent).status_code == 302
    assert author.post(url("add_paper", dossier, component="BAO_CAO"), sent).status_code == 409
    assert world.fresh(dossier).version == dossier.version
    assert author.post(url("change_nominee", dossier, pk=asked.pk), sent).status_code == 302
    assert world.fresh(dossier).names[0].title == "Đã xác nhận"
    assert list(faults(world.fresh(dossier))) == []


def test_the_head_who_gives_it_back_tells_the_author_why(world, author, dossier):
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "hand_back", world.head, reason="Ghi rõ số tờ trình.")
    said = text_of(author.get(url("draft", dossier)))
    assert "Thủ trưởng trả lại để sửa" in said
    assert "Ghi rõ số tờ trình." in said


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
