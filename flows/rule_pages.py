"""The rules of time of a campaign as a page: what holds, by which article, and what a change would move."""

from itertools import islice
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from audit.clock import now, today
from campaigns import rule_acts, terms
from campaigns.models import Campaign, DeadlineRule
from campaigns.rule_forms import DatesForm, RuleForm
from campaigns.rules import INTERNAL_SOURCE
from campaigns.terms import ladder, reckon
from campaigns.words import step as step_words
from organizations.access import holding, methods, person_of
from organizations.calendar import distance
from organizations.models import Office

from .recompute import Move, moves

MOST_SHOWN = 50
MOST_LOOKED = 2000  # open steps; the campaign is locked meanwhile
UNFIT = 422


def _rows(campaign: Campaign) -> list[dict[str, Any]]:
    """Every rule of the campaign: what it says, its source, whether it holds today, and what it would mean now."""
    found = DeadlineRule.objects.filter(campaign=campaign).select_related("campaign")
    return [
        {
            "rule": rule, "step": step_words(rule.node) if rule.node else _("mọi bước sau khi nhận đủ hồ sơ"),
            "internal": rule.clause == INTERNAL_SOURCE, "holds": _holds(rule), **_example(rule),
        }
        for rule in found
    ]  # fmt: skip


def _holds(rule: DeadlineRule) -> bool:
    return rule.valid_from <= today() and (rule.valid_until is None or rule.valid_until >= today())


def _example(rule: DeadlineRule) -> dict[str, Any]:
    """The deadline of work that would come today."""
    due = reckon(rule, rule.campaign, now())
    return {"due": due, "distance": distance(due, now()) if due else None}


def _what_moves(campaign: Campaign, change: Any) -> list[Move]:
    """The open steps that would move if `change` were made; nothing of it is kept."""
    with transaction.atomic():
        change()
        found = list(islice(moves(Campaign.objects.get(pk=campaign.pk), most=MOST_LOOKED), MOST_SHOWN + 1))
        transaction.set_rollback(True)
    terms.forget()  # what was read of the change that is not kept
    return found


@methods("GET", "POST")
@holding(Office.ADMIN)
def rules(request: HttpRequest, code: str) -> HttpResponse:
    """Read the rules of a campaign; preview and add one."""
    campaign = get_object_or_404(Campaign, code=code)
    form = RuleForm(request.POST or None, campaign=campaign, initial={"valid_from": today()})
    return _changing(request, campaign, form, "rule", rule_acts.add_rule)


@methods("GET", "POST")
@holding(Office.ADMIN)
def dates(request: HttpRequest, code: str) -> HttpResponse:
    """Preview and change the dates of a campaign."""
    campaign = get_object_or_404(Campaign, code=code)
    form = DatesForm(request.POST or None, instance=get_object_or_404(Campaign, code=code))
    return _changing(request, campaign, form, "dates", rule_acts.change_dates)


def _changing(request: HttpRequest, campaign: Campaign, form: Any, what: str, act: Any) -> HttpResponse:
    """First the preview of what would move, then the change itself."""
    found: list[Move] | None = None
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name not in ("reason", "version")}
        told = {"by": request.actor, "reason": form.cleaned_data["reason"]}  # type: ignore[attr-defined]
        if "confirm" in request.POST:
            act(campaign, values, **told)
            messages.success(request, _("Đã lưu. Hạn đang chạy chưa đổi cho đến khi bạn tính lại."))
            return redirect("flows:recompute")
        found = _what_moves(campaign, lambda: act(campaign, values, **told))
    context = {
        "campaign": campaign, "rows": _rows(campaign), "form": form, "what": what, "previewed": found is not None,
        "moves": (found or [])[:MOST_SHOWN], "more": len(found or []) > MOST_SHOWN, "ladder": ladder(campaign.pk),
        "today": today(), "person": person_of(request),
    }  # fmt: skip
    return render(request, "flows/rules.html", context, status=UNFIT if form.errors else 200)


@methods("POST")
@holding(Office.ADMIN)
def rule_end(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Let a rule hold no longer than today."""
    rule = get_object_or_404(DeadlineRule.objects.select_related("campaign"), pk=pk, campaign__code=code)
    reason = request.POST.get("reason", "").strip()[:500]
    if not _holds(rule):
        raise Http404
    if not reason:
        messages.error(request, _("Chưa kết thúc quy tắc: hãy ghi lý do rồi bấm lại."))
    else:
        rule_acts.end_rule(rule, by=request.actor, reason=reason)  # type: ignore[attr-defined]
        messages.success(request, _("Quy tắc chỉ còn áp dụng đến hết hôm nay; việc đã đến trước đó giữ hạn cũ."))
    return redirect("flows:rules", code)
