"""How a request becomes a person who acts: sign-in, the office that a page asks for, the methods it answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit.ledger import Actor

from .authority import acting, in_office
from .models import Office, Organization, Person

View = Callable[..., HttpResponse]


def person_of(request: HttpRequest) -> Person:
    """The signed-in person themselves, not the lazy object that Django wraps around them."""
    user: Any = request.user
    if not user.is_authenticated:
        raise PermissionDenied  # the page forgot to ask for a sign-in
    return getattr(user, "_wrapped", user)


def actor_of(request: HttpRequest, office: str = "", organization: Organization | None = None) -> Actor:
    """Who acts in this request, in which office of which body, and in whose name when they stand in for its holder.

    office    left empty, the person's only office today is meant.  With several the line names none: what only reads
              is done in no office, and what writes asks for its body in its form and passes `authority.acting`
    """
    person = person_of(request)
    by = Actor(person, correlation=getattr(request, "correlation", ""))
    if office and organization is not None:
        return acting(by, office, organization)
    held = person.offices_today()
    return in_office(by, held[0]) if len(held) == 1 else by


def methods(*allowed: str) -> Callable[[View], View]:
    """The methods a page answers; any other gets 405 before anything else is asked.  GET brings HEAD."""
    return require_http_methods([*allowed, "HEAD"] if "GET" in allowed else list(allowed))


def signed_in(view: View) -> View:
    """The page is for people who signed in; others are sent to sign in and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        response = view(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return guarded


def holding(*offices: Office) -> Callable[[View], View]:
    """The page is for holders of one of these offices today; for others it does not exist (404).

    Sets `request.actor` to the person in that office.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            held = next((one for one in person_of(request).offices_today() if one.office in offices), None)
            if held is None:
                raise Http404
            by = Actor(person_of(request), correlation=getattr(request, "correlation", ""))
            request.actor = in_office(by, held)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return signed_in(guarded)

    return guard


def way_back(request: HttpRequest, fallback: str) -> str:
    """The path in this house that the form asked to return to, or else `fallback`; never another host."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if wanted.startswith("/") and _is_here(request, wanted) else fallback


def page_before(request: HttpRequest) -> str:
    """The path of the page from which the form was sent; the front door when the browser does not tell."""
    came_from = request.META.get("HTTP_REFERER", "")
    page = urlsplit(came_from).path if _is_here(request, came_from) else ""
    return page if page.startswith("/") and _is_here(request, page) else "/"


def _is_here(request: HttpRequest, url: str) -> bool:
    return bool(url) and url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, which leads back to the page that was read, or from which something was sent."""
    if request.method in {"GET", "HEAD"}:
        return redirect_to_login(request.get_full_path())
    messages.warning(request, _("Bạn chưa đăng nhập hoặc phiên làm việc đã hết: nội dung vừa gửi chưa được lưu."))
    return redirect_to_login(page_before(request))
