"""Stop, resume, hold, override, substitute, in any order: the product's clock and a plain one agree (Hypothesis).

The plain clock knows nothing of the product's reckoning: it walks day by day over the hand-made table of working days
and asks of each whether the clock ran when it began.
"""

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

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

from audit.clock import now, today
from audit.ledger import Actor
from campaigns.models import Campaign
from dossiers.clock import spent
from dossiers.errors import NotNow
from flows import sweeper
from flows.models import Firing
from flows.recompute import recompute
from organizations import calendar, calendar_acts
from organizations.acts import Refusal
from organizations.substitution_acts import end_substitution, set_substitute
from tests.conftest import MONDAY, VIETNAM
from tests.test_holds import hold, lift
from tests.working_table import read_table
from tests.world import World

WORKED = read_table()
EXAMPLES = int(os.environ.get("CLOCK_EXAMPLES", "6"))
STEPS = int(os.environ.get("CLOCK_STEPS", "25"))
TERM = 5  # working days of TC–KH's desk, and of a supplement
LADDER = (-3, -1, 0, 1, 3, 5)
CLOSES = time(11, 30)


@dataclass
class Plain:
    """Days, and the moments at which the clock stopped and went on."""

    overrides: dict[date, str] = field(default_factory=dict)
    desk_since: datetime | None = None
    asked_at: datetime | None = None
    held: bool = False
    with_unit: bool = False
    changes: list[tuple[datetime, bool, bool]] = field(default_factory=list)  # moment, held, with the unit
    armed_at: datetime | None = None
    fired: set = field(default_factory=set)

    def note(self) -> None:
        """The clock's state from this moment on."""
        self.changes.append((now(), self.held, self.with_unit))

    def worked(self, day: date) -> bool:
        """Whether offices work that day."""
        kind = self.overrides.get(day)
        return WORKED[day] if kind is None else kind != "OFF"

    def ran(self, day: date, *, for_unit: bool) -> bool:
        """Whether the clock ran when the day began; to come, it is taken to run."""
        if day > today():
            return True
        begun = datetime.combine(day, time(), tzinfo=VIETNAM)
        before = [one for one in self.changes if one[0] < begun]
        _at, held, with_unit = before[-1]
        return not held and (for_unit or not with_unit)

    def used(self, since: datetime, until: date, *, for_unit: bool = False, gross: bool = False) -> int:
        """Working days after `since`, up to and including `until`, in which the clock ran."""
        day, count = since.astimezone(VIETNAM).date(), 0
        while day < until:
            day += timedelta(days=1)
            count += self.worked(day) and (gross or self.ran(day, for_unit=for_unit))
        return count

    def due(self) -> datetime:
        """The close of the day on which the term is used up."""
        since = self.asked_at if self.with_unit else self.desk_since
        day, count = since.astimezone(VIETNAM).date(), 0
        while count < TERM:
            day += timedelta(days=1)
            count += self.worked(day) and self.ran(day, for_unit=self.with_unit)
        closes = CLOSES if self.overrides.get(day) == "HALF" else time.max
        return datetime.combine(day, closes, tzinfo=VIETNAM)

    def rung(self, offset: int, due: datetime) -> datetime:
        """08:00 of the day of a rung, walked to day by day."""
        day, left = due.date(), abs(offset)
        while left:
            day += timedelta(days=1 if offset > 0 else -1)
            left -= self.worked(day)
        return datetime.combine(day, time(8), tzinfo=VIETNAM)

    def fire(self) -> None:
        """Whatever rung was reached since the clock was armed."""
        if self.held:
            return
        due = self.due()
        for offset in LADDER:
            moment = self.rung(offset, due)
            if self.armed_at < moment <= now() and not (self.with_unit and moment > due):
                self.fired.add((offset, due))


