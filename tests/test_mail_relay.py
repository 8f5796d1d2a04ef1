"""The relay: what is owed leaves, whoever dies; the server's trouble is the server's; what cannot leave is told."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from uuid import uuid4

import pytest
from django.core.mail.backends.smtp import EmailBackend as DjangosBackend
from django.utils import timezone

from audit.models import Entry
from notifications import alarms, channels, relay, server, tasks
from notifications.models import MailServer, Notification
from organizations.models import Person
from tests.smtp_sink import sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings):
    """A mail server that hangs up on nobody; the house waits for it one second."""
    with sink() as office:
        settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "notifications.smtp.EmailBackend", 1
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        yield office


def owe(count=1, *, hours_ago=0, first=0):
    """So many mails to so many people; returns their rows, the oldest first."""
    people = [
        Person.objects.create(email=f"nguoi{first + i}@mau.example", full_name=f"Người Mẫu {i}") for i in range(count)
    ]
    return Notification.objects.bulk_create(
        Notification(
            entry_id=10**6 + first + i, recipient=person, channel="EMAIL", template="declined", context={"code": "HS"},
            url="/", created_at=timezone.now(), owed_at=timezone.now() - timedelta(hours=hours_ago),
        )
        for i, person in enumerate(people)
    )  # fmt: skip


def again():
    """All waits are over: those of the mails and that of the server."""
    Notification.objects.filter(sent_at=None).update(not_before=timezone.now())
    MailServer.objects.update(try_at=timezone.now())
    return tasks.sweep()


def row(notice):
    return Notification.objects.get(pk=notice.pk)


def test_the_servers_answer_is_kept_with_each_mail_and_one_line_carries_all(post):
    mails = owe(3)
    assert tasks.sweep() == 3
    assert [row(mail).answer for mail in mails] == [f"250 2.0.0 queued as {i}" for i in (1, 2, 3)]
    assert [one.recipients for one in post.taken] == [(mail.recipient.email,) for mail in mails]
    assert post.connections == 1


def test_more_than_a_batch_leaves_in_one_sweep(post, monkeypatch):
    monkeypatch.setattr(relay, "BATCH", 4)
    owe(10)
    assert tasks.sweep() == 10
    assert (post.connections, set(post.ids.values()), len(post.ids)) == (3, {1}, 10)


@pytest.mark.parametrize("moment", ["rcpt", "data", "end"])
def test_a_passing_refusal_is_that_mails_and_is_tried_again(post, moment):
    mails = owe(3)
    post.ill_will, post.only = f"refuse {moment} 451 4.7.1 greylisted", "nguoi1"
    tasks.sweep()
    assert [row(mail).attempts for mail in mails] == [0, 1, 0]
    assert row(mails[1]).answer == "451 4.7.1 greylisted"
    assert not server.away()
    assert len(post.taken) == 2
    post.ill_will = ""
    again()
    assert row(mails[1]).sent_at
    assert set(post.ids.values()) == {1}


@pytest.mark.parametrize("moment", ["rcpt", "end"])
def test_a_refusal_for_ever_is_given_up_at_once_and_stops_nobody(post, moment):
    mails = owe(3)
    post.ill_will, post.only = f"refuse {moment} 550 5.1.1 no such user", "nguoi0"
    tasks.sweep()
    assert [bool(row(mail).given_up_at) for mail in mails] == [True, False, False]
    assert row(mails[0]).answer == "550 5.1.1 no such user"
    assert len(post.taken) == 2


def test_djangos_own_backend_would_lose_the_answer(post, settings):
    """The fault planted: the same mail by Django's backend, and nothing is known of where it went."""
    settings.EMAIL_BACKEND = f"{DjangosBackend.__module__}.{DjangosBackend.__qualname__}"
    (mail,) = owe()
    tasks.sweep()
    assert (row(mail).answer, bool(row(mail).sent_at)) == ("", True)


# ---- the server's trouble


