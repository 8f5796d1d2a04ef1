"""The decision: its number from the register of its year, its signatory, its lines as they were signed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import Chained
from organizations.models import Organization, Person


class Register(models.Model):
    """The register of decision numbers of one body in one year; its row is locked to take a number."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "year"], name="register_once")]

    def __str__(self) -> str:
        return f"{self.organization} {self.year}"


class Decision(Chained):
    """A decision (quyết định khen thưởng) over carried nominations of many dossiers."""

    class Stage(models.TextChoices):
        """A draft reserves its dossiers; issued it moves them; dropped it frees them."""

        DRAFT = "DRAFT", _("Dự thảo")
        ISSUED = "ISSUED", _("Đã ban hành")
        DROPPED = "DROPPED", _("Đã bỏ")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="decisions")
    subject = models.CharField(_("trích yếu"), max_length=300)
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.DRAFT)
    year = models.PositiveSmallIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    issued_at = models.DateTimeField(null=True)
    drafted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    signatory = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    signatory_name = models.CharField(max_length=120, blank=True)
    signatory_title = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "year", "number"], name="decision_number_once"),
            models.CheckConstraint(
                condition=Q(stage="ISSUED", number__isnull=False, issued_at__isnull=False, signatory__isnull=False)
                | Q(stage__in=["DRAFT", "DROPPED"], number__isnull=True),
                name="decision_issued_has_number",
            ),
        ]

    def __str__(self) -> str:
        return self.code or self.subject

    @property
    def code(self) -> str:
        """The number as written on paper; empty until issued."""
        return f"{self.number}/QĐ-UBND" if self.number else ""

    @property
    def unit(self) -> Organization:
        """The body that decides, for the ledger's column."""
        return self.organization


class Line(models.Model):
    """One name on a decision: struck or granted; frozen as a snapshot when the decision is issued."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    group_id = models.BigIntegerField(help_text="the opaque key of the dossier it comes from")
    group_label = models.CharField(max_length=60)
    nominee = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=200, blank=True)
    unit_name = models.CharField(max_length=200, blank=True)
    award = models.CharField(max_length=150)
    achievement = models.TextField(blank=True)
    struck = models.BooleanField(default=False)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(struck=False) | ~Q(reason=""), name="struck_line_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.nominee}"
