"""What every request passes: a number, an answer in words, a line for every refusal."""

import json
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit import clock, ledger
from audit.models import Entry
from workflow_project import middleware
from workflow_project.district import PASSWORD

NEW = "một câu dễ nhớ 2024"
SIGN_IN = reverse("account_login")


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    """Each test starts with no failed attempt counted and no offset of the clock remembered."""
    cache.clear()
    monkeypatch.setattr(clock, "_seen", (0.0, timedelta()))


def witnessed(act):
    return [json.loads(line.facts) for line in Entry.objects.filter(kind="WITNESS", act=act)]


# what every request passes


def test_every_refusal_of_a_signed_in_person_is_one_line_and_a_good_page_is_none(client, world):
    client.force_login(world.author)
    people = reverse("organizations:people")
    for method, address, status in [
        ("get", people, 404), ("put", people, 405), ("get", f"{people}7/", 404), ("post", reverse("demo_sign_in"), 404),
        ("delete", reverse("account_change_password"), 405), ("get", reverse("account_logout"), 405),
    ]:  # fmt: skip
        before = Entry.objects.count()
        answer = getattr(client, method)(address)
        assert (answer.status_code, Entry.objects.count() - before) == (status, 1), address
        line = Entry.objects.latest("id")
        assert (line.act, line.kind, line.actor_id) == ("refused", "WITNESS", world.author.pk)
        assert line.correlation == answer["X-Request-Id"]
        told = json.loads(line.facts)
        assert (told["method"], told["path"], told["status"]) == (method.upper(), address, status)
    before = Entry.objects.count()
    assert client.get(reverse("account_change_password")).status_code == 200
    assert client.get("/khong-co-trang-nay/").status_code == 404
    assert Entry.objects.count() == before
    assert list(ledger.faults(world.author)) == []


def test_a_refusal_keeps_the_office_and_never_what_was_posted_nor_a_link_that_opens(client, world):
    client.force_login(world.author)
    client.post(reverse("organizations:person_add"), {"full_name": "BÍ MẬT TRONG BIỂU MẪU"})
    client.get(reverse("organizations:invitation", args=["LIEN-KET-BI-MAT"]))
    lines = list(Entry.objects.filter(act="refused"))
    assert [line.office for line in lines] == ["AUTHOR", "AUTHOR"]
    assert not [line for line in lines if "MẬT" in line.facts + line.reason or "BI-MAT" in line.facts]


def test_a_refusal_of_a_stranger_leaves_no_line(client, world):
    before = Entry.objects.count()
    client.get(reverse("organizations:invitation", args=["khong-co"]))
    client.put(reverse("organizations:people"))
    assert Entry.objects.count() == before


def test_a_form_without_its_guard_is_403_and_noted(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.author)
    answer = client.post(reverse("account_change_password"), {"oldpassword": PASSWORD})
    assert answer.status_code == 403
    assert "Trang đã mở quá lâu" in answer.content.decode()
    assert len(witnessed("refused")) == 1


def test_every_answer_carries_a_number_of_its_own(client, db):
    first, second = client.get(SIGN_IN)["X-Request-Id"], client.get(SIGN_IN)["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second


@pytest.mark.parametrize("address", ["/quan-tri/%00/", f"{SIGN_IN}?q=%00", f"{SIGN_IN}?next=/a%00b"])
def test_a_nul_in_the_address_is_400(client, world, address):
    client.force_login(world.author)
    assert client.get(address).status_code == 400


def test_a_nul_in_a_cookie_is_400(client, db):
    client.cookies["sessionid"] = "\0" * 32
    assert client.get(reverse("account_change_password")).status_code == 400


def test_too_many_fields_and_too_long_a_form_are_413_in_vietnamese(client, world, settings):
    client.force_login(world.admin)
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 50
    answer = client.post(reverse("organizations:person_add"), {f"o{i}": "x" for i in range(60)})
    assert (answer.status_code, "quá nhiều ô" in answer.content.decode()) == (413, True)
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5000, 1000
    answer = client.post(reverse("organizations:person_add"), "full_name=" + "x" * 2000,
                         content_type="application/x-www-form-urlencoded")  # fmt: skip
    assert (answer.status_code, "quá dài" in answer.content.decode()) == (413, True)


def test_a_body_cut_off_is_400(client, world):
    client.force_login(world.admin)
    answer = client.post(reverse("organizations:person_add"), b"--x\r\nbroken", content_type="multipart/form-data")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("trouble", "passing"),
    [
        (OperationalError("database is locked"), True), (OperationalError("no such column: x"), False),
        (ValueError("x"), False), (None, False),
    ],
)  # fmt: skip
def test_trouble_that_passes_is_told_from_a_fault(trouble, passing, monkeypatch):
    monkeypatch.setattr(middleware.connection, "vendor", "sqlite", raising=False)
    assert middleware.is_passing(trouble) is passing


def test_a_lock_that_is_not_free_in_time_is_503_with_a_time_to_come_back(client, world, monkeypatch):
    def busy(*args, **kwargs):
        raise OperationalError("database is locked")

    client.force_login(world.admin)
    with connection.execute_wrapper(lambda run, sql, *rest: busy() if "organizations_person" in sql and "LIKE" in sql
                                    else run(sql, *rest)):  # fmt: skip
        answer = client.get(reverse("organizations:people"), {"q": "an"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Hệ thống đang tạm nghỉ" in answer.content.decode()


def test_a_stranger_who_sends_a_form_is_told_that_it_was_not_saved(client, world):
    answer = client.post(reverse("organizations:person_add"), {"full_name": "x"}, follow=True)
    assert answer.redirect_chain == [(f"{SIGN_IN}?next=/", 302)]
    assert "chưa được lưu" in answer.content.decode()


def test_the_bar_costs_one_statement_beyond_the_offices(client, world, settings):
    settings.DEMO = False
    client.force_login(world.secretary)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("account_change_password"))
    # the table of the first column: an earlier FROM may be that of a question inside
    tables = sorted(re.search(r'"(\w+)"\."', query["sql"]).group(1) for query in asked if "FROM" in query["sql"])
    register = ["organizations_appointment", "organizations_person"]
    assert tables == ["django_session", "notifications_notification", *register]
