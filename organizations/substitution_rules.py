"""Which offices may be done in another's name, who names the stand-in, who may not be one; with the reasons."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from .models import Appointment, Office, Organization, Person, Substitution

# office -> why nobody stands in for it
NOT_SUBSTITUTABLE: dict[str, Any] = {
    Office.COUNCIL_MEMBER: _("Phiếu của uỷ viên Hội đồng không uỷ quyền được: vắng họp thì gửi ý kiến bằng văn bản."),
    # the chair does nothing here but vote, read and count; a deputy chair named by the founding decision presides
    Office.COUNCIL_CHAIR: _(
        "Phiếu của Chủ tịch Hội đồng không uỷ quyền được; vắng thì Phó Chủ tịch Hội đồng chủ trì theo quyết định"
        " thành lập."
    ),
    Office.INSPECTOR: _("Thanh tra viên được phân công đích danh: hãy phân công thanh tra viên khác."),
    Office.ADMIN: _("Quản trị không làm thay được: hãy phân công thêm một quản trị."),
}
SUBSTITUTABLE = [office for office in Office if office not in NOT_SUBSTITUTABLE]
# leaders rarely set it themselves; a council has no head of its own to set it for its secretary (peers.md 3.14)
BY_CHANCERY = (Office.UNIT_HEAD, Office.SIGNATORY, Office.SECRETARY)
# office held anywhere -> why its holder stands in for nobody
NEVER_STANDS_IN: dict[str, Any] = {
    Office.INSPECTOR: _("%(name)s là thanh tra viên nên không làm thay việc mình có thể phải thanh tra."),
    Office.ADMIN: _("%(name)s là quản trị nên không làm việc hồ sơ."),
}
# office done in another's name -> (offices whose holder in the same body may not do it, why)
KEPT_APART: dict[str, tuple[tuple[str, ...], Any]] = {
    Office.SECRETARY: (
        (Office.COUNCIL_MEMBER, Office.COUNCIL_CHAIR),
        _("%(name)s là người nhập phiếu thứ hai của Hội đồng nên không làm thay thư ký: hai lần nhập phải độc lập."),
    ),
}


def kept_from(person: Person, office: str, organization: Organization, first: date, last: date | None) -> str:
    """Why a stand-in may not hold this office themselves from `first` to `last` (None: open); empty when they may."""
    rows = Substitution.objects.filter(substitute=person, revoked_at=None, valid_until__gte=first)
    if office not in NEVER_STANDS_IN:
        apart = [lent for lent, (offices, _why) in KEPT_APART.items() if office in offices]
        rows = rows.filter(office__in=apart, organization=organization)
    found = rows.filter(valid_from__lte=last or date.max).select_related("organization").first()
    if found is None:
        return ""
    told = {"name": person.full_name, "office": Office(found.office).label, "body": found.organization.name,
            "day": f"{found.valid_until:%d/%m/%Y}"}  # fmt: skip
    said = _(
        "%(name)s đang làm thay “%(office)s” tại %(body)s đến hết %(day)s, không giữ chức trách này cùng lúc được."
        " Hãy kết thúc việc làm thay trước."
    )
    return str(said) % told


def above(organization: Organization) -> list[int]:
    """Ids of the body and of every body above it in the tree."""
    return [int(part) for part in organization.path.strip("/").split("/")]


def appointers(office: str, organization: Organization) -> QuerySet[Person]:
    """Who may name a stand-in for this office of this body: its head, and for leaders the chancery above."""
    return Person.objects.exercising(_naming(office, organization))


def names_for(person: Person, office: str, organization: Organization) -> Appointment | None:
    """The appointment by which this person may name a stand-in for somebody else here, or None."""
    heads = office != Office.UNIT_HEAD and person.held(Office.UNIT_HEAD, organization)
    if heads:
        return heads
    chancery = [held for held in person.offices_today() if held.office == Office.CHANCERY]
    upwards = above(organization) if office in BY_CHANCERY else []
    return next((held for held in chancery if held.organization_id in upwards), None)


def _naming(office: str, organization: Organization) -> QuerySet[Appointment]:
    """Appointments that may name a stand-in for another's office here."""
    naming = Q(pk__in=[]) if office == Office.UNIT_HEAD else Q(office=Office.UNIT_HEAD, organization=organization)
    if office in BY_CHANCERY:
        naming |= Q(office=Office.CHANCERY, organization__in=above(organization))
    return Appointment.objects.today().filter(naming)


def overseen_by(person: Person) -> Q:
    """Substitutions this person may set or end for others, by the offices they do today."""
    theirs = Q(pk__in=[])
    for held in person.offices_today():
        if held.office == Office.UNIT_HEAD:
            theirs |= Q(organization=held.organization_id) & ~Q(office=Office.UNIT_HEAD)
        if held.office == Office.CHANCERY:
            theirs |= Q(organization__path__startswith=held.organization.path, office__in=BY_CHANCERY)
    return theirs
