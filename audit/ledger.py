"""The pen of the ledger: append a line, extend its chain, verify a chain."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from .clock import now
from .models import Chained, Entry, House, Kind

FORM = 1  # version of the canonical form below; an entry says under which it was hashed

HASHED = (
    "chain_type chain_id position kind subject_type subject_id subject_label unit_id unit_name act source target "
    "actor_id actor_name office organization_id organization_name behalf_id behalf_name reason number "
    "facts before after origin correlation step_id form previous"
).split()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which office of which organization, on whose behalf, through what."""

    person: Any
    office: str = ""
    organization: Any = None
    behalf: Any = None
    origin: str = "web"
    correlation: str = ""


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces, the same on every database and time zone.

    Moments become UTC with microseconds; decimals and dates their plain text.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def digest_of(entry: Entry) -> str:
    """The sha256 of an entry's canonical form, which holds the digest of the one before it."""
    line = [entry.at, *(getattr(entry, name) for name in HASHED)]
    return hashlib.sha256(canonical(line).encode()).hexdigest()


def record(
    subject: Chained,
    act: str,
    *,
    by: Actor,
    kind: Kind = Kind.ACT,
    at: datetime | None = None,
    source: str = "",
    target: str = "",
    reason: str = "",
    number: str = "",
    facts: dict | None = None,
    before: dict | None = None,
    after: dict | None = None,
    step_id: int | None = None,
    save: Iterable[str] = (),
) -> Entry:
    """Append one moving line about `subject` and save the new head of its chain.

    subject   locked by the caller, inside the caller's transaction
    save      further changed fields of the subject, saved in the same statement as the head
    """
    entry = _line(by, act, subject, at=at, kind=kind, source=source, target=target, reason=reason, number=number,
                  facts=canonical(facts or {}), before=canonical(before or {}), after=canonical(after or {}),
                  step_id=step_id)  # fmt: skip
    _append(entry, subject)
    subject.save(update_fields=[*subject.HEAD, *save])
    return entry


def witness(
    act: str,
    *,
    by: Actor | None,
    subject: Model | None = None,
    reason: str = "",
    facts: dict | None = None,
    pk: int | None = None,
) -> Entry:
    """Note what somebody saw, opened, tried or was refused, on that person's own chain.

    pk        the key taken for it by `reserve`, where rows that name it are written first

    Commits on its own; the subject's row and version stay untouched.  With `by=None` the line goes
    on the chain of the house, written by the system's person.
    """
    with transaction.atomic():
        holder = _holder(by)
        actor = by or Actor(_system(), origin="web")
        entry = _line(
            actor, act, subject or holder, kind=Kind.WITNESS, reason=reason[:2000], facts=canonical(facts or {})
        )
        entry.pk = pk
        _append(entry, holder)
        type(holder)._base_manager.filter(pk=holder.pk).update(
            chain_position=holder.chain_position, chain_digest=holder.chain_digest
        )
    return entry


def reserve(by: Actor, at: datetime) -> Entry:
    """A line that is to be written at the end of this transaction, for rows that name it before; unsaved.

    A line locks the chain it extends until the commit; who writes it last keeps nobody waiting for all the rest.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence('audit_entry', 'id'))")
        else:  # one writer at a time
            cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM audit_entry")
        return Entry(pk=cursor.fetchone()[0], at=at, actor=by.person)


def _holder(by: Actor | None) -> Any:
    """The row whose chain a witness line extends, locked."""
    if by is None:
        House.objects.get_or_create(pk=1)
        return House.objects.select_for_update(no_key=_no_key()).get(pk=1)
    manager = type(by.person)._base_manager
    return manager.select_for_update(no_key=_no_key()).get(pk=by.person.pk)


def _no_key() -> bool:
    """FOR NO KEY UPDATE lets others insert rows that refer to the locked one (PostgreSQL)."""
    return connection.vendor == "postgresql"


def _system() -> Any:
    people: Any = Entry._meta.get_field("actor").remote_field.model
    return people.objects.system()


def _line(by: Actor, act: str, subject: Model, *, at: datetime | None = None, **columns: Any) -> Entry:
    """An unsaved entry with names copied from the people and bodies it tells of."""
    unit = getattr(subject, "unit", None)
    return Entry(
        at=at or now(), act=act, form=FORM, subject_type=subject._meta.label_lower, subject_id=subject.pk,
        subject_label=str(subject)[:300], unit_id=unit.pk if unit else None, unit_name=unit.name if unit else "",
        actor=by.person, actor_name=by.person.full_name, office=by.office,
        organization_id=by.organization.pk if by.organization else None,
        organization_name=by.organization.name if by.organization else "",
        behalf_id=by.behalf.pk if by.behalf else None, behalf_name=by.behalf.full_name if by.behalf else "",
        origin=by.origin, correlation=by.correlation, **columns,
    )  # fmt: skip


def _append(entry: Entry, holder: Chained) -> None:
    """Insert the entry as the next of the holder's chain and move the head in memory."""
    entry.chain_type, entry.chain_id = holder._meta.label_lower, holder.pk
    entry.position, entry.previous = holder.chain_position + 1, holder.chain_digest
    entry.digest = digest_of(entry)
    entry.save()
    holder.follow(entry)


def faults(holder: Chained) -> Iterator[str]:
    """Every way in which a chain differs from what was written: one sentence each, none when it is whole."""
    previous, position = "", 0
    chain = Entry.objects.filter(chain_type=holder._meta.label_lower, chain_id=holder.pk).order_by("position")
    for entry in chain.iterator():
        position += 1
        if entry.position != position:
            yield f"{entry}: phải ở vị trí {position}"
            position = entry.position
        if entry.previous != previous:
            yield f"{entry}: không nối tiếp dòng trước nó"
        if entry.digest != digest_of(entry):
            yield f"{entry}: nội dung không còn như lúc ghi"
        previous = entry.digest
    if (holder.chain_position, holder.chain_digest) != (position, previous):
        name = f"{holder._meta.label_lower}:{holder.pk}"
        yield f"{name}: đầu chuỗi ghi {holder.chain_position}, chuỗi dừng ở {position}"
