"""Two who act on the register at once, in transactions that really commit."""

import threading

import pytest
from django.db import OperationalError, connection, connections

from audit import ledger
from audit.ledger import Actor
from organizations import acts, invitations
from organizations.models import Appointment, Invitation, Office, Organization, Person

pytestmark = pytest.mark.postgres
NEW = "một câu dễ nhớ 2024"


@pytest.fixture(autouse=True)
def needs_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one transaction write at a time")


def together(*deeds):
    """Run the deeds at the same moment; what each returned or raised."""
    start, ends = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place, deed):
        connection.ensure_connection()  # so that nobody is late for having to connect
        start.wait()
        try:
            ends[place] = deed()
        except (acts.Refusal, invitations.Spent, OperationalError) as refused:
            ends[place] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return ends


def test_two_administrators_who_remove_each_other_at_once_leave_one(live_world):
    admin, body = live_world.admin, Organization.objects.get(code="UBND-H")
    other = acts.add_person(by=Actor(admin), email="hai@vi-du.invalid", full_name="Đặng Thị Mẫu Hai", password="x")
    for turn in range(10):
        for person in [admin, other]:
            if not Appointment.objects.today().filter(person=person, office=Office.ADMIN).exists():
                acts.appoint(person, by=Actor(Person.objects.system(), origin="command"), office=Office.ADMIN,
                             organization=body)  # fmt: skip
            person.forget_offices()
            person.offices_today()
        first, second = (
            Appointment.objects.today().get(person=person, office=Office.ADMIN) for person in [admin, other]
        )
        together(
            lambda held=second: acts.end_appointment(held, by=Actor(admin)),
            lambda held=first: acts.end_appointment(held, by=Actor(other)),
        )
        left = Appointment.objects.today().filter(office=Office.ADMIN).count()
        assert left == 1, f"turn {turn}: {left} administrators left"
    for person in Person.objects.filter(pk__in=[admin.pk, other.pk]):
        assert list(ledger.faults(person)) == []


def test_an_invitation_that_two_accept_at_once_sets_one_password(live_world):
    admin = Actor(live_world.admin)
    for turn in range(5):
        person = acts.add_person(by=admin, email=f"moi{turn}@vi-du.invalid", full_name="Đặng Thị Mẫu Mới")
        token = invitations.invite(person, by=admin)
        ends = together(
            lambda token=token: invitations.accept(token, NEW), lambda token=token: invitations.accept(token, NEW)
        )
        assert sorted(type(end).__name__ for end in ends) == ["Person", "Spent"]
        assert Invitation.objects.filter(person=person, accepted_at__isnull=False).count() == 1
        person.refresh_from_db()
        assert list(ledger.faults(person)) == []


def test_the_same_address_entered_twice_at_once_is_one_person_and_one_refusal(live_world):
    admin = Actor(live_world.admin)
    ends = together(*[
        lambda: acts.add_person(by=admin, email="doi@vi-du.invalid", full_name="Đặng Thị Mẫu Đôi") for _ in range(4)
    ])  # fmt: skip
    assert sorted(type(end).__name__ for end in ends) == ["Person", "Refusal", "Refusal", "Refusal"]
