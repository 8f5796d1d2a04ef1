"""Who stands in for whom: one office of one person, done by another for a period, both named in every line."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import Chained

from .queries import SubstitutionQuerySet


class Substitution(Chained):
    """For a period another person does the work of one office that `principal` holds or stands in for (uỷ quyền)."""

    principal = models.ForeignKey("organizations.Person", models.PROTECT, related_name="substitutions")
    office = models.CharField(_("chức trách"), max_length=20)
    organization = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    substitute = models.ForeignKey("organizations.Person", models.PROTECT, related_name="stands_in")
    valid_from = models.DateField(_("từ ngày"))
    valid_until = models.DateField(_("đến hết ngày"))
    reason = models.CharField(_("lý do"), max_length=300)
    document = models.CharField(_("văn bản uỷ quyền"), max_length=300, blank=True)
    set_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    revoked_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    objects = SubstitutionQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "-id"]
        indexes = [
            models.Index(fields=["substitute", "valid_until"], name="substitution_substitute"),
            models.Index(fields=["principal", "valid_until"], name="substitution_principal"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="substitution_dates"),
            models.CheckConstraint(condition=~Q(principal=F("substitute")), name="substitution_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.substitute} thay {self.principal}"