@pytest.mark.parametrize(
    "ill_will",
    ["hang greet", "cut greet", "refuse greet 554 5.3.2 no service", "refuse mail 550 5.7.1 sender not allowed",
     "refuse mail 421 4.3.2 closing"],
)  # fmt: skip
def test_a_server_that_serves_nobody_is_left_alone_and_no_mail_is_blamed(post, ill_will):
    mails = owe(3, hours_ago=100)
    post.ill_will = ill_will
    for _ in range(3):
        tasks.sweep()
        tasks.deliver_for(mails[0].entry_id)
    assert post.connections == 1
    assert {(row(mail).attempts, row(mail).given_up_at) for mail in mails} == {(0, None)}
    assert server.away().failures == 1
    post.ill_will = ""
    assert again() == 3
    assert len(post.ids) == 3
    assert (MailServer.objects.get().failures, MailServer.objects.get().away_since) == (0, None)


def test_a_server_that_stopped_is_called_again_and_gets_everything(post):
    owe(5)
    post.stop()
    assert tasks.sweep() == 5
    assert server.away()
    assert tasks.sweep() == 0
    post.start()
    assert again() == 5
    assert (len(post.ids), set(post.ids.values())) == (5, {1})


def test_the_waits_for_a_server_grow_to_a_minute_and_workers_who_called_together_count_once(post):
    for failures in range(1, 8):
        began = timezone.now()
        for _worker in range(3):
            server.failed(SMTPServerDisconnected("gone"), called_at=began)
        state = MailServer.objects.get()
        assert state.failures == failures
        wait = (state.try_at - timezone.now()).total_seconds()
        assert min(10 * 2 ** (failures - 1), 60) * 0.7 < wait < 72.1
        MailServer.objects.update(try_at=began)


@pytest.mark.parametrize("ill_will", ["hang data", "hang end", "cut end", "refuse end 421 4.3.2 closing"])
def test_a_mail_by_which_the_line_breaks_is_put_off_and_those_behind_it_go_over_a_new_one(post, ill_will):
    mails = owe(4)
    post.ill_will, post.only = ill_will, "nguoi1"
    tasks.sweep()
    assert [row(mail).attempts for mail in mails] == [0, 1, 0, 0]
    assert [bool(row(mail).sent_at) for mail in mails] == [True, False, True, True]
    assert post.connections == 2
    assert not server.away()


def test_a_poisonous_mail_at_the_head_costs_one_try_and_then_lets_the_others_by(post):
    mails = owe(3)
    post.ill_will, post.only = "cut end", "nguoi0"
    tasks.sweep()
    assert [row(mail).attempts for mail in mails] == [1, 0, 0]
    assert server.away()
    MailServer.objects.update(try_at=timezone.now())
    tasks.sweep()
    assert [bool(row(mail).sent_at) for mail in mails] == [False, True, True]


def test_nothing_is_begun_that_could_outlast_the_lease(post, monkeypatch):
    """With a slow server, here 0.9 s a mail, the batch ends in time and hands the rest back untried."""
    mails = owe(6)
    monkeypatch.setattr(relay, "LEASE", relay.TO_SEND + 2)  # seconds here: two more than the last mail may need
    monkeypatch.setattr(relay, "monotonic", lambda: len(post.taken) * 0.9)
    relay.take(Notification.objects.all()).send()
    assert [bool(row(mail).sent_at) for mail in mails] == [True, True, True, False, False, False]
    assert all(row(mail).not_before <= timezone.now() and row(mail).attempts == 0 for mail in mails[3:])


def test_a_lease_that_ran_out_is_not_written_over(post):
    """A worker stopped for long comes back: what another one holds now stays as that one has it."""
    mails = owe(2)
    late = relay.take(Notification.objects.all())
    Notification.objects.update(not_before=timezone.now())
    other = relay.take(Notification.objects.all())
    post.ill_will = "refuse rcpt 451 later"
    late.send()
    assert {(row(mail).attempts, row(mail).not_before) for mail in mails} == {(0, other.until)}


# ---- the end of it


