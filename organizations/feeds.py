"""The secret address of one's own deadlines for a calendar program: made, shown once, revoked."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from audit.ledger import Actor, record
from audit.models import Kind

from .models import CalendarFeed, Person

TOKEN_BYTES = 32


@transaction.atomic
def make_feed(*, by: Actor) -> str:
    """Make a new secret address for oneself; the one before it opens no more.

    Returns   its token, which is kept nowhere: only the digest is
    """
    person = Person.objects.select_for_update().get(pk=by.person.pk)
    token, at = secrets.token_urlsafe(TOKEN_BYTES), timezone.now()  # real time, as all that lets somebody in
    ended = person.calendar_feeds.filter(revoked_at=None).update(revoked_at=at)
    CalendarFeed.objects.create(person=person, token_digest=_digest(token), made_at=at)
    record(person, "make_feed", by=by, kind=Kind.EDIT, facts={"ended": ended})
    return token


@transaction.atomic
def revoke_feed(*, by: Actor) -> bool:
    """Close one's secret address; returns whether there was one."""
    person = Person.objects.select_for_update().get(pk=by.person.pk)
    ended = person.calendar_feeds.filter(revoked_at=None).update(revoked_at=timezone.now())
    if ended:
        record(person, "revoke_feed", by=by, kind=Kind.EDIT)
    return bool(ended)


def feed_of(person: Person) -> CalendarFeed | None:
    """The address of a person that opens now."""
    return person.calendar_feeds.filter(revoked_at=None).first()


def owner_of(token: str) -> Person | None:
    """Whose deadlines this token opens; nobody's when it was revoked or its person may not sign in."""
    found = CalendarFeed.objects.filter(token_digest=_digest(token), revoked_at=None, person__is_active=True)
    feed = found.select_related("person").first()
    return feed.person if feed else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
