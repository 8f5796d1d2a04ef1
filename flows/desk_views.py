"""Pages of the desk itself: the rows, the panel of filters, and the door to the next piece of work."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organizations.access import methods, person_of, signed_in

from .desk_filters import panel
from .desk_page import desk_page
from .desk_wish import Wish
from .onward import dossier_url, left_over, next_step


@methods("GET")
@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for this person, for their office, elsewhere, and what they did."""
    return render(request, "flows/desk.html", desk_page(person_of(request), request.GET))


@methods("GET")
@signed_in
def filter_panel(request: HttpRequest) -> HttpResponse:
    """Every filter of a tab with what may be chosen; a page of its own, and a part of the desk with scripts."""
    wish = Wish.read(request.GET)
    lists = panel(person_of(request), wish)
    context: dict[str, Any] = {"wish": wish, "lists": lists, "back": wish.url(), "clear_url": Wish(wish.tab).url()}
    return render(request, "flows/desk_panel.html", context)


@methods("GET")
@signed_in
def onward(request: HttpRequest) -> HttpResponse:
    """To the next piece of work, or to the desk when there is none."""
    person, came = person_of(request), request.GET.get("tu", "")
    wish = Wish.of(came)
    found = next_step(person, wish, request.GET.get("sau", "")[:60])
    if found is None:
        messages.success(request, _all_done(wish))
        return redirect(wish.but().url() if came else reverse("flows:desk"))
    step, tab = found
    left = left_over(person, wish)
    told = ngettext("Còn %(n)d việc; đây là việc tiếp theo.", "Còn %(n)d việc; đây là việc tiếp theo.", left)
    messages.info(request, told % {"n": left})
    return redirect(dossier_url(step.process.dossier.code, wish.but(tab=tab).query))


def _all_done(wish: Wish) -> str:
    if wish.filters:
        return _("Không còn việc nào theo bộ lọc này. Cảm ơn bạn!")
    return _("Bạn đã làm hết việc của mình và việc chung của phòng. Cảm ơn bạn!")
