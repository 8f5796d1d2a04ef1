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
MOST_LOOKED = 5000  # steps that the preview reckons
MOST_SECONDS = 15.0  # of one request; the page comes back for the rest


def _line(move: Move) -> dict:
    """One step that would move, in words."""
    due = move.after.due_at
    return {"move": move, "distance": distance(due, now()) if due else None}


@methods("GET", "POST")
@holding(Office.ADMIN, Office.CHANCERY)
def recompute_page(request: HttpRequest) -> HttpResponse:
    """Preview what would move, and move it with a reason."""
    reason, after = request.POST.get("reason", "").strip()[:500], request.POST.get("after", "0")
    if request.method == "POST" and reason:
        at = int(after) if after.isdecimal() and len(after) < 16 else 0
        by = request.actor  # type: ignore[attr-defined]
        moved, rest = recompute(by=by, reason=reason, after=at, seconds=MOST_SECONDS)
        told = _("Đã tính lại hạn của %(count)d bước; người giữ việc nhận thư báo.") % {"count": moved}
        messages.success(request, told)
        if rest is None:
            return redirect("flows:recompute")
        return _page(request, reason=reason, after=rest)
    return _page(request, missing=request.method == "POST")


def _page(request: HttpRequest, *, reason: str = "", after: int = 0, missing: bool = False) -> HttpResponse:
    found = list(islice(moves(most=MOST_LOOKED), MOST_SHOWN + 1))
    context = {
        "lines": [_line(move) for move in found[:MOST_SHOWN]], "more": len(found) > MOST_SHOWN,
        "version": version(), "outdated": outdated()[: MOST_SHOWN + 1].count(), "looked": MOST_LOOKED,
        "missing": missing, "reason": reason, "after": after,
    }  # fmt: skip
    return render(request, "flows/recompute.html", context, status=422 if missing else 200)
