"""What acts write besides the state: each effect belongs to one act and runs inside its transaction."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from audit.clock import today
from campaigns.models import Regime
from organizations.names import clean_text

from . import clock
from .errors import Unfit
from .grounds import grounds_on
from .models import Dossier, Hold, Receipt
from .states import State
from .verdicts import judge, leave

REGIMES = ((date(2025, 7, 1), Regime.R2025), (date(2024, 1, 1), Regime.R2024), (date(1, 1, 1), Regime.R2017))


def regime_on(day: date) -> str:
    """The regime in force on a day.  Source: law.md 0 (Luật 06/2022; NĐ 152/2025 Điều 59-60)."""
    return next(regime for since, regime in REGIMES if day >= since)


def receive(dossier: Dossier, *, actor: Any, at: Any, source: str) -> dict:
    """Note a submission: the first fixes receipt and regime; each gives the unit its biên nhận."""
    if dossier.received_at is None:
        dossier.received_at, dossier.regime = at, regime_on(today())
    dossier.papers_asked = ""
    clock.resume(dossier, "SUPPLEMENT", at)
    node = "propose" if dossier.state == State.PROPOSING else "review"
    number = dossier.receipts_given + 1
    receipt = Receipt.objects.create(
        dossier=dossier, code=f"BN-{dossier.code.removeprefix('HS-')}/{number}", at=at,
        due_at=clock.deadline(dossier, node, at).due_at or at, signed_by=actor.person.full_name,
        names=len(dossier.still_in),
        files=[
            {"name": version.name, "sha256": version.blob.sha256, "size": version.blob.size, "version": version.number}
            for version in (document.latest for document in dossier.papers)
        ],
    )  # fmt: skip
    return {"receipt": receipt.code, "files": [file["sha256"] for file in receipt.files], "regime": dossier.regime}


def unreceive(dossier: Dossier, **kwargs: Any) -> dict:
    """Taken back before anyone began: the receipt no longer counts, and the cut-off does again."""
    dossier.received_at, dossier.regime = None, ""
    return {}


def ask(dossier: Dossier, *, actor: Any, at: Any, source: str, verdicts: dict, papers: list) -> dict:
    """Verdicts kept, one more supplement asked, the papers named."""
    facts = judge(dossier, "request_supplement", actor=actor, at=at, desk=source, verdicts=verdicts)
    dossier.supplements_asked += 1
    dossier.supplement_asked_at, dossier.papers_asked = at, " ".join(papers)
    clock.stop(dossier, "SUPPLEMENT", at)
    return {**facts, "papers": papers}


def judged(act: str) -> Callable:
    """The effect of an act that judges: its verdicts are weighed and kept."""

    def effect(dossier: Dossier, *, actor: Any, at: Any, source: str, verdicts: dict) -> dict:
        return judge(dossier, act, actor=actor, at=at, desk=source, verdicts=verdicts)

    return effect


def close_vote(dossier: Dossier, **kwargs: Any) -> dict:
    """What did not carry goes out; the ballots' figures go into the ledger."""
    counts = {
        str(n.position): {"name": n.full_name, "agreed": n.ballot.agreed, "members": n.ballot.members,
                          "carried": n.ballot.carried} for n in dossier.still_in
    }  # fmt: skip
    lost = [n for n in dossier.still_in if not n.ballot.carried]
    leave(lost, "COUNCIL", lambda _n: "Không đủ phiếu")  # kept as data, so in no reader's language
    return {"ballots": counts}


def vote_anew(dossier: Dossier, **kwargs: Any) -> dict:
    """The council will vote anew: the old ballots stay as history, the names let go of them."""
    for nomination in dossier.still_in:
        nomination.ballot = None
    type(dossier).nominations.rel.related_model.objects.bulk_update(dossier.still_in, ["ballot"])
    return {}


def settle(dossier: Dossier, **kwargs: Any) -> dict:
    """What the decision struck goes out with the signatory's reason."""
    struck = [n for n in dossier.still_in if n.line is not None and n.line.struck]
    leave(struck, "DECISION", lambda nomination: nomination.line.reason)
    number = dossier.decision.code if dossier.decision else ""
    return {"decision": number, "granted": [n.full_name for n in dossier.still_in if n.line is not None]}


