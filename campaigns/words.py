"""The words for what a campaign's data names by code: the acts a paper blocks, the steps that have a term."""

from django.utils.translation import gettext_lazy as _

BLOCKED = {
    "submit": _("đơn vị ký nộp hồ sơ"),
    "propose": _("Tài chính – Kế hoạch đề xuất khen thưởng"),
    "admit": _("Nội vụ trình Hội đồng"),
    "recommend": _("Hội đồng trình UBND"),
}
STEPS = {
    "propose": _("Tài chính – Kế hoạch đề xuất"),
    "review": _("Nội vụ thẩm định"),
    "deliberate": _("Hội đồng bỏ phiếu"),
    "decide": _("UBND ban hành quyết định"),
}
OTHER = _("một bước khác")
INTERNAL = "nội bộ"
UNFOUNDED = "chưa có căn cứ luật"


def blocked(act: str) -> str:
    """What cannot be done without a paper."""
    return str(BLOCKED.get(act, OTHER))


def step(node: str) -> str:
    """Whose work has a term."""
    return str(STEPS.get(node, OTHER))
