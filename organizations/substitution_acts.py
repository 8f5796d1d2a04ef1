"""Setting and ending who stands in for whom; resolved when read, so nothing else is written.

Two rows of one office never overlap, so on any day the stand-ins of an office are chains without branches; this room
keeps them short and without circles, on every day of every period.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.clock import now, today
from audit.ledger import Actor, record
from audit.models import Entry, Kind

from .acts import Refusal
from .authority import in_office
from .models import Appointment, Organization, Person, Substitution
from .queries import MOST_HOPS
from .substitution_rules import KEPT_APART, NEVER_STANDS_IN, NOT_SUBSTITUTABLE, names_for, overseen_by

LONGEST_DAYS = 366  # one period; a longer absence is an appointment


@transaction.atomic
def set_substitute(
    *, by: Actor, principal: Person, office: str, organization: Organization, substitute: Person, valid_from: date,
    valid_until: date, reason: str, document: str = "",
) -> Entry:  # fmt: skip
    """Let `substitute` do the work of one office of `principal` for a period; both days count.

    Returns   the entry, its `subject` being the substitution
    Raises    PermissionDenied unless the office is their own, of their body, or a leader's below their chancery;
              Refusal that says why not
    """
    actor = _setter(by, principal, office, organization)
    _require_another(actor, principal, substitute)
    body = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)  # two at once make no circle
    person = Person.objects.select_for_update(no_key=True).get(pk=substitute.pk)  # nor an appointment beside it
    new = Substitution(
        principal=principal, office=office, organization=body, substitute=person, valid_from=valid_from,
        valid_until=valid_until, reason=reason, document=document, set_by=by.person, set_at=now(),
    )  # fmt: skip
    _require_fit(new)
    _require_short_chains(new)
    new.save()
    entry = record(new, "set_substitute", by=actor, kind=Kind.EDIT, reason=reason, after=facts_of(new))
    entry.subject = new
    return entry


@transaction.atomic
def end_substitution(substitution: Substitution, *, by: Actor, reason: str = "") -> Entry:
    """End it from this moment; what was done stays done, in both names.

    Raises    PermissionDenied unless it is theirs to end, Refusal when it is over
    """
    rows = Substitution.objects.select_related("principal", "substitute", "organization")
    found = rows.select_for_update(of=("self",)).get(pk=substitution.pk)
    actor = _ender(by, found)
    if found.revoked_at is not None or found.valid_until < today():
        raise Refusal(_("Việc làm thay này đã kết thúc từ trước."))
    found.revoked_by, found.revoked_at = by.person, now()
    entry = record(found, "end_substitution", by=actor, kind=Kind.EDIT, reason=reason, before=facts_of(found),
                   save=["revoked_by", "revoked_at"])  # fmt: skip
    entry.subject = found
    return entry


def facts_of(row: Substitution) -> dict[str, Any]:
    """A substitution as the ledger keeps it: names copied."""
    return {
        "principal": row.principal.full_name, "substitute": row.substitute.full_name, "office": row.office,
        "organization": row.organization.name, "valid_from": row.valid_from, "valid_until": row.valid_until,
        "document": row.document,
    }  # fmt: skip


def may_set(person: Person, principal: Person, office: str, organization: Organization) -> bool:
    """Whether this person may say who stands in for `principal` in that office."""
    return _by_which(person, principal, office, organization) is not None


def may_end(person: Person, row: Substitution) -> bool:
    """Whether this person may end it: either of the two, or whoever may set it for others."""
    if person.pk in (row.principal_id, row.substitute_id):
        return True
    return names_for(person, row.office, row.organization) is not None


def seen_by(person: Person) -> Any:
    """Substitutions this person may read: their own on either side, and those they oversee."""
    return Substitution.objects.filter(Q(principal=person) | Q(substitute=person) | overseen_by(person))


def _by_which(person: Person, principal: Person, office: str, organization: Organization) -> Appointment | None:
    """The appointment by which they may: the office itself when it is theirs to do, or one that names for others."""
    own = person.held(office, organization) if principal.pk == person.pk else None
    return own or names_for(person, office, organization)


def _setter(by: Actor, principal: Person, office: str, organization: Organization) -> Actor:
    if office in NOT_SUBSTITUTABLE:
        raise Refusal(str(NOT_SUBSTITUTABLE[office]))
    held = _by_which(by.person, principal, office, organization)
    if held is None:
        raise PermissionDenied
    return in_office(by, held)


def _ender(by: Actor, row: Substitution) -> Actor:
    """In the office by which they may end it; the substitute, who may hold none, in the one they stand in for."""
    if not may_end(by.person, row):
        raise PermissionDenied
    held = _by_which(by.person, row.principal, row.office, row.organization)
    if held is None:
        return replace(by, office=row.office, organization=row.organization)
    return in_office(by, held)


def _require_fit(new: Substitution) -> None:
    """The period, the principal's office and the substitute by themselves.

    Raises    Refusal
    """
    if new.valid_from < today():
        raise Refusal(_("Ngày bắt đầu đã qua: chọn từ hôm nay trở đi. Việc đã làm không chuyển tên người được."))
    if new.valid_until < new.valid_from:
        raise Refusal(_("Ngày kết thúc phải từ ngày bắt đầu trở đi."))
    if (new.valid_until - new.valid_from).days >= LONGEST_DAYS:
        raise Refusal(_("Thời gian làm thay dài hơn một năm: hãy đề nghị quản trị phân công chính thức."))
    if not _does_on(new.principal, new):
        told = {"name": new.principal.full_name, "day": f"{new.valid_from:%d/%m/%Y}"}
        raise Refusal(_("%(name)s không giữ và không làm thay chức trách này vào ngày %(day)s.") % told)
    _require_able(new)


def _does_on(person: Person, new: Substitution) -> bool:
    """Whether the office is this person's to do on the first day: appointed, or standing in for somebody."""
    here = {"office": new.office, "organization": new.organization}
    if Appointment.objects.on(new.valid_from).filter(person=person, **here).exists():
        return True
    return Substitution.objects.on(new.valid_from).filter(substitute=person, **here).exists()