class ClockMachine(RuleBasedStateMachine):
    """What people do to a dossier at TC–KH's desk and at the unit, while time goes by."""

    seen: Counter = Counter()
    traveller = None

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.over = False

    def teardown(self):
        """Nothing of an example is kept."""
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        calendar.forget()
        self.traveller.move_to(MONDAY)

    @initialize()
    def begin(self):
        """A dossier comes to TC–KH's desk; supplements may be asked again and again."""
        self.traveller.move_to(MONDAY)
        calendar.forget()
        Campaign.objects.update(supplements=99)
        self.world, self.plain = World(), Plain()
        self.dossier = self.world.submitted(names=1)
        self.world.add_paper(self.dossier, "CONG_VAN", self.world.finance)
        self.plain.desk_since = self.plain.armed_at = self.world.fresh(self.dossier).desk_since
        self.plain.changes = [(MONDAY - timedelta(days=9), False, False)]
        self.lent, self.body = None, self.world.step(self.dossier).organization

    def _count(self, what):
        type(self).seen[what] += 1

    @precondition(lambda self: not self.over)
    @rule(hours=st.sampled_from([1, 5, 20, 26, 49, 75]))
    def time_goes_by(self, hours):
        """An hour to three days; the clock looks every few hours."""
        for _ in range(max(1, hours // 6)):
            self.traveller.shift(timedelta(hours=hours / max(1, hours // 6)))
            self._sweep()
            if self.over:
                return

    def _sweep(self):
        self.plain.fire()
        sweeper.sweep_deadlines()
        lapses = self.plain.with_unit and not self.plain.held and now() >= self.plain.due()
        assert (self.world.fresh(self.dossier).state == "LAPSED") == lapses
        if lapses:
            self._count("lapse")
            self.over = True

    @precondition(lambda self: not self.over and not self.plain.with_unit and not self.plain.held)
    @rule()
    def a_supplement_is_asked(self):
        """The clock of the desk stops, the unit's own begins."""
        facts = {"verdicts": self.world.all_pass(self.dossier, n1=("SUPPLEMENT", "thiếu")), "papers": []}
        self.world.do(self.dossier, "request_supplement", self.world.finance, reason="thiếu", **facts)
        self.plain.with_unit, self.plain.asked_at = True, self.world.fresh(self.dossier).supplement_asked_at
        self._armed("stop")

    @precondition(lambda self: not self.over and self.plain.with_unit and not self.plain.held)
    @rule()
    def the_unit_submits_it(self):
        """The clock of the desk goes on where it stood."""
        self.world.do(self.dossier, "hand_over", self.world.author)
        self.world.do(self.dossier, "resubmit", self.world.head)
        self.plain.with_unit = False
        self._armed("resume")

    @precondition(lambda self: not self.over and self.plain.with_unit and not self.plain.held)
    @rule()
    def the_unit_submits_it_soon(self):
        """The same: so that it comes before the supplement lapses often enough."""
        self.the_unit_submits_it()

    def _armed(self, what):
        self.plain.armed_at = now()
        self.plain.note()
        self._count(what)

    @precondition(lambda self: not self.over and not self.plain.held)
    @rule()
    def it_is_put_on_hold(self):
        """Everything stands."""
        hold(self.world, self.dossier)
        self.plain.held = True
        self._armed("hold")

    @precondition(lambda self: not self.over and self.plain.held)
    @rule()
    def the_hold_is_lifted(self):
        """What stood goes on."""
        lift(self.world, self.dossier)
        self.plain.held = False
        self._armed("lift")
        self._sweep()

    @precondition(lambda self: not self.over and not self.plain.held)
    @rule(days=st.integers(1, 3))
    def it_stands_for_days(self, days):
        """Held, some nights go by, lifted: what a walk of single steps comes to too seldom."""
        self.it_is_put_on_hold()
        for _ in range(days):
            self.time_goes_by(26)
        self.the_hold_is_lifted()
        self._count("stood overnight")

    @precondition(lambda self: not self.over)
    @rule(ahead=st.integers(-4, 16), kind=st.sampled_from(["OFF", "WORK", "HALF"]))
    def a_day_is_overridden(self, ahead, kind):
        """A late document changes a day; open deadlines are reckoned anew."""
        day = today() + timedelta(days=ahead)
        if day in self.plain.overrides:
            return
        closes = CLOSES if kind == "HALF" else None
        row = calendar_acts.enter_day(
            by=Actor(self.world.admin), day=day, kind=kind, closes_at=closes, document="Công văn"
        )
        calendar_acts.confirm_day(row, by=Actor(self.world.person("vanphong")))
        calendar.forget()
        self.plain.overrides[day] = kind
        recompute(by=Actor(self.world.admin), reason="Công văn")
        self.plain.armed_at = now()
        self._count("override")
        self._sweep()

    @precondition(lambda self: not self.over)
    @rule(days=st.integers(0, 4))
    def a_substitute_is_set_or_ended(self, days):
        """Somebody of another unit stands in for TC–KH's specialist for some days."""
        if self.lent is not None and self.lent.revoked_at is None and self.lent.valid_until >= today():
            self.lent = end_substitution(self.lent, by=Actor(self.world.finance)).subject
            return
        try:
            self.lent = set_substitute(
                by=Actor(self.world.finance), principal=self.world.finance, office="FINANCE",
                organization=self.body, substitute=self.world.stranger, valid_from=today(),
                valid_until=today() + timedelta(days=days), reason="Đi công tác",
            ).subject  # fmt: skip
            self._count("substitute")
        except Refusal:
            self._count("substitute refused")

    @precondition(lambda self: not self.over and not self.plain.with_unit)
    @rule(who=st.sampled_from(["taichinh1", "lap.binhmau"]))
    def someone_proposes(self, who):
        """The dossier leaves the desk if the person may, and nothing is on hold; then all is taken back."""
        lent = self.lent is not None and self.lent.revoked_at is None and self.lent.valid_until >= today()
        may = who == "taichinh1" or lent
        try:
            with transaction.atomic():
                verdicts = self.world.all_pass(self.dossier)
                self.world.do(self.dossier, "propose", self.world.person(who), verdicts=verdicts)
                assert may
                assert not self.plain.held
                self._count(f"proposed by {who}")
                transaction.set_rollback(True)
        except NotNow:
            assert may
            assert self.plain.held
            self._count("refused while held")
        except PermissionDenied:
            assert not may
            self._count("not theirs")

    @invariant()
    def both_clocks_agree(self):
        """The same deadline, the same rungs, the same time spent, gross and net."""
        if self.over or not hasattr(self, "plain"):
            return
        step, plain = self.world.step(self.dossier), self.plain
        if not plain.held:
            assert step.due_at == plain.due()
        fired = Firing.objects.filter(step__process__dossier=self.dossier).values_list("rung", "due_at")
        assert sorted(fired) == sorted((rung, due) for rung, due in plain.fired)
        dossier = self.world.fresh(self.dossier)
        gross = plain.used(dossier.received_at, today(), gross=True)
        assert spent(dossier, now()) == {"gross": gross, "net": plain.used(dossier.received_at, today())}


MET = {"stop", "resume", "hold", "lift", "override", "substitute", "refused while held", "not theirs",
       "proposed by taichinh1", "proposed by lap.binhmau", "stood overnight"}  # fmt: skip


def walk(machine, monday, *, examples=EXAMPLES, steps=STEPS):
    """Run the machine; a difference is an AssertionError."""
    machine.traveller, machine.seen = monday, Counter()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, phases=(Phase.generate,),
            derandomize="CLOCK_STEPS" not in os.environ, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_the_product_and_a_plain_clock_agree(world, monday):
    assert connection.in_atomic_block
    walk(ClockMachine, monday)
    assert set(ClockMachine.seen) >= MET, MET - set(ClockMachine.seen)


class Slow(Plain):
    """Planted: a plain clock that takes the day of the return for a day used."""

    def ran(self, day, *, for_unit):
        """Wrong on the day on which a stop ended."""
        ended = {at.astimezone(VIETNAM).date() for at, held, with_unit in self.changes if not held and not with_unit}
        return True if day in ended else super().ran(day, for_unit=for_unit)


def test_the_harness_sees_a_clock_that_counts_the_day_of_return(world, monday, monkeypatch):
    monkeypatch.setitem(globals(), "Plain", Slow)
    with pytest.raises(AssertionError):
        walk(ClockMachine, monday, examples=20)
