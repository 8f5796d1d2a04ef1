"""The demo's two liberties: to be anyone, and to be tomorrow."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from audit import clock
from audit.models import Entry

NEW = "một câu dễ nhớ 2024"
SIGN_IN = reverse("account_login")


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    """Each test starts with no failed attempt counted and no offset of the clock remembered."""
    cache.clear()
    monkeypatch.setattr(clock, "_seen", (0.0, timedelta()))


def signed_in_as(client):
    return client.session.get("_auth_user_id")


# the demo's door


def test_the_demo_lets_one_sign_in_as_any_office_and_move_to_the_next_working_day(client, world, settings):
    settings.DEMO = True
    shown = client.get(SIGN_IN).content.decode()
    assert world.secretary.full_name in shown
    assert world.secretary.email in shown
    client.post(reverse("demo_sign_in"), {"email": world.secretary.email})
    assert signed_in_as(client) == str(world.secretary.pk)
    client.post(reverse("demo_next_day"), {"next": "/dot-thi-dua/"})
    now = clock.now().astimezone(clock.timezone.get_default_timezone())
    assert f"{now:%d/%m/%Y %H:%M}" == "19/11/2024 08:00"
    line = Entry.objects.get(act="next_day")
    assert (line.actor_id, line.chain_type) == (world.secretary.pk, "audit.house")


def test_the_demos_next_day_passes_over_the_weekend(client, world, settings, monday):
    settings.DEMO = True
    monday.shift(timedelta(days=4))
    client.post(reverse("demo_next_day"))
    now = clock.now().astimezone(clock.timezone.get_default_timezone())
    assert f"{now:%d/%m/%Y %H:%M}" == "25/11/2024 08:00"


@pytest.mark.parametrize("address", ["he-thong@he-thong.invalid", "khong-co-ai@vi-du.invalid", "", "\0", "a\0@b"])
def test_the_demos_door_opens_only_for_people_who_may_sign_in(client, world, settings, address):
    settings.DEMO = True
    assert client.post(reverse("demo_sign_in"), {"email": address}).status_code == 404
    assert signed_in_as(client) is None


def test_outside_the_demo_its_door_does_not_exist_and_shows_nobody(client, world, settings):
    settings.DEMO = False
    assert client.post(reverse("demo_sign_in"), {"email": world.secretary.email}).status_code == 404
    assert client.post(reverse("demo_next_day")).status_code == 404
    assert client.get(reverse("demo_sign_in")).status_code == 405
    assert signed_in_as(client) is None
    assert world.secretary.email not in client.get(SIGN_IN).content.decode()
