"""The dossier's page: where it is, who must act, what each reader may know, which acts are theirs."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.ledger import Actor
from audit.models import Entry
from dossiers import edits
from flows import desk
from organizations.models import Appointment, Office, Organization
from tests.world import picture

MOST = 12  # statements of the page, session and unread count included


def page(client, person, dossier, status=200, query=""):
    client.force_login(person)
    answer = client.get(dossier.get_absolute_url() + query)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def buttons(html):
    """Acts that can be sent from the page."""
    return re.findall(r'type="submit" name="act" value="(\w+)"', html)


def stations(html):
    """The states of the five stations."""
    return re.findall(r'<li class="(done|now|todo|stopped)"', html.split("</ol>")[0])


# who sees what


def test_the_page_exists_for_those_whose_desk_it_has_reached(client, world):
    def seen(dossier, *names):
        return {name for name in names if _status(client, world.person(name), dossier) == 200}

    strangers = ["lap.binhmau", "chutich.binhmau", "quantri"]
    everyone = ["lap.anmau", "chutich.anmau", "taichinh1", "truong.tckh", "noivu1", "truong.nv", "thuky", "uyvien",
                "chutich", "vanphong", "thanhtra", *strangers]  # fmt: skip
    unit, inspector = {"lap.anmau", "chutich.anmau"}, {"thanhtra"}
    desks = {"taichinh1", "truong.tckh", "noivu1", "truong.nv", "vanphong"}
    assert seen(world.opened(), *everyone) == unit | inspector
    assert seen(world.submitted(), *everyone) == unit | inspector | desks
    assert seen(world.admitted(), *everyone) == unit | inspector | desks | {"thuky", "uyvien", "chutich"}


def _status(client, person, dossier):
    client.force_login(person)
    return client.get(dossier.get_absolute_url()).status_code


def test_a_code_that_does_not_exist_is_not_found(client, world):
    client.force_login(world.finance)
    for code in ("HS-2024-9999", "lap-moi2", "%C3%A1", "x" * 300):
        assert client.get(f"/ho-so/{code}/").status_code == 404


def judged(world):
    """A dossier at Nội vụ, one of whose three names TC–KH took out with a reason."""
    dossier = world.submitted(names=3)
    world.add_paper(dossier, "CONG_VAN", world.finance)
    said = world.all_pass(dossier, n2=("FAIL", "Cam kết chỉ đạt 60 phần trăm"))
    world.do(dossier, "propose", world.finance, verdicts=said)
    return world.fresh(dossier)


def test_the_unit_does_not_read_verdicts_while_the_dossier_is_under_way(client, world):
    dossier = judged(world)
    for person in (world.author, world.head):
        html = page(client, person, dossier)
        assert "Cam kết chỉ đạt 60 phần trăm" not in html
        assert "không đề xuất" not in html
        assert "còn được xét" not in html
        assert html.count("Đang xét") == 3
    for person in (world.home_affairs, world.finance, world.inspector, world.standing_head):
        html = page(client, person, dossier)
        assert "Cam kết chỉ đạt 60 phần trăm" in html
        assert "2 còn được xét" in html


def test_the_unit_reads_verdicts_when_the_dossier_is_returned(client, world):
    dossier = judged(world)
    asked = world.all_pass(dossier, n1=("SUPPLEMENT", "Thiếu xác nhận"))
    world.do(dossier, "request_supplement", world.home_affairs, verdicts=asked, papers=[], reason="Bổ sung")
    html = page(client, world.author, dossier)
    assert "Cam kết chỉ đạt 60 phần trăm" in html
    assert "Thiếu xác nhận" in html
    world.do(dossier, "hand_over", world.author)
    assert "Thiếu xác nhận" in page(client, world.head, dossier)
    world.do(dossier, "resubmit", world.head)
    assert "Cam kết chỉ đạt 60 phần trăm" not in page(client, world.author, dossier)


def test_the_unit_reads_verdicts_and_counts_at_the_end_and_never_who_voted(client, world):
    dossier = world.admitted()
    world.put_on_agenda(dossier)
    world.count(dossier, agreed=4)
    assert "4/9" not in page(client, world.author, dossier)
    world.do(dossier, "oppose", world.secretary, reason="Không đủ phiếu")
    html = page(client, world.author, dossier)
    assert "4/9 phiếu đồng ý" in html
    assert world.member.full_name not in html
    assert "Không đủ phiếu" in html


def test_what_the_signatory_tells_the_desk_is_not_told_to_the_unit(client, world):
    dossier = world.recommended()
    world.do(dossier, "send_back", world.signatory, reason="Nghi vấn về số liệu")
    assert "Nghi vấn về số liệu" in page(client, world.home_affairs, dossier)
    assert "Nghi vấn về số liệu" not in page(client, world.author, dossier)


# where it is, who must act


def test_the_stepper_says_where_it_is_with_dates(client, world, monday):
    dossier = world.submitted()
    html = page(client, world.author, dossier)
    assert stations(html) == ["done", "now", "todo", "todo", "todo"]
    assert "xong 18/11/2024" in html
    assert "từ 18/11/2024, hạn 25/11/2024" in html
    world.later(monday, days=2)
    asked = {"verdicts": world.all_pass(dossier, n1=("SUPPLEMENT", "x")), "papers": [], "reason": "y"}
    world.do(dossier, "request_supplement", world.finance, **asked)
    html = page(client, world.author, dossier)
    assert stations(html) == ["now", "todo", "todo", "todo", "todo"]
    assert "từ 20/11/2024, hạn 27/11/2024" in html
    assert "đã qua 20/11/2024, sẽ xét lại" in html


def test_a_dossier_that_ended_stops_at_the_desk_that_ended_it(client, world):
    dossier = world.submitted()
    said = world.all_pass(dossier, n1=("FAIL", "x"), n2=("FAIL", "y"))
    world.do(dossier, "decline", world.finance, verdicts=said, reason="Không ai đạt")
    html = page(client, world.author, dossier)
    assert stations(html) == ["done", "stopped", "todo", "todo", "todo"]
    assert "18/11/2024 · Không xét" in html
    assert "Không ai đạt" in html
    assert buttons(html) == []


def test_the_page_names_office_body_holder_and_distance(client, world):
    dossier = world.submitted()
    html = page(client, world.author, dossier)
    assert "Chuyên viên Tài chính – Kế hoạch · Phòng TC–KH · chưa ai nhận" in html
    assert "25/11/2024" in html
    assert "còn 5 ngày làm việc" in html
    step = world.step(dossier)
    desk.claim(step.process_id, step.pk, by=Actor(world.finance))
    assert f"Phòng TC–KH · {world.finance.full_name}" in page(client, world.author, dossier)


def test_the_timeline_holds_every_act_with_its_reason_newest_first(client, world):
    dossier = world.opened()
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "hand_back", world.head, reason="Thiếu chức vụ của một người")
    html = page(client, world.author, dossier).split("Dòng thời gian")[1]
    titles = re.findall(r"<li[^>]*> ?<b>([^<]+)</b>", html)
    first = ["Tải tệp lên", "Thêm đề nghị", "Lập hồ sơ"]
    assert titles == ["Lập hồ sơ", "Thủ trưởng trả lại người lập", "Trình thủ trưởng ký", *first]
    assert "Thiếu chức vụ của một người" in html
    assert f"{world.head.full_name}" in html
    assert "Thủ trưởng đơn vị · Uỷ ban nhân dân xã An Mẫu" in html


def test_edits_of_one_kind_in_a_row_are_one_line_and_old_lines_are_a_link_away(client, world):
    dossier = world.opened()
    for colour in range(4):
        world.add_paper(dossier, "BAO_CAO", world.author, colour=(colour, 1, 1))
    assert "Tải tệp lên (×5)" in page(client, world.author, dossier)
    for i in range(40):
        world.do(dossier, "hand_over", world.author)
        world.do(dossier, "hand_back", world.head, reason=f"Lần {i}")
    html = page(client, world.author, dossier)
    assert "Xem thêm 53 dòng cũ hơn" in html
    assert "Tải tệp lên" not in html.split("Dòng thời gian")[1]
    assert "Tải tệp lên (×5)" in page(client, world.author, dossier, query="?nhat-ky")


# acts


def test_acts_are_offered_to_their_office_alone(client, world):
    draft = world.opened()
    assert buttons(page(client, world.author, draft)) == ["hand_over", "withdraw", "withdraw_nomination"]
    assert buttons(page(client, world.head, draft)) == []
    assert buttons(page(client, world.inspector, draft)) == []
    submitted = world.submitted()
    assert buttons(page(client, world.head, submitted)) == ["recall"]
    assert buttons(page(client, world.author, submitted)) == []
    assert buttons(page(client, world.finance, submitted)) == ["request_supplement", "decline"]
    assert buttons(page(client, world.home_affairs, submitted)) == []
    world.add_paper(submitted, "CONG_VAN", world.finance)
    assert buttons(page(client, world.finance, submitted)) == ["propose", "request_supplement", "decline"]
    step = world.step(submitted)
    desk.claim(step.process_id, step.pk, by=Actor(world.finance))
    assert buttons(page(client, world.head, submitted)) == []
    assert "đã nhận hồ sơ để xem xét" in page(client, world.head, submitted)
    colleague = page(client, world.person("taichinh2"), submitted)
    assert buttons(colleague) == []
    assert "Nhận thay" in colleague


def test_what_cannot_be_done_now_is_shown_shut_with_its_reason(client, world):
    html = page(client, world.finance, world.submitted())
    assert re.search(r'<button class="btn btn-primary" type="button" disabled[^>]*>Đề xuất khen thưởng</button>', html)
    assert "Thiếu công văn đề nghị khen thưởng của Phòng Tài chính – Kế hoạch" in html


def test_before_an_act_the_page_says_who_gets_work_and_which_deadline_starts(client, world):
    dossier = world.submitted()
    world.add_paper(dossier, "CONG_VAN", world.finance)
    html = page(client, world.finance, dossier)
    assert ("<b>Đề xuất khen thưởng:</b> Chuyên viên Nội vụ (Cơ quan thường trực Hội đồng) nhận việc “Thẩm định hồ sơ” "
            "và thư báo, hạn 25/11/2024 (còn 5 ngày làm việc).") in html  # fmt: skip
    assert "<b>Không xét hồ sơ:</b> hồ sơ kết thúc (Không xét); người lập và thủ trưởng đơn vị nhận thư báo." in html
    assert "Bổ sung hồ sơ" in html


def test_after_a_supplement_the_desk_finds_its_earlier_verdicts(client, world):
    dossier = world.submitted(names=3)
    first, second, third = world.fresh(dossier).still_in
    said = world.all_pass(dossier, n2=("FAIL", "Không đạt vì A"), n3=("SUPPLEMENT", "Thiếu xác nhận"))
    world.do(dossier, "request_supplement", world.finance, verdicts=said, papers=[], reason="Bổ sung")
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "resubmit", world.head)
    html = page(client, world.finance, dossier)
    assert f'name="judge-{first.pk}" value="PASS" checked' in html
    assert f'name="judge-{second.pk}"' not in html
    assert not re.search(rf'name="judge-{third.pk}" value="\w+" checked', html)
    assert re.search(rf'name="judge-{third.pk}" value="SUPPLEMENT" disabled', html)
    assert "Đã yêu cầu bổ sung đủ số lần" in html
    assert "Thiếu xác nhận" in html


def test_the_author_is_led_to_the_drafting_page_while_it_is_theirs(client, world):
    dossier = world.opened()
    link = f'href="/ho-so/{dossier.code}/lap/"'
    assert link in page(client, world.author, dossier)
    assert link not in page(client, world.head, dossier)
    world.do(dossier, "hand_over", world.author)
    assert link not in page(client, world.author, dossier)


def test_finance_adds_its_paper_on_the_page_and_nobody_else(client, world):
    dossier = world.submitted()
    place = f'action="/ho-so/{dossier.code}/giay-to/CONG_VAN/them/"'
    assert place in page(client, world.finance, dossier)
    for person in (world.author, world.home_affairs, world.inspector):
        assert place not in page(client, person, dossier)


def test_finance_uploads_on_the_page_and_then_proposes(client, world):
    dossier = world.submitted()
    place = f"/ho-so/{dossier.code}/giay-to/CONG_VAN/them/"
    form = {"file": SimpleUploadedFile("cong-van.png", picture()), "version": dossier.version}
    client.force_login(world.finance)
    back = client.post(place, {**form, "next": dossier.get_absolute_url()})
    assert back.url == dossier.get_absolute_url()
    html = page(client, world.finance, dossier)
    assert "cong-van.png" in html
    assert "Thay bằng bản mới" in html
    assert "propose" in buttons(html)
    assert "Thay bằng bản mới" not in page(client, world.home_affairs, dossier)


def test_papers_receipts_and_versions_are_on_the_page(client, world):
    dossier = world.submitted()
    html = page(client, world.author, dossier)
    version = dossier.papers[0].latest
    assert f'href="/ho-so/{dossier.code}/tep/{version.pk}/"' in html
    assert f'href="/ho-so/{dossier.code}/tep/{version.pk}/xem/"' in html
    assert f"sha256 {version.blob.sha256[:8]}…" in html
    assert f'href="/ho-so/{dossier.code}/bien-nhan/1/">BN-2024-0001/1</a>' in html


def test_text_from_people_is_shown_as_text(client, world):
    dossier = world.opened()
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "hand_back", world.head, reason="<script>alert(1)</script> & 'x'")
    html = page(client, world.author, dossier)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


# manners


def test_reading_the_page_again_writes_nothing_and_never_moves_the_dossier(client, world):
    dossier = world.submitted()
    client.force_login(world.finance)
    client.get(dossier.get_absolute_url())  # the first look at a version is witnessed: tests/test_desk_page_seen.py
    before, version = Entry.objects.count(), dossier.version
    with CaptureQueriesContext(connection) as captured:
        client.get(dossier.get_absolute_url())
    assert [query["sql"] for query in captured if not query["sql"].startswith("SELECT")] == []
    assert (Entry.objects.count(), world.fresh(dossier).version) == (before, version)


def taken(client, person, dossier):
    """The statements of a second look; what the first writes is bounded in test_desk_page_seen."""
    client.force_login(person)
    client.get(dossier.get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        assert client.get(dossier.get_absolute_url()).status_code == 200
    return len(captured)


def stations_of(world, names):
    """A dossier at each station, with the people who look at it."""
    everyone = [world.author, world.head, world.inspector]
    desks = [*everyone, world.finance, world.home_affairs]
    ready = world.submitted(names=names)
    world.add_paper(ready, "CONG_VAN", world.finance)
    yield world.opened(names=names), everyone
    yield world.submitted(names=names), desks
    yield ready, desks
    yield judged(world) if names == 3 else world.proposed(names=names), desks
    yield world.admitted(names=names), [*desks, world.secretary]
    yield world.recommended(names=names), [*desks, world.secretary, world.signatory]


def test_the_page_takes_at_most_12_statements_for_everyone_everywhere(client, world):
    for dossier, people in stations_of(world, 3):
        for person in people:
            assert taken(client, person, dossier) <= MOST, (dossier.state, person)


def test_the_statements_do_not_grow_with_names_or_entries(client, world):
    small, large, long = world.submitted(names=2), world.submitted(names=60), world.opened(names=2)
    for colour in range(30):
        world.add_paper(long, "BAO_CAO", world.author, colour=(colour, 2, 2))
    world.do(long, "hand_over", world.author)
    world.do(long, "submit", world.head)
    for person in (world.finance, world.head, world.author):
        assert taken(client, person, large) == taken(client, person, small)
        assert taken(client, person, long) == taken(client, person, small)


@pytest.mark.parametrize("office", [Office.FINANCE, Office.AUTHOR])
def test_an_office_taken_away_takes_its_acts_with_it(client, world, office):
    dossier = world.submitted() if office == Office.FINANCE else world.opened()
    person = world.finance if office == Office.FINANCE else world.author
    assert buttons(page(client, person, dossier))
    Appointment.objects.filter(person=person).update(organization=Organization.objects.get(code="X-HM"))
    page(client, person, dossier, status=404)


def test_a_result_below_what_the_plan_asks_is_said_to_the_desk_that_judges(client, world):
    dossier = world.opened(names=1)
    by = Actor(world.author)
    low = [world.nominee(8, result_percent="89.999"), world.nominee(9, result_percent="90")]
    edits.add_nominations(dossier, low, by=by)
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "submit", world.head)
    client.force_login(world.finance)
    page = client.get(f"/ho-so/{dossier.code}/").content.decode()
    assert page.count("Kết quả dưới mức 90 %") == 1
    assert "mục II.3" in page
