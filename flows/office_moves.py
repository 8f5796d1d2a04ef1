"""Many steps given to one colleague: read from a form, looked at, then each given in its own transaction."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from audit.ledger import Actor
from dossiers.errors import Refused
from dossiers.models import Dossier
from organizations.models import Organization, Person

from . import desk
from .models import StepRow

MOST = 50  # steps of one form


@dataclass(frozen=True, slots=True)
class Wanted:
    """One step to be given, and who had it on the page that was read."""

    step: StepRow
    seen: int | None


def wanted_from(data: Any, body: Organization, person: Person) -> list[Wanted]:
    """The steps of this body that the form names; what its head may not see is as if it were not there."""
    typed = [int(one) for one in data.getlist("step")[:MOST] if _is_number(one)]
    rows = StepRow.objects.filter(pk__in=typed, organization=body, flow_task_type="HUMAN")
    rows = rows.on(Dossier.objects.visible_to(person)).select_related("process__dossier__unit", "owner", "organization")
    steps = list(rows.order_by("due_at", "pk"))
    owners: dict[int, Person] = {}
    for step in steps:  # one object a person: their offices are asked once
        step.owner = owners.setdefault(step.owner_id, step.owner) if step.owner else None
    return [Wanted(step, _number(data.get(f"seen-{step.pk}", ""))) for step in steps]


def previewed(wanted: list[Wanted], to: Person | None, head: Person) -> list[dict[str, Any]]:
    """Each step with what will happen, or why it cannot; two statements besides the people's offices.

    head      who gives them out
    """
    steps = [one.step for one in wanted]
    own = kept_from(head, steps)
    pks = [step.pk for step in steps]
    ties = {row.pk: row.tie for row in StepRow.objects.with_tie(to).filter(pk__in=pks)} if to else {}
    return [
        {"step": one.step, "seen": one.seen, "why": own.get(one.step.pk) or _why_not(one, to, ties)} for one in wanted
    ]


def kept_from(head: Person, steps: list[StepRow]) -> dict[int, str]:
    """{step: why it is not this head's to give out, being put forward or declared}; one statement."""
    rows = StepRow.objects.with_tie(head).filter(pk__in=[step.pk for step in steps])
    return {row.pk: row.kept_away for row in rows if row.kept_away}


def _why_not(one: Wanted, to: Person | None, ties: dict[int, str]) -> str:
    step = one.step
    step.tie = ties.get(step.pk, "")
    if not step.is_open:
        return _("Bước này đã xong.")
    if (step.holder.pk if step.holder else None) != one.seen:
        return _("Việc này đã đổi người giữ từ khi bạn mở trang.")
    return desk.cannot_have(step, to)


def assign_all(
    wanted: list[Wanted], to: Person | None, *, by: Actor, reason: str
) -> tuple[int, list[tuple[str, str]]]:
    """Give each step; what cannot be given is left.  Returns how many were, and (dossier, why) of the others."""
    done, left = 0, []
    for one in wanted:
        try:
            desk.assign(one.step.process_id, one.step.pk, to=to, by=by, reason=reason, seen=one.seen)
            done += 1
        except Refused as refusal:
            left.append((one.step.process.dossier.code, " ".join(refusal.sentences)))
        except PermissionDenied:
            left.append((one.step.process.dossier.code, _("Bạn không còn phụ trách đơn vị này.")))
    return done, left


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal() and len(typed) < 19


def _number(typed: str) -> int | None:
    return int(typed) if _is_number(typed) else None
