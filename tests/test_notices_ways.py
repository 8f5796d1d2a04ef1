"""By which way a message comes: the matrix, what a person chose, quiet hours, invitations, many messages at once."""

import tomllib
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.ledger import Actor, faults
from audit.models import Entry
from notifications import acts, matrix
from notifications.channels import mail_of, message_id
from notifications.models import Notification, Preference
from notifications.outbox import Owed, announce, announce_all, reached
from notifications.quiet import held_until
from organizations.models import Person

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
PAGE = "/thong-bao/tuy-chon/"


def at(day, hour, minute=0):
    """A moment of a day of November 2024, or of another day given as a whole date."""
    day = date(2024, 11, day) if isinstance(day, int) else day
    return datetime.combine(day, time(hour, minute), tzinfo=VIETNAM)


def entry_of(world):
    return Entry.objects.about(world.opened()).last()


def ways(entry, person):
    """{event: the way besides the product} of what this person was told about this entry."""
    rows = Notification.objects.filter(entry_id=entry.pk, recipient=person)
    told = {row.template: "NONE" for row in rows.filter(channel="IN_APP")}
    return told | {row.template: row.channel for row in rows.exclude(channel="IN_APP")}


def choose(person, **fields):
    return Preference.objects.update_or_create(person=person, defaults=fields)[0]


def told(world, template="reminder", people=None, **context):
    """One entry, and this event told to these people."""
    entry = entry_of(world)
    announce(entry, people or [world.head], template, url="/ho-so/x/", code="x", step="y", **{"due": "", **context})
    return entry


# ---- the matrix


def test_every_event_of_the_house_has_its_rule_its_words_and_its_letter():
    written = tomllib.loads(matrix.MATRIX.read_text())
    letters = {path.stem for path in (Path(settings.BASE_DIR) / "templates/notifications").glob("*.txt")} - {"mail"}
    assert letters == set(matrix.EVENTS)
    assert set(matrix.EVENTS) - set(written) == matrix.UNCHOSEN
    assert set(written) - set(matrix.EVENTS) == {"default"}
    assert all(row["why"].strip() for row in written.values())


@pytest.mark.parametrize(
    "planted",
    ['[default]\nway = "FAX"\nwhy = "x"', '[default]\nway = "NONE"\nleast = "DIGEST"\nwhy = "x"',
     '[default]\nway = "EMAIL"\nleast = "DIGEST"\nwhy = "x"\n[default.office]\nADMIN = "NONE"'],
)  # fmt: skip
def test_a_table_that_contradicts_itself_stops_the_house(planted, tmp_path, monkeypatch):
    (tmp_path / "matrix.toml").write_text(planted)
    monkeypatch.setattr(matrix, "MATRIX", tmp_path / "matrix.toml")
    matrix.rules.cache_clear()
    try:
        with pytest.raises(ValueError, match="default"):
            matrix.rules()
    finally:
        matrix.rules.cache_clear()


def test_the_product_is_told_always_and_the_mail_by_the_houses_way(world):
    entry = entry_of(world)
    for template in ("reminder", "withdrawn", "bulk_done", "nobody_knows"):
        announce(entry, [world.head], template, url="/", about=template)
    assert ways(entry, world.head) == {
        "reminder": "EMAIL", "withdrawn": "DIGEST", "bulk_done": "NONE", "nobody_knows": "EMAIL",
    }  # fmt: skip
    assert Notification.objects.filter(entry_id=entry.pk, channel="IN_APP").count() == 4


def test_an_office_may_be_told_by_another_way(world):
    entry = entry_of(world)
    announce(entry, [world.signatory], "new_task", url="/", office="SIGNATORY", code="x", step="y")
    announce(entry, [world.finance], "new_task", url="/", office="FINANCE", code="x", step="y")
    assert (ways(entry, world.signatory), ways(entry, world.finance)) == ({"new_task": "DIGEST"}, {"new_task": "EMAIL"})


