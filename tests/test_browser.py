"""What Chromium sees: every page by axe and on a telephone, what a first load weighs, a walk without scripts, keys."""

import re
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import override_settings
from django.urls import Resolver404, resolve, reverse
from django.utils.http import int_to_base36
from playwright.sync_api import sync_playwright

from councils import acts as council_acts
from decisions import acts as decision_acts
from dossiers import edits, list_draft
from dossiers.nominee_list import parse_pasted
from flows import desk, rulings
from notifications import tasks as post_room
from notifications.models import Tray
from organizations.acts import deactivate
from tests import access_policy, browsing, browsing_pages
from tests.access_walk import build_town
from tests.browsing import Scales, Window, served, session_of, short_connections
from tests.conftest import MONDAY
from tests.world import picture
from workflow_project.celery import app as celery_app
from workflow_project.district import PASSWORD, address, build

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not browsing.CHROMIUM.exists(), reason="no /usr/bin/chromium"),
]

FIRST_LOAD, HTML_RAW, HTML_SENT = 100_000, 100_000, 30_000  # bytes: look.md
FIFTY = 50


class House:
    """The town, a window of everybody, and the words of which addresses are made."""

    def __init__(self, browser, base, sessions, words):
        self.browser, self.base, self.sessions, self.words = browser, base, sessions, words
        self.windows = {}

    def window(self, who):
        """The window this person keeps open."""
        if who not in self.windows:
            self.windows[who] = self.fresh(who)
        return self.windows[who]

    def fresh(self, who="nobody", **more):
        """A new window."""
        return Window(self.browser, self.base, self.sessions.get(who, ""), **more)

    def look(self, seen):
        """Go to a page and say all that is wrong with it."""
        window = self.window(seen.who)
        window.wide()
        at = seen.at.format(**self.words)
        status = window.open(at)
        assert window.at != "/dang-nhap/" or at == "/dang-nhap/", "led to the sign-in page"
        if seen.step:
            window.noted.clear()
            status = seen.step(window, self.words)
        found = [] if status == seen.status else [f"answered {status} instead of {seen.status}"]
        found += window.faults()
        window.narrow()
        return found + window.too_wide() + (window.axe() if seen.main else [])


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """The town, committed, behind a server and a Chromium; all of it gone afterwards."""
    with django_db_blocker.unblock(), time_machine.travel(MONDAY, tick=True), short_connections():
        assert Path(connection.settings_dict["NAME"]).name.startswith("test"), "never flush a house that is lived in"
        try:
            with override_settings(EMAIL_BACKEND="notifications.channels.TrayBackend"):
                words, sessions = _furnish()
            connections.close_all()
            with served() as base, sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=browsing.CHROMIUM, args=browsing.FLAGS)
                yield House(browser, base, sessions, words)
                browser.close()
        finally:
            call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=False)
            connections.close_all()


@pytest.fixture
def _django_db_helper():
    """The mark asks for a database; what a test leaves in it here is cleared once, after the last one."""


@pytest.fixture(autouse=True)
def nothing_counted():
    """No attempt of another test is remembered."""
    cache.clear()


def _furnish():
    """The town and what its pages need besides: (words of addresses, sessions)."""
    build()
    with transaction.atomic():
        town = build_town()
        words = _words(town) | _more_dossiers(town) | _more_papers(town)
    celery_app.conf.task_always_eager = True
    post_room.sweep()
    words["letter"] = Tray.objects.latest("pk").pk
    sessions = {who: session_of(person) for who, person in town.people.items()}
    return words, sessions


def _words(town):
    draft, proposing = town.parts("draft"), town.parts("proposing")
    author = town.people["author"]
    link = {"uidb36": int_to_base36(author.pk), "key": default_token_generator.make_token(author)}
    return {
        **{state: dossier.code for state, dossier in town.dossiers.items()},
        "draft_name": draft.name, "draft_document": draft.document,
        "version": proposing.version, "name": proposing.name, "step": proposing.step, "bulk": town.bulk.pk,
        "saved": town.saved.pk,
        "colleague": town.person("taichinh2").pk, "mail": town.mail.pk,
        "own": town.sittings["sitting.own"].code, "other": town.sittings["sitting.other"].code,
        "ballot": town.dossiers["agenda"].still_in[0].ballot_id,
        "drafted": town.decisions["decision.draft"].pk, "issued": town.decisions["decision.issued"].pk,
        "drafted_other": town.decisions["decision.other"].pk, "line": town.decisions["decision.draft"].lines.first().pk,
        "campaign": town.campaign.code, "evaluation": town.evaluation.pk, "token": town.token,
        "substitution": town.substitution.pk,
        "reset": reverse("account_reset_password_from_key", kwargs=link),
        "day": town.day.pk, "person": town.invited.pk, "appointment": town.appointment.pk, "body": town.body.pk,
    }  # fmt: skip


