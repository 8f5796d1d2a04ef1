"""What a person may do with a dossier now, what each act asks, and what will happen when it is done."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.clock import now
from audit.ledger import Actor
from audit.models import Entry
from dossiers import notices
from dossiers.acts import may, rule_of, waits_for
from dossiers.forms import form_for
from dossiers.free_hand import tie_sentence, twice
from dossiers.models import Dossier
from dossiers.states import DESKS, State
from dossiers.words import ACTS
from organizations.calendar import distance
from organizations.models import Office, Person, Place

from .ends import Finish
from .models import StepRow
from .nodes import Step

TONES = {"main": "main", "bad": "warn"}  # the colour of an act beside its button
SIGNS = {State.DRAFT: "submit", State.RETURNED_PROPOSING: "resubmit", State.RETURNED_REVIEWING: "resubmit"}
TOLD: dict[Any, Any] = {
    notices.unit: gettext_lazy("người lập và thủ trưởng đơn vị nhận thư báo"),
    notices.standing_head: gettext_lazy("thủ trưởng cơ quan thường trực Hội đồng nhận thư báo"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One act as a button."""

    name: str
    label: Any
    tone: str
    effect: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """One act that is theirs and cannot be done now, with the reason."""

    name: str
    label: Any
    tone: str
    why: str


@dataclass(slots=True)
class Offers:
    """The acts of one person on one step."""

    ready: list[Offer] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    then: str = ""

    def asks(self, fact: str) -> list[str]:
        """The labels of the ready acts whose form asks this fact."""
        return [str(offer.label) for offer in self.ready if fact in form_for(offer.name).base_fields]

    @property
    def judges(self) -> bool:
        """Whether verdicts are asked."""
        return bool(self.asks("verdicts"))


def offers_to(person: Person, step: StepRow, dossier: Dossier, entries: Iterable[Entry] = ()) -> Offers:
    """The acts of this step that are this person's: those that can be done, and why the others cannot.

    A reviewer who keeps away from the dossier has no acts; the head of the page says why.
    """
    offers = Offers()
    node = step.flow_task
    for act in [*node.ways, *node.asides]:
        rule = rule_of(dossier, act)
        if step.kept_away and rule is not None and rule.custom["place"] != Place.UNIT:
            continue
        offer = offer_of(person, step, dossier, act, entries)
        if isinstance(offer, Offer):
            offers.ready.append(offer)
        elif offer is not None:
            offers.refused.append(offer)
    offers.then = _at_once(person, dossier, offers)
    if offers.then:  # then the two acts at once are the main button of the page
        offers.ready = [replace(offer, tone="") if offer.name == "hand_over" else offer for offer in offers.ready]
    offers.ready.sort(key=lambda offer: offer.tone == "warn")
    return offers


def offer_of(
    person: Person, step: StepRow, dossier: Dossier, act: str, entries: Iterable[Entry] = ()
) -> Offer | Refusal | None:
    """One act as this person may do it now, or why they cannot; None when it is not theirs at all."""
    if not may(dossier, act, Actor(person)):
        return None
    label, tone = ACTS[act].button, TONES.get(ACTS[act].tone, "")
    why = _kept_away(person, step, dossier, act, entries) or _held_up(person, step, act)
    if why := why or " ".join(waits_for(dossier, act)):
        return Refusal(act, label, tone, why)
    return Offer(act, label, tone, effect_of(step, dossier, act))


def _kept_away(person: Person, step: StepRow, dossier: Dossier, act: str, entries: Iterable[Entry]) -> str:
    """Why this person's hand is not free for an act that is their office's, or nothing."""
    rule = rule_of(dossier, act)
    place, office = rule.custom["place"], rule.custom["office"]
    held = person.held(office, dossier.body_at(place), of=step.owner_id)
    said = "" if place == Place.UNIT else tie_sentence(step.tie)
    return said or twice(entries, person, office, lent_now=held is not None and held.principal is not None)


