"""Days the register knows better than the package: off, made up, or half; entered by one, confirmed by another."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import Chained

from .queries import CalendarDayQuerySet


class Calendar(Chained):
    """The one working calendar; its version grows with every day that begins or ceases to count."""

    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return str(_("Lịch làm việc"))


class CalendarDay(models.Model):
    """One day that differs from the week and the public holidays, for everyone or for one body and those below it.

    It counts from the version in which it was confirmed until the one in which it was withdrawn, so every earlier
    reckoning can be repeated.  Source: law.md 9
    """

    class Kind(models.TextChoices):
        """What the day is."""

        OFF = "OFF", _("Nghỉ")
        WORK = "WORK", _("Làm bù")
        HALF = "HALF", _("Làm nửa ngày")

    day = models.DateField(_("ngày"))
    kind = models.CharField(_("loại"), max_length=4, choices=Kind.choices)
    closes_at = models.TimeField(_("hết giờ làm việc lúc"), null=True, blank=True)
    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("áp dụng cho"),
    )  # fmt: skip
    document = models.CharField(_("văn bản"), max_length=300)
    note = models.CharField(_("nội dung"), max_length=200, blank=True)
    entered_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_in = models.PositiveIntegerField(null=True, help_text="the calendar's version from which it counts")
    withdrawn_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_in = models.PositiveIntegerField(null=True, help_text="the version from which it counts no more")
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "organization"],
                condition=Q(confirmed_at__isnull=False, withdrawn_at__isnull=True, organization__isnull=False),
                name="calendar_day_once_for_body",
            ),
            models.UniqueConstraint(
                fields=["day"],
                condition=Q(confirmed_at__isnull=False, withdrawn_at__isnull=True, organization__isnull=True),
                name="calendar_day_once_for_all",
            ),
            models.CheckConstraint(
                condition=Q(kind="HALF", closes_at__isnull=False) | (~Q(kind="HALF") & Q(closes_at__isnull=True)),
                name="calendar_half_day_closes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}: {self.get_kind_display()}"


class CalendarFeed(models.Model):
    """A secret address at which a calendar program reads one person's deadlines; kept as a digest, one at a time."""

    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="calendar_feeds")
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(revoked_at__isnull=True), name="calendar_feed_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.made_at:%d/%m/%Y}"
