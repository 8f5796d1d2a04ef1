"""The twelve stories of the rehearsal: who is nominated, and what becomes of each dossier."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaigns.models import Campaign
from organizations.models import Organization

from .browser import Form

if TYPE_CHECKING:
    from .rehearsal import Rehearsal


@dataclass(frozen=True)
class Story:
    """One dossier: its unit, who writes and who signs, its nominees."""

    unit: str
    author: str
    head: str
    names: tuple[str, ...]


AN_MAU = ("X-AM", "lap.anmau", "chutich.anmau")
BINH_MAU = ("X-BM", "lap.binhmau", "chutich.binhmau")
TOWN = ("TT-MS", "lap.thitran", "chutich.thitran")
EDUCATION = ("P-GDDT", "lap.gddt", "truong.gddt")
HEALTH = ("TTYT", "lap.ttyt", "giamdoc.ttyt")
HOA_MAU = ("X-HM", "mot.hoamau", "mot.hoamau")

PLAIN = [
    Story(*AN_MAU, ("Tập thể xã An Mẫu", "Lý Thị Mẫu Một", "Tẩn Văn Mẫu Hai")),
    Story(*BINH_MAU, ("Tập thể xã Bình Mẫu", "Vàng Thị Mẫu Ba")),
    Story(*EDUCATION, ("Tập thể Phòng GD&ĐT", "Sùng Văn Mẫu Bốn", "Phàn Thị Mẫu Năm", "Lù Văn Mẫu Sáu")),
    Story(*HOA_MAU, ("Tập thể xã Hoà Mẫu", "Then Thị Mẫu Bảy")),
]
MIXED = Story(
    *HEALTH, ("Tập thể Trung tâm Y tế", "Hạng Văn Mẫu Tám", "Giàng Thị Mẫu Chín", "Cứ Văn Mẫu Mười", "Má Thị Mẫu Tú")
)
RETURNED_FIRST = Story(*TOWN, ("Tập thể thị trấn", "Lầu Thị Mẫu Vũ"))
RETURNED_LATER = Story(*AN_MAU, ("Tổ công tác xã An Mẫu", "Thào Văn Mẫu Bền"))
RECALLED = Story(*BINH_MAU, ("Đội văn nghệ xã Bình Mẫu", "Ly Thị Mẫu Chi"))
DECLINED = Story(*TOWN, ("Tổ dân phố số 3",))
OPPOSED = Story(*EDUCATION, ("Tổ hành chính", "Chảo Văn Mẫu Dần"))
WITHDRAWN = Story(*HEALTH, ("Khoa Dược", "Vừ Thị Mẫu Giáp"))
LAPSED = Story(*HOA_MAU, ("Thôn Mẫu Thượng",))


def pasted(story: Story) -> str:
    """The list as it would come out of Excel: a heading and a row for each nominee, columns by tabs."""
    rows = ["Loại\tHọ và tên\tNăm sinh\tGiới tính\tChức vụ\tĐơn vị công tác\tThành tích\tKết quả (%)"]
    for i, name in enumerate(story.names):
        is_person = " Mẫu " in name and ("Thị" in name or "Văn" in name)
        kind, born, title = ("Cá nhân", str(1975 + i), "Công chức") if is_person else ("Tập thể", "", "")
        sex = ("Nữ" if "Thị" in name else "Nam") if is_person else ""
        rows.append(
            f"{kind}\t{name}\t{born}\t{sex}\t{title}\tHuyện Mẫu Sơn\tHoàn thành các nội dung cam kết năm 2024.\t95,5"
        )
    return "\n".join(rows)


def choices(form: Form, campaign: Campaign, unit: str) -> dict[str, object]:
    """What the form that opens a dossier asks, when the person has a choice at all."""
    known = {"campaign": campaign.pk, "unit": Organization.objects.get(code=unit).pk}
    return {name: value for name, value in known.items() if name in form.names}


def play(stage: "Rehearsal") -> None:
    """All twelve, in the order of a district's calendar."""
    lapsed = stage.open(LAPSED)
    codes = [_submitted(stage, story) for story in PLAIN]
    mixed, first, later = (_submitted(stage, story) for story in (MIXED, RETURNED_FIRST, RETURNED_LATER))
    recalled, declined, opposed = (_submitted(stage, story) for story in (RECALLED, DECLINED, OPPOSED))
    withdrawn = stage.open(WITHDRAWN)
    stage.act(RECALLED.head, recalled, "recall", reason="Bổ sung số liệu tháng 11.")
    _sign(stage, RECALLED, recalled)
    stage.act(WITHDRAWN.author, withdrawn, "withdraw", reason="Đơn vị không đề nghị trong đợt này.")
    stage.next_day()
    _finance(stage, [*codes, later, recalled, opposed], mixed, first, declined)
    stage.next_day()
    _review(stage, [*codes, mixed, first, recalled, opposed], later)
    everyone = [*codes, mixed, first, later, recalled]
    stage.next_day()
    stage.sit([*everyone, opposed], lambda code, n: 3 if code == opposed or (code == mixed and n == 3) else 8)
    stage.next_day()
    stage.decide(everyone, {"Cứ Văn Mẫu Mười": "Đang trong thời gian xem xét kỷ luật."})
    stage.pass_deadline(9)
    if f"/ho-so/{lapsed}/" not in stage.get("truong.nv", f"/ho-so/?q={lapsed}").text:
        raise LookupError(f"{lapsed} is not in the list of the standing office's head")


