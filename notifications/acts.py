"""What people do with what they were told: mark it read; say how they want to be told."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.ledger import Actor, record, witness
from audit.models import Kind
from organizations.models import Person

from .models import Notification, Preference


@transaction.atomic
def mark_read(notice: Notification, *, by: Actor) -> None:
    """Note that its recipient opened it; a second time changes nothing."""
    fresh = Notification.objects.filter(pk=notice.pk, recipient=by.person, read_at=None)
    if fresh.update(read_at=timezone.now()):
        witness("read_notice", by=by, facts={"notice": notice.pk, "entry": notice.entry_id})


@transaction.atomic
def mark_all_read(newest: int, *, by: Actor) -> int:
    """Note that everything up to the notice `newest` was seen; what came later stays unread.  Returns how many."""
    unread = Notification.objects.inbox(by.person).filter(read_at=None, pk__lte=newest)
    count = unread.order_by().update(read_at=timezone.now())
    if count:
        witness("read_all_notices", by=by, facts={"newest": newest, "count": count})
    return count


@transaction.atomic
def prefer(wishes: dict[str, Any], *, by: Actor) -> bool:
    """Keep how a person wants to be told; {} is back to the house's own ways.  Returns whether anything changed.

    wishes    fields of a Preference, cleaned
    """
    person = Person.objects.select_for_update().get(pk=by.person.pk)
    fields = [field.attname for field in Preference._meta.fields if field.attname not in {"id", "person_id"}]
    kept = Preference.objects.filter(person=person).first() or Preference(person=person)
    wanted = Preference(pk=kept.pk, person=person, **wishes)
    before, after = ({name: getattr(row, name) for name in fields} for row in (kept, wanted))
    changed = [name for name in fields if before[name] != after[name]]
    if not changed:
        return False
    wanted.save()
    record(person, "set_preferences", by=by, kind=Kind.EDIT, before={name: before[name] for name in changed},
           after={name: after[name] for name in changed})  # fmt: skip
    return True
