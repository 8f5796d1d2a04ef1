"""What a person's offices come to today: whose claims hold at their desks, in which campaigns their bodies stand."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, Value

from campaigns.models import CampaignPlace
from organizations.models import Appointment, Person, Substitution

Desk = tuple[str, int]  # office or place, and the id of a body


@dataclass(frozen=True, slots=True)
class Standing:
    """Asked in one statement; the desk's questions then hold plain numbers and read their indexes.

    holders    {desk: {whose claims hold there: the name they stand in for, empty by their own appointment}}
    campaigns  {(place, body): campaigns in which it stands there}
    names      {person: their name}, of those holders
    bodies     {id: body}, in which the person has an office
    """

    holders: dict[Desk, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    campaigns: dict[Desk, list[int]] = field(default_factory=lambda: defaultdict(list))
    names: dict[int, str] = field(default_factory=dict)
    bodies: dict[int, Any] = field(default_factory=dict)

    def told(self, step: Any) -> Any:
        """A step at one of these desks with `claimed` and `held_for`, its body and its holder; nobody else is named."""
        desk = step.office, step.organization_id
        step.claimed, step.held_for = step.owner_id in self.holders[desk], self.holders[desk].get(step.owner_id)
        step.organization = self.bodies.get(step.organization_id)
        step.owner = Person(pk=step.owner_id, full_name=self.names.get(step.owner_id, "")) if step.owner_id else None
        return step


def standing(person: Any) -> Standing:
    """Of the offices held today; asked again when those were."""
    offices = person.offices_today()
    known = person.__dict__.get("_standing")
    if known is None or known[0] is not offices:
        asked = _asked({(held.office, held.organization_id) for held in offices})
        asked.bodies.update({held.organization_id: held.organization for held in offices})
        known = person._standing = (offices, asked)
    return known[1]


def _asked(desks: set[Desk]) -> Standing:
    found, lent = Standing(), defaultdict(list)
    for kind, what, body, who, principal, name in _rows(desks) if desks else ():
        if kind == "place":
            found.campaigns[what, body].append(who)
            continue
        found.names[who] = name
        if kind == "held":
            found.holders[what, body][who] = name
        else:
            lent[what, body, principal].append(who)
    for desk, holders in found.holders.items():
        _stand_in(desk, holders, lent)
    return found


def _stand_in(desk: Desk, holders: dict[int, str], lent: dict) -> None:
    """Who stands in for a holder, and for who does so: the first holder by name is said (queries.MOST_HOPS)."""
    standing_in: dict[int, str] = {}
    for holder, name in sorted(holders.items(), key=lambda row: row[1]):
        first = lent[(*desk, holder)]
        for who in [*first, *(onward for one in first for onward in lent[(*desk, one)])]:
            standing_in.setdefault(who, name)
    holders.update(dict.fromkeys(holders, ""))
    holders.update({who: name for who, name in standing_in.items() if who not in holders})


def _rows(desks: set[Desk]) -> Iterable[tuple]:
    """What kind of line, office or place, body, person or campaign, whom that person stands in for, their name."""
    at = Q()
    for office, body in sorted(desks):
        at |= Q(office=office, organization=body)
    held = Appointment.objects.today().filter(at).order_by()
    lent = Substitution.objects.today().filter(at).order_by()
    places = CampaignPlace.objects.filter(organization__in={body for _office, body in desks}).order_by()
    nobody, unnamed = Value(0), Value("")
    return held.values_list(Value("held"), "office", "organization", "person", nobody, "person__full_name").union(
        lent.values_list(Value("lent"), "office", "organization", "substitute", "principal", "substitute__full_name"),
        places.values_list(Value("place"), "place", "organization", "campaign", nobody, unnamed),
        all=True,
    )
