"""Files for calendar programs: the form of RFC 5545, days that differ, a dossier's deadline, a secret address."""

import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.ledger import Actor
from audit.models import Entry
from flows.models import StepRow
from organizations import calendar, calendar_acts
from organizations.acts import deactivate
from organizations.ics import Event, calendar_text
from organizations.models import CalendarFeed, Organization

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # whatever else the machine does
AT = datetime(2024, 11, 18, 1, tzinfo=UTC)


def read(raw):
    """The events of a file as a strict reader takes them: [{property: value}]; parameters stay with the name."""
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    lines = raw.split(b"\r\n")[:-1]
    assert max(map(len, lines)) <= 75
    whole = []
    for line in lines:
        line.decode()  # no letter is cut in two
        if line.startswith(b" "):
            whole[-1] += line[1:]
        else:
            whole.append(line)
    assert whole[:3] == [b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:-//Vinh Danh//Lich//VI"]
    events, inside = [], None
    for line in whole:
        name, _colon, value = line.decode().partition(":")
        if line == b"BEGIN:VEVENT":
            inside = {}
        elif line == b"END:VEVENT":
            events.append(inside)
            inside = None
        elif inside is not None and name not in inside:  # an alarm comes after what it repeats
            inside[name] = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), value)
    return events


printable = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n"), max_size=300)


@steady
@given(printable, printable)
def test_any_text_comes_back_whole_from_lines_of_75_octets(summary, description):
    text = calendar_text("Lịch", [Event("1@a", summary, date(2024, 11, 20), description or "x")], AT)
    (event,) = read(text.encode())
    assert event["SUMMARY"] == summary
    assert event["DESCRIPTION"] == (description or "x")


def test_a_line_cut_by_letters_instead_of_octets_is_seen():
    """Planted: folding that counts letters."""
    long = "SUMMARY:" + "ề" * 60
    with pytest.raises(AssertionError):
        read(f"BEGIN:VCALENDAR\r\n{long}\r\nEND:VCALENDAR\r\n".encode())


def test_a_day_lasts_to_the_next_and_a_moment_is_told_in_utc():
    moment = datetime(2024, 11, 20, 4, 30, tzinfo=UTC)
    events = [Event("1@a", "Ngày", date(2024, 12, 31)), Event("2@a", "Giờ", moment, remind=True, url="https://a/b;c,d")]
    day, hour = read(calendar_text("Lịch", events, AT).encode())
    assert (day["DTSTART;VALUE=DATE"], day["DTEND;VALUE=DATE"]) == ("20241231", "20250101")
    assert (hour["DTSTART"], hour["DTSTAMP"], hour["TRIGGER"]) == ("20241120T043000Z", "20241118T010000Z", "-P1D")
    assert hour["URL"] == "https://a/b;c,d"


def test_a_control_character_or_a_line_end_adds_no_line():
    sly = Event("1@a", "Một\r\nEND:VEVENT\r\x00\x0b\x7f", date(2024, 11, 20))
    (event,) = read(calendar_text("Lịch", [sly], AT).encode())
    assert event["SUMMARY"] == "Một\nEND:VEVENT\n"


# ---- the days that differ


@pytest.mark.django_db
def test_anybody_may_read_everyones_days_and_a_body_only_who_may_choose_it(client, world):
    by, commune = Actor(world.admin), Organization.objects.get(code="X-AM")
    row = calendar_acts.enter_day(by=by, day=date(2024, 11, 20), kind="OFF", document="1/TB", organization=commune,
                                  note="Nghỉ tránh bão")  # fmt: skip
    calendar_acts.confirm_day(row, by=Actor(world.person("vanphong")))
    calendar.forget()
    address = reverse("organizations:calendar_file")
    answer = client.get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    told = {event["DTSTART;VALUE=DATE"]: event["SUMMARY"] for event in read(answer.content)}
    assert told["20240504"] == "Làm bù cho ngày 29/04/2024"
    assert told["20250502"] == "Nghỉ, đổi với ngày 26/04/2025"
    assert "20241120" not in told
    assert client.get(address, {"don-vi": "X-AM"}).status_code == 404
    client.force_login(world.author)
    own = {event["UID"]: event["SUMMARY"] for event in read(client.get(address, {"don-vi": "X-AM"}).content)}
    assert own["20241120-X-AM@testserver"] == "Nghỉ tránh bão"
    assert client.get(address, {"don-vi": "X-BM"}).status_code == 404


# ---- deadlines


@pytest.mark.django_db
def test_the_deadline_of_a_dossier_goes_into_a_calendar(client, world):
    dossier = world.submitted()
    address = reverse("flows:dossier_file", args=[dossier.code])
    client.force_login(world.finance)
    assert address in client.get(dossier.get_absolute_url()).content.decode()
    (event,) = read(client.get(address).content)
    step, due = world.step(dossier), world.step(dossier).due_at.astimezone()
    assert event["UID"] == f"buoc-{step.pk}@testserver"
    assert event["DTSTART;VALUE=DATE"] == f"{due:%Y%m%d}"
    assert dossier.code in event["SUMMARY"]
    assert event["URL"] == f"http://testserver{dossier.get_absolute_url()}"
    client.force_login(world.stranger)
    assert client.get(address).status_code == 404
    StepRow.objects.filter(pk=step.pk).update(due_at=None)
    client.force_login(world.finance)
    assert client.get(address).status_code == 404


def made(client):
    """Make the address over the page; returns its path."""
    text = client.post(reverse("flows:feed_make")).content.decode()
    return re.search(r"http://testserver(/lich/[\w-]{43}\.ics)", text)[1]


@pytest.mark.django_db
def test_the_secret_address_tells_ones_own_deadlines_and_nobodys_name(client, world):
    dossier = world.submitted()
    client.force_login(world.finance)
    step = world.step(dossier)
    client.post(reverse("flows:claim", args=[step.process_id, step.flow_task.name, step.pk]))
    address = made(client)
    assert address not in client.get(reverse("flows:feed")).content.decode()
    client.logout()
    answer = client.get(address)
    (event,) = read(answer.content)
    assert dossier.code in event["SUMMARY"]
    text = answer.content.decode().replace("\r\n ", "")
    told = [world.finance.full_name, world.finance.email, dossier.unit.name, *(n.full_name for n in dossier.names)]
    assert not [word for word in told if word in text]
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_an_address_opens_until_it_is_replaced_revoked_or_its_person_gone(client, world):
    client.force_login(world.finance)
    first, second = made(client), None
    assert client.get(first).status_code == 200
    second = made(client)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    assert client.post(reverse("flows:feed_revoke")).status_code == 302
    assert client.get(second).status_code == 404
    third = made(client)
    deactivate(world.finance, by=Actor(world.admin), reason="Nghỉ việc.")
    assert client.get(third).status_code == 404
    assert client.get("/lich/khong-co.ics").status_code == 404
    acts = Entry.objects.about(world.finance).moving().values_list("act", flat=True).order_by("position")
    assert [act for act in acts if "feed" in act] == ["make_feed", "make_feed", "revoke_feed", "make_feed"]
    kept = CalendarFeed.objects.values_list("token_digest", flat=True)
    assert all(token.split("/")[2].removesuffix(".ics") not in "".join(kept) for token in (first, second, third))
    assert not Entry.objects.filter(facts__contains=first.split("/")[2].removesuffix(".ics")).exists()
