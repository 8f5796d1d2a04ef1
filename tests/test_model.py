"""Whatever people and clocks do, legal or not, the product and a plain model of the law agree (Hypothesis)."""

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from audit.clock import now
from audit.ledger import Actor
from audit.models import Entry
from decisions import acts as decision_acts
from dossiers import edits
from dossiers.errors import Gone, NotNow, Unfit
from dossiers.states import FINAL
from flows import desk, sweeper
from flows.models import Completion, Passage, StepRow
from organizations.models import Person
from tests.test_law import GRID

PEOPLE = (
    "lap.anmau chutich.anmau lap.binhmau chutich.binhmau taichinh1 taichinh2 noivu1 truong.nv thuky chutich".split()
)
OFFICE_OF = {
    "lap.anmau": ("AUTHOR", "UNIT"),
    "chutich.anmau": ("UNIT_HEAD", "UNIT"),
    "taichinh1": ("FINANCE", "FINANCE_BODY"),
    "taichinh2": ("FINANCE", "FINANCE_BODY"),
    "noivu1": ("HOME_AFFAIRS", "STANDING_BODY"),
    "thuky": ("SECRETARY", "COUNCIL"),
    "chutich": ("SIGNATORY", "AUTHORITY"),
    "truong.nv": ("UNIT_HEAD", "STANDING_BODY"),
}
ONWARD = {
    "DRAFT": ("hand_over", "lap.anmau"),
    "SIGNING": ("submit", "chutich.anmau"),
    "PROPOSING": ("propose", "taichinh1"),
    "RETURNED_PROPOSING": ("hand_over", "lap.anmau"),
    "SIGNING_PROPOSING": ("resubmit", "chutich.anmau"),
    "REVIEWING": ("admit", "noivu1"),
    "RETURNED_REVIEWING": ("hand_over", "lap.anmau"),
    "SIGNING_REVIEWING": ("resubmit", "chutich.anmau"),
    "DELIBERATING": ("recommend", "thuky"),
}
ALL, ONE = ["FAIL"] * 3, ["PASS", "PASS", "SUPPLEMENT"]
ASIDE = {
    "SIGNING": [("hand_back", "chutich.anmau", []), ("withdraw", "chutich.anmau", [])],
    "PROPOSING": [
        ("request_supplement", "taichinh1", ONE),
        ("recall", "chutich.anmau", []),
        ("decline", "taichinh2", ALL),
    ],
    "REVIEWING": [("request_supplement", "noivu1", ONE), ("decline", "noivu1", ALL)],
    "DELIBERATING": [("oppose", "thuky", [])],
    "DECIDING": [("send_back", "chutich", []), ("refuse", "chutich", [])],
}
ACTS = sorted(GRID.keys() - {"hold", "lift", "lapse", "accept_late"})
REASONED = {"hand_back", "recall", "decline", "oppose", "refuse", "send_back", "withdraw", "request_supplement"}
JUDGES = {"propose", "admit", "decline", "request_supplement"}
STEPS = int(os.environ.get("MODEL_STEPS", "5000"))
PER_WALK = 40
NAMES = 3


@dataclass
class Plain:
    """The law again, in as few words as possible."""

    state: str = "DRAFT"
    names: dict = field(default_factory=dict)  # {nomination id: True while in}
    supplements: int = 0
    claimed_by: str = ""
    letter_of_finance: bool = False
    evaluation: bool = False
    ballots: dict = field(default_factory=dict)  # {nomination id: votes for, or None}
    reserved: bool = False
    late: bool = False

    def still_in(self):
        return [pk for pk, there in self.names.items() if there]

    def waits(self, act, in_time):
        """True when a condition of the act is not met."""
        confirmed = all(self.ballots.get(pk) is not None for pk in self.still_in())
        carried = any(2 * (self.ballots.get(pk) or 0) > 9 for pk in self.still_in())
        return not {
            "submit": in_time,
            "recall": self.supplements == 0 and in_time,
            "propose": self.letter_of_finance,
            "admit": self.evaluation,
            "request_supplement": self.supplements < 1,
            "recommend": confirmed and carried,
            "oppose": confirmed and not carried,
            "grant": False,
            "refuse": not self.reserved,
            "send_back": not self.reserved,
        }.get(act, True)

    def unfit(self, act, verdicts):
        """True when the verdicts do not fit the act."""
        said = [verdicts[pk] for pk in self.still_in()]
        if act in ("propose", "admit"):
            return "SUPPLEMENT" in said or "" in said or "PASS" not in said
        if act == "request_supplement":
            return "SUPPLEMENT" not in said
        return act == "decline" and any(one != "FAIL" for one in said)


