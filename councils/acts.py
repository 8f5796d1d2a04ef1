"""Writing of councils: founding, sittings, ballots, and the two readings of each count."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit.clock import now
from audit.ledger import Actor, record
from audit.models import Kind
from files.models import Blob
from organizations.authority import acting, in_office
from organizations.models import Office, Organization, Person

from .models import Ballot, Council, Count, Sitting

READERS = (Office.SECRETARY, Office.COUNCIL_MEMBER, Office.COUNCIL_CHAIR)


class Unreadable(Exception):
    """What was typed cannot be a count; says why in Vietnamese."""


@transaction.atomic
def found_council(*, by: Actor, organization: Organization, founded_by: str, members: int, valid_from: date) -> Council:
    """Enter a council with the number of members its founding decision names; the one before it ends the day before.

    Raises    ValueError when there is one that began on that day or later
    """
    before = Council.objects.select_for_update().filter(organization=organization, valid_until=None).first()
    if before is not None:
        if before.valid_from >= valid_from:
            raise ValueError("a council cannot begin before the one it follows")
        before.valid_until = valid_from - timedelta(days=1)
        record(before, "end_council", by=by, kind=Kind.EDIT, after={"until": before.valid_until}, save=["valid_until"])
    council = Council.objects.create(
        organization=organization, founded_by=founded_by, members=members, valid_from=valid_from
    )
    record(council, "found_council", by=by, kind=Kind.EDIT, after={"founded_by": founded_by, "members": members})
    return council


def require(by: Actor, council: Council, *offices: str) -> Actor:
    """The actor in the first of these offices held at the council.

    Raises    PermissionDenied
    """
    for office in offices:
        if by.person.holds(office, council.organization_id):
            return acting(by, office, council.organization_id)
    raise PermissionDenied


@transaction.atomic
def open_sitting(council: Council, *, by: Actor, held_on: date, place: str) -> Sitting:
    """Note a sitting of the council; its agenda is filled afterwards."""
    actor = require(by, council, Office.SECRETARY)
    council = Council.objects.select_for_update(of=("self",)).select_related("organization").get(pk=council.pk)
    number = Sitting.objects.filter(council=council, held_on__year=held_on.year).count() + 1
    code = f"PH-{held_on.year}-{council.pk:02d}{number:02d}"
    sitting = Sitting.objects.create(council=council, code=code, held_on=held_on, place=place)
    record(sitting, "open_sitting", by=actor, kind=Kind.EDIT, after={"held_on": held_on, "place": place})
    return sitting


def locked(sitting: Sitting) -> Sitting:
    """The sitting under its row lock, with its council."""
    rows = Sitting.objects.select_for_update(of=("self",)).select_related("council__organization")
    return rows.get(pk=sitting.pk)


@transaction.atomic
def keep_minutes(sitting: Sitting, blob: Blob, name: str, *, by: Actor) -> None:
    """Keep the minutes file of a sitting; a later one replaces it and the ledger keeps both hashes."""
    sitting = locked(sitting)
    actor = require(by, sitting.council, Office.SECRETARY)
    before = {"sha256": sitting.minutes.sha256, "name": sitting.minutes_name} if sitting.minutes else {}
    sitting.minutes, sitting.minutes_name = blob, name
    record(sitting, "keep_minutes", by=actor, kind=Kind.EDIT, before=before,
           after={"sha256": blob.sha256, "name": name}, save=["minutes", "minutes_name"])  # fmt: skip


def open_ballots(sitting: Sitting, cases: list[dict[str, Any]], *, by: Actor) -> list[Ballot]:
    """Open a ballot for each case: threshold and clause as given, members copied from the council.

    cases     dicts of case_id, case_label, group_label, threshold, percent, clause
    Runs in the caller's transaction, which ties the cases to their ballots.
    """
    sitting = locked(sitting)
    actor = require(by, sitting.council, Office.SECRETARY)
    last = sitting.ballots.count()
    ballots = Ballot.objects.bulk_create(
        Ballot(sitting=sitting, position=last + i, members=sitting.council.members, **case)
        for i, case in enumerate(cases, start=1)
    )
    record(sitting, "open_ballots", by=actor, kind=Kind.EDIT,
           after={"ballots": [[ballot.pk, ballot.group_label, ballot.case_label] for ballot in ballots]})  # fmt: skip
    return ballots


def drop_ballots(sitting: Sitting, ballots: list[Ballot], *, by: Actor) -> None:
    """Take ballots nobody has counted off the agenda.

    Raises    Unreadable when one of them was counted already
    """
    sitting = locked(sitting)
    actor = require(by, sitting.council, Office.SECRETARY)
    if Count.objects.filter(ballot__in=ballots).exists():
        raise Unreadable(_("Đã nhập phiếu cho hồ sơ này; không bỏ khỏi chương trình được nữa."))
    before = [[ballot.pk, ballot.group_label, ballot.case_label] for ballot in ballots]
    Ballot.objects.filter(pk__in=[ballot.pk for ballot in ballots]).delete()
    record(sitting, "drop_ballots", by=actor, kind=Kind.EDIT, before={"ballots": before})


def reading_of(sitting: Sitting, person: Any) -> int | None:
    """Which of the two readings this person types in this sitting: 1, 2, or None.

    The first who types is the secretary; the second is another reader of the same council.  A reading whose typist
    holds no office there any more goes to an heir, never to the typist of the other.
    """
    body = sitting.council.organization_id
    hands = _hands(person, body)
    if not hands:
        return None
    typed = set(Count.objects.filter(ballot__sitting=sitting).values_list("reading", "by").distinct())
    if mine := {reading for reading, by in typed if by == person.pk}:
        return min(mine)
    typists = Person.objects.in_bulk({by for _reading, by in typed})
    taken = {reading: found for reading, by in typed if (found := _hands(typists[by], body))}
    if 1 not in taken and person.holds(Office.SECRETARY, body):
        return None if 2 in taken and taken[2] & hands else 1
    return None if 2 in taken or (1 in taken and taken[1] & hands) else 2


def _hands(person: Person, body: int) -> set[int]:
    """In whose names this person may type counts here: their own as a reader, or else of whom they stand in for.

    Two readings whose hands meet are one: a stand-in and their principal never both count.  Empty: no reader here.
    """
    hats = [held for held in person.offices_today() if held.organization_id == body and held.office in READERS]
    if any(hat.principal is None for hat in hats):
        return {person.pk}
    return {person.pk, *(hat.person_id for hat in hats)} if hats else set()


@transaction.atomic
def type_counts(sitting: Sitting, typed: dict[int, int], *, by: Actor) -> dict[str, int]:
    """Keep what this person typed: {ballot id: votes for}; ballots on which both readings agree are confirmed.

    A confirmed ballot cannot be typed again.
    Returns   {"confirmed": n, "unequal": n, "waiting": n} over the typed ballots
    Raises    PermissionDenied, Unreadable
    """
    sitting = locked(sitting)
    reading = reading_of(sitting, by.person)
    if reading is None:
        raise PermissionDenied
    actor = _reader(by, sitting.council)
    ballots = {b.pk: b for b in sitting.ballots.select_for_update(of=("self",)).prefetch_related("counts")}
    result = {"confirmed": 0, "unequal": 0, "waiting": 0}
    for pk, agree in typed.items():
        ballot = ballots.get(pk)
        if ballot is None or ballot.confirmed:
            raise Unreadable(_("Có phiếu đã được xác nhận hoặc không còn trong phiên. Hãy mở lại trang."))
        if not 0 <= agree <= ballot.members:
            raise Unreadable(
                _("%(case)s: số phiếu đồng ý phải từ 0 đến %(members)s (tổng số thành viên).")
                % {"case": ballot.case_label, "members": ballot.members}
            )
        result[_read(ballot, reading, agree, by.person)] += 1
    told = {"reading": reading, "typed": [[pk, agree] for pk, agree in sorted(typed.items())]}
    record(sitting, "type_counts", by=actor, kind=Kind.EDIT, after=told, facts=result)
    return result


def _reader(by: Actor, council: Council) -> Actor:
    """The actor in an office of their own by which they read counts here, or else in the one they do for another."""
    hats = [held for held in by.person.offices_today() if held.organization_id == council.organization_id]
    hats = [held for held in hats if held.office in READERS]
    return in_office(by, min(hats, key=lambda held: (held.principal is not None, READERS.index(Office(held.office)))))


def _read(ballot: Ballot, reading: int, agree: int, person: Any) -> str:
    """Keep one cell; confirm the ballot when the other reading says the same."""
    Count.objects.update_or_create(ballot=ballot, reading=reading, defaults={"agree": agree, "by": person, "at": now()})
    other = next((count for count in ballot.counts.all() if count.reading != reading), None)
    if other is None:
        return "waiting"
    if other.agree != agree:
        return "unequal"
    ballot.agreed, ballot.confirmed_at = agree, now()
    ballot.save(update_fields=["agreed", "confirmed_at"])
    return "confirmed"