def test_a_choice_stands_over_the_house_as_far_as_it_is_allowed(world):
    choose(world.head, ways={"received": "NONE", "reminder": "DIGEST", "overdue_head": "NONE", "lapsed": "FAX"})
    entry = entry_of(world)
    for template in ("received", "reminder", "overdue_head", "lapsed"):
        announce(entry, [world.head], template, url="/", about=template)
    assert ways(entry, world.head) == {
        "received": "NONE", "reminder": "DIGEST", "overdue_head": "EMAIL", "lapsed": "EMAIL",
    }  # fmt: skip


# ---- what it costs


def test_announcing_to_people_of_a_query_is_two_statements_and_their_wishes_come_with_them(world):
    entry = entry_of(world)
    choose(world.finance, ways={"new_task": "NONE"})
    holders = Person.objects.filter(pk__in=[world.finance.pk, world.head.pk])
    with CaptureQueriesContext(connection) as captured:
        announce(entry, holders, "new_task", url="/", code="x", step="y")
    assert len(captured) == 2
    with CaptureQueriesContext(connection) as captured:
        announce(entry, list(reached(holders)), "reminder", url="/", code="x", step="y")
    assert len(captured) == 2
    assert ways(entry, world.finance)["reminder"] == "EMAIL"


def test_500_messages_to_many_people_about_one_entry_are_a_handful_of_statements(world):
    entry = entry_of(world)
    people = list(Person.objects.people())
    patient = next(person for person in people if person.pk != entry.actor_id)
    choose(patient, ways={"reminder": "DIGEST"})

    def owed(count):
        return [Owed(people[i % len(people)], "reminder", f"/ho-so/{i}/", f"HS-{i}", {"code": f"HS-{i}"})
                for i in range(count)]  # fmt: skip

    mine = sum(people[i % len(people)].pk == entry.actor_id for i in range(500))
    with CaptureQueriesContext(connection) as captured:
        assert announce_all(entry, owed(500)) == 500 - mine
    batches = 1 if connection.vendor == "postgresql" else len(captured)  # SQLite takes so many values a statement
    assert len(captured) <= 3 + batches
    assert not [q for q in captured.captured_queries if q["sql"].startswith("SELECT") and "preference" not in q["sql"]]
    announce_all(entry, owed(500))
    rows = Notification.objects.filter(entry_id=entry.pk)
    assert set(Counter(rows.values_list("recipient", "channel", "about")).values()) == {1}
    assert {row.channel for row in rows.filter(recipient=patient)} == {"IN_APP", "DIGEST"}
    ids = [message_id(row) for row in rows.filter(channel="EMAIL")]
    assert len(set(ids)) == len(ids) > 400


def test_the_same_thing_told_twice_in_one_go_is_told_once_and_the_later_word_stands(world):
    entry = entry_of(world)
    news = [Owed(world.head, name, "/", "HS-1", {"code": "HS-1"}) for name in ("received", "reminder")]
    assert announce_all(entry, [*news, Owed(world.author, "reminder", "/", "HS-1")]) == 1
    assert ways(entry, world.head) == {"reminder": "EMAIL"}


# ---- quiet hours


@pytest.mark.parametrize(
    ("owed", "leaves"),
    [
        (at(18, 8), None),
        (at(18, 17, 59), None),
        (at(18, 18), at(19, 7)),
        (at(19, 6, 59), at(19, 7)),
        (at(22, 20), at(25, 7)),  # Friday evening: Monday
        (at(23, 10), at(25, 7)),  # Saturday
        (at(24, 23), at(25, 7)),  # Sunday night
        (at(date(2025, 1, 24), 18), at(date(2025, 2, 3), 7)),  # the Tết of 2025 is over on Monday
        (at(date(2024, 12, 31), 19), at(date(2025, 1, 2), 7)),  # a holiday in the middle of the week
    ],
)
def test_what_is_owed_in_quiet_hours_leaves_the_next_working_morning(owed, leaves):
    assert held_until(None, owed) == leaves


