"""The clock of a dossier: when it stands and goes on, what time was spent gross and net, by when a desk must be done.

It counts whole working days.  A stop takes away the working days after the day it began, up to and including the day
it ended: the desk had the first of them, the day of return does not count.  Source: domain.md 6, BLDS 2015 Điều 147(2)
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from campaigns.models import DeadlineRule
from campaigns.terms import reckon, rule_for, rules_of
from organizations.calendar import version, working_days

from .holding import Stop

INTERNAL, LEGAL = DeadlineRule.Nature.INTERNAL, DeadlineRule.Nature.LEGAL


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when something is due, and by which rule; the deadline of law beside it where there is one."""

    due_at: datetime | None = None
    basis: str = ""
    legal_due_at: datetime | None = None
    legal_basis: str = ""
    counts_from: datetime | None = None
    calendar_version: int = 0


def stop(dossier: Any, why: str, at: datetime) -> None:
    """The clock stands from now on; the door saves it with the act."""
    dossier.stops = [*dossier.stops, Stop(why, at).kept()]


def resume(dossier: Any, why: str, at: datetime) -> None:
    """The clock goes on; nothing when it did not stand for this."""
    dossier.stops = [
        replace(one, until=at).kept() if one.why == why and one.until is None else one.kept() for one in dossier.pauses
    ]


def stopped_days(dossier: Any, since: datetime, until: datetime, *, whys: Any = Stop.Why, body: Any = None) -> int:
    """Working days between two moments in which the clock stood for one of `whys`; what overlaps counts once."""
    days = working_days(body)
    return sum(days.working_days_between(a, b) for a, b in _standing(dossier, since, until, set(whys)))


def _standing(dossier: Any, since: datetime, until: datetime, whys: set) -> Iterator[tuple[datetime, datetime]]:
    """The stops within an interval, merged where they overlap, in order."""
    begun = ended = None
    for one in sorted(dossier.pauses, key=lambda one: one.since):
        a, b = max(one.since, since), min(one.until or until, until)
        if one.why not in whys or b <= a:
            continue
        if ended is not None and a <= ended:
            ended = max(ended, b)
            continue
        if ended is not None:
            yield begun, ended
        begun, ended = a, b
    if ended is not None:
        yield begun, ended


def spent(dossier: Any, at: datetime) -> dict[str, int]:
    """Working days since valid receipt: `gross` all of them, `net` without those in which the clock stood."""
    if dossier.received_at is None or at < dossier.received_at:
        return {"gross": 0, "net": 0}
    gross = working_days().working_days_between(dossier.received_at, at)
    return {"gross": gross, "net": gross - stopped_days(dossier, dossier.received_at, at)}


def deadline(dossier: Any, node: str, at: datetime, *, body: Any = None) -> Deadline:
    """By when a desk must be done with a dossier that came to it, as the rules in force that day say.

    at        the moment up to which stops are known, now as a rule
    body      whose calendar is meant
    """
    found = {nature: _by_rule(dossier, nature, node, at, body) for nature in (INTERNAL, LEGAL)}
    worked_to = min((one for one in found.values() if one[0] is not None), default=(None, ""), key=lambda one: one[0])
    legal = found[LEGAL]
    return Deadline(*worked_to, *legal, counts_from=dossier.desk_since or at, calendar_version=version())


def _by_rule(dossier: Any, nature: str, node: str, at: datetime, body: Any) -> tuple[datetime | None, str]:
    """(moment, source) of one nature, (None, "") where no rule sets one."""
    start = dossier.desk_since or at
    rule = rule_for(
        dossier.campaign, nature, node, awards=_awards(dossier), regime=dossier.regime, day=start.astimezone().date()
    )
    if rule is None:
        return None, ""
    start = _start(dossier, rule, start)
    moment = reckon(rule, dossier.campaign, start, stopped=stopped_days(dossier, start, at, body=body), body=body)
    return moment, rule.clause if moment else ""


def _start(dossier: Any, rule: DeadlineRule, start: datetime) -> datetime:
    """What the days of a rule count from: valid receipt, the desk's beginning, or the latest return to it."""
    if rule.anchor == DeadlineRule.Anchor.RECEIPT:
        start = dossier.received_at or start
    if rule.after_supplement == DeadlineRule.AfterSupplement.RESTART:
        returned = [one.until for one in dossier.pauses if one.why == Stop.Why.SUPPLEMENT and one.until]
        start = max([start, *returned])
    return start


def _awards(dossier: Any) -> set[str]:
    """Codes of the awards it is about; asked only when a rule names one."""
    if not any(rule.award for rule in rules_of(dossier.campaign)):
        return set()
    return {name.award.code for name in dossier.still_in}
