"""Writing in the register: bodies, people, appointments.  Every change is a line of the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.clock import today
from audit.ledger import Actor, record
from audit.models import Kind

from .models import Appointment, Office, Organization, Person
from .queries import SYSTEM_EMAIL
from .substitution_rules import kept_from

DEEPEST = 20  # levels of the tree; a path is 7 characters a level


class Refusal(Exception):
    """The register does not take this change; the sentence says why and what to do."""


def require_admin(by: Actor) -> None:
    """Only a holder of ADMIN keeps the register; the system does so when it sets the house up.

    Raises    PermissionDenied
    """
    is_system = by.person.email == SYSTEM_EMAIL and by.origin in {"command", "demo"}
    if not is_system and not any(held.office == Office.ADMIN for held in by.person.offices_today()):
        raise PermissionDenied


@transaction.atomic
def add_organization(*, by: Actor, code: str, name: str, short_name: str, kind: str, parent: Organization | None,
                     valid_from: date) -> Organization:  # fmt: skip
    """Enter a body in the tree.

    Raises    Refusal when the code is taken or the tree grows too deep
    """
    require_admin(by)
    if parent and parent.path.count("/") >= DEEPEST:
        raise Refusal(_("Cây đơn vị đã quá nhiều cấp. Hãy chọn đơn vị cấp trên khác."))
    with _unique(_("Mã “%(code)s” đã có đơn vị dùng. Hãy chọn mã khác.") % {"code": code}):
        body = Organization.objects.create(
            code=code, name=name, short_name=short_name, kind=kind, parent=parent, valid_from=valid_from, path="-"
        )
    body.path = f"{parent.path if parent else ''}{body.pk:06d}/"
    record(body, "add_organization", by=by, kind=Kind.EDIT, after=_organization_facts(body), save=["path"])
    return body


@transaction.atomic
def change_organization(body: Organization, *, by: Actor, reason: str = "", **changes: Any) -> Organization:
    """Change a body's names or the last day it exists; its place in the tree stays.

    Raises    Refusal when bodies below it or the last administrator would be left without it
    """
    require_admin(by)
    body = Organization.objects.select_for_update().get(pk=body.pk)
    before = _organization_facts(body)
    for name, value in changes.items():
        setattr(body, name, value)
    after = _organization_facts(body)
    if after == before:
        return body
    with _unique(_("Mã “%(code)s” đã có đơn vị dùng. Hãy chọn mã khác.") % {"code": body.code}):
        record(body, "change_organization", by=by, kind=Kind.EDIT, reason=reason, before=before, after=after,
               save=list(changes))  # fmt: skip
    if body.valid_until and body.valid_until != before["valid_until"]:
        _require_nothing_left(body, body.valid_until)
    return body


def _require_nothing_left(body: Organization, last: date) -> None:
    """A body ends only after the bodies below it, and never with the last administrator in it."""
    below = body.children.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=last)).count()
    if below:
        raise Refusal(_("Còn %(count)d đơn vị trực thuộc hoạt động sau ngày này. Hãy kết thúc các đơn vị đó trước.")
                      % {"count": below})  # fmt: skip
    if body.appointments.filter(office=Office.ADMIN).exists():
        _require_an_admin(last + timedelta(days=1))


def _organization_facts(body: Organization) -> dict:
    return {
        "code": body.code, "name": body.name, "short_name": body.short_name, "kind": body.kind,
        "parent": body.parent_id, "valid_from": body.valid_from, "valid_until": body.valid_until,
    }  # fmt: skip


@transaction.atomic
def add_person(*, by: Actor, email: str, full_name: str, password: str | None = None) -> Person:
    """Enter a person; without a password they come in by an invitation.

    Raises    Refusal when the address is somebody's already
    """
    require_admin(by)
    person = Person(email=email.lower(), full_name=full_name)
    person.set_password(password)
    with _unique(_("Địa chỉ thư này đã có người dùng. Hãy tìm người đó trong danh sách, kể cả người đã ngừng.")):
        person.save()
    record(person, "add_person", by=by, kind=Kind.EDIT, after={"email": person.email, "full_name": full_name})
    return person


@transaction.atomic
def change_person(person: Person, *, by: Actor, **changes: Any) -> Person:
    """Change a person's name or address; whether they may sign in is `deactivate` and `reactivate`.

    Raises    Refusal when the address is somebody's already
    """
    require_admin(by)
    person = _locked(person)
    before = {name: getattr(person, name) for name in changes}
    for name, value in changes.items():
        setattr(person, name, value)
    if before != changes:
        kept = [*changes, "sort_key", "search_key"]
        with _unique(_("Địa chỉ thư này đã có người khác dùng.")):
            record(person, "change_person", by=by, kind=Kind.EDIT, before=before, after=changes, save=kept)
    return person


@transaction.atomic
def deactivate(person: Person, *, by: Actor, reason: str = "") -> Person:
    """Close a person's way in, from this moment: sessions, password and open invitations end, appointments stay.

    Raises    Refusal for oneself and for the last administrator
    """
    require_admin(by)
    if person.pk == by.person.pk:
        raise Refusal(_("Bạn không tự ngừng tài khoản của mình được. Hãy nhờ một quản trị khác."))
    person = _locked(person)
    if not person.is_active:
        raise Refusal(_("Tài khoản này đã ngừng từ trước."))
    was_admin = person.appointments.today().filter(office=Office.ADMIN).exists()
    person.is_active = False
    person.set_unusable_password()  # changes the key of every open session, so that none revives later
    person.invitations.filter(accepted_at=None).update(expires_at=timezone.now())
    record(person, "deactivate", by=by, kind=Kind.EDIT, reason=reason, before={"is_active": True},
           after={"is_active": False}, save=["is_active", "password"])  # fmt: skip
    if was_admin:
        _require_an_admin(today())
    return person


@transaction.atomic
def reactivate(person: Person, *, by: Actor, reason: str = "") -> Person:
    """Open a person's way in again; they set a new password by an invitation.

    Raises    Refusal when it is open
    """
    require_admin(by)
    person = _locked(person)
    if person.is_active or person.email == SYSTEM_EMAIL:
        raise Refusal(_("Tài khoản này đang hoạt động."))
    person.is_active = True
    record(person, "reactivate", by=by, kind=Kind.EDIT, reason=reason, before={"is_active": False},
           after={"is_active": True}, save=["is_active"])  # fmt: skip
    return person


@transaction.atomic
def appoint(person: Person, *, by: Actor, office: str, organization: Organization, valid_from: date | None = None,
            valid_until: date | None = None, title: str = "", reason: str = "") -> Appointment:  # fmt: skip
    """Appoint a person to an office in a body.

    Raises    Refusal when they hold it, or do what is kept apart from it in another's name, in part of that time
    """
    require_admin(by)
    person = _locked(person)
    first = valid_from or today()
    held = person.appointments.filter(office=office, organization=organization)
    held = held.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=first))
    if held.filter(valid_from__lte=valid_until or date.max).exists():
        raise Refusal(_("Người này đã giữ chức trách đó tại đơn vị trong khoảng thời gian này."))
    if why := kept_from(person, office, organization, first, valid_until):
        raise Refusal(why)
    appointment = Appointment.objects.create(
        person=person, office=office, organization=organization, title=title, valid_from=first, valid_until=valid_until
    )
    record(person, "appoint", by=by, kind=Kind.EDIT, reason=reason, after=_appointment_facts(appointment))
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, by: Actor, last_day: date | None = None,
                    reason: str = "") -> Appointment:  # fmt: skip
    """End an appointment after `last_day` (default: yesterday, so that it ends at once).

    What the person had claimed is free from that moment: a claim holds only while its owner holds the office.

    Raises    Refusal when it ended before, and for the last administrator
    """
    require_admin(by)
    person = _locked(appointment.person)
    appointment = Appointment.objects.select_related("organization").get(pk=appointment.pk)
    before = _appointment_facts(appointment)
    last = last_day or today() - timedelta(days=1)
    if appointment.valid_until and appointment.valid_until <= last:
        raise Refusal(_("Phân công này đã kết thúc ngày %(day)s.") % {"day": f"{appointment.valid_until:%d/%m/%Y}"})
    if last_day and last_day < appointment.valid_from:
        raise Refusal(_("Ngày kết thúc không thể trước ngày phân công bắt đầu."))
    appointment.valid_until = last
    appointment.valid_from = min(appointment.valid_from, last)
    appointment.save(update_fields=["valid_from", "valid_until"])
    after = _appointment_facts(appointment)
    record(person, "end_appointment", by=by, kind=Kind.EDIT, reason=reason, before=before, after=after)
    if appointment.office == Office.ADMIN:
        _require_an_admin(last + timedelta(days=1))
    return appointment


def _appointment_facts(appointment: Appointment) -> dict:
    return {
        "office": appointment.office, "organization": appointment.organization.name, "title": appointment.title,
        "valid_from": appointment.valid_from, "valid_until": appointment.valid_until,
    }  # fmt: skip


def _locked(person: Person) -> Person:
    return Person.objects.select_for_update().get(pk=person.pk)


def _require_an_admin(day: date) -> None:
    """Somebody still keeps the register on `day`; called after the change, which is undone when nobody does.

    Locks the rest of the administrators, so that two who remove each other at once do not both succeed.
    """
    left = Appointment.objects.on(max(day, today())).filter(office=Office.ADMIN)
    if not list(Person.objects.select_for_update().filter(pk__in=left.values("person_id"), is_active=True)):
        raise Refusal(_("Đây là quản trị cuối cùng: hãy phân công một quản trị khác trước."))


@contextmanager
def _unique(otherwise: str) -> Iterator[None]:
    """Refuse with this sentence when the database finds the value taken; the transaction around goes on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as taken:
        raise Refusal(otherwise) from taken
