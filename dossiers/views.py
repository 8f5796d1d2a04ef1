"""The author's pages: the draft with its letter and papers, one nominee at a time, what is being typed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from organizations.access import actor_of, methods, person_of, way_back
from organizations.names import fold

from . import drafting, edits, list_draft
from .access import for_author, form_version, shown_version
from .doubles import twins, warning
from .draft_forms import DraftForm, NomineeForm, letter_initial
from .draft_page import DraftPage
from .errors import Unfit
from .models import Dossier, Scratch
from .nominee_questions import Asked, asked_for
from .states import State


def draft_url(dossier: Dossier, part: str = "") -> str:
    """The author's page, at one of its parts."""
    return reverse("dossiers:draft", args=[dossier.code]) + part


@methods("GET", "POST")
@for_author
def draft(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """What is missing, the letter, the names, the papers; saves the letter and the files chosen."""
    page, kept = _page(request, dossier), drafting.typed_so_far(dossier, "draft", person_of(request))
    initial = letter_initial(dossier) | (kept.text if kept else {})
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DraftForm(*sent, components=page.open_components, initial=initial)
    if form.is_bound:
        if _save_draft(request, dossier, form):
            return redirect("dossiers:draft", dossier.code)
        kept, page = None, _page(request, drafting.read_again(dossier))
    return _draft_page(request, page, form, kept)


def _draft_page(request: HttpRequest, page: DraftPage, form: DraftForm, kept: Scratch | None) -> HttpResponse:
    context = {"page": page, "dossier": page.dossier, "form": form, "kept": kept,
               "waiting": list_draft.waiting(page.dossier, page.person), "papers": page.parts(form)}  # fmt: skip
    return render(request, "dossiers/draft.html", context)


def _page(request: HttpRequest, dossier: Dossier) -> DraftPage:
    after = request.GET.get("tu", "")
    start = int(after) if after.isdecimal() and len(after) < 5 else 0
    return DraftPage(dossier, person_of(request), request.GET.get("xem", ""), start, request.GET.get("xep", ""))


def _save_draft(request: HttpRequest, dossier: Dossier, form: DraftForm) -> bool:
    """Save what is fit; False when something was refused, which then stands in the form."""
    form.is_valid()
    letter = None if {"letter_number", "letter_day"} & form.errors.keys() else form.letter()
    papers = form.papers()
    refused = drafting.save_draft(dossier, letter, papers, by=actor_of(request), version=form_version(request))
    for code, why in refused.items():
        form.add_error(f"file-{code}", why)
    if not form.errors:
        messages.success(request, _("Đã lưu tờ trình và giấy tờ."))
    return not form.errors


@methods("GET", "POST")
@for_author
def add_nominee(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Add one name, or correct one line of a list that waits."""
    if dossier.state != State.DRAFT:
        return _sent_away(request, dossier, _("Hồ sơ bổ sung không thêm được đề nghị mới."))
    asked = asked_for(request, dossier)
    if _done(asked.form, lambda values: drafting.add_one(
        dossier, values, by=actor_of(request), version=form_version(request), line=asked.line
    )):  # fmt: skip
        _tell(request, dossier, asked, _("Đã thêm %(name)s."))
        again = reverse("dossiers:add_nominee", args=[dossier.code]) + f"?loai={asked.kind}"
        return redirect(again if "more" in request.POST else way_back(request, draft_url(dossier, "#danh-sach")))
    return _ask(request, dossier, "dossiers/nominee.html", asked=asked)


@methods("GET", "POST")
@for_author
def change_nominee(request: HttpRequest, dossier: Dossier, pk: int) -> HttpResponse:
    """Change one name; in a supplement only one the desk asked about."""
    nomination = get_object_or_404(dossier.nominations.prefetch_related("verdicts"), pk=pk)
    if request.method != "POST" and not edits.may_change(dossier, nomination):
        return _sent_away(request, dossier, _("Chỉ sửa được những đề nghị còn trong hồ sơ và được yêu cầu bổ sung."))
    asked = asked_for(request, dossier, nomination)
    if _done(asked.form, lambda values: drafting.change_one(
        dossier, nomination, values, by=actor_of(request), version=form_version(request)
    )):  # fmt: skip
        _tell(request, dossier, asked, _("Đã lưu %(name)s."))
        return redirect(way_back(request, draft_url(dossier, "#danh-sach")))
    return _ask(request, dossier, "dossiers/nominee.html", asked=asked)


@methods("GET", "POST")
@for_author
def remove_nominee(request: HttpRequest, dossier: Dossier, pk: int) -> HttpResponse:
    """Ask, then take one name off a draft."""
    nomination = get_object_or_404(dossier.nominations, pk=pk)
    form = Form(request.POST if request.method == "POST" else None)
    if _done(form, lambda _values: drafting.remove_one(
        dossier, nomination, by=actor_of(request), version=form_version(request)
    )):  # fmt: skip
        messages.success(request, _("Đã xoá %(name)s khỏi danh sách.") % {"name": nomination.full_name})
        return redirect(draft_url(dossier, "#danh-sach"))
    return _ask(request, dossier, "dossiers/nominee_remove.html", nomination=nomination, form=form)


@methods("POST")
@for_author
def scratch(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Keep what is being typed: 204, or 413 when it is more than is kept."""
    try:
        drafting.keep_typed(dossier, request.POST, by=actor_of(request))
    except drafting.TooMuch:
        sentence = _("Nội dung đang gõ quá dài nên không lưu nháp được. Hãy chia làm nhiều lần.")
        return HttpResponse(sentence, status=413, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@methods("POST")
@for_author
def discard(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Forget what was typed and not saved in one form."""
    edits.drop_scratch(dossier, request.POST.get("form", "")[:40].replace("\0", ""), by=actor_of(request))
    messages.info(request, _("Đã bỏ phần đang gõ dở."))
    return redirect(way_back(request, draft_url(dossier)))


def _ask(request: HttpRequest, dossier: Dossier, template: str, **context: Any) -> HttpResponse:
    return render(request, template, {"dossier": dossier, "version": shown_version(request, dossier), **context})


def _done(form: Form, act: Callable[[dict], Any]) -> bool:
    """Do the act with a good form; what does not fit is said in the form."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        act(form.values() if isinstance(form, NomineeForm) else {})
    except Unfit as refusal:
        for sentence in refusal.sentences:
            form.add_error(None, sentence)
        return False
    return True


def _tell(request: HttpRequest, dossier: Dossier, asked: Asked, sentence: str) -> None:
    """Say what was saved, and that the name stands twice if it does."""
    values = asked.form.values()
    key = (fold(values["full_name"])[:300], values["award_id"])
    there = twins(dossier, [key], person_of(request)).get(key, [])
    own = asked.nomination.pk if asked.nomination else max((t.pk for t in there if t.here), default=0)
    messages.success(request, sentence % {"name": values["full_name"]})
    if told := warning([twin for twin in there if twin.pk != own]):
        messages.warning(request, told)


def _sent_away(request: HttpRequest, dossier: Dossier, why: str) -> HttpResponse:
    messages.warning(request, why)
    return redirect(draft_url(dossier))
