"""Holding a dossier and lifting the hold: acts beside the steps; the open step's clock stands and goes on with them."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.clock import now
from audit.ledger import Actor
from audit.models import Entry
from dossiers.acts import perform
from dossiers.errors import Gone
from dossiers.holding import Stop
from dossiers.models import Dossier

from .flows import CampaignAwardFlow
from .models import StepRow
from .notices import hold_told
from .sweeper import ARMED, rearm
from .timing import TIMED, set_deadline

HOLDS = ("hold", "lift")


@transaction.atomic
def do_hold(dossier: Dossier, act: str, *, by: Actor, version: int | None = None, **facts: Any) -> Entry:
    """Hold a dossier or one name of it, or lift a hold; the clock of its open step follows.

    act       "hold" or "lift"
    Raises    Gone (over meanwhile, or stale), PermissionDenied, NotNow, Unfit
    """
    step = StepRow.objects.open().filter(process__dossier=dossier.pk).first()
    if step is None:
        raise Gone(_("Hồ sơ đã kết thúc; không còn gì để tạm dừng."))
    with CampaignAwardFlow.lock(step.process_id):
        step = StepRow.objects.select_related("process", "organization", "owner").get(pk=step.pk)
        if not step.is_open:
            raise Gone(_("Hồ sơ vừa chuyển bước. Hãy mở lại trang rồi làm lại."))
        entry = perform(Dossier(pk=dossier.pk), act, by=by, version=version, step_id=step.pk, **facts)
        step.process.dossier = entry.subject
        follow(step)
        hold_told(entry, step, act)
    return entry


def went_on(entry: Entry) -> bool:
    """Whether the act ended the last hold of its dossier, which is the entry's `subject`: a held name withdrawn."""
    return any(one.why == Stop.Why.HOLD and one.until == entry.at for one in entry.subject.pauses)


def follow(step: StepRow) -> None:
    """Let the clock of an open step stand while its dossier is on hold, and go on from its new deadline after."""
    dossier = step.process.dossier
    if dossier.held_since is not None:
        step.scheduled = step.rung = step.stuck_at = None
        step.save(update_fields=["scheduled", "rung", "stuck_at"])
        return
    set_deadline(step, now())
    rearm([step])
    step.save(update_fields=[*TIMED, *ARMED])
