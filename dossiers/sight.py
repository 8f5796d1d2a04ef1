"""What an office lets its holder read: which dossiers, and in which of them what was said of the names."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from campaigns.models import CampaignPlace
from organizations.models import Office, Place

from .states import FINAL, WITH_UNIT, Reach, State

AT_COUNCIL = (Office.SECRETARY, Office.COUNCIL_MEMBER, Office.COUNCIL_CHAIR)
TOLD = (*WITH_UNIT, *FINAL)  # states in which the unit reads what was said of its names
# office -> (place it must be held at, how far the dossier must have come).  Source: domain.md 2.1
SEES_FROM = {
    Office.FINANCE: (Place.FINANCE_BODY, Reach.SUBMITTED),
    Office.HOME_AFFAIRS: (Place.STANDING_BODY, Reach.SUBMITTED),
    Office.CHANCERY: (Place.AUTHORITY, Reach.SUBMITTED),
    **dict.fromkeys(AT_COUNCIL, (Place.COUNCIL, Reach.COUNCIL)),
    Office.SIGNATORY: (Place.AUTHORITY, Reach.SIGNATORY),
}
NOTHING = Q(pk__in=[])
Stands = Mapping[tuple[str, int], list[int]]  # {(place, body): campaigns in which it stands there}


def visible(person: Any, stands: Stands | None = None) -> Q:
    """Dossiers this person may read today; none without an office.

    stands    where the person's bodies stand, when that was read before; a subquery asks for it else
    """
    return _either(of_units(own_units(person)), at_desks(person, stands))


def heard(person: Any, stands: Stands | None = None) -> Q:
    """Those whose verdicts, ballots and struck lines this person may read too.

    The unit reads them when the dossier is returned and at the end; never who voted how.  Source: domain.md 2.1
    """
    units = own_units(person)
    return _either(at_desks(person, stands), of_units(units) & Q(state__in=TOLD) if units else NOTHING)


def own_units(person: Any) -> list[int]:
    """The units whose own dossiers this person reads."""
    offices = (Office.AUTHOR, Office.UNIT_HEAD)
    return sorted({held.organization_id for held in person.offices_today() if held.office in offices})


def of_units(units: list[int]) -> Q:
    """The dossiers of these units."""
    return Q(unit__in=units) if units else NOTHING


def at_desks(person: Any, stands: Stands | None = None) -> Q:
    """The dossiers that came to this person's desks, or lie in their realm; NOTHING itself when there can be none."""
    return _either(*(_at_desk(held, stands) for held in person.offices_today()))


def on(path: str, asked: Q) -> Q:
    """The same condition on a row from which this path leads to the dossier."""
    moved = [on(path, part) if isinstance(part, Q) else (f"{path}__{part[0]}", part[1]) for part in asked.children]
    return Q(*moved, _connector=asked.connector, _negated=asked.negated)


def _either(*parts: Q) -> Q:
    found = NOTHING
    for part in parts:
        if part != NOTHING:
            found = part if found == NOTHING else found | part
    return found


def _at_desk(held: Any, stands: Stands | None) -> Q:
    """The dossiers that came to one desk, or lie in its realm."""
    if held.office == Office.UNIT_HEAD:
        return _headed(held, stands)
    if held.office == Office.INSPECTOR:
        return Q(unit__path__startswith=held.organization.path)
    if held.office in SEES_FROM:
        place, reach = SEES_FROM[held.office]
        return _in_campaigns(place, held, stands, Q(reach__gte=reach))
    return NOTHING


def _headed(held: Any, stands: Stands | None) -> Q:
    """The head of a desk sees what the desk sees; the standing office's head also what lapsed, to accept it late."""
    came = Q(reach__gte=Reach.SUBMITTED)
    return _either(
        _in_campaigns(Place.FINANCE_BODY, held, stands, came),
        _in_campaigns(Place.STANDING_BODY, held, stands, came | Q(state=State.LAPSED)),
    )


def _in_campaigns(place: str, held: Any, stands: Stands | None, came: Q) -> Q:
    """Dossiers that came so far in the campaigns in which the body of this appointment stands at a place."""
    if stands is None:
        there = CampaignPlace.objects.filter(place=place, organization=held.organization_id)
        return Q(campaign__in=there.values("campaign")) & came
    found = stands.get((place, held.organization_id))
    return Q(campaign__in=sorted(found)) & came if found else NOTHING
