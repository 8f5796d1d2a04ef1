"""How a page of a dossier is guarded: who may see it, whether the form is still of today, whose hand it needs."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from organizations.access import person_of, signed_in
from organizations.models import Office

from .conflict import conflict_page
from .draft_forms import typed_in
from .errors import Gone
from .models import Dossier
from .states import EDITABLE

View = Callable[..., HttpResponse]
CODE = re.compile(r"HS-[0-9]{4}-[0-9]{4,9}")
NEVER = -1  # a version no dossier has: a form without one is never of today


def of_dossier(view: View) -> View:
    """The page is about the dossier named by `code`, for those who may see it (404); too late is 409."""

    @wraps(view)
    def guarded(request: HttpRequest, code: str, **named: Any) -> HttpResponse:
        seen = Dossier.objects.visible_to(person_of(request)).select_related("campaign", "unit", "decision")
        dossier = get_object_or_404(seen, code=code)
        try:
            return view(request, dossier, **named)
        except Gone as gone:
            return conflict_page(request, dossier, posted_version(request), typed_in(request.POST), str(gone))

    return signed_in(guarded)


def for_author(view: View) -> View:
    """The page is the author's, while the dossier lies with them; a bookmark of later leads to the dossier."""

    @wraps(view)
    def guarded(request: HttpRequest, dossier: Dossier, **named: Any) -> HttpResponse:
        author = person_of(request).holds(Office.AUTHOR, dossier.unit_id)
        if dossier.state not in EDITABLE and request.method == "POST":
            raise Gone(_("Hồ sơ không còn ở chỗ người lập, không sửa được nữa."))
        if not author:
            raise PermissionDenied
        if dossier.state not in EDITABLE:
            return redirect(dossier)
        return view(request, dossier, **named)

    return of_dossier(guarded)


def posted_version(request: HttpRequest) -> int | None:
    """The version the form was made from, or None when it does not say."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 16 else None


def shown_version(request: HttpRequest, dossier: Dossier) -> int:
    """The version a form carries: a form shown again keeps the one it was made from."""
    version = posted_version(request)
    return dossier.version if version is None else version


def form_version(request: HttpRequest) -> int:
    """The version to check a change against; a form that carries none is too old."""
    version = posted_version(request)
    return NEVER if version is None else version


def posted_codes(request: HttpRequest, most: int) -> list[str]:
    """The codes of dossiers chosen in a form; what cannot be one is left out before a database is asked."""
    return [code for code in request.POST.getlist("dossier")[:most] if CODE.fullmatch(code)]
