"""What people do at the desk: open a dossier, claim a step, act, let go."""

from dataclasses import replace
from datetime import date
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
from dossiers.errors import Gone, Unfit
from dossiers.free_hand import Recused, require_no_tie
from dossiers.models import Dossier
from organizations.authority import acting
from organizations.models import Office, Organization, Person, Place

from .flows import CampaignAwardFlow
from .holds import follow, went_on
from .models import StepRow
from .notices import assigned

HEADS = (Office.UNIT_HEAD, Office.COUNCIL_CHAIR)  # who gives out the work of a body


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
        entry = activation.do(act, by=_at_desk(activation.task, by), version=version, **facts)
        if act in activation.flow_task.asides and went_on(entry):
            follow(activation.task)
        if then:
            following = _activation(passage, StepRow.objects.open().filter(process=passage).get().pk)
            entry = following.do(then, by=_at_desk(following.task, by))
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


def _activation(passage: int, step: int, person: Person | None = None) -> Any:
    """The activation of an open step, read under the passage's lock; with what ties `person` to its dossier."""
    rows = StepRow.objects.select_related("process", "owner", "organization").filter(pk=step, process=passage)
    row = (rows.with_tie(person) if person else rows).first()
    if row is None or not row.is_open:
        raise Gone(_("Bước này đã xong."))
    return row.flow_task.activation_class(row)


def _require_free(activation: Any, act: str, by: Actor) -> None:
    """A step that a colleague has claimed is theirs until they let go of it; an issued decision waits for no claim."""
    step = activation.task
    shared = by.person.is_system or by.person.shares_desk_of(step.owner_id, step.office, step.organization_id)
    another = step.assigned is not None and not shared
    if another and act not in activation.flow_task.unclaimed and step.holder is not None:
        raise Gone(_("%(name)s đang xử lý bước này.") % {"name": step.owner.full_name})


def _at_desk(step: StepRow, by: Actor) -> Actor:
    """The actor, saying on whose desk the step lies when that is someone they stand in for."""
    owner = step.owner
    if owner is None or owner.pk == by.person.pk:
        return by
    stands_in = by.person.shares_desk_of(owner.pk, step.office, step.organization_id)
    return replace(by, behalf=owner) if stands_in else by


def claim(passage: int, step: int, *, by: Actor, over: int | None = None) -> StepRow:
    """Take a step of one's office; of two at once one has it, and who takes it over from a colleague says so.

    over      id of the colleague whose claim is knowingly taken over; the ledger shows it
    Raises    Gone when the step is over or somebody else has it by now, PermissionDenied when it is another office's,
              Recused
    """
    with CampaignAwardFlow.lock(passage):
        row = _activation(passage, step, by.person).task
        by = acting(_at_desk(row, by), row.office, row.organization_id)
        if row.kept_away:
            raise Recused(row.kept_away)
        has = row.owner if row.assigned and row.owner_id != by.person.pk and row.holder else None
        if has is not None and has.pk != over:
            raise Gone(_("%(name)s vừa nhận việc này.") % {"name": has.full_name})
        before = row.owner.full_name if row.owner else ""
        row.owner, row.assigned, row.status = by.person, now(), "ASSIGNED"
        row.save(update_fields=["owner", "assigned", "status"])
        witness("claim", by=by, subject=row.process.dossier, facts={"step": row.pk, "before": before})
    return row


def release(passage: int, step: int, *, by: Actor) -> StepRow:
    """Put a step back into the office's pool: one's own, or of whom one stands in for.

    Raises    Gone when the step is over, PermissionDenied when it is not theirs
    """
    with CampaignAwardFlow.lock(passage):
        row = _activation(passage, step).task
        if row.owner_id is None or not by.person.shares_desk_of(row.owner_id, row.office, row.organization_id):
            raise PermissionDenied
        by = acting(_at_desk(row, by), row.office, row.organization_id)
        row.owner, row.assigned, row.status = None, None, "NEW"
        row.save(update_fields=["owner", "assigned", "status"])
        witness("release", by=by, subject=row.process.dossier, facts={"step": row.pk})
    return row


def assign(
    passage: int, step: int, *, to: Person | None, by: Actor, reason: str, seen: int | None = None
) -> StepRow:
    """Give a step of one's own body to a colleague who holds its office today, or put it back into the pool.

    to        None: back to the pool
    by        the head of the step's body, or of its council
    seen      id of who had it on the page that was read, None when nobody
    Raises    Gone (over, or in other hands by now), PermissionDenied (another's body), Recused (the head's own tie),
              Unfit (not one it may be given)
    """
    with CampaignAwardFlow.lock(passage):
        row = _activation(passage, step, to).task
        by, before = _as_head(by, row), row.holder
        if row.flow_task.place != Place.UNIT:  # who is put forward does not choose who looks at it
            require_no_tie(row.process.dossier, by.person)
        if (before.pk if before else None) != seen:
            raise Gone(_("Việc này đã đổi người giữ từ khi bạn mở trang."))
        if why := cannot_have(row, to):
            raise Unfit(why)
        row.owner, row.assigned, row.status = to, now() if to else None, "ASSIGNED" if to else "NEW"
        row.save(update_fields=["owner", "assigned", "status"])
        names = {"from": before.full_name if before else "", "to": to.full_name if to else ""}
        dossier = row.process.dossier
        entry = witness("assign", by=by, subject=dossier, reason=reason, facts={"step": row.pk, **names})
        assigned(entry, row, to=to, before=before)
    return row


def cannot_have(row: StepRow, to: Person | None) -> str:
    """Why a step may not be given to this person, or not be put back; empty when it may.

    row       read with what ties `to` to its dossier
    """
    if to is None:
        return "" if row.holder else _("Việc này đang ở chung rồi.")
    named = {"name": to.full_name}
    if row.owner_id == to.pk and row.assigned:
        return _("%(name)s đang giữ việc này rồi.") % named
    if not to.holds(row.office, row.organization_id):
        return _("%(name)s hôm nay không giữ chức trách của bước này.") % named
    return _("%(name)s có liên quan đến hồ sơ này nên không xem xét được.") % named if row.kept_away else ""


def _as_head(by: Actor, row: StepRow) -> Actor:
    """The actor as head of the step's body, or chair of its council.

    Raises    PermissionDenied
    """
    heads = [office for office in HEADS if by.person.holds(office, row.organization_id)]
    if not heads:
        raise PermissionDenied
    return acting(by, heads[0], row.organization_id)
