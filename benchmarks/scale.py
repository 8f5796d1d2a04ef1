"""The desk among a million dossiers: each statement and page of a reviewer, beside viewflow's on the same rows."""

import gc
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from dossiers.models import Dossier
from flows.desk_page import PAGE
from flows.keyset import cursor
from flows.models import StepRow
from organizations.models import Office, Person

from . import floor, scale_stock
from .scale_rows import Rows

DEEP = 100  # the page that must be as fast as the first
WARM = 3
# what a statement is told by: the first of these in it
KINDS = {
    '"tie"': "rows", "campaigns_campaignplace": "standing", "AS counted": "counts", "notifications_": "unread",
    "django_session": "session", "flows_savedfilter": "saved filters", "organizations_calendar": "calendar",
    "organizations_appointment": "offices", "organizations_person": "person",
}  # fmt: skip


@dataclass
class Seen:
    """One page, asked many times; seconds."""

    label: str
    who: str
    address: str
    size: int = 0
    wall: list[float] = field(default_factory=list)
    here: list[float] = field(default_factory=list)  # processor time of this process
    sql: list[dict[str, float]] = field(default_factory=list)  # of each request, by kind of statement
    statements: list[int] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        """Every kind of statement it asked."""
        return list(dict.fromkeys(kind for asked in self.sql for kind in asked))

    def of(self, kind: str) -> list[float]:
        """What statements of a kind took."""
        return [asked[kind] for asked in self.sql if kind in asked]


@dataclass
class Scale:
    """All that was measured."""

    dossiers: int
    open: int
    pages: list[Seen]
    stock: dict[str, tuple[Seen, Seen]]  # ours and theirs, asked by turns
    floors: list[floor.Floor]


def fill(count: int) -> None:
    """Make the house unless it is there already."""
    if not Dossier.objects.exists():
        Rows(count).fill()
    if not scale_stock.filled():
        scale_stock.fill()


def measure(times: int) -> Scale:
    """Ask every page so many times, one after the other by turns, so that no page has the quiet hour to itself."""
    floor.prepare()
    scale_stock.admit_people()
    people = {office: _busiest(office) for office in (Office.FINANCE, Office.AUTHOR)}
    clients = {office: _client(person) for office, person in people.items()}
    pages = [Seen(*row) for row in _wanted(people)]
    floors = []
    for turn in range(times + WARM):
        floors.append(floor.measure())
        for page in pages:
            _ask(page, lambda page=page: clients[page.who].get(page.address), keep=turn >= WARM)
    stock = _beside(pages, clients[Office.FINANCE], times)
    opened = StepRow.objects.open().count()
    return Scale(Dossier.objects.count(), opened, pages, stock, floors)


def _beside(pages: list[Seen], client: Client, times: int) -> dict[str, tuple[Seen, Seen]]:
    """Our desk and viewflow's list of the same steps by turns, in one process."""
    theirs, found = scale_stock.StockPages(client), {}
    for name, label in (("mine", "can-lam"), ("pool", "chung")):
        ours = next(page for page in pages if page.label == f"{label}, page 1")
        pair = Seen(label, ours.who, ours.address), Seen(f"viewflow's {scale_stock.PAGES[name]}", ours.who, "")
        for turn in range(max(times // 4, 3) + 1):
            _ask(pair[0], lambda ours=ours: client.get(ours.address), keep=turn > 0)
            _ask(pair[1], lambda name=name: theirs.get(name), keep=turn > 0)
        found[label] = pair
    return found


def _wanted(people: dict[str, Person]) -> Iterable[tuple[str, str, str]]:
    """Label, who asks, address."""
    steps, reviewer = StepRow.objects, people[Office.FINANCE]
    tabs = {"can-lam": None, "chung": steps.pool(reviewer), "noi-khac": steps.elsewhere(reviewer),
            "da-xong": steps.done_by(reviewer)}  # fmt: skip
    for tab, rows in tabs.items():
        address = f"{reverse('flows:desk')}?nhom={tab}"
        yield f"{tab}, page 1", Office.FINANCE, address
        before = rows and rows.values_list("finished" if tab == "da-xong" else "due_at", "pk")[_last(rows)]
        if before:
            yield f"{tab}, page {DEEP}", Office.FINANCE, f"{address}&sau={cursor(*before)}"
    for tab in ("can-lam", "noi-khac"):
        yield f"{tab} of a unit's author", Office.AUTHOR, f"{reverse('flows:desk')}?nhom={tab}"


def _last(rows: Any) -> int:
    """The place of the row before page 100, or before the last page of a small house."""
    return min(DEEP * PAGE - PAGE, max(rows.count() - PAGE - 1, 0)) - 1 if rows.count() > PAGE * 2 else 0


def _busiest(office: str) -> Person:
    """Who of an office in the large authority has about as much as anyone: the first by number."""
    return Person.objects.filter(appointments__office=office).order_by("pk").first()


def _client(person: Person) -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(person)
    return client


def _ask(page: Seen, send: Any, *, keep: bool) -> None:
    """Send one request; the garbage of the one before is swept first."""
    gc.collect()
    asked: list[tuple[str, float]] = []
    with connection.execute_wrapper(_noting(asked)):
        begun = perf_counter(), process_time()
        answer = send()
        ended = perf_counter(), process_time()
    if answer.status_code != 200:
        raise RuntimeError(f"{page.address}: {answer.status_code}")
    if not keep:
        return
    page.size = len(answer.content)
    page.wall.append(ended[0] - begun[0])
    page.here.append(ended[1] - begun[1])
    page.sql.append({_kind(sql): took for sql, took in asked})
    page.statements.append(len(asked))


def _noting(asked: list[tuple[str, float]]) -> Any:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = perf_counter()
        found = execute(sql, params, many, context)
        asked.append((sql, perf_counter() - begun))
        return found

    return note


def _kind(sql: str) -> str:
    return next((kind for word, kind in KINDS.items() if word in sql), sql[:40])
