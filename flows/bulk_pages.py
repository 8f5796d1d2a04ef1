"""Pages of one act on many dossiers: choose, look at what will happen, confirm, see it being done, take up the rest."""

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.ledger import Actor
from dossiers.errors import Unfit
from organizations.access import methods, person_of, signed_in, way_back

from . import bulk
from .bulk_fit import BUTTONS, judges, title_of
from .models import BulkJob, BulkRow
from .tasks import run_bulk

LISTED = 50  # jobs
MOST_EFFECTS = 6  # lines of what will happen, above the rows
View = Callable[..., HttpResponse]
Stage, Result = BulkJob.Stage, BulkRow.Result


def of_job(view: View) -> View:
    """The page is about the job `pk` of this person; another's does not exist (404)."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        return view(request, get_object_or_404(BulkJob, pk=pk, person=person_of(request)))

    return signed_in(guarded)


@methods("GET", "POST")
@signed_in
def bulk_jobs(request: HttpRequest) -> HttpResponse:
    """What the person did in bulk, newest first; posted steps and an act become one more, to be looked at first."""
    if request.method == "POST":
        return _choose(request)
    jobs = list(BulkJob.objects.filter(person=person_of(request)).counted()[:LISTED])
    told = [{"job": job, "title": title_of(job.act), "tone": _tone(job)} for job in jobs]
    return render(request, "flows/bulk_jobs.html", {"jobs": told})


def _choose(request: HttpRequest) -> HttpResponse:
    act = request.POST.get("act", "")
    if act not in BUTTONS:
        raise Http404
    typed = request.POST.getlist("step")
    steps = [int(one) for one in typed if one.isascii() and one.isdecimal() and len(one) < 19]
    try:
        return redirect(bulk.choose(steps, act, by=_actor(request)))
    except Unfit as unfit:
        messages.warning(request, " ".join(unfit.sentences))
        return redirect(way_back(request, "/ban-viec/"))


@methods("GET")
@of_job
def bulk_job(request: HttpRequest, job: BulkJob) -> HttpResponse:
    """What will happen, or how far it is, or what came of it: one line for each dossier."""
    rows = list(job.rows.shown())
    context = {"job": job, "title": title_of(job.act), "rows": rows, **_sums(job, rows), **_words(job, rows)}
    return render(request, f"flows/bulk_{'preview' if job.stage == Stage.PREVIEW else 'run'}.html", context)


@methods("POST")
@of_job
def bulk_run(request: HttpRequest, job: BulkJob) -> HttpResponse:
    """Begin what was previewed, or go on with what nobody is doing; a few rows while the page waits."""
    bulk.confirm(job, by=_actor(request))
    waiting = job.rows.filter(result=Result.WAITING)
    if waiting.count() <= bulk.AT_ONCE:
        bulk.run(job.pk, seconds=bulk.PATIENCE, tell=False)
    if waiting.exists():
        run_bulk.delay(job.pk)
    return redirect(job)


@methods("POST")
@of_job
def bulk_drop(request: HttpRequest, job: BulkJob) -> HttpResponse:
    """Do no more of it."""
    bulk.drop(job, by=_actor(request))
    if job.stage == Stage.PREVIEW:
        messages.info(request, _("Đã bỏ; chưa có hồ sơ nào thay đổi."))
        return redirect("flows:desk")
    return redirect(job)


@methods("POST")
@of_job
def bulk_again(request: HttpRequest, job: BulkJob) -> HttpResponse:
    """The same act on what was not done, previewed anew."""
    try:
        return redirect(bulk.choose_again(job, by=_actor(request)))
    except Unfit:
        messages.info(request, _("Mọi hồ sơ của lần này đã làm xong."))
        return redirect(job)


def _actor(request: HttpRequest) -> Actor:
    """The person as they act; in which office, the law says."""
    return Actor(person_of(request), correlation=getattr(request, "correlation", ""))


def _sums(job: BulkJob, rows: list[BulkRow]) -> dict[str, Any]:
    """How many rows wait, were done, could not be; whether somebody is at it."""
    count = Counter(row.result for row in rows)
    running = job.stage == Stage.RUNNING
    held = running and job.lease_until is not None and job.lease_until > timezone.now()
    return {
        "waiting": count[Result.WAITING], "done": count[Result.DONE], "refused": count[Result.REFUSED],
        "settled": len(rows) - count[Result.WAITING], "running": running, "idle": running and not held,
        "left": len(rows) - count[Result.DONE],
    }  # fmt: skip


def _words(job: BulkJob, rows: list[BulkRow]) -> dict[str, Any]:
    """The one button, and what will happen in all rows together."""
    will = [row for row in rows if row.result == Result.WAITING]
    told = Counter(row.message for row in will).most_common()
    effects = [_("%(n)d hồ sơ: %(effect)s") % {"n": n, "effect": effect} for effect, n in told[:MOST_EFFECTS]]
    if len(told) > MOST_EFFECTS:
        effects.append(_("Còn lại: xem từng dòng ở dưới."))
    return {
        "button": BUTTONS[job.act] % {"n": len(will)}, "effects": effects, "one_effect": len(told) == 1,
        "judged": sum(row.standing or 0 for row in will) if judges(job.act) else 0, "judges": judges(job.act),
    }  # fmt: skip


def _tone(job: BulkJob) -> str:
    if job.stage == Stage.DONE:
        return "soon" if job.left else "fine"
    return "navy" if job.stage == Stage.RUNNING else "plain"
