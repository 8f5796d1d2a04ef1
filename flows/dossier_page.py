"""The dossier as a page: where it is, who must act, its names and what was said of them, its papers, its story.

Every statement is asked once whatever the number of names and entries; what the reader may not know yet is left out.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.ledger import Actor
from dossiers.acts import may
from dossiers.doubles import doubles_in
from dossiers.draft_forms import percent_text
from dossiers.models import Dossier, Nomination
from dossiers.outcomes import Outcome, outcome_of
from dossiers.rules import short_of_results
from dossiers.states import EDITABLE, FINAL, JUDGING, SIGNING_AGAIN, Judgement, Left, State
from organizations.calendar import Distance
from organizations.models import Office, Person

from . import story
from .clock_panel import ClockPanel
from .models import StepRow
from .offers import Offers, both_effect, offers_to
from .paper_rows import paper_rows
from .reader_tie import ReaderTie
from .typed import Typed

MOST_ERRORS = 12  # sentences in the summary above the form
DESKS = {State.PROPOSING: gettext_lazy("TC–KH"), State.REVIEWING: gettext_lazy("Nội vụ")}
TONES = {Judgement.PASS: "fine", Judgement.SUPPLEMENT: "soon", Judgement.FAIL: "late"}
# steps done in a room of their own: {step: (address, what the link says)}
ROOMS = {
    State.DELIBERATING: ("flows:sittings", gettext_lazy("Mở phiên họp")),
    State.DECIDING: ("flows:decisions", gettext_lazy("Mở quyết định")),
}
SIGNED = (State.SIGNING, *SIGNING_AGAIN)  # the head has it


@dataclass(frozen=True, slots=True)
class NameRow:
    """One nomination: what became of it, what the desks said, and the reader's own verdict if one is asked."""

    nomination: Nomination
    out: bool
    percent: str
    outcome: Outcome
    said: list[tuple[str, str, str, str]]
    judge: dict[str, Any] | None
    flag: str


