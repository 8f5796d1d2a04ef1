"""The page on which two people type the votes for, each without seeing the other's figures."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from councils import acts as council_acts
from councils.models import Sitting
from organizations.access import actor_of, methods, person_of

from . import sittings as room
from .paper_late import late_page
from .sitting_forms import CountsForm
from .sitting_pages import of_sitting


@methods("GET", "POST")
@of_sitting
def counts(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Type the votes for, and see what is confirmed and where the two readings differ."""
    reading, items = council_acts.reading_of(sitting, person_of(request)), room.agenda(sitting)
    rows = [(item, room.cells(item, person_of(request))) for item in items]
    form = _counts_form(request, rows)
    if request.method == "POST" and form.late:
        return _too_late(request, sitting, form, _("Có phiếu đã được xác nhận hoặc không còn trong phiên."))
    if request.method == "POST" and reading is None:
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        return _keep_counts(request, sitting, form)
    context = {"sitting": sitting, "rows": _boxes(rows, form), "form": form, "reading": reading}
    return render(request, "flows/sitting_counts.html", context, status=422 if form.errors else 200)


def _counts_form(request: HttpRequest, rows: list) -> CountsForm:
    """The boxes of the ballots that are open now, with what this person typed before."""
    cells = [(item.mine and not cell.ballot.confirmed, cell) for item, own in rows for cell in own]
    typed = {cell.ballot.pk: cell.own for _open, cell in cells if cell.own is not None}
    ballots = [cell.ballot for is_open, cell in cells if is_open]
    closed = [cell.ballot for is_open, cell in cells if not is_open]
    data = request.POST if request.method == "POST" else None
    return CountsForm(data, ballots=ballots, closed=closed, typed=typed)


def _boxes(rows: list, form: CountsForm) -> list:
    """Each agenda item with its cells and their boxes; a ballot that is not open has none."""
    names = {ballot.pk: name for name, ballot in form.ballots.items()}
    return [
        (item, [(cell, form[names[cell.ballot.pk]] if cell.ballot.pk in names else None) for cell in cells])
        for item, cells in rows
    ]


def _keep_counts(request: HttpRequest, sitting: Sitting, form: CountsForm) -> HttpResponse:
    try:
        said = council_acts.type_counts(sitting, form.changed(), by=actor_of(request)) if form.changed() else {}
    except council_acts.Unreadable as late:
        return _too_late(request, sitting, form, str(late))
    words = {
        "confirmed": _("%(count)d phiếu khớp, đã xác nhận."),
        "unequal": _("%(count)d phiếu lệch: hai người cùng kiểm lại."),
        "waiting": _("%(count)d phiếu đã lưu, chờ người kia nhập."),
    }
    for key, count in said.items():
        if count:
            messages.success(request, words[key] % {"count": count})
    if not said:
        messages.info(request, _("Không có số nào mới để lưu."))
    return redirect("flows:sitting_counts", sitting.code)


def _too_late(request: HttpRequest, sitting: Sitting, form: CountsForm, why: str) -> HttpResponse:
    return late_page(request, sitting, why, reverse("flows:sitting_counts", args=[sitting.code]), form.kept())
