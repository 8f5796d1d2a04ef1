"""The steps whose next rung was reached, read narrow and locked: all a batch needs to know of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit import columns

from .models import Passage
from .queries import StepQuerySet

OWN = ("pk", "flow_task", "owner_id", "office", "organization_id", "due_at", "rung", "process_id")
DOSSIERS = ("pk", "dossier_id", "dossier__code", "dossier__campaign_id")


@dataclass(slots=True)
class Reached:
    """One step at a rung."""

    pk: int
    flow_task: Any
    owner_id: int | None
    office: str
    organization_id: int
    due_at: datetime
    rung: int
    passage_id: int
    dossier_id: int
    code: str
    campaign_id: int


def reached(due: StepQuerySet, *, most: int) -> list[Reached]:
    """Up to `most` of these steps, locked; what another sweeper or a person at the desk holds is passed over.

    Their dossiers are asked for afterwards, so that rows which are passed over cost nothing more.
    """
    rows = list(due.taken().values_list(*OWN)[:most])
    if not rows:
        return []
    passages = Passage.objects.filter(pk__in=columns.among([row[-1] for row in rows]))
    about = {passage: rest for passage, *rest in passages.values_list(*DOSSIERS)}
    return [Reached(*row, *about[row[-1]]) for row in rows]
