"""The plan as a page, and the common papers of a campaign: who may send them, who took them."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from audit.clock import now
from audit.models import Entry
from campaigns.models import CampaignPaper, Component
from files.models import Blob
from notifications.models import Notification
from tests.world import picture
from workflow_project.district import PEOPLE

URL = "/dot-thi-dua/CK-2024/"


@pytest.fixture
def page(client):
    """`page(person, path)` reads a page, `page(person, path, {…})` sends a form, as that person."""

    def ask(person, path, data=None, **kwargs):
        client.force_login(person)
        return client.get(path, **kwargs) if data is None else client.post(path, data, **kwargs)

    return ask


@pytest.fixture
def sending():
    """The address to which the evaluation decision is sent."""
    return f"{URL}thanh-phan/{Component.objects.get(code='QD_DANH_GIA').pk}/"


def upload(name="quyet-dinh.png", content=None):
    return {"file": SimpleUploadedFile(name, picture() if content is None else content)}


BAD = {
    "none": {}, "program": upload("x.exe", b"MZ" * 50), "svg": upload("x.svg", b"<svg/>"),
    "empty": upload("x.png", b""),
}  # fmt: skip


def test_the_page_says_what_the_plan_says_with_its_clauses(world, page):
    text = page(world.author, URL).content.decode()
    rows = [*world.campaign.criteria.all(), *world.campaign.components.all()]
    for row in rows:
        assert escape(getattr(row, "text", "") or row.name) in text
        assert escape(row.clause) in text
    for said in (world.campaign.fund, world.campaign.last_day_clause, world.award.name, "04/12/2024", "quá nửa",
                 "chưa có căn cứ luật", "nội bộ", "Nội vụ trình Hội đồng", "Phòng TC–KH"):  # fmt: skip
        assert escape(said) in text
    for code in ("MAJORITY", "FINANCE_BODY", "DISQUALIFIES", "GK_HUYEN", "QD_DANH_GIA", "submit<", "propose<"):
        assert code not in text


def test_a_date_comes_with_its_distance_by_the_house_clock(world, page, monday):
    assert "còn 12 ngày làm việc" in page(world.author, URL).content.decode()
    monday.move_to("2024-12-04T03:00:00Z")
    assert "hôm nay" in page(world.author, "/dot-thi-dua/").content.decode()
    monday.move_to("2024-12-06T03:00:00Z")
    assert "quá hạn" in page(world.author, URL).content.decode()
    assert "đã hết hạn nộp" in page(world.author, "/dot-thi-dua/").content.decode()


def test_a_campaign_is_for_everyone_with_an_office_and_nobody_else(world, page, client):
    for name in ("lap.anmau", "lap.binhmau", "thanhtra", "quantri", "uyvien"):
        assert page(world.person(name), URL).status_code == 200
    world.stranger.appointments.update(valid_until="2024-11-01")
    assert page(world.stranger, URL).status_code == 404
    assert page(world.author, "/dot-thi-dua/CK-1999/").status_code == 404
    client.logout()
    assert client.get(URL).status_code == 302


def test_home_affairs_sends_the_common_paper_and_its_versions_are_kept(world, page, sending):
    page(world.home_affairs, sending, upload())
    page(world.person("noivu2"), sending, upload("ban-sua.png", picture((1, 1, 1))))
    kept = CampaignPaper.objects.order_by("number")
    assert [(p.number, p.name, p.by) for p in kept] == [
        (1, "quyet-dinh.png", world.home_affairs), (2, "ban-sua.png", world.person("noivu2")),
    ]  # fmt: skip
    text = page(world.author, URL).content.decode()
    assert text.index("ban-sua.png") < text.index("quyet-dinh.png")
    assert Entry.objects.filter(act="add_campaign_paper", office="HOME_AFFAIRS").count() == 2


def test_the_paper_opens_what_waited_for_it(world, page, sending):
    dossier = world.proposed()
    world.campaign.refresh_from_db()
    page(world.home_affairs, sending, upload())
    world.do(dossier, "admit", world.home_affairs, verdicts=world.all_pass(dossier))
    assert world.fresh(dossier).state == "DELIBERATING"


@pytest.mark.parametrize("name", ["lap.anmau", "taichinh1", "truong.nv", "chutich", "quantri", "thanhtra"])
def test_nobody_else_sends_a_common_paper(world, page, sending, name):
    assert page(world.person(name), sending, upload()).status_code == 403
    assert "Tải lên, dùng chung" not in page(world.person(name), URL).content.decode()
    assert not CampaignPaper.objects.exists()


def test_answers_come_in_order(world, page, sending, client):
    client.force_login(world.author)
    assert client.put(URL).status_code == 405
    assert client.get(sending).status_code == 405
    own = Component.objects.get(code="BAO_CAO")
    assert page(world.home_affairs, f"{URL}thanh-phan/{own.pk}/", upload()).status_code == 404
    assert page(world.home_affairs, f"{URL}thanh-phan/999999/", upload()).status_code == 404


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_cannot_be_taken_is_refused_in_words(world, page, sending, kind):
    answer = page(world.home_affairs, sending, BAD[kind])
    assert answer.status_code == 422
    assert "chưa" in answer.content.decode().lower()
    assert not CampaignPaper.objects.exists()


def test_each_download_and_each_look_is_noted(world, page):
    paper = world.add_evaluation()
    before = Entry.objects.filter(actor=world.author).count()
    answer = page(world.author, f"{URL}tep/{paper.pk}/")
    assert b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    text = page(world.author, f"{URL}tep/{paper.pk}/xem/").content.decode()
    acts = Entry.objects.filter(actor=world.author).order_by("id")[before:]
    assert [(e.act, e.kind, e.subject_label) for e in acts] == [
        ("download", "WITNESS", str(world.campaign)), ("preview", "WITNESS", str(world.campaign)),
    ]  # fmt: skip
    image = re.search(r'src="([^"]+\.png\?[^"]+)"', text)[1]
    assert page(world.author, image).content.startswith(b"\x89PNG")
    assert page(world.head, image).status_code == 302
    assert page(world.author, image.partition("?")[0]).status_code == 302


def test_a_file_the_scanner_owes_an_answer_for_stays_with_whoever_brought_it(world, page):
    paper = world.add_evaluation()
    Blob.objects.filter(pk=paper.blob_id).update(scan="WAITING")
    for rest in ("", "xem/"):
        assert page(world.author, f"{URL}tep/{paper.pk}/{rest}").status_code == 403
        answer = page(world.home_affairs, f"{URL}tep/{paper.pk}/{rest}")
        assert answer.status_code == 200
        assert b"".join(answer)
    Blob.objects.filter(pk=paper.blob_id).update(scan="INFECTED")
    assert page(world.home_affairs, f"{URL}tep/{paper.pk}/").status_code == 403


def test_a_paper_of_another_campaign_is_not_found(world, page):
    paper = world.add_evaluation()
    assert page(world.author, f"/dot-thi-dua/CK-1999/tep/{paper.pk}/").status_code == 404
    assert page(world.author, f"{URL}tep/{paper.pk + 99}/").status_code == 404


def test_the_page_asks_the_same_however_many_papers_there_are(world, page, client):
    def statements():
        client.force_login(world.home_affairs)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(URL).status_code == 200
        return len(queries)

    world.add_evaluation()
    few = statements()
    for _ in range(5):
        world.add_evaluation()
    assert statements() == few <= 16


@pytest.mark.parametrize("name", [name for name, _full, _offices in PEOPLE])
def test_every_door_in_the_bar_opens_for_whoever_sees_it(world, page, name):
    bar = page(world.person(name), "/dot-thi-dua/").context["house"].nav
    assert bar
    for _label, url, _here in bar:
        assert page(world.person(name), url).status_code == 200


def test_the_operator_finds_incidents_and_the_reckoning_of_deadlines_in_the_bar(client, world):
    pages = {"quantri": {"/su-co/", "/han/tinh-lai/"}, "vanphong": {"/han/tinh-lai/"}, "taichinh1": set()}
    for name, found in pages.items():
        client.force_login(world.person(name))
        bar = client.get("/dot-thi-dua/").context["house"].nav
        assert {url for _label, url, _here in bar} & {"/su-co/", "/han/tinh-lai/"} == found
    client.force_login(world.admin)
    Notification.objects.create(entry_id=1, recipient=world.admin, channel="EMAIL", template="incident", url="/",
                                created_at=now(), given_up_at=now())  # fmt: skip
    assert "/thu-da-gui/?tinh-trang=bo-cuoc" in client.get("/su-co/").content.decode()
    plan = f"/dot-thi-dua/{world.campaign.code}/"
    assert f'href="{plan}han/"' in client.get(plan).content.decode()
    client.force_login(world.finance)
    assert f'href="{plan}han/"' not in client.get(plan).content.decode()
