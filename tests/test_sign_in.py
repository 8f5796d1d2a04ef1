"""Coming in and going out: passwords, resets, sessions."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit import clock, ledger
from audit.ledger import Actor
from audit.models import Entry, House
from organizations import acts
from organizations.adapter import digest_of_address
from organizations.models import Person
from workflow_project.district import PASSWORD

NEW = "một câu dễ nhớ 2024"
SIGN_IN = reverse("account_login")


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    """Each test starts with no failed attempt counted and no offset of the clock remembered."""
    cache.clear()
    monkeypatch.setattr(clock, "_seen", (0.0, timedelta()))


def sign_in(client, person, password=PASSWORD):
    return client.post(SIGN_IN, {"login": person.email, "password": password})


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def witnessed(act):
    return [json.loads(line.facts) for line in Entry.objects.filter(kind="WITNESS", act=act)]


def reset_link(message) -> str:
    return re.search(r"/dat-mat-khau/\S+", message.body).group()


def test_a_person_signs_in_with_address_and_password_and_both_ways_are_noted(client, world):
    answer = sign_in(client, world.author)
    assert (answer.status_code, answer.url) == (302, "/")
    assert signed_in_as(client) == str(world.author.pk)
    client.post(reverse("account_logout"))
    assert signed_in_as(client) is None
    assert list(Entry.objects.about(world.author).filter(kind="WITNESS").values_list("act", flat=True)) == [
        "sign_in", "sign_out",
    ]  # fmt: skip
    assert list(ledger.faults(world.author)) == []


def test_the_case_of_the_address_does_not_matter(client, world):
    client.post(SIGN_IN, {"login": world.author.email.upper(), "password": PASSWORD})
    assert signed_in_as(client) == str(world.author.pk)


def test_a_failed_sign_in_is_told_the_same_for_known_and_unknown_and_noted_without_the_address(client, world):
    told = set()
    for address in [world.author.email, "khong-co-ai@vi-du.invalid"]:
        answer = client.post(SIGN_IN, {"login": address, "password": "mật khẩu sai hẳn"})
        assert signed_in_as(client) is None
        told.add(re.search(r"Địa chỉ thư hoặc mật khẩu chưa đúng[^<]*", answer.content.decode()).group())
    assert len(told) == 1
    assert [facts["address"] for facts in witnessed("sign_in_failed")] == [
        digest_of_address(world.author.email), digest_of_address("khong-co-ai@vi-du.invalid"),
    ]  # fmt: skip
    lines = Entry.objects.filter(act="sign_in_failed")
    assert {line.chain_type for line in lines} == {"audit.house"}
    assert not [line for line in lines if "@" in line.facts + line.reason]
    assert list(ledger.faults(House.objects.get())) == []


def test_the_system_person_and_the_deactivated_cannot_sign_in_or_reset(client, world):
    system = Person.objects.system()
    gone = acts.deactivate(world.author, by=Actor(world.admin))
    for person in [system, gone]:
        for password in [PASSWORD, "!", "", "x"]:
            sign_in(client, person, password)
            assert signed_in_as(client) is None
        client.post(reverse("account_reset_password"), {"email": person.email})
    assert mail.outbox == []


def test_an_inactive_account_with_the_right_password_is_answered_like_a_wrong_one(client, world):
    Person.objects.filter(pk=world.author.pk).update(is_active=False)
    answer = sign_in(client, world.author)
    assert "Địa chỉ thư hoặc mật khẩu chưa đúng" in answer.content.decode()
    assert len(witnessed("sign_in_failed")) == 1
    assert not witnessed("sign_in")


def test_deactivation_ends_an_open_session_at_once_and_for_good(client, world):
    sign_in(client, world.finance)
    page = reverse("account_change_password")
    assert client.get(page).status_code == 200
    acts.deactivate(world.finance, by=Actor(world.admin))
    assert client.get(page).status_code == 302
    acts.reactivate(world.finance, by=Actor(world.admin))
    assert client.get(page).status_code == 302


def test_changing_the_password_keeps_this_session_and_ends_the_others(client, world):
    elsewhere = Client()
    sign_in(client, world.author)
    sign_in(elsewhere, world.author)
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )
    assert answer.status_code == 302
    assert client.get(reverse("account_change_password")).status_code == 200
    assert elsewhere.get(reverse("account_change_password")).status_code == 302
    assert Entry.objects.about(world.author).filter(act="change_password", kind="EDIT").count() == 1
    assert list(ledger.faults(world.author)) == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"oldpassword": "sai"}, "Mật khẩu đang dùng chưa đúng"),
        ({"password1": "ngan", "password2": "ngan"}, "ít nhất 12 ký tự"),
        ({"password2": "gõ khác hẳn nhé"}, "chưa giống nhau"),
        ({"password1": "có\0 NUL ở đây rồi", "password2": "có\0 NUL ở đây rồi"}, "ký tự ẩn"),
        ({"password1": "x" * 5000, "password2": "x" * 5000}, "quá dài"),
        ({"password1": "", "password2": ""}, "chưa điền"),
    ],
)
def test_a_bad_change_of_password_is_refused_in_vietnamese_and_changes_nothing(client, world, typed, told):
    client.force_login(world.author)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW} | typed
    shown = client.post(reverse("account_change_password"), form).content.decode()
    assert told in shown
    assert "password" not in re.sub(r"<[^>]*>", "", shown).lower()
    assert world.author.check_password(PASSWORD)
    assert not Entry.objects.filter(act="change_password").exists()


def test_a_reset_is_mailed_as_text_and_html_works_once_and_is_noted(client, world):
    client.post(reverse("account_reset_password"), {"email": world.author.email})
    (message,) = mail.outbox
    ((html, kind),) = message.alternatives
    link = reset_link(message)
    assert (kind, link in html) == ("text/html", True)
    assert message.subject == "Đặt lại mật khẩu"
    form_page = client.get(link).url
    answer = client.post(form_page, {"password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    assert world.author.check_password(NEW)
    assert signed_in_as(client) is None
    assert "đã dùng rồi hoặc đã hết hạn" in Client().get(link).content.decode()
    assert Entry.objects.about(world.author).filter(act="reset_password").count() == 1
    assert list(ledger.faults(world.author)) == []


def test_opening_the_link_of_a_reset_writes_nothing(client, world):
    client.post(reverse("account_reset_password"), {"email": world.author.email})
    link = reset_link(mail.outbox[0])
    with CaptureQueriesContext(connection) as asked:
        client.get(link, follow=True)
    written = [
        query["sql"] for query in asked if not query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE", "BEGIN"))
    ]
    assert not [sql for sql in written if "django_session" not in sql]


def test_an_address_that_was_changed_opens_nothing_any_more(client, world):
    author = world.author
    old = author.email
    client.post(reverse("account_reset_password"), {"email": old})
    link = reset_link(mail.outbox.pop())
    acts.change_person(author, by=Actor(world.admin), email="dia.chi.moi@vi-du.invalid")
    assert "đã dùng rồi hoặc đã hết hạn" in client.get(link, follow=True).content.decode()
    client.post(reverse("account_reset_password"), {"email": old})
    assert mail.outbox == []
    client.post(SIGN_IN, {"login": old, "password": PASSWORD})
    assert signed_in_as(client) is None
    client.post(SIGN_IN, {"login": "dia.chi.moi@vi-du.invalid", "password": PASSWORD})
    assert signed_in_as(client) == str(author.pk)


def test_asking_for_a_reset_is_answered_the_same_whether_or_not_somebody_has_the_address(client, world):
    known = client.post(reverse("account_reset_password"), {"email": world.author.email}, follow=True)
    unknown = client.post(reverse("account_reset_password"), {"email": "khong-co-ai@vi-du.invalid"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    hidden = re.compile(r'value="[^"]*"|X-CSRFToken[^}]*')
    assert hidden.sub("", known.content.decode()) == hidden.sub("", unknown.content.decode())
    assert len(mail.outbox) == 1
    assert len(witnessed("password_reset_asked")) == 2


def test_a_mail_server_that_is_away_does_not_tell_who_has_an_account(client, world, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = client.post(reverse("account_reset_password"), {"email": world.author.email})
    assert (answer.status_code, answer.url) == (302, reverse("account_reset_password_done"))
    assert "was not sent" in caplog.text


def test_an_invited_person_without_a_password_cannot_come_in_by_a_reset(client, world):
    person = acts.add_person(by=Actor(world.admin), email="moi@vi-du.invalid", full_name="Đặng Thị Mẫu")
    client.post(reverse("account_reset_password"), {"email": person.email})
    assert mail.outbox == []


def test_guessing_is_stopped_after_five_attempts_on_one_account_and_others_still_come_in(client, world):
    for _ in range(5):
        sign_in(client, world.author, "đoán mò thôi")
    shown = sign_in(client, world.author, PASSWORD)
    assert "Sai nhiều lần liên tiếp" in shown.content.decode()
    assert signed_in_as(client) is None
    sign_in(client, world.finance)
    assert signed_in_as(client) == str(world.finance.pk)


def test_nobody_can_sign_up(client, db):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.post("/dang-ky/").status_code == 404


@pytest.mark.parametrize(
    "address", ["https://khac.invalid/", "//khac.invalid/", "/\\khac.invalid", "javascript:alert(1)"]
)
def test_no_sign_in_leads_to_another_host(client, world, settings, address):
    settings.DEMO = True
    answer = client.post(
        f"{SIGN_IN}?next={address}", {"login": world.author.email, "password": PASSWORD, "next": address}
    )
    assert answer.url == "/"
    for told in [{"data": {"next": address}}, {"HTTP_REFERER": address}]:
        assert client.post(reverse("demo_next_day"), **told).url == "/"
    assert client.post(reverse("demo_next_day"), HTTP_REFERER="http://testserver/ho-so/?q=1").url == "/ho-so/"


def test_the_hash_of_a_new_password_is_argon2(settings, world):
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]
    author = world.author
    author.set_password(NEW)
    assert author.password.startswith("argon2$")
