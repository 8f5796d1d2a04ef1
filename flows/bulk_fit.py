"""Which acts many dossiers may take at once, and of each chosen step what will happen, or why to open it singly.

Only acts that ask no judgement of each name are here; those that judge say *đạt* of every name still in, and leave
alone whatever a person ought to look at.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dossiers.conditions import flagged
from dossiers.doubles import twins
from dossiers.forms import form_for
from dossiers.models import Dossier
from dossiers.rules import short_of_results
from dossiers.states import Judgement
from dossiers.together import read_together
from dossiers.words import ACTS
from organizations.models import Person

from .models import StepRow
from .offers import Offer, offer_of

CLAIM, RELEASE = "claim", "release"
SIGNING = ("submit", "resubmit")
MOST_NAMED = 3  # names told in one sentence

# what each is called on the preview's one button
BUTTONS: dict[str, Any] = {
    CLAIM: gettext_lazy("Nhận %(n)d việc"),
    RELEASE: gettext_lazy("Trả %(n)d việc lại chung"),
    "hand_over": gettext_lazy("Trình ký %(n)d hồ sơ"),
    "submit": gettext_lazy("Ký nộp %(n)d hồ sơ"),
    "resubmit": gettext_lazy("Ký nộp bổ sung %(n)d hồ sơ"),
    "propose": gettext_lazy("Đề xuất %(n)d hồ sơ"),
    "admit": gettext_lazy("Trình Hội đồng %(n)d hồ sơ"),
    "recommend": gettext_lazy("Trình UBND %(n)d hồ sơ"),
}
OWN_WORDS = {CLAIM: gettext_lazy("Nhận việc"), RELEASE: gettext_lazy("Trả lại chung")}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What doing it will set going, or why it cannot be done in bulk."""

    effect: str = ""
    why: str = ""


def judges(act: str) -> bool:
    """Whether the act says *đạt* of every name."""
    return "verdicts" in form_for(act).base_fields


def title_of(act: str) -> str:
    """What the act is called: as on its own button, with what it says of all names."""
    if act in OWN_WORDS:
        return str(OWN_WORDS[act])
    word = str(ACTS[act].button)
    return _("%(act)s, đạt tất cả") % {"act": word} if judges(act) else word


def choices(person: Person, steps: Iterable[StepRow]) -> list[tuple[str, str]]:
    """The acts that may be chosen for these open steps, in the order of the table: (name, what it is called)."""
    found = set()
    for step in steps:
        if step.is_open and person.holds(step.office, step.organization_id):
            mine = _has(person, step)
            found |= {act for act in BUTTONS if act in step.flow_task.ways}
            found |= {CLAIM} if not mine else {RELEASE} if step.assigned else set()
    return [(act, title_of(act)) for act in BUTTONS if act in found]


def outlooks(person: Person, steps: list[StepRow], act: str) -> list[Outlook]:
    """The outlook of each step, in a fixed number of statements.

    steps    as `told_to(person).with_least()` reads them
    """
    if act in OWN_WORDS:
        return [_own(person, step, act) for step in steps]
    dossiers = [step.process.dossier for step in steps]
    read_together(dossiers, acts=[act])
    doubled = _doubled(person, dossiers) if act in SIGNING else {}
    return [_outlook(person, step, act, doubled) for step in steps]


def _own(person: Person, step: StepRow, act: str) -> Outlook:
    """Taking a step, or putting it back."""
    if why := _not_theirs(person, step):
        return Outlook(why=why)
    mine = _has(person, step) and step.assigned is not None
    if act == CLAIM:
        if mine:
            return Outlook(why=_("Bạn đang giữ việc này rồi."))
        if step.assigned and step.claimed:
            told = {"name": step.owner.full_name if step.owner else ""}
            return Outlook(why=_("%(name)s đang giữ việc này; mở riêng để nhận thay nếu đã thống nhất.") % told)
        return Outlook(_("việc về bàn của bạn; không ai nhận thư."))
    if not mine:
        return Outlook(why=_("Bạn không giữ việc này."))
    return Outlook(_("việc trở lại chung của phòng; không ai nhận thư."))


