"""The desk as a page: tabs with their counts, filters kept in the address, rows the most overdue first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.clock import now, today
from campaigns.models import Campaign
from dossiers.models import Dossier
from dossiers.states import State
from dossiers.words import past
from organizations.calendar import Distance, add_working_days, distance, end_of_day
from organizations.models import Office, Person

from .flows import PROCEDURES
from .models import StepRow
from .nodes import Step
from .queries import Counted, StepQuerySet

PAGE = 50  # rows
MOST_COUNTED = 999  # a tab says no more than this
SOON_DAYS = 3  # working days
OVERDUE = "can-lam qua-han"  # the overdue among what must be done now, told in the head of the page
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tab:
    """One way to look at the steps, by the key it has in the address."""

    key: str
    label: Any
    rows: Callable[[Person], StepQuerySet]
    done: bool = False


def _elsewhere(person: Person) -> StepQuerySet:
    return StepRow.objects.elsewhere(person, Dossier.objects.visible_to(person))


def _done(person: Person) -> StepQuerySet:
    return StepRow.objects.done_by(person).on(Dossier.objects.visible_to(person))


TABS = [
    Tab("can-lam", gettext_lazy("Cần làm ngay"), lambda person: StepRow.objects.mine(person)),
    Tab("chung", gettext_lazy("Chung của phòng"), lambda person: StepRow.objects.pool(person)),
    Tab("dong-nghiep", gettext_lazy("Đồng nghiệp đang giữ"), lambda person: StepRow.objects.colleagues(person)),
    Tab("noi-khac", gettext_lazy("Đang chờ nơi khác"), _elsewhere),
    Tab("da-xong", gettext_lazy("Đã xong"), _done, done=True),
]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for: the tab, the words searched, the filters, and after which row to go on."""

    tab: Tab = TABS[0]
    words: str = ""
    due: str = ""
    node: str = ""
    after: str = ""

    @classmethod
    def read(cls, query: Any) -> "Wish":
        """The wish in a query string; what it cannot mean is as if it were not there."""
        tab = next((tab for tab in TABS if tab.key == query.get("nhom")), TABS[0])
        due, node = query.get("han", ""), query.get("buoc", "")
        return cls(tab, query.get("q", "")[:200].strip(), due if due in _spans() else "",
                   node if node in _titles() else "", query.get("sau", "")[:60])  # fmt: skip

    def url(self, **changes: Any) -> str:
        """The address of this wish with some of it changed; it starts at the first page unless told."""
        wish = replace(self, **{"after": "", **changes})
        asked = {"nhom": wish.tab.key, "q": wish.words, "han": wish.due, "buoc": wish.node, "sau": wish.after}
        return f"{reverse('flows:desk')}?{urlencode({key: value for key, value in asked.items() if value})}"


@dataclass(frozen=True, slots=True)
class Row:
    """One step as a row: how far its deadline is, who has it, and what may be done with it from here."""

    step: StepRow
    distance: Distance | None
    mine: bool
    holder: str
    cause: str
    may_claim: bool
    may_release: bool


def desk_page(person: Person, wish: Wish) -> dict[str, Any]:
    """All the desk shows, in three statements: counts, rows, and campaigns in which the person may open a dossier."""
    counts = _counts(person, wish.tab)
    found = _page(person, wish)
    rows = [_row(step, person, wish.tab) for step in found[:PAGE]]
    more = wish.url(after=_cursor(found[PAGE - 1], wish.tab)) if len(found) > PAGE else ""
    return {
        "wish": wish, "rows": rows, "today": today(), "late": counts[OVERDUE], "waiting": counts["chung"],
        "tabs": [
            {"label": tab.label, "url": Wish(tab).url(), "count": _capped(counts[tab.key]), "current": tab is wish.tab}
            for tab in TABS
            if counts[tab.key] or tab.key != "dong-nghiep"
        ],
        "pills": _pills(person, wish, counts), "next_url": more, "first_url": wish.url() if wish.after else "",
        "urls": {tab.key: Wish(tab).url() for tab in TABS},
        "clear_url": Wish(wish.tab).url(), "filtered": bool(wish.words or wish.due or wish.node),
        "kept": [("nhom", wish.tab.key), ("han", wish.due), ("buoc", wish.node)],
        "opens": _may_open(person), "placed": bool(_offices(person)),
        "keys": [("c", _("nhận việc ở dòng đang chọn")), ("r", _("trả việc ở dòng đang chọn lại chung"))],
    }  # fmt: skip


def _offices(person: Person) -> set[str]:
    return {held.office for held in person.offices_today()} - {Office.ADMIN}


