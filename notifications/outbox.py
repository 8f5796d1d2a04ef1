"""Owing messages: rows written in the transaction of their cause, so that a dead broker loses nothing."""

from collections.abc import Iterable
from typing import Any

from audit.models import Entry

from .models import Channel, Notification
from .tasks import deliver_for


def announce(entry: Entry, people: Iterable[Any], template: str, *, url: str, **context: Any) -> int:
    """Owe each of `people` one message about `entry` in the product and one by e-mail.

    template   name under templates/notifications/, without ending
    url        path of the page it is about
    context    plain values for the template; no personal data, they leave by mail
    Returns    how many people; the one who acted and the system are left out, nobody is told twice
    """
    told = {person.pk: person for person in people if person.pk != entry.actor_id and not person.is_system}
    rows = [
        Notification(
            entry_id=entry.pk, recipient=person, channel=channel, template=template, context=context, url=url,
            created_at=entry.at,
        )
        for person in told.values()
        for channel in Channel
    ]  # fmt: skip
    if rows:
        # told twice about one act, the later word stands: work to do, which is announced last, over mere news
        Notification.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["entry_id", "recipient", "channel"],
            update_fields=["template", "context", "url"],
        )
        deliver_for.delay_on_commit(entry.pk)
    return len(told)