class DossierPage:
    """Everything the dossier's page shows to one reader."""

    def __init__(self, person: Person, row: StepRow, *, typed: Typed | None = None, whole: bool = False):
        self.person, self.row, self.typed = person, row, typed or Typed()
        self.dossier: Dossier = row.process.dossier
        self.heard: bool = row.heard
        self.step = row if row.is_open else None
        if self.step:  # the step says which body stands where it lies, so the campaign need not be asked
            self.dossier.stand(row.flow_task.place, row.organization)
        self.papers = paper_rows(self.dossier, person, heard=self.heard, kept_away=bool(row.kept_away))
        entries = story.entries_of(self.dossier)
        self.offers = offers_to(person, row, self.dossier, entries) if self.step else Offers()
        self.steps = story.stepper(self.dossier, self.step, entries)
        self.timeline = story.timeline(self.step, entries, heard=self.heard and not self._of_unit,
                                       unit=self._is_unit, whole=whole)  # fmt: skip
        self.receipts = list(story.receipts(entries))
        # told again to the head who is about to sign; the author was told while writing
        self.doubles = doubles_in(self.dossier, person) if self.dossier.state in SIGNED else {}
        judged = self.dossier.still_in if self.offers.judges else []
        self.short = short_of_results(judged, row.least_percent, row.least_clause)
        self.rows = [self._name(nomination) for nomination in self.dossier.names]
        self.tie = ReaderTie(person, row)
        self.clock = ClockPanel(person, self.dossier, self.step)

    @property
    def _of_unit(self) -> bool:
        """Whether this reader is of the unit and the dossier under way: what desks tell each other is not theirs."""
        return self._is_unit and self.dossier.state not in FINAL

    @property
    def _is_unit(self) -> bool:
        """Whether this reader draws up or heads the unit's dossiers."""
        held = {(h.office, h.organization_id) for h in self.person.offices_today()}
        return bool(held & {(office, self.dossier.unit_id) for office in (Office.AUTHOR, Office.UNIT_HEAD)})

    @property
    def due(self) -> Distance | None:
        """How far the open step's deadline is."""
        return story.far(self.step) if self.step else None

    @property
    def who(self) -> str:
        """Who must act, in words."""
        if self.step is None:
            return ""
        return " · ".join([str(Office(self.step.office).label), story.body_of(self.step), story.holder_of(self.step)])

    @property
    def is_mine(self) -> bool:
        """Whether the open step is work of an office of this person."""
        return self.step is not None and self.person.holds(self.step.office, self.step.organization_id)

    @property
    def may_claim(self) -> bool:
        """Whether they may take the step to themselves."""
        return self.is_mine and self.step.owner_id != self.person.pk and not self.step.kept_away

    @property
    def may_release(self) -> bool:
        """Whether they may put it back into the pool."""
        return self.is_mine and self.step.owner_id == self.person.pk and self.step.assigned is not None

    @property
    def held_by_another(self) -> str:
        """The colleague who has claimed the step, if the office is this person's too."""
        return self.step.owner.full_name if self.may_claim and self.step.assigned and self.step.claimed else ""

    @property
    def may_accept_late(self) -> bool:
        """Whether this person may take the lapsed dossier in after all."""
        return self.dossier.state == State.LAPSED and may(self.dossier, "accept_late", Actor(self.person))

    @property
    def is_author(self) -> bool:
        """Whether the drafting page is this person's now."""
        return self.dossier.state in EDITABLE and self.person.holds(Office.AUTHOR, self.dossier.unit_id)

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens here."""
        return self.dossier.state in FINAL

    @property
    def room(self) -> tuple[str, Any] | None:
        """Where this step is really done, for the office whose work it is: (address, words)."""
        return ROOMS.get(State(self.dossier.state)) if self.is_mine else None

    @property
    def standing(self) -> list[NameRow]:
        """Rows of names still in, as far as this reader knows."""
        return [row for row in self.rows if not row.out]

    @property
    def present(self) -> int:
        """How many components of the checklist are there."""
        return sum(paper.item.present for paper in self.papers)

    @property
    def then_effect(self) -> str:
        """What two acts at once set going."""
        return both_effect(self.step, self.dossier, self.offers.then) if self.step else ""

    @property
    def summary(self) -> list[str]:
        """Errors for the head of the form, no more than can be read."""
        named = [
            f"{row.nomination.full_name}: {' '.join(row.judge['errors'])}"
            for row in self.rows
            if row.judge and row.judge["errors"]
        ]
        found = self.typed.errors + named
        left = len(found) - MOST_ERRORS
        return found[:MOST_ERRORS] + ([_("… và %(count)d chỗ khác.") % {"count": left}] if left > 0 else [])

    @property
    def reason_for(self) -> str:
        """The acts that need a reason, in words; empty when none does."""
        return ", ".join(self.offers.asks("reason"))

    @property
    def nomination_for(self) -> str:
        """The act that names one nomination, in words."""
        return ", ".join(self.offers.asks("nomination"))

    @property
    def papers_for(self) -> str:
        """The act that names papers, in words."""
        return ", ".join(self.offers.asks("papers"))

    @property
    def asked_papers(self) -> list[dict[str, Any]]:
        """Papers of the unit that a supplement may ask for."""
        own = [row.item.component for row in self.papers if row.item.component.provider == "UNIT"]
        return [{"code": c.code, "name": c.name, "ticked": c.code in self.typed.papers} for c in own]

    def _name(self, nomination: Nomination) -> NameRow:
        outcome = outcome_of(nomination, self.dossier, self.heard)
        said = [one for one in self._said(nomination) if one[1] not in outcome.text] if self.heard else []
        out = bool(nomination.left) and (self.heard or nomination.left == Left.WITHDRAWN)
        judge = self._judge(nomination) if self.offers.judges and not nomination.left else None
        percent = percent_text(nomination.result_percent)
        flag = self.doubles.get(nomination.pk, "") or self.short.get(nomination.pk, "")
        return NameRow(nomination, out, percent, outcome, said if len(said) > 1 else [], judge, flag)

    def _said(self, nomination: Nomination) -> list[tuple[str, str, str, str]]:
        """What each desk and the council said, in their order: (who, what, colour, reason)."""
        said = [
            (str(DESKS[verdict.desk]), verdict.get_judgement_display(), TONES[verdict.judgement], verdict.reason)
            for verdict in (nomination.judgement_at(desk) for desk in JUDGING)
            if verdict is not None
        ]
        ballot = nomination.ballot
        if ballot is not None and ballot.confirmed:
            told = _("%(agreed)s/%(members)s phiếu đồng ý") % {"agreed": ballot.agreed, "members": ballot.members}
            said.append((_("Hội đồng"), told, "", ""))
        return said

    def _judge(self, nomination: Nomination) -> dict[str, Any]:
        """The controls of one verdict: as typed, or as this desk said before a supplement."""
        judge, why, data = f"judge-{nomination.pk}", f"why-{nomination.pk}", self.typed.data
        earlier = nomination.judgement_at(self.dossier.state)
        known = earlier is not None and earlier.judgement != Judgement.SUPPLEMENT
        before = (earlier.judgement, earlier.reason) if known else ("", "")
        return {
            "name": judge, "reason_name": why, "errors": self.typed.by_name.get(why, []),
            "value": data.get(judge, "") if data else before[0], "reason": data.get(why, "") if data else before[1],
        }  # fmt: skip

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """The three verdicts, the favourable first."""
        return [(choice.value, choice.label) for choice in Judgement]

    @property
    def closed(self) -> list[str]:
        """Verdicts that cannot be given now."""
        return [] if self.papers_for else [Judgement.SUPPLEMENT.value]

    @property
    def closed_why(self) -> str:
        """Why not."""
        return next((one.why for one in self.offers.refused if one.name == "request_supplement"), "")
