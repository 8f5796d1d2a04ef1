"""How long a step of a campaign may take, in the first form: a fixed date, or N working days."""

from datetime import datetime

from organizations.calendar import add_working_days, end_of_day

from .models import Campaign, DeadlineRule


def due_at(campaign: Campaign, node: str, start: datetime) -> datetime | None:
    """The deadline of a step that begins at `start`, or None when the campaign sets none.

    Returns   aware datetime, the end of the last day
    """
    term = DeadlineRule.objects.filter(campaign=campaign, node=node).first()
    return end_of_day(add_working_days(start, term.working_days)) if term else None
