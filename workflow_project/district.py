"""A made-up district of 2024, for the demo and the tests: bodies, people, a council, the campaign under way.

Every name is invented.  Everybody's password in the demo is the one below; the demo's sign-in page needs none.
"""

from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from audit.ledger import Actor
from campaigns.acts import load_campaign, load_ladder
from campaigns.models import Campaign
from councils.acts import found_council
from organizations.acts import add_organization, add_person, appoint
from organizations.calendar_acts import load_seed
from organizations.models import Organization, Person

PASSWORD = "ban-dung-thu-2024"  # noqa: S105  printed on the demo's sign-in page
SINCE = date(2024, 1, 1)
CAMPAIGN = Path(settings.BASE_DIR) / "campaigns" / "data" / "cam_ket_2024.toml"

# code, name, short name, kind, parent
BODIES = [
    ("UBND-H", "Uỷ ban nhân dân huyện Mẫu Sơn", "UBND huyện", "AUTHORITY", None),
    ("P-TCKH", "Phòng Tài chính – Kế hoạch huyện Mẫu Sơn", "Phòng TC–KH", "DIVISION", "UBND-H"),
    ("P-NV", "Phòng Nội vụ huyện Mẫu Sơn", "Phòng Nội vụ", "DIVISION", "UBND-H"),
    ("VP", "Văn phòng HĐND và UBND huyện Mẫu Sơn", "Văn phòng", "DIVISION", "UBND-H"),
    ("P-GDDT", "Phòng Giáo dục và Đào tạo huyện Mẫu Sơn", "Phòng GD&ĐT", "DIVISION", "UBND-H"),
    ("TTYT", "Trung tâm Y tế huyện Mẫu Sơn", "Trung tâm Y tế", "AGENCY", "UBND-H"),
    ("X-AM", "Uỷ ban nhân dân xã An Mẫu", "UBND xã An Mẫu", "COMMUNE", "UBND-H"),
    ("X-BM", "Uỷ ban nhân dân xã Bình Mẫu", "UBND xã Bình Mẫu", "COMMUNE", "UBND-H"),
    ("X-HM", "Uỷ ban nhân dân xã Hoà Mẫu", "UBND xã Hoà Mẫu", "COMMUNE", "UBND-H"),
    ("TT-MS", "Uỷ ban nhân dân thị trấn Mẫu Sơn", "UBND thị trấn", "COMMUNE", "UBND-H"),
    ("HD-TDKT", "Hội đồng Thi đua – Khen thưởng huyện Mẫu Sơn", "Hội đồng TĐKT", "COUNCIL", "UBND-H"),
    ("TTR", "Thanh tra huyện Mẫu Sơn", "Thanh tra huyện", "DIVISION", "UBND-H"),
]

