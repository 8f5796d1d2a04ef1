"""Who is told of new work and of deadlines: derived from the step, never listed."""

from collections.abc import Iterable

from django.utils.translation import override

from audit.models import Entry
from notifications.outbox import announce
from organizations.models import Office, Person

from .models import StepRow


def new_work(entry: Entry, step: StepRow, holders: Iterable[Person]) -> None:
    """Tell the office that a step waits for it; the cause is the act that led here.

    When nobody holds the office the head of the body is told, to have somebody appointed (domain.md 2.2).
    """
    holders = list(holders)
    if holders:
        announce(entry, holders, "new_task", **_about(step))
    else:
        announce(entry, Person.objects.holders(Office.UNIT_HEAD, step.organization_id), "vacant", **_about(step))


def due_now(entry: Entry, step: StepRow) -> None:
    """Remind whoever has the step, or its whole office, that the deadline is here."""
    holder = step.holder
    people = [holder] if holder else Person.objects.holders(step.office, step.organization_id)
    announce(entry, people, "reminder", **_about(step))


def _about(step: StepRow) -> dict:
    dossier = step.process.dossier
    due = step.due_at.isoformat() if step.due_at else ""
    with override("vi"):  # kept in the notice, whose mail is Vietnamese whatever the one who acted reads
        title = str(step.flow_task.task_title)
    return {"url": f"/ho-so/{dossier.code}/", "code": dossier.code, "step": title, "due": due}
