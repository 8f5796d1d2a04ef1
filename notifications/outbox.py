"""Owing messages: rows written in the transaction of their cause, so that a dead broker loses nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from audit.clock import now
from audit.models import Entry
from organizations.models import Person

from .matrix import Way, rule_of
from .models import Channel, Notification, Preference
from .quiet import held_until
from .tasks import deliver_for

BATCH = 1000  # rows of one INSERT
INVITED = {"new_task", "reminder", "moved_deadline"}  # events about a deadline that is still ahead


@dataclass(slots=True)
class Owed:
    """One message of many about the same entry.

    about      up to 60 characters that tell the messages of one entry to one person apart, such as a dossier's code
    office     in which the person is told, where the matrix tells offices apart
    context    plain values for the template; no personal data, they leave by mail
    """

    person: Any
    template: str
    url: str
    about: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    office: str = ""


def reached(people: QuerySet) -> QuerySet:
    """These people with the way they want to be told, so that announcing asks for nothing more."""
    return people.select_related("preference")


def announce(
    entry: Entry, people: Iterable[Any], template: str, *, url: str, about: str = "", office: str = "", **context: Any
) -> int:
    """Owe each of `people` one message about `entry`: in the product, and by the way of the matrix.

    template   name under templates/notifications/, without ending; the event of the matrix
    url        path of the page it is about
    about      tells messages about one entry to one person apart
    office     in which they are told, where the matrix tells offices apart
    context    plain values for the template; no personal data, they leave by mail
    Returns    how many people; the one who acted and the system are left out, nobody is told twice
    """
    people = reached(people) if isinstance(people, QuerySet) else people
    return announce_all(entry, [Owed(person, template, url, about, context, office) for person in people])


def announce_all(entry: Entry, owed: Iterable[Owed]) -> int:
    """Owe many messages about one entry: a statement or two for each 500 of them, whoever and whatever they are about.

    Told twice about one entry and thing, the later word stands: work to do, which is announced last, over mere news.
    Returns    how many messages; the one who acted and the system are left out
    """
    told = {
        (one.person.pk, one.about): one for one in owed if one.person.pk != entry.actor_id and not one.person.is_system
    }
    if not told:
        return 0
    rows = list(_rows(entry, list(told.values())))
    Notification.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["entry_id", "recipient", "channel", "about"],
        update_fields=["template", "context", "url"],
    )
    if any(row.channel == Channel.EMAIL and row.held_until is None for row in rows):
        deliver_for.delay_on_commit(entry.pk)
    return len(told)


def mail_all(entry: Entry, owed: Iterable[Owed]) -> None:
    """Owe mails alone, whatever the matrix says and at once: the digests, which are not told in the product."""
    real = timezone.now()
    Notification.objects.bulk_create(
        Notification(
            entry_id=entry.pk, recipient=one.person, channel=Channel.EMAIL, about=one.about, template=one.template,
            context=one.context, url=one.url, created_at=entry.at, owed_at=real, not_before=real,
        )
        for one in owed
    )  # fmt: skip
    deliver_for.delay_on_commit(entry.pk)


def _rows(entry: Entry, owed: list[Owed]) -> Iterator[Notification]:
    """The rows of each message: one for the product, and one for its mail or digest where there is one."""
    preferences = _preferences({one.person.pk: one.person for one in owed})
    at, real = now(), timezone.now()
    quiet = cache(lambda pk: held_until(preferences.get(pk), at))  # once for all who changed nothing, under None
    for one in owed:
        preference, rule = preferences.get(one.person.pk), rule_of(one.template)
        common = {"entry_id": entry.pk, "recipient": one.person, "about": one.about, "template": one.template,
                  "url": one.url, "created_at": entry.at, "not_before": real}  # fmt: skip
        yield Notification(channel=Channel.IN_APP, context=one.context, owed_at=real, **common)
        way = rule.way_for(preference.ways.get(one.template) if preference else None, one.office)
        if way == Way.EMAIL:
            until = None if rule.urgent else quiet(one.person.pk if preference else None)
            owed_at = real if until is None else real + (until - at)
            context = _with_invitation(one, preference)
            yield Notification(channel=way, context=context, owed_at=owed_at, held_until=until, **common)
        elif way == Way.DIGEST:
            yield Notification(channel=way, context=one.context, owed_at=real, **common)


def _preferences(people: dict[int, Person]) -> dict[int, Preference]:
    """How these people want to be told, of those who changed anything; one statement, or none when they bring it."""
    loaded = Person.preference.is_cached  # type: ignore[attr-defined]
    found = {pk: person.preference for pk, person in people.items() if loaded(person) and hasattr(person, "preference")}
    unknown = [pk for pk, person in people.items() if not loaded(person)]
    if unknown:
        found |= {one.person_id: one for one in Preference.objects.filter(person__in=unknown)}
    return found


def _with_invitation(one: Owed, preference: Preference | None) -> dict[str, Any]:
    """The context of a mail; with the wish for an invitation where its reader has it and there is a deadline."""
    if preference and preference.calendar and one.template in INVITED and one.context.get("due"):
        return {**one.context, "invite": True}
    return one.context
