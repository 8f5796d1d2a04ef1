"""What every request passes: a number of its own, a clear answer to what cannot be read, a line for every refusal."""

import logging
import sys
import uuid
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSilent

from audit.ledger import witness
from organizations.access import actor_of

log = logging.getLogger(__name__)

Respond = Callable[[HttpRequest], HttpResponse]
REFUSED = {403, 404, 405, 409}
SECRET_PARTS = {"token", "key"}  # parts of an address that open a door; a line of the ledger never holds one
RETRY_AFTER = 5  # seconds; a lock is waited for as long
PASSING = ("locked", "busy", "unable to open", "disk i/o")  # SQLite's words for trouble that passes


class Correlation:
    """Gives every request a number, which its ledger lines and its answer carry."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.correlation = uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request.correlation  # type: ignore[attr-defined]
        return response


class Trouble:
    """Answers in words what cannot be read, what is too much, and what the database cannot do just now."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _has_nul(request):
            return _unreadable()
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Read the form here, before the first form check does, so that what is too much is answered in words."""
        if request.method != "POST":
            return None
        try:
            request.POST  # noqa: B018  reading it is what can fail
        except (TooManyFieldsSent, TooManyFilesSent):
            return _too_much(_("Biểu mẫu có quá nhiều ô. Hãy chia danh sách làm nhiều lần rồi gửi lại."))
        except RequestDataTooBig:
            return _too_much(_("Nội dung gửi lên quá dài. Hãy rút gọn, hoặc chia làm nhiều lần rồi gửi lại."))
        except (BadRequest, MultiPartParserError, UnreadablePostError):
            return _unreadable()
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """503 when the database is away or a lock was not free in time; other errors go on to the error page."""
        return _away() if is_passing(exception) else None


class Refusals:
    """Leaves exactly one witness line for every request of a signed-in person that was refused."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in REFUSED and request.user.is_authenticated and _is_ours(request, response):
            try:
                witness("refused", by=actor_of(request), facts=_facts(request, response))
            except DatabaseError:  # what cannot be written down is not answered either
                log.exception("a refusal was not written down")
                return _away()
        if response.status_code == 405 and not response.streaming and not response.content:
            response.content = render_to_string("405.html", request=request)
        return response


def is_passing(exception: BaseException | None) -> bool:
    """Whether it is trouble that passes: the database or the queue is away, busy, or holds a lock too long."""
    if isinstance(exception, (InterfaceError, RedisAway, RedisSilent)):
        return True
    if not isinstance(exception, OperationalError):
        return False
    return connection.vendor != "sqlite" or any(word in str(exception).lower() for word in PASSING)


def server_error(request: HttpRequest) -> HttpResponse:
    """The last answer to an error: 503 for trouble that passes, else 500; asks the database for nothing."""
    if is_passing(sys.exc_info()[1]):
        return _away()
    return HttpResponse(render_to_string("500.html"), status=500)


def _away() -> HttpResponse:
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_AFTER)})


def _unreadable() -> HttpResponse:
    return HttpResponse(render_to_string("400.html"), status=400)


def _too_much(advice: str) -> HttpResponse:
    return HttpResponse(render_to_string("413.html", {"advice": advice}), status=413)


def _has_nul(request: HttpRequest) -> bool:
    """A NUL in the address or a cookie: no text we keep has one, and PostgreSQL refuses it with an error."""
    query = request.META.get("QUERY_STRING", "")
    return (
        "\0" in request.path
        or "\0" in query
        or "%00" in query
        or any("\0" in kept for kept in request.COOKIES.values())
    )


def _is_ours(request: HttpRequest, response: HttpResponse) -> bool:
    """A 404 counts when the address is one of ours and the page refused; a mistyped address is no attempt."""
    if response.status_code != 404:
        return True
    match = request.resolver_match
    if match is None:
        return False
    view = getattr(match.func, "view_class", match.func)
    return view.__module__.partition(".")[0] in {config.name for config in apps.get_app_configs()}


def _facts(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """What was tried, never what was sent."""
    match, path = request.resolver_match, request.path
    for name, part in (match.kwargs if match else {}).items():
        if name in SECRET_PARTS:
            path = path.replace(str(part), "…")
    view = match.view_name if match else ""
    return {"method": str(request.method)[:16], "path": path[:500], "status": response.status_code, "view": view}
