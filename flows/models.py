"""Rows of the procedures: a passage of a dossier, its steps, and the one completion of each step."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from viewflow.workflow.models import AbstractProcess, AbstractTask
from viewflow.workflow.status import STATUS

from dossiers.free_hand import tie_sentence
from dossiers.models import Dossier
from organizations.models import Office, Organization, Person, Place

from .due_order import DUE
from .queries import StepQuerySet

OPEN = Q(finished__isnull=True, flow_task_type="HUMAN")


class Passage(AbstractProcess):
    """One passage of a dossier through a procedure; it holds the link and nothing else."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="passages")

    data: dict = {}  # viewflow writes these on any process; this product keeps no facts in them
    seed = artifact = parent_task = None

    class Meta:
        default_permissions = ("add", "change", "delete", "view", "manage")  # viewflow adds "manage" at import
        constraints = [
            models.UniqueConstraint(fields=["dossier"], condition=Q(finished__isnull=True), name="one_live_passage"),
        ]


class StepRow(AbstractTask):
    """One step of a passage: whose office in which body, since when, until when.

    `scheduled` is the next moment the clock looks at it, empty while it is held; `assigned` the moment a person claimed
    it.  `due_at` is the deadline that is worked to, `legal_due_at` the one of law.  `unit` and `cause`
    never change: the desk reads them here and asks neither the dossiers nor the ledger.
    """

    process = models.ForeignKey(Passage, models.PROTECT, related_name="steps")
    status = models.CharField(max_length=50, choices=STATUS.choices, default=STATUS.NEW)
    created = models.DateTimeField()
    scheduled = models.DateTimeField(null=True)
    # the indexes below begin with these three where they are asked for
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    office = models.CharField(max_length=20, choices=Office.choices, blank=True)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="+", db_index=False, help_text="whose dossier it is"
    )
    cause = models.CharField(max_length=50, blank=True, help_text="the act that led here")
    due_at = models.DateTimeField(null=True)
    counts_from = models.DateTimeField(null=True, help_text="what its working days are counted from")
    basis = models.CharField(max_length=300, blank=True, help_text="where the deadline is written, or 'nội bộ'")
    legal_due_at = models.DateTimeField(null=True)
    legal_basis = models.CharField(max_length=300, blank=True)
    calendar_version = models.PositiveIntegerField(default=0, help_text="by which both were reckoned")
    rung = models.SmallIntegerField(null=True, help_text="the rung `scheduled` is for; empty: the deadline")
    tries = models.PositiveSmallIntegerField(default=0, help_text="how often the clock failed at this moment")
    fault = models.CharField(max_length=500, blank=True)
    stuck_at = models.DateTimeField(null=True, help_text="since when it is an incident")

    previous = None
    external_task_id = None
    owner_permission = None
    # viewflow's base lays a generic key over these two; authority comes from an office here, so they stay empty
    owner_permission_content_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, editable=False, db_index=False, related_name="+"
    )
    owner_permission_obj_pk = models.CharField(max_length=1, null=True, editable=False)  # noqa: DJ001
    data: dict = {}
    seed = artifact = None

    claimed: bool  # these three come with `told_to`, never stored
    held_for: str | None
    tie: str

    objects = StepQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process"], condition=OPEN, name="one_open_step")]
        # in the order of the desk (due_order.py), so that a page is read off and nothing is sorted; what
        # follows `id` lets steps be counted without looking at a row
        indexes = [
            models.Index("organization", "office", DUE, "id", "owner", "due_at", name="step_pool", condition=OPEN),
            models.Index("owner", DUE, "id", "organization", "office", "due_at", name="step_mine", condition=OPEN),
            models.Index("unit", DUE, "id", name="step_unit", condition=OPEN),
            models.Index(DUE, "id", name="step_open", condition=OPEN),
            models.Index(
                fields=["owner", "-finished", "-id"], name="step_done", condition=Q(finished__isnull=False)
            ),
            models.Index(fields=["scheduled"], name="step_clock", condition=Q(scheduled__isnull=False)),
            models.Index(fields=["stuck_at"], name="step_stuck", condition=Q(stuck_at__isnull=False)),
        ]

    @property
    def is_open(self) -> bool:
        """True while it waits for a person."""
        return self.finished is None and self.flow_task_type == "HUMAN"

    @property
    def holder(self) -> Person | None:
        """Who has claimed it, as long as they hold its office; a claim ends with the office."""
        return self.owner if self.owner and self.owner.holds(self.office, self.organization_id) else None

    @property
    def holder_name(self) -> str:
        """Who has it, and in whose place; empty when nobody who may.  Of a row read by `told_to`."""
        if self.owner is None or not self.claimed:
            return ""
        if not self.held_for:
            return self.owner.full_name
        return _("%(name)s thay %(principal)s") % {"name": self.owner.full_name, "principal": self.held_for}

    @property
    def kept_away(self) -> str:
        """Why its reader may not do it though it may be their office's; empty when they may.  Of a row with its tie."""
        free = not self.is_open or self.flow_task.place == Place.UNIT
        return "" if free else tie_sentence(self.tie)


class Completion(models.Model):
    """A step is completed once: the backstop that holds when someone forgets the lock."""

    step = models.OneToOneField(StepRow, models.PROTECT, related_name="completion")
    entry_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.step_id} → {self.entry_id}"


class Firing(models.Model):
    """One rung of one step's ladder was reached: once for each due date, and never again."""

    step = models.ForeignKey(StepRow, models.PROTECT, related_name="firings")
    rung = models.SmallIntegerField(help_text="working days from the deadline")
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    told = models.PositiveSmallIntegerField(default=0, help_text="how many people")
    entry_id = models.BigIntegerField(help_text="the line of the ledger that lists it")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["step", "rung", "due_at"], name="rung_once")]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.rung:+d}"


# rows with a module of their own; Django finds an app's models here
from .desk_models import BulkJob, BulkRow, SavedFilter  # noqa: E402

__all__ = ["BulkJob", "BulkRow", "Completion", "Firing", "Passage", "SavedFilter", "StepRow"]
