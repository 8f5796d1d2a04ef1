"""Event × office × way: the house's own choice as data, a person's choice above it, the least that law leaves open."""

import tomllib
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

MATRIX = Path(__file__).parent / "data" / "matrix.toml"


class Way(models.TextChoices):
    """How a message reaches its person besides the product itself, from the most pressing to the least."""

    EMAIL = "EMAIL", _("Thư ngay")
    DIGEST = "DIGEST", _("Bản tin sáng")
    NONE = "NONE", _("Chỉ trong phần mềm")


PRESSING = {way: place for place, way in enumerate(reversed(Way.values))}  # {way: the higher the more pressing}

YOURS, UNITS, HOUSES = _("Việc của bạn"), _("Việc và hồ sơ của đơn vị"), _("Vận hành")
# what the events are called on the screen: {event: (its name, when it comes, group)}, in the order of the table
EVENTS: dict[str, tuple[Any, Any, Any]] = {
    "new_task": (_("Việc mới"), _("một hồ sơ đến bàn việc của bạn"), YOURS),
    "reminder": (_("Nhắc hạn"), _("việc của bạn sắp đến hạn, đến hạn hoặc quá hạn"), YOURS),
    "moved_deadline": (_("Đổi hạn"), _("hạn của việc đang mở được tính lại"), YOURS),
    "hold": (_("Tạm dừng"), _("hồ sơ bạn đang xử lý bị tạm dừng"), YOURS),
    "hold_lifted": (_("Hết tạm dừng"), _("hồ sơ được xử lý tiếp"), YOURS),
    "recused": (_("Xung đột lợi ích"), _("một việc phải đổi người làm vì xung đột lợi ích"), YOURS),
    "substituted": (_("Làm thay"), _("bạn làm thay, hoặc có người làm thay bạn"), YOURS),
    "assigned": (_("Giao việc"), _("thủ trưởng giao việc cho bạn, hoặc chuyển việc của bạn cho người khác"), YOURS),
    "bulk_done": (_("Làm hàng loạt xong"), _("việc làm hàng loạt của bạn đã chạy xong"), YOURS),
    "overdue_head": (_("Đơn vị có việc quá hạn"), _("một việc của đơn vị bạn phụ trách đã quá hạn"), UNITS),
    "overdue_chair": (_("Việc quá hạn lâu"), _("một việc quá hạn đã nhiều ngày làm việc"), UNITS),
    "vacant": (_("Chưa ai giữ chức trách"), _("một bước của đơn vị không có người làm"), UNITS),
    "received": (_("Biên nhận"), _("hồ sơ của đơn vị đã được nộp"), UNITS),
    "granted": (_("Có quyết định"), _("hồ sơ của đơn vị đã có quyết định khen thưởng"), UNITS),
    "declined": (_("Không được xét"), _("hồ sơ của đơn vị không được xét khen thưởng"), UNITS),
    "withdrawn": (_("Hồ sơ đã rút"), _("hồ sơ của đơn vị đã được rút"), UNITS),
    "lapsed": (_("Quá hạn nộp"), _("hồ sơ đã đóng vì quá hạn"), UNITS),
    "incident": (_("Sự cố vận hành"), _("máy không tự làm tiếp được"), HOUSES),
    "mail_given_up": (_("Thư không gửi được"), _("có thư bỏ cuộc"), HOUSES),
    "mail_server_away": (_("Máy chủ thư không trả lời"), _("thư phải chờ"), HOUSES),
    "digest": (_("Bản tin sáng"), _("việc đến hạn, quá hạn và tin mới của một người"), HOUSES),
}
UNCHOSEN = {"digest", "mail_given_up", "mail_server_away"}  # the house's own, no row of the table of preferences


@dataclass(frozen=True, slots=True)
class Rule:
    """What the house says of one event."""

    way: str
    why: str
    least: str = Way.NONE.value
    urgent: bool = False
    office: dict[str, str] = field(default_factory=dict)
    to: tuple[str, ...] = ()

    def house_way(self, office: str = "") -> str:
        """The house's way for someone told in this office; left empty, the way of everybody else."""
        return self.office.get(office, self.way)

    def allows(self, way: str) -> bool:
        """Whether a person may choose this way."""
        return PRESSING[way] >= PRESSING[self.least]

    def way_for(self, chosen: str | None, office: str = "") -> str:
        """What happens: the person's choice as far as it is allowed, or else the house's."""
        return chosen if chosen in PRESSING and self.allows(chosen) else self.house_way(office)


@cache
def rules() -> dict[str, Rule]:
    """The whole table, `default` with it: {event: rule}.

    Raises    TypeError, ValueError when the file says what no rule may
    """
    found = {event: Rule(**row) for event, row in tomllib.loads(MATRIX.read_text(encoding="utf-8")).items()}
    found = {event: replace(rule, to=tuple(rule.to)) for event, rule in found.items()}
    for event, rule in found.items():
        ways = {rule.way, rule.least, *rule.office.values()}
        if not ways <= set(Way.values) or not all(rule.allows(way) for way in ways):
            raise ValueError(f"{MATRIX.name}: [{event}] names a way that is none, or less than its least")
    return found


def rule_of(event: str) -> Rule:
    """The rule of an event; of one the table does not know, the default."""
    table = rules()
    return table.get(event, table["default"])


def chosen_by(offices: set[str]) -> list[str]:
    """The events that a holder of these offices can be told of, in the order of the table."""
    events = [event for event in EVENTS if event not in UNCHOSEN]
    return [event for event in events if not rule_of(event).to or offices & set(rule_of(event).to)]


def name_of(event: str) -> Any:
    """What an event is called on the screen."""
    return EVENTS[event][0] if event in EVENTS else _("Tin khác")
