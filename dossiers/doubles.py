"""The same nominee for the same award twice in a campaign: said at entry and at submission, never forbidden."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from .models import Dossier, Nomination
from .states import Left, State

Key = tuple[str, int]  # (search key of the name, award id)
OVER = (State.WITHDRAWN, State.LAPSED)  # what is no longer nominated doubles nothing


class Twin(NamedTuple):
    """Where a name already stands; `code` only of a dossier that the reader may see."""

    pk: int
    position: int
    here: bool
    code: str


def twins(dossier: Dossier, keys: Iterable[Key], person: Any) -> dict[Key, list[Twin]]:
    """Where these names already stand in the campaign of the dossier, the dossier itself first.  Two statements."""
    wanted = set(keys)
    rows = list(
        Nomination.objects.filter(
            dossier__campaign=dossier.campaign_id, search_key__in={name for name, _award in wanted}
        )
        .exclude(left=Left.WITHDRAWN)
        .exclude(dossier__state__in=OVER)
        .order_by("dossier_id", "position")
        .values_list("search_key", "award_id", "pk", "position", "dossier_id", "dossier__code")
    )
    rows = [row for row in rows if row[:2] in wanted]
    elsewhere = {row[4] for row in rows} - {dossier.pk}
    seen = set(_seen(elsewhere, person)) if elsewhere else set()
    found: dict[Key, list[Twin]] = defaultdict(list)
    for name, award, pk, position, holder, code in rows:
        here = holder == dossier.pk
        found[name, award].append(Twin(pk, position, here, code if here or holder in seen else ""))
    return {key: sorted(listed, key=lambda twin: not twin.here) for key, listed in found.items()}


def _seen(dossiers: set[int], person: Any) -> Any:
    return Dossier.objects.visible_to(person).filter(pk__in=dossiers).values_list("pk", flat=True)


def doubles_in(dossier: Dossier, person: Any) -> dict[int, str]:
    """{nomination id: the warning} for the names still in that stand twice."""
    names = dossier.still_in
    found = twins(dossier, ((n.search_key, n.award_id) for n in names), person) if names else {}
    told = {n.pk: warning([t for t in found.get((n.search_key, n.award_id), ()) if t.pk != n.pk]) for n in names}
    return {pk: sentence for pk, sentence in told.items() if sentence}


def warning(others: list[Twin]) -> str:
    """What to say of a name that stands elsewhere too; empty when it does not."""
    if not others:
        return ""
    first = others[0]
    if first.here:
        told = {"position": first.position}
        return _("Trùng tên và hình thức khen thưởng với số %(position)d trong hồ sơ này.") % told
    if first.code:
        return _("Trùng tên và hình thức khen thưởng với một đề nghị của hồ sơ %(code)s.") % {"code": first.code}
    return _("Một hồ sơ khác của đợt đã có người trùng tên, cùng hình thức khen thưởng.")
