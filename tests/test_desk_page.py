"""The desk: what waits for whom, in which order, found how; reading it writes nothing."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.ledger import Actor
from audit.models import Entry
from campaigns.models import CampaignAward
from dossiers import edits
from dossiers.models import Dossier
from flows import desk
from flows.models import StepRow
from notifications.models import Notification
from organizations.models import Office, Organization

MOST = 8  # statements of the desk, session and unread count included
MOST_BYTES = 100_000  # of its HTML with 50 rows


def page(client, person, **query):
    client.force_login(person)
    answer = client.get(reverse("flows:desk"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def codes(html):
    """The dossiers of the rows, from top to bottom."""
    return re.findall(r'<a class="title" data-open href="/ho-so/([^/]+)/[^"]*">', html)


def counts(html):
    """{tab: its count}."""
    tabs = r'<a href="/ban-viec/\?nhom=([\w-]+)[^"]*"[^>]*>[^<]+<span class="count num">([^<]+)</span>'
    found = re.findall(tabs, html)
    return dict(found)


def of_unit(world, code, author, head, **kwargs):
    """A submitted dossier of another unit."""
    dossier = world.opened(by=world.person(author), unit=Organization.objects.get(code=code), **kwargs)
    world.do(dossier, "hand_over", world.person(author))
    world.do(dossier, "submit", world.person(head))
    return world.fresh(dossier)


def claim(world, dossier, person):
    step = world.step(dossier)
    desk.claim(step.process_id, step.pk, by=Actor(person))


def test_each_step_lies_on_one_tab_of_each_of_its_people(client, world):
    pooled, claimed = world.submitted(), world.submitted()
    claim(world, claimed, world.finance)
    mine = page(client, world.finance)
    assert counts(mine) == {"can-lam": "1", "chung": "1", "noi-khac": "0", "da-xong": "0"}
    assert codes(mine) == [claimed.code]
    assert codes(page(client, world.finance, nhom="chung")) == [pooled.code]
    colleague = page(client, world.person("taichinh2"), nhom="dong-nghiep")
    assert counts(colleague) == {"can-lam": "0", "chung": "1", "dong-nghiep": "1", "noi-khac": "0", "da-xong": "0"}
    assert codes(colleague) == [claimed.code]
    assert world.finance.full_name in colleague
    assert "Nhận thay" in colleague
    author = page(client, world.author, nhom="noi-khac")
    assert counts(author) == {"can-lam": "0", "chung": "0", "noi-khac": "2", "da-xong": "2"}
    assert codes(page(client, world.head, nhom="da-xong")) == [claimed.code, pooled.code]


def test_secretary_and_signatory_find_their_dossiers_like_any_other_step(client, world):
    before_council = world.admitted()
    assert codes(page(client, world.secretary)) == [before_council.code]
    assert codes(page(client, world.signatory)) == []
    world.put_on_agenda(before_council)
    world.count(before_council)
    world.do(before_council, "recommend", world.secretary)
    assert codes(page(client, world.signatory)) == [before_council.code]
    assert "Ban hành quyết định" in page(client, world.signatory)


def test_a_stranger_with_the_same_office_elsewhere_sees_none_of_it(client, world):
    world.opened()
    world.submitted()
    for tab in ("can-lam", "chung", "dong-nghiep", "noi-khac", "da-xong"):
        assert codes(page(client, world.stranger, nhom=tab)) == []


def test_the_administrator_and_people_without_office_see_no_dossier(client, world):
    world.submitted()
    for person in (world.admin, world.stranger):
        person.appointments.filter(office=Office.AUTHOR).update(valid_until="2024-01-02")
        html = page(client, person)
        assert set(counts(html).values()) == {"0"}
        assert "Bạn chưa có việc nào về hồ sơ" in html


def test_the_most_overdue_comes_first(client, world, monday):
    early = world.submitted()
    world.later(monday, days=3)
    middle = of_unit(world, "X-BM", "lap.binhmau", "chutich.binhmau")
    world.later(monday, days=1)
    late = world.submitted()
    undated = world.submitted()
    StepRow.objects.filter(pk=world.step(undated).pk).update(due_at=None)
    world.later(monday, days=5)
    html = page(client, world.finance, nhom="chung")
    assert codes(html) == [early.code, middle.code, late.code, undated.code]
    assert len(re.findall(r'<tr data-row class="late[ "]', html)) == 1
    assert "quá hạn 2 ngày làm việc" in html
    assert "không đặt hạn" in html


def test_the_filters_by_deadline_count_and_choose(client, world, monday):
    overdue = world.submitted()
    world.later(monday, days=4)  # Friday 22/11: the first is due on Monday
    fresh = of_unit(world, "X-BM", "lap.binhmau", "chutich.binhmau")
    world.later(monday, days=4)  # Tuesday 26/11
    assert codes(page(client, world.finance, nhom="chung", han="qua-han")) == [overdue.code]
    assert codes(page(client, world.finance, nhom="chung", han="3-ngay")) == [fresh.code]
    assert codes(page(client, world.finance, nhom="chung", han="hom-nay")) == []
    world.later(monday, days=3)  # Friday 29/11, the day the second is due
    today = page(client, world.finance, nhom="chung", han="hom-nay")
    assert codes(today) == [fresh.code]
    assert re.search(r'aria-current="true"><span aria-hidden="true">✓ </span>Hôm nay <b class="num">1</b>', today)


def test_the_filter_by_step_takes_steps_of_one_title_together(client, world):
    draft, submitted = world.opened(), world.submitted()
    asked = {"verdicts": world.all_pass(submitted, n1=("SUPPLEMENT", "x")), "papers": [], "reason": "y"}
    world.do(submitted, "request_supplement", world.finance, **asked)
    assert set(codes(page(client, world.author))) == {draft.code, submitted.code}
    assert codes(page(client, world.author, buoc="supplement_proposal")) == [submitted.code]
    assert codes(page(client, world.author, buoc="prepare")) == [draft.code]


@pytest.mark.parametrize("words", ["binh mau", "BÌNH MẪU", "xa binh", "dang ngoc quynh", "Quỳnh", "HS-2024-0002"])
def test_search_ignores_accents_and_finds_names_units_and_codes(client, world, words):
    world.submitted()
    author, unit = world.person("lap.binhmau"), Organization.objects.get(code="X-BM")
    found = world.opened(by=author, unit=unit)
    edits.add_nominations(found, [world.nominee(9, full_name="Đặng Ngọc Quỳnh")], by=Actor(author))
    world.do(found, "hand_over", author)
    world.do(found, "submit", world.person("chutich.binhmau"))
    html = page(client, world.finance, nhom="chung", q=words)
    assert codes(html) == [found.code]
    assert f'value="{words}"' in html


def test_a_search_that_finds_nothing_leads_back(client, world):
    world.submitted()
    html = page(client, world.finance, nhom="chung", q="khong co ai")
    assert "Không có việc nào khớp" in html
    assert "Bỏ lọc" in html


def test_pages_go_on_by_key_and_show_every_step_once(client, world):
    made = {world.submitted(names=1).code for _ in range(53)}
    first = page(client, world.finance, nhom="chung")
    assert len(codes(first)) == 50
    assert len(first.encode()) <= MOST_BYTES
    onward = re.search(r'href="(/ban-viec/\?[^"]+sau=[^"]+)" rel="next"', first).group(1).replace("&amp;", "&")
    second = client.get(onward).content.decode()
    assert len(codes(second)) == 3
    assert set(codes(first)) | set(codes(second)) == made
    assert "Về đầu danh sách" in second
    back = re.search(r'href="(/ban-viec/\?[^"]+truoc=[^"]+)" rel="prev"', second).group(1).replace("&amp;", "&")
    again = client.get(back).content.decode()
    assert codes(again) == codes(first)
    assert 'rel="prev"' not in again
    assert re.search(r'sau=[^"]+" rel="next"', again).group() == re.search(r'sau=[^"]+" rel="next"', first).group()
    done = page(client, world.head, nhom="da-xong")
    onward = re.search(r'href="(/ban-viec/\?[^"]+sau=[^"]+)" rel="next"', done).group(1).replace("&amp;", "&")
    rest = client.get(onward).content.decode()
    assert set(codes(done)) | set(codes(rest)) == made
    back = re.search(r'href="(/ban-viec/\?[^"]+truoc=[^"]+)" rel="prev"', rest).group(1).replace("&amp;", "&")
    assert codes(client.get(back).content.decode()) == codes(done)


@pytest.mark.parametrize("query", [
    {"nhom": "x"}, {"truoc": "x"}, {"truoc": "_"}, {"truoc": "9" * 17 + "_1"}, {"sau": "x"},
    {"sau": "_"}, {"sau": "²_²"}, {"sau": "9" * 17 + "_1"}, {"sau": "-1_1"}, {"sau": "_" + "9" * 18},
    {"sau": "_" + "9" * 40}, {"q": "'%_\\ ẫ" * 60}, {"q": "\u202e"},
])  # fmt: skip
def test_an_address_that_means_nothing_is_no_error(client, world, query):
    world.submitted()
    page(client, world.finance, **{"nhom": "chung", **query})


@pytest.mark.parametrize("query", [
    {"han": "x"}, {"buoc": "x"}, {"don-vi": "x"}, {"don-vi": "-1"}, {"don-vi": "9" * 30}, {"dot": "²"}, {"giu": "toi"},
    {"hinh-thuc": "a b"}, {"tam-dung": "1"}, {"thay-doi": "khong"}, {"q": "★ ́"},
])  # fmt: skip
def test_a_filter_that_cannot_be_read_shows_nothing_rather_than_everything(client, world, query):
    world.submitted()
    html = page(client, world.finance, **{"nhom": "chung", **query})
    assert codes(html) == []
    assert set(counts(html).values()) == {"0"}
    assert "Bỏ lọc" in html


def test_filters_meet_and_each_takes_part(client, world):
    near = world.submitted()
    far = of_unit(world, "X-BM", "lap.binhmau", "chutich.binhmau")
    below, above = far.unit_id, far.unit.parent_id
    both = [near.code, far.code]
    award = world.award.code
    for asked, found in [
        ({"don-vi": below}, [far.code]), ({"don-vi": above}, both), ({"don-vi": 10**9}, []),
        ({"dot": world.campaign.pk}, both), ({"dot": world.campaign.pk + 9}, []),
        ({"hinh-thuc": award}, both), ({"hinh-thuc": "KHAC"}, []), ({"giu": "chua"}, both),
        ({"giu": world.finance.pk}, []), ({"tam-dung": "co"}, []),
        ({"don-vi": below, "hinh-thuc": award, "han": "qua-han"}, []), ({"han": "khong-han"}, []),
    ]:  # fmt: skip
        html = page(client, world.finance, nhom="chung", **asked)
        assert codes(html) == found, asked
        assert counts(html)["chung"] == str(len(found)), asked  # the tab and the rows are one question
    html = page(client, world.finance, nhom="chung", **{"don-vi": below})
    assert f"Đơn vị: {far.unit.short_name}" in html
    assert "Lưu bộ lọc này" in html


def test_the_name_of_a_holder_is_told_only_where_their_steps_are_seen(client, world):
    dossier = world.submitted()
    claim(world, dossier, world.finance)
    asked = {"nhom": "noi-khac", "giu": world.finance.pk}
    told = f"Người giữ: {world.finance.full_name}"
    assert told in page(client, world.author, **asked)
    assert told not in page(client, world.stranger, **asked)


def test_a_hold_is_told_and_found(client, world):
    dossier, _other = world.submitted(), world.submitted()
    Dossier.objects.filter(pk=dossier.pk).update(held_since=dossier.received_at)
    html = page(client, world.finance, nhom="chung")
    assert html.count("tạm dừng từ 18/11") == 1
    assert codes(page(client, world.finance, nhom="chung", **{"tam-dung": "co"})) == [dossier.code]


def test_a_row_says_what_to_look_out_for(client, world, monday):
    dossier = world.opened()
    edits.add_nominations(dossier, [world.nominee(9, result_percent="80")], by=Actor(world.author))
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "submit", world.head)
    step = world.step(dossier)
    StepRow.objects.filter(pk=step.pk).update(legal_due_at=monday_plus(step, 30))
    html = page(client, world.finance, nhom="chung")
    assert "3 người" in html
    assert world.award.name in html
    assert "1 kết quả dưới mức" in html
    assert "hạn luật định" in html
    assert "chưa xét 3" in html
    asked = {"verdicts": world.all_pass(dossier, n1=("SUPPLEMENT", "x")), "papers": [], "reason": "y"}
    world.do(dossier, "request_supplement", world.finance, **asked)
    assert "đã yêu cầu bổ sung" in page(client, world.author)
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "resubmit", world.head)
    world.later(monday, days=3)
    html = page(client, world.finance, nhom="chung")
    assert "đã bổ sung, xem lại" in html
    assert "đạt 2 · trả bổ sung 1" in html
    assert "18/11 · 3 ngày làm việc" in html


def monday_plus(step, days):
    return step.due_at + timedelta(days=days)


def test_search_finds_an_award_by_its_name(client, world):
    dossier = world.submitted()
    CampaignAward.objects.get().save()
    word = CampaignAward.objects.get().search_key.split()[0]
    assert codes(page(client, world.finance, nhom="chung", q=word)) == [dossier.code]
    changed = CampaignAward.objects.get()
    changed.name = "Bằng đặc biệt"
    changed.save(update_fields=["name"])
    assert codes(page(client, world.finance, nhom="chung", q="dac biet")) == [dossier.code]


def test_the_panel_offers_what_the_tab_has_and_names_nobody_else(client, world):
    dossier = world.submitted()
    claim(world, dossier, world.finance)
    client.force_login(world.author)
    html = client.get(reverse("flows:filter_panel"), {"nhom": "noi-khac"}).content.decode()
    assert world.finance.full_name in html
    assert world.unit.short_name in html
    assert world.other_unit.short_name not in html
    client.force_login(world.stranger)
    html = client.get(reverse("flows:filter_panel"), {"nhom": "noi-khac"}).content.decode()
    assert world.finance.full_name not in html


def test_a_claim_ends_with_the_office_and_the_heir_sees_the_step(client, world, monday):
    dossier = world.submitted()
    claim(world, dossier, world.finance)
    assert codes(page(client, world.person("taichinh2"), nhom="chung")) == []
    world.finance.appointments.update(valid_until="2024-11-17")
    assert codes(page(client, world.finance)) == []
    html = page(client, world.person("taichinh2"), nhom="chung")
    assert codes(html) == [dossier.code]
    assert "chưa ai nhận" in html


def test_steps_done_leave_with_the_right_to_see_their_dossiers(client, world):
    dossier = world.proposed()
    assert codes(page(client, world.finance, nhom="da-xong")) == [dossier.code]
    world.finance.appointments.update(valid_until="2024-11-17")
    assert codes(page(client, world.finance, nhom="da-xong")) == []


def test_the_unit_cannot_tell_from_its_desk_how_many_are_out(client, world):
    dossier = world.submitted(names=3)
    world.add_paper(dossier, "CONG_VAN", world.finance)
    world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier, n1=("FAIL", "Không đạt")))
    assert "chưa xét 2 · đã loại 1" in page(client, world.home_affairs, nhom="chung")
    assert "đã loại" not in page(client, world.author, nhom="noi-khac")


def test_an_author_is_led_to_open_a_dossier_while_a_campaign_takes_them(client, world, monday):
    place = reverse("flows:open")
    assert page(client, world.author).count(f'href="{place}"') == 2  # in the head and where the rows would be
    assert place not in page(client, world.finance)
    world.later(monday, days=20)
    assert place not in page(client, world.author)


def test_one_whose_desk_is_empty_is_led_to_the_common_work(client, world):
    world.submitted()
    html = page(client, world.finance)
    assert "Phòng còn 1 việc chưa ai nhận." in html
    assert "Xem việc chung của phòng" in html


def test_reading_the_desk_writes_nothing(client, world):
    world.submitted()
    client.force_login(world.finance)
    before = Entry.objects.count(), Notification.objects.count()
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("flows:desk"))
    written = [query["sql"] for query in captured if not query["sql"].lstrip("(").startswith("SELECT")]
    assert written == []
    assert (Entry.objects.count(), Notification.objects.count()) == before


def test_the_desk_takes_at_most_8_statements_however_many_rows(client, world):
    def taken(person, tab):
        client.force_login(person)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("flows:desk"), {"nhom": tab, "q": "mau", "don-vi": world.unit.pk, "hinh-thuc": "GK"})
        return len(captured)

    people = (world.author, world.finance, world.standing_head)
    tabs = [(person, tab) for person in people for tab in ("can-lam", "chung", "dong-nghiep", "noi-khac", "da-xong")]
    world.submitted()
    taken(*tabs[0])  # the calendar is read once for all
    one = [taken(*tab) for tab in tabs]
    for _ in range(5):
        world.submitted()
    assert [taken(*tab) for tab in tabs] == one
    assert max(one) <= MOST


def test_the_desk_is_for_people_who_signed_in(client, world):
    assert client.get(reverse("flows:desk")).url.startswith("/dang-nhap/")
    client.force_login(world.finance)
    assert client.post(reverse("flows:desk")).status_code == 405
