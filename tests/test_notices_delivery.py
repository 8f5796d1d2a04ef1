"""What became of messages: the operator's list, sending anew, dismissing; on each dossier who was told."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.ledger import Actor
from audit.models import Entry
from notifications import resending
from notifications.models import MailServer, Notification, Preference
from notifications.outbox import announce

LIST = "/thu-da-gui/"


@pytest.fixture
def admin(world, client):
    """The operator, signed in."""
    client.force_login(world.admin)
    return client


def mail_to(person, **changes):
    """The newest mail owed to this person, changed."""
    mail = Notification.objects.mails().filter(recipient=person).first()
    Notification.objects.filter(pk=mail.pk).update(**changes)
    mail.refresh_from_db()
    return mail


def given_up(world, person=None):
    world.submitted()
    return mail_to(person or world.finance, given_up_at=timezone.now(), attempts=3, answer="550 khong co hop thu")


def listed(client, query=""):
    return [line.mail.pk for line in client.get(LIST + query).context["lines"]]


# ---- the operator's list


def test_it_says_who_was_told_what_when_and_what_the_server_answered(world, admin):
    mail = given_up(world)
    text = admin.get(LIST).content.decode()
    for told in (mail.recipient.full_name, mail.recipient.email, "Việc mới", mail.context["code"], "Bỏ cuộc",
                 "550 khong co hop thu", "đã thử 3 lần"):  # fmt: skip
        assert told in text


def test_it_shows_no_content_of_any_dossier(world, admin):
    dossier = world.submitted()
    text = admin.get(LIST).content.decode()
    assert dossier.code in text
    for said in ("Đề xuất khen thưởng", "đang chờ bạn", dossier.get_absolute_url(), "Nguyễn Thị Mẫu"):
        assert said not in text


def test_each_state_is_a_filter(world, admin):
    mails = list(Notification.objects.mails().filter(entry_id=told_five(world)))
    states = {
        "chua-di": {}, "thu-lai": {"attempts": 2}, "bo-cuoc": {"given_up_at": timezone.now()},
        "bo-qua": {"given_up_at": timezone.now(), "dismissed_at": timezone.now()}, "da-di": {"sent_at": timezone.now()},
    }  # fmt: skip
    Notification.objects.exclude(pk__in=[mail.pk for mail in mails]).delete()
    for mail, changes in zip(mails, states.values(), strict=True):
        Notification.objects.filter(pk=mail.pk).update(**changes)
    for mail, state in zip(mails, states, strict=True):
        assert listed(admin, f"?tinh-trang={state}") == [mail.pk], state
    assert len(listed(admin)) == len(listed(admin, "?tinh-trang=khong-co")) == 5
    counts = {tab["label"]: tab["count"] for tab in admin.get(LIST).context["tabs"]}
    assert [counts[label] for label in ("Bỏ cuộc", "Đang thử lại", "Chưa đi", "Đã đi")] == ["1", "1", "1", None]


def told_five(world):
    """An entry told to five people by mail."""
    entry = Entry.objects.about(world.opened()).last()
    people = [world.head, world.finance, world.home_affairs, world.secretary, world.signatory]
    announce(entry, people, "reminder", url="/ho-so/HS-2024-0001/", code="HS-2024-0001", step="x")
    return entry.pk


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=HS-2024-0001", 5), ("q=hs-2024-0001", 5), ("q=HS-2024-0002", 0), ("q=noivu1", 1), ("tin=reminder", 5),
     ("tin=received", 0), ("tin=khong-co", 5), ("tu=2024-11-18&den=2024-11-18", 5), ("tu=2024-11-19", 0),
     ("den=2024-11-17", 0), ("tu=2024-99-99&den=x", 5), ("tu=0001-01-01&den=9999-12-31", 5), ("sau=abc", 5)],
)  # fmt: skip
def test_words_event_and_period_are_in_the_address(world, admin, query, found):
    entry = told_five(world)
    Notification.objects.exclude(entry_id=entry).delete()
    assert len(listed(admin, f"?{query}")) == found


def test_a_name_is_found_without_accents(world, admin):
    told_five(world)
    name = world.home_affairs.search_key
    assert {line.mail.recipient for line in admin.get(LIST, {"q": name}).context["lines"]} == {world.home_affairs}


def test_pages_go_on_by_key_and_cost_the_same_however_many_mails(world, admin):
    def owed(count):
        first = Notification.objects.count()
        Notification.objects.bulk_create(
            Notification(entry_id=10**6 + first + i, recipient=world.head, channel="EMAIL", template="granted",
                         url="/", context={"code": f"HS-{first + i}"}, created_at=timezone.now())
            for i in range(count)
        )  # fmt: skip

    owed(2)
    with CaptureQueriesContext(connection) as few:
        admin.get(LIST)
    owed(118)
    with CaptureQueriesContext(connection) as many:
        page = admin.get(LIST)
    assert len(many) == len(few) <= 10
    seen, url = [], LIST
    while url:
        page = admin.get(url).context
        seen += [line.mail.pk for line in page["lines"]]
        url = page["next_url"]
    assert len(seen) == len(set(seen)) == 120


def test_a_server_that_is_away_is_said_above_the_list(world, admin):
    assert "Máy chủ thư không nhận thư từ" not in admin.get(LIST).content.decode()
    MailServer.objects.create(failures=3, away_since=timezone.now(), answer="[Errno 111] Connection refused")
    assert "Máy chủ thư không nhận thư từ" in admin.get(LIST).content.decode()


def test_nobody_but_the_operator_knows_of_it(world, client):
    mail = given_up(world)
    for person in (world.finance, world.standing_head, world.inspector, world.signatory):
        client.force_login(person)
        assert client.get(LIST).status_code == 404
        assert client.post(f"{LIST}{mail.pk}/gui-lai/").status_code == 404
        assert client.get(f"{LIST}{mail.pk}/bo-qua/").status_code == 404
        with pytest.raises(PermissionDenied):
            resending.resend(mail.pk, by=Actor(person))
        with pytest.raises(PermissionDenied):
            resending.dismiss(mail.pk, by=Actor(person), reason="x")


# ---- sending anew, dismissing


def test_a_given_up_mail_is_owed_anew_with_its_tries_and_72_hours_from_the_beginning(world, admin, monday):
    mail = given_up(world)
    monday.shift(80 * 3600)
    admin.force_login(world.admin)
    answer = admin.post(f"{LIST}{mail.pk}/gui-lai/", {"next": f"{LIST}?tinh-trang=bo-cuoc"})
    assert (answer.status_code, answer.url) == (302, f"{LIST}?tinh-trang=bo-cuoc")
    mail.refresh_from_db()
    assert (mail.attempts, mail.given_up_at, mail.sent_at, mail.answer, mail.resent) == (0, None, None, "", 1)
    assert abs((timezone.now() - mail.owed_at).total_seconds()) < 60
    assert mail in Notification.objects.owed(timezone.now())
    line = Entry.objects.get(act="resend_mail")
    assert "550 khong co hop thu" in line.facts
    assert line.subject_id == mail.recipient_id


def test_a_mail_that_waits_its_turn_is_not_owed_twice(world, admin):
    world.submitted()
    mail = mail_to(world.finance)
    assert admin.post(f"{LIST}{mail.pk}/gui-lai/").status_code == 302
    assert not Entry.objects.filter(act="resend_mail").exists()
    mail.refresh_from_db()
    assert mail.resent == 0


def test_what_cannot_be_sent_is_dismissed_with_a_reason_and_leaves_the_list(world, admin):
    mail = given_up(world)
    page = f"{LIST}{mail.pk}/bo-qua/"
    assert "Bỏ qua thư này" in admin.get(page).content.decode()
    refused = admin.post(page, {"reason": " "})
    assert refused.status_code == 422
    assert admin.post(page, {"reason": "Đã báo bằng điện thoại"}).status_code == 302
    mail.refresh_from_db()
    assert (mail.dismissed_by, mail.dismissed_reason) == (world.admin, "Đã báo bằng điện thoại")
    assert Entry.objects.get(act="dismiss_mail").reason == "Đã báo bằng điện thoại"
    assert listed(admin, "?tinh-trang=bo-cuoc") == []
    assert "Đã báo bằng điện thoại" in admin.get(f"{LIST}?tinh-trang=bo-qua").content.decode()
    again = admin.post(page, {"reason": "Lần nữa"})
    assert "đã có người bỏ qua" in again.content.decode()
    admin.post(f"{LIST}{mail.pk}/gui-lai/")
    mail.refresh_from_db()
    assert (mail.dismissed_at, mail.given_up_at, mail.resent) == (None, None, 1)


def test_only_mails_are_sent_anew_or_dismissed(world, admin):
    mail = given_up(world)
    inside = Notification.objects.get(entry_id=mail.entry_id, recipient=mail.recipient, channel="IN_APP", about="")
    assert admin.post(f"{LIST}{inside.pk}/gui-lai/").status_code == 404
    assert admin.get(f"{LIST}{inside.pk}/bo-qua/").status_code == 404
    Notification.objects.filter(pk=mail.pk).update(given_up_at=None, sent_at=timezone.now())
    assert admin.get(f"{LIST}{mail.pk}/bo-qua/").status_code == 404


# ---- on the dossier


def test_a_dossier_says_who_was_told_of_it_to_those_who_see_it(world, client):
    Preference.objects.create(person=world.finance, ways={"new_task": "NONE"})
    dossier, other = world.submitted(), world.submitted()
    mail_to(world.person("taichinh2"), attempts=2)
    client.force_login(world.finance)
    page = client.get(f"/ho-so/{dossier.code}/thu/")
    told = {row.notice.recipient: row for row in page.context["rows"]}
    assert world.finance in told
    assert told[world.finance].fate is None
    assert told[world.person("taichinh2")].fate.text == "Chưa đi"
    assert other.code not in page.content.decode()
    for person in (world.stranger, world.admin, world.signatory):
        client.force_login(person)
        assert client.get(f"/ho-so/{dossier.code}/thu/").status_code == 404


def test_messages_of_a_bulk_line_are_found_on_each_dossier(world, client):
    first, second = world.submitted(), world.submitted()
    entry = Entry.objects.order_by("id").last()
    for dossier in (first, second):
        announce(entry, [world.home_affairs], "reminder", url=dossier.get_absolute_url(), about=dossier.code, code="x")
    client.force_login(world.finance)
    for dossier in (first, second):
        rows = client.get(f"/ho-so/{dossier.code}/thu/").context["rows"]
        assert [row.mail.about for row in rows if row.notice.recipient == world.home_affairs] == [dossier.code]


def test_who_stood_aside_is_not_told_to_the_unit(world, client):
    dossier = world.submitted()
    entry = Entry.objects.order_by("id").last()
    announce(entry, [world.finance], "recused", url=dossier.get_absolute_url(), about="recused", code=dossier.code)
    for person, told in ((world.head, False), (world.home_affairs, True)):
        client.force_login(person)
        assert ("Xung đột lợi ích" in client.get(f"/ho-so/{dossier.code}/thu/").content.decode()) is told


def test_what_was_said_of_a_dossier_is_not_read_off_the_operators_list(world, admin):
    dossier = world.submitted()
    entry = Entry.objects.about(dossier).last()
    secret = {"declined": "Không được xét", "granted": "Có quyết định", "recused": "Xung đột lợi ích"}
    for event in secret:
        Notification.objects.create(
            entry_id=entry.pk, recipient=world.head, channel="EMAIL", template=event, about=event, url="/",
            created_at=timezone.now(), context={"code": dossier.code},
        )  # fmt: skip
    text = admin.get(LIST).content.decode()
    assert "Tin về hồ sơ" in text
    mail = Notification.objects.mails().filter(template="declined").get()
    Notification.objects.filter(pk=mail.pk).update(given_up_at=timezone.now())
    text += admin.get(f"{LIST}{mail.pk}/bo-qua/").content.decode()
    for name in secret.values():
        assert name not in text
    assert len(listed(admin, "?tin=declined")) == len(listed(admin))


def test_units_read_neither_the_servers_answers_nor_when_others_read(world, client):
    dossier = world.submitted()
    mail = mail_to(world.finance, attempts=3, given_up_at=timezone.now(), answer="550 khong co hop thu")
    Notification.objects.filter(channel="IN_APP", recipient=world.finance).update(read_at=timezone.now())
    client.force_login(world.head)
    text = client.get(f"/ho-so/{dossier.code}/thu/").content.decode()
    assert mail.recipient.full_name in text
    assert "Bỏ cuộc" in text
    for kept in ("550 khong co hop thu", "Đã đọc", "đã thử 3 lần"):
        assert kept not in text
    client.force_login(world.finance)
    text = client.get(f"/ho-so/{dossier.code}/thu/").content.decode()
    assert "550 khong co hop thu" in text
    assert "Đã đọc" in text
