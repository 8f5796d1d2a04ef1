"""The ledger: one long book, ink only.  It lies lowest so that every floor can write in it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .queries import EntryQuerySet


class AppendOnly(Exception):
    """An entry may be added to the ledger, never changed or removed."""


class Kind(models.TextChoices):
    """What an entry tells: an act, another change of its subject, or what somebody saw or tried."""

    ACT = "ACT", _("Việc đã làm")
    EDIT = "EDIT", _("Sửa đổi")
    WITNESS = "WITNESS", _("Ghi nhận")


class Chained(models.Model):
    """A row that has a chain of entries; it carries the head of that chain and is locked to extend it."""

    chain_position = models.PositiveBigIntegerField(default=0, editable=False)
    chain_digest = models.CharField(max_length=64, blank=True, default="", editable=False)

    class Meta:
        abstract = True

    HEAD: tuple[str, ...] = ("chain_position", "chain_digest")  # columns that follow the newest entry

    def follow(self, entry: "Entry") -> None:
        """Take an entry just written as the newest of this row's chain."""
        self.chain_position, self.chain_digest = entry.position, entry.digest


class House(Chained):
    """The one row whose chain takes what belongs to nobody known, such as a failed sign-in."""

    def __str__(self) -> str:
        return "Vinh Danh"


class Clock(models.Model):
    """The demo's offset from real time; one row, zero everywhere else (system check audit.E001)."""

    offset = models.DurationField()

    def __str__(self) -> str:
        return str(self.offset)


class Entry(models.Model):
    """One line of the ledger: who, in which office, did what to which subject, when and why.

    Names are copied, so that a line reads the same after a renaming.  No foreign key points at an entry.
    `facts`, `before` and `after` are canonical JSON kept as text, because they are hashed as they stand.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    chain_type = models.CharField(max_length=60)
    chain_id = models.BigIntegerField()
    position = models.PositiveBigIntegerField()
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField(null=True)
    subject_label = models.CharField(max_length=300, blank=True)
    unit_id = models.BigIntegerField(null=True)
    unit_name = models.CharField(max_length=300, blank=True)
    act = models.CharField(max_length=50)
    source = models.CharField(max_length=50, blank=True)
    target = models.CharField(max_length=50, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=200)
    office = models.CharField(max_length=20, blank=True)
    organization_id = models.BigIntegerField(null=True)
    organization_name = models.CharField(max_length=300, blank=True)
    behalf_id = models.BigIntegerField(null=True)
    behalf_name = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    number = models.CharField(max_length=60, blank=True)
    facts = models.TextField(default="{}")
    before = models.TextField(default="{}")
    after = models.TextField(default="{}")
    origin = models.CharField(max_length=20)
    correlation = models.CharField(max_length=60, blank=True)
    step_id = models.BigIntegerField(null=True)
    form = models.PositiveSmallIntegerField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    subject: Any = None  # the row as it now is, on an entry just written; never stored

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["chain_type", "chain_id", "position"], name="audit_entry_chain"),
            models.Index(fields=["subject_type", "subject_id", "at"], name="audit_entry_subject"),
            models.Index(fields=["actor", "at"], name="audit_entry_actor"),
            models.Index(fields=["organization_id", "at"], name="audit_entry_organization"),
            models.Index(fields=["unit_id", "act", "at"], name="audit_entry_unit"),
            models.Index(fields=["act", "at"], name="audit_entry_act"),
            models.Index(fields=["number"], name="audit_entry_number", condition=~models.Q(number="")),
        ]

    def __str__(self) -> str:
        return f"{self.chain_type}:{self.chain_id}#{self.position} {self.act}"

    def save(self, *args, **kwargs):
        """Insert only."""
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, force_insert=True, **{k: v for k, v in kwargs.items() if k == "using"})

    def delete(self, *args, **kwargs):
        """Never."""
        raise AppendOnly

    @property
    def who(self) -> str:
        """The one who did it, and in whose place; of what the house did by itself, by whose decision."""
        told = {"name": self.actor_name, "principal": self.behalf_name}
        if not self.behalf_name:
            return self.actor_name
        if self.origin == "web":
            return gettext("%(name)s thay %(principal)s") % told
        return gettext("%(name)s, thực hiện quyết định của %(principal)s") % told
