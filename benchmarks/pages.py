"""The pages people wait for, asked through the whole stack in this process: desk, dossier page, one act sent."""

import gc
import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from dossiers.models import Dossier

from .ground import ACTS, Act, Case, Ground, open_steps
from .raw import Raw

FEW = 20  # dossiers there are when statements are counted the first time
TIMES = 30  # how often a page is asked
SPREAD = (0, 1, 2, 2, 2, 3, 3, 4)  # how many acts the dossiers have behind them, over and over


@dataclass(frozen=True)
class Seen:
    """What one page cost; `few` and `many` are its statements among few dossiers and among all."""

    page: str
    status: int
    few: int
    many: int
    milliseconds: tuple[float, ...]
    raw: int  # bytes
    packed: int


class House:
    """A house with many dossiers lying about, and people signed in."""

    def __init__(self) -> None:
        self.ground = Ground()
        self.raw = Raw(self.ground)
        self.cases: dict[int, list[Case]] = {}  # by acts behind them
        self.clients = {name: Client(headers={"host": "127.0.0.1"}) for name in self.ground.people}
        for name, client in self.clients.items():
            client.force_login(self.ground.people[name])

    def fill(self, count: int) -> None:
        """Make dossiers until there are so many: opened by the product, carried on in raw SQL, one commit for all."""
        there = sum(len(cases) for cases in self.cases.values())
        with transaction.atomic():
            made = [(SPREAD[i % len(SPREAD)], self.ground.opened()) for i in range(there, count)]
            for behind, act in enumerate(ACTS[: max(SPREAD)]):
                still = [case for wanted, case in made if wanted > behind]
                self.ground.between(act, still)
                self.raw.ready(act, still)
                for case in still:
                    self.raw.do(act, case)
        open_steps([case for _wanted, case in made])
        for wanted, case in made:
            self.cases.setdefault(wanted, []).append(case)
        _gather_statistics()

    def one_more(self, behind: int) -> Case:
        """A dossier ready for the act after so many."""
        with transaction.atomic():
            case = self.ground.opened()
            for act in ACTS[:behind]:
                self.ground.between(act, [case])
                self.raw.ready(act, [case])
                self.raw.do(act, case)
            self.ground.between(ACTS[behind], [case])
        open_steps([case])
        return case


def _gather_statistics() -> None:
    """What autovacuum does in a house that lives longer than a minute."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


Ask = Callable[[], Any]


def _reading(house: House) -> Iterable[tuple[str, str, tuple, str, str]]:
    """Label, route, its arguments, query, who asks."""
    yield "desk of the unit's head", "flows:desk", (), "", "chutich.anmau"
    yield "desk of TC–KH, its pool", "flows:desk", (), "?nhom=chung", "taichinh1"
    yield "desk of the author, elsewhere", "flows:desk", (), "?nhom=noi-khac", "lap.anmau"
    yield "dossier before TC–KH, to judge", "flows:dossier", (house.cases[2][0].code,), "", "taichinh1"
    yield "dossier before the council, to read", "flows:dossier", (house.cases[4][0].code,), "", "lap.anmau"


def _acting(house: House) -> Iterable[tuple[str, Act, int]]:
    """Label, act, acts behind it."""
    for behind, act in enumerate(ACTS[:3]):
        yield f"act {act.name}, sent", act, behind


def measure(count: int) -> Iterable[Seen | str]:
    """Every page's cost, or a sentence why it was passed over.

    count     dossiers lying about
    """
    house = House()
    house.fill(FEW)
    few = {label: _asked(ask()) for label, ask in _asks(house)}
    house.fill(count)
    for label, ask in _asks(house):
        counted = few[label]
        yield counted if isinstance(counted, str) else _measured(label, counted[0], ask)


def _asks(house: House) -> Iterable[tuple[str, Callable[[], Ask | str]]]:
    """For each page, how to make one request: a call that prepares it and gives a call that sends it."""
    for label, *wanted in _reading(house):
        yield label, lambda wanted=wanted: _get(house, *wanted)
    for label, act, behind in _acting(house):
        yield label, lambda act=act, behind=behind: _post(house, act, behind)


def _get(house: House, route: str, named: tuple, query: str, who: str) -> Ask | str:
    try:
        address = reverse(route, args=named) + query
    except NoReverseMatch:
        return f"passed over: there is no {route} yet"
    return lambda: house.clients[who].get(address)


def _post(house: House, act: Act, behind: int) -> Ask | str:
    try:
        reverse("flows:act", args=(1, act.node, 1))
    except NoReverseMatch:
        return "passed over: there is no flows:act yet"
    case = house.one_more(behind)
    form = {"act": act.name, "version": Dossier.objects.get(pk=case.dossier).version}
    if act.judges:
        form |= {f"judge-{pk}": "PASS" for pk, _position, _name in case.names}
    address = reverse("flows:act", args=(case.passage, act.node, case.step))
    return lambda: house.clients[act.who].post(address, form)


def _asked(ask: Ask | str) -> tuple[int, Any] | str:
    """Statements and answer of one request; a sentence stays one."""
    if isinstance(ask, str):
        return ask
    with CaptureQueriesContext(connection) as statements:
        answer = ask()
    return len(statements), answer


def _measured(label: str, few: int, ask: Callable[[], Ask | str]) -> Seen:
    many, answer = _asked(ask())
    took = []
    for _ in range(TIMES):
        send = ask()
        gc.collect()
        begun = perf_counter()
        send()
        took.append((perf_counter() - begun) * 1000)
    packed = len(gzip.compress(answer.content, 6))
    return Seen(label, answer.status_code, few, many, tuple(took), len(answer.content), packed)
