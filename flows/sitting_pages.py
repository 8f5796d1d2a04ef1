"""Pages of the council on paper: sittings, one sitting with its agenda and minutes, the typing of counts."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.ledger import witness
from councils import acts as council_acts
from councils.models import Sitting
from dossiers.access import posted_codes
from dossiers.errors import Gone, Unfit
from dossiers.models import Dossier
from files.acts import receive, register
from files.reasons import Refused as FileRefused
from files.serve import attachment_response
from organizations.access import actor_of, methods, person_of, signed_in
from organizations.models import Office

from . import sittings as room
from .paper_late import late_page
from .sitting_forms import MinutesForm, ReasonForm, SittingForm

View = Callable[..., HttpResponseBase]
PAGE = 50


def of_sitting(view: View) -> View:
    """The page is about the sitting named by `code`, for those of its council (404); what came too late is 409."""

    @wraps(view)
    def guarded(request: HttpRequest, code: str, **named: Any) -> HttpResponseBase:
        sitting = get_object_or_404(room.sittings_of(person_of(request)), code=code)
        try:
            return view(request, sitting, **named)
        except Gone as gone:
            return late_page(request, sitting, str(gone), _at(sitting), {_("Lý do"): request.POST.get("reason", "")})

    return signed_in(guarded)


def _at(sitting: Sitting) -> str:
    return reverse("flows:sitting", args=[sitting.code])


def _is_secretary(request: HttpRequest, sitting: Sitting) -> bool:
    return person_of(request).holds(Office.SECRETARY, sitting.council.organization_id)


@methods("GET")
@signed_in
def sittings(request: HttpRequest) -> HttpResponse:
    """Sittings of the person's councils, the latest first; page after page by the last one shown."""
    person, after = person_of(request), request.GET.get("sau", "")[:18]
    held = {one.office for one in person.offices_today()}
    if not held & set(council_acts.READERS):
        raise Http404
    counted = {"total": Count("ballots"), "agreed": Count("ballots", filter=Q(ballots__agreed__isnull=False))}
    found = room.sittings_of(person).annotate(**counted, cases=Count("ballots__group_label", distinct=True))
    shown = list(_after(found.order_by("-held_on", "-pk"), after)[: PAGE + 1])
    last = shown[PAGE - 1].code if len(shown) > PAGE else None
    context = {"sittings": shown[:PAGE], "last": last, "later": bool(after), "may_open": Office.SECRETARY in held}
    return render(request, "flows/sittings.html", context)


def _after(found: Any, code: str) -> Any:
    """Sittings older than the one of this code; all of them when there is none."""
    mark = Sitting.objects.filter(code=code).values("held_on", "pk").first() if code else None
    older = Q(held_on__lt=mark["held_on"]) | Q(held_on=mark["held_on"], pk__lt=mark["pk"]) if mark else Q()
    return found.filter(older)


@methods("GET", "POST")
@signed_in
def sitting_new(request: HttpRequest) -> HttpResponse:
    """Open a sitting; for the secretary."""
    person = person_of(request)
    if Office.SECRETARY not in {one.office for one in person.offices_today()}:
        raise Http404
    form = SittingForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        opened = council_acts.open_sitting(by=actor_of(request), **form.cleaned_data)
        return redirect("flows:sitting", opened.code)
    return render(request, "flows/sitting_new.html", {"form": form})


