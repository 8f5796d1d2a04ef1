"""Reckoning open deadlines anew as a page: every step that would move, from when to when, then the act itself."""

from itertools import islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit.clock import now
from organizations.access import holding, methods
from organizations.calendar import distance, version
from organizations.models import Office

from .recompute import Move, moves, outdated, recompute

MOST_SHOWN = 200
MOST_AT_ONCE = 200  # steps moved in one request; the page comes back for the rest


def _line(move: Move) -> dict:
    """One step that would move, in words."""
    due = move.after.due_at
    return {"move": move, "distance": distance(due, now()) if due else None}


@methods("GET", "POST")
@holding(Office.ADMIN, Office.CHANCERY)
def recompute_page(request: HttpRequest) -> HttpResponse:
    """Preview what would move, and move it with a reason."""
    reason = request.POST.get("reason", "").strip()[:500]
    if request.method == "POST" and reason:
        moved = recompute(by=request.actor, reason=reason, most=MOST_AT_ONCE)  # type: ignore[attr-defined]
        told = {"count": moved}
        messages.success(request, _("Đã tính lại hạn của %(count)d bước; người giữ việc nhận thư báo.") % told)
        return redirect("flows:recompute")
    found = list(islice(moves(), MOST_SHOWN + 1))
    context = {
        "lines": [_line(move) for move in found[:MOST_SHOWN]], "more": len(found) > MOST_SHOWN,
        "version": version(), "outdated": outdated(version())[: MOST_SHOWN + 1].count(), "most": MOST_AT_ONCE,
        "missing": request.method == "POST",
    }  # fmt: skip
    return render(request, "flows/recompute.html", context, status=422 if context["missing"] else 200)
