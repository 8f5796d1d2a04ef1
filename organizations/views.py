"""The administrator's pages about people and their appointments, and the page of an invited person."""

import logging
from functools import partial
from smtplib import SMTPException
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from audit.clock import today

from . import acts, forms, invitations, questions
from .access import holding, methods
from .asking import ask
from .models import Appointment, Office, Person
from .story import story_of

log = logging.getLogger(__name__)
PAGE = 50  # people on a page


def _person(pk: int) -> Person:
    """A person of the register; the system's own person has no page."""
    return get_object_or_404(Person.objects.people(), pk=pk)


@methods("GET")
@holding(Office.ADMIN)
def people(request: HttpRequest) -> HttpResponse:
    """Everyone in the register, searched and in pages that stay right while people are added."""
    words, after = request.GET.get("q", "")[:200], request.GET.get("sau", "")[:18]
    found = Person.objects.people().search(words).listed().after(int(after) if after.isdecimal() else None)
    shown = list(found[: PAGE + 1])
    last = shown[PAGE - 1].pk if len(shown) > PAGE else None
    context = {"words": words, "people": shown[:PAGE], "last": last, "later": bool(after)}
    return render(request, "organizations/people.html", context)


@methods("GET")
@holding(Office.ADMIN)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: who they are, what they are appointed to, what was done."""
    who = _person(pk)
    context = {
        "who": who, "story": story_of(who), "today": today(), "self": who.pk == request.user.pk,
        "appointments": who.appointments.select_related("organization").order_by("-valid_from", "-id"),
    }  # fmt: skip
    return render(request, "organizations/person.html", context)


@methods("GET", "POST")
@holding(Office.ADMIN)
def person_add(request: HttpRequest) -> HttpResponse:
    """Enter a person and send the invitation."""
    form = forms.PersonForm(request.POST or None)
    return ask(request, questions.adding(), form, partial(_add_and_invite, request))


@methods("GET", "POST")
@holding(Office.ADMIN)
def person_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a name or an address."""
    who = _person(pk)
    form = forms.PersonForm(request.POST or None, initial={"full_name": who.full_name, "email": who.email})
    return ask(request, questions.changing(who), form, partial(acts.change_person, who))


@methods("POST")
@holding(Office.ADMIN)
def person_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the invitation again; earlier links stop."""
    who = _person(pk)
    _invite(request, who)
    return redirect("organizations:person", who.pk)


@methods("GET", "POST")
@holding(Office.ADMIN)
def person_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account."""
    who = _person(pk)
    return ask(
        request, questions.deactivating(who), forms.ReasonForm(request.POST or None), partial(acts.deactivate, who)
    )


@methods("GET", "POST")
@holding(Office.ADMIN)
def person_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an account again and send the invitation."""
    who = _person(pk)
    return ask(
        request, questions.reactivating(who), forms.ReasonForm(request.POST or None), partial(_reopen, request, who)
    )


@methods("GET", "POST")
@holding(Office.ADMIN)
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Appoint the person to an office."""
    who = _person(pk)
    return ask(
        request, questions.appointing(who), forms.AppointmentForm(request.POST or None), partial(acts.appoint, who)
    )


@methods("GET", "POST")
@holding(Office.ADMIN)
def appointment_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an appointment, having said what happens to its work."""
    held = get_object_or_404(Appointment.objects.select_related("person", "organization"), pk=pk)
    form = forms.EndAppointmentForm(request.POST or None)
    return ask(request, questions.ending(held), form, partial(acts.end_appointment, held))


@methods("GET", "POST")
@never_cache
@sensitive_post_parameters("password", "again")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invited person sets their first password; it signs nobody in."""
    try:
        invited = invitations.opened(token)
        form = forms.FirstPasswordForm(request.POST or None, person=invited.person)
        if request.method == "POST" and form.is_valid():
            invitations.accept(token, form.cleaned_data["password"], correlation=request.correlation)  # type: ignore[attr-defined]
            messages.success(request, _("Đã đặt mật khẩu. Mời đăng nhập."))
            return redirect("account_login")
    except invitations.Spent:
        return render(request, "organizations/invitation_spent.html", status=404)
    return render(request, "organizations/invitation.html", {"form": form, "who": invited.person})


def _add_and_invite(request: HttpRequest, **typed: Any) -> str:
    """Returns the new person's page."""
    who = acts.add_person(**typed)
    messages.success(request, _("Đã thêm %(name)s.") % {"name": who.full_name})
    _invite(request, who)
    return reverse("organizations:person", args=[who.pk])


def _reopen(request: HttpRequest, who: Person, **typed: Any) -> None:
    opened = acts.reactivate(who, **typed)
    messages.success(request, _("Đã mở lại tài khoản."))
    _invite(request, opened)


def _invite(request: HttpRequest, who: Person) -> None:
    """Invite and mail; the page says when the mail did not leave."""
    try:
        invitations.send(who, invitations.invite(who, by=request.actor))  # type: ignore[attr-defined]
    except acts.Refusal as refusal:
        messages.error(request, str(refusal))
    except (OSError, SMTPException):
        log.exception("the invitation was not mailed")
        messages.error(request, _("Máy chủ thư chưa nhận thư mời. Chờ vài phút rồi bấm “Gửi lại thư mời”."))
    else:
        messages.success(request, _("Đã gửi thư mời tới %(address)s.") % {"address": who.email})
