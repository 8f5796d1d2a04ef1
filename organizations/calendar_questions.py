"""The words of the pages that ask before the working calendar changes."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from . import calendar
from .models import CalendarDay
from .questions import Question

AGAIN = "/han/tinh-lai/"  # the page that reckons open deadlines again; it lies floors above this one


def entering() -> Question:
    """A day to enter."""
    return Question(
        title=_("Nhập ngày khác thường"), button=_("Nhập, chờ xác nhận"), crumbs=[_home()], back=_home()[1],
        done=_("Đã nhập. Ngày này được tính khi một người khác xác nhận."),
        effects=[
            _("Ngày này hiện ngay trên lịch với chữ “chờ” và chưa được tính vào hạn nào."),
            _("Một người khác giữ chức trách Quản trị hoặc Văn phòng phải xác nhận."),
        ],
    )  # fmt: skip


def confirming(row: CalendarDay) -> Question:
    """A day to count from now on."""
    return Question(
        title=_("Xác nhận ngày %(day)s") % {"day": f"{row.day:%d/%m/%Y}"}, button=_("Xác nhận, bắt đầu tính"),
        crumbs=[_home(row)], back=_home(row)[1], done=_("Đã xác nhận. Lịch làm việc có bản mới."), lead=_said(row),
        effects=[_now(row), _moves(row), _written(row)],
    )  # fmt: skip


def withdrawing(row: CalendarDay) -> Question:
    """A day to count no more."""
    effects = [_moves(row)] if row.confirmed_at else [_("Ngày này chưa được xác nhận nên không hạn nào đổi.")]
    return Question(
        title=_("Rút ngày %(day)s") % {"day": f"{row.day:%d/%m/%Y}"}, button=_("Rút khỏi lịch"), warn=True,
        crumbs=[_home(row)], back=_home(row)[1], done=_("Đã rút. Dòng này vẫn đọc được, có lý do."), lead=_said(row),
        effects=[*effects, _("Hạn đã tính theo bản lịch trước vẫn tra lại được.")],
    )  # fmt: skip


def _home(row: CalendarDay | None = None) -> tuple[str, str]:
    """The calendar, of the year the row is in."""
    address = reverse("organizations:calendar")
    return _("Lịch làm việc"), f"{address}?nam={row.day.year}&don-vi=" + _code(row) if row else address


def _code(row: CalendarDay) -> str:
    return row.organization.code if row.organization else "chung"


def _said(row: CalendarDay) -> str:
    """The row in one sentence."""
    hour = _(", đến %(hour)s") % {"hour": f"{row.closes_at:%H:%M}"} if row.closes_at else ""
    place = row.organization.name if row.organization else _("Chung cả nước")
    note = f" – {row.note}" if row.note else ""
    return f"{row.get_kind_display()}{hour}{note} · {place}"


def _now(row: CalendarDay) -> str:
    """What the day is until it is confirmed."""
    is_now = calendar.why(row.day, row.organization)
    return _("Lịch đang áp dụng ghi ngày này: %(reason)s.") % {"reason": is_now.reason}


def _moves(row: CalendarDay) -> str:
    """Open deadlines stay until they are reckoned again."""
    return format_html(
        '{} <a href="{}">{}</a>',
        _("Lịch đổi từ ngày %(day)s; các hạn đang chạy chưa đổi cho đến khi tính lại.")
        % {"day": f"{row.day:%d/%m/%Y}"},
        AGAIN,
        _("Tính lại hạn"),
    )


def _written(row: CalendarDay) -> str:
    return _("Văn bản: %(document)s; %(name)s nhập ngày %(day)s.") % {
        "document": row.document, "name": row.entered_by.full_name, "day": f"{row.entered_at:%d/%m/%Y}",
    }  # fmt: skip
