"""Our own engine: the door of the desk, as a request comes to it."""

from collections.abc import Sequence
from typing import Any

from audit.ledger import Actor
from flows import desk
from organizations.models import Person

from .ground import Act, Case, Ground, open_steps


class Ours:
    """flows.desk.do, with the person read anew for every act, as a session reads them."""

    name = "ours"

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def begin(self, count: int) -> list[Case]:
        """So many drafts."""
        return [self.ground.opened() for _ in range(count)]

    def ready(self, act: Act, cases: Sequence[Case]) -> None:
        """Note the open steps, as the forms name them."""
        open_steps(cases)

    def do(self, act: Act, case: Case) -> None:
        """Carry one dossier one act further; an issued decision is carried out by the system, as flows.moves does."""
        facts: dict[str, Any] = {}
        if act.judges:
            facts["verdicts"] = {pk: ("PASS", "") for pk, _position, _name in case.names}
        if act.name == "grant":
            by = Actor(Person.objects.system(), behalf=self.ground.people[act.who], origin="worker")
        else:
            by = Actor(Person.objects.get(pk=self.ground.people[act.who].pk))
        desk.do(case.passage, case.step, act.name, by=by, **facts)
