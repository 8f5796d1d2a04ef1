"""The digest of the morning: what it says, to whom, and never twice, whatever dies."""

import threading
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from audit.models import Entry
from flows import digest
from notifications.channels import mail_of
from notifications.models import Digest, Notification, Preference
from notifications.outbox import announce
from tests.test_holds import hold

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="two rounds at once need PostgreSQL")


def at(day, hour, minute=0):
    return datetime.combine(date(2024, 11, day), time(hour, minute), tzinfo=VIETNAM)


def digests(**which):
    return Notification.objects.filter(template="digest", **which)


def text_to(person):
    """The digest this person gets, as its text reads; nothing when there is none."""
    mail = digests(recipient=person).order_by("id").last()
    return mail_of(mail).body if mail else ""


def news(world, person, template="withdrawn", code="HS-2024-0009"):
    """Something told to this person with the digest."""
    entry = Entry.objects.order_by("id").last()
    announce(entry, [person], template, url=f"/ho-so/{code}/", about=code, code=code)


def test_it_says_what_is_late_due_today_and_soon_and_what_came_in(world, monday):
    dossier = world.submitted()
    due = world.step(dossier).due_at.astimezone(VIETNAM)
    news(world, world.finance)
    monday.move_to(due.replace(hour=8) - timedelta(days=3))  # it falls on a Monday
    assert digest.send_digests() > 0
    text = text_to(world.finance)
    assert "TRONG BA NGÀY LÀM VIỆC TỚI" in text
    assert f"{dossier.code} – Đề xuất khen thưởng: hạn {due:%d/%m/%Y}, còn 1 ngày làm việc" in text
    assert f"/ho-so/{dossier.code}/" in text
    assert "Hồ sơ HS-2024-0009 đã được đơn vị rút." in text
    monday.move_to(due.replace(hour=8))
    digest.send_digests()
    text = text_to(world.finance)
    assert "ĐẾN HẠN HÔM NAY" in text
    assert "HS-2024-0009" not in text
    monday.move_to((due + timedelta(days=14)).replace(hour=8))
    digest.send_digests()
    assert "QUÁ HẠN" in text_to(world.finance)


def test_a_html_part_leads_to_each_dossier_and_names_nobody(world, monday):
    dossier = world.submitted()
    monday.move_to(world.step(dossier).due_at.astimezone(VIETNAM).replace(hour=8))
    digest.send_digests()
    mail = mail_of(digests(recipient=world.finance).get())
    [(html, _kind)] = mail.alternatives
    assert f'href="{settings.SITE_URL.rstrip("/")}/ho-so/{dossier.code}/"' in html
    assert "Nguyễn Thị Mẫu" not in html + mail.body
    assert "Bản tin sáng" in mail.subject


def test_who_has_nothing_to_read_gets_no_mail_and_is_not_looked_at_again(world, monday):
    assert digest.send_digests() == 0
    assert not digests().exists()
    assert Digest.objects.filter(person=world.inspector, told=0).count() == 1
    news(world, world.inspector)
    assert digest.send_digests() == 0  # it came after today's morning: tomorrow's
    monday.shift(timedelta(days=1))
    assert digest.send_digests() == 1
    assert digests(recipient=world.inspector).count() == 1


def test_a_second_round_the_same_day_sends_no_second_copy(world, monday):
    news(world, world.inspector)
    assert [digest.send_digests() for _ in range(3)] == [1, 0, 0]
    assert digests().count() == 1
    assert Entry.objects.filter(act="digest").count() == 1
    assert not Notification.objects.filter(channel="DIGEST", sent_at=None).exists()


class Killed(BaseException):
    """The worker is gone, as after kill -9: nothing catches it."""


