"""The states of a dossier and how far each has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a dossier legally is (domain.md 3.2)."""

    DRAFT = "DRAFT", _("Đang lập")
    SIGNING = "SIGNING", _("Chờ thủ trưởng ký")
    PROPOSING = "PROPOSING", _("Chờ TC–KH đề xuất")
    REVIEWING = "REVIEWING", _("Chờ Nội vụ thẩm định")
    RETURNED_PROPOSING = "RETURNED_PROPOSING", _("Chờ đơn vị bổ sung (TC–KH yêu cầu)")
    RETURNED_REVIEWING = "RETURNED_REVIEWING", _("Chờ đơn vị bổ sung (Nội vụ yêu cầu)")
    SIGNING_PROPOSING = "SIGNING_PROPOSING", _("Chờ thủ trưởng ký bổ sung (gửi TC–KH)")
    SIGNING_REVIEWING = "SIGNING_REVIEWING", _("Chờ thủ trưởng ký bổ sung (gửi Nội vụ)")
    DELIBERATING = "DELIBERATING", _("Chờ Hội đồng")
    DECIDING = "DECIDING", _("Chờ UBND quyết định")
    DECIDED = "DECIDED", _("Đã quyết định")
    DECLINED = "DECLINED", _("Không xét")
    WITHDRAWN = "WITHDRAWN", _("Đã rút")
    LAPSED = "LAPSED", _("Quá hạn")


FINAL = frozenset({State.DECIDED, State.DECLINED, State.WITHDRAWN, State.LAPSED})
RETURNED = (State.RETURNED_PROPOSING, State.RETURNED_REVIEWING)
SIGNING_AGAIN = (State.SIGNING_PROPOSING, State.SIGNING_REVIEWING)
WITH_UNIT = (State.DRAFT, State.SIGNING, *RETURNED, *SIGNING_AGAIN)
EDITABLE = (State.DRAFT, *RETURNED)
UNDER_WAY = (State.PROPOSING, State.REVIEWING, *RETURNED, *SIGNING_AGAIN, State.DELIBERATING, State.DECIDING)
DESKS = (State.PROPOSING, State.REVIEWING, State.DELIBERATING, State.DECIDING)
JUDGING = (State.PROPOSING, State.REVIEWING)


class Reach(models.IntegerChoices):
    """How far a dossier has ever come; who may see it follows from this (domain.md 2.1)."""

    UNIT = 0
    SUBMITTED = 1
    COUNCIL = 2
    SIGNATORY = 3


REACH = {State.PROPOSING: Reach.SUBMITTED, State.DELIBERATING: Reach.COUNCIL, State.DECIDING: Reach.SIGNATORY}


class Judgement(models.TextChoices):
    """What a desk says of one nomination (domain.md 3.1)."""

    PASS = "PASS", _("Đạt")
    SUPPLEMENT = "SUPPLEMENT", _("Cần bổ sung")
    FAIL = "FAIL", _("Không đạt")


class Left(models.TextChoices):
    """Where a nomination went out; blank while it is still in."""

    PROPOSING = "PROPOSING", _("TC–KH không đề xuất")
    REVIEWING = "REVIEWING", _("Nội vụ thẩm định không đạt")
    COUNCIL = "COUNCIL", _("Không đủ phiếu của Hội đồng")
    DECISION = "DECISION", _("Không được UBND quyết định")
    WITHDRAWN = "WITHDRAWN", _("Đơn vị rút")
