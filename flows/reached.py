"""The steps whose next rung was reached, read narrow and locked: all a batch needs to know of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .queries import StepQuerySet

FIELDS = (
    "pk", "process__dossier_id", "process__dossier__code", "process__dossier__campaign_id", "flow_task", "owner_id",
    "office", "organization_id", "due_at", "rung",
)  # fmt: skip


@dataclass(slots=True)
class Reached:
    """One step at a rung."""

    pk: int
    dossier_id: int
    code: str
    campaign_id: int
    flow_task: Any
    owner_id: int | None
    office: str
    organization_id: int
    due_at: datetime
    rung: int


def reached(due: StepQuerySet, *, most: int) -> list[Reached]:
    """Up to `most` of these steps, locked; what another sweeper or a person at the desk holds is passed over."""
    return [Reached(*row) for row in due.taken().values_list(*FIELDS)[:most]]
