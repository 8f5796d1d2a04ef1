"""Pages of the decision: the list, a draft beside its lines, the issued decision while its dossiers move, its print."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from decisions import acts as decision_acts
from decisions.models import Decision
from dossiers.access import posted_codes
from dossiers.errors import Gone, Unfit
from dossiers.models import Dossier
from dossiers.states import State
from organizations.access import actor_of, methods, person_of, signed_in
from organizations.models import Office

from . import ruling_queries as asked
from . import rulings
from .decision_forms import CHOICES, DraftForm, DropForm, StrikeForm
from .paper_late import late_page, told

View = Callable[..., HttpResponse]
PAGE = 50
READERS = {*asked.AT_AUTHORITY, *asked.AT_UNIT, Office.INSPECTOR}


def of_decision(view: View) -> View:
    """The page is about the decision `pk`, for those who may read it (404); what came too late is 409."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **named: Any) -> HttpResponse:
        decision = get_object_or_404(asked.listed(person_of(request)), pk=pk)
        try:
            return view(request, decision, **named)
        except Gone as gone:
            typed = StrikeForm(asked.lines_of(decision, person_of(request)), request.POST).kept()
            kept = {_("Lý do"): request.POST.get("reason", ""), **typed}
            return late_page(request, decision, str(gone), reverse("flows:decision", args=[pk]), kept)

    return signed_in(guarded)


def _marks(request: HttpRequest) -> bool:
    """Whether the form brings the list as it is marked."""
    return any(name.startswith("chon-") for name in request.POST)


def _signs(request: HttpRequest, decision: Decision) -> bool:
    return decision_acts.may_draft(decision.organization, person_of(request))


