"""The law of a dossier: its acts, the states they may be done in, and whose hand each needs.

This file is the only place that says what is legal.  Procedures (flows/) choose among these acts;
the door (acts.py) carries them out; nothing else moves a dossier.  A method's parameters are the
facts its act must state; its docstring ends with its source.
"""

from collections.abc import Callable, Iterable
from datetime import date

from django.db import models
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from organizations.models import Office, Place

from .barriers import held, no_name_held, not_held, not_held_or_issued, waited_for
from .conditions import (
    all_confirmed,
    complete,
    decision_issued,
    free_or_all_struck,
    in_time,
    may_ask_again,
    never_returned,
    no_decision,
    none_carried,
    papers_for_admission,
    papers_for_proposal,
    some_carried,
)
from .states import RETURNED, SIGNING_AGAIN, UNDER_WAY, State


def act(
    source: Iterable[State] | State,
    target: State | None,
    *,
    by: Office | None,
    at: Place | None = None,
    when: Iterable[Callable] = (),
    or_system: bool = False,
    though_held: bool = False,
) -> Callable:
    """Declare an act: the states it may be done in, where it leads, and whose office at which place it is.

    target       None: recorded, moves nothing (one name withdrawn, a hold)
    by           None: only the system does it, never a person
    or_system    the system may carry it out too, as when an issued decision moves its dossiers
    though_held  may be done while the dossier is on hold; what moves it otherwise waits for the conclusion
    """

    def is_theirs(dossier, actor) -> bool:
        if actor.person.is_system:
            return by is None or or_system
        return by is not None and actor.person.holds(by, dossier.body_at(at))

    sources = [source] if isinstance(source, State) else list(source)
    conditions = [*when, *([] if though_held or target is None else [not_held])]
    custom = {"office": by, "place": at, "when": conditions}
    return transition("state", sources, target, conditions=conditions, permission=is_theirs, custom=custom)


UNIT = {"at": Place.UNIT}
FINANCE = {"by": Office.FINANCE, "at": Place.FINANCE_BODY}
REVIEW = {"by": Office.HOME_AFFAIRS, "at": Place.STANDING_BODY}
COUNCIL = {"by": Office.SECRETARY, "at": Place.COUNCIL}
SIGNATORY = {"by": Office.SIGNATORY, "at": Place.AUTHORITY}


