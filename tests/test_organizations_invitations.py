"""The way in for people the administrator entered, and for the first administrator."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from audit import ledger
from audit.models import Entry
from organizations import invitations
from organizations.models import Appointment, Invitation, Office, Organization, Person

GOOD = "một câu dễ nhớ 2024"


@pytest.fixture
def desk(client, world):
    """A browser in which the administrator signed in."""
    client.force_login(world.admin)
    return client


def page(name, *args):
    return reverse(f"organizations:{name}", args=args)


def link_in(message) -> str:
    return re.search(r"/loi-moi/[\w-]+/", message.body).group()


def add(desk, email="moi@vi-du.invalid", name="Đặng Thị Mẫu Mới"):
    answer = desk.post(page("person_add"), {"full_name": name, "email": email})
    assert answer.status_code == 302, answer.content.decode()
    return Person.objects.get(email=email)


def test_adding_a_person_invites_them_by_mail_as_text_and_html_without_their_name(desk):
    person = add(desk)
    (message,) = mail.outbox
    assert message.to == [person.email]
    assert "đặt mật khẩu" in message.subject
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    assert link_in(message) in html
    assert person.full_name not in message.body + html
    assert not person.has_usable_password()


def test_an_invitation_sets_a_password_once_and_signs_nobody_in(desk, client):
    person = add(desk)
    client.logout()
    link = link_in(mail.outbox[0])
    assert person.full_name in client.get(link).content.decode()
    answer = client.post(link, {"password": GOOD, "again": GOOD})
    assert (answer.status_code, answer.url) == (302, reverse("account_login"))
    assert "_auth_user_id" not in client.session
    person.refresh_from_db()
    assert person.check_password(GOOD)
    assert client.get(link).status_code == 404
    assert client.post(link, {"password": GOOD + "!", "again": GOOD + "!"}).status_code == 404
    person.refresh_from_db()
    assert person.check_password(GOOD)
    assert list(Entry.objects.about(person).values_list("act", flat=True)) == [
        "add_person",
        "invite",
        "accept_invitation",
    ]
    assert list(ledger.faults(person)) == []


def test_an_invitation_is_kept_as_a_digest_only(desk):
    add(desk)
    token = link_in(mail.outbox[0]).split("/")[2]
    (kept,) = Invitation.objects.values_list("token_digest", flat=True)
    assert token not in kept
    assert len(token) >= 43
    assert not Entry.objects.filter(facts__contains=token).exists()


def test_an_invitation_runs_out_after_seven_days_of_real_time(desk, client, monday):
    add(desk)
    link = link_in(mail.outbox[0])
    monday.shift(timedelta(days=7, seconds=-60))
    assert client.get(link).status_code == 200
    monday.shift(timedelta(seconds=61))
    answer = client.get(link)
    assert answer.status_code == 404
    assert "không còn dùng được" in answer.content.decode()


def test_a_new_invitation_stops_the_one_before_it(desk, client):
    person = add(desk)
    desk.post(page("person_invite", person.pk))
    first, second = (link_in(message) for message in mail.outbox)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


def test_an_invitation_of_a_deactivated_person_opens_nothing_even_after_they_are_back(desk, client):
    person = add(desk)
    first = link_in(mail.outbox[0])
    desk.post(page("person_deactivate", person.pk), {"reason": "Thôi việc"})
    assert client.get(first).status_code == 404
    desk.post(page("person_reactivate", person.pk), {"reason": "Trở lại"})
    assert client.get(first).status_code == 404
    assert client.get(link_in(mail.outbox[-1])).status_code == 200


def test_somebody_who_has_a_password_is_not_invited(desk, world):
    desk.post(page("person_invite", world.author.pk))
    assert mail.outbox == []
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("password", "again", "told"),
    [
        ("ngan", "ngan", "ít nhất 12 ký tự"),
        ("123456789012345", "123456789012345", "chỉ gồm chữ số"),
        ("mật khẩu thứ nhất", "mật khẩu thứ hai", "chưa giống nhau"),
        ("moi@vi-du.invalid", "moi@vi-du.invalid", "giống họ tên hoặc địa chỉ"),
        ("đủ dài\0 nhưng có NUL", "đủ dài\0 nhưng có NUL", "ký tự ẩn"),
        ("x" * 2000, "x" * 2000, "quá dài"),
        ("", "", "chưa điền"),
    ],
)
def test_a_bad_first_password_is_refused_in_vietnamese_and_the_link_stays_good(desk, client, password, again, told):
    add(desk)
    link = link_in(mail.outbox[0])
    answer = client.post(link, {"password": password, "again": again})
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert "This password" not in answer.content.decode()
    assert client.post(link, {"password": GOOD, "again": GOOD}).status_code == 302


def test_a_mail_server_that_is_away_loses_nothing_and_the_page_says_what_to_do(desk, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = desk.post(page("person_add"), {"full_name": "Đặng Thị Mẫu", "email": "moi@vi-du.invalid"}, follow=True)
    assert answer.status_code == 200
    assert "Máy chủ thư chưa nhận thư mời" in answer.content.decode()
    assert Person.objects.filter(email="moi@vi-du.invalid").exists()


def test_first_admin_opens_an_empty_house_and_never_a_house_that_has_one(db, client, capsys):
    call_command("first_admin", email="Quan.Tri@vi-du.invalid", name="Phạm Thị Mẫu Quản", body="UBND xã Thử Mẫu")
    link = re.search(r"/loi-moi/[\w-]+/", capsys.readouterr().out).group()
    client.post(link, {"password": GOOD, "again": GOOD})
    person = Person.objects.get(email="quan.tri@vi-du.invalid")
    assert person.check_password(GOOD)
    assert [held.organization.name for held in person.offices_today() if held.office == Office.ADMIN] == [
        "UBND xã Thử Mẫu"
    ]
    with pytest.raises(CommandError, match="Đã có quản trị"):
        call_command("first_admin", email="khac@vi-du.invalid", name="Người Khác")
    assert not Person.objects.filter(email="khac@vi-du.invalid").exists()
    for holder in [person, Organization.objects.get()]:
        assert list(ledger.faults(holder)) == []


def test_first_admin_refuses_a_name_or_an_address_that_cannot_be_kept(db):
    for email, name in [("khong-phai-dia-chi", "Phạm Thị Mẫu"), ("a@vi-du.invalid", "Phạm\0Mẫu")]:
        with pytest.raises(CommandError):
            call_command("first_admin", email=email, name=name)
    assert not Appointment.objects.exists()


def test_an_invitation_that_two_accept_is_spent_by_the_first(desk):
    add(desk)
    token = link_in(mail.outbox[0]).split("/")[2]
    invitations.accept(token, GOOD)
    with pytest.raises(invitations.Spent):
        invitations.accept(token, GOOD + " nữa")
