"""Naming and ending stand-ins together with telling both of the two."""

from typing import Any

from django.db import transaction
from django.utils.translation import override

from audit.ledger import Actor
from audit.models import Entry
from notifications.outbox import announce
from organizations import substitution_acts
from organizations.models import Office, Substitution

PAGE = "/thay/"


@transaction.atomic
def set_substitute(*, by: Actor, **facts: Any) -> Entry:
    """Name a stand-in and tell both; as `substitution_acts.set_substitute`."""
    entry = substitution_acts.set_substitute(by=by, **facts)
    _tell(entry, ended=False)
    return entry


@transaction.atomic
def end_substitution(row: Substitution, *, by: Actor, reason: str = "") -> Entry:
    """End it and tell both; as `substitution_acts.end_substitution`."""
    entry = substitution_acts.end_substitution(row, by=by, reason=reason)
    _tell(entry, ended=True)
    return entry


def _tell(entry: Entry, *, ended: bool) -> None:
    """Owe the two their notice; it names offices and days, and nobody: it leaves by mail."""
    row = entry.subject
    with override("vi"):  # kept in the notice, whatever language its writer reads
        office = str(Office(row.office).label)
    announce(
        entry, [row.principal, row.substitute], "substituted", url=PAGE, step=office, place=row.organization.name,
        since=f"{row.valid_from:%d/%m/%Y}", until=f"{row.valid_until:%d/%m/%Y}", ended=ended,
    )  # fmt: skip
