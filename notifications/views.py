"""What a person was told: the list, opening a notice, and in the demo the tray in which every mail is read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from organizations.access import actor_of, methods, person_of, signed_in
from organizations.demo import only_in_demo

from . import acts
from .channels import words
from .models import Notification, Tray

PAGE = 50


def _mark(request: HttpRequest, name: str) -> int | None:
    """A key given in the address or the form, or None."""
    typed = request.POST.get(name) or request.GET.get(name) or ""
    return int(typed) if typed.isdecimal() and len(typed) < 19 else None


@methods("GET")
@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """What the person was told, newest first, page after page by the last one shown."""
    after = _mark(request, "sau")
    found = Notification.objects.inbox(person_of(request))
    shown = list((found.filter(pk__lt=after) if after else found)[: PAGE + 1])
    last = str(shown[PAGE - 1].pk) if len(shown) > PAGE else None
    notices = [{"notice": notice, **words(notice)} for notice in shown[:PAGE]]
    return render(request, "notifications/inbox.html", {"notices": notices, "last": last, "later": bool(after)})


@methods("POST")
@signed_in
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one notice: it is read, and its page comes."""
    notice = get_object_or_404(Notification.objects.inbox(person_of(request)), pk=pk)
    acts.mark_read(notice, by=actor_of(request))
    return redirect(notice.url)


@methods("POST")
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything that was on the page is read."""
    count = acts.mark_all_read(_mark(request, "newest") or 0, by=actor_of(request))
    messages.success(request, _("Đã đánh dấu đã đọc %(count)d thông báo.") % {"count": count})
    return redirect("notifications:list")


@methods("GET")
@only_in_demo
def demo_mail(request: HttpRequest) -> HttpResponse:
    """The demo's mail, newest first, of everybody or of one address."""
    after, address = _mark(request, "sau"), request.GET.get("q", "").strip()[:254]
    found = Tray.objects.filter(to__icontains=address) if address else Tray.objects.all()
    shown = list((found.filter(pk__lt=after) if after else found).order_by("-pk")[: PAGE + 1])
    last = shown[PAGE - 1].pk if len(shown) > PAGE else None
    context = {"mails": shown[:PAGE], "last": last, "later": bool(after), "address": address}
    return render(request, "notifications/demo_mail.html", context)


@methods("GET")
@only_in_demo
def demo_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail of the demo, as its text part reads."""
    return render(request, "notifications/demo_letter.html", {"mail": get_object_or_404(Tray, pk=pk)})
