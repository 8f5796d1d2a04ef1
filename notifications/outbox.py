"""Owing messages: rows written in the transaction of their cause, so that a dead broker loses nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from audit.clock import now
from audit.models import Entry
from organizations.models import Person

from .matrix import Way, rule_of
from .models import Channel, Notification, Preference
from .pen import Message, write
from .quiet import held_until
from .tasks import deliver_for

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
    """Owe many messages about one entry: a statement or two for each thousand, whoever and whatever they are about.

    Told twice about one entry and thing, the later word stands: work to do, which is announced last, over mere news.
    Returns    how many messages; the one who acted and the system are left out
    """
    actor = entry.actor_id
    told = {(one.person.pk, one.about): one for one in owed if one.person.pk != actor and not one.person.is_system}
    if not told:
        return 0
    real = timezone.now()
    messages = list(_messages(list(told.values()), now(), real))
    write(entry, messages, real)
    if any(one.way == Way.EMAIL and one.held_until is None for one in messages):
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


def _messages(owed: list[Owed], at: datetime, real: datetime) -> Iterator[Message]:
    """Each message with its way, and its mail with the hour at which it may leave.

    at, real    the house's time and the real time now
    """
    preferences = _preferences({one.person.pk: one.person for one in owed})
    quiet = cache(lambda pk: held_until(preferences.get(pk), at))  # once for all who changed nothing, under None
    for one in owed:
        pk, rule = one.person.pk, rule_of(one.template)
        preference = preferences.get(pk)
        way = rule.way_for(preference.ways.get(one.template) if preference else None, one.office)
        message = Message(pk, one.about, one.template, one.url, one.context, way, real)
        if way == Way.EMAIL:
            until = None if rule.urgent else quiet(pk if preference else None)
            message.held_until, message.owed_at = until, real if until is None else real + (until - at)
            message.invite = bool(preference and preference.calendar and _is_ahead(one))
        yield message


def _is_ahead(one: Owed) -> bool:
    """Whether it tells of a deadline that a calendar could hold."""
    return one.template in INVITED and bool(one.context.get("due"))


def _preferences(people: dict[int, Person]) -> dict[int, Preference]:
    """How these people want to be told, of those who changed anything; one statement, or none when they bring it."""
    loaded = Person.preference.is_cached  # type: ignore[attr-defined]
    found = {pk: person.preference for pk, person in people.items() if loaded(person) and hasattr(person, "preference")}
    unknown = [pk for pk, person in people.items() if not loaded(person)]
    if unknown:
        found |= {one.person_id: one for one in Preference.objects.filter(person__in=unknown)}
    return found