def _has(person: Person, step: StepRow) -> bool:
    """Whether the step lies on this person's desk, or of whom they stand in for."""
    return step.owner_id is not None and person.shares_desk_of(step.owner_id, step.office, step.organization_id)


def _outlook(person: Person, step: StepRow, act: str, doubled: dict[int, list[str]]) -> Outlook:
    """One act on one dossier whose names and papers lie ready."""
    if why := _not_theirs(person, step):
        return Outlook(why=why)
    dossier = step.process.dossier
    dossier.stand(step.flow_task.place, step.organization)
    offer = offer_of(person, step, dossier, act) if act in step.flow_task.ways else None
    if offer is None:
        return Outlook(why=_("Việc này không thuộc bước đang mở, hoặc không phải của bạn."))
    if not isinstance(offer, Offer):
        return Outlook(why=offer.why)
    why = _to_be_looked_at(step, dossier) if judges(act) else _twice(doubled.get(dossier.pk, []))
    return Outlook(why=why) if why else Outlook(_lost(dossier, act) + offer.effect)


def _not_theirs(person: Person, step: StepRow) -> str:
    if not step.is_open:
        return _("Bước này đã xong.")
    if not person.holds(step.office, step.organization_id):
        return _("Bước này không phải việc của chức trách bạn giữ hôm nay.")
    return step.kept_away


def _to_be_looked_at(step: StepRow, dossier: Dossier) -> str:
    """Why *đạt tất cả* may not be said unseen, or nothing."""
    asked = [name.full_name for name in dossier.still_in if flagged(name)]
    if asked:
        told = {"names": _named(asked)}
        return _("Đã yêu cầu bổ sung cho %(names)s; mở riêng hồ sơ để cho ý kiến từng người.") % told
    short = short_of_results(dossier.still_in, step.least_percent, step.least_clause)
    if short:
        names = [name.full_name for name in dossier.still_in if name.pk in short]
        told = {"why": next(iter(short.values())), "names": _named(names)}
        return _("%(names)s: %(why)s Mở riêng hồ sơ để cho ý kiến từng người.") % told
    return "" if dossier.still_in else _("Hồ sơ không còn đề nghị nào.")


def _lost(dossier: Dossier, act: str) -> str:
    """What the council's recommendation leaves behind, said before what comes next."""
    names = dossier.still_in if act == "recommend" else []
    lost = sum(name.ballot is not None and not name.ballot.carried for name in names)
    if not lost:
        return ""
    told = ngettext("%(n)d tên không đủ phiếu ra khỏi hồ sơ", "%(n)d tên không đủ phiếu ra khỏi hồ sơ", lost)
    return told % {"n": lost} + "; "


def _doubled(person: Person, dossiers: list[Dossier]) -> dict[int, list[str]]:
    """{dossier: names that stand for the same award elsewhere too}; two statements a campaign."""
    by_campaign = defaultdict(list)
    for dossier in dossiers:
        by_campaign[dossier.campaign_id].append(dossier)
    found = defaultdict(list)
    for group in by_campaign.values():
        names = [name for dossier in group for name in dossier.still_in]
        known = twins(group[0], ((n.search_key, n.award_id) for n in names), person) if names else {}
        for name in names:
            if any(twin.pk != name.pk for twin in known.get((name.search_key, name.award_id), ())):
                found[name.dossier_id].append(name.full_name)
    return found


def _twice(names: list[str]) -> str:
    if not names:
        return ""
    return _("Trùng tên, cùng hình thức khen thưởng: %(names)s; mở riêng hồ sơ để xem.") % {"names": _named(names)}


def _named(names: list[str]) -> str:
    """A few names, and how many more."""
    rest = len(names) - MOST_NAMED
    more = _(" và %(n)d người khác") % {"n": rest} if rest > 0 else ""
    return ", ".join(names[:MOST_NAMED]) + more


def all_pass(dossier: Dossier) -> dict[int, tuple[str, str]]:
    """The verdicts that *đạt tất cả* stands for."""
    return {name.pk: (Judgement.PASS.value, "") for name in dossier.still_in}
