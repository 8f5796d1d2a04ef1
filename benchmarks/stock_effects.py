"""viewflow's stock flow that keeps a ledger and owes notices too: an entry, and as many notices as ours, per act."""

from collections.abc import Sequence
from typing import Any

from audit.clock import now
from audit.ledger import FORM, digest_of
from audit.models import Entry, Kind
from notifications.matrix import Way
from notifications.models import Channel, Notification
from notifications.tasks import deliver_for
from organizations.models import Person

from .ground import Act, Case, Ground
from .known import Known, Told, known
from .stock import Stock

CHAIN = "viewflow.process"


class StockEffects(Stock):
    """Still no verdicts, offices, conditions or deadlines; the chain's head rides in the process's own data."""

    name = "stock + effects"

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.known: dict[str, Known] = {}

    def ready(self, act: Act, cases: Sequence[Case]) -> None:
        """Note the open tasks and whom the act will tell; it is given to them as it is to raw SQL."""
        super().ready(act, cases)
        self.known[act.name] = known(self.ground, act)

    def execute(self, request: Any, **kwargs: Any) -> None:
        """The entry first, so that its digest is saved with the process; then viewflow's steps; then the notices."""
        line, activation = self.known[request.act.name], request.activation
        entry = _entry(line, activation, request.user)
        entry.save()
        activation.process.data = {"position": entry.position, "digest": entry.digest}
        super().execute(request, **kwargs)
        rows = [row for told in line.notices for row in _notices(line, entry, told)]
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
        deliver_for.delay_on_commit(entry.pk)


def _entry(line: Known, activation: Any, person: Person) -> Entry:
    """An unsaved line of the ledger that follows the last one about this process."""
    head = activation.process.data or {}
    body = line.organization
    entry = Entry(
        at=now(), kind=Kind.ACT, chain_type=CHAIN, chain_id=activation.process.pk, subject_type=CHAIN,
        subject_id=activation.process.pk, subject_label=f"#{activation.process.pk}", act=line.act.name,
        source=line.act.source, target=line.target, actor=person, actor_name=person.full_name, office=line.office,
        organization_id=body.pk, organization_name=body.name, origin="web", step_id=activation.task.pk, form=FORM,
        position=head.get("position", 0) + 1, previous=head.get("digest", ""),
    )  # fmt: skip
    entry.digest = digest_of(entry)
    return entry


def _notices(line: Known, entry: Entry, told: Told) -> list[Notification]:
    """The rows by which one person hears of it."""
    context = {"code": entry.subject_label} | ({"step": line.next.title} if told.ahead else {})
    return [
        Notification(entry_id=entry.pk, recipient_id=told.recipient, channel=channel, template=told.template,
                     context=context, url=f"/ho-so/{entry.subject_id}/", created_at=entry.at)
        for channel in (Channel.IN_APP, told.way)
        if channel != Way.NONE
    ]  # fmt: skip
