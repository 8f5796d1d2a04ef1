"""Why a file is not taken in: one sentence for each reason, saying what to do."""

from enum import StrEnum
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Reason(StrEnum):
    """Names for the reasons, for tests and logs; people read the sentences below."""

    EMPTY = "EMPTY"
    TOO_BIG = "TOO_BIG"
    NAME_BAD = "NAME_BAD"
    NAME_LONG = "NAME_LONG"
    OFFICE_OLD = "OFFICE_OLD"
    OFFICE_OTHER = "OFFICE_OTHER"
    PASSWORD = "PASSWORD"  # noqa: S105  a reason, not a password
    MACRO = "MACRO"
    EMBEDDED = "EMBEDDED"
    REMOTE = "REMOTE"
    COMMAND = "COMMAND"
    ARCHIVE = "ARCHIVE"
    BOMB = "BOMB"
    CROWDED = "CROWDED"
    OFFICE_BROKEN = "OFFICE_BROKEN"
    PDF_ACTIVE = "PDF_ACTIVE"
    PDF_ATTACHMENT = "PDF_ATTACHMENT"
    PDF_BROKEN = "PDF_BROKEN"
    PDF_COMPLEX = "PDF_COMPLEX"
    IMAGE_BROKEN = "IMAGE_BROKEN"
    IMAGE_BIG = "IMAGE_BIG"
    IMAGE_OTHER = "IMAGE_OTHER"
    WEB_PAGE = "WEB_PAGE"
    TWO_IN_ONE = "TWO_IN_ONE"
    PROGRAM = "PROGRAM"
    UNKNOWN = "UNKNOWN"
    INFECTED = "INFECTED"
    BUSY = "BUSY"
    NOT_KEPT = "NOT_KEPT"


_RESAVE = _("Hãy mở tệp bằng Word hoặc Excel, lưu lại thành tệp mới rồi tải lên.")
_REPRINT = _("Hãy mở tệp, chọn In rồi lưu thành một tệp PDF mới và tải tệp đó lên.")
_ONLY = _("Hệ thống nhận tệp PDF, Word (.docx), Excel (.xlsx), ảnh JPG và ảnh PNG.")

