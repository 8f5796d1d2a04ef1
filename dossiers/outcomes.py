"""What became of a nomination, as the reader may know it."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from organizations.models import Office

from .models import Dossier, Nomination
from .sight import SEES_FROM
from .states import FINAL, WITH_UNIT, Judgement, Left, State


class Outcome(NamedTuple):
    """The outcome in words, its colour, and the reason beside it."""

    text: str
    tone: str = "plain"
    why: str = ""


def sees_verdicts(dossier: Dossier, person: Any) -> bool:
    """True for the desks and the inspector; for the unit when the dossier is with it again, and at the end.

    Source    domain.md 2.1
    """
    if dossier.state in FINAL or dossier.state in WITH_UNIT:
        return True
    return any(_is_desk(dossier, held) for held in person.offices_today())


def _is_desk(dossier: Dossier, held: Any) -> bool:
    """Whether this appointment lets its holder read the dossier as a desk, not as the unit."""
    if held.office == Office.INSPECTOR:
        return dossier.unit.path.startswith(held.organization.path)
    if held.office == Office.UNIT_HEAD:
        return held.organization_id in dossier.bodies.values()
    place, reach = SEES_FROM.get(held.office, (None, 0))
    return place is not None and held.organization_id == dossier.bodies.get(place) and dossier.reach >= reach


def outcome_of(nomination: Nomination, dossier: Dossier, seen: bool) -> Outcome:
    """The outcome of a nomination; what the reader may not know yet is being looked at.

    seen    from `sees_verdicts`
    """
    if nomination.left == Left.WITHDRAWN:
        return Outcome(str(Left.WITHDRAWN.label), "plain", nomination.left_reason)
    if not seen:
        return Outcome(_("Đang xét"))
    if nomination.left:
        return Outcome(str(Left(nomination.left).label), "late", nomination.left_reason)
    if dossier.state == State.DECIDED:
        return Outcome(_("Được khen thưởng"), "fine", dossier.decision.code if dossier.decision else "")
    if dossier.state in FINAL:
        return Outcome(str(State(dossier.state).label))
    return _standing(nomination, dossier)


def _standing(nomination: Nomination, dossier: Dossier) -> Outcome:
    """A nomination still in, in a dossier under way."""
    ballot = nomination.ballot
    if ballot is not None and ballot.confirmed:
        told = {"agreed": ballot.agreed, "members": ballot.members}
        tone = "fine" if ballot.carried else "late"
        return Outcome(_("Hội đồng: %(agreed)s/%(members)s phiếu đồng ý") % told, tone)
    if nomination.last_judgement == Judgement.SUPPLEMENT:
        return Outcome(str(Judgement.SUPPLEMENT.label), "soon", nomination.judgements[-1].reason)
    if nomination.judgement_at(State.REVIEWING):
        return Outcome(_("Nội vụ thẩm định đạt"), "fine")
    if nomination.judgement_at(State.PROPOSING):
        return Outcome(_("TC–KH đề xuất"), "fine")
    return Outcome(_("Đang lập") if dossier.state in WITH_UNIT else _("Đang xét"))
