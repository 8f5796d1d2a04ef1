"""Who hears of which act, besides the office whose work it becomes (that is derived from its step)."""

from collections.abc import Callable

from organizations.models import Office, Person, Place

from .models import Dossier


def unit(dossier: Dossier):
    """The author and the head of the unit."""
    return Person.objects.holders(Office.AUTHOR, dossier.unit_id) | Person.objects.holders(
        Office.UNIT_HEAD, dossier.unit_id
    )


def standing_head(dossier: Dossier):
    """The head of the standing office, who may accept a late dossier."""
    return Person.objects.holders(Office.UNIT_HEAD, dossier.body_at(Place.STANDING_BODY))


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
