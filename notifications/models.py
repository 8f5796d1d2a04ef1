"""The post room: one row per message owed to one person, on one channel, about one line of the ledger."""

from datetime import time

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.models import Person

from .queries import NotificationQuerySet

QUIET_FROM, QUIET_UNTIL = time(18, 0), time(7, 0)  # the house's quiet hours, by the local clock


class Channel(models.TextChoices):
    """How a message reaches its person."""

    IN_APP = "IN_APP", _("Trong phần mềm")
    EMAIL = "EMAIL", _("Thư điện tử")
    DIGEST = "DIGEST", _("Bản tin sáng")


class Notification(models.Model):
    """A message owed: written with its cause, delivered after commit, at least once, with one Message-ID.

    A DIGEST row leaves by no server: it waits for the next morning's digest, and `sent_at` is when that took it in.
    """

    entry_id = models.BigIntegerField()
    recipient = models.ForeignKey(Person, models.PROTECT, related_name="notifications", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    about = models.CharField(max_length=60, default="", blank=True, help_text="tells messages of one entry apart")
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    url = models.CharField(max_length=200)
    created_at = models.DateTimeField(help_text="house time of its cause")
    owed_at = models.DateTimeField(default=timezone.now, help_text="real time, from which retries are counted")
    held_until = models.DateTimeField(null=True, help_text="house time at which the quiet hours that hold it end")
    read_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    resent = models.PositiveSmallIntegerField(default=0, help_text="how often an operator had it sent anew")
    dismissed_at = models.DateTimeField(null=True, help_text="house time; a given-up mail nobody need look at any more")
    dismissed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    dismissed_reason = models.CharField(max_length=300, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["entry_id", "recipient", "channel", "about"], name="notice_once"),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id", "held_until"],
                name="notice_owed",
                condition=Q(channel="EMAIL", sent_at__isnull=True, given_up_at__isnull=True),
            ),
            models.Index(
                fields=["-id"],
                name="notice_given_up",
                condition=Q(channel="EMAIL", given_up_at__isnull=False, dismissed_at__isnull=True),
            ),
            models.Index(fields=["recipient", "-id"], name="notice_inbox", condition=Q(channel="IN_APP")),
            models.Index(
                fields=["recipient"], name="notice_unread", condition=Q(channel="IN_APP", read_at__isnull=True)
            ),
            models.Index(
                fields=["recipient", "id"], name="notice_digest", condition=Q(channel="DIGEST", sent_at__isnull=True)
            ),
            models.Index(fields=["-created_at", "-id"], name="notice_mail_time", condition=Q(channel="EMAIL")),
            models.Index(fields=["url", "-id"], name="notice_about"),
        ]

    def __str__(self) -> str:
        return f"{self.template} → {self.recipient}"


class Preference(models.Model):
    """How one person wants to be told; without a row the house's own ways hold (notifications/data/matrix.toml)."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="preference")
    ways = models.JSONField(default=dict, help_text="{event: way}, only where it differs from the house's")
    quiet_from = models.TimeField(default=QUIET_FROM)
    quiet_until = models.TimeField(default=QUIET_UNTIL, help_text="equal to quiet_from: no hour is quiet")
    quiet_days_off = models.BooleanField(default=True)
    due_in_digest = models.BooleanField(default=True, help_text="the digest lists what is due and late")
    calendar = models.BooleanField(default=False, help_text="deadlines come with an .ics invitation")

    def __str__(self) -> str:
        return str(self.person)


class Digest(models.Model):
    """One person's digest of one morning was made, or there was nothing to say; never a second."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="digests")
    day = models.DateField(help_text="by the house clock")
    at = models.DateTimeField()
    entry_id = models.BigIntegerField(help_text="the line of the ledger about this round of digests")
    told = models.PositiveIntegerField(default=0, help_text="how many things; 0: no mail was owed")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="digest_once")]

    def __str__(self) -> str:
        return f"{self.person} {self.day:%d/%m/%Y}"


class Tray(models.Model):
    """A mail as it left, kept to be read in the product; the demo's only mail server."""

    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"


# a row with a module of its own; Django finds an app's models here
from .server_models import MailServer  # noqa: E402

__all__ = ["Channel", "Digest", "MailServer", "Notification", "Preference", "Tray"]
