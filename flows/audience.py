"""Who is told at a rung, for a whole batch of steps with a handful of questions."""

from collections.abc import Iterable
from typing import Any

from campaigns.models import CampaignPlace, Rung
from campaigns.terms import ladder
from organizations.models import Appointment, Office, Person, Place, Substitution
from organizations.queries import MOST_HOPS

# who answers for the work of a body: its head, a council's chair, and the chancery where the body is the authority
HEADS = (Office.UNIT_HEAD, Office.COUNCIL_CHAIR, Office.CHANCERY)
HOLDER, HEAD, CHAIR = Rung.Audience.HOLDER, Rung.Audience.HEAD, Rung.Audience.CHAIR


class Audience:
    """People by office and body today, read once for many steps."""

    def __init__(self, steps: Iterable[Any]):
        self.steps = list(steps)
        self.known: dict[tuple, list[tuple[str, list[Person]]]] = {}
        campaigns = {step.campaign_id for step in self.steps}
        places = CampaignPlace.objects.filter(campaign__in=campaigns, place=Place.AUTHORITY)
        self.authorities = dict(places.values_list("campaign_id", "organization_id"))
        self.holders = self._read()

    def _read(self) -> dict[tuple[str, int], list[Person]]:
        """{(office, body): who exercises it today}, for the offices of these steps, their heads and the chairs."""
        bodies = {step.organization_id for step in self.steps} | set(self.authorities.values())
        offices = {step.office for step in self.steps} | {*HEADS, Office.SIGNATORY}
        held = Appointment.objects.today().filter(organization__in=bodies, office__in=offices)
        found: dict[tuple[str, int], list[Person]] = {}
        for one in held.select_related("person").order_by("person__sort_key"):
            found.setdefault((one.office, one.organization_id), []).append(one.person)
        there = Substitution.objects.today().filter(organization__in=bodies, office__in=offices)
        self.lent = list(there.select_related("substitute"))
        for _hop in range(MOST_HOPS):
            for row in self.lent:
                self._add_stand_in(found.get((row.office, row.organization_id), []), row)
        return found

    def _add_stand_in(self, people: list[Person], row: Substitution) -> None:
        """Who stands in for one of these people is one of them too."""
        known = {person.pk for person in people}
        if row.principal_id in known and row.substitute_id not in known:
            people.append(row.substitute)

    def of(self, step: Any) -> list[tuple[str, list[Person]]]:
        """[(audience, people)] of the rung a step stands at; nobody is in two of them."""
        key = (step.campaign_id, step.rung, step.office, step.organization_id, step.owner_id)
        if key not in self.known:
            self.known[key] = self._of(step)
        return self.known[key]

    def _of(self, step: Any) -> list[tuple[str, list[Person]]]:
        told: set[int] = set()
        found = []
        for rung in ladder(step.campaign_id):
            if rung.offset == step.rung:
                people = self._people(step, rung.audience, step.campaign_id)
                people = [person for person in people if person.pk not in told]
                told |= {person.pk for person in people}
                found.append((rung.audience, people))
        return found

    def _people(self, step: Any, audience: str, campaign: int) -> list[Person]:
        if audience == HEAD:
            heads = (self.holders.get((office, step.organization_id)) for office in HEADS)
            return next((people for people in heads if people), [])
        if audience == CHAIR:
            return self.holders.get((Office.SIGNATORY, self.authorities.get(campaign, 0)), [])
        pool = self.holders.get((step.office, step.organization_id), [])
        mine = [person for person in pool if person.pk == step.owner_id]
        for _hop in range(MOST_HOPS):
            for row in self.lent:
                if (row.office, row.organization_id) == (step.office, step.organization_id):
                    self._add_stand_in(mine, row)
        return mine or pool
