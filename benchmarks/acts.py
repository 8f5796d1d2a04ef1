"""The race: engines that carry cases over the same six acts, act after act, by turns, in one process."""

import gc
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from . import floor, left, processor
from .ground import ACTS, Act, Case, Ground
from .ours import Ours
from .raw import Raw
from .stock import Stock
from .stock_effects import StockEffects

ENGINES = (Ours, Stock, StockEffects, Raw)


@dataclass
class Run:
    """What one engine took in one repetition, in seconds."""

    wall: float = 0.0
    here: float = 0.0  # processor time of this process
    there: float = 0.0  # processor time of the database server

    @property
    def cpu(self) -> float:
        """Both together."""
        return self.here + self.there


@dataclass
class Race:
    """All that was measured, by the engine's name; within it by the act's."""

    acts: int  # of one engine in one repetition
    runs: dict[str, list[Run]] = field(default_factory=lambda: defaultdict(list))
    by_act: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(dict))  # processor seconds
    statements: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(dict))
    floors: list[floor.Floor] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)  # ways in which the engines did not do the same work

    def rates(self, name: str) -> list[float]:
        """Acts per second of each repetition."""
        return [self.acts / run.wall for run in self.runs[name]]

    def ratios(self, name: str) -> list[float]:
        """Ours over theirs, repetition by repetition."""
        return [a / b for a, b in zip(self.rates(Ours.name), self.rates(name), strict=True)]

    def cpu_ratios(self, name: str) -> list[float]:
        """The same by processor time, of this process and the server together."""
        return [b.cpu / a.cpu for a, b in zip(self.runs[Ours.name], self.runs[name], strict=True)]

    def milliseconds(self, name: str, what: str) -> list[float]:
        """Of one act, in each repetition; `what` is wall, here or there."""
        return [getattr(run, what) / self.acts * 1000 for run in self.runs[name]]


def race(ground: Ground, *, reps: int, acts: int, engines: Sequence[type] = ENGINES) -> Race:
    """Warm up, count statements, then measure; every repetition begins with new cases.

    acts      of each engine in each repetition; made up to whole dossiers
    """
    floor.prepare()
    runners = [engine(ground) for engine in engines]
    count = max(1, -(-acts // len(ACTS)))
    race = Race(count * len(ACTS))
    _carry(ground, runners, 2, 0, lambda runner, act, cases: _work(runner, act, cases))
    _carry(ground, runners, 1, 0, lambda runner, act, cases: _count(race, runner, act, cases))
    for rep in range(reps):
        race.floors.append(floor.measure())
        for runner in runners:
            race.runs[runner.name].append(Run())
        cases = _carry(ground, runners, count, rep, lambda runner, act, cases: _time(race, runner, act, cases))
        race.unlike += unlike(cases)
    return race


def _carry(ground: Ground, runners: list, count: int, turn: int, work: Callable) -> dict[str, list[Case]]:
    """Carry so many cases of every engine from the first act to the last; who begins an act changes with each."""
    cases = {runner.name: runner.begin(count) for runner in runners}
    for i, act in enumerate(ACTS, start=turn):
        ground.between(act, [case for own in cases.values() for case in own])
        for runner in runners:
            runner.ready(act, cases[runner.name])
        first = i % len(runners)
        for runner in runners[first:] + runners[:first]:
            work(runner, act, cases[runner.name])
    return cases


def _work(runner: Any, act: Act, cases: Sequence[Case]) -> None:
    for case in cases:
        runner.do(act, case)


def _count(race: Race, runner: Any, act: Act, cases: Sequence[Case]) -> None:
    """Note what one act asks the database, BEGIN and COMMIT among it."""
    with CaptureQueriesContext(connection) as asked:
        _work(runner, act, cases)
    race.statements[runner.name][act.name] = [query["sql"] for query in asked.captured_queries]


def _time(race: Race, runner: Any, act: Act, cases: Sequence[Case]) -> None:
    """Time one act of all cases; the garbage of whoever ran before is swept first."""
    gc.collect()
    begun = perf_counter(), processor.here(), processor.there()
    _work(runner, act, cases)
    ended = perf_counter(), processor.here(), processor.there()
    wall, here, there = (after - before for before, after in zip(begun, ended, strict=True))
    run = race.runs[runner.name][-1]
    run.wall, run.here, run.there = run.wall + wall, run.here + here, run.there + there
    race.by_act[runner.name].setdefault(act.name, []).append((here + there) / len(cases))


def unlike(cases: dict[str, list[Case]]) -> list[str]:
    """Ways in which the engines did not do the work they are said to have done; none in an honest race.

    Raw SQL leaves what ours leaves, row by row; stock with effects as many entries and notices; stock its tasks only.
    """
    entries, notices = left.effects(cases[Ours.name])
    found = [] if entries == len(cases[Ours.name]) * len(ACTS) else [f"ours: {entries} entries"]
    if Raw.name in cases:
        found += left.differences(cases[Ours.name], cases[Raw.name])
    if Stock.name in cases:
        found += left.shortfalls(cases[Stock.name], entries=0, notices=0)
    if StockEffects.name in cases:
        found += left.shortfalls(cases[StockEffects.name], entries=entries, notices=notices)
    return found