class Walk(RuleBasedStateMachine):
    """One dossier on its way, pushed by anybody in any order."""

    world = None
    came: Counter = Counter()  # how often each act was done, and each refusal met

    @initialize()
    def begin(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.clock = type(self).clock
        self.clock.move_to(type(self).monday)
        self.dossier = self.world.opened(names=NAMES)
        self.plain = Plain(names={n.pk: True for n in self.dossier.still_in})
        self.people = {name: self.world.person(name) for name in PEOPLE}

    def teardown(self):
        if not hasattr(self, "atomic"):
            return
        connection.check_constraints()
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def expected(self, act, who, verdicts, stale):
        """What must come of it: the name of an outcome."""
        plain = self.plain
        way = GRID[act].get(plain.state)
        if plain.state in FINAL:
            return "Gone"
        if plain.claimed_by and plain.claimed_by != who and act != "recall":
            return "Gone"
        if act == "recall" and plain.state == "PROPOSING" and plain.claimed_by:
            return "Gone"
        if way is None or stale:
            return "Gone"
        if OFFICE_OF.get(who) != way[1]:
            return "PermissionDenied"
        if plain.waits(act, self.in_time()):
            return "NotNow"
        if act in JUDGES and plain.unfit(act, verdicts):
            return "Unfit"
        if act == "withdraw_nomination" and len(plain.still_in()) == 1:
            return "Unfit"
        return "done"

    def in_time(self):
        return now().date() <= self.world.campaign.last_day or self.plain.late

    @precondition(lambda self: hasattr(self, "plain"))
    @rule(
        act=st.sampled_from(ACTS),
        who=st.sampled_from(PEOPLE),
        stale=st.integers(0, 9),
        said=st.lists(st.sampled_from(["PASS", "PASS", "FAIL", "SUPPLEMENT", ""]), min_size=NAMES, max_size=NAMES),
    )
    def anyone_tries_anything(self, act, who, said, stale):
        self.try_act(act, who, said, stale == 0)

    @precondition(lambda self: hasattr(self, "plain") and self.plain.state not in FINAL)
    @rule(
        data=st.data(),
        said=st.lists(st.sampled_from(["PASS", "PASS", "PASS", "FAIL", "SUPPLEMENT"]), min_size=NAMES, max_size=NAMES),
    )
    def the_right_person_acts(self, data, said):
        legal = [
            (act, who)
            for act in ACTS
            for who, place in OFFICE_OF.items()
            if self.plain.state in GRID[act] and GRID[act][self.plain.state][1] == place and act != "withdraw"
        ]
        act, who = data.draw(st.sampled_from(legal))
        self.try_act(act, who, said, stale=False)

    def try_act(self, act, who, said, stale):
        fresh = self.world.fresh(self.dossier)
        verdicts = dict(zip(self.plain.names, said, strict=True))
        facts = self.facts(act, verdicts)
        expected = self.expected(act, who, verdicts, stale)
        step = StepRow.objects.filter(process__dossier=fresh).order_by("-id").first()
        try:
            with transaction.atomic():
                desk.do(
                    step.process_id,
                    step.pk,
                    act,
                    by=Actor(self.people[who]),
                    version=0 if stale else fresh.version,  # at 0 there was nothing yet
                    **facts,
                )
            came = "done"
        except (Gone, NotNow, Unfit, PermissionDenied) as refusal:
            came = type(refusal).__name__
        type(self).came[act if came == "done" else came] += 1
        assert came == expected, (act, who, self.plain, came, expected)
        if came == "done":
            self.follow(act, verdicts, facts)

    def facts(self, act, verdicts):
        facts = {"reason": "Lý do thử"} if act in REASONED else {}
        if act in JUDGES:
            facts["verdicts"] = {pk: (verdicts[pk], "vì thử") for pk in self.plain.still_in()}
        if act == "request_supplement":
            facts["papers"] = []
        if act == "withdraw_nomination":
            facts = {"nomination": [*self.plain.still_in(), 0][0], "reason": "Lý do thử"}
        return facts

    def follow(self, act, verdicts, facts):
        """The plain model takes the same step."""
        plain = self.plain
        target = GRID[act][plain.state][0]
        if act in JUDGES:
            plain.names.update({pk: False for pk in plain.still_in() if verdicts[pk] == "FAIL"})
        if act == "withdraw_nomination":
            plain.names[facts["nomination"]] = False
        if act == "request_supplement":
            plain.supplements += 1
        if act in ("recommend", "oppose"):
            plain.names.update({pk: False for pk in plain.still_in() if not 2 * plain.ballots[pk] > 9})
        if act == "send_back":
            plain.ballots = {}
        if target:
            plain.state, plain.claimed_by = target, ""

    @precondition(lambda self: getattr(self, "plain", None) and self.plain.state in ONWARD)
    @rule(stations=st.integers(1, 4))
    def the_dossier_goes_on(self, stations):
        """Everybody does what is expected, so that walks come to the far rooms too."""
        for _ in range(stations):
            if self.plain.state not in ONWARD:
                return
            act, who = ONWARD[self.plain.state]
            if self.plain.state == "PROPOSING":
                self.finance_writes_its_letter()
            if self.plain.state == "REVIEWING":
                self.the_evaluation_arrives()
            if self.plain.state == "DELIBERATING":
                self.the_council_votes(agreed=[8] * NAMES)
            self.try_act(act, self.plain.claimed_by or who, ["PASS"] * NAMES, stale=False)

    @precondition(lambda self: getattr(self, "plain", None) and self.plain.state in ASIDE)
    @rule(turn=st.integers(0, 2))
    def the_dossier_turns_aside(self, turn):
        """Somebody says no, or not yet."""
        if self.plain.state == "DELIBERATING":
            self.the_council_votes(agreed=[3] * NAMES)
        act, who, said = ASIDE[self.plain.state][turn % len(ASIDE[self.plain.state])]
        self.try_act(act, who, said or ["PASS"] * NAMES, stale=False)

    @precondition(lambda self: getattr(self, "plain", None) and self.plain.state == "PROPOSING")
    @rule()
    def finance_writes_its_letter(self):
        if not self.plain.letter_of_finance:
            self.world.add_paper(self.dossier, "CONG_VAN", self.people["taichinh1"])
            self.plain.letter_of_finance = True

    @precondition(lambda self: getattr(self, "plain", None) and self.plain.state in ("PROPOSING", "REVIEWING"))
    @rule()
    def the_evaluation_arrives(self):
        if not self.plain.evaluation:
            self.world.add_evaluation()
            self.plain.evaluation = True

    @precondition(lambda self: getattr(self, "plain", None) and self.plain.state == "PROPOSING")
    @rule()
    def the_unit_takes_it_back(self):
        """What comes too seldom by itself: a recall before anybody at the desk has claimed it."""
        self.try_act("recall", "chutich.anmau", ["PASS"] * NAMES, stale=False)

    @precondition(lambda self: getattr(self, "plain", None) and self.plain.state == "PROPOSING")
    @rule()
    def the_first_desk_declines(self):
        """The same of a refusal of every name at the first desk."""
        self.try_act("decline", self.plain.claimed_by or "taichinh2", ["FAIL"] * NAMES, stale=False)

    @precondition(lambda self: getattr(self, "plain", None) and self.plain.state not in FINAL)
    @rule(who=st.sampled_from(PEOPLE), knowingly=st.booleans())
    def someone_claims(self, who, knowingly):
        step = self.world.step(self.dossier)
        office = next(
            (
                place
                for act, ways in GRID.items()
                for state, (_to, place) in ways.items()
                if state == self.plain.state and act not in ("recall", "hold", "lift", "lapse")
            )
        )
        has = self.plain.claimed_by
        over = self.people[has].pk if has and knowingly else None
        try:
            desk.claim(step.process_id, step.pk, by=Actor(self.people[who]), over=over)
            assert OFFICE_OF.get(who) == office
            assert knowingly or has in ("", who)
            self.plain.claimed_by = who
        except PermissionDenied:
            assert OFFICE_OF.get(who) != office
        except Gone:
            assert has not in ("", who)
            assert not knowingly

    @precondition(lambda self: getattr(self, "plain", None) and self.plain.claimed_by)
    @rule()
    def the_holder_lets_go(self):
        step = self.world.step(self.dossier)
        desk.release(step.process_id, step.pk, by=Actor(self.people[self.plain.claimed_by]))
        self.plain.claimed_by = ""

    @precondition(lambda self: getattr(self, "plain", None) and self.plain.state == "DELIBERATING")
    @rule(agreed=st.lists(st.integers(0, 9), min_size=NAMES, max_size=NAMES))
    def the_council_votes(self, agreed):
        if self.plain.ballots:
            return
        self.world.put_on_agenda(self.dossier)
        votes = dict(zip(self.plain.names, agreed, strict=True))
        self.world.count(self.dossier, lambda ballot: votes[ballot.case_id])
        self.plain.ballots = {pk: votes[pk] for pk in self.plain.still_in()}

    @precondition(lambda self: getattr(self, "plain", None) and self.plain.state == "DECIDING")
    @rule(strike=st.sampled_from(["none", "first", "all"]), then=st.sampled_from(["issue", "issue", "drop", "wait"]))
    def the_signatory_drafts(self, strike, then):
        by = Actor(self.people["chutich"])
        decision = self.world.reserve(self.dossier)
        self.plain.reserved = True
        lines = list(decision.lines.all())
        struck = {"none": [], "first": lines[:1], "all": lines}[strike]
        if then == "wait":
            self.try_act("refuse", "chutich", ["PASS"] * NAMES, stale=False)
        if then == "issue":
            decision_acts.strike(decision, {line.pk: "thử" for line in struck}, by=by)
            decision_acts.issue(decision, by=by)
            self.move(decision)
            left = len(lines) - len(struck)
            type(self).came["issue"] += 1
            self.plain.state, self.plain.claimed_by = ("DECIDED" if left else "DECLINED"), ""
            for pk in self.plain.still_in()[: len(struck)]:
                self.plain.names[pk] = False
        else:
            with transaction.atomic():
                edits.put_in_decision(self.dossier, None, {}, by=by)
                decision_acts.drop(decision, by=by, reason="thử")
        self.plain.reserved = False

    def move(self, decision):
        granted = decision.lines.filter(struck=False).exists()
        step = self.world.step(self.dossier)
        by = Actor(Person.objects.system(), behalf=self.people["chutich"], origin="worker")
        facts = {} if granted else {"reason": "gạch hết"}
        desk.do(step.process_id, step.pk, "grant" if granted else "refuse", by=by, **facts)

    @precondition(lambda self: getattr(self, "plain", None))
    @rule(days=st.integers(1, 4))
    def days_pass(self, days):
        due = StepRow.objects.open().filter(process__dossier=self.dossier).values_list("due_at", flat=True).first()
        self.clock.shift(timedelta(days=days))
        sweeper.sweep_deadlines()
        lapses = self.plain.state in GRID["lapse"] and due is not None and due <= now()
        if lapses:
            type(self).came["lapse"] += 1
            self.plain.state, self.plain.claimed_by = "LAPSED", ""

    @precondition(lambda self: getattr(self, "plain", None) and self.plain.state == "LAPSED")
    @rule(who=st.sampled_from(["truong.nv", "chutich.anmau", "noivu1"]))
    def it_is_taken_in_late(self, who):
        until = (now() + timedelta(days=400)).date()
        try:
            with transaction.atomic():
                desk.accept_late(self.dossier, by=Actor(self.people[who]), version=None, reason="Bão", until=until)
            assert who == "truong.nv"
            type(self).came["accept_late"] += 1
            self.plain.state, self.plain.late = "DRAFT", True
        except PermissionDenied:
            assert who != "truong.nv"

    @invariant()
    def all_say_the_same(self):
        if not hasattr(self, "plain"):
            return
        dossier = self.world.fresh(self.dossier)
        assert dossier.state == self.plain.state
        assert dossier.state == Entry.objects.about(dossier).acts().last().target
        assert [n.pk for n in dossier.still_in] == self.plain.still_in()
        live = Passage.objects.filter(dossier=dossier, finished=None).count()
        steps = StepRow.objects.open().filter(process__dossier=dossier).count()
        assert live == steps == (0 if dossier.state in FINAL else 1)
        ended = StepRow.objects.filter(process__dossier=dossier, flow_task_type="HUMAN", status="DONE").count()
        assert ended == Completion.objects.filter(step__process__dossier=dossier).count()


def walk_with(world, clock, steps, phases=(Phase.generate,)):
    """Run the machine for about so many acts tried; shrinking a fault takes minutes, its finder asks for it."""
    for colour in ((1, 2, 3), (9, 9, 9)):
        world.blob(colour)  # outside the walks, which are rolled back
    Walk.world, Walk.clock, Walk.monday, Walk.came = world, clock, now(), Counter()
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=max(steps // PER_WALK, 1),
            stateful_step_count=PER_WALK,
            deadline=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
            print_blob=False,
        ),
    )


@pytest.mark.long
def test_the_product_and_a_plain_model_of_the_law_agree(world, monday):
    walk_with(world, monday, STEPS)
    everything = {*ACTS, "Gone", "PermissionDenied", "NotNow", "Unfit", "lapse", "accept_late", "issue"} - {"grant"}
    assert set(Walk.came) >= everything, everything - set(Walk.came)
    assert sum(Walk.came.values()) >= STEPS // 4


def test_a_planted_difference_is_found(world, monday, monkeypatch):
    monkeypatch.setitem(GRID["hand_over"], "DRAFT", ("PROPOSING", ("AUTHOR", "UNIT")))
    with pytest.raises((AssertionError, Gone)):
        walk_with(world, monday, 400)