def _spans() -> dict[str, tuple[Any, Q]]:
    """The filters by deadline: {key: (label, condition)}."""
    at, tonight = now(), end_of_day(today())
    return {
        "qua-han": (_("Quá hạn"), Q(due_at__lt=at)),
        "hom-nay": (_("Hôm nay"), Q(due_at__gte=at, due_at__lte=tonight)),
        "3-ngay": (_("≤ %(days)d ngày làm việc") % {"days": SOON_DAYS},
                   Q(due_at__gte=at, due_at__lte=end_of_day(add_working_days(today(), SOON_DAYS)))),
    }  # fmt: skip


def _titles() -> dict[str, list[Step]]:
    """Steps of all procedures by name, in their order; those with one title count as one: {name of the first: all}."""
    steps = [node for flow in PROCEDURES.values() for node in flow.instance.nodes() if isinstance(node, Step)]
    by_title: dict[str, list[Step]] = {}
    for node in sorted(steps, key=lambda step: list(State).index(step.state)):
        by_title.setdefault(str(node.task_title), []).append(node)
    return {nodes[0].name: nodes for nodes in by_title.values()}


def _counts(person: Person, current: Tab) -> dict[str, int]:
    """How many steps each tab has, and each filter of the current tab; one statement, no tab counted past the cap."""
    counted = {tab.key: tab.rows(person) for tab in TABS}
    counted[OVERDUE] = TABS[0].rows(person).filter(_spans()["qua-han"][1])
    if not current.done:
        counted |= {key: current.rows(person).filter(span) for key, (_label, span) in _spans().items()}
    columns = [Counted(rows.order_by().values("pk")[: MOST_COUNTED + 1]) for rows in counted.values()]
    found = Person.objects.filter(pk=person.pk).values_list(*columns).get()
    return dict(zip(counted, found, strict=True))


def _capped(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def _pills(person: Person, wish: Wish, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Filters as links; a click on the one in force takes it off."""
    spans = {} if wish.tab.done else _spans()
    pills = [
        {"label": label, "count": _capped(counts[key]), "current": wish.due == key,
         "url": wish.url(due="" if wish.due == key else key)}
        for key, (label, _span) in spans.items()
    ]  # fmt: skip
    steps = {name: nodes[0] for name, nodes in _titles().items() if _is_seen(nodes, person, wish.tab)}
    if len(steps) > 1:
        pills += [
            {"label": node.task_title, "count": None, "current": wish.node == name,
             "url": wish.url(node="" if wish.node == name else name)}
            for name, node in steps.items()
        ]  # fmt: skip
    return pills


def _is_seen(nodes: list[Step], person: Person, tab: Tab) -> bool:
    """Whether steps by this title can lie in a tab: one's own offices' steps, or elsewhere any."""
    return tab.key == "noi-khac" or any(node.office in _offices(person) for node in nodes)


def _page(person: Person, wish: Wish) -> list[StepRow]:
    """One page of rows and one more, by key and not by number, so that new work does not shift it."""
    rows = wish.tab.rows(person)
    if wish.words:
        rows = rows.on(Dossier.objects.search(wish.words))
    if wish.due and not wish.tab.done:
        rows = rows.filter(_spans()[wish.due][1])
    if wish.node:
        rows = rows.filter(flow_task__in=_titles()[wish.node])
    if place := _place(wish.after):
        rows = rows.before(place[0] or now(), place[1]) if wish.tab.done else rows.after(*place)
    return list(rows.shown_to(person)[: PAGE + 1])


def _cursor(step: StepRow, tab: Tab) -> str:
    """The key of a row: its moment in microseconds since 1970, or nothing, and its number."""
    moment = step.finished if tab.done else step.due_at
    return f"{(moment - EPOCH) // timedelta(microseconds=1) if moment else ''}_{step.pk}"


def _place(cursor: str) -> tuple[datetime | None, int] | None:
    """What a cursor says, or None when it says nothing."""
    moment, _bar, pk = cursor.partition("_")
    if not (pk.isascii() and pk.isdecimal() and len(pk) <= 18 and len(moment) <= 17):
        return None
    if not moment:
        return None, int(pk)
    return (EPOCH + timedelta(microseconds=int(moment)), int(pk)) if moment.isascii() and moment.isdecimal() else None


def _row(step: StepRow, person: Person, tab: Tab) -> Row:
    mine, theirs = step.owner_id == person.pk, person.holds(step.office, step.organization_id)
    return Row(
        step=step, mine=mine, cause=past(step.cause) if step.cause else "",
        distance=distance(step.due_at, now()) if step.due_at and not tab.done else None,
        holder=step.owner.full_name if step.claimed or tab.done else "",
        may_claim=theirs and not mine and not tab.done,
        may_release=theirs and mine and step.assigned is not None and not tab.done,
    )  # fmt: skip


def _may_open(person: Person) -> bool:
    """Whether a campaign is open today for a unit where this person is the author."""
    units = [held.organization_id for held in person.offices_today() if held.office == Office.AUTHOR]
    open_now = Campaign.objects.filter(participants__in=units, opens_on__lte=today(), last_day__gte=today())
    return bool(units) and open_now.exists()
