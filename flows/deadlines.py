"""When a step is due: read by the procedures, written once on the step's row."""

from datetime import datetime

from audit.clock import now
from campaigns.terms import due_at
from dossiers.models import Dossier
from organizations.calendar import add_working_days, end_of_day


def cut_off(dossier: Dossier, node: str) -> datetime:
    """The end of the last day to submit, or of the named day of a late acceptance.  Source: plan 000, III.5."""
    return end_of_day(dossier.late_until or dossier.campaign.last_day)


def term(dossier: Dossier, node: str) -> datetime | None:
    """So many working days from now as the campaign gives this step."""
    return due_at(dossier.campaign, node, now())


def supplement_term(dossier: Dossier, node: str) -> datetime:
    """The supplement's own deadline, counted from the request whoever at the unit holds it.

    A dossier handed over for signature, or handed back, keeps the deadline of the request.
    """
    asked = dossier.supplement_asked_at or now()
    return end_of_day(add_working_days(asked, dossier.campaign.supplement_days))
