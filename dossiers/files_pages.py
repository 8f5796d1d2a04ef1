"""The papers of a dossier: brought in, replaced, taken off, fetched, looked at page by page."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from audit.ledger import witness
from campaigns.models import Component
from files.guard import Refused as FileRefused
from files.models import Scan
from files.preview import PreviewFailed, page_count, page_png
from files.serve import attachment_response, png_response
from organizations.access import actor_of, methods, person_of, way_back
from organizations.models import Place

from . import drafting, papers
from .access import form_version, of_dossier, shown_version
from .draft_forms import PaperForm
from .errors import Unfit
from .models import Document, DocumentVersion, Dossier

PAGES = 20  # images on one preview page
LOOK = signing.TimestampSigner(salt="dossiers.preview")
LOOK_SECONDS = 4 * 3600  # how long the images of an opened preview page may be fetched


@methods("GET", "POST")
@of_dossier
def add_paper(request: HttpRequest, dossier: Dossier, component: str) -> HttpResponse:
    """Bring a paper for one component of the checklist."""
    found = get_object_or_404(dossier.campaign.components, code=component)
    papers.require_provider(dossier, found, actor_of(request))
    form = PaperForm(*_sent(request))
    if _taken(request, dossier, form, found):
        messages.success(request, _("Đã nhận tệp cho “%(name)s”.") % {"name": found.name})
        return redirect(way_back(request, dossier.get_absolute_url()))
    return _paper_page(request, dossier, form, found)


@methods("GET", "POST")
@of_dossier
def replace(request: HttpRequest, dossier: Dossier, document: int) -> HttpResponse:
    """Bring the next version of a paper; the earlier ones are kept."""
    old = _document(dossier, document)
    papers.require_provider(dossier, old.component, actor_of(request))
    form = PaperForm(*_sent(request))
    if _taken(request, dossier, form, old.component, replaces=old.pk):
        messages.success(request, _("Đã thay bằng bản mới; bản cũ vẫn được giữ."))
        return redirect(way_back(request, dossier.get_absolute_url()))
    return _paper_page(request, dossier, form, old.component, old=old)


@methods("GET", "POST")
@of_dossier
def remove(request: HttpRequest, dossier: Dossier, document: int) -> HttpResponse:
    """Ask, then take a paper off the checklist."""
    old = _document(dossier, document)
    actor = actor_of(request)
    papers.require_provider(dossier, old.component, actor)
    if request.method == "POST":
        papers.remove_paper(dossier, old.pk, by=actor, version=form_version(request))
        messages.success(request, _("Đã gỡ tệp “%(name)s”.") % {"name": old.latest.name})
        return redirect(way_back(request, dossier.get_absolute_url()))
    return render(request, "dossiers/paper_remove.html", _paper_context(request, dossier, old.component, old))


def _document(dossier: Dossier, pk: int) -> Document:
    """A paper that was not taken off, with its versions."""
    there = dossier.documents.filter(removed_at=None).select_related("component")
    return get_object_or_404(there.prefetch_related("versions__blob", "versions__by"), pk=pk)


def _sent(request: HttpRequest) -> tuple:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _taken(
    request: HttpRequest, dossier: Dossier, form: Form, component: Component, replaces: int | None = None
) -> bool:
    """Take the file in; why it was refused is said in the form."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        drafting.take_paper(
            dossier, component, form.cleaned_data["file"], by=actor_of(request), version=form_version(request),
            replaces=replaces,
        )  # fmt: skip
    except FileRefused as refusal:
        form.add_error("file", str(refusal))
    except Unfit as refusal:
        form.add_error("file", " ".join(refusal.sentences))
    return not form.errors


def _paper_context(request: HttpRequest, dossier: Dossier, component: Component, old: Document | None) -> dict:
    back = way_back(request, dossier.get_absolute_url())
    version = shown_version(request, dossier)
    return {"dossier": dossier, "component": component, "old": old, "back": back, "version": version}


def _paper_page(
    request: HttpRequest, dossier: Dossier, form: Form, component: Component, old: Document | None = None
) -> HttpResponse:
    return render(
        request, "dossiers/paper_form.html", {"form": form, **_paper_context(request, dossier, component, old)}
    )


@methods("GET")
@of_dossier
def download(request: HttpRequest, dossier: Dossier, version: int) -> HttpResponse:
    """The original, to be saved; who took which content goes into the ledger."""
    wanted = _open_version(request, dossier, version)
    response = attachment_response(wanted.blob, wanted.name)
    if response.status_code == 200:
        witness("download", by=actor_of(request), subject=dossier, facts=_facts(wanted))
    return response


@methods("GET")
@of_dossier
def preview(request: HttpRequest, dossier: Dossier, version: int) -> HttpResponse:
    """A paper as page images, with its versions; opening it goes into the ledger, once for all its images."""
    wanted = _open_version(request, dossier, version)
    witness("preview", by=actor_of(request), subject=dossier, facts=_facts(wanted))
    first = request.GET.get("tu", "")
    start = max(int(first), 1) if first.isdecimal() and len(first) < 6 else 1
    context = {"dossier": dossier, "version": wanted, "look": _look(request, wanted), **_pages(wanted, start)}
    return render(request, "dossiers/preview.html", context)


def _pages(wanted: DocumentVersion, start: int) -> dict[str, Any]:
    """Which page images there are, or why there are none."""
    try:
        count = page_count(wanted.blob)
    except PreviewFailed as failed:
        return {"failed": str(failed)}
    last = min(start + PAGES - 1, count)
    return {"pages": range(start, last + 1), "count": count, "next": last + 1 if last < count else None, "start": start}


@methods("GET")
@of_dossier
def preview_image(request: HttpRequest, dossier: Dossier, version: int, page: int) -> HttpResponse:
    """One page image, for somebody who opened the preview page; others are led there."""
    wanted = _open_version(request, dossier, version)
    if not _has_looked(request, wanted):
        return redirect("dossiers:preview", dossier.code, version)
    try:
        return png_response(page_png(wanted.blob, page))
    except PreviewFailed as failed:
        return HttpResponse(str(failed), status=404, content_type="text/plain; charset=utf-8")


def _open_version(request: HttpRequest, dossier: Dossier, pk: int) -> DocumentVersion:
    """A version of a paper of this dossier.

    Raises    PermissionDenied while the scanner owes its answer, unless this person brought it; for malware always
    """
    there = DocumentVersion.objects.filter(document__dossier=dossier, document__removed_at=None)
    if not Dossier.objects.filter(pk=dossier.pk).heard_by(person_of(request)).exists():
        there = there.filter(document__component__provider=Place.UNIT)  # a desk's paper under way is the desk's
    wanted = get_object_or_404(there.select_related("blob", "by", "document__component"), pk=pk)
    brought = wanted.by_id == person_of(request).pk and wanted.blob.scan != Scan.INFECTED
    if not wanted.blob.open_to_others and not brought:
        raise PermissionDenied
    return wanted


def _facts(wanted: DocumentVersion) -> dict[str, Any]:
    return {"version": wanted.pk, "number": wanted.number, "name": wanted.name, "sha256": wanted.blob.sha256}


def _look(request: HttpRequest, wanted: DocumentVersion) -> str:
    """A word that says this person opened this preview page."""
    return LOOK.sign(f"{person_of(request).pk}-{wanted.pk}")


def _has_looked(request: HttpRequest, wanted: DocumentVersion) -> bool:
    try:
        said = LOOK.unsign(request.GET.get("xem", ""), max_age=LOOK_SECONDS)
    except signing.BadSignature:
        return False
    return said == f"{person_of(request).pk}-{wanted.pk}"
