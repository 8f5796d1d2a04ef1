"""The register of residents: bodies, people, and who holds which office from when until when."""

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.clock import today
from audit.models import Chained

from .names import fold, sort_key
from .queries import SYSTEM_EMAIL, AppointmentQuerySet, OrganizationQuerySet, PersonManager


class Office(models.TextChoices):
    """An office (chức trách) that a person holds in one body; the only source of authority."""

    AUTHOR = "AUTHOR", _("Cán bộ lập hồ sơ")
    UNIT_HEAD = "UNIT_HEAD", _("Thủ trưởng đơn vị")
    FINANCE = "FINANCE", _("Chuyên viên Tài chính – Kế hoạch")
    HOME_AFFAIRS = "HOME_AFFAIRS", _("Chuyên viên Nội vụ")
    SECRETARY = "SECRETARY", _("Thư ký Hội đồng")
    COUNCIL_MEMBER = "COUNCIL_MEMBER", _("Uỷ viên Hội đồng")
    COUNCIL_CHAIR = "COUNCIL_CHAIR", _("Chủ tịch Hội đồng")
    CHANCERY = "CHANCERY", _("Văn phòng HĐND và UBND")
    SIGNATORY = "SIGNATORY", _("Người ký quyết định")
    CLUSTER_HEAD = "CLUSTER_HEAD", _("Cụm trưởng, Khối trưởng")
    INSPECTOR = "INSPECTOR", _("Thanh tra")
    ADMIN = "ADMIN", _("Quản trị")


class Place(models.TextChoices):
    """Where an act is done; the campaign says which body stands at each place."""

    UNIT = "UNIT", _("Đơn vị đề nghị")
    FINANCE_BODY = "FINANCE_BODY", _("Cơ quan Tài chính – Kế hoạch")
    STANDING_BODY = "STANDING_BODY", _("Cơ quan thường trực Hội đồng")
    COUNCIL = "COUNCIL", _("Hội đồng Thi đua – Khen thưởng")
    AUTHORITY = "AUTHORITY", _("Cấp quyết định khen thưởng")


class OrganizationKind(models.TextChoices):
    """What sort of body it is."""

    AUTHORITY = "AUTHORITY", _("Uỷ ban nhân dân")
    DIVISION = "DIVISION", _("Phòng, ban, ngành")
    COMMUNE = "COMMUNE", _("Xã, phường, thị trấn")
    AGENCY = "AGENCY", _("Đơn vị sự nghiệp")
    COUNCIL = "COUNCIL", _("Hội đồng")


class Organization(Chained):
    """A body in the tree of bodies, from a date until a date."""

    code = models.CharField(_("mã"), max_length=30, unique=True)
    name = models.CharField(_("tên"), max_length=200)
    short_name = models.CharField(_("tên gọn"), max_length=80)
    kind = models.CharField(_("loại"), max_length=10, choices=OrganizationKind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, editable=False, db_index=True)
    valid_from = models.DateField(_("từ ngày"))
    valid_until = models.DateField(_("đến hết ngày"), null=True, blank=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="organization_dates"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """Levels above it in the tree."""
        return self.path.count("/") - 1


class Person(AbstractBaseUser, Chained):
    """A person who signs in; deactivated when gone, never deleted, and never above the offices they hold."""

    email = models.EmailField(_("thư điện tử"), unique=True)
    full_name = models.CharField(_("họ và tên"), max_length=120)
    sort_key = models.CharField(max_length=400, editable=False, db_index=True)
    search_key = models.CharField(max_length=200, editable=False)
    is_active = models.BooleanField(_("đang hoạt động"), default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = PersonManager()

    class Meta:
        ordering = ["sort_key", "id"]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args, **kwargs):
        """Keep the keys by which the name is sorted and found."""
        self.sort_key, self.search_key = sort_key(self.full_name)[:400], fold(self.full_name)[:200]
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        """The name as written in Vietnam: họ, đệm, tên."""
        return self.full_name

    @property
    def is_system(self) -> bool:
        """True for the one person in whose name the system acts."""
        return self.email == SYSTEM_EMAIL

    def offices_today(self) -> list["Appointment"]:
        """Offices whose work this person does today, their own first, body joined; asked once per request.

        Those of others, whom this person stands in for, have that person as `principal`.
        """
        if not hasattr(self, "_offices_today"):
            found = Appointment.objects.today() if self.is_active else Appointment.objects.none()
            found = found.exercised_by(self.pk).told_through(self.pk).select_related("organization", "person")
            self._offices_today = list(found)
            for held in self._offices_today:
                held.principal = None if held.person_id == self.pk else held.person
        return self._offices_today

    def holds(self, office: str, organization) -> bool:
        """True while `office` in `organization` is this person's work today: appointed, or standing in for a holder."""
        return self.held(office, organization) is not None

    def held(self, office: str, organization, *, of: int | None = None) -> "Appointment | None":
        """The appointment by which this person does that work: of the desk named, else their own, else another's.

        of        the id of the person on whose desk the work lies
        """
        place = getattr(organization, "pk", organization)
        found = [held for held in self.offices_today() if held.office == office and held.organization_id == place]
        return next((held for held in found if of in held.desks and of != self.pk), found[0] if found else None)

    def shares_desk_of(self, another: int | None, office: str, organization) -> bool:
        """True for oneself, and for whom this person stands in for in that office: their claims are this person's."""
        place = getattr(organization, "pk", organization)
        return another == self.pk or any(
            another in held.desks and held.office == office and held.organization_id == place
            for held in self.offices_today()
            if held.principal
        )

    def forget_offices(self) -> None:
        """Ask the register again next time; for long-lived objects such as a worker's."""
        self.__dict__.pop("_offices_today", None)


class Appointment(models.Model):
    """One person holding one office in one body, from a date to a date (both count)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="appointments")
    office = models.CharField(_("chức trách"), max_length=20, choices=Office.choices)
    title = models.CharField(_("chức vụ ghi trên văn bản"), max_length=120, blank=True)
    valid_from = models.DateField(_("từ ngày"), default=today)
    valid_until = models.DateField(_("đến hết ngày"), null=True, blank=True)

    principal: Person | None = None  # whom its reader stands in for; set by Person.offices_today, never stored
    through: int | None = None  # id of who stands between the two, if anybody
    lent_until: date | None = None  # the last day of it

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["organization__path", "office", "valid_from"]
        indexes = [models.Index(fields=["organization", "office", "valid_from"], name="appointment_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="appointment_dates"
            ),
            models.UniqueConstraint(
                fields=["person", "organization", "office"],
                condition=Q(valid_until__isnull=True),
                name="appointment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.get_office_display()}, {self.organization.short_name}"

    @property
    def desks(self) -> set[int]:
        """Ids of the people whose claims its reader may take up: the holder, and who stands between."""
        return {pk for pk in (self.person_id, self.through) if pk is not None}


class Invitation(models.Model):
    """A way in for a person the admin entered: a single link, valid for some days, spent when a password is set."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    token_digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person} {self.expires_at:%d/%m/%Y}"


# rows with a module of their own; Django finds an app's models here
from .overrides import Calendar, CalendarDay, CalendarFeed  # noqa: E402
from .substitutions import Substitution  # noqa: E402

__all__ = [
    "Appointment", "Calendar", "CalendarDay", "CalendarFeed", "Invitation", "Office", "Organization",
    "OrganizationKind", "Person", "Place", "Substitution",
]  # fmt: skip
