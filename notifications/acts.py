"""What a person does with what they were told: mark it read.  Nothing else about a notice ever changes by hand."""

from django.db import transaction
from django.utils import timezone

from audit.ledger import Actor, witness

from .models import Notification


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
