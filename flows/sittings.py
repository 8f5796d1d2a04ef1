"""The council on paper, over both floors: dossiers on a sitting's agenda, and what the sitting concludes of them.

Locks are taken in one order: sitting, then dossier; a concluding act takes passage, then dossier, and no sitting.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from audit.ledger import Actor
from campaigns.models import CampaignPlace, Threshold
from councils import acts as council_acts
from councils.models import Ballot, Sitting
from dossiers import edits
from dossiers.errors import Gone, Refused, Unfit
from dossiers.models import Dossier, Nomination
from dossiers.states import State
from organizations.models import Office, Place

from . import desk
from .models import StepRow

CASE_LABEL = 300  # characters a ballot has for its case


@dataclass(frozen=True, slots=True)
class Item:
    """One dossier of an agenda with its ballots in this sitting.

    mine      True while these ballots are the ones its names stand on, and the council has not concluded
    """

    dossier: Dossier
    ballots: list[Ballot]
    mine: bool

    @property
    def confirmed(self) -> int:
        """Ballots two people counted the same."""
        return sum(ballot.confirmed for ballot in self.ballots)

    @property
    def unequal(self) -> int:
        """Ballots two people counted differently."""
        return sum(not ballot.confirmed and len(ballot.counts.all()) > 1 for ballot in self.ballots)

    @property
    def carried(self) -> int:
        """Ballots that reached their threshold."""
        return sum(ballot.carried for ballot in self.ballots)

    @property
    def begun(self) -> bool:
        """Somebody has typed a count."""
        return any(ballot.counts.all() for ballot in self.ballots)

    @property
    def act(self) -> str:
        """The act the vote allows, or nothing while a ballot is open or the dossier has moved on."""
        if not self.mine or self.confirmed < len(self.ballots):
            return ""
        return "recommend" if self.carried else "oppose"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one dossier when many were acted on: its code and, when it was refused, why."""

    code: str
    why: str = ""


def sittings_of(person: Any) -> QuerySet[Sitting]:
    """Sittings of the councils in which this person sits or keeps the minutes today."""
    councils = [h.organization_id for h in person.offices_today() if h.office in council_acts.READERS]
    found = Sitting.objects.filter(council__organization__in=councils)
    return found.select_related("council__organization", "minutes")


def agenda(sitting: Sitting) -> list[Item]:
    """The dossiers of a sitting in the order of its ballots; five statements, however many there are."""
    ballots = list(sitting.ballots.prefetch_related("counts"))
    names = Nomination.objects.select_related("dossier__unit", "dossier__campaign")
    by_case = names.in_bulk([ballot.case_id for ballot in ballots])
    groups: dict[int, list[Ballot]] = {}
    for ballot in ballots:
        groups.setdefault(by_case[ballot.case_id].dossier_id, []).append(ballot)
    return [_item(group, by_case) for group in groups.values()]


def _item(group: list[Ballot], by_case: dict[int, Nomination]) -> Item:
    dossier = by_case[group[0].case_id].dossier
    ours = all(by_case[ballot.case_id].ballot_id == ballot.pk for ballot in group)
    return Item(dossier, group, ours and dossier.state == State.DELIBERATING)


def candidates(sitting: Sitting) -> QuerySet[Dossier]:
    """Dossiers that wait for this council and are on no agenda yet."""
    body = sitting.council.organization_id
    campaigns = CampaignPlace.objects.filter(place=Place.COUNCIL, organization=body).values("campaign")
    taken = Nomination.objects.filter(dossier=OuterRef("pk"), left="", ballot__isnull=False)
    waiting = Dossier.objects.filter(state=State.DELIBERATING, campaign__in=campaigns).exclude(Exists(taken))
    return waiting.select_related("unit", "campaign").order_by("moved_at", "pk")


@transaction.atomic
def put_on(sitting: Sitting, dossier: Dossier, *, by: Actor) -> list[Ballot]:
    """Put one dossier on the agenda: a ballot for every name still in, by the threshold of its award.

    Raises    Gone when it no longer waits for a council, Unfit when this sitting voted on it already, PermissionDenied
    """
    sitting = council_acts.locked(sitting)
    dossier = Dossier.objects.locked(dossier.pk)
    names = dossier.still_in
    if dossier.state != State.DELIBERATING or dossier.body_at(Place.COUNCIL) != sitting.council.organization_id:
        raise Gone(_("%(code)s không còn chờ Hội đồng.") % {"code": dossier.code})
    if any(name.ballot_id for name in names):
        raise Gone(_("%(code)s đã có trong chương trình của một phiên họp.") % {"code": dossier.code})
    if sitting.ballots.filter(case_id__in=[name.pk for name in names]).exists():
        raise Unfit(_("Phiên này đã bỏ phiếu về %(code)s: hãy mở phiên họp khác.") % {"code": dossier.code})
    actor = council_acts.require(by, sitting.council, Office.SECRETARY)
    ballots = council_acts.open_ballots(sitting, [_case(name, dossier) for name in names], by=actor)
    edits.put_on_agenda(dossier, sitting, {ballot.case_id: ballot for ballot in ballots}, by=actor)
    return ballots


