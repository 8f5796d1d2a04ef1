"""The clock of a dossier as its page shows it: both deadlines with their sources, gross and net time, its stops."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from audit.clock import now
from campaigns.rules import INTERNAL_SOURCE
from dossiers.clock import spent
from dossiers.holding import Hold, Stop
from dossiers.models import Dossier
from dossiers.states import FINAL
from organizations.calendar import Distance, distance, version

from .hold_pages import links
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
