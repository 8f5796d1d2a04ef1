"""Writing rules of time: a rule is added or ended, never rewritten, so that every earlier deadline can be explained."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit.clock import today
from audit.ledger import Actor, record
from audit.models import Kind
from organizations.models import Office

from .models import Campaign, DeadlineRule

DATES = ("last_day", "last_day_clause", "results_until", "ceremony_on", "supplement_days")


def may_rule(person: Any) -> bool:
    """Whether this person keeps the rules of time: a holder of ADMIN today."""
    return any(held.office == Office.ADMIN for held in person.offices_today())


def _locked(campaign: Campaign, by: Actor) -> Campaign:
    if not may_rule(by.person):
        raise PermissionDenied
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)


@transaction.atomic
def add_rule(campaign: Campaign, values: dict[str, Any], *, by: Actor, reason: str) -> DeadlineRule:
    """Add a deadline rule; the one it takes the place of ends the day before.

    values    fields of DeadlineRule, checked by its form
    Raises    PermissionDenied
    """
    locked = _locked(campaign, by)
    same = {name: values[name] for name in ("node", "nature", "award", "regime")}
    earlier = DeadlineRule.objects.filter(campaign=locked, valid_until=None, **same)
    ended = list(earlier.filter(valid_from__lt=values["valid_from"]).values_list("pk", flat=True))
    DeadlineRule.objects.filter(pk__in=ended).update(valid_until=values["valid_from"] - timedelta(days=1))
    rule = DeadlineRule.objects.create(campaign=locked, **values)
    record(locked, "add_deadline_rule", by=by, kind=Kind.EDIT, reason=reason, before={"ended": ended},
           after={"rule": rule.pk, **values})  # fmt: skip
    return rule


@transaction.atomic
def end_rule(rule: DeadlineRule, *, by: Actor, reason: str, last: date | None = None) -> None:
    """Let a rule hold until a day, today when none is named; steps that began by then keep it.

    Raises    PermissionDenied
    """
    locked = _locked(rule.campaign, by)
    before, rule.valid_until = rule.valid_until, max(last or today(), rule.valid_from)
    rule.save(update_fields=["valid_until"])
    record(locked, "end_deadline_rule", by=by, kind=Kind.EDIT, reason=reason,
           before={"rule": rule.pk, "valid_until": before}, after={"valid_until": rule.valid_until})  # fmt: skip


@transaction.atomic
def change_dates(campaign: Campaign, values: dict[str, Any], *, by: Actor, reason: str) -> Campaign:
    """Change dates of a campaign as a later document has it; open deadlines move when they are reckoned anew.

    values    of DATES
    Raises    PermissionDenied
    """
    locked = _locked(campaign, by)
    values = {name: value for name, value in values.items() if value != getattr(locked, name)}
    before = {name: getattr(locked, name) for name in values}
    if not values:
        return locked
    for name, value in values.items():
        setattr(locked, name, value)
    record(locked, "change_campaign_dates", by=by, kind=Kind.EDIT, reason=reason, before=before, after=values,
           save=list(values))  # fmt: skip
    return locked