def withdraw_one(dossier: Dossier, *, actor: Any, at: Any, nomination: int, reason: str, **kwargs: Any) -> dict:
    """One name withdrawn with its holds; the last one cannot go this way, the dossier is withdrawn instead."""
    found = next((n for n in dossier.still_in if n.pk == nomination), None)
    if found is None:
        raise Unfit(_("Đề nghị này không còn trong hồ sơ. Hãy mở lại trang hồ sơ."))
    if len(dossier.still_in) == 1:
        raise Unfit(_("Đây là đề nghị cuối cùng: hãy rút cả hồ sơ."))
    leave([found], "WITHDRAWN", lambda _n: clean_text(reason))
    mine = [hold for hold in dossier.open_holds if hold.nomination_id == found.pk]
    _close(dossier, mine, actor, at, Hold.Outcome.WITHDRAWN, clean_text(reason))
    lifted = {"lifted": [hold.pk for hold in mine]} if mine else {}
    return {"position": found.position, "name": found.full_name, **lifted}


def take_late(dossier: Dossier, *, until: date, **kwargs: Any) -> dict:
    """Accepted late until a named date."""
    if until < today():
        raise Unfit(_("Ngày nhận trễ phải từ hôm nay trở đi."))
    dossier.late_until = until  # what was received once keeps its receipt and its regime
    return {"until": until}


def put_on_hold(dossier: Dossier, *, actor: Any, at: Any, ground: str, nomination: int | None, document: str,
                reason: str, **kwargs: Any) -> dict:  # fmt: skip
    """The ground noted with the article of the day; the clock stands until the last hold is lifted."""
    stated = next((one for one in grounds_on(today()) if one.code == ground), None)
    name = next((n for n in dossier.still_in if n.pk == nomination), None)
    if stated is None or (nomination is not None and name is None):
        raise Unfit(_("Chọn lại căn cứ và đề nghị: hồ sơ không còn đúng như lúc bạn mở trang."))
    if any(hold.nomination_id == nomination and hold.ground == ground for hold in dossier.open_holds):
        raise Unfit(_("Đã tạm dừng vì căn cứ này rồi; kết thúc lần trước trước khi tạm dừng lại."))
    Hold.objects.create(
        dossier=dossier, nomination=name, ground=ground, text=stated.text, article=stated.article,
        document=document, note=reason, by=actor.person, at=at,
    )  # fmt: skip
    if dossier.held_since is None:
        dossier.held_since = at
        clock.stop(dossier, "HOLD", at)
    dossier.__dict__.pop("open_holds", None)
    return {"ground": ground, "article": stated.article, "document": document, "name": name.full_name if name else ""}


def lift_hold(dossier: Dossier, *, actor: Any, at: Any, hold: int, outcome: str, reason: str, **kwargs: Any) -> dict:
    """One hold lifted with its conclusion; the clock goes on when it was the last."""
    lifted = next((one for one in dossier.open_holds if one.pk == hold), None)
    if lifted is None:
        raise Unfit(_("Lần tạm dừng này đã kết thúc rồi. Hãy mở lại trang hồ sơ."))
    _close(dossier, [lifted], actor, at, outcome, reason)
    name = lifted.nomination.full_name if lifted.nomination else ""
    return {"hold": hold, "ground": lifted.ground, "outcome": outcome, "name": name, "spent": clock.spent(dossier, at)}


def _close(dossier: Dossier, holds: list[Hold], actor: Any, at: Any, outcome: str, conclusion: str) -> None:
    """These open holds end; the clock goes on when no other is left."""
    for hold in holds:
        hold.lifted_by, hold.lifted_at, hold.outcome, hold.conclusion = actor.person, at, outcome, conclusion
        hold.save(update_fields=["lifted_by", "lifted_at", "outcome", "conclusion"])
    if holds and len(holds) == len(dossier.open_holds):
        dossier.held_since = None
        clock.resume(dossier, "HOLD", at)
    dossier.__dict__.pop("open_holds", None)


EFFECTS: dict[str, Callable] = {
    "submit": receive,
    "resubmit": receive,
    "recall": unreceive,
    "propose": judged("propose"),
    "admit": judged("admit"),
    "decline": judged("decline"),
    "request_supplement": ask,
    "recommend": close_vote,
    "oppose": close_vote,
    "send_back": vote_anew,
    "grant": settle,
    "refuse": settle,
    "withdraw_nomination": withdraw_one,
    "accept_late": take_late,
    "hold": put_on_hold,
    "lift": lift_hold,
}