def _more_dossiers(town):
    """Dossiers in states the town has not, one of fifty names, and fifty on one desk."""
    author, head = town.people["author"], town.people["head"]
    handed, many, reviewing, supplement = (town.opened(names=names, by=author) for names in (2, FIFTY, 2, 3))
    for dossier in (handed, many, reviewing, supplement):
        town.do(dossier, "hand_over", author)
    for dossier in (many, reviewing, supplement):
        town.do(dossier, "submit", head)
    town.add_paper(reviewing, "CONG_VAN", town.people["finance"])
    town.do(reviewing, "propose", town.people["finance"], verdicts=town.all_pass(reviewing))
    asked = town.all_pass(supplement, n2=("SUPPLEMENT", "Thiếu xác nhận kết quả."))
    town.do(supplement, "request_supplement", town.people["finance"], verdicts=asked, papers=["BAO_CAO"],
            reason="Bổ sung trước khi đề xuất.")  # fmt: skip
    empty, listed = (desk.open_dossier(by=town.actor("author"), campaign=town.campaign, unit=town.unit) for _ in "ab")
    report = parse_pasted(browsing_pages.PASTED, list_draft.names_of(list_draft.awards_of(listed)))
    list_draft.keep(listed, report, by=town.actor("author"))
    for i in range(FIFTY):
        one = desk.open_dossier(by=town.actor("author*"), campaign=town.campaign, unit=town.other_unit)
        edits.add_nominations(one, [town.nominee(j) for j in range(3 * i, 3 * i + 3)], by=town.actor("author*"))
    wrong = next(row.number for row in report.rows if row.errors)
    return {"handed": handed.code, "many": many.code, "reviewing": reviewing.code, "supplement": supplement.code,
            "empty": empty.code, "listed": listed.code, "wrong_line": wrong}  # fmt: skip


def _more_papers(town):
    """Two readers who do not agree, a decision whose dossiers still move, a person stopped."""
    ballot = town.fresh(town.dossiers["agenda"]).still_in[0].ballot
    council_acts.type_counts(ballot.sitting, {ballot.pk: 9}, by=town.actor("secretary"))
    council_acts.type_counts(ballot.sitting, {ballot.pk: 8}, by=town.actor("member"))
    moving = decision_acts.draft(town.campaign.authority, "Về việc khen thưởng", by=town.actor("signatory"))
    rulings.gather(moving, [town._deciding("moving")], by=town.actor("signatory"))
    rulings.issue(moving, by=town.actor("signatory"))
    stopped = town._add("ngung", None, None)
    deactivate(stopped, by=town.actor("admin"), reason="Nghỉ hưu.")
    return {"moving": moving.pk, "stopped": stopped.pk}


# ---- every page


def test_every_address_with_a_page_is_looked_at():
    pages, looked_at = browsing_pages.PAGES + browsing_pages.DEMO, set()
    words = dict.fromkeys(re.findall(r"\{(\w+)\}", "".join(one.at for one in pages)), 1)
    words["reset"] = "/dat-mat-khau/1-a/"
    for one in pages:
        try:
            looked_at.add(resolve(one.at.format(**words).partition("?")[0]).view_name)
        except Resolver404:
            continue
    asked = {name for name, method, _about, _who in access_policy.rows() if method == "GET"}
    assert asked - looked_at - browsing_pages.NO_PAGES == set()


@pytest.mark.parametrize("seen", browsing_pages.PAGES, ids=lambda seen: seen.what)
def test_a_page_is_plain_to_everybody_and_keeps_to_itself(house, seen):
    found = house.look(seen)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("seen", browsing_pages.DEMO, ids=lambda seen: seen.what)
def test_a_page_of_the_demo_is_plain_to_everybody_and_keeps_to_itself(house, seen):
    with override_settings(DEMO=True):
        found = house.look(seen)
    assert not found, "\n".join(found)


def test_planted_faults_are_found(house):
    window = house.fresh()
    window.open("/thu/sai/")
    assert any("image-alt" in fault for fault in window.faults())
    window.open("/thu/ro/")
    found = " ".join(window.faults())
    assert "outside: http://127.0.0.2:9/a.png" in found
    assert "policy: script-src-elem inline" in found
    window.narrow()
    assert "too wide" in " ".join(window.too_wide())
    window.close()


# ---- what a first load weighs


HEAVY = [("author*", "/ban-viec/"), ("finance", "/ho-so/{many}/"), ("author", "/ho-so/{many}/")]


