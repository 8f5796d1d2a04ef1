"""The demo's two liberties: to be anyone, and to be tomorrow.  Neither exists outside the demo."""

from collections.abc import Callable
from datetime import datetime, time
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from audit import clock
from audit.ledger import Actor, record
from audit.models import House, Kind

from .access import actor_of, methods, page_before, way_back
from .calendar import add_working_days
from .models import Appointment, Person

OPENS_AT = time(8, 0)
View = Callable[..., HttpResponse]


def only_in_demo(view: View) -> View:
    """The page does not exist outside the demo."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def demo_people() -> list[dict[str, str]]:
    """Everyone who holds an office today, body by body: [{name, office, unit, email}]."""
    held = Appointment.objects.today().select_related("person", "organization").order_by("organization__path", "id")
    return [
        {
            "name": one.person.full_name, "office": one.get_office_display(),
            "unit": one.organization.name, "email": one.person.email,
        }
        for one in held
    ]  # fmt: skip


@methods("POST")
@only_in_demo
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as the chosen person of the demo."""
    person = get_object_or_404(Person.objects.active(), email=request.POST.get("email", "").replace("\0", "").lower())
    get_adapter(request).login(request, person)
    return redirect(way_back(request, "/"))


@methods("POST")
@only_in_demo
def demo_next_day(request: HttpRequest) -> HttpResponse:
    """Make it 08:00 of the next working day."""
    by = actor_of(request) if request.user.is_authenticated else Actor(Person.objects.system(), origin="demo")
    move_to_next_day(by=by)
    return redirect(way_back(request, page_before(request)))


@transaction.atomic
def move_to_next_day(*, by: Actor) -> datetime:
    """Set the house clock to 08:00 of the next working day and note it; returns that moment."""
    House.objects.get_or_create(pk=1)
    house = House.objects.select_for_update().get(pk=1)
    before = clock.now()
    moment = timezone.make_aware(datetime.combine(add_working_days(timezone.localdate(before), 1), OPENS_AT))
    clock.set_to(moment)
    record(house, "next_day", by=by, kind=Kind.EDIT, before={"now": before}, after={"now": moment})
    return moment