# {reason: (why, what to do)}
SENTENCES = {
    Reason.EMPTY: (_("tệp rỗng, không có nội dung"), _("Hãy kiểm tra lại tệp trên máy rồi chọn tệp đúng.")),
    Reason.TOO_BIG: (
        _("tệp nặng hơn mức cho phép là %(limit)s"),
        _("Hãy quét lại với độ phân giải thấp hơn hoặc tách thành nhiều tệp."),
    ),
    Reason.NAME_BAD: (
        _("tên tệp để trống hoặc có ký tự ẩn, ký tự điều khiển"),
        _("Hãy đổi tên tệp, chỉ dùng chữ, số và dấu thông thường, rồi chọn lại."),
    ),
    Reason.NAME_LONG: (_("tên tệp dài quá %(limit)s ký tự"), _("Hãy đặt tên ngắn hơn rồi chọn lại.")),
    Reason.OFFICE_OLD: (
        _("đây là tệp Word, Excel hoặc PowerPoint kiểu cũ (.doc, .xls, .ppt)"),
        _("Hãy mở tệp, lưu thành dạng .docx, .xlsx hoặc PDF rồi tải lên."),
    ),
    Reason.OFFICE_OTHER: (
        _("loại tài liệu này chưa được nhận"),
        _("Hãy lưu tài liệu thành dạng .docx, .xlsx hoặc PDF rồi tải lên."),
    ),
    Reason.PASSWORD: (_("tệp đặt mật khẩu hoặc bị khoá quyền"), _("Hãy bỏ mật khẩu, lưu lại rồi tải lên.")),
    Reason.MACRO: (
        _("tệp chứa macro (mã lệnh)"),
        _("Hãy lưu lại thành dạng .docx hoặc .xlsx không có macro rồi tải lên."),
    ),
    Reason.EMBEDDED: (
        _("bên trong tệp có nhúng một tệp hoặc đối tượng khác"),
        _("Hãy xoá đối tượng nhúng, lưu lại, và tải tệp được nhúng lên riêng nếu cần."),
    ),
    Reason.REMOTE: (
        _("tệp tự nạp nội dung từ một địa chỉ khác trên mạng"),
        _("Hãy chèn hẳn nội dung đó vào tài liệu, bỏ liên kết, lưu lại rồi tải lên."),
    ),
    Reason.COMMAND: (
        _("tệp chứa trường gọi chương trình khác (DDE)"),
        _("Hãy xoá trường đó, lưu lại rồi tải lên."),
    ),
    Reason.ARCHIVE: (_("đây là tệp nén"), _("Hãy giải nén rồi tải lên từng tệp bên trong.")),
    Reason.BOMB: (_("nội dung sau khi giải nén lớn bất thường"), _RESAVE),
    Reason.CROWDED: (_("tệp gồm quá nhiều thành phần"), _("Hãy tách tài liệu thành nhiều tệp nhỏ hơn rồi tải lên.")),
    Reason.OFFICE_BROKEN: (_("cấu trúc bên trong tệp không hợp lệ hoặc tệp bị hỏng"), _RESAVE),
    Reason.PDF_ACTIVE: (_("tệp PDF chứa mã lệnh hoặc lệnh tự chạy"), _REPRINT),
    Reason.PDF_ATTACHMENT: (
        _("tệp PDF có đính kèm tệp khác bên trong"),
        _("Hãy tải tệp đính kèm lên riêng; với tệp PDF, chọn In rồi lưu thành một tệp PDF mới."),
    ),
    Reason.PDF_BROKEN: (_("tệp PDF bị hỏng hoặc không mở được"), _REPRINT),
    Reason.PDF_COMPLEX: (_("tệp PDF quá phức tạp, không kiểm tra được trong thời gian cho phép"), _REPRINT),
    Reason.IMAGE_BROKEN: (_("ảnh bị hỏng hoặc bị cắt cụt"), _("Hãy chụp hoặc quét lại rồi tải lên.")),
    Reason.IMAGE_BIG: (
        _("ảnh lớn hơn %(limit)s triệu điểm ảnh"),
        _("Hãy thu nhỏ ảnh hoặc quét lại với độ phân giải thấp hơn."),
    ),
    Reason.IMAGE_OTHER: (
        _("định dạng ảnh này chưa được nhận"),
        _("Hãy lưu ảnh thành dạng JPG hoặc PNG rồi tải lên."),
    ),
    Reason.WEB_PAGE: (
        _("đây là trang web hoặc ảnh vẽ có mã lệnh (HTML, SVG, XML)"),
        _("Hãy in ra PDF rồi tải lên."),
    ),
    Reason.TWO_IN_ONE: (
        _("tệp mang nội dung của hai loại tệp cùng lúc"),
        _("Hãy mở tệp và lưu lại thành tệp mới đúng một loại rồi tải lên."),
    ),
    Reason.PROGRAM: (_("đây là chương trình hoặc tệp lệnh"), _ONLY),
    Reason.UNKNOWN: (_("không nhận ra loại tệp"), _ONLY),
    Reason.INFECTED: (
        _("trình quét vi-rút phát hiện mã độc"),
        _("Đừng mở tệp này trên máy; hãy báo cán bộ công nghệ thông tin của đơn vị."),
    ),
    Reason.BUSY: (
        _("máy chủ đang bận kiểm tra các tệp khác"),
        _("Tệp chưa được lưu; hãy tải lại sau một phút."),
    ),
    Reason.NOT_KEPT: (
        _("máy chủ chưa lưu được tệp"),
        _("Hãy tải lại sau ít phút; nếu vẫn không được, báo quản trị hệ thống."),
    ),
}


class Refused(Exception):
    """The file is not taken in; str() is the Vietnamese sentence for the person who chose it."""

    def __init__(self, reason: Reason, name: str = "", **facts: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name
        self.facts = facts

    @property
    def message(self) -> str:
        """Which file, why, and what to do."""
        why, advice = SENTENCES[self.reason]
        lead = gettext("Tệp “%(name)s” chưa được nhận") if self.name else gettext("Tệp chưa được nhận")
        return f"{lead % {'name': self.name}}: {str(why) % self.facts}. {advice}"

    def __str__(self) -> str:
        return self.message
