"""The administrator's pages as pages: search, paging, forms, refusals that keep the text."""

import re
import unicodedata

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.clock import today
from audit.ledger import Actor
from audit.models import Entry
from organizations import acts
from organizations.models import Appointment, Office, Organization, Person

GOOD = "một câu dễ nhớ 2024"


@pytest.fixture
def desk(client, world):
    """A browser in which the administrator signed in."""
    client.force_login(world.admin)
    return client


def page(name, *args):
    return reverse(f"organizations:{name}", args=args)


def add(desk, email="moi@vi-du.invalid", name="Đặng Thị Mẫu Mới"):
    answer = desk.post(page("person_add"), {"full_name": name, "email": email})
    assert answer.status_code == 302, answer.content.decode()
    return Person.objects.get(email=email)


def test_a_person_is_found_without_accents_and_in_any_order_of_words(desk, world):
    add(desk)
    shown = desk.get(page("people"), {"q": "moi dang thi"}).content.decode()
    assert "Đặng Thị Mẫu Mới" in shown
    assert world.author.full_name not in shown
    assert "Không có ai khớp" in desk.get(page("people"), {"q": "khong ai ten nay"}).content.decode()


def test_the_list_goes_on_by_name_over_pages_and_shows_everyone_exactly_once(desk, world):
    for i in range(70):
        acts.add_person(
            by=Actor(world.admin), email=f"nguoi{i}@vi-du.invalid", full_name=f"Trần Văn Mẫu {'ABCDE'[i % 5]}"
        )
    address, seen = page("people"), []
    while address:
        shown = desk.get(address).content.decode()
        seen += re.findall(r'class="title" data-open href="/quan-tri/nguoi/(\d+)/"', shown)
        onward = re.search(r'rel="next" href="([^"]+)"', shown)
        address = onward and onward.group(1).replace("&amp;", "&")
    expected = list(Person.objects.people().order_by("sort_key", "id").values_list("pk", flat=True))
    assert [int(pk) for pk in seen] == expected


def test_the_list_asks_the_database_as_often_for_fifty_people_as_for_twenty(desk, world):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(page("people")).status_code == 200
        return len(asked)

    few = statements()
    for i in range(40):
        acts.add_person(by=Actor(world.admin), email=f"nguoi{i}@vi-du.invalid", full_name="Trần Văn Mẫu")
    assert statements() == few
    assert few <= 7


@pytest.mark.parametrize("after", ["0", "abc", "-1", "9" * 30, "٣", "1 or 1"])
def test_a_page_that_starts_nowhere_starts_at_the_beginning(desk, after):
    assert desk.get(page("people"), {"sau": after}).status_code == 200


BAD_TEXTS = ["", " ", "\u200b", "a\0b", "a" * 5000, "a\u202eb", "e" + "\u0301" * 50, "a\x07b"]


@pytest.mark.parametrize("text", BAD_TEXTS)
def test_bad_text_is_refused_in_words_with_the_rest_kept_and_nothing_written(desk, world, text):
    before = Entry.objects.count()
    for name, typed in [
        ("person_add", {"full_name": text, "email": "giu@vi-du.invalid"}),
        ("person_add", {"full_name": "Giữ Lại", "email": text}),
        (
            "body_add",
            {"name": text, "short_name": "Giữ lại", "code": "GIU", "kind": "AGENCY", "valid_from": "2024-11-18"},
        ),
        (
            "body_add",
            {"name": "Giữ", "short_name": "Giữ", "code": text, "kind": text, "valid_from": text, "parent": text},
        ),
    ]:
        answer = desk.post(page(name), typed)
        assert answer.status_code == 200
        assert "Chưa lưu được" in answer.content.decode()
        assert re.search("giu@vi-du.invalid|Giữ", answer.content.decode())
    for name, target in [
        ("appoint", world.author.pk),
        ("person_deactivate", world.author.pk),
        ("body_end", world.unit.pk),
    ]:
        typed = dict.fromkeys(["office", "organization", "valid_from", "valid_until", "title", "reason"], text)
        answer = desk.post(page(name, target), typed)
        assert "Chưa lưu được" in answer.content.decode()
    assert Entry.objects.count() == before


def test_a_name_typed_in_pieces_is_stored_composed(desk):
    add(desk, name=unicodedata.normalize("NFD", "  Nguyễn   Thị Mẫu Ước "))
    assert Person.objects.filter(full_name="Nguyễn Thị Mẫu Ước").exists()


@pytest.mark.parametrize("typed", ["31/12/2024", "2024-12-31"])
def test_a_day_is_read_as_vietnamese_type_it_and_as_browsers_send_it(desk, world, typed):
    held = world.author.appointments.get()
    desk.post(page("appointment_end", held.pk), {"last_day": typed})
    held.refresh_from_db()
    assert str(held.valid_until) == "2024-12-31"


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31", "31/02/2024", "mai"])
def test_a_day_no_register_can_mean_is_refused(desk, world, typed):
    held = world.author.appointments.get()
    assert "Chưa lưu được" in desk.post(page("appointment_end", held.pk), {"last_day": typed}).content.decode()
    held.refresh_from_db()
    assert held.valid_until is None


def test_the_page_that_ends_an_appointment_says_what_becomes_of_its_work(desk, world):
    one_of_two = Appointment.objects.get(person=world.finance)
    assert "1 người khác đang giữ chức trách này" in desk.get(page("appointment_end", one_of_two.pk)).content.decode()
    alone = Appointment.objects.get(person=world.author)
    shown = desk.get(page("appointment_end", alone.pk)).content.decode()
    assert "trở lại hàng chung" in shown
    assert "Không còn ai giữ chức trách này" in shown


def test_the_administrator_is_told_that_they_are_the_last_and_cannot_close_themselves(desk, world):
    held = world.admin.appointments.get(office=Office.ADMIN)
    shown = desk.post(page("appointment_end", held.pk), {"last_day": str(today())}).content.decode()
    assert "quản trị cuối cùng" in shown
    shown = desk.post(page("person_deactivate", world.admin.pk), {"reason": "Thử"}).content.decode()
    assert "không tự ngừng tài khoản của mình" in shown
    assert world.admin.is_active
    assert world.admin.holds(Office.ADMIN, held.organization)


def test_a_body_is_entered_below_another_renamed_and_found_in_the_tree(desk, world):
    desk.post(page("body_add"), {"parent": world.unit.pk, "name": "Trường Mầm non Hoa Mẫu", "short_name": "MN Hoa Mẫu",
                                 "code": "mn-hm", "kind": "AGENCY", "valid_from": "2024-01-01"})  # fmt: skip
    school = Organization.objects.get(code="MN-HM")
    assert school.path.startswith(world.unit.path)
    desk.post(page("body_change", school.pk), {"name": "Trường Mầm non Hoa Ban", "short_name": "MN Hoa Ban"})
    shown = desk.get(page("bodies"), {"q": "hoa ban"}).content.decode()
    assert "Trường Mầm non Hoa Ban" in shown
    assert "UBND-H" not in shown
    assert [line.act for line in Entry.objects.about(school)] == ["add_organization", "change_organization"]
