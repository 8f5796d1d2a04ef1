"""Why a nomination meets a campaign's criteria or not: one function for each rule that can be reckoned."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from .draft_forms import percent_text
from .models import Nomination


def short_of_results(names: Iterable[Nomination], least: Decimal | None, clause: str) -> dict[int, str]:
    """{nomination id: the sentence} for results below what the plan asks; exact, never rounded.

    least     percent, data of the campaign; None when the plan asks none
    Source    plan 000, II.3 dash 2: results of the commitments from 90 % up
    """
    if least is None:
        return {}
    told = _("Kết quả dưới mức %(least)s %% (%(clause)s).") % {"least": percent_text(least), "clause": clause}
    return {n.pk: told for n in names if n.result_percent is not None and n.result_percent < least}
