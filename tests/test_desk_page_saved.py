"""Filters of the desk kept by name: whose they are, who sees them, what a bad one is told."""

import json

import pytest
from django.urls import reverse

from audit.clock import now
from audit.models import Entry
from flows import saved_filters
from flows.models import SavedFilter
from flows.saved_filters import MOST_OWN
from organizations.models import Organization
from tests.test_desk_page import claim, codes, of_unit, page

KEEP = reverse("flows:keep_filter")


def keep(client, person, name="Việc gấp", query="nhom=chung&han=qua-han", **typed):
    client.force_login(person)
    return client.post(KEEP, {"query": query, "name": name, **typed})


def body(world, code):
    return Organization.objects.get(code=code).pk


def test_a_view_is_kept_under_a_name_and_opened_by_a_pill(client, world):
    far = of_unit(world, "X-BM", "lap.binhmau", "chutich.binhmau")
    world.submitted()
    query = f"nhom=chung&don-vi={far.unit_id}"
    client.force_login(world.finance)
    asked = client.get(f"{KEEP}?{query}&sau=1_1&la=x").content.decode()
    assert f"Đơn vị: {far.unit.short_name}" in asked
    answer = keep(client, world.finance, "Xã Bình Mẫu", query + "&sau=1_1&la=x")
    assert answer.url == f"/ban-viec/?{query}"
    assert SavedFilter.objects.get().query == query  # without the page, and without what means nothing
    html = page(client, world.finance, nhom="chung")
    assert f'href="/ban-viec/?{query.replace("&", "&amp;")}"' in html
    assert codes(client.get(answer.url).content.decode()) == [far.code]
    line = Entry.objects.get(act="save_filter", actor=world.finance)
    assert json.loads(line.facts)["query"] == query


def test_a_shared_filter_is_seen_by_those_of_the_body_and_ends_with_its_owners_office(client, world):
    colleague, dossier = world.person("taichinh2"), world.submitted()
    claim(world, dossier, world.finance)
    keep(client, world.finance, query="nhom=can-lam", organization=body(world, "P-TCKH"))
    assert "Việc gấp" in page(client, colleague)
    assert codes(client.get("/ban-viec/?nhom=can-lam").content.decode()) == []  # one's own work, whoever kept the view
    listed = client.get(reverse("flows:filters")).content.decode()
    assert world.finance.full_name in listed
    for stranger in (world.home_affairs, world.author, world.admin):
        assert "Việc gấp" not in page(client, stranger)
    world.finance.appointments.update(valid_until="2024-11-17")
    assert "Việc gấp" not in page(client, colleague)


def test_the_desk_opens_with_the_default_and_one_only(client, world):
    world.submitted()
    assert codes(page(client, world.finance)) == []
    keep(client, world.finance, "Chung", "nhom=chung", is_default="on")
    assert len(codes(page(client, world.finance))) == 1
    keep(client, world.finance, "Quá hạn", "nhom=chung&han=qua-han", is_default="on")
    assert SavedFilter.objects.filter(is_default=True).get().name == "Quá hạn"
    assert codes(page(client, world.finance)) == []
    assert len(codes(page(client, world.finance, nhom="chung"))) == 1  # an address says all by itself


@pytest.mark.parametrize(("typed", "told"), [
    ({"name": ""}, "Ô này chưa điền"), ({"name": "ă" * 61}, "nhiều nhất là 60"),
    ({"name": "Việc gấp"}, "đã có bộ lọc tên"), ({"name": "x", "query": "nhom=chung&han=x"}, "không đọc được"),
    ({"name": "x", "organization": "999"}, "không có trong"),
])  # fmt: skip
def test_what_does_not_fit_is_said_and_nothing_is_kept(client, world, typed, told):
    keep(client, world.finance)
    answer = keep(client, world.finance, **typed)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert SavedFilter.objects.count() == 1


def test_sharing_with_a_body_of_others_is_refused(client, world):
    answer = keep(client, world.finance, organization=body(world, "P-NV"))
    assert answer.status_code == 422
    assert not SavedFilter.objects.exists()


def test_there_is_an_end_to_filters(client, world, monkeypatch):
    monkeypatch.setattr("flows.saved_filters.MOST_OWN", 1)
    keep(client, world.finance)
    answer = keep(client, world.finance, "Nữa")
    assert "Hãy xoá bớt rồi lưu" in answer.content.decode()
    assert MOST_OWN > 1


def test_one_renames_and_removes_ones_own_and_nobody_elses(client, world):
    keep(client, world.finance, organization=body(world, "P-TCKH"))
    kept = SavedFilter.objects.get()
    change, remove = (reverse(f"flows:{what}_filter", args=[kept.pk]) for what in ("change", "remove"))
    client.force_login(world.person("taichinh2"))
    for place in (change, remove):
        assert client.get(place).status_code == client.post(place, {"name": "x"}).status_code == 404
    client.force_login(world.finance)
    assert client.post(change, {"name": "Tên khác", "query": "nhom=da-xong"}).url == reverse("flows:filters")
    kept.refresh_from_db()
    assert (kept.name, kept.query, kept.organization) == ("Tên khác", "nhom=chung&han=qua-han", None)
    client.get(remove)
    assert SavedFilter.objects.exists()
    assert client.post(remove).status_code == 302
    assert not SavedFilter.objects.exists()
    told = Entry.objects.filter(actor=world.finance, act__contains="filter").order_by("pk")
    assert list(told.values_list("act", flat=True)) == ["save_filter", "save_filter", "remove_filter"]


def test_ones_own_filters_are_never_crowded_out_by_those_of_others(world, monkeypatch):
    monkeypatch.setattr(saved_filters, "MOST_SHOWN", 2)
    office, colleague = body(world, "P-TCKH"), world.person("taichinh2")
    for name in ("A", "B", "C"):
        SavedFilter.objects.create(person=colleague, name=name, query="nhom=chung", organization_id=office, at=now())
    SavedFilter.objects.create(person=world.finance, name="Z", query="nhom=chung", at=now(), is_default=True)
    assert [one.name for one in saved_filters.saved_for(world.finance)] == ["Z", "A"]
