"""What must be true before an act: each a question about the dossier, with the sentence that says why not.

A condition is called with the dossier and answers yes or no; `why` is shown beside the act that waits for it.
"""

from collections.abc import Callable

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from audit.clock import now
from campaigns.models import CampaignPaper
from files.models import OPEN_TO_OTHERS
from organizations.calendar import end_of_day

from .states import Judgement


def condition(why: str | Callable) -> Callable:
    """Give a question the sentence shown when its answer is no, or what makes that sentence of the dossier."""

    def mark(question: Callable) -> Callable:
        question.why = why
        return question

    return mark


def why_not(question: Callable, dossier) -> str:
    """The sentence of a condition that is not met."""
    return question.why(dossier) if callable(question.why) else str(question.why)


def lacking(dossier, act: str) -> list:
    """Components of the checklist that block `act` and are not there yet; one statement unless a page read them all."""
    if "checklist" in dossier.__dict__:
        return [item.component for item in dossier.checklist if item.component.blocks == act and not item.present]
    own = dossier.documents.filter(
        component=OuterRef("pk"), removed_at=None, versions__blob__scan__in=OPEN_TO_OTHERS
    )
    common = CampaignPaper.objects.filter(component=OuterRef("pk"), blob__scan__in=OPEN_TO_OTHERS)
    blocking = dossier.campaign.components.filter(blocks=act)
    return list(blocking.exclude(Exists(own) | Exists(common)))


@condition(_("Hồ sơ còn thiếu đề nghị hoặc giấy tờ; xem mục “Còn thiếu trước khi nộp”."))
def complete(dossier) -> bool:
    """At least one nomination is in, and every paper the unit owes is there.  Source: plan 000, II.6."""
    return not missing_for_submission(dossier)


def missing_for_submission(dossier) -> list[str]:
    """Sentences that tell the author what is still missing, empty when nothing is."""
    missing = []
    if not dossier.still_in:
        missing.append(str(_("Chưa có đề nghị nào: nhập ít nhất một cá nhân, tập thể hoặc hộ gia đình.")))
    for component in lacking(dossier, "submit"):
        told = {"name": component.name, "clause": component.clause}
        missing.append(str(_("Chưa có “%(name)s” (%(clause)s).")) % told)
    for nomination in dossier.still_in:
        if not nomination.achievement.strip():
            missing.append(str(_("Chưa ghi thành tích của %(name)s.")) % {"name": nomination.full_name})
    return missing


@condition(_("Đã hết hạn nộp hồ sơ của đợt."))
def in_time(dossier) -> bool:
    """The last day to submit, or the named date of a late acceptance, is not over.  Source: plan 000, III.5."""
    return now() <= end_of_day(dossier.late_until or dossier.campaign.last_day)


@condition(_("Hồ sơ đã được yêu cầu bổ sung, không lấy lại được nữa."))
def never_returned(dossier) -> bool:
    """No supplement was asked yet."""
    return dossier.supplements_asked == 0


@condition(_("Đã yêu cầu bổ sung đủ số lần cho phép của đợt; chỉ còn đề xuất hoặc không xét."))
def may_ask_again(dossier) -> bool:
    """Supplements asked are fewer than the campaign allows.  Source: setting, default once."""
    return dossier.supplements_asked < dossier.campaign.supplements


@condition(_("Thiếu công văn đề nghị khen thưởng của Phòng Tài chính – Kế hoạch (mục II.6 của Kế hoạch)."))
def papers_for_proposal(dossier) -> bool:
    """The papers that block the proposal are there."""
    return not lacking(dossier, "propose")


@condition(_("Thiếu quyết định đánh giá, xếp loại của UBND (mục II.6 của Kế hoạch); tải lên ở trang đợt thi đua."))
def papers_for_admission(dossier) -> bool:
    """The papers that block the admission are there."""
    return not lacking(dossier, "admit")


@condition(_("Kết quả bỏ phiếu chưa được hai người nhập khớp nhau cho mọi đề nghị."))
def all_confirmed(dossier) -> bool:
    """Every nomination still in has a confirmed ballot."""
    return bool(dossier.still_in) and all(n.ballot is not None and n.ballot.confirmed for n in dossier.still_in)


@condition(_("Không đề nghị nào đạt số phiếu cần thiết trên tổng số thành viên Hội đồng."))
def some_carried(dossier) -> bool:
    """At least one ballot carried; not asked while counts are still open."""
    return not all_confirmed(dossier) or any(n.ballot is not None and n.ballot.carried for n in dossier.still_in)


@condition(_("Có đề nghị đạt số phiếu cần thiết: phải trình UBND, không thể không xét."))
def none_carried(dossier) -> bool:
    """No ballot carried; not asked while counts are still open."""
    return not all_confirmed(dossier) or not some_carried(dossier)


@condition(_("Chỉ thực hiện qua một quyết định đã ban hành."))
def decision_issued(dossier) -> bool:
    """An issued decision grants at least one of its lines."""
    return dossier.decision is not None and dossier.decision.stage == "ISSUED" and bool(dossier.granted)


@condition(_("Hồ sơ đang nằm trong một quyết định; bỏ dự thảo trước nếu muốn làm việc này."))
def no_decision(dossier) -> bool:
    """No decision, draft or issued, holds the dossier."""
    return dossier.decision is None


@condition(_("Hồ sơ đang nằm trong một quyết định; bỏ dự thảo trước nếu muốn làm việc này."))
def free_or_all_struck(dossier) -> bool:
    """No decision holds it, or the one issued struck every line of it."""
    if dossier.decision is None:
        return True
    return dossier.decision.stage == "ISSUED" and not dossier.granted


def flagged(nomination) -> bool:
    """True when the desk that returned the dossier asked for more about this name."""
    return nomination.last_judgement == Judgement.SUPPLEMENT
