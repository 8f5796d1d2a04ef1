"""Keeping away from a dossier, together with its open step: a claim goes back to the pool, and somebody is told."""

from django.db import transaction

from audit.ledger import Actor, witness
from audit.models import Entry
from dossiers import recusals
from dossiers.models import Dossier
from organizations.models import Place

from .flows import CampaignAwardFlow
from .models import StepRow
from .notices import let_go


@transaction.atomic
def declare(dossier: Dossier, *, by: Actor, relation: str, reason: str) -> Entry:
    """Declare a relation; the step leaves the declarer's desk, and its office, or who names a stand-in, is told.

    Raises    as `recusals.declare`
    """
    step = StepRow.objects.open().filter(process__dossier=dossier.pk).values_list("process_id", "pk").first()
    if step is None:
        return recusals.declare(dossier, by=by, relation=relation, reason=reason)
    with CampaignAwardFlow.lock(step[0]):
        entry = recusals.declare(dossier, by=by, relation=relation, reason=reason)
        row = StepRow.objects.open().select_related("process", "organization").filter(pk=step[1]).first()
        if row is not None and row.flow_task.place != Place.UNIT:
            row.process.dossier = entry.subject
            _leave(row, by, entry)
    return entry


def _leave(row: StepRow, by: Actor, entry: Entry) -> None:
    """Take a step off the declarer's desk; also tell when it lay on nobody's and nobody is left for it."""
    if row.owner_id == by.person.pk:
        row.owner, row.assigned, row.status = None, None, "NEW"
        row.save(update_fields=["owner", "assigned", "status"])
        witness("release", by=by, subject=entry.subject, reason=entry.reason, facts={"step": row.pk, "recused": True})
        let_go(entry, row)
    elif row.owner_id is None and by.person.holds(row.office, row.organization_id):
        let_go(entry, row, only_if_alone=True)
