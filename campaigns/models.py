"""The call: what may be awarded, to whom, by when, with which papers, out of which fund.

Everything here is dated data that cites its clause; what differs between campaigns is a row, never a route.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.models import Chained
from files.models import Blob
from organizations.models import Organization, Person, Place
from organizations.names import fold

from .queries import CampaignQuerySet


class Regime(models.TextChoices):
    """The set of rules in force on the day a dossier is received (law.md 0)."""

    R2017 = "R2017", _("Luật TĐKT 2003, NĐ 91/2017")
    R2024 = "R2024", _("Luật 06/2022/QH15, NĐ 98/2023")
    R2025 = "R2025", _("Luật 06/2022/QH15, NĐ 152/2025")


class NomineeKind(models.TextChoices):
    """What is nominated."""

    PERSON = "PERSON", _("Cá nhân")
    COLLECTIVE = "COLLECTIVE", _("Tập thể")
    HOUSEHOLD = "HOUSEHOLD", _("Hộ gia đình")


class Campaign(Chained):
    """A campaign (phong trào, đợt thi đua) as its plan announces it."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    plan = models.CharField(max_length=300, help_text="the document that announces it")
    authority = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    opens_on = models.DateField()
    results_until = models.DateField()
    last_day = models.DateField(help_text="the last day on which a dossier may be submitted, until 24:00")
    last_day_clause = models.CharField(max_length=300)
    ceremony_on = models.DateField(null=True, blank=True, help_text="the day of the summing-up conference")
    supplements = models.PositiveSmallIntegerField(default=1, help_text="how often a supplement may be asked")
    supplement_days = models.PositiveSmallIntegerField(default=5, help_text="working days the unit has for it")
    supplement_clause = models.CharField(max_length=300)
    fund = models.CharField(max_length=200)
    fund_clause = models.CharField(max_length=300)
    participants = models.ManyToManyField(Organization, related_name="campaigns")

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "code"]

    def __str__(self) -> str:
        return self.short_name


class CampaignPlace(models.Model):
    """Which body stands at a place of this campaign; the unit's own place is the unit itself."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="places")
    place = models.CharField(max_length=20, choices=Place.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "place"], name="campaign_place_once")]

    def __str__(self) -> str:
        return f"{self.get_place_display()}: {self.organization}"


class Threshold(models.TextChoices):
    """How many of all members must agree."""

    MAJORITY = "MAJORITY", _("Quá nửa tổng số thành viên")
    PERCENT = "PERCENT", _("Tỷ lệ trên tổng số thành viên")


class CampaignAward(models.Model):
    """An award this campaign may lead to, and the vote it needs."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="awards")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=150)
    kinds = models.CharField(max_length=60, help_text="nominee kinds, separated by spaces")
    threshold = models.CharField(max_length=10, choices=Threshold.choices)
    percent = models.PositiveSmallIntegerField(null=True)
    threshold_clause = models.CharField(max_length=300)
    clause = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=1)
    search_key = models.CharField(max_length=150, editable=False, default="")

    class Meta:
        ordering = ["position", "code"]
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="campaign_award_once")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, update_fields=None, **kwargs):
        """Keep the key by which its name is found."""
        self.search_key = fold(self.name)[:150]
        if update_fields is not None and "name" in update_fields:
            update_fields = {*update_fields, "search_key"}
        super().save(*args, update_fields=update_fields, **kwargs)


class Component(models.Model):
    """One paper of the dossier: who provides it, and which act waits for it."""

    class Holder(models.TextChoices):
        """What the paper is kept with."""

        DOSSIER = "DOSSIER", _("từng hồ sơ")
        CAMPAIGN = "CAMPAIGN", _("chung cả đợt")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="components")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    provider = models.CharField(max_length=20, choices=Place.choices)
    holder = models.CharField(max_length=10, choices=Holder.choices, default=Holder.DOSSIER)
    blocks = models.CharField(max_length=50, help_text="the act that cannot be done without it")
    clause = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="campaign_component_once")]

    def __str__(self) -> str:
        return self.name


class CampaignPaper(models.Model):
    """A file that serves the whole campaign, such as the decision that evaluates the units; versions are kept."""

    component = models.ForeignKey(Component, models.PROTECT, related_name="papers")
    number = models.PositiveSmallIntegerField()
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["component", "-number"]
        constraints = [models.UniqueConstraint(fields=["component", "number"], name="campaign_paper_version")]

    def __str__(self) -> str:
        return f"{self.component}: {self.name}"


class Criterion(models.Model):
    """A condition the plan sets: one that must hold, or one that disqualifies."""

    class Kind(models.TextChoices):
        """Which way it works."""

        MUST = "MUST", _("Tiêu chí")
        DISQUALIFIES = "DISQUALIFIES", _("Không được xét")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="criteria")
    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.TextField()
    least_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    clause = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="campaign_criterion_once")]

    def __str__(self) -> str:
        return self.text


# rows with a module of their own; Django finds an app's models here
from .rules import DeadlineRule, MinimumWait, Rung  # noqa: E402

__all__ = [
    "Campaign", "CampaignAward", "CampaignPaper", "CampaignPlace", "Component", "Criterion", "DeadlineRule",
    "MinimumWait", "NomineeKind", "Regime", "Rung", "Threshold",
]  # fmt: skip