def test_72_hours_count_only_with_the_growing_waits_behind_it(post):
    (mail,) = owe(hours_ago=100)
    post.ill_will = "refuse rcpt 451 4.7.1 greylisted"
    for _ in range(relay.LEAST_TRIES - 1):
        again()
    assert (row(mail).attempts, row(mail).given_up_at) == (relay.LEAST_TRIES - 1, None)
    again()
    assert row(mail).given_up_at


def test_administrators_are_told_in_the_product_once_an_hour_and_never_by_mail(world, post, monday):
    post.ill_will = "refuse rcpt 550 5.1.1 no such user"
    told = Notification.objects.filter(template="mail_given_up")
    for i in range(3):
        owe(2, first=10 * i)
        tasks.sweep()
    assert [(one.recipient, one.channel) for one in told.all()] == [(world.admin, "IN_APP")]
    entry = Entry.objects.get(pk=told.get().entry_id)
    assert (entry.act, entry.actor.is_system) == ("mail_given_up", True)
    monday.shift(timedelta(minutes=61))
    tasks.sweep()
    assert [one.context["count"] for one in told.order_by("pk")][-1] == 4
    monday.shift(timedelta(minutes=61))
    tasks.sweep()
    assert told.count() == 2
    assert "4 thư bị máy chủ thư từ chối" in channels.words(told.first())["text"]


def test_a_server_long_away_is_told_too(world, post, monday):
    Notification.objects.filter(sent_at=None, channel="EMAIL").update(sent_at=timezone.now())
    owe(1)
    post.stop()
    tasks.sweep()
    assert not Notification.objects.filter(template="mail_server_away").exists()
    monday.shift(alarms.LONG_AWAY + timedelta(minutes=1))
    tasks.sweep()
    (told,) = Notification.objects.filter(template="mail_server_away")
    assert told.recipient == world.admin
    assert "từ 08:00 18/11/2024" in channels.words(told)["text"]


# ---- what is written


def test_what_many_are_told_in_the_same_words_is_written_once(post, monkeypatch):
    rendered = []
    monkeypatch.setattr(channels, "words", lambda notice, real=channels.words: rendered.append(notice) or real(notice))
    mails = owe(6)
    Notification.objects.filter(pk=mails[5].pk).update(context={"code": "HS-KHÁC"})
    tasks.sweep()
    assert len(rendered) == 2
    assert "HS-KHÁC" in post.taken[5].mail.get_body(("plain",)).get_content()
    assert "HS-KHÁC" not in post.taken[4].mail.get_body(("plain",)).get_content()


def message_ids_of_two_attempts(post):
    """The server took it, the worker died before it could note that, and it is sent again."""
    (mail,) = owe()
    for _ in range(2):
        Notification.objects.filter(pk=mail.pk).update(sent_at=None, not_before=timezone.now())
        tasks.sweep()
    assert len(post.taken) == 2
    return set(post.ids)


def test_every_attempt_carries_the_same_message_id(post):
    assert len(message_ids_of_two_attempts(post)) == 1


def test_a_message_id_made_anew_would_be_seen(post, monkeypatch):
    """The fault planted."""
    monkeypatch.setattr(channels, "message_id", lambda notice: f"<{uuid4()}@mau.example>")
    assert len(message_ids_of_two_attempts(post)) == 2


def test_a_mail_that_no_line_can_carry_is_put_off_and_those_behind_it_leave(post):
    mails = owe(3)
    Person.objects.filter(pk=mails[0].recipient_id).update(email=f"nguoi@{'ă' * 70}.example")
    tasks.sweep()
    assert [bool(row(mail).sent_at) for mail in mails] == [False, True, True]
    assert (row(mails[0]).attempts, row(mails[0]).given_up_at) == (1, None)
    assert not server.away()


def test_whatever_breaks_a_batch_what_was_not_tried_is_handed_back(post, monkeypatch):
    mails = owe(3)

    def broken(self, line):
        raise RuntimeError("planted")

    monkeypatch.setattr(relay.Batch, "_carry", broken)
    with pytest.raises(RuntimeError):
        tasks.sweep()
    assert all(row(mail).not_before <= timezone.now() for mail in mails)
