"""The words of each act: on its button, in the timeline, and how it is meant."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Words:
    """What an act is called before and after it is done, and its colour beside the word."""

    button: str
    past: str
    tone: str = "plain"


ACTS = {
    "open": Words(_("Lập hồ sơ"), _("Lập hồ sơ")),
    "hand_over": Words(_("Trình thủ trưởng ký"), _("Trình thủ trưởng ký"), "main"),
    "hand_back": Words(_("Trả lại người lập"), _("Thủ trưởng trả lại người lập"), "bad"),
    "submit": Words(_("Ký nộp hồ sơ"), _("Đơn vị nộp hồ sơ"), "main"),
    "resubmit": Words(_("Ký nộp bổ sung"), _("Đơn vị nộp bổ sung"), "main"),
    "recall": Words(_("Lấy lại hồ sơ"), _("Đơn vị lấy lại hồ sơ"), "bad"),
    "propose": Words(_("Đề xuất khen thưởng"), _("TC–KH đề xuất khen thưởng"), "main"),
    "admit": Words(_("Trình Hội đồng"), _("Nội vụ trình Hội đồng"), "main"),
    "request_supplement": Words(_("Trả để bổ sung"), _("Trả đơn vị bổ sung"), "bad"),
    "decline": Words(_("Không xét hồ sơ"), _("Không xét hồ sơ"), "bad"),
    "recommend": Words(_("Trình UBND quyết định"), _("Hội đồng đề nghị UBND khen thưởng"), "main"),
    "oppose": Words(_("Không đề nghị khen thưởng"), _("Hội đồng không đề nghị khen thưởng"), "bad"),
    "grant": Words(_("Khen thưởng"), _("UBND quyết định khen thưởng"), "main"),
    "refuse": Words(_("Không khen thưởng"), _("UBND không khen thưởng"), "bad"),
    "send_back": Words(_("Chuyển lại Nội vụ"), _("UBND chuyển lại Nội vụ thẩm định"), "bad"),
    "withdraw": Words(_("Rút hồ sơ"), _("Đơn vị rút hồ sơ"), "bad"),
    "withdraw_nomination": Words(_("Rút một đề nghị"), _("Đơn vị rút một đề nghị"), "bad"),
    "lapse": Words(_("Đóng vì quá hạn"), _("Hồ sơ quá hạn, đã đóng"), "bad"),
    "accept_late": Words(_("Nhận hồ sơ trễ hạn"), _("Cơ quan thường trực nhận hồ sơ trễ hạn"), "main"),
    # no act of the law: the word for a rung of the ladder (flows/ladder.py); older lines of the ledger have it as act
    "remind": Words(_("Nhắc việc"), _("Hệ thống nhắc việc đến hạn")),
    "hold": Words(_("Tạm dừng xem xét"), _("Nội vụ tạm dừng xem xét"), "bad"),
    "lift": Words(_("Kết thúc tạm dừng"), _("Nội vụ kết thúc tạm dừng"), "main"),
    "post_notice": Words(_("Ghi ngày đăng công khai"), _("Đăng công khai danh sách")),
    "move_deadline": Words(_("Tính lại hạn"), _("Hạn được tính lại")),
    "save_letter": Words(_("Lưu"), _("Sửa số, ngày tờ trình")),
    "add_nominations": Words(_("Thêm đề nghị"), _("Thêm đề nghị")),
    "change_nomination": Words(_("Lưu đề nghị"), _("Sửa đề nghị")),
    "remove_nomination": Words(_("Xoá đề nghị"), _("Xoá đề nghị")),
    "add_paper": Words(_("Tải tệp lên"), _("Tải tệp lên")),
    "replace_paper": Words(_("Thay tệp"), _("Thay bằng bản mới")),
    "remove_paper": Words(_("Bỏ tệp"), _("Bỏ tệp")),
    "reserve": Words(_("Đưa vào quyết định"), _("Đưa vào dự thảo quyết định")),
    "release": Words(_("Đưa ra khỏi quyết định"), _("Đưa ra khỏi dự thảo quyết định")),
    "recuse": Words(_("Khai có liên quan"), _("Khai có liên quan, không tham gia xem xét")),
    "unrecuse": Words(_("Rút lời khai có liên quan"), _("Rút lời khai có liên quan")),
    "put_on_agenda": Words(_("Đưa vào phiên họp"), _("Đưa vào chương trình phiên họp")),
}


# acts whose reason the unit does not read while the dossier is under way
SEALED = frozenset({"hold", "lift"})  # what a complaint says is never read by those it is about
BETWEEN_DESKS = frozenset({"send_back", "recuse", "unrecuse", *SEALED})


def past(act: str) -> str:
    """What the timeline says when an act is done."""
    return str(ACTS[act].past) if act in ACTS else act