# address before the @, full name, [(office, body, title on papers)]
PEOPLE = [
    ("lap.anmau", "Lò Thị Mẫu An", [("AUTHOR", "X-AM", "Công chức Văn phòng – Thống kê")]),
    ("chutich.anmau", "Hoàng Văn Mẫu Bách", [("UNIT_HEAD", "X-AM", "Chủ tịch UBND xã")]),
    ("lap.binhmau", "Nông Thị Mẫu Cúc", [("AUTHOR", "X-BM", "Công chức Văn phòng – Thống kê")]),
    ("chutich.binhmau", "Vi Văn Mẫu Dũng", [("UNIT_HEAD", "X-BM", "Chủ tịch UBND xã")]),
    (
        "mot.hoamau",
        "Đàm Thị Mẫu Én",
        [("AUTHOR", "X-HM", "Phó Chủ tịch"), ("UNIT_HEAD", "X-HM", "Phó Chủ tịch UBND xã")],
    ),
    ("lap.thitran", "Triệu Văn Mẫu Giang", [("AUTHOR", "TT-MS", "Công chức Văn phòng – Thống kê")]),
    ("chutich.thitran", "Bế Thị Mẫu Hạnh", [("UNIT_HEAD", "TT-MS", "Chủ tịch UBND thị trấn")]),
    ("lap.gddt", "Hứa Văn Mẫu Ích", [("AUTHOR", "P-GDDT", "Chuyên viên")]),
    ("truong.gddt", "Lường Thị Mẫu Khuê", [("UNIT_HEAD", "P-GDDT", "Trưởng phòng")]),
    ("lap.ttyt", "Chu Thị Mẫu Lam", [("AUTHOR", "TTYT", "Viên chức")]),
    ("giamdoc.ttyt", "Tô Văn Mẫu Minh", [("UNIT_HEAD", "TTYT", "Giám đốc")]),
    ("taichinh1", "Mạc Thị Mẫu Nga", [("FINANCE", "P-TCKH", "Chuyên viên")]),
    ("taichinh2", "Ma Văn Mẫu Oanh", [("FINANCE", "P-TCKH", "Chuyên viên")]),
    ("truong.tckh", "La Thị Mẫu Phương", [("UNIT_HEAD", "P-TCKH", "Trưởng phòng")]),
    ("noivu1", "Quan Thị Mẫu Quyên", [("HOME_AFFAIRS", "P-NV", "Chuyên viên")]),
    ("noivu2", "Thạch Văn Mẫu Rạng", [("HOME_AFFAIRS", "P-NV", "Chuyên viên")]),
    (
        "truong.nv",
        "Liêu Thị Mẫu Sâm",
        [("UNIT_HEAD", "P-NV", "Trưởng phòng"), ("COUNCIL_MEMBER", "HD-TDKT", "Uỷ viên thường trực")],
    ),
    ("thuky", "Sầm Thị Mẫu Tâm", [("SECRETARY", "HD-TDKT", "Thư ký")]),
    ("uyvien", "Đinh Văn Mẫu Út", [("COUNCIL_MEMBER", "HD-TDKT", "Uỷ viên")]),
    ("vanphong", "Phùng Thị Mẫu Vân", [("CHANCERY", "UBND-H", "Chuyên viên Văn phòng")]),
    (
        "chutich",
        "Nùng Văn Mẫu Xuân",
        [("SIGNATORY", "UBND-H", "Q. Chủ tịch"), ("COUNCIL_CHAIR", "HD-TDKT", "Chủ tịch Hội đồng")],
    ),
    ("thanhtra", "Giàng Thị Mẫu Yên", [("INSPECTOR", "UBND-H", "Thanh tra viên")]),
    ("quantri", "Cầm Văn Mẫu Ý", [("ADMIN", "UBND-H", "Quản trị hệ thống")]),
]


def address(name: str) -> str:
    """The made-up address of a person of the district."""
    return f"{name}@mauson.example"


@transaction.atomic
def build() -> Campaign:
    """Make the district and its campaign, once; a second call gives back what is there."""
    by = Actor(Person.objects.system(), origin="command")
    load_seed(by=by)
    load_ladder(by=by)
    if not Organization.objects.filter(code="UBND-H").exists():
        _bodies(by)
        _people(by)
        council = Organization.objects.get(code="HD-TDKT")
        found_council(by=by, organization=council, founded_by="Quyết định số 12/QĐ-UBND ngày 05/01/2024", members=9,
                      valid_from=SINCE)  # fmt: skip
    campaign, _ = load_campaign(CAMPAIGN, by=by)
    return campaign


def _bodies(by: Actor) -> None:
    made: dict[str, Organization] = {}
    for code, name, short_name, kind, parent in BODIES:
        made[code] = add_organization(
            by=by,
            code=code,
            name=name,
            short_name=short_name,
            kind=kind,
            parent=made.get(parent or ""),
            valid_from=SINCE,
        )


def _people(by: Actor) -> None:
    bodies = {body.code: body for body in Organization.objects.all()}
    hashed = make_password(PASSWORD)  # once: Argon2 is slow on purpose
    for name, full_name, offices in PEOPLE:
        person = add_person(by=by, email=address(name), full_name=full_name)
        Person.objects.filter(pk=person.pk).update(password=hashed)
        for office, body, title in offices:
            appoint(person, by=by, office=office, organization=bodies[body], valid_from=SINCE, title=title)
