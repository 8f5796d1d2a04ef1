"""For whom the administrator's pages exist."""

from django.urls import reverse

from organizations.models import Appointment, Person

ADMIN_PAGES = ["people", "person_add", "bodies", "body_add"]
PERSON_PAGES = ["person", "person_change", "person_invite", "person_deactivate", "person_reactivate", "appoint"]
BODY_PAGES = ["body", "body_change", "body_end"]
POST_ONLY = {"person_invite"}


def addresses(world) -> list[tuple[str, str]]:
    """Every page of the administrator, with the method that opens it."""
    held = Appointment.objects.get(person=world.author)
    pages = [(name, []) for name in ADMIN_PAGES]
    pages += [(name, [world.author.pk]) for name in PERSON_PAGES]
    pages += [(name, [world.unit.pk]) for name in BODY_PAGES] + [("appointment_end", [held.pk])]
    return [
        (reverse(f"organizations:{name}", args=args), "post" if name in POST_ONLY else "get") for name, args in pages
    ]


def test_every_admin_page_is_there_for_an_administrator_and_404_for_every_other_office(client, world):
    others = [
        world.author,
        world.head,
        world.finance,
        world.home_affairs,
        world.secretary,
        world.signatory,
        world.inspector,
    ]
    for person in others:
        client.force_login(person)
        for address, method in addresses(world):
            assert getattr(client, method)(address).status_code == 404, (person, address)
            assert client.post(address).status_code in {404, 405}, (person, address)
    client.force_login(world.admin)
    for address, method in addresses(world):
        assert getattr(client, method)(address).status_code in {200, 302}, address


def test_every_admin_page_sends_a_stranger_to_sign_in(client, world):
    for address, method in addresses(world):
        answer = getattr(client, method)(address)
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("account_login"))


def test_a_wrong_method_is_405_before_anything_else_is_asked_and_the_page_says_so(client, world):
    for person in [None, world.author, world.admin]:
        if person:
            client.force_login(person)
        for address, _method in addresses(world):
            answer = client.put(address)
            assert answer.status_code == 405
            assert "Trang này không nhận cách gửi đó" in answer.content.decode()


def test_a_missing_person_body_or_appointment_and_the_systems_own_person_are_404(client, world):
    client.force_login(world.admin)
    system = Person.objects.system()
    for name in set(PERSON_PAGES) - POST_ONLY:
        for pk in [system.pk, 99999, 10**30]:
            assert client.get(reverse(f"organizations:{name}", args=[pk])).status_code == 404
    assert client.get(reverse("organizations:body", args=[99999])).status_code == 404
    assert client.get(reverse("organizations:appointment_end", args=[99999])).status_code == 404
