"""The council: its members by its founding decision, its sittings, its ballots and their counts.

A ballot knows nothing of dossiers: it copies the words by which its case was put, and computes whether it carried.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import Chained
from files.models import Blob
from organizations.models import Organization, Person


class Council(Chained):
    """A council (Hội đồng TĐKT) for a term, with the number of members its founding decision names."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="councils")
    founded_by = models.CharField(max_length=200, help_text="number and date of the founding decision")
    members = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(members__gte=1), name="council_has_members")]

    def __str__(self) -> str:
        return self.organization.name


class Sitting(Chained):
    """A sitting on paper: one date, one minutes file, many cases."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="sittings")
    code = models.CharField(max_length=20, unique=True)
    held_on = models.DateField(_("ngày họp"))
    place = models.CharField(_("địa điểm"), max_length=200, blank=True)
    minutes = models.ForeignKey(Blob, models.PROTECT, null=True, related_name="+")
    minutes_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-held_on", "-id"]

    def __str__(self) -> str:
        return self.code

    @property
    def unit(self) -> Organization:
        """The body whose sitting it is, for the ledger's column."""
        return self.council.organization


class Ballot(models.Model):
    """The vote on one case: threshold, base and number of members copied when it opens.

    Source: law.md 3; the base is the total number of members, invalid and blank ballots stay in it.
    """

    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="ballots")
    position = models.PositiveSmallIntegerField()
    case_id = models.BigIntegerField(help_text="the opaque key of what is voted on")
    case_label = models.CharField(max_length=300)
    group_label = models.CharField(max_length=60)
    threshold = models.CharField(max_length=10)
    percent = models.PositiveSmallIntegerField(null=True)
    clause = models.CharField(max_length=300)
    members = models.PositiveSmallIntegerField()
    agreed = models.PositiveSmallIntegerField(null=True, help_text="votes for, once two people counted the same")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "case_id"], name="ballot_once_per_sitting"),
            models.CheckConstraint(condition=Q(agreed__isnull=True) | Q(agreed__lte=F("members")), name="ballot_base"),
            models.CheckConstraint(
                condition=Q(agreed__isnull=True, confirmed_at__isnull=True)
                | Q(agreed__isnull=False, confirmed_at__isnull=False),
                name="ballot_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return self.case_label

    @property
    def confirmed(self) -> bool:
        """True once two people typed the same count."""
        return self.agreed is not None

    @property
    def carried(self) -> bool:
        """Whether the count reaches the threshold, in exact integers; False until confirmed."""
        if self.agreed is None:
            return False
        if self.threshold == "PERCENT":
            return 100 * self.agreed >= (self.percent or 100) * self.members
        return 2 * self.agreed > self.members


class Count(models.Model):
    """What one of the two people typed for a ballot; neither sees the other's until both have typed."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="counts")
    reading = models.PositiveSmallIntegerField(help_text="1 the secretary, 2 the second person")
    agree = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "reading"], name="count_once_per_reading"),
            models.CheckConstraint(condition=Q(reading__in=[1, 2]), name="count_reading"),
        ]

    def __str__(self) -> str:
        return f"{self.ballot} – {self.reading}"
