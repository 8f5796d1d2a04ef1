"""What people are told: owed with its cause, delivered at least once with one Message-ID, read in the product."""

import socket
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from audit.models import Entry
from notifications import server, tasks
from notifications.models import Notification, Tray
from notifications.outbox import announce

on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="locks need PostgreSQL")
DOORS = ["IN_APP", "EMAIL"]


class PostOffice:
    """A mail server of our own: remembers every mail, and refuses as it is told."""

    def __init__(self):
        self.mails, self.envelopes, self.refuse, self.refuse_recipient = [], [], "", ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  aiosmtpd's name
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.refuse:
            return self.refuse
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.envelopes.append(list(envelope.rcpt_tos))
        return "250 OK"

    @property
    def ids(self):
        return [mail["Message-ID"] for mail in self.mails]


@pytest.fixture
def post(settings):
    """The house sends to a real mail server on this machine."""
    office = PostOffice()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield office
    controller.stop()


@pytest.fixture
def nowhere(settings):
    """The mail server is away."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # discard: nobody listens


def owed(world, people=None):
    """One entry, and a notice about it owed to these people."""
    dossier = world.opened()
    entry = Entry.objects.about(dossier).last()
    about = {"url": f"/ho-so/{dossier.code}/", "code": dossier.code, "step": "Ký nộp hồ sơ", "due": ""}
    announce(entry, people or [world.head], "new_task", **about)
    return entry


def mails():
    return Notification.objects.filter(channel="EMAIL")


# ---- owing


def test_a_message_is_owed_once_per_entry_person_and_channel(world):
    entry = owed(world, [world.head, world.head, world.finance])
    announce(entry, [world.head], "reminder", url="/", code="x", step="y", due="")
    rows = Counter(Notification.objects.filter(entry_id=entry.pk).values_list("recipient", "channel"))
    assert rows == {(p.pk, c): 1 for p in (world.head, world.finance) for c in DOORS}


def test_nobody_is_told_of_their_own_act_and_the_system_is_told_nothing(world):
    entry = owed(world, [world.author, world.head])
    assert set(Notification.objects.filter(entry_id=entry.pk).values_list("recipient", flat=True)) == {world.head.pk}


def test_an_act_that_is_rolled_back_owes_nothing(world):
    dossier = world.opened()
    before = Notification.objects.count()
    with pytest.raises(PermissionDenied):  # handed over, then signed by one who may not: both are undone
        world.do(dossier, "hand_over", world.author, then="submit")
    assert Notification.objects.count() == before
    world.do(dossier, "hand_over", world.author)
    assert Notification.objects.count() == before + 2


# ---- the mail


def test_each_mail_goes_to_one_recipient_with_its_own_lasting_message_id(world, post):
    entry = owed(world, [world.head, world.finance])
    tasks.deliver_for(entry.pk)
    assert sorted(post.envelopes) == sorted([[world.head.email], [world.finance.email]])
    ids = {f"<notice-{entry.pk}-{p.pk}@127.0.0.1>" for p in (world.head, world.finance)}
    assert set(post.ids) == ids
    assert mails().filter(sent_at=None).count() == Notification.objects.exclude(entry_id=entry.pk).filter(
        channel="EMAIL", sent_at=None
    ).count()


def test_a_mail_is_text_and_html_in_vietnamese_with_a_link_and_no_name_of_anybody(world, post, settings):
    settings.SITE_URL = "https://khenthuong.example/"
    dossier = world.submitted()
    tasks.sweep()
    assert post.mails
    for mail in post.mails:
        parts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
        for part in parts:
            assert f"https://khenthuong.example/ho-so/{dossier.code}/" in part
            assert "Nguyễn Thị Mẫu" not in part
            assert "An Mẫu" not in part
            assert world.author.full_name not in part
        assert "Vinh Danh" in mail["Subject"]
        assert mail["To"] in {p.email for p in (world.head, world.author, world.finance, world.person("taichinh2"))}


def test_the_words_are_vietnamese_whatever_the_one_who_acted_reads(world, post):
    with translation.override("en"):
        world.submitted()
    tasks.sweep()
    text = " ".join(mail.get_body(("plain",)).get_content() for mail in post.mails)
    assert "đang chờ bạn: Đề xuất khen thưởng" in text


def test_a_delivered_mail_is_not_sent_again(world, post):
    entry = owed(world)
    for _ in range(3):
        tasks.deliver_for(entry.pk)
        tasks.sweep()
    assert Counter(post.ids)[f"<notice-{entry.pk}-{world.head.pk}@127.0.0.1>"] == 1


def test_somebody_who_left_gets_no_mail(world, post):
    entry = owed(world)
    type(world.head).objects.filter(pk=world.head.pk).update(is_active=False)
    tasks.deliver_for(entry.pk)
    assert post.mails == []
    assert mails().get(entry_id=entry.pk).given_up_at


# ---- trouble


def test_a_passing_failure_is_put_off_with_growing_waits_and_given_up_after_72_hours(world, post, monday):
    entry = owed(world)
    post.refuse = "451 come back later"
    waits = []
    for _ in range(6):
        tasks.deliver_for(entry.pk)
        notice = mails().get(entry_id=entry.pk)
        waits.append((notice.not_before - timezone.now()).total_seconds())
        assert not notice.given_up_at
        assert "451" in notice.answer
        monday.shift(timedelta(seconds=waits[-1] + 1))
    assert [waits[i] < waits[i + 1] for i in range(4)] == [True] * 4
    assert 20 <= waits[0] <= 40
    assert max(waits) <= 15 * 60 * 1.2
    monday.shift(timedelta(hours=73))
    tasks.sweep()
    notice.refresh_from_db()
    assert notice.given_up_at
    assert notice.attempts == 7
    post.refuse = ""
    monday.shift(timedelta(hours=1))
    tasks.sweep()
    assert f"<notice-{entry.pk}-{world.head.pk}@127.0.0.1>" not in post.ids


def test_a_put_off_mail_leaves_when_the_server_is_back(world, post, monday):
    entry = owed(world)
    post.refuse = "421 closing"
    tasks.deliver_for(entry.pk)
    post.refuse = ""
    tasks.deliver_for(entry.pk)
    assert post.mails == []
    monday.shift(timedelta(minutes=2))
    tasks.sweep()
    assert f"<notice-{entry.pk}-{world.head.pk}@127.0.0.1>" in post.ids


def test_a_server_that_is_away_is_blamed_itself_and_no_mail_ends_by_it(world, nowhere, monday):
    entry = owed(world, [world.head, world.finance])
    tasks.deliver_for(entry.pk)
    for _ in range(2):
        assert server.away()
        rows = mails().filter(entry_id=entry.pk)
        assert [(n.attempts, n.given_up_at) for n in rows] == [(0, None), (0, None)]
        monday.shift(timedelta(hours=73))
        tasks.sweep()


def test_a_lasting_refusal_is_given_up_at_once_and_said(world, post):
    entry = owed(world)
    post.refuse = "554 not wanted"
    tasks.deliver_for(entry.pk)
    notice = mails().get(entry_id=entry.pk)
    assert notice.given_up_at
    assert "554" in notice.answer
    assert Notification.objects.filter(entry_id=entry.pk, channel="IN_APP", given_up_at=None).exists()


@pytest.mark.parametrize(("said", "for_ever"), [("550 no such user", True), ("450 mailbox busy", False)])
def test_a_refused_recipient_is_seen(world, post, said, for_ever):
    entry = owed(world)
    post.refuse_recipient = said
    tasks.deliver_for(entry.pk)
    notice = mails().get(entry_id=entry.pk)
    assert notice.sent_at is None
    assert bool(notice.given_up_at) is for_ever
    assert said[:3] in notice.answer


def test_one_mail_that_cannot_be_written_does_not_stop_the_others(world, post):
    entry = owed(world, [world.head, world.finance])
    mails().filter(entry_id=entry.pk, recipient=world.head).update(template="no-such-template")
    tasks.deliver_for(entry.pk)
    assert post.envelopes == [[world.finance.email]]
    assert mails().get(entry_id=entry.pk, recipient=world.head).attempts == 1


class Killed(BaseException):
    """The worker is gone, as after kill -9: nothing catches it."""


@contextmanager
def dying_before(start):
    """Let the worker die when it would run this statement."""

    def wrapper(execute, sql, params, many, context):
        if sql.startswith(start):
            raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield


def test_a_worker_killed_between_sending_and_noting_sends_again_with_the_same_message_id(world, post, monday):
    entry = owed(world)
    with pytest.raises(Killed), dying_before('UPDATE "notifications_notification" SET "sent_at"'):
        tasks.deliver_for(entry.pk)
    assert len(post.mails) == 1
    tasks.sweep()
    assert post.ids.count(post.ids[0]) == 1
    monday.shift(timedelta(minutes=3))
    tasks.sweep()
    assert post.ids.count(post.ids[0]) == 2
    monday.shift(timedelta(minutes=3))
    tasks.sweep()
    assert post.ids.count(post.ids[0]) == 2


@pytest.mark.postgres
@on_postgres
def test_two_sweepers_at_once_send_each_mail_once(live_world, post):
    world = live_world
    Notification.objects.filter(channel="EMAIL").update(sent_at=timezone.now())
    people = list(type(world.head).objects.people())
    for _ in range(5):
        entry = Entry.objects.about(world.opened(names=1)).last()
        rows = [
            Notification(entry_id=entry.pk, recipient=person, channel="EMAIL", template="declined", url="/",
                         context={"code": "HS"}, created_at=entry.at)
            for person in people
        ]  # fmt: skip
        Notification.objects.bulk_create(rows)
    gate = threading.Barrier(4)

    def run():
        gate.wait()
        try:
            tasks.sweep()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert set(Counter(post.ids).values()) == {1}
    assert len(post.ids) == 5 * len(people)
    assert not Notification.objects.filter(channel="EMAIL", sent_at=None).exists()


# ---- the pages


def test_the_inbox_shows_what_one_was_told_and_a_get_changes_nothing(world, client):
    dossier = world.submitted()
    client.force_login(world.finance)
    before = list(Notification.objects.order_by("pk").values())
    text = client.get("/thong-bao/").content.decode()
    assert dossier.code in text
    assert "đang chờ bạn" in text
    assert list(Notification.objects.order_by("pk").values()) == before
    client.force_login(world.stranger)
    assert dossier.code not in client.get("/thong-bao/").content.decode()


def test_opening_a_notice_marks_it_read_and_leads_to_its_page(world, client):
    dossier = world.submitted()
    client.force_login(world.finance)
    notice = Notification.objects.get(recipient=world.finance, channel="IN_APP", entry_id__gt=0)
    assert client.get(f"/thong-bao/{notice.pk}/doc/").status_code == 405
    answer = client.post(f"/thong-bao/{notice.pk}/doc/")
    assert (answer.status_code, answer["Location"]) == (302, f"/ho-so/{dossier.code}/")
    assert Notification.objects.unread(world.finance) == 0
    assert Notification.objects.unread(world.person("taichinh2")) == 1
    client.force_login(world.stranger)
    assert client.post(f"/thong-bao/{notice.pk}/doc/").status_code == 404


def test_a_mail_row_is_no_notice_of_the_inbox(world, client):
    world.submitted()
    client.force_login(world.finance)
    mail = Notification.objects.get(recipient=world.finance, channel="EMAIL")
    assert client.post(f"/thong-bao/{mail.pk}/doc/").status_code == 404


def test_marking_all_read_leaves_what_came_in_meanwhile(world, client):
    world.submitted()
    client.force_login(world.finance)
    newest = Notification.objects.inbox(world.finance).first().pk
    world.submitted()
    client.post("/thong-bao/doc-het/", {"newest": newest})
    assert Notification.objects.unread(world.finance) == 1
    for wrong in ("", "-1", "abc", "9" * 40):
        assert client.post("/thong-bao/doc-het/", {"newest": wrong}).status_code == 302
    assert Notification.objects.unread(world.finance) == 1


def test_the_inbox_is_flat_in_rows_and_goes_on_page_after_page(world, client):
    def told(count):
        at = timezone.now()
        first = Notification.objects.count()
        Notification.objects.bulk_create(
            Notification(entry_id=10**6 + first + i, recipient=world.admin, channel="IN_APP", template="granted",
                         url="/", context={"code": f"HS-{first + i}"}, created_at=at)
            for i in range(count)
        )  # fmt: skip

    client.force_login(world.admin)
    told(2)
    with CaptureQueriesContext(connection) as few:
        client.get("/thong-bao/")
    told(118)
    with CaptureQueriesContext(connection) as many:
        answer = client.get("/thong-bao/")
    assert len(many) == len(few) <= 6
    assert len(answer.content) < 100_000
    seen, url = 0, "/thong-bao/"
    while url:
        page = client.get(url).context
        seen += len(page["notices"])
        url = f"/thong-bao/?sau={page['last']}" if page["last"] else ""
    assert seen == 120


def test_the_tray_exists_in_the_demo_only(world, client, settings):
    settings.EMAIL_BACKEND = "notifications.channels.TrayBackend"
    world.submitted()
    tasks.sweep()
    letter = Tray.objects.filter(to=world.head.email).first()
    for path in ("/dung-thu/thu/", f"/dung-thu/thu/{letter.pk}/"):
        assert client.get(path).status_code == 404
    settings.DEMO = True
    assert letter.subject in client.get("/dung-thu/thu/").content.decode()
    assert world.head.email not in client.get("/dung-thu/thu/?q=taichinh1").content.decode()
    text = client.get(f"/dung-thu/thu/{letter.pk}/").content.decode()
    assert "Mở trong phần mềm" in text
    assert 'href="http' in text
    assert client.post("/dung-thu/thu/").status_code == 405


def test_work_to_do_stands_over_mere_news_of_the_same_act(world):
    dossier = world.opened()
    entry = Entry.objects.about(dossier).first()
    for template in ("received", "new_task"):
        announce(entry, [world.head], template, url="/", code=dossier.code, step="Ký nộp hồ sơ")
    told = Notification.objects.filter(entry_id=entry.pk, recipient=world.head)
    assert sorted(told.values_list("channel", "template")) == [("EMAIL", "new_task"), ("IN_APP", "new_task")]
