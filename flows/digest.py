"""The digest of the morning: what is late, what is due, what came in; one mail a person and working day.

May run twice at once and be killed at any moment: people are taken in batches, each batch is one transaction in which
the unique row of a person's morning, the mail owed and the mark on what it took in are written together.
"""

from collections.abc import Iterable
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

from .models import StepRow

BATCH = 25  # people of one transaction
SOON_DAYS = 3  # working days
LONGEST = 20  # lines of a section; the rest is on the desk


def send_digests() -> int:
    """Make the digests that are due by the house clock.  Returns how many mails are owed by it."""
    at = now()
    day = timezone.localdate(at)
    if not is_working_day(day):
        return 0
    due = [person.pk for person in _waiting(day) if _is_due(person, day, at)]
    return sum(_make(due[start : start + BATCH], day) for start in range(0, len(due), BATCH))


def _waiting(day: date, pks: Iterable[int] | None = None) -> Any:
    """People whose morning was not looked at yet, of these or of all, with how they want to be told."""
    made = Digest.objects.filter(person=OuterRef("pk"), day=day)
    people = Person.objects.active().people() if pks is None else Person.objects.filter(pk__in=pks)
    return reached(people.filter(~Exists(made)).order_by("pk"))


def _is_due(person: Person, day: date, at: datetime) -> bool:
    """Their morning has come, and it is not evening again."""
    preference = getattr(person, "preference", None)
    return at >= morning_of(preference, day) and held_until(preference, at) is None


@transaction.atomic
def _make(pks: list[int], day: date) -> int:
    """Look at these people's morning, once; two rounds at once queue for the house's row."""
    House.objects.get_or_create(pk=1)
    House.objects.select_for_update().get(pk=1)
    people = list(_waiting(day, pks))
    if not people:
        return 0
    said = {person.pk: _said(person, day) for person in people}
    counts = {pk: sum(map(len, sections.values())) for pk, sections in said.items()}
    entry = witness("digest", by=None, facts={"day": day, "told": {str(pk): n for pk, n in counts.items() if n}})
    Digest.objects.bulk_create(
        Digest(person=person, day=day, at=entry.at, entry_id=entry.pk, told=counts[person.pk]) for person in people
    )
    owed = [_mail(person, day, said[person.pk]) for person in people if counts[person.pk]]
    mail_all(entry, owed)
    return len(owed)


def _mail(person: Person, day: date, sections: dict[str, list]) -> Owed:
    shown = {name: lines[:LONGEST] for name, lines in sections.items()}
    more = any(len(lines) > LONGEST for lines in sections.values())
    return Owed(person, "digest", "/ban-viec/", f"digest:{day}", {**shown, "day": f"{day:%d/%m/%Y}", "more": more})


def _said(person: Person, day: date) -> dict[str, list[dict[str, str]]]:
    """The sections of one digest: {late, today, soon, news}, each a list of plain lines."""
    preference = getattr(person, "preference", None)
    sections: dict[str, list[dict[str, str]]] = {"late": [], "today": [], "soon": []}
    at, tonight = now(), end_of_day(day)
    for step in _steps(person, day) if preference is None or preference.due_in_digest else ():
        name = "late" if step.due_at < at else "today" if step.due_at <= tonight else "soon"
        sections[name].append(_line(step, at))
    return {**sections, "news": _news(person)}


def _steps(person: Person, day: date) -> list[StepRow]:
    """What this person has, and what their offices share, due until the third working day; the most overdue first."""
    until = end_of_day(add_working_days(day, SOON_DAYS))
    found: list[StepRow] = []
    for rows in (StepRow.objects.mine(person), StepRow.objects.pool(person)):
        found += rows.filter(due_at__lte=until).select_related("process__dossier")[: LONGEST + 1]
    return sorted(found, key=lambda step: (step.due_at, step.pk))


def _line(step: StepRow, at: datetime) -> dict[str, str]:
    dossier = step.process.dossier
    with override("vi"):  # kept in the mail, which is Vietnamese
        far, title = distance(step.due_at, at).text, str(step.flow_task.task_title)
    due = f"{timezone.localtime(step.due_at):%d/%m/%Y}"
    return {"code": dossier.code, "step": title, "due": due, "far": far, "url": _address(dossier.get_absolute_url())}


def _news(person: Person) -> list[dict[str, str]]:
    """What waited for this digest, marked as told; what left as a mail of its own meanwhile is not said again."""
    waiting = Notification.objects.for_digest(person)
    mailed = Notification.objects.filter(
        entry_id=OuterRef("entry_id"), recipient=OuterRef("recipient"), about=OuterRef("about"), channel=Channel.EMAIL
    )
    news = list(waiting.annotate(mailed=Exists(mailed)))
    if news:
        Notification.objects.filter(pk__in=[one.pk for one in news]).update(sent_at=timezone.now())
    return [{"text": words(one)["text"], "url": _address(one.url)} for one in news if not one.mailed]


def _address(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path
