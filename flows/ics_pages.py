"""Deadlines for calendar programs: the open step of one dossier, and all of one's own at a secret address."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.clock import now
from dossiers.models import Dossier
from organizations.access import actor_of, methods, person_of, signed_in
from organizations.calendar import end_of_day
from organizations.feeds import feed_of, make_feed, owner_of, revoke_feed
from organizations.ics import Event, calendar_response

from .models import StepRow

MOST = 500  # deadlines in a feed


@methods("GET")
@signed_in
def dossier_file(request: HttpRequest, code: str) -> HttpResponse:
    """The deadline of the open step of a dossier this person may see."""
    seen = Dossier.objects.visible_to(person_of(request)).filter(code=code)
    steps = StepRow.objects.on(seen).open().filter(due_at__isnull=False).select_related("process__dossier")
    row = steps.first()
    if row is None:
        raise Http404
    return calendar_response(code, [_event(request, row)], now(), f"{code}.ics")


@methods("GET")
def own_file(request: HttpRequest, token: str) -> HttpResponse:
    """The open deadlines of whoever holds this secret address; what it says of them names nobody."""
    person = owner_of(token)
    if person is None:
        raise Http404
    steps = StepRow.objects.mine(person).filter(due_at__isnull=False).select_related("process__dossier")
    return calendar_response(_("Hạn của tôi"), [_event(request, row) for row in steps[:MOST]], now(), "han.ics")


@methods("GET")
@signed_in
def feed(request: HttpRequest) -> HttpResponse:
    """One's own secret address: what it is for, and whether there is one."""
    return _page(request)


@methods("POST")
@signed_in
def feed_make(request: HttpRequest) -> HttpResponse:
    """Make a new address and show it, this once; the one before it stops."""
    token = make_feed(by=actor_of(request))
    return _page(request, request.build_absolute_uri(reverse("flows:own_file", args=[token])))


@methods("POST")
@signed_in
def feed_revoke(request: HttpRequest) -> HttpResponse:
    """Close the address."""
    if revoke_feed(by=actor_of(request)):
        messages.success(request, _("Đã thu hồi: địa chỉ cũ không mở được nữa."))
    return redirect("flows:feed")


def _page(request: HttpRequest, address: str = "") -> HttpResponse:
    return render(request, "flows/feed.html", {"feed": feed_of(person_of(request)), "address": address})


def _event(request: HttpRequest, row: StepRow) -> Event:
    """A deadline: on its day when it is the end of the day, else at its moment."""
    due = timezone.localtime(row.due_at, timezone.get_default_timezone())
    dossier, whole = row.process.dossier, due == end_of_day(due.date())
    return Event(
        uid=f"buoc-{row.pk}@{request.get_host()}", start=due.date() if whole else due,
        summary=_("Hạn: %(step)s – %(code)s") % {"step": row.flow_task.task_title, "code": dossier.code},
        description=_("Hạn xử lý %(due)s.") % {"due": f"{due:%d/%m/%Y}" if whole else f"{due:%d/%m/%Y, %H:%M}"},
        url=request.build_absolute_uri(dossier.get_absolute_url()), remind=True,
    )  # fmt: skip
