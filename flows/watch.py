"""The watch: how far the house is behind with what it owes, and telling its administrators once per episode.

A clock that has stopped altogether cannot tell of itself; for that a monitor asks /healthz.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from audit.clock import now
from audit.ledger import witness
from audit.models import Entry, House
from notifications.models import Notification
from notifications.outbox import announce
from organizations.models import Appointment, Office, Person

from .models import StepRow

LATE = timedelta(minutes=5)  # of the sweeper
ON_TIME = timedelta(minutes=2)  # it sweeps every minute; between the two an episode goes on, so that none flickers
OLD = timedelta(minutes=30)  # of a mail that ought to have left
MOST = 1000  # counted no further
PAGE = "/su-co/"


@dataclass(frozen=True, slots=True)
class Debt:
    """What is owed: how long the oldest due step waits for the clock, and three counts up to MOST."""

    behind: timedelta
    stuck: int
    mails_old: int
    mails_given_up: int


def debt() -> Debt:
    """The debt of this moment: four statements, each on an index of its own rows."""
    return Debt(_behind(), **{what: rows[:MOST].count() for what, rows in owed().items()})


def owed() -> dict[str, QuerySet]:
    """What is counted: {field of Debt: its rows}, each in the order of the index that holds such rows alone."""
    mails = Notification.objects.filter(channel="EMAIL")
    old = mails.filter(sent_at=None, given_up_at=None, owed_at__lte=timezone.now() - OLD)
    return {
        "stuck": StepRow.objects.filter(stuck_at__isnull=False).order_by("stuck_at"),
        "mails_old": old.order_by("not_before", "id"),
        "mails_given_up": mails.filter(given_up_at__isnull=False, dismissed_at=None).order_by("-id"),
    }


def waiting() -> QuerySet:
    """The moment of the step that has waited longest for the clock; none when nothing is due."""
    return StepRow.objects.open().filter(scheduled__lte=now()).order_by("scheduled").values_list("scheduled", flat=True)


def _behind() -> timedelta:
    oldest = waiting().first()
    return now() - oldest if oldest else timedelta()


def watch() -> list[str]:
    """Tell the administrators of an episode that begins, and note one that is over.  Returns what was noted."""
    found = debt()
    minutes = int(found.behind / timedelta(minutes=1))
    noted = [
        _note("clock", found.behind > LATE, found.behind <= ON_TIME, minutes=minutes),
        _note("mail", found.mails_old > 0, found.mails_old == 0, count=found.mails_old),
    ]
    return [act for act in noted if act]


def _note(what: str, bad: bool, good: bool, **figures: Any) -> str:
    """The line that is due about `what`, written once however many watch; empty when nothing has changed."""
    if not (good if _told(what) else bad):
        return ""
    with transaction.atomic():
        House.objects.get_or_create(pk=1)
        House.objects.select_for_update().get(pk=1)  # the witness line goes on its chain: whoever comes second sees it
        told = _told(what)
        if not (good if told else bad):
            return ""
        act = f"{what}_caught_up" if told else f"{what}_behind"
        entry = witness(act, by=None, facts=figures)
        if not told:
            announce(entry, _administrators(), "incident", url=PAGE, what=what, **figures)
    return act


def _told(what: str) -> bool:
    """Whether an episode is under way that was told of: its line is younger than the last one that says it is over."""
    lines = Entry.objects.filter(chain_type="audit.house", act__in=[f"{what}_behind", f"{what}_caught_up"])
    last = dict(lines.order_by().values_list("act").annotate(Max("position")))
    return last.get(f"{what}_behind", 0) > last.get(f"{what}_caught_up", 0)


def _administrators() -> QuerySet:
    today = Appointment.objects.today().filter(office=Office.ADMIN)
    return Person.objects.filter(pk__in=today.values("person"))
