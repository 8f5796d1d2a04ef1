"""The words of the pages that ask before somebody stands in for somebody, or ceases to."""

from django.urls import reverse
from django.utils.translation import gettext as _

from .models import Office, Substitution
from .questions import Question


def naming() -> Question:
    """A new stand-in."""
    return Question(
        title=_("Giao người làm thay"),
        button=_("Giao làm thay"),
        crumbs=[_all()],
        back=_all()[1],
        effects=[
            _("Trong những ngày đó, người làm thay thấy và làm được mọi việc của chức trách này, kể cả việc đang giữ."),
            _("Mọi việc làm thay ghi cả hai tên: “… thay …”."),
            _("Người được thay vẫn xem và làm việc như thường."),
            _("Hai người nhận thông báo; có thể kết thúc sớm bất cứ lúc nào."),
            _("Phiếu của Hội đồng không uỷ quyền được."),
        ],
    )


def ending(row: Substitution) -> Question:
    """One ends before its day."""
    office = Office(row.office).label
    return Question(
        title=_("Kết thúc làm thay"),
        button=_("Kết thúc làm thay"),
        crumbs=[_all()],
        back=_all()[1],
        warn=True,
        lead=_("%(substitute)s thay %(principal)s: %(office)s, %(place)s.")
        % {
            "substitute": row.substitute.full_name, "principal": row.principal.full_name, "office": office,
            "place": row.organization.name,
        },
        effects=[
            _("Từ lúc này %(name)s không làm được việc của chức trách này nữa.") % {"name": row.substitute.full_name},
            _("Việc %(name)s đang nhận thay trở lại hàng chung.") % {"name": row.substitute.full_name},
            _("Những gì đã làm giữ nguyên, ghi cả hai tên."),
            _("Hai người nhận thông báo."),
        ],
    )  # fmt: skip


def _all() -> tuple[str, str]:
    return _("Làm thay"), reverse("flows:substitutions")
