"""Writing of decisions: drafting, striking lines, issuing under the register's lock, dropping."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.clock import now
from audit.ledger import Actor, record
from audit.models import Kind
from organizations.authority import in_office
from organizations.models import Appointment, Office, Organization

from .models import Decision, Line, Register


class NotADraft(Exception):
    """The decision is issued or dropped already; says so in Vietnamese."""


def require_signatory(organization: Organization, by: Actor) -> tuple[Actor, Appointment]:
    """The actor as signatory of this body, with the appointment that says under which title.

    Raises    PermissionDenied
    """
    held = by.person.held(Office.SIGNATORY, organization)
    if held is None:
        raise PermissionDenied
    return in_office(by, held), held


def locked_draft(decision: Decision) -> Decision:
    """The draft under its row lock.

    Raises    NotADraft
    """
    row = Decision.objects.select_for_update(of=("self",)).select_related("organization").get(pk=decision.pk)
    if row.stage != Decision.Stage.DRAFT:
        raise NotADraft(_("Quyết định này không còn là dự thảo."))
    return row


@transaction.atomic
def draft(organization: Organization, subject: str, *, by: Actor) -> Decision:
    """Begin a draft; dossiers are gathered into it afterwards."""
    actor, _held = require_signatory(organization, by)
    decision = Decision.objects.create(organization=organization, subject=subject, drafted_by=by.person)
    record(decision, "draft", by=actor, kind=Kind.EDIT, after={"subject": subject})
    return decision


def add_lines(decision: Decision, lines: list[dict[str, Any]], *, by: Actor) -> list[Line]:
    """Add the names of one dossier; runs in the caller's transaction, which ties them to their nominations."""
    decision = locked_draft(decision)
    actor, _held = require_signatory(decision.organization, by)
    last = max(decision.lines.values_list("position", flat=True), default=0)
    made = Line.objects.bulk_create(
        Line(decision=decision, position=last + i, **line) for i, line in enumerate(lines, start=1)
    )
    record(
        decision,
        "add_lines",
        by=actor,
        kind=Kind.EDIT,
        after={"lines": [[m.pk, m.group_label, m.nominee] for m in made]},
    )
    return made


def remove_lines(decision: Decision, group_id: int, *, by: Actor) -> None:
    """Take one dossier's names out of a draft; runs in the caller's transaction, which frees the dossier first."""
    decision = locked_draft(decision)
    actor, _held = require_signatory(decision.organization, by)
    gone = decision.lines.filter(group_id=group_id)
    before = [[line.pk, line.group_label, line.nominee] for line in gone]
    gone.delete()
    record(decision, "remove_lines", by=actor, kind=Kind.EDIT, before={"lines": before})


@transaction.atomic
def strike(decision: Decision, struck: dict[int, str], *, by: Actor) -> None:
    """Strike these lines with their reasons, and un-strike all others.

    struck    {line id: reason, not empty}
    """
    decision = locked_draft(decision)
    actor, _held = require_signatory(decision.organization, by)
    lines = list(decision.lines.select_for_update())
    before = {str(line.pk): line.reason for line in lines if line.struck}
    for line in lines:
        line.struck, line.reason = line.pk in struck, struck.get(line.pk, "")
    Line.objects.bulk_update(lines, ["struck", "reason"], batch_size=250)
    after = {str(line.pk): line.reason for line in lines if line.struck}
    if before != after:
        record(decision, "strike", by=actor, kind=Kind.EDIT, before=before, after=after)


def issue(decision: Decision, *, by: Actor) -> Decision:
    """Take the number, name the signatory, freeze the lines.  Runs in the caller's transaction.

    The caller refreshes the lines' snapshots before and wakes the moves after.
    Raises    NotADraft, PermissionDenied
    """
    decision = locked_draft(decision)
    actor, held = require_signatory(decision.organization, by)
    moment = now()
    year = timezone.localdate(moment).year
    Register.objects.get_or_create(organization=decision.organization, year=year)
    register = Register.objects.select_for_update().get(organization=decision.organization, year=year)
    register.last_number += 1
    register.save(update_fields=["last_number"])
    decision.stage, decision.year, decision.number, decision.issued_at = "ISSUED", year, register.last_number, moment
    decision.signatory, decision.signatory_name = by.person, by.person.full_name
    title = held.title or held.get_office_display()
    decision.signatory_title = f"TUQ. {title}"[:120] if held.principal else title  # NĐ 30/2020, Phụ lục I, II.7
    lines = [[m.position, m.nominee, m.award, m.struck, m.reason] for m in decision.lines.all()]
    record(decision, "issue", by=actor, at=moment, number=decision.code, facts={"lines": lines},
           save="stage year number issued_at signatory signatory_name signatory_title".split())  # fmt: skip
    return decision


def drop(decision: Decision, *, by: Actor, reason: str) -> Decision:
    """Drop a draft; the caller has freed its dossiers in the same transaction."""
    decision = locked_draft(decision)
    actor, _held = require_signatory(decision.organization, by)
    decision.stage = Decision.Stage.DROPPED
    record(decision, "drop", by=actor, kind=Kind.EDIT, reason=reason, save=["stage"])
    return decision


def may_draft(organization: Organization, person: Any) -> bool:
    """True when this person signs for this body today."""
    return bool(person.holds(Office.SIGNATORY, organization))