@contextmanager
def dying_at(number):
    """Let the worker die when it would run its n-th statement that writes."""
    seen = []

    def wrapper(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE")):
            seen.append(sql)
            if len(seen) == number:
                raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield seen


def kill_until_it_is_made():
    """Let the worker die at its first statement that writes, at its second, …, until it lives.

    Returns   what each death left: how many digests and mornings, and what still waits for one
    """
    left = []
    for number in range(1, 30):
        try:
            with dying_at(number):
                digest.send_digests()
        except Killed:
            waiting = Notification.objects.filter(channel="DIGEST", sent_at=None).count()
            left.append((digests().count(), Digest.objects.count(), waiting))
        else:
            break
    return left


def test_a_worker_killed_at_any_statement_leaves_no_half_and_no_second_digest(world, monday):
    news(world, world.inspector)
    left = kill_until_it_is_made()
    assert len(left) >= 5
    assert set(left) == {(0, 0, 1)}
    assert digest.send_digests() == 0
    assert digests().count() == 1


def test_news_marked_in_a_transaction_of_its_own_are_found_out(world, monday, monkeypatch):
    whole = digest._write

    def planted(mornings, day):
        with transaction.atomic():
            Notification.objects.filter(pk__in=[pk for one in mornings for pk in one.read]).update(sent_at=digest.now())
        return whole(mornings, day)

    monkeypatch.setattr(digest, "_write", planted)
    news(world, world.inspector)
    assert (0, 0, 0) in kill_until_it_is_made()


@pytest.mark.parametrize(("day", "hour", "due"), [(18, 6, 0), (18, 7, 1), (18, 17, 1), (18, 19, 0), (23, 9, 0)])
def test_it_comes_on_working_mornings_and_never_at_night(world, monday, day, hour, due):
    news(world, world.inspector)
    monday.move_to(at(day, hour))
    assert digest.send_digests() == due


def test_each_ones_morning_is_their_own(world, monday):
    for person in (world.inspector, world.member):
        news(world, person)
    Preference.objects.create(person=world.member, quiet_from=time(20), quiet_until=time(9))
    assert digest.send_digests() == 1
    monday.move_to(at(18, 9, 1))
    assert digest.send_digests() == 1
    assert digests(recipient=world.member).count() == 1


def test_who_wants_no_list_of_deadlines_is_told_the_news_alone(world, monday):
    dossier = world.submitted()
    monday.move_to(world.step(dossier).due_at.astimezone(VIETNAM).replace(hour=8))
    Preference.objects.create(person=world.finance, due_in_digest=False)
    digest.send_digests()
    assert text_to(world.finance) == ""
    assert dossier.code in text_to(world.person("taichinh2"))


def test_what_left_as_a_mail_of_its_own_is_not_said_again(world, monday):
    news(world, world.inspector)
    news(world, world.inspector, template="vacant")  # the later word of the same line, by mail
    assert digest.send_digests() == 0
    assert not Notification.objects.filter(channel="DIGEST", sent_at=None).exists()


def test_a_long_list_is_cut_and_says_so(world, monday, monkeypatch):
    monkeypatch.setattr(digest, "LONGEST", 2)
    for number in range(4):
        news(world, world.inspector, code=f"HS-2024-100{number}")
    digest.send_digests()
    text = text_to(world.inspector)
    assert text.count("HS-2024-100") == 2 * 2  # each with its address
    assert "Còn nữa" in text


def test_the_beat_knows_it():
    assert settings.CELERY_BEAT_SCHEDULE["morning digests"]["task"] == "flows.tasks.send_digests"


@pytest.mark.postgres
@on_postgres
def test_rounds_at_once_make_one_digest_each(live_world):
    people = [live_world.inspector, live_world.member, live_world.admin]
    for person in people:
        news(live_world, person)
    gate, made = threading.Barrier(4), []

    def run():
        gate.wait()
        try:
            made.append(digest.send_digests())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(made) == digests().count() == len(people)


def test_the_digest_counts_no_day_of_a_held_dossier(world, monday):
    held, runs = world.submitted(names=1), world.submitted(names=1)
    hold(world, held)
    world.later(monday, days=8)
    told = [line["code"] for line in digest._compose(world.finance, date(2024, 11, 28)).sections["late"]]
    assert told == [runs.code]


def test_news_beyond_what_a_digest_holds_wait_for_the_next_one(world, monday, monkeypatch):
    monkeypatch.setattr(digest, "LONGEST", 2)
    for number in range(3):
        news(world, world.inspector, code=f"HS-2024-100{number}")
    digest.send_digests()
    assert Notification.objects.for_digest(world.inspector).count() == 1
    monday.move_to(at(19, 8))
    digest.send_digests()
    assert "HS-2024-1002" in text_to(world.inspector)
    assert not Notification.objects.for_digest(world.inspector).exists()
