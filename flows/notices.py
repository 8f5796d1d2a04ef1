"""Who is told of new work and of deadlines: derived from the step, never listed."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import override

from audit.models import Entry
from dossiers.free_hand import with_ties
from notifications.outbox import Owed, announce, announce_all
from organizations.models import Appointment, Office, Person
from organizations.substitution_rules import appointers

from .models import StepRow


def new_work(entry: Entry, step: StepRow, free: Iterable[Person], *, recused: bool = False) -> None:
    """Tell the office that a step waits for it; the cause is the act that led here.

    When nobody can do it the head of the body is told, to name somebody (domain.md 2.2).
    free      holders of the office and who stands in for them, without those who keep away from the dossier
    recused   somebody does keep away
    """
    free = list(free)
    if free:
        announce(entry, free, "new_task", office=step.office, **_about(step))
    elif recused:
        _nobody_left(entry, step)
    else:
        announce(entry, appointers(step.office, step.organization), "vacant", **_about(step))


def let_go(entry: Entry, step: StepRow, *, only_if_alone: bool = False) -> None:
    """Tell the office that a step is in its pool again because whoever had it keeps away from the dossier.

    When nobody is left, tell who may name a stand-in; with `only_if_alone`, tell nobody else.
    """
    people = with_ties(Person.objects.reached(step.office, step.organization_id), step.process.dossier)
    free = [person for person in people if not person.tied]
    if free and only_if_alone:
        return
    if free:
        announce(entry, free, "recused", office=step.office, alone=False, **_about(step))
    else:
        _nobody_left(entry, step)


def _nobody_left(entry: Entry, step: StepRow) -> None:
    """Tell whoever may name a substitute that everybody of the office keeps away from the dossier."""
    announce(entry, appointers(step.office, step.organization), "recused", alone=True, **_about(step))


# audience -> (template, the office in which they are told; empty: the step's)
RUNG_WORDS = {"HOLDER": ("reminder", ""), "HEAD": ("overdue_head", Office.UNIT_HEAD),
              "CHAIR": ("overdue_chair", Office.SIGNATORY)}  # fmt: skip


INBOX = "/thong-bao/"


def tell_rungs(entry: Entry, steps: list[Any], people: Any) -> list[int]:
    """Tell everyone the rungs of these steps are for; returns how many people each step told.

    steps     as `flows.reached` reads them
    people    their `flows.audience.Audience`
    """
    owed: list[Owed] = []
    counts = []
    with override("vi"):  # kept in the notices, whose mails are Vietnamese whoever reads
        titles = {node: str(node.task_title) for node in {step.flow_task for step in steps}}
    due = {moment: moment.isoformat() for moment in {step.due_at for step in steps}}
    for step in steps:
        before, url, about = len(owed), f"/ho-so/{step.code}/", f"step:{step.pk}"
        context = {"code": step.code, "step": titles[step.flow_task], "due": due[step.due_at],
                   "rung": step.rung, "before": -step.rung}  # fmt: skip
        for audience, told in people.of(step):
            template, office = RUNG_WORDS[audience]
            there = INBOX if audience == "CHAIR" else url  # who signs may not read a dossier on its way yet
            owed += [Owed(person, template, there, about, context, office or step.office) for person in told]
        counts.append(len(owed) - before)
    announce_all(entry, owed)
    return counts


def stuck(entry: Entry, step: StepRow) -> None:
    """Tell the administrators that the clock cannot go on at a step by itself."""
    today = Appointment.objects.today().filter(office=Office.ADMIN)
    admins = Person.objects.filter(pk__in=today.values("person"))
    announce(entry, admins, "incident", url="/su-co/", about=f"step:{step.pk}", code=step.process.dossier.code)


def hold_told(entry: Entry, step: StepRow, act: str) -> None:
    """Tell the unit and whoever has the step that the dossier stands still, or goes on."""
    dossier = step.process.dossier
    people = list(Person.objects.reached(step.office, step.organization_id)) if step.holder is None else [step.holder]
    unit = Person.objects.holders(Office.AUTHOR, dossier.unit_id) | Person.objects.holders(
        Office.UNIT_HEAD, dossier.unit_id
    )
    announce(entry, {*people, *unit}, {"hold": "hold", "lift": "hold_lifted"}[act], **_about(step))


def deadline_moved(entry: Entry, step: StepRow, before: Any) -> None:
    """Tell whoever has the step that its deadline is another day now."""
    holder = step.holder
    people = [holder] if holder else Person.objects.reached(step.office, step.organization_id)
    announce(entry, people, "moved_deadline", was=before.isoformat() if before else "", **_about(step))


def assigned(entry: Entry, step: StepRow, *, to: Person | None, before: Person | None) -> None:
    """Tell whoever was given a step by their head, and whoever no longer has it."""
    if to is not None:
        announce(entry, [to], "assigned", office=step.office, given=True, **_about(step))
    if before is not None:
        announce(entry, [before], "assigned", office=step.office, given=False, **_about(step))


def _about(step: StepRow) -> dict:
    dossier = step.process.dossier
    due = step.due_at.isoformat() if step.due_at else ""
    with override("vi"):  # kept in the notice, whose mail is Vietnamese whatever the one who acted reads
        title = str(step.flow_task.task_title)
    return {"url": f"/ho-so/{dossier.code}/", "code": dossier.code, "step": title, "due": due}
