"""The desk as a page: tabs with their counts, filters kept in the address, rows the most overdue first."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists
from django.utils.translation import gettext as _

from audit.clock import now, today
from campaigns.models import Campaign
from organizations.models import Office, Person

from .bulk_fit import choices
from .desk_filters import Sight, active, quick
from .desk_rows import row_of
from .desk_wish import MINE, POOL, TABS, Tab, Wish, spans
from .due_order import Counted
from .keyset import cursor, place
from .models import StepRow
from .queries import StepQuerySet
from .saved_filters import saved_for

PAGE = 50  # rows
OVERDUE = "can-lam qua-han"  # the overdue among what must be done now, told in the head of the page


def desk_page(person: Person, asked: Any) -> dict[str, Any]:
    """All the desk shows, in three statements: filters kept by name; counts with names and what is open; rows.

    asked     the parameters of the address; with none the person's own default view is meant
    """
    kept = saved_for(person)
    default = next((Wish.of(one.query) for one in kept if one.mine and one.is_default), Wish())
    wish = Wish.read(asked) if asked else default
    sight = Sight(person, wish)
    counts, names, opens = _counted(sight)
    found, earlier, later = _page(sight)
    tabs = {tab.key: tab for tab in TABS}
    shown = {key: _capped(count, tabs.get(key, wish.tab).most) for key, count in counts.items()}
    return {
        "wish": wish, "rows": [row_of(step, person, wish.tab) for step in found], "today": today(),
        "is_kept": any(one.query == wish.query for one in kept),
        "late": counts[OVERDUE], "waiting": counts[POOL.key], "many": counts[wish.tab.key] > wish.tab.most,
        "tabs": [
            {"label": tab.label, "url": wish.on(tab).url(), "count": shown[tab.key], "current": tab is wish.tab}
            for tab in TABS if counts[tab.key] or tab.key != "dong-nghiep"
        ],
        "pills": quick(wish, shown), "active": active(wish, names), "saved": _saved(kept, wish), "opens": opens,
        "bulk": [] if wish.tab.done else choices(person, found), "placed": bool(_offices(person)), "keys": _keys(),
        **_addresses(wish, found, earlier, later),
    }  # fmt: skip


def _addresses(wish: Wish, found: list[StepRow], earlier: bool, later: bool) -> dict[str, Any]:
    """Where the page leads: pages before and after, the tabs, the same view with less, and what a row carries along."""
    last, first = (found[-1], found[0]) if found else (None, None)
    return {
        "next_url": wish.url(after=cursor(_moment(last, wish.tab), last.pk)) if later and last else "",
        "prev_url": wish.url(before=cursor(_moment(first, wish.tab), first.pk)) if earlier and first else "",
        "first_url": wish.url() if wish.after or wish.before else "",
        "urls": {tab.key: Wish(tab).url() for tab in TABS}, "clear_url": Wish(wish.tab).url(),
        "no_words_url": wish.url(words=""), "kept": wish.kept("words"),
        "row_query": f"?{urlencode({'tu': wish.query})}" if wish.query != Wish().query else "",
    }  # fmt: skip


def _offices(person: Person) -> set[str]:
    return {held.office for held in person.offices_today()} - {Office.ADMIN}


def _saved(kept: list[Any], wish: Wish) -> list[dict[str, Any]]:
    """Filters kept by name as pills; the one in force stands out."""
    return [
        {"label": one.name, "url": Wish.of(one.query).url(), "count": None, "current": one.query == wish.query,
         "shared": one.shared_by}
        for one in kept
    ]  # fmt: skip


def _keys() -> list[tuple[str, str]]:
    return [
        ("c", _("nhận việc ở dòng đang chọn")), ("r", _("trả việc ở dòng đang chọn lại chung")),
        ("x", _("chọn, bỏ chọn dòng để làm hàng loạt")), ("a", _("mở hồ sơ ngay chỗ xử lý")),
        ("n", _("mở việc gấp nhất")),
    ]  # fmt: skip


def _counted(sight: Sight) -> tuple[dict[str, int], dict[str, str | None], bool]:
    """One statement: how many steps the wish has on each tab and by each deadline, capped; the names of what is
    filtered by; whether the person may open a dossier today."""
    person, wish = sight.person, sight.wish
    counted = {tab.key: sight.rows(tab=tab, due="" if tab.done else wish.due) for tab in TABS}
    counted[OVERDUE] = MINE.rows(person).filter(spans()["qua-han"][1])
    if not wish.tab.done:
        counted |= {key: sight.rows(due=key) for key in spans()}
    names = sight.names()
    most = {tab.key: tab.most for tab in TABS}
    columns = [
        Counted(rows.first_keys(most.get(key, wish.tab.most) + 1)) for key, rows in counted.items()
    ]
    columns += [*names.values(), Exists(_open_campaigns(person))]
    *found, opens = Person.objects.filter(pk=person.pk).values_list(*columns).get()
    counts = dict(zip(counted, found[: len(counted)], strict=True))
    return counts, dict(zip(names, found[len(counted) :], strict=True)), opens


def _open_campaigns(person: Person) -> Any:
    """Campaigns open today for a unit where this person is the author."""
    units = [held.organization_id for held in person.offices_today() if held.office == Office.AUTHOR]
    return Campaign.objects.filter(participants__in=units, opens_on__lte=today(), last_day__gte=today())


def _capped(count: int, most: int) -> str:
    return f"{most}+" if count > most else str(count)


def _page(sight: Sight) -> tuple[list[StepRow], bool, bool]:
    """One page of rows, by key; whether there are rows before it, and after it."""
    wish, person = sight.wish, sight.person
    rows, own = sight.rows(), wish.tab.own or wish.tab.done
    if start := place(wish.before):
        found = _towards(rows, wish.tab, start).shown_to(person, PAGE + 1, own=own)
        return found[:PAGE][::-1], len(found) > PAGE, True
    start = place(wish.after)
    if start:
        rows = rows.before(start[0] or now(), start[1]) if wish.tab.done else rows.after(*start)
    found = rows.shown_to(person, PAGE + 1, own=own)
    return found[:PAGE], bool(start), len(found) > PAGE


def _towards(rows: StepQuerySet, tab: Tab, start: tuple) -> StepQuerySet:
    """The rows before a place, the nearest first."""
    return rows.later_than(start[0] or now(), start[1]) if tab.done else rows.ahead_of(*start)


def _moment(step: StepRow, tab: Tab) -> Any:
    return step.finished if tab.done else step.due_at
