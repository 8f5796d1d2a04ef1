"""What the engines left behind, laid side by side: speeds compare nothing when one of them did less."""

from collections.abc import Iterable, Sequence
from typing import Any

from viewflow.workflow.models import Process, Task

from audit.ledger import faults
from audit.models import Entry, Kind
from dossiers.models import Dossier, Receipt, Verdict
from flows.models import Completion, Passage, StepRow
from notifications.models import Notification

from .ground import ACTS, Case

Rows = dict[str, list[tuple]]

TOLD = "act source target actor_id actor_name office organization_id organization_name behalf_id behalf_name reason"
WHERE = "number unit_id unit_name subject_type origin position kind before after"
DOSSIER = "state reach regime chain_position unit_id decision_id changed_by_id changed_for_id stops"
# moments of a deadline and of its clock are of whole days, so the same for all
STEP = (
    "flow_task flow_task_type status token owner_id office organization_id unit_id cause due_at legal_due_at scheduled"
    " rung basis legal_basis calendar_version tries fault"
)


def of_dossier(case: Case) -> Rows:
    """All that lies in the tables about one dossier, less keys, moments and digests; its own code reads as a dot."""
    entries = Entry.objects.filter(chain_type="dossiers.dossier", chain_id=case.dossier, kind=Kind.ACT)
    steps = StepRow.objects.filter(process=case.passage)
    notices = Notification.objects.filter(entry_id__in=entries.values("pk"))
    return {
        "dossier": _rows(case, Dossier.objects.filter(pk=case.dossier), DOSSIER),
        "dossier's moments": _whether(Dossier.objects.filter(pk=case.dossier), "received_at desk_since held_since"),
        "passage": _rows(case, Passage.objects.filter(pk=case.passage), "status flow_class"),
        "entries": _rows(case, entries.order_by("position"), f"{TOLD} {WHERE} facts"),
        "steps": _rows(case, steps.order_by("pk"), STEP),
        "moments": _whether(steps.order_by("pk"), "created assigned started finished counts_from stuck_at"),
        "completions": _rows(case, Completion.objects.filter(step__in=steps).order_by("step"), "step__flow_task"),
        "verdicts": _rows(case, Verdict.objects.filter(nomination__dossier=case.dossier).order_by("pk"),
                          "nomination__position desk judgement reason by_id"),
        "receipts": _rows(case, Receipt.objects.filter(dossier=case.dossier), "code signed_by names files"),
        "notices": _rows(case, notices.order_by("entry_id", "recipient_id", "channel"),
                         "recipient_id channel about template context url held_until attempts answer"),
    }  # fmt: skip


def _rows(case: Case, rows: Iterable, columns: str) -> list[tuple]:
    bare = case.code.removeprefix("HS-")
    return [tuple(str(value).replace(bare, "·") for value in row) for row in rows.values_list(*columns.split())]


def _whether(rows: Any, columns: str) -> list[tuple]:
    """Which of these moments are there: they differ from case to case."""
    return [tuple(value is not None for value in row) for row in rows.values_list(*columns.split())]


def differences(ours: Sequence[Case], theirs: Sequence[Case]) -> list[str]:
    """Every way in which a dossier the others carried differs from the first of ours; and every broken chain."""
    found, model = [], of_dossier(ours[0])
    for case in [*ours[1:], *theirs]:
        for table, rows in of_dossier(case).items():
            if rows != model[table]:
                found.append(f"{case.code}: {table}: {rows} where ours has {model[table]}")
    for dossier in Dossier.objects.filter(pk__in=[case.dossier for case in [*ours, *theirs]]):
        found += faults(dossier)
    return found


def shortfalls(cases: Sequence[Case], *, entries: int, notices: int) -> list[str]:
    """Every way in which viewflow's processes did not all come to their end with so many entries and notices in all."""
    keys = [case.passage for case in cases]
    lines = Entry.objects.filter(chain_type="viewflow.process", chain_id__in=keys)
    counted = {
        "ended processes": (Process.objects.filter(pk__in=keys, status="DONE").count(), len(cases)),
        "finished tasks": (
            Task.objects.filter(process__in=keys, flow_task_type="HUMAN", status="DONE").count(), len(cases) * len(ACTS)
        ),
        "entries": (lines.count(), entries),
        "notices": (Notification.objects.filter(entry_id__in=lines.values("pk")).count(), notices),
    }  # fmt: skip
    return [f"stock: {is_} {what} instead of {wanted}" for what, (is_, wanted) in counted.items() if is_ != wanted]


def effects(cases: Sequence[Case]) -> tuple[int, int]:
    """Entries of acts and notices that these dossiers have."""
    of_them = Entry.objects.filter(chain_type="dossiers.dossier", chain_id__in=[case.dossier for case in cases])
    lines = of_them.filter(kind=Kind.ACT, act__in=[act.name for act in ACTS])
    return lines.count(), Notification.objects.filter(entry_id__in=lines.values("pk")).count()
