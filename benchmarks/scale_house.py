"""The made-up province of the large house: two authorities, sixty units, three hundred people, eight campaigns."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from audit.clock import today
from campaigns.models import Campaign, CampaignAward, CampaignPlace, Criterion
from organizations.models import Appointment, Office, Organization, Person, Place

SINCE = date(2023, 1, 1)
YEARS = (2023, 2024, 2025, 2026)
UNITS = (54, 6)  # of the large authority and of the small one; a dossier falls to each unit alike
# office, at which place, how many people in the large authority and in the small one
DESKS = (
    (Office.FINANCE, Place.FINANCE_BODY, (60, 10)),
    (Office.HOME_AFFAIRS, Place.STANDING_BODY, (60, 10)),
    (Office.SECRETARY, Place.COUNCIL, (4, 2)),
    (Office.SIGNATORY, Place.AUTHORITY, (2, 1)),
    (Office.UNIT_HEAD, Place.FINANCE_BODY, (1, 1)),
    (Office.UNIT_HEAD, Place.STANDING_BODY, (1, 1)),
    (Office.COUNCIL_MEMBER, Place.COUNCIL, (8, 5)),
    (Office.CHANCERY, Place.AUTHORITY, (4, 2)),
    (Office.INSPECTOR, Place.AUTHORITY, (1, 1)),
)


@dataclass
class Realm:
    """One authority with its bodies, people and campaigns."""

    units: list[int] = field(default_factory=list)
    bodies: dict[str, int] = field(default_factory=dict)  # by place
    people: dict[str, list[int]] = field(default_factory=dict)  # by office
    campaigns: list[int] = field(default_factory=list)  # oldest first
    awards: dict[int, int] = field(default_factory=dict)  # by campaign


@dataclass
class House:
    """Everyone and everything dossiers refer to."""

    realms: list[Realm]
    authors: dict[int, int]  # by unit
    heads: dict[int, int]
    names: dict[int, str]  # of people and, below zero, of bodies

    @property
    def units(self) -> list[tuple[int, Realm]]:
        """Every unit with its realm."""
        return [(unit, realm) for realm in self.realms for unit in realm.units]


def build() -> House:
    """Bodies, people and campaigns, by the product's own models."""
    house = House([], {}, {}, {})
    for number, count in enumerate(UNITS):
        house.realms.append(_realm(house, number, count))
    return house


def _realm(house: House, number: int, count: int) -> Realm:
    realm = Realm()
    top = _body(f"UB{number}", "Uỷ ban nhân dân", "AUTHORITY", None)
    kinds = {Place.FINANCE_BODY: ("TC", "Phòng Tài chính"), Place.STANDING_BODY: ("NV", "Phòng Nội vụ")}
    for place, (code, name) in kinds.items():
        realm.bodies[place] = _body(f"{code}{number}", name, "DIVISION", top).pk
    realm.bodies[Place.COUNCIL] = _body(f"HD{number}", "Hội đồng", "COUNCIL", top).pk
    realm.bodies[Place.AUTHORITY] = top.pk
    for i in range(count):
        unit = _body(f"X{number}-{i:02}", f"UBND xã Mẫu {number}.{i}", "COMMUNE", top).pk
        realm.units.append(unit)
        house.authors[unit] = _person(house, "lap", Office.AUTHOR, unit)
        house.heads[unit] = _person(house, "truong", Office.UNIT_HEAD, unit)
    for office, place, counts in DESKS:
        made = [_person(house, office.lower(), office, realm.bodies[place]) for _ in range(counts[number])]
        realm.people.setdefault(office, made)
    _campaigns(realm, number, top)
    return realm


def _body(code: str, name: str, kind: str, parent: Organization | None) -> Organization:
    path = f"{parent.path if parent else '/'}{code}/"
    row = Organization(
        code=code, name=f"{name} {code}", short_name=f"{name} {code}", kind=kind, parent=parent, path=path,
        valid_from=SINCE,
    )  # fmt: skip
    row.save()
    return row


def _person(house: House, what: str, office: str, body: int) -> int:
    number = len(house.names) + 1
    row = Person.objects.create(email=f"{what}.{number}@mau.example", full_name=f"Nguyễn Thị Mẫu {number}")
    Appointment.objects.create(person=row, organization_id=body, office=office, valid_from=SINCE)
    house.names[row.pk] = row.full_name
    return row.pk


def _campaigns(realm: Realm, number: int, top: Organization) -> None:
    for year in YEARS:
        for half in (1, 2):
            row = Campaign.objects.create(
                code=f"PT{number}-{year}-{half}", name=f"Phong trào thi đua {year} đợt {half}",
                short_name=f"Thi đua {year}/{half}", year=year, plan="Kế hoạch", authority=top,
                opens_on=date(year, 6 * half - 5, 1), results_until=date(year, 6 * half, 15),
                last_day=today() + timedelta(days=30) if year == YEARS[-1] else date(year, 6 * half, 20),
                last_day_clause="Kế hoạch", supplement_clause="nội bộ", fund="Quỹ", fund_clause="Kế hoạch",
            )  # fmt: skip
            row.participants.set(realm.units)
            CampaignPlace.objects.bulk_create(
                CampaignPlace(campaign=row, place=place, organization_id=body) for place, body in realm.bodies.items()
            )
            award = CampaignAward.objects.create(
                campaign=row, code="GK", name="Giấy khen", kinds="PERSON", threshold="MAJORITY",
                threshold_clause="nội bộ", clause="Kế hoạch",
            )  # fmt: skip
            Criterion.objects.create(
                campaign=row, code="KET_QUA", kind=Criterion.Kind.MUST, text="Từ 90%", least_percent=90, clause="KH"
            )
            realm.campaigns.append(row.pk)
            realm.awards[row.pk] = award.pk
