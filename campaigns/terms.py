"""Which rule of time holds for a step, and which rungs its ladder has: chosen here, reckoned where the facts are."""

import time
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from audit.clock import today
from organizations.calendar import working_days

from .models import Campaign, DeadlineRule, MinimumWait, Rung

FRESH_FOR = 30.0  # seconds a process trusts the ladder it read; rungs are dated, so they change with days
_ladders: dict[int, tuple[float, list[Rung]]] = {}
_rules: dict[int, tuple[int, float, tuple[list[DeadlineRule], list[MinimumWait]]]] = {}


def rules_of(campaign: Campaign) -> list[DeadlineRule]:
    """Every deadline rule that may hold in this campaign, its own and those of every campaign."""
    return _kept(campaign)[0]


def _kept(campaign: Campaign) -> tuple[list[DeadlineRule], list[MinimumWait]]:
    """Its rules of time, kept in the process as long as the campaign's version is the same.

    A rule is changed with a line on the campaign's chain; rules of every campaign are trusted for FRESH_FOR.
    """
    found = _rules.get(campaign.pk)
    if not found or found[0] != campaign.chain_position or time.monotonic() - found[1] > FRESH_FOR:
        its = Q(campaign=campaign) | Q(campaign=None)
        rules = list(DeadlineRule.objects.filter(its)), list(MinimumWait.objects.filter(its))
        found = _rules[campaign.pk] = (campaign.chain_position, time.monotonic(), rules)
    return found[2]


def rule_for(
    campaign: Campaign, nature: str, node: str, *, awards: Iterable[str] = (), regime: str = "", day: date
) -> DeadlineRule | None:
    """The rule of this nature for a step that began on `day`, or None: the narrower one stands, then the later.

    awards    codes of the awards the dossier is about; a rule of any of them fits
    """
    codes = {*awards, ""}
    fits = [
        rule
        for rule in rules_of(campaign)
        if rule.nature == nature and rule.node in ("", node) and rule.award in codes and rule.regime in ("", regime)
        and rule.valid_from <= day and (rule.valid_until is None or day <= rule.valid_until)
    ]  # fmt: skip
    return max(fits, key=_narrowness, default=None)


def _narrowness(rule: DeadlineRule) -> tuple:
    return bool(rule.node), bool(rule.award), bool(rule.regime), rule.campaign_id is not None, rule.valid_from, rule.pk


def reckon(
    rule: DeadlineRule, campaign: Campaign, start: datetime, *, stopped: int = 0, body: Any = None
) -> datetime | None:
    """The moment by which a rule wants the work done, or None when its event has no day yet.

    campaign  whose dates are meant
    start     aware datetime the days count from, where the rule counts from something of the dossier's own
    stopped   working days the clock stood still meanwhile
    body      whose calendar is meant
    Returns   24:00 of the day for a fixed date, the close of work of the day otherwise
    Source    domain.md 6; BLDS 2015 Điều 147(2), 148(5)
    """
    days = working_days(body)
    if rule.kind == DeadlineRule.Kind.FIXED:
        return days.end_of_day(rule.day)
    if rule.kind == DeadlineRule.Kind.AFTER:
        begin = _event(rule, campaign) if rule.anchor not in OWN else start
        if begin is None:
            return None
        return days.due_on(days.add_working_days(_day(begin), rule.working_days + stopped))
    event = _event(rule, campaign)
    return days.due_on(days.working_days_before(event, rule.working_days)) if event else None


OWN = (DeadlineRule.Anchor.RECEIPT, DeadlineRule.Anchor.STEP)


def _event(rule: DeadlineRule, campaign: Campaign) -> date | None:
    """The day of the campaign's that a rule counts from."""
    named = {"LAST_DAY": campaign.last_day, "RESULTS": campaign.results_until, "CEREMONY": campaign.ceremony_on}
    return named.get(rule.anchor)


def _day(moment: date) -> date:
    return moment.astimezone().date() if isinstance(moment, datetime) else moment


def ladder(campaign_pk: int) -> list[Rung]:
    """The rungs in force today for steps of a campaign, by offset: its own, or else those of every campaign."""
    read = _ladders.get(campaign_pk)
    if read is None or time.monotonic() - read[0] > FRESH_FOR:
        read = _ladders[campaign_pk] = (time.monotonic(), _rungs(campaign_pk))
    return read[1]


def _rungs(campaign_pk: int) -> list[Rung]:
    day = today()
    dated = Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gte=day))
    found = list(Rung.objects.filter(dated, Q(campaign=campaign_pk) | Q(campaign=None)))
    own = [rung for rung in found if rung.campaign_id is not None]
    return own or found


def forget() -> None:
    """Read rungs and rules anew next time; for whoever changed them beside the campaign's chain."""
    _ladders.clear()
    _rules.clear()


def waits_for_act(campaign: Campaign, act: str, *, awards: Iterable[str] = (), day: date) -> list[MinimumWait]:
    """What must be waited for before `act`, by the rules in force on `day`."""
    codes = {*awards, ""}
    return [
        wait
        for wait in _kept(campaign)[1]
        if wait.act == act and wait.award in codes and wait.valid_from <= day
        and (wait.valid_until is None or day <= wait.valid_until)
    ]  # fmt: skip
