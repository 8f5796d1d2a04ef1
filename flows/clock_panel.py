"""The clock of a dossier as its page shows it: both deadlines with their sources, gross and net time, its stops."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from audit.clock import now
from audit.ledger import Actor
from campaigns.rules import INTERNAL_SOURCE
from dossiers.acts import may
from dossiers.clock import spent
from dossiers.holding import Hold, Stop
from dossiers.models import Dossier
from dossiers.public_notice import may_post
from dossiers.states import FINAL
from dossiers.words import ACTS
from organizations.calendar import Distance, distance, version

from .models import StepRow


@dataclass(frozen=True, slots=True)
class Line:
    """One deadline: its name, day, distance and source."""

    name: str
    due: datetime
    distance: Distance
    source: str
    internal: bool


class ClockPanel:
    """Everything about time that the reader of a dossier may see."""

    def __init__(self, person: Any, dossier: Dossier, step: StepRow | None):
        self.dossier, self.step = dossier, step
        self.until = dossier.moved_at if dossier.state in FINAL else now()
        self.links = links(person, dossier)

    @property
    def lines(self) -> list[Line]:
        """The deadline worked to, and the one of law when that is another day; none while the clock stands."""
        step = self.step
        if step is None or step.due_at is None:
            return []
        found = [self._line(_("Hạn của bước"), step.due_at, step.basis)]
        if step.legal_due_at and step.legal_due_at != step.due_at:
            found.append(self._line(_("Hạn theo quy định"), step.legal_due_at, step.legal_basis))
        return found

    def _line(self, name: str, due: datetime, source: str) -> Line:
        return Line(name, due, distance(due, now()), source, source in ("", INTERNAL_SOURCE))

    @property
    def spent(self) -> dict[str, int] | None:
        """Working days since valid receipt, gross and net; None before it."""
        return spent(self.dossier, self.until) if self.dossier.received_at else None

    @property
    def stands(self) -> bool:
        """Whether the clock stands at this moment."""
        return any(stop.until is None for stop in self.stops)

    @property
    def stops(self) -> list[Stop]:
        """Every interval in which it stood."""
        return self.dossier.pauses

    @property
    def holds(self) -> list[Hold]:
        """What is on hold now."""
        return self.dossier.open_holds

    @property
    def is_outdated(self) -> bool:
        """Whether the calendar changed since the deadline was reckoned."""
        return bool(self.step and self.step.due_at and 0 < self.step.calendar_version < version())


def links(person: Any, dossier: Dossier) -> list[tuple[str, Any]]:
    """What this person may do beside the steps: [(address, words)]."""
    by = Actor(person)
    found = [("flows:hold", ACTS["hold"].button)] if may(dossier, "hold", by) else []
    if dossier.held_since is not None and may(dossier, "lift", by):
        found.append(("flows:lift", ACTS["lift"].button))
    if may_post(person, dossier):
        found.append(("flows:public", ACTS["post_notice"].button))
    return found
