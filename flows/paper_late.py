"""The page for a form about a sitting or a decision that came too late: who did what, and what was typed."""

from collections.abc import Mapping

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from audit.models import Entry

MOST_TOLD = 5
PAST = {
    "open_sitting": _("Mở phiên họp"),
    "keep_minutes": _("Tải biên bản phiên họp"),
    "open_ballots": _("Đưa hồ sơ vào chương trình"),
    "drop_ballots": _("Bỏ hồ sơ khỏi chương trình"),
    "type_counts": _("Nhập kết quả bỏ phiếu"),
    "draft": _("Lập dự thảo quyết định"),
    "add_lines": _("Đưa hồ sơ vào dự thảo"),
    "remove_lines": _("Đưa hồ sơ ra khỏi dự thảo"),
    "strike": _("Gạch tên, bỏ gạch tên"),
    "issue": _("Ban hành quyết định"),
    "drop": _("Bỏ dự thảo"),
}


def late_page(
    request: HttpRequest, subject: Model, why: str, back: str, kept: Mapping[str, str] | None = None
) -> HttpResponse:
    """Answer 409 with the latest changes of the subject; never with a figure, which a reader may not know yet.

    kept     {label as on the screen: typed text}; empty ones are left out
    """
    context = {
        "headline": why, "entries": told(subject), "back_url": back, "back_label": _("Mở lại trang như hiện nay"),
        "kept": {label: text for label, text in (kept or {}).items() if text.strip()},
    }  # fmt: skip
    return render(request, "409.html", context, status=409)


def told(subject: Model) -> list[dict]:
    """The latest changes of a sitting or a decision, newest first: who, what, when, why."""
    found = Entry.objects.about(subject).moving().filter(act__in=PAST).order_by("-at", "-id")[:MOST_TOLD]
    return [
        {"who": entry.who, "what": PAST[entry.act], "when": entry.at, "why": entry.reason} for entry in found
    ]
