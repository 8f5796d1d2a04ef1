"""Who stands in for whom: one's own on both sides, and for heads and the chancery those they oversee."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from audit.clock import now, today
from organizations import substitution_questions as questions
from organizations.access import actor_of, methods, person_of, signed_in
from organizations.acts import Refusal
from organizations.calendar import Distance, distance, end_of_day
from organizations.models import Office, Person, Substitution
from organizations.substitution_acts import may_end, seen_by
from organizations.substitution_forms import EndForm, SubstitutionForm, nameable
from organizations.substitution_rules import NOT_SUBSTITUTABLE

from . import substituting

UNFIT = 422
MOST_SHOWN = 300  # rows, the latest first


@dataclass(frozen=True, slots=True)
class Row:
    """One substitution as its reader sees it."""

    row: Substitution
    office: Any
    stage: str
    left: Distance
    may_end: bool


@methods("GET")
@signed_in
def substitutions(request: HttpRequest) -> HttpResponse:
    """Everything in force or to come, by whose it is; what is over below."""
    person = person_of(request)
    joined = seen_by(person).select_related("principal", "substitute", "organization", "set_by", "revoked_by")
    rows = [_row(row, person) for row in joined.order_by("-valid_until", "-pk")[:MOST_SHOWN]]
    live = [row for row in rows if row.stage != "over"]
    context = {
        "for_me": [row for row in live if row.row.principal_id == person.pk],
        "by_me": [row for row in live if row.row.substitute_id == person.pk],
        "others": [row for row in live if person.pk not in (row.row.principal_id, row.row.substitute_id)],
        "over": [row for row in rows if row.stage == "over"],
        "oversees": any(held.office in (Office.UNIT_HEAD, Office.CHANCERY) for held in person.offices_today()),
        "may_name": bool(nameable(person)), "never": _never(person),
    }  # fmt: skip
    return render(request, "flows/substitutions.html", context)


def _row(row: Substitution, person: Person) -> Row:
    over = row.revoked_at is not None or row.valid_until < today()
    stage = "over" if over else "ahead" if row.valid_from > today() else "now"
    turn = end_of_day(row.valid_from if stage == "ahead" else row.valid_until)
    return Row(row, Office(row.office).label, stage, distance(turn, now()), not over and may_end(person, row))


def _never(person: Person) -> Iterable[tuple[Any, Any]]:
    """Offices of this person that nobody does for them, with the reason."""
    own = {held.office for held in person.offices_today() if not held.principal}
    return [(Office(office).label, why) for office, why in NOT_SUBSTITUTABLE.items() if office in own]


@methods("GET", "POST")
@signed_in
def substitution_new(request: HttpRequest) -> HttpResponse:
    """Name a stand-in; for whoever does an office that may be lent, or names for others."""
    person = person_of(request)
    if not nameable(person):
        raise Http404
    words = request.GET.get("q", "")[:200].strip()
    form = SubstitutionForm(request.POST if request.method == "POST" else None, person=person, words=words)
    if request.method == "POST" and form.is_valid():
        try:
            made = substituting.set_substitute(by=actor_of(request), **form.facts()).subject
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            told = {"substitute": made.substitute.full_name, "principal": made.principal.full_name}
            messages.success(request, _("Đã giao %(substitute)s làm thay %(principal)s.") % told)
            return redirect("flows:substitutions")
    context = {"question": questions.naming(), "form": form, "words": words}
    return render(request, "flows/substitution_new.html", context, status=UNFIT if form.errors else 200)


@methods("GET", "POST")
@signed_in
def substitution_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one before its day, having said what becomes of its work."""
    joined = seen_by(person_of(request)).select_related("principal", "substitute", "organization")
    row = get_object_or_404(joined, pk=pk)
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            substituting.end_substitution(row, by=actor_of(request), reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Đã kết thúc việc làm thay."))
            return redirect("flows:substitutions")
    context = {"question": questions.ending(row), "form": form}
    return render(request, "organizations/ask.html", context, status=UNFIT if form.errors else 200)
