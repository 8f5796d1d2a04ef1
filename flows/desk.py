"""What people do at the desk: open a dossier, claim a step, act, let go; and what the clock does there."""

import logging
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit.clock import now
from audit.ledger import Actor, witness
from audit.models import Entry
from campaigns.models import Campaign
from dossiers import edits
from dossiers.acts import perform, require_may
from dossiers.errors import Gone
from dossiers.models import Dossier
from organizations.models import Organization, Person

from .flows import CampaignAwardFlow
from .models import StepRow
from .notices import due_now

LOG = logging.getLogger(__name__)
BATCH = 20
TRY_AGAIN_AFTER = timedelta(minutes=5)


@transaction.atomic
def open_dossier(*, by: Actor, campaign: Campaign, unit: Organization) -> Dossier:
    """Open a dossier and put it on its author's desk."""
    dossier = edits.open_dossier(by=by, campaign=campaign, unit=unit)
    passage = CampaignAwardFlow.start.run(dossier=dossier)
    step = passage.steps.open().get()
    step.owner = by.person
    step.save(update_fields=["owner"])
    return dossier


@transaction.atomic
def accept_late(dossier: Dossier, *, by: Actor, version: int | None, reason: str, until: date) -> Entry:
    """Take a lapsed dossier in after all: a new passage begins at its author's desk."""
    entry = perform(dossier, "accept_late", by=by, version=version, reason=reason, until=until)
    CampaignAwardFlow.accepted_late.run(dossier=entry.subject, entry=entry)
    return entry


def do(
    passage: int, step: int, act: str, *, by: Actor, version: int | None = None, then: str = "", **facts: Any
) -> Entry:
    """Do one act in an open step, and at once a second one (`then`) when the person holds both desks.

    Raises    Gone when the step is over or another has claimed it; what `perform` raises
    """
    with CampaignAwardFlow.lock(passage):
        activation = _activation(passage, step)
        _require_free(activation, act, by)
        entry = activation.do(act, by=by, version=version, **facts)
        if then:
            following = StepRow.objects.open().filter(process=passage).get()
            entry = _activation(passage, following.pk).do(then, by=by)
        return entry


def require_ready(row: StepRow, act: str, *, by: Actor, version: int | None) -> None:
    """The step as it was read still waits for this act by this person; asked again under the lock when it is done.

    Raises    Gone (finished, claimed by another, stale), then PermissionDenied (another's office)
    """
    if not row.is_open:
        raise Gone(_("Bước này đã xong."))
    activation = row.flow_task.activation_class(row)
    _require_free(activation, act, by)
    activation.require_way(act)
    dossier = row.process.dossier
    dossier.stand(activation.flow_task.place, row.organization)
    require_may(dossier, act, by=by, version=version)


def _activation(passage: int, step: int) -> Any:
    """The activation of an open step, read under the passage's lock."""
    row = (
        StepRow.objects.select_related("process", "owner", "organization")
        .filter(pk=step, process=passage)
        .first()
    )
    if row is None or not row.is_open:
        raise Gone(_("Bước này đã xong."))
    return row.flow_task.activation_class(row)


def _require_free(activation: Any, act: str, by: Actor) -> None:
    """A step that a colleague has claimed is theirs until they let go of it; an issued decision waits for no claim."""
    step = activation.task
    another = step.assigned is not None and step.owner_id != by.person.pk and not by.person.is_system
    if another and act not in activation.flow_task.unclaimed and step.holder is not None:
        raise Gone(_("%(name)s đang xử lý bước này.") % {"name": step.owner.full_name})


def claim(passage: int, step: int, *, by: Actor) -> StepRow:
    """Take a step of one's office; a colleague's claim may be taken over, and the ledger shows it.

    Raises    Gone when the step is over, PermissionDenied when it is another office's
    """
    with CampaignAwardFlow.lock(passage):
        row = _activation(passage, step).task
        if not by.person.holds(row.office, row.organization_id):
            raise PermissionDenied
        before = row.owner.full_name if row.owner else ""
        row.owner, row.assigned, row.status = by.person, now(), "ASSIGNED"
        row.save(update_fields=["owner", "assigned", "status"])
        witness("claim", by=by, subject=row.process.dossier, facts={"step": row.pk, "before": before})
    return row


def release(passage: int, step: int, *, by: Actor) -> StepRow:
    """Put a step back into the office's pool."""
    with CampaignAwardFlow.lock(passage):
        row = _activation(passage, step).task
        if row.owner_id != by.person.pk or not by.person.holds(row.office, row.organization_id):
            raise PermissionDenied
        row.owner, row.assigned, row.status = None, None, "NEW"
        row.save(update_fields=["owner", "assigned", "status"])
        witness("release", by=by, subject=row.process.dossier, facts={"step": row.pk})
    return row


def sweep_deadlines() -> int:
    """Look at every step whose moment has come; may run twice at once, and be killed at any moment.  Returns how many.

    Steps are found in batches and struck each in its own transaction, so that a sweeper never holds two dossiers; what
    another sweeper or a person at the desk holds is passed over and looked at in the next round.
    """
    by = Actor(Person.objects.system(), origin="clock")
    looked = 0
    while batch := list(StepRow.objects.due(now()).values_list("process_id", "pk")[:BATCH]):
        done = sum(_sweep_one(passage, step, by) for passage, step in batch)
        if not done:
            break
        looked += done
    return looked


def _sweep_one(passage: int, step: int, by: Actor) -> bool:
    """Strike one step.  Returns whether anything was there to be done."""
    try:
        with transaction.atomic():
            row = _due_under_lock(passage, step)
            if row is None:
                return False
            _strike(row, by)
    except Exception:  # one bad row must not stop the clock of the others
        LOG.exception("the clock failed at step %s", step)
        StepRow.objects.filter(pk=step).update(scheduled=now() + TRY_AGAIN_AFTER)
    return True


def _due_under_lock(passage: int, step: int) -> StepRow | None:
    """The step, read again once its passage is locked: meanwhile it may be done, or struck by another sweeper."""
    if not StepRow.objects.passage_taken(passage):
        return None
    rows = StepRow.objects.due(now()).select_related("process__dossier", "owner", "organization")
    return rows.filter(pk=step, process=passage).first()


def _strike(row: StepRow, by: Actor) -> None:
    """What happens at a step's deadline: it ends, or its people are reminded, once."""
    activation = row.flow_task.activation_class(row)
    if row.flow_task.at_due is not None:
        activation.lapse(by=by)
        return
    entry = perform(row.process.dossier, "remind", by=by, step_id=row.pk)
    row.scheduled = None
    row.save(update_fields=["scheduled"])
    due_now(entry, row)
