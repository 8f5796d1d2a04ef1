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


def rules_of(campaign: Campaign) -> list[DeadlineRule]:
    """Every deadline rule that may hold in this campaign, read once for each campaign object."""
    if "deadline_rules" not in campaign.__dict__:
        rules = DeadlineRule.objects.filter(Q(campaign=campaign) | Q(campaign=None))
        campaign.__dict__["deadline_rules"] = list(rules)
    return campaign.__dict__["deadline_rules"]


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


def reckon(rule: DeadlineRule, start: datetime, *, stopped: int = 0, body: Any = None) -> datetime | None:
    """The moment by which a rule wants the work done, or None when its event has no day yet.

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
        begin = _event(rule) if rule.anchor not in OWN else start
        if begin is None:
            return None
        return days.due_on(days.add_working_days(_day(begin), rule.working_days + stopped))
    event = _event(rule)
    return days.due_on(days.working_days_before(event, rule.working_days)) if event else None


OWN = (DeadlineRule.Anchor.RECEIPT, DeadlineRule.Anchor.STEP)


def _event(rule: DeadlineRule) -> date | None:
    """The day of the campaign's that a rule counts from."""
    campaign = rule.campaign
    if campaign is None:
        return None
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


def forget_ladders() -> None:
    """Read the rungs anew next time; for whoever changed them."""
    _ladders.clear()


def waits_for_act(campaign: Campaign, act: str, *, awards: Iterable[str] = (), day: date) -> list[MinimumWait]:
    """What must be waited for before `act`, by the rules in force on `day`."""
    dated = Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gte=day))
    found = MinimumWait.objects.filter(dated, Q(campaign=campaign) | Q(campaign=None), act=act)
    return list(found.filter(award__in={*awards, ""}))
