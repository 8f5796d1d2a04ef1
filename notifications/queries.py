"""Questions to the post room."""

from datetime import datetime
from typing import Any

from django.db import connection, models

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
        """Mails that ought to have left by `at`, the oldest first."""
        mails = self.filter(channel="EMAIL", sent_at=None, given_up_at=None, not_before__lte=at)
        return mails.order_by("not_before", "id")

    def taken(self) -> "NotificationQuerySet":
        """The same rows locked; on PostgreSQL those another worker holds are passed over."""
        if connection.features.has_select_for_update_skip_locked:
            return self.select_for_update(skip_locked=True, of=("self",))
        return self.select_for_update()
