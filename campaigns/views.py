"""Pages of the campaign: the list, the plan as a page, its common papers to send, fetch and look at."""

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from audit.clock import now, today
from audit.ledger import witness
from files import preview
from files.acts import receive, register
from files.models import Scan
from files.reasons import Refused
from files.serve import attachment_response, png_response
from organizations.access import actor_of, holding, methods, person_of
from organizations.calendar import distance, end_of_day
from organizations.models import Office, Place

from . import acts
from .forms import PaperForm
from .models import Campaign, CampaignPaper, Component
from .plan import Plan, may_add

EVERYONE = tuple(Office)
MOST_PAGES = 30  # of a preview; the rest is read in the original
LOOK = signing.TimestampSigner(salt="campaigns.preview")
LOOK_SECONDS = 4 * 3600  # how long the images of an opened preview page may be fetched


@methods("GET")
@holding(*EVERYONE)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign, the latest first, with how far its last day is."""
    found, at = Campaign.objects.select_related("authority"), now()
    rows = [{"campaign": one, "left": distance(end_of_day(one.last_day), at)} for one in found]
    return render(request, "campaigns/campaigns.html", {"rows": rows, "today": today()})


@methods("GET")
@holding(*EVERYONE)
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """The plan as a page."""
    return _plan_page(request, _campaign(code))


def _campaign(code: str) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("authority"), code=code)


def _plan_page(request: HttpRequest, found: Campaign, form: PaperForm | None = None, failed: int = 0) -> HttpResponse:
    context = {"plan": Plan(found, person_of(request)), "form": form or PaperForm(), "failed": failed, "today": today(),
               "may_rule": any(one.office == Office.ADMIN for one in person_of(request).offices_today())}  # fmt: skip
    return render(request, "campaigns/campaign.html", context, status=422 if form else 200)


@methods("POST")
@holding(*EVERYONE)
def paper_add(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Keep the next version of a common paper."""
    component = get_object_or_404(_campaign(code).components, pk=pk, holder=Component.Holder.CAMPAIGN)
    if not _keeps(request, component):
        raise PermissionDenied
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            finding, answer = receive(form.cleaned_data["file"])
            acts.add_paper(component, register(finding, answer), finding.name, by=actor_of(request))
        except Refused as refusal:
            form.add_error("file", str(refusal))
    if form.errors:
        return _plan_page(request, _campaign(code), form, component.pk)
    messages.success(request, _("Đã lưu tệp; các hồ sơ của đợt dùng chung tệp này."))
    return redirect("campaigns:campaign", code)


def _keeps(request: HttpRequest, component: Component) -> bool:
    standing = component.campaign.places.select_related("organization").filter(place=Place.STANDING_BODY).first()
    return may_add(person_of(request), standing.organization if standing else None)


def _paper(request: HttpRequest, code: str, pk: int) -> CampaignPaper:
    """One version of a common paper; while the scanner owes its answer only whoever brought it may open it."""
    papers = CampaignPaper.objects.select_related("blob", "by", "component__campaign")
    wanted = get_object_or_404(papers, pk=pk, component__campaign__code=code)
    brought = wanted.by_id == person_of(request).pk and wanted.blob.scan != Scan.INFECTED
    if not wanted.blob.open_to_others and not brought:
        raise PermissionDenied
    return wanted


def _noted(request: HttpRequest, act: str, wanted: CampaignPaper) -> None:
    facts = {"paper": wanted.pk, "name": wanted.name, "sha256": wanted.blob.sha256}
    witness(act, by=actor_of(request), subject=wanted.component.campaign, facts=facts)


@methods("GET")
@holding(*EVERYONE)
def paper(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """The original of a common paper, as an attachment; who took it goes into the ledger."""
    wanted = _paper(request, code, pk)
    response = attachment_response(wanted.blob, wanted.name)
    if response.status_code == 200:
        _noted(request, "download", wanted)
    return response


@methods("GET")
@holding(*EVERYONE)
def paper_preview(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The first pages of a common paper as images; opening it goes into the ledger, once for all its images."""
    wanted = _paper(request, code, pk)
    _noted(request, "preview", wanted)
    try:
        count, failed = preview.page_count(wanted.blob), ""
    except preview.PreviewFailed as failure:
        count, failed = 0, str(failure)
    pages = range(1, min(count, MOST_PAGES) + 1)
    context = {"paper": wanted, "pages": pages, "count": count, "failed": failed, "look": _look(request, wanted)}
    return render(request, "campaigns/paper.html", context)


@methods("GET")
@holding(*EVERYONE)
def paper_page(request: HttpRequest, code: str, pk: int, number: int) -> HttpResponse:
    """One page image, for somebody who opened the preview page; others are led there."""
    wanted = _paper(request, code, pk)
    try:
        looked = LOOK.unsign(request.GET.get("xem", ""), max_age=LOOK_SECONDS)
    except signing.BadSignature:
        looked = ""
    if looked != f"{person_of(request).pk}-{wanted.pk}":
        return redirect("campaigns:paper_preview", code, pk)
    try:
        return png_response(preview.page_png(wanted.blob, number))
    except preview.PreviewFailed as failed:
        return HttpResponse(str(failed), status=404, content_type="text/plain; charset=utf-8")


def _look(request: HttpRequest, wanted: CampaignPaper) -> str:
    """A word that says this person opened this preview page."""
    return LOOK.sign(f"{person_of(request).pk}-{wanted.pk}")
