"""Who hears of which act, besides the office whose work it becomes (that is derived from its step)."""

from collections.abc import Callable

from organizations.models import Appointment, Office, Person, Place

from .models import Dossier

AT_UNIT = (Office.AUTHOR, Office.UNIT_HEAD)


def unit(dossier: Dossier):
    """The author and the head of the unit, and who stands in for them."""
    held = Appointment.objects.today().filter(office__in=AT_UNIT, organization=dossier.unit_id)
    return Person.objects.exercising(held)


def standing_head(dossier: Dossier):
    """The head of the standing office, who may accept a late dossier."""
    return Person.objects.reached(Office.UNIT_HEAD, dossier.body_at(Place.STANDING_BODY))


NOTICES: dict[str, list[tuple[Callable, str]]] = {
    "submit": [(unit, "received")],
    "resubmit": [(unit, "received")],
    "decline": [(unit, "declined")],
    "oppose": [(unit, "declined")],
    "refuse": [(unit, "declined")],
    "grant": [(unit, "granted")],
    "withdraw": [(unit, "withdrawn")],
    "lapse": [(unit, "lapsed"), (standing_head, "lapsed")],
}
