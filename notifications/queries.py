"""Questions to the post room."""

from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import Q

from audit.clock import now

MOST_COUNTED = 99


class NotificationQuerySet(models.QuerySet):
    """Messages, owed and delivered."""

    def inbox(self, person: Any) -> "NotificationQuerySet":
        """What this person was told inside the product, newest first."""
        return self.filter(recipient=person, channel="IN_APP").order_by("-id")

    def unread(self, person: Any) -> int:
        """How many of them are unread, counted no further than shown."""
        return self.filter(recipient=person, channel="IN_APP", read_at=None)[: MOST_COUNTED + 1].count()

    def owed(self, at: datetime) -> "NotificationQuerySet":
        """Mails that ought to have left by `at` (real time), the oldest first; quiet hours end by the house clock."""
        mails = self.filter(channel="EMAIL", sent_at=None, given_up_at=None, not_before__lte=at)
        mails = mails.filter(Q(held_until=None) | Q(held_until__lte=now()))
        return mails.order_by("not_before", "id")

    def for_digest(self, person: Any) -> "NotificationQuerySet":
        """What waits for this person's next digest, the oldest first."""
        return self.filter(recipient=person, channel="DIGEST", sent_at=None).order_by("id")

    def mails(self) -> "NotificationQuerySet":
        """Every mail, the latest cause first."""
        return self.filter(channel="EMAIL").order_by("-created_at", "-id")

    def before(self, pk: int) -> "NotificationQuerySet":
        """Mails that come after this one in that order; all of them when there is no such mail."""
        at = self.model.objects.filter(pk=pk).values_list("created_at", flat=True).first()
        return self.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk)) if at else self

    def counted(self) -> int:
        """How many, counted no further than shown."""
        return self.order_by()[: MOST_COUNTED + 1].count()

    def taken(self) -> "NotificationQuerySet":
        """The same rows locked; on PostgreSQL those another worker holds are passed over."""
        if connection.features.has_select_for_update_skip_locked:
            return self.select_for_update(skip_locked=True, of=("self",))
        return self.select_for_update()