@pytest.mark.parametrize(("who", "at"), HEAVY)
def test_a_first_load_of_fifty_is_light(house, who, at, record_property):
    window = house.fresh(who, extra_http_headers={"Accept-Encoding": "gzip"})  # what every browser takes
    scales = Scales(window)
    assert window.open(at.format(**house.words)) == 200
    window.page.wait_for_load_state("networkidle")
    assert window.page.locator("tbody tr").count() >= FIFTY
    sent, raw = scales.html
    told = "\n".join(scales.report())
    for name, weight in (("all", scales.all_sent), ("page sent", sent), ("page raw", raw)):
        record_property(name, weight)
    assert raw <= HTML_RAW, told
    assert sent <= HTML_SENT, told
    assert scales.all_sent <= FIRST_LOAD, told
    window.close()


# ---- a dossier through all five desks, without scripts


PASTED = """Loại\tHọ và tên\tThành tích
Cá nhân\tVi Văn Mẫu Lâm\tCó sáng kiến được công nhận.
Tập thể\tTập thể xã An Mẫu\tHoàn thành 19/20 nội dung cam kết."""


class Clerk:
    """A person at a window without scripts, who signs in with their password."""

    def __init__(self, house, name):
        self.window = house.fresh(scripts=False)
        self.page = self.window.page
        self.go("/dang-nhap/")
        self.page.get_by_label("Thư điện tử").fill(address(name))
        self.page.get_by_label("Mật khẩu").fill(PASSWORD)
        self.press("Đăng nhập")

    def go(self, at):
        """Open a page."""
        assert self.window.open(at) == 200

    def press(self, words, **kwargs):
        """Press the button, or follow the link, with these words."""
        button = self.page.get_by_role("button", name=words, exact=True)
        link = self.page.get_by_role("link", name=words, exact=True)
        button.or_(link).first.click(**kwargs)
        self.page.wait_for_load_state()
        assert self.page.locator("[role=alert]").all_inner_texts() == []

    def attach(self, name):
        """Choose a small picture in the first form that takes a file."""
        box = self.page.locator("input[type=file]").first
        box.set_input_files({"name": name, "mimeType": "image/png", "buffer": picture((7, 8, 9))})

    def judge(self, said=()):
        """Say of every name that it passes, but {n-th: (word, reason)}."""
        rows = self.page.locator(".judge")
        for i in range(rows.count()):
            word, why = dict(said).get(i, (None, ""))
            choice = rows.nth(i).locator(f"input[value={word}]" if word else "input").first
            choice.check(force=True)
            if why:
                rows.nth(i).locator("textarea").fill(why)

    @property
    def code(self):
        """The code of the dossier the page is about."""
        return re.search(r"HS-[0-9-]+", self.page.url).group()


def test_a_dossier_goes_through_all_five_desks_without_scripts(house):
    people = ("lap.anmau", "chutich.anmau", "taichinh1", "noivu1")
    author, head, finance, affairs = (Clerk(house, name) for name in people)
    code = _drawn_up(author)
    head.go(f"/ho-so/{code}/")
    head.press("Ký nộp hồ sơ")
    _judged(finance, code)
    affairs.go(f"/ho-so/{code}/")
    affairs.judge()
    affairs.press("Trình Hội đồng")
    secretary, member, signatory = (Clerk(house, name) for name in ("thuky", "uyvien", "chutich"))
    _sat(secretary, member, code)
    _signed(signatory, code)
    author.go(f"/ho-so/{code}/")
    said = author.page.locator("main").inner_text()
    for words in ("Ma Thị Mẫu Lan", "Không đủ điều kiện", "Vi Văn Mẫu Lâm"):
        assert words in said
    assert "Tập thể xã An Mẫu" in said


def _drawn_up(author):
    """Three names, one typed and two pasted, and the report."""
    author.go("/ho-so/lap-moi/")
    author.press("Lập hồ sơ")
    code = author.code
    author.press("Thêm đề nghị")
    author.page.get_by_label("Họ và tên").fill("Ma Thị Mẫu Lan")
    author.page.get_by_label("Năm sinh").fill("1980")
    author.page.get_by_label("Thành tích").fill("Hoàn thành tốt nhiệm vụ.")
    author.press("Thêm vào danh sách")
    author.go(f"/ho-so/{code}/lap/dan/")
    author.page.locator("textarea").fill(PASTED)
    author.press("Đọc danh sách đã dán")
    author.press("Nhận 2 dòng đúng")
    author.attach("bao-cao.png")
    author.press("Lưu tờ trình và giấy tờ")
    author.press("Xem lại và trình ký")
    author.press("Trình thủ trưởng ký")
    return code


def _judged(finance, code):
    """TC–KH takes it from the pool, brings its letter and finds one name unfit."""
    finance.go(f"/ban-viec/?nhom=chung&q={code}")
    finance.press(f"Nhận việc {code}")
    finance.go(f"/ho-so/{code}/")
    finance.attach("cong-van.png")
    finance.press("Tải lên")
    finance.judge({1: ("FAIL", "Không đủ điều kiện.")})
    finance.press("Đề xuất khen thưởng")


