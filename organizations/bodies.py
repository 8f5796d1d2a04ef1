"""The administrator's pages about bodies."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from audit.clock import today

from . import acts, forms, questions
from .access import holding, methods
from .asking import ask
from .models import Office, Organization
from .story import story_of

PAGE = 100  # bodies on a page


@methods("GET")
@holding(Office.ADMIN)
def bodies(request: HttpRequest) -> HttpResponse:
    """The tree of bodies, searched and in pages."""
    words, ended, after = request.GET.get("q", "")[:200], "het" in request.GET, request.GET.get("sau", "")[:200]
    found = [body for body in Organization.objects.listed(today(), words, ended=ended) if body.path > after]
    last = found[PAGE - 1].path if len(found) > PAGE else None
    context = {"words": words, "ended": ended, "last": last, "later": bool(after), "today": today()}
    context["bodies"] = found[:PAGE]
    return render(request, "organizations/bodies.html", context)


@methods("GET")
@holding(Office.ADMIN)
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """One body: its names, who holds which office there today, what was done."""
    unit = get_object_or_404(Organization.objects.select_related("parent"), pk=pk)
    held = unit.appointments.today().select_related("person").order_by("office", "person__sort_key")
    context = {"unit": unit, "held": held, "story": story_of(unit), "today": today()}
    return render(request, "organizations/body.html", context)


@methods("GET", "POST")
@holding(Office.ADMIN)
def body_add(request: HttpRequest) -> HttpResponse:
    """Enter a body."""
    form = forms.OrganizationForm(request.POST or None, initial={"parent": request.GET.get("cha", "")[:20]})
    return ask(request, questions.adding_body(), form, acts.add_organization)


@methods("GET", "POST")
@holding(Office.ADMIN)
def body_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the names of a body."""
    unit = get_object_or_404(Organization, pk=pk)
    form = forms.OrganizationNamesForm(request.POST or None, initial={"name": unit.name, "short_name": unit.short_name})
    return ask(request, questions.renaming(unit), form, partial(acts.change_organization, unit))


@methods("GET", "POST")
@holding(Office.ADMIN)
def body_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the last day of a body, having said what happens to its people."""
    unit = get_object_or_404(Organization, pk=pk)
    form = forms.OrganizationEndForm(request.POST or None, body=unit)
    return ask(request, questions.closing(unit), form, partial(acts.change_organization, unit))
