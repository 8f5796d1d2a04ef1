"""Verdicts: what a judging act must say of every name, and what it takes out (domain.md 3.1)."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from .barriers import hold_sentence
from .errors import Unfit
from .models import Dossier, Nomination, Verdict
from .states import Judgement

Verdicts = dict[int, tuple[str, str]]  # {nomination id: (judgement, reason)}


def problems(act: str, names: Iterable[Nomination], verdicts: Verdicts) -> list[str]:
    """Sentences that say why these verdicts do not fit the act; empty when they do."""
    names = list(names)
    said = {n.pk: verdicts.get(n.pk, ("", "")) for n in names}
    judgements = [judgement for judgement, reason in said.values()]
    found = [
        _("Ghi lý do hoặc phần cần bổ sung cho %(name)s.") % {"name": n.full_name}
        for n in names
        if said[n.pk][0] in (Judgement.FAIL, Judgement.SUPPLEMENT) and not said[n.pk][1].strip()
    ]
    if act in ("propose", "admit"):
        found += [_("Chưa có ý kiến về %(name)s.") % {"name": n.full_name} for n in names if not said[n.pk][0]]
        if Judgement.SUPPLEMENT in judgements:
            found.append(_("Còn đề nghị “cần bổ sung”: hãy trả để bổ sung, hoặc đổi ý kiến."))
        elif Judgement.PASS not in judgements:
            found.append(_("Không đề nghị nào đạt: hãy chọn “Không xét hồ sơ”."))
    if act == "request_supplement" and Judgement.SUPPLEMENT not in judgements:
        found.append(_("Muốn trả để bổ sung, đánh dấu ít nhất một đề nghị “cần bổ sung”."))
    if act == "decline" and any(judgement != Judgement.FAIL for judgement in judgements):
        found.append(_("Muốn không xét cả hồ sơ, mọi đề nghị phải “không đạt” kèm lý do."))
    return found


def judge(dossier: Dossier, act: str, *, actor: Any, at: Any, desk: str, verdicts: Verdicts) -> dict:
    """Weigh and keep the verdicts of a judging act; those that fail go out for good.

    Raises    Unfit with every problem at once, or for a name that is not in the dossier
    """
    names = dossier.still_in
    if set(verdicts) - {n.pk for n in names}:
        raise Unfit(_("Danh sách đã thay đổi từ khi bạn mở trang. Hãy mở lại trang hồ sơ."))
    if found := [*problems(act, names, verdicts), *_failed_on_hold(dossier, verdicts)]:
        raise Unfit(*found)
    said = [(n, *verdicts[n.pk]) for n in names if verdicts.get(n.pk, ("", ""))[0]]
    Verdict.objects.bulk_create(
        Verdict(nomination=n, desk=desk, judgement=judgement, reason=reason, by=actor.person, at=at)
        for n, judgement, reason in said
    )
    failed = [(n, reason) for n, judgement, reason in said if judgement == Judgement.FAIL]
    for nomination, reason in failed:
        nomination.left, nomination.left_reason = desk, reason
    _keep([nomination for nomination, reason in failed])
    return {"verdicts": [[n.position, n.full_name, judgement, reason] for n, judgement, reason in said]}


def _failed_on_hold(dossier: Dossier, verdicts: Verdicts) -> list[str]:
    """A name on hold is not failed before the conclusion.  Source: NĐ 152/2025 Điều 4 (law.md 2.7)"""
    failed = {pk for pk, (judgement, _reason) in verdicts.items() if judgement == Judgement.FAIL}
    return [hold_sentence(hold) for hold in dossier.open_holds if hold.nomination_id in failed]


def leave(names: list[Nomination], where: str, reason: Callable[[Nomination], str]) -> None:
    """Take names out, saying where and why."""
    for nomination in names:
        nomination.left, nomination.left_reason = where, reason(nomination)
    _keep(names)


def _keep(names: list[Nomination]) -> None:
    if names:
        Nomination.objects.bulk_update(names, ["left", "left_reason"], batch_size=250)
