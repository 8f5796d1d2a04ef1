"""What stops a dossier or keeps a person from it: holds, the clock's stops, recusals; and who saw which version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Stop:
    """An interval in which the clock of a dossier stands; kept on the dossier's own row, so that no act asks for it."""

    class Why(models.TextChoices):
        """What it waits for."""

        SUPPLEMENT = "SUPPLEMENT", _("đơn vị bổ sung hồ sơ")
        HOLD = "HOLD", _("tạm dừng xem xét")

    why: str
    since: datetime
    until: datetime | None = None

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Stop":
        """One as the row keeps it: {why, since, until} with moments as text."""
        until = datetime.fromisoformat(kept["until"]) if kept["until"] else None
        return cls(kept["why"], datetime.fromisoformat(kept["since"]), until)

    def kept(self) -> dict[str, Any]:
        """As the row keeps it."""
        return {"why": self.why, "since": self.since.isoformat(), "until": self.until and self.until.isoformat()}

    def get_why_display(self) -> str:
        """What it waits for, in words."""
        return str(self.Why(self.why).label)


class Hold(models.Model):
    """A dossier, or one name of it, is not considered until a conclusion.  Source: NĐ 152/2025 Điều 4 (law.md 2.7)"""

    class Outcome(models.TextChoices):
        """How it was lifted."""

        CLEARED = "CLEARED", _("Kết luận không vi phạm")
        VIOLATION = "VIOLATION", _("Kết luận có vi phạm")
        MISTAKE = "MISTAKE", _("Tạm dừng nhầm")
        WITHDRAWN = "WITHDRAWN", _("Đề nghị đã rút")  # nobody concludes this: the unit took the name back

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="holds")
    nomination = models.ForeignKey("dossiers.Nomination", models.PROTECT, null=True, related_name="holds")
    ground = models.CharField(max_length=20)
    text = models.CharField(max_length=300)
    article = models.CharField(max_length=300)
    document = models.CharField(_("văn bản"), max_length=300, blank=True)
    note = models.TextField(_("nội dung"), blank=True)
    by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    conclusion = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["dossier"], name="hold_open", condition=Q(lifted_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.text}"


class Recusal(models.Model):
    """A person takes no part in a dossier because of a relation they declared (không tham gia vì liên quan)."""

    class Relation(models.TextChoices):
        """What ties them."""

        SELF = "SELF", _("chính là người được đề nghị")
        FAMILY = "FAMILY", _("quan hệ gia đình")
        UNIT = "UNIT", _("cùng tập thể được đề nghị")
        OTHER = "OTHER", _("quan hệ khác")

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="recusals")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="recusals")
    relation = models.CharField(_("quan hệ"), max_length=6, choices=Relation.choices)
    reason = models.CharField(_("nội dung"), max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "person"], condition=Q(withdrawn_at__isnull=True), name="recusal_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_relation_display()}"


class PublicNotice(models.Model):
    """The list of a dossier was made public: since when, and where.  Source: law.md 2.6"""

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="public_notices")
    posted_on = models.DateField(_("đăng từ ngày"))
    where = models.CharField(_("nơi đăng"), max_length=300)
    by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["posted_on", "id"]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.posted_on:%d/%m/%Y}"


class Seen(models.Model):
    """The latest version of a dossier that a person opened; the ledger's `view` line is its source."""

    dossier = models.ForeignKey("dossiers.Dossier", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "dossier"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.dossier_id}: {self.version}"
