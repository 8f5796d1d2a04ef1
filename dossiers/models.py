"""The file room: a dossier, its nominations, what each desk said of them, its papers and receipts."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from audit.clock import now
from audit.models import Chained
from campaigns.models import Campaign, CampaignAward, CampaignPaper, Component, NomineeKind, Regime
from councils.models import Ballot
from decisions.models import Decision, Line
from files.models import Blob
from organizations.models import Organization, Person, Place
from organizations.names import fold, sort_key

from .holding import Stop
from .lifecycle import Lifecycle
from .queries import DossierQuerySet
from .states import Judgement, Left, Reach, State


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of the checklist as it stands: the component, and the papers there are for it."""

    component: Component
    papers: list

    @property
    def present(self) -> bool:
        """At least one paper is there that others may open: what the scanner owes an answer for does not count yet."""
        return any(_blob_of(paper).open_to_others for paper in self.papers)


def _blob_of(paper) -> Blob:
    """The file of a paper of the campaign, or of the latest version of a document."""
    return paper.blob if hasattr(paper, "blob") else paper.latest.blob


class Dossier(Lifecycle, Chained):
    """What one unit submits to one campaign (hồ sơ đề nghị khen thưởng)."""

    code = models.CharField(max_length=20, unique=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="dossiers")
    unit = models.ForeignKey(Organization, models.PROTECT, related_name="dossiers")
    letter = models.CharField(_("số, ngày tờ trình"), max_length=120, blank=True)
    regime = models.CharField(max_length=5, choices=Regime.choices, blank=True, help_text="fixed at receipt")
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=now)
    moved_at = models.DateTimeField(default=now, help_text="the moment of its last act, as the ledger has it")
    received_at = models.DateTimeField(null=True, help_text="valid receipt: the submission that passed the checklist")
    desk_since = models.DateTimeField(null=True, help_text="when it came to the desk it is at; a supplement keeps it")
    late_until = models.DateField(null=True)
    reach = models.PositiveSmallIntegerField(choices=Reach.choices, default=Reach.UNIT)
    supplements_asked = models.PositiveSmallIntegerField(default=0)
    supplement_asked_at = models.DateTimeField(null=True, help_text="when the latest supplement was asked")
    stops = models.JSONField(default=list, blank=True, help_text="[{why, since, until}] of its clock, in their order")
    held_since = models.DateTimeField(null=True, help_text="since when it, or a name of it, is on hold")
    papers_asked = models.CharField(max_length=300, blank=True, help_text="component codes of the open supplement")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="dossiers")
    search_key = models.CharField(max_length=300, editable=False)
    changed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", db_index=False, help_text="who wrote its newest entry"
    )
    changed_for = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", db_index=False, help_text="and in whose name"
    )

    HEAD = (*Chained.HEAD, "changed_by", "changed_for")

    desk: tuple[str, Organization] | None = None  # where its open step lies, while an act is done there; never stored
    tie: str  # what ties the person it was read for to it (ties.py); never stored
    first_check: int | None
    lent_check: int | None

    objects = DossierQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "-id"], name="dossier_unit"),
            models.Index(fields=["campaign", "-id"], name="dossier_campaign"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/ho-so/{self.code}/"

    def follow(self, entry) -> None:
        """Keep with the head of the chain who wrote it, so that a desk need not ask the ledger whose change it was."""
        super().follow(entry)
        self.changed_by_id, self.changed_for_id = entry.actor_id, entry.behalf_id

    @property
    def version(self) -> int:
        """Grows with every act and edit; a form made from an older one is answered with 409."""
        return self.chain_position

    def is_stale(self, version: int | None) -> bool:
        """True when it changed since this version."""
        return version is not None and version != self.version

    def body_at(self, place: str):
        """The id of the body that stands at a place for this dossier, or None when the campaign names none."""
        if self.desk and self.desk[0] == place:
            return self.desk[1].pk
        return self.unit_id if place == Place.UNIT else self.bodies.get(place)

    def stand(self, place: str, body: Organization | None) -> None:
        """Let this body stand at a place of this dossier, as the open step says, whatever the campaign says by now.

        Source    domain.md 2.2: the one question is holds(office, step.organization)
        """
        if body is not None and place != Place.UNIT:
            self.desk = (place, body)

    @cached_property
    def bodies(self) -> dict[str, int]:
        """{place: organization id} of its campaign."""
        return {row.place: row.organization_id for row in self.places}

    @cached_property
    def places(self) -> list:
        """The places of its campaign with the bodies that stand there."""
        return list(self.campaign.places.select_related("organization"))

    @cached_property
    def names(self) -> list["Nomination"]:
        """All nominations in their order, with award, ballot and line."""
        joined = ["award", "ballot", "line"] if self.reach >= Reach.COUNCIL else ["award"]  # before, both are empty
        return list(self.nominations.select_related(*joined))

    @cached_property
    def said(self) -> dict[int, list["Verdict"]]:
        """{nomination id: its verdicts, oldest first}; asked only by who needs them."""
        found: dict[int, list[Verdict]] = {}
        for verdict in Verdict.objects.filter(nomination__dossier=self).order_by("pk"):
            found.setdefault(verdict.nomination_id, []).append(verdict)
        return found

    @property
    def still_in(self) -> list["Nomination"]:
        """Nominations that no desk, vote, decision or withdrawal has taken out."""
        return [nomination for nomination in self.names if not nomination.left]

    @property
    def granted(self) -> list["Nomination"]:
        """Nominations with an unstruck line on the issued decision that holds the dossier."""
        if self.decision is None or self.decision.stage != Decision.Stage.ISSUED:
            return []
        return [n for n in self.still_in if n.line is not None and not n.line.struck]

    @cached_property
    def papers(self) -> list["Document"]:
        """The documents of the dossier that were not removed, newest version first in each; one statement."""
        versions = DocumentVersion.objects.filter(document__dossier=self, document__removed_at=None)
        rows = versions.select_related("document__component", "blob", "by")
        found: dict[int, Document] = {}
        for version in rows.order_by("document__component__position", "document_id", "-number"):
            document = found.setdefault(version.document_id, version.document)
            document.__dict__.setdefault("kept", []).append(version)
        return list(found.values())

    @cached_property
    def checklist(self) -> list[CheckItem]:
        """Every component of the campaign with the papers there are for it."""
        common = Prefetch("papers", CampaignPaper.objects.select_related("blob"))
        return [
            CheckItem(component, self._papers_of(component))
            for component in self.campaign.components.prefetch_related(common)
        ]

    def _papers_of(self, component: Component) -> list:
        if component.holder == Component.Holder.CAMPAIGN:
            return list(component.papers.all())
        return [document for document in self.papers if document.component_id == component.pk]

    @property
    def pauses(self) -> list[Stop]:
        """The intervals in which its clock stood."""
        return [Stop.read(kept) for kept in self.stops]

    @cached_property
    def posted_on(self) -> date | None:
        """The day since which its list is public, as it was noted last, or None."""
        return self.public_notices.order_by("-pk").values_list("posted_on", flat=True).first()

    @cached_property
    def open_holds(self) -> list["Hold"]:
        """Holds not lifted yet, with their names; asked only while there is one."""
        return list(self.holds.filter(lifted_at=None).select_related("nomination")) if self.held_since else []

    def forget(self) -> None:
        """Drop what was read before a change, so that it is asked again."""
        for name in ("names", "said", "papers", "checklist", "open_holds", "posted_on", "waits"):
            self.__dict__.pop(name, None)


class Nomination(models.Model):
    """One nominee for one award (đề nghị); its outcome follows from verdicts, ballot and decision line."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="nominations")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("loại đối tượng"), max_length=10, choices=NomineeKind.choices)
    full_name = models.CharField(_("họ và tên, tên tập thể"), max_length=200)
    birth_year = models.PositiveSmallIntegerField(_("năm sinh"), null=True, blank=True)
    sex = models.CharField(_("giới tính"), max_length=6, blank=True, choices=[("MALE", _("Nam")), ("FEMALE", _("Nữ"))])
    title = models.CharField(_("chức vụ"), max_length=200, blank=True)
    unit_name = models.CharField(_("đơn vị công tác"), max_length=200, blank=True)
    award = models.ForeignKey(CampaignAward, models.PROTECT, related_name="+", verbose_name=_("hình thức khen thưởng"))
    achievement = models.TextField(_("thành tích"), blank=True)
    result_percent = models.DecimalField(
        _("kết quả cam kết (%)"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="nominations")
    left = models.CharField(max_length=10, choices=Left.choices, blank=True)
    left_reason = models.TextField(blank=True)
    ballot = models.ForeignKey(Ballot, models.PROTECT, null=True, related_name="+")
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="+")
    sort_key = models.CharField(max_length=700, editable=False)
    search_key = models.CharField(max_length=300, editable=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["dossier", "position"], name="nomination_position")]
        indexes = [models.Index(fields=["search_key", "award"], name="nomination_twice")]

    def __str__(self) -> str:
        return self.full_name

    def keep_keys(self) -> None:
        """Set the keys by which the name is sorted, found, and recognised when it comes twice."""
        self.sort_key, self.search_key = sort_key(self.full_name)[:700], fold(self.full_name)[:300]

    @cached_property
    def judgements(self) -> list["Verdict"]:
        """Verdicts, oldest first."""
        return self.dossier.said.get(self.pk, [])

    @property
    def last_judgement(self) -> str:
        """The latest verdict, or empty."""
        return self.judgements[-1].judgement if self.judgements else ""

    def judgement_at(self, desk: str) -> "Verdict | None":
        """The latest verdict of one desk."""
        return next((verdict for verdict in reversed(self.judgements) if verdict.desk == desk), None)


class Verdict(models.Model):
    """What one desk said of one nomination in one act; never changed, a later one stands over it."""

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="verdicts")
    desk = models.CharField(max_length=20, choices=State.choices)
    judgement = models.CharField(max_length=10, choices=Judgement.choices)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(judgement="PASS") | ~Q(reason=""), name="verdict_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.nomination}: {self.get_judgement_display()}"


class Document(models.Model):
    """One paper of the dossier for one component of the checklist; its versions are kept."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="documents")
    component = models.ForeignKey(Component, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["component__position", "id"]

    def __str__(self) -> str:
        return f"{self.dossier}: {self.component}"

    @cached_property
    def kept(self) -> list["DocumentVersion"]:
        """Its versions, newest first."""
        return list(self.versions.select_related("blob", "by"))

    @property
    def latest(self) -> "DocumentVersion":
        """The newest version."""
        return self.kept[0]


class DocumentVersion(models.Model):
    """One file of a document, as it was uploaded."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class Receipt(models.Model):
    """A biên nhận: what the unit submitted, when, and until when the next desk has."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="receipts")
    code = models.CharField(max_length=30, unique=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    signed_by = models.CharField(max_length=200)
    names = models.PositiveSmallIntegerField()
    files = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.code


class Series(models.Model):
    """The running number of dossiers of a year; its row is locked to take one."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.year)


class Scratch(models.Model):
    """What an author has typed and not yet saved; kept for them alone, without entry or version."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    form = models.CharField(max_length=40)
    text = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "person", "form"], name="scratch_once")]

    def __str__(self) -> str:
        return f"{self.dossier} {self.form}"


# rows with a module of their own; Django finds an app's models here
from .holding import Hold, PublicNotice, Recusal, Seen  # noqa: E402

__all__ = [
    "CheckItem", "Document", "DocumentVersion", "Dossier", "Hold", "Nomination", "PublicNotice", "Receipt", "Recusal",
    "Scratch", "Seen", "Series", "Verdict",
]  # fmt: skip