def _case(name: Nomination, dossier: Dossier) -> dict[str, Any]:
    award = name.award
    return {
        "case_id": name.pk, "case_label": f"{name.full_name} – {award.name}"[:CASE_LABEL], "group_label": dossier.code,
        "threshold": award.threshold, "percent": award.percent, "clause": award.threshold_clause,
    }  # fmt: skip


@transaction.atomic
def take_off(sitting: Sitting, dossier: Dossier, *, by: Actor) -> None:
    """Take one dossier off the agenda, as long as nobody has typed a count for it.

    Raises    Gone when it is not on this agenda or was counted, PermissionDenied
    """
    sitting = council_acts.locked(sitting)
    dossier = Dossier.objects.locked(dossier.pk)
    ballots = [name.ballot for name in dossier.still_in if name.ballot and name.ballot.sitting_id == sitting.pk]
    if not ballots:
        raise Gone(_("%(code)s không có trong chương trình phiên này.") % {"code": dossier.code})
    actor = council_acts.require(by, sitting.council, Office.SECRETARY)
    edits.put_on_agenda(dossier, None, {}, by=actor)
    try:
        council_acts.drop_ballots(sitting, ballots, by=actor)
    except council_acts.Unreadable as counted:
        raise Gone(str(counted)) from counted


def put_on_many(sitting: Sitting, dossiers: Iterable[Dossier], *, by: Actor) -> list[Told]:
    """Put many dossiers on the agenda, each in its own transaction."""
    return [told(dossier.code, lambda d=dossier: put_on(sitting, d, by=by)) for dossier in dossiers]


def told(code: str, act: Callable[[], Any]) -> Told:
    """Do one of many; a refusal becomes its sentence and does not stop the others."""
    try:
        act()
    except Refused as refusal:
        return Told(code, " ".join(refusal.sentences))
    return Told(code)


def conclude(sitting: Sitting, *, by: Actor, reason: str = "") -> list[Told]:
    """Send on every dossier whose ballots are all confirmed: what carried to the signatory, the rest is declined.

    Each in its own transaction; what is done already is passed over, so that it may be run again.
    reason    given to the units none of whose names carried
    Raises    PermissionDenied; Unfit when the reason is owed and missing, nothing is done then
    """
    actor = council_acts.require(by, sitting.council, Office.SECRETARY)
    ready = [item for item in agenda(sitting) if item.act]
    if not reason and any(item.act == "oppose" for item in ready):
        raise Unfit(_("Ghi lý do gửi các đơn vị không có đề nghị nào đủ phiếu."))
    return [told(item.dossier.code, lambda i=item: _conclude(i, actor, reason)) for item in ready]


def _conclude(item: Item, by: Actor, reason: str) -> None:
    step = StepRow.objects.open().filter(process__dossier=item.dossier).first()
    if step is None:
        raise Gone(_("Bước này đã xong."))
    facts = {"reason": reason} if item.act == "oppose" else {}
    desk.do(step.process_id, step.pk, item.act, by=by, **facts)


def needed(ballot: Ballot) -> int:
    """The fewest votes for that carry this ballot, in exact integers."""
    if ballot.threshold == Threshold.PERCENT:
        return -(-(ballot.percent or 100) * ballot.members // 100)
    return ballot.members // 2 + 1


def rule(ballot: Ballot) -> str:
    """The rule of a ballot in words: how many votes it needs, out of how many."""
    values = {"needed": needed(ballot), "percent": ballot.percent, "members": ballot.members}
    if ballot.threshold == Threshold.PERCENT:
        return _("cần ít nhất %(percent)s%%: %(needed)s/%(members)s") % values
    return _("cần quá nửa: %(needed)s/%(members)s") % values


@dataclass(frozen=True, slots=True)
class Cell:
    """One ballot as one reader may see it: the own figure; the other's only once both have typed and differ."""

    ballot: Ballot
    own: int | None
    other: int | None

    @property
    def rule(self) -> str:
        """How many votes it needs, in words."""
        return rule(self.ballot)


def cells(item: Item, person: Any) -> list[Cell]:
    """An agenda item's ballots as this person may see them: no unconfirmed figure before having typed one."""
    return [_cell(ballot, person.pk) for ballot in item.ballots]


def _cell(ballot: Ballot, person: int) -> Cell:
    typed = {count.by_id: count.agree for count in ballot.counts.all()}
    if ballot.confirmed or person not in typed:
        return Cell(ballot, None, None)
    own = typed.pop(person)
    return Cell(ballot, own, next(iter(typed.values()), None))