@methods("GET")
@of_sitting
def sitting(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """One sitting: its agenda with what the vote has come to, its minutes, its conclusion."""
    return _sitting_page(request, sitting)


def _sitting_page(request: HttpRequest, sitting: Sitting, status: int = 200, **forms: Any) -> HttpResponse:
    items, secretary = room.agenda(sitting), _is_secretary(request, sitting)
    context = {
        "sitting": sitting, "items": items, "is_secretary": secretary,
        "reading": council_acts.reading_of(sitting, person_of(request)),
        "candidates": list(room.candidates(sitting)[:PAGE]) if secretary else [],
        "ready": [item for item in items if item.act], "fallen": [item for item in items if item.act == "oppose"],
        "confirmed": sum(item.confirmed for item in items), "total": sum(len(item.ballots) for item in items),
        "minutes_form": MinutesForm(), "reason_form": ReasonForm(), **forms,
    }  # fmt: skip
    return render(request, "flows/sitting.html", context, status=status)


@methods("POST")
@of_sitting
def agenda_add(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Put the chosen dossiers on the agenda, each on its own."""
    if not _is_secretary(request, sitting):
        raise PermissionDenied
    chosen = Dossier.objects.visible_to(person_of(request)).filter(code__in=posted_codes(request, PAGE))
    done = room.put_on_many(sitting, list(chosen.order_by("moved_at", "pk")), by=actor_of(request))
    if not done:
        messages.warning(request, _("Chưa chọn hồ sơ nào. Hãy đánh dấu hồ sơ rồi bấm lại."))
    _tell(request, done, _("Đã đưa %(count)d hồ sơ vào chương trình phiên họp."))
    return redirect(_at(sitting))


def _tell(request: HttpRequest, done: list[room.Told], sentence: str) -> None:
    """How many were done, and each that was not with the reason why."""
    count = sum(not one.why for one in done)
    if count:
        messages.success(request, sentence % {"count": count})
    for one in done:
        if one.why:
            messages.warning(request, f"{one.code}: {one.why}")


@methods("POST")
@of_sitting
def agenda_remove(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Take one dossier off the agenda while nothing is counted."""
    seen = Dossier.objects.visible_to(person_of(request))
    dossier = get_object_or_404(seen, code__in=posted_codes(request, 1))
    room.take_off(sitting, dossier, by=actor_of(request))
    messages.success(request, _("Đã bỏ %(code)s khỏi chương trình.") % {"code": dossier.code})
    return redirect(_at(sitting))


@methods("GET", "POST")
@of_sitting
def minutes(request: HttpRequest, sitting: Sitting) -> HttpResponseBase:
    """Download the minutes, or keep a new file of them."""
    if request.method == "POST":
        return _keep_minutes(request, sitting)
    blob, uploader = sitting.minutes, _is_secretary(request, sitting)
    if blob is None or not (blob.open_to_others or (uploader and blob.open_to_uploader)):
        raise Http404
    answer = attachment_response(blob, sitting.minutes_name)
    witness("download_minutes", by=actor_of(request), subject=sitting, facts={"sha256": blob.sha256})
    return answer


def _keep_minutes(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    council_acts.require(actor_of(request), sitting.council, Office.SECRETARY)
    form = MinutesForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            finding, answer = receive(form.cleaned_data["file"])
            council_acts.keep_minutes(sitting, register(finding, answer), finding.name, by=actor_of(request))
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
    if form.errors:
        return _sitting_page(request, sitting, 422, minutes_form=form)
    messages.success(request, _("Đã lưu tệp biên bản."))
    return redirect(_at(sitting))


@methods("POST")
@of_sitting
def conclude(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Send on every dossier whose ballots are all confirmed."""
    form = ReasonForm(request.POST)
    if request.POST.get("version", "") not in ("", str(sitting.chain_position)):  # what was shown is not what is there
        raise Gone(_("Phiên họp đã thay đổi từ khi bạn mở trang; hãy xem lại trước khi chuyển kết quả."))
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else None
        done = room.conclude(sitting, by=actor_of(request), reason=reason) if reason is not None else None
    except Unfit as unfit:
        form.add_error("reason", unfit.sentences[0])
    if form.errors:
        return _sitting_page(request, sitting, 422, reason_form=form)
    if not done:
        raise Gone(_("Không còn hồ sơ nào đủ phiếu đã xác nhận để chuyển."))
    _tell(request, done, _("Đã chuyển kết quả của %(count)d hồ sơ."))
    return redirect(_at(sitting))