def _submitted(stage: "Rehearsal", story: Story) -> str:
    """Written, handed over, signed."""
    code = stage.open(story)
    _sign(stage, story, code)
    return code


def _sign(stage: "Rehearsal", story: Story, code: str) -> None:
    if story.author == story.head:
        stage.act(story.author, code, "hand_over", then="submit")
        return
    stage.act(story.author, code, "hand_over")
    stage.act(story.head, code, "submit")


def _finance(stage: "Rehearsal", plain: list[str], mixed: str, first: str, declined: str) -> None:
    """TC–KH: proposes, fails one name, asks for a supplement once, declines one dossier."""
    for code in [*plain, mixed, first]:
        stage.upload("taichinh1", f"/ho-so/{code}/", "Công văn đề nghị khen thưởng")
    for code in plain:
        stage.act("taichinh1", code, "propose")
    stage.act("taichinh2", mixed, "propose", said={2: ("FAIL", "Cam kết phụ trách hoàn thành 60 %, dưới 90 %.")})
    stage.act(
        "taichinh2",
        first,
        "request_supplement",
        said={2: ("SUPPLEMENT", "Thiếu xác nhận kết quả.")},
        reason="Bổ sung xác nhận kết quả của cá nhân.",
        papers=["BAO_CAO"],
    )
    _sign_again(stage, RETURNED_FIRST, first)
    stage.act("taichinh2", first, "propose")
    stage.act(
        "taichinh1",
        declined,
        "decline",
        said={1: ("FAIL", "Kết quả cam kết 85 %, dưới 90 %.")},
        reason="Không đạt tiêu chí mục II.3 của Kế hoạch.",
    )


def _sign_again(stage: "Rehearsal", story: Story, code: str) -> None:
    """The unit answers a supplement: a new version of the report, signed again."""
    stage.upload(story.author, f"/ho-so/{code}/lap/", "Báo cáo bổ sung")
    stage.act(story.author, code, "hand_over")
    stage.act(story.head, code, "resubmit")


def _review(stage: "Rehearsal", plain: list[str], later: str) -> None:
    """Nội vụ: the evaluation decision for all, one supplement, everyone before the council."""
    stage.upload("noivu1", f"/dot-thi-dua/{stage.campaign.code}/", "Quyết định đánh giá, xếp loại")
    stage.act(
        "noivu2",
        later,
        "request_supplement",
        said={2: ("SUPPLEMENT", "Chưa rõ năm công tác.")},
        reason="Bổ sung quá trình công tác.",
        papers=["BAO_CAO"],
    )
    for code in plain:
        stage.act("noivu1", code, "admit")
    _sign_again(stage, RETURNED_LATER, later)
    stage.act("noivu2", later, "admit")
