"""How messages become rows: one statement for hundreds of them, because the clock tells thousands a second."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from typing import Any

from django.db import connection

from audit.models import Entry

from .matrix import Way
from .models import Channel, Notification

BATCH = 1000  # messages of one statement


@dataclass(slots=True)
class Message:
    """One message to one person, before it is rows: always one in the product, one more unless `way` is NONE.

    owed_at, held_until   of its mail: real time from which retries count, house time until which it is quiet
    invite                its mail carries the deadline as an invitation
    """

    person: int
    about: str
    template: str
    url: str
    context: dict[str, Any]
    way: str
    owed_at: datetime
    held_until: datetime | None = None
    invite: bool = False


def write(entry: Entry, messages: list[Message], real: datetime) -> None:
    """Insert the rows of these messages about one entry; one told before takes the new words.

    real    the real time now
    """
    for start in range(0, len(messages), BATCH):
        batch = messages[start : start + BATCH]
        if connection.vendor == "postgresql":
            _write_at_once(entry, batch, real)
        else:
            Notification.objects.bulk_create(
                _rows(entry, batch, real), update_conflicts=True,
                unique_fields=["entry_id", "recipient", "channel", "about"],
                update_fields=["template", "context", "url"],
            )  # fmt: skip


# a message is told inside and by its way; the server makes both rows of it, which is ten times what Django's rows take
AT_ONCE = """
INSERT INTO notifications_notification
    (entry_id, recipient_id, channel, about, template, context, url, created_at, owed_at, held_until, not_before,
     attempts, answer, resent, dismissed_reason)
SELECT %s, m.person, c.channel, m.about, m.template,
    CASE WHEN c.channel = 'EMAIL' AND m.invite THEN m.context || '{"invite": true}' ELSE m.context END,
    m.url, %s, CASE c.channel WHEN 'EMAIL' THEN m.owed_at ELSE %s END,
    CASE c.channel WHEN 'EMAIL' THEN m.held_until END, %s, 0, '', 0, ''
FROM jsonb_to_recordset(%s::jsonb) AS m(person bigint, about text, template text, url text, context jsonb, way text,
    owed_at timestamptz, held_until timestamptz, invite boolean)
CROSS JOIN LATERAL (VALUES ('IN_APP'), (m.way)) AS c(channel)
WHERE c.channel <> 'NONE'
ON CONFLICT (entry_id, recipient_id, channel, about)
DO UPDATE SET template = EXCLUDED.template, context = EXCLUDED.context, url = EXCLUDED.url
"""


def _write_at_once(entry: Entry, batch: list[Message], real: datetime) -> None:
    plain = [
        {"person": one.person, "about": one.about, "template": one.template, "url": one.url, "context": one.context,
         "way": one.way, "owed_at": one.owed_at.isoformat(), "invite": one.invite,
         "held_until": one.held_until.isoformat() if one.held_until else None}
        for one in batch
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(AT_ONCE, [entry.pk, entry.at, real, real, dumps(plain, ensure_ascii=False)])


def _rows(entry: Entry, batch: list[Message], real: datetime) -> Iterator[Notification]:
    for one in batch:
        common = {"entry_id": entry.pk, "recipient_id": one.person, "about": one.about, "template": one.template,
                  "url": one.url, "created_at": entry.at, "not_before": real}  # fmt: skip
        yield Notification(channel=Channel.IN_APP, context=one.context, owed_at=real, **common)
        if one.way == Way.EMAIL:
            context = {**one.context, "invite": True} if one.invite else one.context
            yield Notification(
                channel=one.way, context=context, owed_at=one.owed_at, held_until=one.held_until, **common
            )
        elif one.way == Way.DIGEST:
            yield Notification(channel=one.way, context=one.context, owed_at=real, **common)
