"""Writing in the working calendar: a day is entered by one, counts when another confirms it, and is withdrawn.

Every change is a line on the calendar's own chain; what counts changes only with a new version.
"""

import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit.clock import now
from audit.ledger import Actor, record
from audit.models import Kind

from . import calendar
from .acts import Refusal
from .models import Appointment, Calendar, CalendarDay, Office, Organization
from .queries import SYSTEM_EMAIL

KEEPERS = (Office.ADMIN, Office.CHANCERY)
SEED = Path(__file__).parent / "data" / "lich_lam_viec.toml"


def keeps(appointment: Appointment, organization: Organization | None) -> bool:
    """Whether this appointment may change the days of a body: held there or above; those of everyone, at a root."""
    if appointment.office not in KEEPERS:
        return False
    if organization is None:
        return appointment.organization.depth == 0
    return organization.path.startswith(appointment.organization.path)


@transaction.atomic
def enter_day(*, by: Actor, day: date, kind: str, document: str, organization: Organization | None = None,
              closes_at: time | None = None, note: str = "") -> CalendarDay:  # fmt: skip
    """Enter a day; it is shown at once and counts when another person has confirmed it.

    closes_at     when work ends on a half day, and nothing otherwise
    organization  None: for everyone
    Raises        PermissionDenied; Refusal when the day has a row in force or waiting in the same scope
    """
    by = _keeper(by, organization)
    register = _locked()
    _require_free(CalendarDay(day=day, organization=organization))
    row = CalendarDay.objects.create(
        day=day, kind=kind, closes_at=closes_at, organization=organization, document=document, note=note,
        entered_by=by.person, entered_at=now(),
    )  # fmt: skip
    record(register, "enter_day", by=by, kind=Kind.EDIT, after=facts_of(row))
    return row


@transaction.atomic
def confirm_day(row: CalendarDay, *, by: Actor) -> CalendarDay:
    """Let a day count from the next version on.

    Raises    PermissionDenied; Refusal for whoever entered it, and when it was confirmed or withdrawn before
    """
    by = _keeper(by, row.organization)
    register, row = _locked(), _again(row)
    if row.withdrawn_at or row.confirmed_at:
        raise Refusal(_("Ngày này đã được xác nhận hoặc đã rút. Hãy mở lại trang lịch làm việc."))
    if row.entered_by_id == by.person.pk:
        raise Refusal(_("Bạn đã nhập ngày này nên không tự xác nhận được. Hãy nhờ một người khác xác nhận."))
    _require_free(row)
    _let_count([row], register, by=by)
    return row


@transaction.atomic
def withdraw_day(row: CalendarDay, *, by: Actor, reason: str) -> CalendarDay:
    """Take a day back; one that counts ceases to count with the next version, and stays readable.

    Raises    PermissionDenied; Refusal when it was withdrawn before
    """
    by = _keeper(by, row.organization)
    register, row = _locked(), _again(row)
    if row.withdrawn_at:
        raise Refusal(_("Ngày này đã rút từ trước."))
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = by.person, now(), reason
    if row.confirmed_at:
        register.version += 1
        row.withdrawn_in = register.version
        transaction.on_commit(calendar.forget)
    row.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason", "withdrawn_in"])
    record(register, "withdraw_day", by=by, kind=Kind.EDIT, reason=reason, before=facts_of(row),
           facts={"version": register.version}, save=["version"])  # fmt: skip
    return row


@transaction.atomic
def load_seed(*, by: Actor, path: Path = SEED) -> int:
    """Enter and confirm the days of the data file, in one version; returns how many were new.

    A day of the file that was ever entered with its document is left as the register has it.

    Raises    PermissionDenied unless the system itself sets the house up
    """
    if by.person.email != SYSTEM_EMAIL or by.origin not in {"command", "demo"}:
        raise PermissionDenied
    register = _locked()
    fresh = []
    for values in tomllib.loads(path.read_text(encoding="utf-8"))["days"]:
        known = CalendarDay.objects.filter(day=values["day"], organization=None)
        if not known.filter(document=values["document"]).exists() and not known.in_force().exists():
            fresh.append(CalendarDay(**values, entered_by=by.person, entered_at=now()))
    if fresh:
        CalendarDay.objects.bulk_create(fresh)
        _let_count(fresh, register, by=by)
    return len(fresh)


def _let_count(rows: list[CalendarDay], register: Calendar, *, by: Actor) -> None:
    """Confirm rows in the next version, one line of the ledger for each."""
    register.version += 1
    for row in rows:
        row.confirmed_by, row.confirmed_at, row.confirmed_in = by.person, now(), register.version
        row.save(update_fields=["confirmed_by", "confirmed_at", "confirmed_in"])
        record(register, "confirm_day", by=by, kind=Kind.EDIT, after=facts_of(row),
               facts={"version": register.version}, save=["version"])  # fmt: skip
    transaction.on_commit(calendar.forget)


def _locked() -> Calendar:
    """The calendar's one row, locked: changes of the calendar come one after another."""
    Calendar.objects.get_or_create(pk=calendar.THE_CALENDAR)
    return Calendar.objects.select_for_update().get(pk=calendar.THE_CALENDAR)


def _again(row: CalendarDay) -> CalendarDay:
    """The row as it is under the lock."""
    return CalendarDay.objects.select_related("organization").get(pk=row.pk)


def _keeper(by: Actor, organization: Organization | None) -> Actor:
    """The person in the office that lets them change these days.

    Raises    PermissionDenied
    """
    held = next((one for one in by.person.offices_today() if keeps(one, organization)), None)
    if held is None:
        raise PermissionDenied
    return Actor(by.person, held.office, held.organization, held.principal or by.behalf, by.origin, by.correlation)


def _require_free(row: CalendarDay) -> None:
    """Of one day and scope there is one row that counts, and one that waits."""
    others = CalendarDay.objects.filter(day=row.day, organization=row.organization).exclude(pk=row.pk)
    shown = {"day": f"{row.day:%d/%m/%Y}"}
    if others.in_force().exists():
        raise Refusal(_("Ngày %(day)s đã có dòng đang áp dụng cho phạm vi này. Hãy rút dòng đó trước.") % shown)
    if row.pk is None and others.waiting().exists():
        raise Refusal(_("Ngày %(day)s đã có dòng chờ xác nhận cho phạm vi này. Hãy xác nhận hoặc rút dòng đó.") % shown)


def facts_of(row: CalendarDay) -> dict[str, Any]:
    """A day as the ledger keeps it."""
    return {
        "row": row.pk, "day": row.day, "kind": row.kind, "closes_at": row.closes_at, "document": row.document,
        "note": row.note, "organization": row.organization.name if row.organization else "",
    }  # fmt: skip
