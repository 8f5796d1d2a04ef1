"""The one place where a person becomes an actor in an office: by their own appointment, or in another's name."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied

from audit.ledger import Actor

from .models import Appointment


def in_office(by: Actor, held: Appointment) -> Actor:
    """The actor in this office, as one of `Person.offices_today` gives it."""
    return replace(by, office=held.office, organization=held.organization, behalf=held.principal)


def acting(by: Actor, office: str, organization: Any) -> Actor:
    """The actor in this office of this body; both names when they stand in for its holder.

    by        `behalf` names the person on whose desk the work lies, when it is known; one's own office comes first else
    Raises    PermissionDenied when the office is not theirs today
    """
    held = by.person.held(office, organization, of=by.behalf.pk if by.behalf else None)
    if held is None:
        raise PermissionDenied
    return in_office(by, held)
