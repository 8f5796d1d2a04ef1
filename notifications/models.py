"""The post room: one row per message owed to one person, on one channel, about one line of the ledger."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.models import Person

from .queries import NotificationQuerySet


class Channel(models.TextChoices):
    """How a message reaches its person."""

    IN_APP = "IN_APP", _("Trong phần mềm")
    EMAIL = "EMAIL", _("Thư điện tử")


class Notification(models.Model):
    """A message owed: written with its cause, delivered after commit, at least once, with one Message-ID."""

    entry_id = models.BigIntegerField()
    recipient = models.ForeignKey(Person, models.PROTECT, related_name="notifications")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    url = models.CharField(max_length=200)
    created_at = models.DateTimeField(help_text="house time of its cause")
    owed_at = models.DateTimeField(default=timezone.now, help_text="real time, from which retries are counted")
    read_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["entry_id", "recipient", "channel"], name="notice_once"),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                name="notice_owed",
                condition=Q(channel="EMAIL", sent_at__isnull=True, given_up_at__isnull=True),
            ),
            models.Index(fields=["recipient", "-id"], name="notice_inbox", condition=Q(channel="IN_APP")),
            models.Index(
                fields=["recipient"], name="notice_unread", condition=Q(channel="IN_APP", read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} → {self.recipient}"


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
