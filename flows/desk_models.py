"""Rows of the desk itself: filters kept by name, and one act on many dossiers."""

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from dossiers.models import Nomination


class SavedFilter(models.Model):
    """A way to look at the desk, kept by name; shared with everyone of a body when one is named."""

    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="saved_filters")
    name = models.CharField(_("tên"), max_length=60)
    query = models.CharField(max_length=500)
    organization = models.ForeignKey("organizations.Organization", models.PROTECT, null=True, related_name="+")
    is_default = models.BooleanField(default=False, help_text="what the desk opens with")
    at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="saved_filter_once"),
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(is_default=True), name="saved_filter_default_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BulkJobQuerySet(models.QuerySet):
    """Jobs of many rows."""

    def counted(self) -> "BulkJobQuerySet":
        """With how many rows were `done` and how many are `left`."""
        done = Q(rows__result="DONE")
        return self.annotate(done=Count("rows", filter=done), left=Count("rows", filter=~done))


class BulkRowQuerySet(models.QuerySet):
    """Rows of jobs."""

    def shown(self) -> "BulkRowQuerySet":
        """With all that a page tells of their dossier, `standing` names among it."""
        names = Nomination.objects.filter(dossier=OuterRef("step__process__dossier"), left="").order_by()
        counted = names.values("dossier").annotate(n=Count("pk")).values("n")
        joined = self.select_related("step__process__dossier__unit", "step__process__dossier__campaign")
        return joined.annotate(standing=Subquery(counted)).order_by("id")


class BulkJob(models.Model):
    """One act on many steps: previewed, confirmed, then done row by row, each in its own transaction."""

    class Stage(models.TextChoices):
        """How far it is."""

        PREVIEW = "PREVIEW", _("Xem trước")
        RUNNING = "RUNNING", _("Đang làm")
        DONE = "DONE", _("Đã xong")
        DROPPED = "DROPPED", _("Đã bỏ")

    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="bulk_jobs")
    act = models.CharField(max_length=30)
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.PREVIEW)
    at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Việc làm hàng loạt số {self.pk}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/ban-viec/hang-loat/{self.pk}/"


class BulkRow(models.Model):
    """One step of a bulk job, and what came of it."""

    class Result(models.TextChoices):
        """What came of it."""

        WAITING = "WAITING", _("Chờ")
        DONE = "DONE", _("Đã làm")
        REFUSED = "REFUSED", _("Không làm được")

    job = models.ForeignKey(BulkJob, models.CASCADE, related_name="rows")
    step = models.ForeignKey("flows.StepRow", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(help_text="of the dossier, as the preview showed it")
    result = models.CharField(max_length=8, choices=Result.choices, default=Result.WAITING)
    message = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(null=True)

    objects = BulkRowQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["job", "step"], name="bulk_row_once")]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.get_result_display()}"
