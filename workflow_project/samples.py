"""What lies on the desks when the demo opens: a handful of dossiers, brought there by the house's own acts."""

import io
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from audit import clock
from audit.ledger import Actor
from campaigns.models import Campaign, Component
from dossiers import edits, papers
from dossiers.models import Dossier
from files.acts import take_in
from flows import desk
from flows.models import StepRow
from organizations.calendar import add_working_days
from organizations.models import Organization, Person

from .district import address

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
OPENS = datetime(2024, 11, 18, 8, 0, tzinfo=VIETNAM)
SET_UP = datetime(2024, 11, 4, 8, 0, tzinfo=VIETNAM)  # when the register was filled in
BEGINS = datetime(2024, 11, 7, 8, 0, tzinfo=VIETNAM).date()

COLLECTIVES = ["Tập thể {unit}", "Tổ công tác chuyển đổi số {unit}"]
PERSONS = ["Ma Thị Mẫu Lan", "Vi Văn Mẫu Lâm", "Nông Thị Mẫu Đào", "Hoàng Văn Mẫu Ân", "H’Mẫu Niê", "Đặng Thị Mẫu Ước"]
FAMILIES = {
    "P-GDDT": "",
    "TTYT": "Kha ",
    "X-BM": "Lục ",
    "TT-MS": "Đường ",
    "X-AM": "Lãnh ",
}  # so that no name comes twice


def paper(title: str) -> SimpleUploadedFile:
    """A made-up page of a paper, as a scan would be."""
    sheet = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((40, 40, 580, 837), outline=(180, 180, 180))
    for row in range(12):
        pen.line((80, 220 + 40 * row, 540 - 30 * (row % 4), 220 + 40 * row), fill=(90, 90, 90), width=3)
    pen.text((80, 90), title.encode("ascii", "ignore").decode(), fill="black")
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return SimpleUploadedFile(f"{title}.png", out.getvalue())


def nominees(campaign: Campaign, unit: Organization, persons: int) -> list[dict]:
    """One collective and so many people of a unit."""
    award = campaign.awards.get()
    common = {"award_id": award.pk, "unit_name": unit.name, "result_percent": "95.5"}
    rows = [
        {
            **common,
            "kind": "COLLECTIVE",
            "full_name": COLLECTIVES[0].format(unit=unit.short_name),
            "achievement": "Hoàn thành 19/20 nội dung cam kết với UBND huyện năm 2024.",
        }
    ]
    for i, name in enumerate(PERSONS[:persons]):
        rows.append(
            {
                **common,
                "kind": "PERSON",
                "full_name": FAMILIES[unit.code] + name,
                "birth_year": 1978 + 3 * i,
                "title": "Công chức",
                "sex": "FEMALE" if "Thị" in name else "MALE",
                "achievement": "Hoàn thành xuất sắc nhiệm vụ được giao, có sáng kiến được công nhận.",
            }
        )
    return rows


class Sample:
    """One dossier carried by its people."""

    def __init__(self, campaign: Campaign, unit: str, author: str, head: str, persons: int):
        self.campaign, self.unit = campaign, Organization.objects.get(code=unit)
        self.author, self.head = author, head
        self.dossier = desk.open_dossier(by=self.by(author), campaign=campaign, unit=self.unit)
        edits.add_nominations(self.dossier, nominees(campaign, self.unit, persons), by=self.by(author))
        self.add("BAO_CAO", author, "Báo cáo kết quả thực hiện cam kết")

    @staticmethod
    def by(name: str) -> Actor:
        """A person of the district."""
        return Actor(Person.objects.get(email=address(name)), origin="demo")

    def add(self, code: str, who: str, title: str) -> None:
        """Upload a paper."""
        component = Component.objects.get(campaign=self.campaign, code=code)
        upload = paper(title)
        papers.add_paper(self.dossier, component, take_in(upload), upload.name, by=self.by(who))

    def do(self, act: str, who: str, **facts: object) -> None:
        """Do one act in the open step."""
        step = StepRow.objects.open().get(process__dossier=self.dossier)
        desk.do(step.process_id, step.pk, act, by=self.by(who), **facts)

    def verdicts(self, **last: str) -> dict:
        """Everyone passes, but what is said of the last name."""
        names = Dossier.objects.get(pk=self.dossier.pk).still_in
        said = {n.pk: ("PASS", "") for n in names}
        if last:
            said[names[-1].pk] = next(iter(last.items()))
        return said


def lay_out(campaign: Campaign) -> None:
    """Make the samples, a working day after the other, and leave the clock at the demo's opening hour."""
    days = [add_working_days(BEGINS, n) for n in range(7)]
    _at(days[0], 9)
    education = Sample(campaign, "P-GDDT", "lap.gddt", "truong.gddt", 5)
    education.do("hand_over", "lap.gddt")
    education.do("submit", "truong.gddt")
    _at(days[1], 10)
    health = Sample(campaign, "TTYT", "lap.ttyt", "giamdoc.ttyt", 3)
    health.do("hand_over", "lap.ttyt")
    health.do("submit", "giamdoc.ttyt")
    _at(days[2], 15)
    education.add("CONG_VAN", "taichinh1", "Công văn đề nghị khen thưởng")
    education.do("propose", "taichinh1", verdicts=education.verdicts())
    _at(days[3], 9)
    reason = {"SUPPLEMENT": "Thiếu minh chứng nội dung cam kết số 7."}
    health.do(
        "request_supplement",
        "taichinh2",
        verdicts=health.verdicts(**reason),
        papers=["BAO_CAO"],
        reason="Bổ sung minh chứng trước khi đề xuất.",
    )
    _at(days[5], 14)
    binh_mau = Sample(campaign, "X-BM", "lap.binhmau", "chutich.binhmau", 4)
    binh_mau.do("hand_over", "lap.binhmau")
    binh_mau.do("submit", "chutich.binhmau")
    _at(days[6], 16)
    town = Sample(campaign, "TT-MS", "lap.thitran", "chutich.thitran", 2)
    town.do("hand_over", "lap.thitran")
    Sample(campaign, "X-AM", "lap.anmau", "chutich.anmau", 2)
    clock.set_to(OPENS)


def _at(day, hour: int) -> None:
    clock.set_to(datetime.combine(day, time(hour), tzinfo=VIETNAM))
