"""The digest of the morning: what is late, what is due, what came in; one mail a person and working day.

May run twice at once and be killed at any moment: people are taken in batches, and of each batch the unique rows of
their mornings, the mails owed and the marks on what these took in are written in one short transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import override

from audit.clock import now
from audit.ledger import witness
from audit.models import House
from notifications.channels import words
from notifications.models import Channel, Digest, Notification
from notifications.outbox import Owed, mail_all, reached
from notifications.quiet import held_until, morning_of
from organizations.calendar import add_working_days, distance, end_of_day, is_working_day
from organizations.models import Person

from .due_order import RUNNING
from .models import StepRow

BATCH = 25  # people of one transaction
SOON_DAYS = 3  # working days
LONGEST = 20  # lines of a section; the rest is on the desk


@dataclass(frozen=True, slots=True)
class Morning:
    """One person's digest before it is written: its lines by section, and the notices it takes in."""

    person: Person
    sections: dict[str, list[dict[str, str]]]
    read: list[int]

    @property
    def count(self) -> int:
        """How many things it tells."""
        return sum(min(len(lines), LONGEST) for lines in self.sections.values())


def send_digests() -> int:
    """Make the digests that are due by the house clock.  Returns how many mails are owed by it."""
    at = now()
    day = timezone.localdate(at)
    if not is_working_day(day):
        return 0
    due = [person for person in _waiting(day) if _is_due(person, day, at)]
    return sum(_make(due[start : start + BATCH], day) for start in range(0, len(due), BATCH))


def _waiting(day: date) -> Any:
    """People whose morning was not looked at yet, with how they want to be told."""
    made = Digest.objects.filter(person=OuterRef("pk"), day=day)
    return reached(Person.objects.active().people().filter(~Exists(made)).order_by("pk"))


def _is_due(person: Person, day: date, at: datetime) -> bool:
    """Their morning has come, and it is not evening again."""
    preference = getattr(person, "preference", None)
    return at >= morning_of(preference, day) and held_until(preference, at) is None


def _make(people: list[Person], day: date) -> int:
    """Compose for these people, then write at once; a round that was quicker leaves nothing to write."""
    mornings = [_compose(person, day) for person in people]
    House.objects.get_or_create(pk=1)
    return _write(mornings, day)


@transaction.atomic
def _write(mornings: list[Morning], day: date) -> int:
    """Owe what nobody owed before; rounds at once queue for the house's row, which is held for a moment only."""
    House.objects.select_for_update().get(pk=1)
    made = set(Digest.objects.filter(day=day, person__in=[one.person for one in mornings]).values_list("person_id"))
    mornings = [one for one in mornings if (one.person.pk,) not in made]
    if not mornings:
        return 0
    told = {str(one.person.pk): one.count for one in mornings if one.count}
    entry = witness("digest", by=None, facts={"day": day, "told": told})
    Digest.objects.bulk_create(
        Digest(person=one.person, day=day, at=entry.at, entry_id=entry.pk, told=one.count) for one in mornings
    )
    Notification.objects.filter(pk__in=[pk for one in mornings for pk in one.read]).update(sent_at=timezone.now())
    owed = [_mail(one, day) for one in mornings if one.count]
    mail_all(entry, owed)
    return len(owed)


def _mail(morning: Morning, day: date) -> Owed:
    shown = {name: lines[:LONGEST] for name, lines in morning.sections.items()}
    more = any(len(lines) > LONGEST for lines in morning.sections.values())
    context = {**shown, "day": f"{day:%d/%m/%Y}", "more": more}
    return Owed(morning.person, "digest", "/ban-viec/", f"digest:{day}", context)


def _compose(person: Person, day: date) -> Morning:
    """What one person would read: {late, today, soon, news}, each a list of plain lines."""
    preference = getattr(person, "preference", None)
    news, read = _news(person)
    sections: dict[str, list[dict[str, str]]] = {"late": [], "today": [], "soon": []}
    at, tonight = now(), end_of_day(day)
    for step in _steps(person, day) if preference is None or preference.due_in_digest else ():
        name = "late" if step.due_at < at else "today" if step.due_at <= tonight else "soon"
        sections[name].append(_line(step, at))
    sections["news"] = [{"text": words(one)["text"], "url": _address(one.url)} for one in news]
    return Morning(person, sections, read)


def _steps(person: Person, day: date) -> list[StepRow]:
    """What this person has, and what their offices share, due until the third working day; the most overdue first."""
    until = end_of_day(add_working_days(day, SOON_DAYS))
    found: list[StepRow] = []
    for rows in (StepRow.objects.mine(person), StepRow.objects.pool(person)):
        found += rows.filter(RUNNING, due_at__lte=until).select_related("process__dossier")[: LONGEST + 1]
    return sorted(found, key=lambda step: (step.due_at, step.pk))


def _line(step: StepRow, at: datetime) -> dict[str, str]:
    dossier = step.process.dossier
    with override("vi"):  # kept in the mail, which is Vietnamese
        far, title = distance(step.due_at, at).text, str(step.flow_task.task_title)
    due = f"{timezone.localtime(step.due_at):%d/%m/%Y}"
    return {"code": dossier.code, "step": title, "due": due, "far": far, "url": _address(dossier.get_absolute_url())}


def _news(person: Person) -> tuple[list[Any], list[int]]:
    """What was put by for this digest, and the keys of what is settled by it; what it has no room for waits on.

    What left as a mail of its own meanwhile, the later word of the same line, is not said again.
    """
    mails = Notification.objects.filter(
        entry_id=OuterRef("entry_id"), recipient=OuterRef("recipient"), about=OuterRef("about"), channel=Channel.EMAIL
    )
    waiting = list(Notification.objects.for_digest(person).annotate(mailed=Exists(mails)))
    news = [one for one in waiting if not one.mailed]
    return news, [one.pk for one in waiting if one.mailed] + [one.pk for one in news[:LONGEST]]


def _address(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path
