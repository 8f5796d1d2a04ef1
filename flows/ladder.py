"""The ladder of a step: at which moments its people are told how near or how late the deadline is."""

from collections.abc import Iterable
from datetime import datetime, time
from functools import lru_cache
from typing import Any

from django.utils import timezone

from campaigns.terms import ladder
from organizations.calendar import version, working_days

OPENS_AT = time(8, 0)  # a rung is reached when the offices open on its day


def moment(offset: int, due_at: datetime) -> datetime:
    """When a rung is reached: so many working days before (negative) or after the day of the deadline, at 08:00.

    Source    domain.md 6
    """
    return _moment(offset, timezone.localtime(due_at).date(), version())


@lru_cache(maxsize=4096)
def _moment(offset: int, day: Any, calendar_version: int) -> datetime:
    days = working_days()
    if offset < 0:
        day = days.working_days_before(day, -offset)
    elif offset > 0:
        day = days.add_working_days(day, offset)
    return datetime.combine(day, OPENS_AT, tzinfo=timezone.get_default_timezone())


def offsets(campaign_pk: int) -> list[int]:
    """The rungs of a campaign's ladder, from the first to the last."""
    return list(dict.fromkeys(rung.offset for rung in ladder(campaign_pk)))  # read in their order


def next_look(step: Any, campaign_pk: int, *, at: datetime, fired: Iterable[int] = ()) -> None:
    """Arm a step: set `scheduled` and `rung` to the first of its moments still ahead of `at`.

    fired    rungs already fired for this very deadline; they never come again
    """
    if step.due_at is None:
        step.scheduled = step.rung = None
        return
    ends = step.flow_task.at_due is not None
    ahead = [(moment(o, step.due_at), o) for o in offsets(campaign_pk) if o not in set(fired)]
    ahead = [one for one in ahead if one[0] > at and not (ends and one[0] > step.due_at)]
    step.scheduled, step.rung = min(ahead, default=(step.due_at, None) if ends else (None, None))


def climb(step: Any) -> tuple[datetime | None, int | None]:
    """After its rung has fired: when and which is the next one up, however late it is; at the top the end, or nothing.

    step      with flow_task, campaign_id, due_at and rung, as `flows.reached` reads it
    """
    ends = step.flow_task.at_due is not None
    return _above(step.rung, step.due_at, ends, tuple(offsets(step.campaign_id)), version())


@lru_cache(maxsize=4096)
def _above(
    rung: int, due_at: datetime, ends: bool, ladder_offsets: tuple[int, ...], calendar_version: int
) -> tuple[datetime | None, int | None]:
    for offset in ladder_offsets:
        if offset > rung and not (ends and moment(offset, due_at) > due_at):
            return moment(offset, due_at), offset
    return (due_at if ends else None), None
