"""When a step is due: read by the procedures, written once on the step's row."""

from datetime import datetime
from typing import Any

from dossiers.clock import Deadline, deadline, stopped_days
from dossiers.holding import Stop
from dossiers.models import Dossier
from organizations.calendar import add_working_days, end_of_day, version, working_days
from organizations.models import Place


def body_of(dossier: Dossier, place: str) -> Any:
    """The body that stands at a place of a dossier, whose calendar its deadline follows."""
    if place == Place.UNIT:
        return dossier.unit
    if dossier.desk and dossier.desk[0] == place:
        return dossier.desk[1]
    return next((row.organization for row in dossier.places if row.place == place), None)


def cut_off(dossier: Dossier, step: Any, at: datetime) -> Deadline:
    """24:00 of the last day to submit, or of the named day of a late acceptance.  Source: plan 000, III.5."""
    return Deadline(
        end_of_day(dossier.late_until or dossier.campaign.last_day), dossier.campaign.last_day_clause,
        calendar_version=version(),
    )  # fmt: skip


def term(dossier: Dossier, step: Any, at: datetime) -> Deadline:
    """What the campaign's rules give this desk, less the time in which the clock stood."""
    return deadline(dossier, step.name, at, body=body_of(dossier, step.place))


def supplement_term(dossier: Dossier, step: Any, at: datetime) -> Deadline:
    """The supplement's own deadline, counted from the request whoever at the unit holds it.

    A dossier handed over for signature, or handed back, keeps the deadline of the request; a hold moves it.
    """
    asked = dossier.supplement_asked_at or at
    body, campaign = dossier.unit, dossier.campaign
    stood = stopped_days(dossier, asked, at, whys={Stop.Why.HOLD}, body=body)
    last = add_working_days(asked, campaign.supplement_days + stood, body)
    due = working_days(body).due_on(last)
    return Deadline(due, campaign.supplement_clause, counts_from=asked, calendar_version=version())
