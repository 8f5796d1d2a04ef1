"""What the relay remembers of the mail server, so that all workers know when to leave it alone."""

from django.db import models
from django.utils import timezone


class MailServer(models.Model):
    """The one mail server of the house: one row.  `away_since` is set while it takes no mail from anybody.

    Trouble of the server is kept here and never counted against a mail.
    """

    failures = models.PositiveIntegerField(default=0, help_text="how often in a row it failed; 0: it works")
    away_since = models.DateTimeField(null=True)
    try_at = models.DateTimeField(default=timezone.now, help_text="while it is away nobody calls it before")
    answer = models.CharField(max_length=300, blank=True, help_text="what it said, or what went wrong, at last")
    told_at = models.DateTimeField(null=True, help_text="when administrators were last told of mails given up")

    def __str__(self) -> str:
        return self.answer or "250"