def _sat(secretary, member, code):
    """A sitting of its own, typed by two."""
    secretary.go("/phien-hop/mo/")
    secretary.press("Mở phiên họp")
    sitting = secretary.page.url
    secretary.page.locator(f"input[value='{code}']").check()
    secretary.press("Đưa vào chương trình")
    for reader in (secretary, member):
        reader.page.goto(f"{sitting}phieu/")
        boxes = reader.page.locator("input[name^=phieu-]")
        assert boxes.count() == 2
        for i in range(2):
            boxes.nth(i).fill("8")
        reader.press("Lưu số phiếu đã nhập")
    secretary.page.goto(sitting)
    secretary.press("Chuyển kết quả phiên họp")


def _signed(signatory, code):
    """One decision, drafted, filled, issued."""
    signatory.go("/quyet-dinh/lap/")
    signatory.page.get_by_label("Trích yếu").fill("Về việc khen thưởng năm 2024")
    signatory.press("Lập dự thảo")
    signatory.page.locator(f"input[value='{code}']").check()
    signatory.press("Đưa vào dự thảo")
    signatory.press("Ký ban hành quyết định")
    assert "Quyết định số" in signatory.page.locator("h1").inner_text()


# ---- the keyboard


def test_rows_of_the_desk_are_walked_and_opened_by_keys(house):
    window = house.fresh("author*")
    window.open("/ban-viec/")
    keys, rows = window.page.keyboard, window.page.locator("tbody [data-open]")
    first, second = (rows.nth(i).get_attribute("href") for i in (0, 1))
    for key, there in (("j", first), ("j", second), ("k", first), ("k", first), ("j", second)):
        keys.press(key)
        assert window.focused()[1] == there
    with window.page.expect_navigation():
        keys.press("Enter")
    assert window.page.url == house.base + second
    window.close()


def test_the_help_opens_and_closes_and_the_search_is_found_by_keys(house):
    window = house.fresh("author*")
    window.open("/ban-viec/")
    keys = window.page.keyboard
    keys.press("?")
    assert window.page.locator("#phim-tat").is_visible()
    keys.press("Escape")
    assert not window.page.locator("#phim-tat").is_visible()
    keys.press("/")
    assert window.focused()[:2] == ["INPUT", "q"]
    keys.type("jk?")
    assert window.page.locator(".find").input_value() == "jk?"
    window.close()


def test_keys_choose_a_row_lead_to_the_act_and_never_act_while_one_types(house):
    window = house.fresh("head")
    window.open("/ban-viec/")
    keys, page = window.page.keyboard, window.page
    keys.press("j")
    for picked in (1, 0):
        keys.press("x")
        assert page.locator("input[name=step]:checked").count() == picked
    with page.expect_navigation():
        keys.press("a")
    assert page.url.endswith("#lam")
    there = page.url
    for key, name in (("a", "act"), ("a", "act"), ("n", "next")):  # a press of a key leads to the button, no further
        keys.press(key)
        assert window.focused() == ["BUTTON", name]
    page.locator("textarea").first.focus()
    keys.type("anr")
    assert page.locator("textarea").first.input_value() == "anr"
    assert page.url == there
    window.close()


def test_on_a_telephone_the_open_tab_is_in_sight(house):
    window = house.fresh("author", size=browsing.NARROW)
    window.open("/ban-viec/?nhom=da-xong")
    box = window.page.locator(".tabs [aria-current]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= browsing.NARROW[0]
    window.close()


def test_the_first_tab_skips_the_head_of_the_page(house):
    window = house.fresh("author")
    window.open("/ban-viec/")
    window.page.keyboard.press("Tab")
    assert window.focused()[:2] == ["A", "#noi-dung"]
    assert window.page.locator("a.skip").bounding_box()["y"] >= 0
    window.page.keyboard.press("Enter")
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.getElementById('noi-dung').contains(document.activeElement)")
    window.close()


def test_verdicts_are_given_by_arrow_keys_and_by_digits(house):
    window = house.fresh("finance")
    window.open(f"/ho-so/{house.words['proposing']}/")
    keys, first = window.page.keyboard, window.page.locator(".seg").nth(0).locator("input")
    first.nth(0).focus()
    keys.press(" ")
    assert first.nth(0).is_checked()
    keys.press("ArrowRight")
    assert first.nth(1).is_checked()
    keys.press("3")
    assert first.nth(2).is_checked()
    keys.press("Tab")
    assert window.focused()[0] == "TEXTAREA"
    keys.type("Thiếu.")
    keys.press("Shift+Tab")
    keys.press("j")
    assert window.page.evaluate("document.querySelectorAll('.seg')[1].contains(document.activeElement)")
    window.close()
