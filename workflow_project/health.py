"""One address for whoever watches the house from outside: is it alive, and to a monitor that is known, how is it."""

import shutil
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from flows.watch import LATE, Debt, debt

LEAST_FREE = 10  # percent of the disk that holds VAR_DIR
PATIENCE = 1  # second that Redis has to answer in


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ok" or 503 "database" to anyone; with `Authorization: Bearer MONITOR_TOKEN` the whole state as JSON.

    A stranger, and a container that waits for this process, learn only whether it and its database answer: a clock that
    is behind must not keep the very worker from starting that would catch up.
    """
    if "Authorization" in request.headers:
        return _to_monitor(request.headers["Authorization"])
    if not _database_answers():
        return HttpResponse("database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def _to_monitor(shown: str) -> HttpResponse:
    """The state to whoever shows the token; a wrong one is refused, so that a monitor set up wrongly is noticed."""
    token = settings.MONITOR_TOKEN
    if not token or not constant_time_compare(shown, f"Bearer {token}"):
        return HttpResponse("token", status=403, content_type="text/plain")
    found = state()
    return JsonResponse(found, status=503 if found["status"] == "down" else 200)


def state() -> dict[str, Any]:
    """How the house is: numbers only, nobody's data, nothing written.

    status   ok | degraded | down: the database is gone, or the clock more than five minutes behind
    faults   the names of the parts that are not as they should be
    """
    try:
        owed = debt()
    except DatabaseError:
        return {"status": "down", "faults": ["database"]}
    queue, disk = _queue(), shutil.disk_usage(settings.VAR_DIR)
    free = 100 * disk.free // disk.total
    bad = {
        "clock": owed.behind > LATE,
        "stuck": owed.stuck > 0,
        "mail": owed.mails_old + owed.mails_given_up > 0,
        "queue": queue == "down",
        "disk": free < LEAST_FREE,
    }
    faults = [name for name, is_bad in bad.items() if is_bad]
    status = "down" if bad["clock"] else "degraded" if faults else "ok"
    return {"status": status, "faults": faults, "queue": queue, **_figures(owed), "disk_free_percent": free}


def _figures(owed: Debt) -> dict[str, int]:
    return {
        "clock_behind_seconds": int(owed.behind.total_seconds()),
        "steps_stuck": owed.stuck,
        "mails_late": owed.mails_old,
        "mails_given_up": owed.mails_given_up,
    }


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _queue() -> str:
    """embedded, when there is no queue to ask; ok or down."""
    if settings.EMBEDDED_WORKER:
        return "embedded"
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) as redis:
            redis.ping()
    except RedisError:
        return "down"
    return "ok"