def _version(request: HttpRequest) -> int:
    """The version the form was made from; a form that carries none is too old."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 16 else -1


@methods("GET")
@signed_in
def decisions(request: HttpRequest) -> HttpResponse:
    """Decisions the person may read, newest first, page after page; for a signatory what waits for one."""
    person, after = person_of(request), request.GET.get("sau", "")[:18]
    held = person.offices_today()
    if not {one.office for one in held} & READERS:
        raise Http404
    found = asked.listed(person).filter(pk__lt=int(after)) if after.isdecimal() else asked.listed(person)
    shown = list(found[: PAGE + 1])
    last = str(shown[PAGE - 1].pk) if len(shown) > PAGE else None
    signs = [one.organization for one in held if one.office == Office.SIGNATORY]
    waiting = sum(asked.waiting_for(body).count() for body in signs)
    context = {"decisions": shown[:PAGE], "last": last, "later": bool(after), "signs": bool(signs), "waiting": waiting}
    return render(request, "flows/decisions.html", context)


@methods("GET", "POST")
@signed_in
def decision_new(request: HttpRequest) -> HttpResponse:
    """Begin a draft; for a signatory."""
    person = person_of(request)
    if Office.SIGNATORY not in {one.office for one in person.offices_today()}:
        raise Http404
    form = DraftForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        drafted = decision_acts.draft(by=actor_of(request), **form.cleaned_data)
        return redirect("flows:decision", drafted.pk)
    return render(request, "flows/decision_new.html", {"form": form})


@methods("GET")
@of_decision
def decision(request: HttpRequest, decision: Decision) -> HttpResponse:
    """A draft with what can be done to it, or the decision as it was signed and how far its dossiers are."""
    if decision.stage == Decision.Stage.DRAFT:
        return _draft_page(request, decision)
    dossiers = list(asked.dossiers_of(decision, person_of(request)))
    moving = [dossier for dossier in dossiers if dossier.state == State.DECIDING]
    context = {
        "decision": decision, "lines": list(asked.lines_of(decision, person_of(request))), "moving": moving,
        "dossiers": len(dossiers), "moved": len(dossiers) - len(moving),
        "story": told(decision) if decision.whole else [],
    }  # fmt: skip
    return render(request, "flows/decision.html", context)


def _draft_page(request: HttpRequest, decision: Decision, status: int = 200, **forms: Any) -> HttpResponse:
    signs = _signs(request, decision)
    strike_form = forms.pop("strike_form", None) or StrikeForm(decision.lines.all())
    context = {
        "decision": decision, "signs": signs, "rows": strike_form.rows(), "choices": CHOICES,
        "strike_errors": len(strike_form.errors), "effects": asked.effects(decision) if strike_form.lines else [],
        "dossiers": list(asked.dossiers_of(decision, person_of(request))),
        "waiting": list(asked.waiting_for(decision.organization)[:PAGE]) if signs else [],
        "granted": any(not line.struck for line in strike_form.lines), "drop_form": DropForm(),
        "story": told(decision), "problems": [], **forms,
    }  # fmt: skip
    return render(request, "flows/decision_draft.html", context, status=status)


@methods("POST")
@of_decision
def decision_add(request: HttpRequest, decision: Decision) -> HttpResponse:
    """Put the chosen dossiers into the draft, all or none."""
    seen = Dossier.objects.visible_to(person_of(request))
    chosen = list(seen.filter(code__in=posted_codes(request, PAGE)))
    count = rulings.gather(decision, chosen, by=actor_of(request))
    if chosen:
        messages.success(request, _("Đã đưa %(count)d tên vào dự thảo.") % {"count": count})
    else:
        messages.warning(request, _("Chưa chọn hồ sơ nào. Hãy đánh dấu hồ sơ rồi bấm lại."))
    return redirect("flows:decision", decision.pk)


@methods("POST")
@of_decision
def decision_remove(request: HttpRequest, decision: Decision) -> HttpResponse:
    """Take one dossier out of the draft."""
    seen = Dossier.objects.visible_to(person_of(request))
    dossier = get_object_or_404(seen, code__in=posted_codes(request, 1))
    rulings.take_out(decision, dossier, by=actor_of(request), version=_version(request))
    messages.success(request, _("Đã đưa %(code)s ra khỏi dự thảo.") % {"code": dossier.code})
    return redirect("flows:decision", decision.pk)


@methods("POST")
@of_decision
def decision_strike(request: HttpRequest, decision: Decision) -> HttpResponse:
    """Keep which lines are struck and why."""
    form = StrikeForm(decision.lines.all(), request.POST)
    if form.errors and _signs(request, decision) and decision.stage == Decision.Stage.DRAFT:
        return _draft_page(request, decision, 422, strike_form=form)
    rulings.strike(decision, form.struck, by=actor_of(request), version=_version(request))
    messages.success(request, _("Đã lưu danh sách: gạch %(count)d tên.") % {"count": len(form.struck)})
    return redirect("flows:decision", decision.pk)


@methods("POST")
@of_decision
def decision_drop(request: HttpRequest, decision: Decision) -> HttpResponse:
    """Drop the draft; its dossiers wait freely again."""
    form = DropForm(request.POST)
    if not form.is_valid() and decision.stage == Decision.Stage.DRAFT:
        if not _signs(request, decision):
            raise PermissionDenied
        return _draft_page(request, decision, 422, drop_form=form)
    reason = form.cleaned_data.get("reason", "")
    rulings.drop(decision, by=actor_of(request), reason=reason, version=_version(request))
    messages.success(request, _("Đã bỏ dự thảo; các hồ sơ trở lại chờ quyết định."))
    return redirect("flows:decision", decision.pk)


@methods("POST")
@of_decision
def decision_issue(request: HttpRequest, decision: Decision) -> HttpResponse:
    """Issue the draft as its list is marked on the page, saved or not."""
    form = StrikeForm(decision.lines.all(), request.POST if _marks(request) else None)
    if form.errors and _signs(request, decision) and decision.stage == Decision.Stage.DRAFT:
        return _draft_page(request, decision, 422, strike_form=form)
    try:
        struck = form.struck if _marks(request) else None
        issued = rulings.issue(decision, by=actor_of(request), version=_version(request), struck=struck)
    except Unfit as unfit:
        return _draft_page(request, decision, 422, problems=unfit.sentences)
    messages.success(request, _("Đã ban hành quyết định số %(number)s.") % {"number": issued.code})
    return redirect("flows:decision", decision.pk)


@methods("GET")
@of_decision
def decision_print(request: HttpRequest, decision: Decision) -> HttpResponse:
    """The decision's list as a sheet of paper."""
    lines = list(asked.lines_of(decision, person_of(request)).filter(struck=False))
    return render(request, "flows/decision_print.html", {"decision": decision, "lines": lines})
