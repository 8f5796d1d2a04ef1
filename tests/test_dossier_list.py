"""The list of dossiers and what leaves it: who sees which, filters, search, pages; Excel and paper."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.ledger import Actor
from audit.models import Entry
from dossiers import edits
from dossiers.outcomes import outcome_of
from tests.dossier_pages import text_of

LIST = "/ho-so/"


def codes(response):
    """Codes of the dossiers on a page."""
    return [row["dossier"].code for row in response.context["list"].rows]


@pytest.fixture
def author(world, client):
    """The unit's author, signed in."""
    client.force_login(world.author)
    return client


def many(world, count, names=1):
    """So many drafts of the unit."""
    by = Actor(world.author)
    for _ in range(count):
        dossier = edits.open_dossier(by=by, campaign=world.campaign, unit=world.unit)
        edits.add_nominations(dossier, [world.nominee(i) for i in range(1, names + 1)], by=by)


def test_everybody_sees_the_dossiers_of_their_office_and_no_others(world, client):
    draft, submitted = world.opened(), world.submitted()
    theirs = world.opened(by=world.stranger, unit=world.other_unit)
    expected = {
        world.author: [submitted.code, draft.code],
        world.head: [submitted.code, draft.code],
        world.stranger: [theirs.code],
        world.finance: [submitted.code],
        world.inspector: [theirs.code, submitted.code, draft.code],
        world.secretary: [],
        world.signatory: [],
        world.admin: [],
    }
    for who, seen in expected.items():
        client.force_login(who)
        assert codes(client.get(LIST)) == seen
    assert "Chưa có hồ sơ nào" in text_of(client.get(LIST))


def test_search_ignores_accents_and_names_who_was_found_by_given_name(world, author):
    dossier = world.opened(names=0)
    names = ["Vi Văn Mẫu Ất", "Lò Thị Mẫu Đào", "Hoàng Văn Mẫu Dũng"]
    edits.add_nominations(dossier, [world.nominee(1, full_name=name) for name in names], by=Actor(world.author))
    world.opened()
    assert codes(author.get(LIST, {"q": "lo thi MAU dao"})) == [dossier.code]
    assert codes(author.get(LIST, {"q": dossier.code.lower()})) == [dossier.code]
    assert len(codes(author.get(LIST, {"q": "an mau"}))) == 2
    row = author.get(LIST, {"q": "van mau"}).context["list"].rows[0]
    assert row["named"] == ["Vi Văn Mẫu Ất", "Hoàng Văn Mẫu Dũng"]
    assert "Không có hồ sơ nào khớp" in text_of(author.get(LIST, {"q": "khong co ai"}))


def test_filters_stand_in_the_address_and_work_together(world, client):
    draft, submitted = world.opened(), world.submitted()
    theirs = world.opened(by=world.stranger, unit=world.other_unit)
    client.force_login(world.inspector)
    assert codes(client.get(LIST, {"nhom": "dang-xet"})) == [submitted.code]
    assert codes(client.get(LIST, {"nhom": "dang-lap", "don-vi": world.unit.pk})) == [draft.code]
    assert codes(client.get(LIST, {"don-vi": world.other_unit.pk, "dot": world.campaign.pk})) == [theirs.code]
    assert codes(client.get(LIST, {"nam": "2023"})) == []
    said = text_of(client.get(LIST, {"nhom": "dang-xet", "q": "mau"}))
    assert 'name="nhom" value="dang-xet"' in said
    assert "?q=mau&nhom=dang-lap" in said
    assert f'<option value="{world.other_unit.pk}">' in said


def test_the_groups_count_what_the_other_filters_leave(world, author):
    world.opened()
    world.submitted()
    counts = {str(pill["label"]): pill["count"] for pill in author.get(LIST).context["list"].groups}
    assert counts["Tất cả"] == 2
    assert counts["Đang lập, chờ ký"] == counts["Đang xét"] == 1
    assert counts["Đã quyết định"] == 0


@pytest.mark.parametrize(
    "asked",
    ["q=%00", "q=" + "a" * 5000, "sau=x", "sau=" + "9" * 40, "dot=-1", "don-vi=²", "nam=1e9", "nhom=khac", "q=%F0%9F"],
)
def test_a_strange_address_is_answered(world, author, asked):
    world.opened()
    assert author.get(f"{LIST}?{asked}").status_code in (200, 400)


