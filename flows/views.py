"""The dossier page, and the one door by which a form becomes an act."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit.ledger import Actor
from dossiers.access import form_version, posted_version
from dossiers.acts import require_may
from dossiers.conflict import conflict_page
from dossiers.errors import Gone, NotNow, Unfit
from dossiers.forms import form_for
from dossiers.free_hand import Recused
from dossiers.lifecycle import law
from dossiers.models import Dossier
from organizations.access import actor_of, holding, methods, person_of, signed_in, way_back
from organizations.models import Office

from . import desk as doing
from .desk_wish import Wish
from .dossier_page import DossierPage
from .forms import OpenForm
from .models import StepRow
from .offers import done_sentence
from .onward import dossier_url, onward_url
from .row_figures import seen_version
from .seen import note_seen
from .typed import Typed, kept_texts

THEN = ("", "submit", "resubmit")
UNFIT = 422  # what was typed does not fit; the page comes back with every word of it


@methods("GET")
@signed_in
def dossier(request: HttpRequest, code: str) -> HttpResponse:
    """One dossier: where it is, who must act, what happened; that it was opened is written down."""
    row = _row(request, process__dossier__code=code)
    answer = _page(request, row)
    if request.method == "GET":
        note_seen(row, by=actor_of(request))
    return answer


@methods("GET", "POST")
@signed_in
def act(request: HttpRequest, passage: int, node: str, step: int) -> HttpResponse:
    """Do one act in the open step; what was typed comes back whatever happens."""
    row = _step(request, passage, node, step)
    if request.method != "POST":
        return redirect(row.process.dossier)
    name, then = _asked(request)
    try:
        doing.require_ready(row, name, by=_actor(request), version=form_version(request))
        return _do(request, row, name, then)
    except Gone as gone:
        return _too_late(request, row.process.dossier, str(gone))


def _do(request: HttpRequest, row: StepRow, name: str, then: str) -> HttpResponse:
    """Form to facts, facts to act; an unfit form is the dossier page again."""
    form = form_for(name)(request.POST, dossier=row.process.dossier)
    if not form.is_valid():
        return _page(request, row, form=form)
    try:
        entry = doing.do(row.process_id, row.pk, name, by=_actor(request), version=form_version(request), then=then,
                         **form.cleaned_data)  # fmt: skip
    except Recused as refusal:  # the form is theirs no more, what was typed in it still is
        return _too_late(request, row.process.dossier, refusal.sentences[0])
    except (Unfit, NotNow) as refusal:
        return _page(request, row, form=form, sentences=refusal.sentences)
    messages.success(request, done_sentence(entry, row.flow_task.flow_class.instance.nodes()))
    if entry.source == entry.target:
        return redirect(entry.subject)
    came = _came(request)
    return redirect(onward_url(came, row) if "next" in request.POST else Wish.of(came).url() if came else "flows:desk")


@methods("POST")
@signed_in
def claim(request: HttpRequest, passage: int, node: str, step: int) -> HttpResponse:
    """Take a step of one's office."""
    row = _step(request, passage, node, step)
    try:
        over = request.POST.get("over", "")
        doing.claim(passage, step, by=_actor(request), over=int(over) if over.isdecimal() and len(over) < 16 else None)
    except Gone as gone:
        return _too_late(request, row.process.dossier, str(gone))
    messages.success(request, _("Bạn đã nhận %(code)s.") % {"code": row.process.dossier.code})
    return redirect(way_back(request, row.process.dossier.get_absolute_url()))


@methods("POST")
@signed_in
def release(request: HttpRequest, passage: int, node: str, step: int) -> HttpResponse:
    """Put a step back into the pool of one's office."""
    row = _step(request, passage, node, step)
    try:
        doing.release(passage, step, by=_actor(request))
    except Gone as gone:
        return _too_late(request, row.process.dossier, str(gone))
    messages.success(request, _("Đã trả %(code)s lại chung của phòng.") % {"code": row.process.dossier.code})
    return redirect(way_back(request, row.process.dossier.get_absolute_url()))


