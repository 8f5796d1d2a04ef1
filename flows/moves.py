"""What an issued decision sets moving: each of its dossiers, in its own transaction, until none remains.

A move takes the passage, then the dossier, and never the decision's row: it is issued, nothing changes it any more.
So it can wait for a desk act and never for a draft, and no circle of waiting can arise.
"""

import logging
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.ledger import Actor
from decisions.models import Decision, Line
from dossiers.errors import Gone
from dossiers.models import Dossier
from dossiers.states import State
from organizations.models import Person

from . import desk
from .models import StepRow

LOG = logging.getLogger(__name__)
MOST_REASON = 2000  # characters


def remaining(decision: Decision) -> QuerySet[Dossier]:
    """Dossiers of an issued decision that have not moved yet."""
    return Dossier.objects.filter(decision=decision, state=State.DECIDING).order_by("pk")


def unfinished() -> list[int]:
    """Issued decisions some of whose dossiers have not moved; one statement."""
    waiting = Dossier.objects.filter(state=State.DECIDING, decision__stage=Decision.Stage.ISSUED)
    return list(waiting.order_by("decision_id").values_list("decision_id", flat=True).distinct())


def move(decision_pk: int) -> int:
    """Move what remains of one decision; may be killed, run again, and run twice at once.  Returns how many moved."""
    decision = Decision.objects.select_related("signatory").get(pk=decision_pk)
    if decision.stage != Decision.Stage.ISSUED:
        return 0
    by = Actor(Person.objects.system(), behalf=decision.signatory, origin="worker")
    return sum(_moved(dossier, by) for dossier in remaining(decision))


def _moved(dossier: Dossier, by: Actor) -> bool:
    """Move one dossier; another's trouble is no reason to stop, the sweeper comes again."""
    try:
        _move(dossier, by)
    except Gone as gone:
        if Dossier.objects.filter(pk=dossier.pk, state=State.DECIDING).exists():  # else another worker was faster
            LOG.warning("decision %s cannot move dossier %s yet: %s", dossier.decision_id, dossier.pk, gone)
        return False
    except Exception:  # one bad dossier must not stop the others
        LOG.exception("decision %s did not move dossier %s", dossier.decision_id, dossier.pk)
        return False
    return True


def _move(dossier: Dossier, by: Actor) -> None:
    """Grant the dossier when at least one of its lines stands, refuse it with the struck lines' reasons otherwise."""
    step = StepRow.objects.open().filter(process__dossier=dossier).first()
    if step is None:
        raise Gone(_("Bước này đã xong."))
    lines = Line.objects.filter(decision=dossier.decision_id, group_id=dossier.pk)
    act, facts = ("grant", {}) if lines.filter(struck=False).exists() else ("refuse", {"reason": _reasons(lines)})
    desk.do(step.process_id, step.pk, act, by=by, **facts)


def _reasons(lines: Any) -> str:
    """Every reason once, in the order of the lines."""
    return "; ".join(dict.fromkeys(line.reason for line in lines))[:MOST_REASON]
