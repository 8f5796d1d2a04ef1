"""Quiet hours: a mail owed at night or on a day off waits for the next working morning.

Quiet is judged and ends by the house clock; retries, leases and the 72 hours count real time.  A held mail keeps the
house moment it waits for, so that the demo's "next day" lets it go at once instead of after a real night.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from organizations.calendar import is_working_day, next_working_day

from .models import QUIET_FROM, QUIET_UNTIL


def held_until(preference: Any, at: datetime) -> datetime | None:
    """The house moment until which a mail owed at `at` (aware, house time) waits, or None when it may go now.

    preference   a Preference, or None for someone who changed nothing
    """
    start, end, days_off = (
        (preference.quiet_from, preference.quiet_until, preference.quiet_days_off)
        if preference
        else (QUIET_FROM, QUIET_UNTIL, True)
    )
    local = moment = timezone.localtime(at, timezone.get_default_timezone())
    while (later := _later(moment, start, end, days_off=days_off)) != moment:
        moment = later
    return moment if moment != local else None


def _later(moment: datetime, start: time, end: time, *, days_off: bool) -> datetime:
    """One step out of the quiet: to the next working day, or to the end of the quiet hours; the same when none is."""
    day = moment.date()
    if days_off and not is_working_day(day):
        begins = time.min if start > end else QUIET_UNTIL  # quiet hours over midnight end by themselves
        return datetime.combine(next_working_day(day), begins, tzinfo=moment.tzinfo)
    if not _is_quiet(moment.time(), start, end):
        return moment
    return datetime.combine(day if moment.time() < end else day + timedelta(days=1), end, tzinfo=moment.tzinfo)


def _is_quiet(hour: time, start: time, end: time) -> bool:
    """Whether an hour lies between the two; the night may lie between them, and nothing when they are equal."""
    return start <= hour < end if start <= end else hour >= start or hour < end


def morning_of(preference: Any, day: date) -> datetime:
    """The house moment at which a person's working day begins, and their digest is due."""
    end = QUIET_UNTIL
    if preference and preference.quiet_from != preference.quiet_until:
        end = preference.quiet_until
    return datetime.combine(day, end, tzinfo=timezone.get_default_timezone())