def test_pages_go_on_where_the_last_ended_though_others_are_added(world, author):
    many(world, 120)
    seen, page = [], author.get(LIST)
    while True:
        seen += codes(page)
        following = page.context["list"].next_url
        if not following:
            break
        world.opened(names=0)
        page = author.get(LIST + following)
    assert len(seen) == len(set(seen)) == 120
    assert "Về đầu danh sách" in text_of(page)


def test_the_list_asks_at_most_ten_statements_however_many_rows(world, author):
    world.opened()
    author.get(LIST)

    def asked(page):
        with CaptureQueriesContext(connection) as statements:
            answer = author.get(page)
        assert len(answer.content) <= 100_000
        return len(statements), len(codes(answer))

    few, _rows = asked(LIST)
    few_found, _rows = asked(LIST + "?q=mau")
    many(world, 60, names=4)
    assert asked(LIST) == (few, 50)
    assert asked(LIST + "?q=mau") == (few_found, 50)
    assert few_found == few + 1 <= 10


def test_only_what_the_author_may_still_change_offers_to_go_on(world, author):
    draft, submitted = world.opened(), world.submitted()
    said = text_of(author.get(LIST))
    assert reverse("dossiers:draft", args=[draft.code]) in said
    assert reverse("dossiers:draft", args=[submitted.code]) not in said


def judged(world):
    """A dossier on Nội vụ's desk of which TC–KH took one name out."""
    dossier = world.submitted(names=3)
    world.add_paper(dossier, "CONG_VAN", world.finance)
    world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier, n2=("FAIL", "Cam kết đạt 60 %.")))
    return world.fresh(dossier)


def sheet(response):
    """Rows of an exported list."""
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def test_the_unit_learns_of_no_verdict_before_the_end(world, client):
    dossier = judged(world)
    export, paper = (reverse(f"dossiers:{page}", args=[dossier.code]) for page in ("export", "paper_list"))
    assert {outcome_of(name, dossier, seen=False).text for name in dossier.names} == {"Đang xét"}
    client.force_login(world.author)
    assert len(sheet(client.get(export))[0]) == 10
    assert "60 %" not in text_of(client.get(paper))
    assert client.get(LIST).context["list"].rows[0]["out"] == 0
    client.force_login(world.home_affairs)
    head, first, second, *_rest = sheet(client.get(export))
    assert head[-5:] == ["Ý kiến TC–KH", "Ý kiến Nội vụ", "Phiếu đồng ý", "Kết quả", "Lý do"]
    assert first[-5:] == ["Đạt", None, None, "TC–KH đề xuất", None]
    assert second[-5:] == ["Không đạt", None, None, "TC–KH không đề xuất", "Cam kết đạt 60 %."]
    assert "Cam kết đạt 60 %." in text_of(client.get(paper))
    assert client.get(LIST).context["list"].rows[0]["out"] == 1
    assert len(Entry.objects.filter(kind="WITNESS", act="export")) == 2


def test_the_unit_learns_the_outcome_at_the_end(world, author):
    dossier = world.submitted(names=1)
    failed = {n.pk: ("FAIL", "Bị khiển trách ngày 14/06/2024.") for n in dossier.still_in}
    world.do(dossier, "decline", world.finance, verdicts=failed, reason="Không đề nghị nào đạt.")
    rows = sheet(author.get(reverse("dossiers:export", args=[dossier.code])))
    assert rows[1][-2:] == ["TC–KH không đề xuất", "Bị khiển trách ngày 14/06/2024."]


def test_a_reason_that_looks_like_a_formula_leaves_as_text(world, author):
    dossier = world.submitted(names=1)
    failed = {n.pk: ("FAIL", '=HYPERLINK("http://x")') for n in dossier.still_in}
    world.do(dossier, "decline", world.finance, verdicts=failed, reason="x")
    answer = author.get(reverse("dossiers:export", args=[dossier.code]))
    cell = openpyxl.load_workbook(io.BytesIO(answer.content)).active.cell(2, 15)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ('=HYPERLINK("http://x")', "s", True)


def test_the_printed_list_has_every_name_in_the_order_of_the_submission(world, author):
    dossier = world.opened(names=3)
    edits.save_letter(dossier, "Số 12/TTr-UBND, ngày 18/11/2024", by=Actor(world.author))
    said = text_of(author.get(reverse("dossiers:paper_list", args=[dossier.code])))
    places = [said.index(name.full_name) for name in dossier.names]
    assert places == sorted(places)
    for told in ("DANH SÁCH ĐỀ NGHỊ KHEN THƯỞNG", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "12/TTr-UBND", "95,5"):
        assert told in said