@pytest.mark.parametrize(
    ("wish", "owed", "leaves"),
    [
        ({"quiet_from": time(22), "quiet_until": time(5)}, at(18, 21), None),
        ({"quiet_from": time(22), "quiet_until": time(5)}, at(18, 23), at(19, 5)),
        ({"quiet_from": time(12), "quiet_until": time(13)}, at(18, 12, 30), at(18, 13)),
        ({"quiet_from": time(12), "quiet_until": time(13)}, at(18, 23), None),
        ({"quiet_from": time(12), "quiet_until": time(13)}, at(23, 9), at(25, 7)),
        ({"quiet_from": time(0), "quiet_until": time(0)}, at(18, 3), None),
        ({"quiet_from": time(0), "quiet_until": time(0)}, at(23, 3), at(25, 7)),
        ({"quiet_days_off": False}, at(23, 9), None),
        ({"quiet_days_off": False}, at(22, 20), at(23, 7)),
    ],
)
def test_a_person_sets_their_own_quiet_hours(wish, owed, leaves):
    assert held_until(Preference(**wish), owed) == leaves


def test_a_mail_of_the_night_waits_for_the_morning_and_its_72_hours_begin_there(world, monday):
    monday.move_to(at(22, 20))
    mail = Notification.objects.get(entry_id=told(world).pk, channel="EMAIL")
    assert mail.held_until == at(25, 7)
    assert abs((mail.owed_at - at(25, 7)).total_seconds()) < 5
    owed = Notification.objects.owed
    assert mail not in owed(timezone.now())
    monday.move_to(at(25, 6, 59))
    assert mail not in owed(timezone.now())
    monday.move_to(at(25, 7, 1))
    assert mail in owed(timezone.now())


def test_an_urgent_event_passes_and_the_product_is_told_at_once(world, monday):
    monday.move_to(at(22, 20))
    mail = Notification.objects.get(entry_id=told(world, "vacant").pk, channel="EMAIL")
    assert mail.held_until is None
    assert Notification.objects.owed(timezone.now()).filter(pk=mail.pk)
    entry = told(world)
    assert Notification.objects.unread(world.head) >= 2
    assert ways(entry, world.head) == {"reminder": "EMAIL"}


def test_the_demos_next_day_lets_a_held_mail_go_without_a_real_night(world, monday, monkeypatch):
    monday.move_to(at(22, 20))
    mail = Notification.objects.get(entry_id=told(world).pk, channel="EMAIL")
    monkeypatch.setattr("notifications.queries.now", lambda: timezone.now() + timedelta(days=3))
    assert mail in Notification.objects.owed(timezone.now())


# ---- the invitation


def test_a_deadline_comes_as_an_invitation_to_those_who_wish_it(world):
    due = at(25, 23, 59).isoformat()
    choose(world.head, calendar=True)
    entry = told(world, people=[world.head, world.finance], due=due)
    mails = Notification.objects.filter(entry_id=entry.pk, channel="EMAIL")
    letters = {mail.recipient: mail_of(mail) for mail in mails}
    [(name, text, kind)] = letters[world.head].attachments
    assert (name, kind) == ("han-xu-ly.ics", "text/calendar")
    assert "DTSTART;VALUE=DATE:20241125" in text
    assert "SUMMARY:x: y" in text
    assert letters[world.finance].attachments == []
    moved = told(world, "moved_deadline", due=at(27, 10).isoformat())
    [(_name, later, _kind)] = mail_of(Notification.objects.get(entry_id=moved.pk, channel="EMAIL")).attachments
    assert "DTSTART:20241127T030000Z" in later
    uids = [next(line for line in body.splitlines() if line.startswith("UID")) for body in (text, later)]
    assert uids[0] == uids[1]
    assert b"text/calendar" in letters[world.head].wire()


def test_no_invitation_without_a_deadline_or_to_mere_news(world):
    choose(world.head, calendar=True)
    for entry in (told(world), told(world, "received", due=at(25, 10).isoformat())):
        rows = Notification.objects.filter(entry_id=entry.pk)
        assert not any("invite" in row.context for row in rows)


