"""The deadline of an open step reckoned anew from the facts and the rules, as if it began when it began."""

from dataclasses import asdict
from datetime import datetime

from dossiers.clock import Deadline

from .models import StepRow

TIMED = tuple(Deadline.__dataclass_fields__)  # the columns of a step that a deadline fills


def reckoned(step: StepRow, at: datetime) -> Deadline:
    """The deadline an open step has by the calendar, the rules and the stops known at this moment."""
    node, dossier = step.flow_task, step.process.dossier
    if node.due is None:
        return Deadline()
    dossier.stand(node.place, step.organization)
    if dossier.desk_since is None and step.counts_from is not None:
        dossier.desk_since = step.counts_from
    return node.due(dossier, node, at)


def set_deadline(step: StepRow, at: datetime) -> Deadline:
    """Put the reckoned deadline on the row, unsaved; returns the one it had."""
    before = Deadline(**{name: getattr(step, name) for name in TIMED})
    for name, value in asdict(reckoned(step, at)).items():
        setattr(step, name, value)
    return before
