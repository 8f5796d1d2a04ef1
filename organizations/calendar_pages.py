"""Pages of the working calendar: a year to read, a day to enter, to confirm, to withdraw; the days as a file."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from audit.clock import now

from . import calendar, calendar_acts, calendar_questions
from .access import holding, methods, person_of, signed_in
from .asking import ask
from .calendar_acts import KEEPERS, keeps
from .calendar_forms import EnterDayForm, WithdrawForm
from .calendar_year import NOBODY, YearPage, chosen, differing
from .ics import Event, calendar_response
from .models import CalendarDay, Organization

UNFIT = 422  # what was typed does not fit; the page comes back with every word of it


@methods("GET")
@signed_in
def year(request: HttpRequest) -> HttpResponse:
    """The calendar of a year, for everyone or for one body."""
    return render(request, "organizations/calendar.html", {"page": YearPage.read(person_of(request), request.GET)})


@methods("GET", "POST")
@holding(*KEEPERS)
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a day; another person confirms it."""
    person = person_of(request)
    begun = {"day": request.GET.get("ngay", "")[:10], "organization": _begun(request)}
    form = EnterDayForm(request.POST if request.method == "POST" else None, person=person, initial=begun)
    return _asked(request, calendar_questions.entering(), form, calendar_acts.enter_day)


@methods("GET", "POST")
@holding(*KEEPERS)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a day count, having said what changes."""
    row = _row(request, pk)
    form = forms.Form(request.POST if request.method == "POST" else None)
    return _asked(request, calendar_questions.confirming(row), form, partial(calendar_acts.confirm_day, row))


@methods("GET", "POST")
@holding(*KEEPERS)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a day back, having said what changes."""
    row = _row(request, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    return _asked(request, calendar_questions.withdrawing(row), form, partial(calendar_acts.withdraw_day, row))


@methods("GET")
def days_file(request: HttpRequest) -> HttpResponse:
    """The days that differ, for calendar programs: everyone's for anybody, a body's for whoever may choose it."""
    code = request.GET.get("don-vi", NOBODY)
    if code != NOBODY and not request.user.is_authenticated:
        raise Http404
    body = chosen(person_of(request), code) if code != NOBODY else None
    return calendar_response(_("Lịch làm việc"), _events(request, body), now(), "lich-lam-viec.ics")


def _events(request: HttpRequest, body: Organization | None) -> list[Event]:
    """Last year, this year and next year."""
    days, this = calendar.working_days(body), now().year
    code, host = body.code if body else NOBODY, request.get_host()
    return [
        Event(
            uid=f"{day:%Y%m%d}-{code}@{host}", start=day, description=why.source,
            summary=_("%(reason)s (ước tính)") % {"reason": why.reason} if why.estimated else why.reason,
        )
        for year in (this - 1, this, this + 1)
        for day, why in differing(days, year)
    ]  # fmt: skip


def _begun(request: HttpRequest) -> Any:
    """The body whose calendar was being read."""
    code = request.GET.get("don-vi", NOBODY)
    return None if code == NOBODY else chosen(person_of(request), code)


def _row(request: HttpRequest, pk: int) -> CalendarDay:
    """A row this person may change.

    Raises    PermissionDenied when it is another body's
    """
    row = get_object_or_404(CalendarDay.objects.select_related("organization", "entered_by"), pk=pk)
    if not any(keeps(held, row.organization) for held in person_of(request).offices_today()):
        raise PermissionDenied
    return row


def _asked(request: HttpRequest, question: Any, form: forms.Form, act: Callable[..., Any]) -> HttpResponse:
    """The page that asks; 422 when what was typed, or the register, does not allow it."""
    answer = ask(request, question, form, act)
    if form.errors:
        answer.status_code = UNFIT
    return answer