class Lifecycle(ConcurrentTransitionMixin, models.Model):
    """Every method below is one act; bodies are empty, the door writes what the facts say."""

    state = FSMField(choices=State.choices, default=State.DRAFT, protected=True, db_index=True)

    class Meta:
        abstract = True

    @act(State.DRAFT, State.SIGNING, by=Office.AUTHOR, when=[complete], **UNIT)
    @act(State.RETURNED_PROPOSING, State.SIGNING_PROPOSING, by=Office.AUTHOR, when=[complete], **UNIT)
    @act(State.RETURNED_REVIEWING, State.SIGNING_REVIEWING, by=Office.AUTHOR, when=[complete], **UNIT)
    def hand_over(self, *, by):
        """The author hands the dossier to the head of the unit for signature.  Source: plan 000, III.5."""

    @act(State.SIGNING, State.DRAFT, by=Office.UNIT_HEAD, **UNIT)
    @act(State.SIGNING_PROPOSING, State.RETURNED_PROPOSING, by=Office.UNIT_HEAD, **UNIT)
    @act(State.SIGNING_REVIEWING, State.RETURNED_REVIEWING, by=Office.UNIT_HEAD, **UNIT)
    def hand_back(self, *, by, reason: str):
        """The head gives it back to the author without signing.  Source: internal."""

    @act(State.SIGNING, State.PROPOSING, by=Office.UNIT_HEAD, when=[complete, in_time], **UNIT)
    def submit(self, *, by):
        """The head signs and submits before the cut-off.  Source: plan 000, III.5; Luật 06/2022, Điều 84."""

    @act(State.SIGNING_PROPOSING, State.PROPOSING, by=Office.UNIT_HEAD, when=[complete], **UNIT)
    @act(State.SIGNING_REVIEWING, State.REVIEWING, by=Office.UNIT_HEAD, when=[complete], **UNIT)
    def resubmit(self, *, by):
        """The head submits the supplement to the office that asked.  Source: internal."""

    @act(State.PROPOSING, State.DRAFT, by=Office.UNIT_HEAD, when=[never_returned, in_time], **UNIT)
    def recall(self, *, by, reason: str):
        """The unit takes back what nobody has begun to check.  Source: internal."""

    @act(State.PROPOSING, State.REVIEWING, when=[papers_for_proposal, no_name_held], **FINANCE)
    def propose(self, *, by, verdicts: dict):
        """TC–KH proposes the commendation.  Source: plan 000, III.1 and II.6."""

    @act(State.REVIEWING, State.DELIBERATING, when=[papers_for_admission, no_name_held, waited_for("admit")], **REVIEW)
    def admit(self, *, by, verdicts: dict):
        """Nội vụ finds the dossier fit for the council.  Source: plan 000, III.2."""

    @act(State.PROPOSING, State.RETURNED_PROPOSING, when=[may_ask_again], **FINANCE)
    @act(State.REVIEWING, State.RETURNED_REVIEWING, when=[may_ask_again], **REVIEW)
    def request_supplement(self, *, by, verdicts: dict, papers: list, reason: str):
        """The desk returns the dossier, naming what is missing, once by default.  Source: law.md 2.5 (setting)."""

    @act(State.PROPOSING, State.DECLINED, **FINANCE)
    @act(State.REVIEWING, State.DECLINED, **REVIEW)
    def decline(self, *, by, verdicts: dict, reason: str):
        """No nomination of the dossier passes.  Source: plan 000, II.3-4."""

    @act(State.DELIBERATING, State.DECIDING, when=[all_confirmed, some_carried, no_name_held, waited_for("recommend")],
         **COUNCIL)
    def recommend(self, *, by):
        """The council recommends what carried.  Source: law.md 3, on all members."""

    @act(State.DELIBERATING, State.DECLINED, when=[all_confirmed, none_carried], **COUNCIL)
    def oppose(self, *, by, reason: str):
        """Nothing carried in the council.  Source: law.md 3."""

    @act(State.DECIDING, State.DECIDED, when=[decision_issued], or_system=True, though_held=True, **SIGNATORY)
    def grant(self, *, by):
        """An issued decision grants at least one nomination.  Source: Luật 06/2022, Điều 79-83."""

    @act(State.DECIDING, State.DECLINED, when=[free_or_all_struck, not_held_or_issued], though_held=True,
         or_system=True, **SIGNATORY)
    def refuse(self, *, by, reason: str):
        """The signatory refuses the whole dossier.  Source: Luật 06/2022."""

    @act(State.DECIDING, State.REVIEWING, when=[no_decision], **SIGNATORY)
    def send_back(self, *, by, reason: str):
        """The signatory sends it back to be reviewed and voted on anew.  Source: domain.md 3.2."""

    @act((State.DRAFT, *RETURNED), State.WITHDRAWN, by=Office.AUTHOR, though_held=True, **UNIT)
    @act((State.SIGNING, *SIGNING_AGAIN), State.WITHDRAWN, by=Office.UNIT_HEAD, though_held=True, **UNIT)
    def withdraw(self, *, by, reason: str):
        """The unit withdraws the dossier.  Source: domain.md 3.2."""

    @act((State.DRAFT, *RETURNED), None, by=Office.AUTHOR, **UNIT)
    @act((State.SIGNING, *SIGNING_AGAIN), None, by=Office.UNIT_HEAD, **UNIT)
    def withdraw_nomination(self, *, by, nomination: int, reason: str):
        """The unit withdraws one name.  Source: domain.md 3.2."""

    @act((State.DRAFT, State.SIGNING, *RETURNED, *SIGNING_AGAIN), State.LAPSED, by=None, though_held=True)
    def lapse(self, *, by):
        """The cut-off, or the supplement's own deadline, has passed.  Source: plan 000, III.5."""

    @act(State.LAPSED, State.DRAFT, by=Office.UNIT_HEAD, at=Place.STANDING_BODY)
    def accept_late(self, *, by, reason: str, until: date):
        """The head of the standing office accepts it late, until a named date.  Source: domain.md 3.2."""

    @act(UNDER_WAY, None, by=Office.HOME_AFFAIRS, at=Place.STANDING_BODY)
    def hold(self, *, by, ground: str, nomination: int | None, document: str, reason: str):
        """The standing office stops considering the dossier, or one name of it.  Source: NĐ 152/2025, Điều 4 khoản 4"""

    @act(UNDER_WAY, None, by=Office.HOME_AFFAIRS, at=Place.STANDING_BODY, when=[held])
    def lift(self, *, by, hold: int, outcome: str, reason: str):
        """The conclusion is there: considering goes on.  Source: NĐ 152/2025, Điều 4 khoản 4"""


def law(dossier_class: type) -> dict[str, dict]:
    """Every act by name -> {source state: django_fsm Transition}."""
    methods = dossier_class._meta.get_field("state").transitions[dossier_class]
    return {name: method._django_fsm.transitions for name, method in methods.items()}
