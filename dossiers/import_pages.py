"""A list pasted or in an Excel file: read, shown with what is wrong, its right lines taken in when accepted."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organizations.access import actor_of, methods, person_of

from . import drafting, edits, list_draft
from .access import for_author, form_version
from .doubles import twins, warning
from .draft_forms import PasteForm, WorkbookForm
from .errors import Unfit
from .models import Dossier
from .nominee_list import ListReport, Row, parse_pasted
from .nominee_workbook import parse_workbook

MOST_WORKBOOK = 5 * 1024 * 1024  # bytes; 500 nominees need less than one


@methods("GET", "POST")
@for_author
def paste(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Where a list is pasted; also where the wrong lines of an earlier one come back corrected."""
    kept = drafting.typed_so_far(dossier, "paste", person_of(request))
    form = PasteForm(request.POST if request.method == "POST" else None, initial=kept.text if kept else None)
    if form.is_bound and form.is_valid():
        awards = list_draft.names_of(list_draft.awards_of(dossier))
        report = parse_pasted(form.cleaned_data["text"], awards)
        if _kept(request, dossier, form, report, beside=_right_ones(request, dossier)):
            edits.drop_scratch(dossier, "paste", by=actor_of(request))
            return redirect("dossiers:list_report", dossier.code)
    return _import_page(request, dossier, paste_form=form, kept=kept)


@methods("POST")
@for_author
def upload(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Where the list comes as an Excel file."""
    form = WorkbookForm(request.POST, request.FILES)
    if form.is_valid():
        uploaded = form.cleaned_data["file"]
        awards = list_draft.names_of(list_draft.awards_of(dossier))
        if uploaded.size > MOST_WORKBOOK:
            report = ListReport(problem=_("Tệp lớn hơn 5 MB. Hãy chép riêng danh sách sang tệp mẫu rồi gửi lại."))
        else:
            report = parse_workbook(uploaded.read(), awards)
        if _kept(request, dossier, form, report, source=uploaded.name):
            return redirect("dossiers:list_report", dossier.code)
    return _import_page(request, dossier, workbook_form=form)


def _import_page(request: HttpRequest, dossier: Dossier, **forms: Any) -> HttpResponse:
    blank = {"paste_form": PasteForm(), "workbook_form": WorkbookForm()}
    waiting = list_draft.waiting(dossier, person_of(request))
    return render(request, "dossiers/import.html", {"dossier": dossier, "waiting": waiting, **blank, **forms})


def _right_ones(request: HttpRequest, dossier: Dossier) -> list[Row]:
    """Right lines of the list that waits, when its wrong ones are sent corrected."""
    return list_draft.waiting(dossier, person_of(request)).right if "correcting" in request.POST else []


def _kept(
    request: HttpRequest, dossier: Dossier, form: Form, report: ListReport, source: str = "", beside: Any = ()
) -> bool:
    """Keep what was read until it is accepted; what kept all of it out is said in the form."""
    if report.problem:
        form.add_error(None, report.problem)
        return False
    list_draft.keep(dossier, report, by=actor_of(request), source=source[:200], beside=beside)
    return True


@methods("GET")
@for_author
def report(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """What became of the list: right lines to accept, wrong ones with what to write."""
    return _report_page(request, dossier)


def _report_page(request: HttpRequest, dossier: Dossier, problems: tuple[str, ...] = ()) -> HttpResponse:
    waiting, awards = list_draft.waiting(dossier, person_of(request)), list_draft.awards_of(dossier)
    if not waiting.rows:
        messages.info(request, _("Không còn danh sách nào chờ nhận."))
        return redirect("dossiers:draft", dossier.code)
    keys = [list_draft.key_of(row, awards) for row in waiting.right]
    there = twins(dossier, keys, person_of(request))
    right = [_shown(row, awards, warning(there.get(key, []))) for row, key in zip(waiting.right, keys, strict=True)]
    context = {
        "dossier": dossier, "waiting": waiting, "right": right, "problems": problems, "version": dossier.version,
        "wrong": [_shown(row, awards) for row in waiting.wrong], "text": list_draft.as_text(waiting.wrong, awards),
        "doubles": sum(any(twin.here for twin in there.get(key, [])) for key in keys),
    }  # fmt: skip
    return render(request, "dossiers/list_report.html", context)


def _shown(row: Row, awards: Any, double: str = "") -> dict[str, Any]:
    """A line as the page shows it."""
    cells = {column: list_draft.shown(column, value, awards)[:160] for column, value in row.values.items()}
    faults = {"errors": list(row.errors.values()), "warnings": row.warnings, "double": double}
    return {**cells, "number": row.number, **faults}


@methods("POST")
@for_author
def accept(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Take the right lines in; the wrong ones stay to be corrected."""
    try:
        added, left = list_draft.accept(
            dossier, by=actor_of(request), version=form_version(request), skip_doubles="skip" in request.POST
        )
    except Unfit as refusal:
        return _report_page(request, dossier, tuple(refusal.sentences))
    messages.success(request, ngettext("Đã nhận %(n)d đề nghị.", "Đã nhận %(n)d đề nghị.", added) % {"n": added})
    return redirect("dossiers:list_report" if left else "dossiers:draft", dossier.code)


@methods("POST")
@for_author
def drop(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Put the waiting list away for good."""
    edits.drop_scratch(dossier, list_draft.FORM, by=actor_of(request))
    messages.info(request, _("Đã bỏ danh sách chờ nhận."))
    return redirect("dossiers:draft", dossier.code)