@methods("GET", "POST")
@signed_in
def accept_late(request: HttpRequest, code: str) -> HttpResponse:
    """Take a lapsed dossier in after all, until a named day; for the head of the standing office."""
    late = _row(request, process__dossier__code=code).process.dossier
    form = form_for("accept_late")(request.POST or None, dossier=late)
    try:
        require_may(late, "accept_late", by=_actor(request), version=posted_version(request))
        if request.method == "POST" and form.is_valid():
            doing.accept_late(late, by=_actor(request), version=form_version(request), **form.cleaned_data)
            messages.success(request, _("Đã nhận %(code)s trễ hạn; đơn vị có việc.") % {"code": late.code})
            return redirect("flows:desk")  # a draft is the unit's alone again
    except Unfit as refusal:
        form.add_error(None, refusal.sentences)
    except Gone as gone:
        return _too_late(request, late, str(gone))
    return render(request, "flows/accept_late.html", {"dossier": late, "form": form}, status=_status(form))


@methods("GET", "POST")
@holding(Office.AUTHOR)
def open_dossier(request: HttpRequest) -> HttpResponse:
    """Choose a campaign that is open today and begin a dossier of one's unit in it."""
    form = OpenForm(request.POST or None, person=person_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            opened = doing.open_dossier(by=actor_of(request), **form.chosen())
        except Unfit as refusal:
            form.add_error(None, refusal.sentences)
        else:
            messages.success(request, _("Đã lập hồ sơ %(code)s.") % {"code": opened.code})
            return redirect("dossiers:draft", opened.code)
    return render(request, "flows/open.html", {"form": form}, status=_status(form))


def _status(form: Any) -> int:
    return UNFIT if form.errors else 200


def _actor(request: HttpRequest) -> Actor:
    """The person as they act; in which office, the law says."""
    return Actor(person_of(request), correlation=getattr(request, "correlation", ""))


def _asked(request: HttpRequest) -> tuple[str, str]:
    """The act asked for and the one to follow at once; what the law does not know is not found."""
    name, then = request.POST.get("next") or request.POST.get("act", ""), request.POST.get("then", "")
    if name not in law(Dossier) or then not in THEN:
        raise Http404
    return name, then


def _came(request: HttpRequest) -> str:
    """The view of the desk the person came from, as a query string; nothing when they came from elsewhere."""
    asked = request.POST if request.method == "POST" else request.GET
    return Wish.of(asked["tu"]).query if asked.get("tu") else ""


def _row(request: HttpRequest, **wanted: Any) -> StepRow:
    """The latest step of a dossier this person may see, or 404."""
    seen = Dossier.objects.visible_to(person_of(request))
    told = StepRow.objects.on(seen).told_to(person_of(request)).with_least()
    row = told.annotate(seen=seen_version(person_of(request))).filter(**wanted).order_by("-pk").first()
    if row is None:
        raise Http404
    return row


def _step(request: HttpRequest, passage: int, node: str, step: int) -> StepRow:
    """The step, if passage, node and step belong together and this person may see the dossier; else 404."""
    row = _row(request, pk=step, process=passage, flow_task_type="HUMAN")
    if row.flow_task.name != node:
        raise Http404
    return row


def _page(request: HttpRequest, row: StepRow, *, form: Any = None, sentences: Any = ()) -> HttpResponse:
    """The dossier page; with a form that could not be done, 422 and all that was typed."""
    typed = Typed.of(request.POST, form, list(sentences)) if form is not None else None
    page = DossierPage(person_of(request), row, typed=typed, whole="nhat-ky" in request.GET)
    came = _came(request)
    context = {"page": page, "dossier": page.dossier, "came": came, "here": dossier_url(page.dossier.code, came),
               "keys": _keys()}  # fmt: skip
    return render(request, "flows/dossier.html", context, status=UNFIT if typed else 200)


def _keys() -> list[tuple[str, str]]:
    return [
        ("1 2 3", _("chọn ý kiến ở đề nghị đang chọn")), ("c", _("nhận việc")), ("r", _("trả việc lại chung")),
        ("a", _("đến nút việc chính; Enter để làm")),
        ("n", _("đến nút “Xong và mở việc tiếp theo”; bấm lần nữa để làm")),
    ]  # fmt: skip


def _too_late(request: HttpRequest, late: Dossier, headline: str) -> HttpResponse:
    """409: who did what since the form was made, and the typed text to copy from."""
    return conflict_page(request, late, posted_version(request), kept_texts(request.POST, late), headline)