def _require_another(by: Actor, principal: Person, substitute: Person) -> None:
    """Whoever names a stand-in for somebody else names neither themselves nor whom they do it for.

    Raises    Refusal
    """
    behind = [by.person.pk, by.behalf.pk if by.behalf else None]
    if by.person.pk != principal.pk and substitute.pk in behind:
        said = _("%(name)s là người giao việc này nên không tự nhận làm thay: hãy chọn người khác.")
        raise Refusal(said % {"name": substitute.full_name})


def _require_able(new: Substitution) -> None:
    """The substitute may sign in and is not kept from this work by an office of their own."""
    substitute, told = new.substitute, {"name": new.substitute.full_name}
    if substitute.pk == new.principal_id:
        raise Refusal(_("Người làm thay phải là người khác."))
    if not substitute.is_active or substitute.is_system:
        raise Refusal(_("Tài khoản của %(name)s đã ngừng: hãy chọn người khác.") % told)
    apart, why = KEPT_APART.get(new.office, ((), ""))
    ahead = substitute.appointments.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=new.valid_from))
    for held in ahead.filter(valid_from__lte=new.valid_until):
        if held.office in NEVER_STANDS_IN:
            raise Refusal(str(NEVER_STANDS_IN[held.office]) % told)
        if held.office in apart and held.organization_id == new.organization_id:
            raise Refusal(str(why) % told)


def _require_short_chains(new: Substitution) -> None:
    """No second stand-in for the same days, no circle, and no chain longer than the bound on any day.

    Raises    Refusal
    """
    there = Substitution.objects.filter(office=new.office, organization=new.organization, revoked_at=None)
    rows = list(
        there.filter(valid_until__gte=new.valid_from, valid_from__lte=new.valid_until)
        .select_related("principal", "substitute").order_by("valid_from")
    )  # fmt: skip
    for row in rows:
        if row.principal_id == new.principal_id:
            raise Refusal(_("%(principal)s đã có %(substitute)s làm thay từ %(since)s đến hết %(until)s.") % _told(row))
    for day in _turning_days(new, rows):
        _require_on(day, new, rows)


def _turning_days(new: Substitution, rows: Iterable[Substitution]) -> list[date]:
    """The days of its period on which something begins: between them nothing grows."""
    return sorted({new.valid_from, *(row.valid_from for row in rows if row.valid_from > new.valid_from)})


def _require_on(day: date, new: Substitution, rows: Iterable[Substitution]) -> None:
    on = [row for row in rows if row.valid_from <= day <= row.valid_until]
    onward = list(_chain(new.substitute_id, {row.principal_id: row.substitute_id for row in on}))
    if new.principal_id in onward:
        told = {**_told(new), "day": f"{day:%d/%m/%Y}"}
        said = _("Ngày %(day)s %(substitute)s lại có %(principal)s làm thay: hai người không thay vòng nhau.")
        raise Refusal(said % told)
    backward = _longest_into(new.principal_id, on)
    if backward + 1 + len(onward) > MOST_HOPS:
        told = {"most": MOST_HOPS, "day": f"{day:%d/%m/%Y}"}
        raise Refusal(_("Ngày %(day)s việc này sẽ qua hơn %(most)d lần làm thay: hãy chọn thẳng người sẽ làm.") % told)


def _chain(person: int, next_of: dict[int, int]) -> Iterator[int]:
    """Who stands in for this person, and who for them, to the end."""
    while person in next_of:
        person = next_of[person]
        yield person


def _longest_into(person: int, rows: list[Substitution]) -> int:
    """How many hops the longest chain that ends with this person has; there are no circles among `rows`."""
    return max((1 + _longest_into(row.principal_id, rows) for row in rows if row.substitute_id == person), default=0)


def _told(row: Substitution) -> dict[str, str]:
    return {
        "principal": row.principal.full_name, "substitute": row.substitute.full_name,
        "since": f"{row.valid_from:%d/%m/%Y}", "until": f"{row.valid_until:%d/%m/%Y}",
    }  # fmt: skip


