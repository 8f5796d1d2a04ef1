"""The register's lines about a person or a body, told as a timeline."""

import json
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Entry

from .models import Office

LONGEST = 20  # lines on a page

SAID = {
    "add_organization": gettext_lazy("Đã thêm đơn vị"),
    "change_organization": gettext_lazy("Đã sửa đơn vị"),
    "add_person": gettext_lazy("Đã thêm người dùng"),
    "change_person": gettext_lazy("Đã sửa thông tin"),
    "deactivate": gettext_lazy("Đã ngừng tài khoản"),
    "reactivate": gettext_lazy("Đã mở lại tài khoản"),
    "appoint": gettext_lazy("Đã phân công"),
    "end_appointment": gettext_lazy("Đã kết thúc phân công"),
    "invite": gettext_lazy("Đã gửi lời mời"),
    "accept_invitation": gettext_lazy("Đã đặt mật khẩu theo lời mời"),
    "change_password": gettext_lazy("Đã đổi mật khẩu"),
    "reset_password": gettext_lazy("Đã đặt lại mật khẩu"),
    "make_feed": gettext_lazy("Đã tạo địa chỉ lịch"),
    "revoke_feed": gettext_lazy("Đã thu hồi địa chỉ lịch"),
}


def story_of(subject: Model) -> list[dict[str, Any]]:
    """What was done to this row of the register, newest first: items of components/timeline.html."""
    lines = Entry.objects.about(subject).moving().filter(act__in=SAID).order_by("-at", "-id")[:LONGEST]
    return [
        {"title": SAID[line.act], "time": line.at, "by": line.who, "text": _detail(line), "why": line.reason}
        for line in lines
    ]


def _detail(line: Entry) -> str:
    """Which office where until when, or what a name was before."""
    before, after = json.loads(line.before), json.loads(line.after)
    if line.act in {"appoint", "end_appointment"}:
        until = after.get("valid_until")
        place = f"{Office(after['office']).label}, {after['organization']}"
        return place + (_(", đến hết ngày %(day)s") % {"day": "/".join(reversed(until.split("-")))} if until else "")
    changed = [f"{before[name]} → {after[name]}" for name in ("full_name", "email", "name", "short_name")
               if name in before and before[name] != after.get(name)]  # fmt: skip
    return "; ".join(changed)
