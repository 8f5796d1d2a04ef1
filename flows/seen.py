"""Who opened which version of a dossier: one line of the ledger each, and the row the desk reads it from."""

from typing import Any

from django.db import IntegrityError, transaction

from audit.clock import now
from audit.ledger import Actor, witness
from dossiers.holding import Seen

from .models import StepRow


def note_seen(row: StepRow, *, by: Actor) -> None:
    """Write down that a dossier was opened, once for each of its versions; a second look writes nothing.

    row     read with `seen`, the version this person opened last
    """
    dossier = row.process.dossier
    if row.seen is not None and row.seen >= dossier.version:
        return
    with transaction.atomic():
        if _is_first(dossier, by.person, row.seen):
            witness("view", by=by, subject=dossier, facts={"version": dossier.version})


def _is_first(dossier: Any, person: Any, seen: int | None) -> bool:
    """Keep the version; False when another window of the same person was quicker."""
    version, at = dossier.version, now()
    if seen is None:
        try:
            with transaction.atomic():
                Seen.objects.create(dossier=dossier, person=person, version=version, at=at)
        except IntegrityError:
            pass  # the other window's row is there by now
        else:
            return True
    older = Seen.objects.filter(dossier=dossier, person=person, version__lt=version)
    return bool(older.update(version=version, at=at))
