"""Who reads which decision, what waits for one, and what issuing it will do."""

from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from campaigns.models import CampaignPlace
from decisions.models import Decision, Line
from dossiers.models import Dossier
from dossiers.states import State
from organizations.models import Appointment, Office, Organization, Place

AT_AUTHORITY = (Office.SIGNATORY, Office.CHANCERY)
AT_UNIT = (Office.AUTHOR, Office.UNIT_HEAD)


def reads_whole(person: Any) -> Q:
    """Decisions this person reads whole, drafts too: of the body they sign or keep the papers for, or inspect."""
    whole = Q(pk__in=[])
    for held in person.offices_today():
        if held.office in AT_AUTHORITY:
            whole |= Q(organization=held.organization_id)
        if held.office == Office.INSPECTOR:
            whole |= Q(organization__path__startswith=held.organization.path)
    return whole


def own_dossiers(person: Any) -> QuerySet[Dossier]:
    """Dossiers whose lines on an issued decision this person may read: of their unit, or of one they inspect."""
    own = Q(pk__in=[])
    for held in person.offices_today():
        if held.office in AT_UNIT:
            own |= Q(unit=held.organization_id)
        if held.office == Office.INSPECTOR:
            own |= Q(unit__path__startswith=held.organization.path)
    return Dossier.objects.filter(own)


def decisions_of(person: Any) -> QuerySet[Decision]:
    """Decisions this person may read: whole, or issued with lines of their unit."""
    lines = own_dossiers(person).filter(decision=OuterRef("pk"))
    seen = Decision.objects.filter(reads_whole(person) | Q(Exists(lines), stage=Decision.Stage.ISSUED))
    return seen.select_related("organization", "signatory")


def lines_of(decision: Decision, person: Any) -> QuerySet[Line]:
    """The lines of a `listed` decision this person may read; a unit reads its own only."""
    if decision.whole:
        return decision.lines.all()
    return decision.lines.filter(group_id__in=own_dossiers(person).values("pk"))


def dossiers_of(decision: Decision, person: Any) -> QuerySet[Dossier]:
    """The dossiers of a `listed` decision this person may know of, by key."""
    found = decision.dossiers.select_related("unit").order_by("pk")
    return found if decision.whole else found.filter(pk__in=own_dossiers(person).values("pk"))


def listed(person: Any) -> QuerySet[Decision]:
    """Decisions this person may read, newest first, with `whole`, `total`, `granted`, `moving`.

    whole     read whole; a unit is told no figures of others
    moving    dossiers that have not moved yet
    """
    lines = Line.objects.filter(decision=OuterRef("pk"))
    waiting = Dossier.objects.filter(decision=OuterRef("pk"), state=State.DECIDING)
    whole = Case(When(reads_whole(person), then=Value(True)), default=Value(False), output_field=models.BooleanField())
    return decisions_of(person).order_by("-pk").annotate(
        whole=whole, total=_many(lines), granted=_many(lines.filter(struck=False)), moving=_many(waiting)
    )


def _many(rows: QuerySet) -> Coalesce:
    """How many of these rows belong to the decision; a count of its own, so that two never multiply each other."""
    counts = rows.order_by().values("decision").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=models.IntegerField()), Value(0))


def waiting_for(organization: Organization) -> QuerySet[Dossier]:
    """Dossiers that wait for this body's decision and are in none, the oldest first."""
    campaigns = CampaignPlace.objects.filter(place=Place.AUTHORITY, organization=organization).values("campaign")
    free = Dossier.objects.filter(state=State.DECIDING, decision=None, campaign__in=campaigns)
    return free.select_related("unit", "campaign").counted().order_by("moved_at", "pk")




def effects(decision: Decision) -> list[str]:
    """What will happen when the draft is issued, in sentences; three statements."""
    dossiers = list(decision.dossiers.select_related("unit"))
    units = {dossier.unit_id: dossier.unit.short_name for dossier in dossiers}
    lines = list(decision.lines.values_list("group_id", "struck"))
    told = Appointment.objects.today().filter(office__in=AT_UNIT, organization__in=units)
    granted = {group for group, struck in lines if not struck}
    closed = [dossier.code for dossier in dossiers if dossier.pk not in granted]
    numbers = {
        "granted": sum(not struck for _group, struck in lines), "struck": sum(struck for _group, struck in lines),
        "dossiers": len(dossiers), "people": told.values("person").distinct().count(),
        "units": ", ".join(units.values()), "codes": ", ".join(closed),
    }  # fmt: skip
    return [
        _("Quyết định lấy số tiếp theo của sổ năm nay, ngày ký là hôm nay, người ký là bạn."),
        _("%(granted)d tên được khen thưởng, %(struck)d tên bị gạch. Danh sách giữ nguyên như lúc ký.") % numbers,
        _("%(dossiers)d hồ sơ kết thúc, %(people)d người nhận thư: %(units)s.") % numbers,
        *([_("Mọi tên của %(codes)s bị gạch: hồ sơ kết thúc “Không xét”.") % numbers] if closed else []),
    ]
