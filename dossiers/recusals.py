"""Declaring that one takes no part in a dossier, and taking it back; both are lines of the dossier's own story."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from audit.clock import now
from audit.ledger import Actor, record
from audit.models import Entry, Kind
from organizations.authority import in_office
from organizations.models import Appointment, Office, Person

from .edits import changing
from .errors import Gone, Unfit
from .holding import Recusal
from .models import Dossier
from .states import FINAL
from .ties import NOMINEE

REVIEWERS = (
    Office.FINANCE, Office.HOME_AFFAIRS, Office.SECRETARY, Office.COUNCIL_MEMBER, Office.COUNCIL_CHAIR,
    Office.CHANCERY, Office.SIGNATORY,
)  # fmt: skip


def reviews(person: Person, dossier: Dossier) -> Appointment | None:
    """The office by which this reader of the dossier reviews it, or None for its unit and the inspector."""
    return next(
        (
            held
            for held in person.offices_today()
            if held.office in REVIEWERS
            or (held.office == Office.UNIT_HEAD and held.organization_id != dossier.unit_id)
        ),
        None,
    )


def require_reviewer(dossier: Dossier, by: Actor) -> Actor:
    """The reader in the office by which they review.

    Raises    Gone when the dossier is over, PermissionDenied for its unit and the inspector
    """
    if dossier.state in FINAL:
        raise Gone(_("Hồ sơ đã kết thúc; không còn gì để xem xét."))
    held = reviews(by.person, dossier)
    if held is None:
        raise PermissionDenied
    return in_office(by, held)


def declare(dossier: Dossier, *, by: Actor, relation: str, reason: str) -> Entry:
    """Declare a relation; from now on every act, claim and paper of a desk is refused to this person here.

    Returns   the entry, its `subject` being the dossier
    Raises    Gone, PermissionDenied, Unfit when they are kept away already
    """
    with changing(dossier, version=None, person=by.person) as locked:
        actor = require_reviewer(locked, by)
        if locked.tie and locked.tie != NOMINEE:
            raise Unfit(_("Bạn đã khai có liên quan đến hồ sơ này."))
        Recusal.objects.create(
            dossier=locked, person=by.person, relation=relation, reason=reason, at=now(), by=by.person
        )
        entry = record(locked, "recuse", by=actor, kind=Kind.EDIT, reason=reason, after={"relation": relation})
        entry.subject = locked
        return entry


def withdraw(dossier: Dossier, *, by: Actor, reason: str) -> Entry:
    """Take one's own declaration back, with the reason; a nominee stays kept away.

    Raises    Gone when there is none or the dossier is over, PermissionDenied
    """
    with changing(dossier, version=None, person=by.person) as locked:
        actor = require_reviewer(locked, by)
        row = declared_by(locked, by.person)
        if row is None:
            raise Gone(_("Bạn không có lời khai nào đang có hiệu lực ở hồ sơ này."))
        row.withdrawn_at = now()
        row.save(update_fields=["withdrawn_at"])
        entry = record(locked, "unrecuse", by=actor, kind=Kind.EDIT, reason=reason, before={"relation": row.relation})
        entry.subject = locked
        return entry


def declared_by(dossier: Dossier, person: Any) -> Recusal | None:
    """This person's declaration in force."""
    return dossier.recusals.filter(person=person, withdrawn_at=None).first()


def same_names(person: Person, dossier: Dossier) -> list[str]:
    """Nominees who bear this reader's name, accents ignored; who they are is for the reader to say."""
    return [name.full_name for name in dossier.names if name.kind == "PERSON" and name.search_key == person.search_key]
