"""The working calendar on the screen: what a year shows, to whom, and how a day comes in and goes."""

import re
from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.ledger import Actor
from organizations import calendar, calendar_acts
from organizations.acts import appoint
from organizations.models import CalendarDay, Organization, Person
from workflow_project.district import SINCE

pytestmark = pytest.mark.django_db
TYPED = {"day": "2024-11-20", "kind": "OFF", "document": "12/TB-UBND", "organization": "", "note": "Nghỉ tránh bão"}


@pytest.fixture
def chancery(world):
    return world.person("vanphong")


def page(name="calendar", *args):
    return reverse(f"organizations:{name}", args=args)


def shown(client, **asked):
    answer = client.get(page(), asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def cell(text, day):
    """What the cell of a day of its month holds: (its classes, its word)."""
    month = text[text.index(f"<caption>Tháng {day.month}</caption>") :]
    found = re.search(rf'<td(?: class="([^"]*)")?[^>]*>{day.day}(?:<small>([^<]*)</small>)?</td>', month)
    return found.group(1) or "", found.group(2) or ""


def test_a_year_shows_each_kind_of_day_by_a_word(client, world, chancery):
    commune = Organization.objects.get(code="X-AM")
    by, other = Actor(chancery), Actor(world.admin)
    half = calendar_acts.enter_day(by=by, day=date(2026, 3, 4), kind="HALF", closes_at=time(11, 30), document="1/TB")
    calendar_acts.confirm_day(half, by=other)
    calendar_acts.enter_day(by=by, day=date(2026, 3, 5), kind="OFF", document="2/TB", organization=commune)
    calendar.forget()
    client.force_login(world.author)
    text = shown(client, nam="2026")
    assert cell(text, date(2026, 1, 2)) == ("off", "nghỉ")
    assert cell(text, date(2026, 1, 10)) == ("made-up", "bù")
    assert cell(text, date(2026, 3, 4)) == ("half", "nửa")
    assert cell(text, date(2026, 3, 5)) == ("waiting", "chờ")
    assert cell(text, date(2026, 3, 7)) == ("rest", "")
    assert cell(text, date(2026, 11, 24)) == ("", "")
    assert "24/11 vẫn là ngày làm việc" in text
    assert "Công văn 6620" in text
    assert cell(shown(client, nam="2026", **{"don-vi": "chung"}), date(2026, 3, 5)) == ("", "")
    undecided = shown(client, nam="2027")
    assert cell(undecided, date(2027, 2, 4)) == ("off guess", "≈nghỉ")
    assert cell(undecided, date(2027, 9, 2)) == ("off", "nghỉ")
    assert "Lịch ước tính" in undecided


def test_a_day_is_entered_confirmed_by_another_and_withdrawn_by_forms(client, world, chancery):
    client.force_login(chancery)
    assert client.post(page("calendar_enter"), TYPED).status_code == 302
    row = CalendarDay.objects.latest("pk")
    assert "Chờ một người khác xác nhận" in shown(client, nam="2024")
    assert page("calendar_confirm", row.pk) not in shown(client, nam="2024")
    refused = client.post(page("calendar_confirm", row.pk))
    assert (refused.status_code, "nhờ một người khác" in refused.content.decode()) == (422, True)

    client.force_login(world.admin)
    assert page("calendar_confirm", row.pk) in shown(client, nam="2024")
    asked = client.get(page("calendar_confirm", row.pk)).content.decode()
    assert "Lịch đổi từ ngày 20/11/2024; các hạn đang chạy chưa đổi cho đến khi tính lại." in asked
    assert 'href="/han/tinh-lai/"' in asked
    assert "Lịch đang áp dụng ghi ngày này: Ngày làm việc." in asked
    assert client.post(page("calendar_confirm", row.pk)).url == "/lich-lam-viec/?nam=2024&don-vi=chung"
    assert client.post(page("calendar_confirm", row.pk)).status_code == 422
    row.refresh_from_db()
    assert (row.confirmed_by, row.confirmed_in) == (world.admin, 3)
    calendar.forget()
    assert cell(shown(client, nam="2024"), row.day) == ("off", "nghỉ")

    assert client.post(page("calendar_withdraw", row.pk), {"reason": ""}).status_code == 422
    assert client.post(page("calendar_withdraw", row.pk), {"reason": "Văn bản thay thế."}).status_code == 302
    calendar.forget()
    text = shown(client, nam="2024")
    assert cell(text, row.day) == ("", "")
    assert "Văn bản thay thế." in text


def test_what_does_not_fit_comes_back_with_every_word(client, world, chancery):
    client.force_login(chancery)
    wrong = [
        ({"kind": "HALF"}, "phải ghi giờ"),
        ({"closes_at": "11:30"}, "Chỉ ghi giờ khi chọn"),
        ({"kind": "HALF", "closes_at": "23:00"}, "từ 06:00 đến 20:00"),
        ({"kind": "HALF", "closes_at": "trưa"}, "Gõ theo mẫu 11:30"),
        ({"day": "2024-13-40"}, "Ngày chưa đúng"),
        ({"kind": ""}, "Chưa chọn"),
        ({"document": "\u200b"}, "chưa điền"),
        ({"organization": "999999"}, "không có trong danh sách"),
    ]
    for changes, sentence in wrong:
        answer = client.post(page("calendar_enter"), TYPED | changes)
        text = answer.content.decode()
        assert (answer.status_code, sentence in text, "Nghỉ tránh bão" in text) == (422, True, True), changes
    assert CalendarDay.objects.count() == 2


def test_an_office_below_chooses_among_its_own_bodies(client, world):
    below, system = Organization.objects.get(code="X-BM"), Actor(Person.objects.system(), origin="command")
    by = Actor(world.admin)
    from_district = calendar_acts.enter_day(by=by, day=date(2024, 11, 20), kind="OFF", document="1/TB")
    appoint(world.stranger, by=system, office="ADMIN", organization=below, valid_from=SINCE)
    client.force_login(world.stranger)
    form = client.get(page("calendar_enter")).content.decode()
    assert "Chung cả nước</option>" not in form
    assert below.name in form
    assert Organization.objects.get(code="X-AM").name not in form
    assert client.post(page("calendar_enter"), TYPED).status_code == 422
    assert client.post(page("calendar_enter"), TYPED | {"organization": below.pk}).status_code == 302
    assert client.get(page("calendar_confirm", from_district.pk)).status_code == 403
    assert client.post(page("calendar_withdraw", from_district.pk), {"reason": "x"}).status_code == 403


def test_a_person_chooses_among_their_own_bodies_and_those_above(client, world):
    client.force_login(world.author)
    assert shown(client, **{"don-vi": "X-AM"})
    assert shown(client, **{"don-vi": "UBND-H"})
    for code in ("X-BM", "P-NV", "khong-co"):
        assert client.get(page(), {"don-vi": code}).status_code == 404
    for year in ("1999", "2100", "x", "٢٠٢٤", "2024.0"):
        assert client.get(page(), {"nam": year}).status_code == 404
    assert "Nhập ngày khác thường" not in shown(client)


def test_a_year_asks_the_database_as_often_whatever_was_entered(client, world, chancery):
    client.force_login(world.admin)

    def statements():
        with CaptureQueriesContext(connection) as asked:
            shown(client, nam="2025")
        return len(asked)

    statements()
    few = statements()
    for n in range(1, 21):
        row = calendar_acts.enter_day(by=Actor(chancery), day=date(2025, 3, n), kind="OFF", document="1/TB")
        calendar_acts.confirm_day(row, by=Actor(world.admin))
    calendar.forget()
    statements()
    assert statements() == few
    assert few <= 7