def _held_up(person: Person, step: StepRow, act: str) -> str:
    """Why a claim stands in the way of an act, or nothing."""
    node, claimed = step.flow_task, step.assigned is not None and step.claimed
    if act in node.unclaimed and step.assigned is not None:
        return _("%(name)s đã nhận hồ sơ để xem xét.") % {"name": step.owner.full_name if step.owner else ""}
    shared = person.shares_desk_of(step.owner_id, step.office, step.organization_id)
    if act not in node.unclaimed and claimed and not shared:
        return _("%(name)s đang giữ việc này; bấm “Nhận thay” nếu đã thống nhất.") % {"name": step.owner.full_name}
    return ""


def _at_once(person: Person, dossier: Dossier, offers: Offers) -> str:
    """The act that follows at once when one person both draws up and signs; nothing for others."""
    draws_up = any(offer.name == "hand_over" for offer in offers.ready)
    signs = person.held(Office.UNIT_HEAD, dossier.unit_id)  # in another's name the two are two people's
    return SIGNS.get(State(dossier.state), "") if draws_up and signs and not signs.principal else ""


def effect_of(step: StepRow, dossier: Dossier, act: str) -> str:
    """What an act sets going: whose work it becomes, until when, who gets mail."""
    then = step.flow_task.ways.get(act)
    told = [str(TOLD[audience]) for audience, _template in notices.NOTICES.get(act, ()) if audience in TOLD]
    if then is None:
        return "; ".join([_("bước này vẫn mở"), *told]) + "."
    if isinstance(then, Finish):
        return "; ".join([_("hồ sơ kết thúc (%(state)s)") % {"state": State(then.name.upper()).label}, *told]) + "."
    return "; ".join([next_work(then, _as_if(dossier, act, then)), *told]) + "."


def both_effect(step: StepRow, dossier: Dossier, then: str) -> str:
    """What drawing up and signing at once sets going: the second act's effect, from the step the first leads to."""
    signing = step.flow_task.ways["hand_over"]
    told = [str(TOLD[audience]) for audience, _template in notices.NOTICES.get(then, ()) if audience in TOLD]
    following = signing.ways[then]
    return "; ".join([next_work(following, _as_if(dossier, then, following)), *told]) + "."


def _as_if(dossier: Dossier, act: str, then: Step) -> Dossier:
    """The dossier as the next deadline will be reckoned: a supplement asked, or a new desk reached, at this moment."""
    dossier.places  # noqa: B018  asked once, for the copy too
    moved = copy(dossier)
    if act == "request_supplement":
        moved.supplement_asked_at = now()
    elif then.state in DESKS and act != "resubmit":
        moved.desk_since = now()
    return moved


def next_work(node: Step, dossier: Dossier) -> str:
    """Whose work a step is, and until when: `Thẩm định hồ sơ – Chuyên viên Nội vụ …, hạn 25/11/2024 (…)`."""
    work = _("%(office)s (%(place)s) nhận việc “%(step)s” và thư báo") % {
        "office": Office(node.office).label, "place": Place(node.place).label, "step": node.task_title,
    }  # fmt: skip
    due = node.due(dossier, node, now()).due_at if node.due else None
    if due is None:
        return work
    return _("%(work)s, hạn %(day)s (%(distance)s)") % {
        "work": work, "day": f"{due.astimezone():%d/%m/%Y}", "distance": distance(due, now()).text,
    }  # fmt: skip


def done_sentence(entry: Entry, steps: Iterable[Any]) -> str:
    """What an act did and what comes next, for the page after it.

    entry    as `desk.do` gives it
    steps    the nodes of its procedure
    """
    dossier = entry.subject
    done = f"{ACTS[entry.act].past}: {dossier.code}."
    following = next((step for step in steps if isinstance(step, Step) and step.state == dossier.state), None)
    if following is None or entry.source == entry.target:
        lead, what = _("Hồ sơ"), State(dossier.state).label
    else:
        lead, what = _("Tiếp theo"), next_work(following, dossier)
    return f"{done} {lead}: {what}."
