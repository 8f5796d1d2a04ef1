"""What every template may know about the house itself; asked of the database only where a page shows it."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from audit import clock
from notifications.models import Notification
from organizations.access import person_of
from organizations.calendar import Distance, distance, end_of_day
from organizations.demo import demo_people
from organizations.models import Appointment, Office

WORKERS = set(Office) - {Office.ADMIN}  # everyone with work on dossiers; the administrator never sees one
COUNCIL = {Office.SECRETARY, Office.COUNCIL_MEMBER, Office.COUNCIL_CHAIR}
DECIDING = {Office.SIGNATORY, Office.CHANCERY, Office.INSPECTOR, Office.AUTHOR, Office.UNIT_HEAD}


class Door(NamedTuple):
    """One entry of the bar: its word, its page, and whose it is."""

    label: Any
    page: str
    offices: set[Office]


DOORS = [
    Door(_("Bàn việc"), "flows:desk", WORKERS),
    Door(_("Hồ sơ"), "dossiers:list", WORKERS),
    Door(_("Việc đơn vị"), "flows:office", {Office.UNIT_HEAD, Office.COUNCIL_CHAIR}),
    Door(_("Đợt thi đua"), "campaigns:list", set(Office)),
    Door(_("Phiên họp"), "flows:sittings", COUNCIL),
    Door(_("Quyết định"), "flows:decisions", DECIDING),
    Door(_("Quản trị"), "organizations:people", {Office.ADMIN}),
    Door(_("Đơn vị"), "organizations:bodies", {Office.ADMIN}),
    Door(_("Thư đã gửi"), "notifications:deliveries", {Office.ADMIN}),
    Door(_("Sự cố"), "flows:incidents", {Office.ADMIN}),
    Door(_("Tính lại hạn"), "flows:recompute", {Office.ADMIN, Office.CHANCERY}),
]


class House:
    """The bar above the page: doors, offices, what is unread, the demo's clock.  One statement beyond the offices."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        user = getattr(request, "user", None)
        self.person = person_of(request) if user and user.is_authenticated else None

    @cached_property
    def offices(self) -> list[Appointment]:
        """What the person is appointed to today."""
        return self.person.offices_today() if self.person else []

    @cached_property
    def standing_in(self) -> list[tuple[Appointment, Distance]]:
        """Offices the person does for somebody else today, with how far the last day is."""
        lent = [held for held in self.offices if held.principal and held.lent_until]
        return [(held, distance(end_of_day(held.lent_until), clock.now())) for held in lent]

    @cached_property
    def nav(self) -> list[tuple[Any, str, bool]]:
        """The doors of the person's offices: (label, url, whether the page lies behind it)."""
        held = {one.office for one in self.offices}
        doors = [(door.label, _url(door.page)) for door in DOORS if held & door.offices]
        return [(label, url, self.request.path.startswith(url)) for label, url in doors if url]

    @cached_property
    def unread(self) -> int:
        """Notices not read yet, counted no further than shown."""
        return Notification.objects.unread(self.person) if self.person else 0

    @cached_property
    def demo(self) -> dict[str, Any] | None:
        """The demo's strip, with the moment it is in the house; None everywhere else."""
        return {"now": clock.now()} if settings.DEMO else None


def house(request: HttpRequest) -> dict[str, Any]:
    """The bar, where the source is to be had, and in the demo who may be signed in as."""
    if not hasattr(request, "_house"):
        request._house = House(request)  # type: ignore[attr-defined]
    return {
        "house": request._house,  # type: ignore[attr-defined]
        "DEMO": settings.DEMO,
        "demo_people": demo_people if settings.DEMO and not request._house.person else [],  # type: ignore[attr-defined]
        "source_url": getattr(settings, "SOURCE_URL", ""),
    }


def _url(page: str) -> str:
    """The page's address, or nothing while its floor does not have it."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""