# ---- the page


def typed(**changes):
    """The form as a head of a unit would send it unchanged, but for these."""
    return {"quiet_from": "18:00", "quiet_until": "07:00", "quiet_days_off": "on", "due_in_digest": "on", **changes}


def test_the_table_shows_the_houses_ways_and_a_get_writes_nothing(world, client):
    client.force_login(world.head)
    before = Entry.objects.count()
    page = client.get(PAGE)
    rows = {row["event"]: row for row in page.context["rows"]}
    assert {"new_task", "overdue_head", "received"} <= set(rows)
    assert not {"incident", "overdue_chair", "digest"} & set(rows)
    chosen = {event: [one["way"] for one in row["ways"] if one["chosen"]] for event, row in rows.items()}
    assert chosen["withdrawn"] == ["DIGEST"]
    assert chosen["new_task"] == ["EMAIL"]
    assert [one["open"] for one in rows["reminder"]["ways"]] == [True, True, False]
    assert Entry.objects.count() == before
    assert not Preference.objects.exists()


def test_a_choice_is_saved_in_one_go_with_a_line_of_the_ledger_and_taken_back(world, client):
    client.force_login(world.head)
    answer = client.post(PAGE, typed(new_task="DIGEST", withdrawn="DIGEST", quiet_until="06:30", calendar="on"))
    assert (answer.status_code, answer.url) == (302, PAGE)
    kept = Preference.objects.get(person=world.head)
    assert kept.ways == {"new_task": "DIGEST"}  # what is the house's own way is no choice
    assert (kept.quiet_until, kept.calendar, kept.quiet_days_off) == (time(6, 30), True, True)
    line = Entry.objects.get(act="set_preferences")
    assert '"new_task":"DIGEST"' in line.after
    assert list(faults(world.head)) == []
    client.post(PAGE, typed(new_task="DIGEST", quiet_until="06:30", calendar="on"))
    assert Entry.objects.filter(act="set_preferences").count() == 1
    client.post(PAGE, {"house": "1"})
    kept.refresh_from_db()
    assert (kept.ways, kept.quiet_until, kept.calendar) == ({}, time(7), False)
    assert Entry.objects.filter(act="set_preferences").count() == 2


@pytest.mark.parametrize(
    "wrong", [{"reminder": "NONE"}, {"new_task": "FAX"}, {"quiet_from": "25:00"}, {"quiet_until": ""}]
)
def test_what_may_not_be_chosen_is_refused_in_words_and_nothing_is_lost(world, client, wrong):
    client.force_login(world.head)
    answer = client.post(PAGE, typed(received="NONE", **wrong))
    assert answer.status_code == 422
    rows = {row["event"]: row for row in answer.context["rows"]}
    assert [one["way"] for one in rows["received"]["ways"] if one["chosen"]] == ["NONE"]
    assert "Chưa lưu được" in answer.content.decode()
    assert not Preference.objects.exists()


def test_a_choice_for_an_office_held_no_more_stays_for_its_return(world):
    choose(world.head, ways={"overdue_chair": "EMAIL"})
    from notifications.preference_pages import PreferenceForm  # noqa: PLC0415

    form = PreferenceForm(Preference.objects.get(), {"UNIT_HEAD"}, typed(new_task="NONE"))
    assert form.is_valid()
    assert form.wishes()["ways"] == {"overdue_chair": "EMAIL", "new_task": "NONE"}
    form = PreferenceForm(Preference(person=world.head), {"UNIT_HEAD", "SIGNATORY"}, typed(new_task="EMAIL"))
    assert form.is_valid()
    assert form.wishes()["ways"] == {"new_task": "EMAIL"}  # one of the two offices would have the digest


def test_nobody_chooses_for_another(world):
    acts.prefer({"ways": {"new_task": "NONE"}}, by=Actor(world.head))
    assert list(Preference.objects.values_list("person", flat=True)) == [world.head.pk]
    assert reverse("notifications:preferences") == PAGE
