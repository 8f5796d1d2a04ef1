"""What a person asks of the desk: the tab, the filters and the page, read from an address and written into one."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from audit.clock import now, today
from dossiers.states import State
from organizations.calendar import add_working_days, end_of_day
from organizations.models import Person

from .due_order import RUNNING, due
from .flows import PROCEDURES
from .models import StepRow
from .nodes import Step
from .queries import StepQuerySet

SOON_DAYS = 3  # working days
MOST_LETTERS = 500  # of the address of a view, as it is kept by name and carried from page to page
UNCLAIMED, YES = "chua", "co"
AWARD_CODE = re.compile(r"[A-Za-z0-9_.-]{1,20}")


@dataclass(frozen=True, slots=True)
class Tab:
    """One way to look at the steps, by the key it has in the address."""

    key: str
    label: Any
    rows: Callable[[Person], StepQuerySet]
    done: bool = False
    own: bool = True  # whether its steps are the work of this person's offices
    most: int = 999  # steps that are counted; the tab says no more than this


def _elsewhere(person: Person) -> StepQuerySet:
    return StepRow.objects.elsewhere(person)


def _done(person: Person) -> StepQuerySet:
    return StepRow.objects.done_by(person)


MINE = Tab("can-lam", gettext_lazy("Cần làm ngay"), lambda person: StepRow.objects.mine(person))
POOL = Tab("chung", gettext_lazy("Chung của phòng"), lambda person: StepRow.objects.pool(person))
TABS = [
    MINE, POOL,
    Tab("dong-nghiep", gettext_lazy("Đồng nghiệp đang giữ"), lambda person: StepRow.objects.colleagues(person)),
    Tab("noi-khac", gettext_lazy("Đang chờ nơi khác"), _elsewhere, own=False, most=99),
    Tab("da-xong", gettext_lazy("Đã xong"), _done, done=True, own=False, most=99),
]  # fmt: skip


def spans() -> dict[str, tuple[str, Q]]:
    """The filters by deadline: {key: (label, condition)}; the days of a held dossier do not run."""
    at, tonight = now(), end_of_day(today())
    return {
        "qua-han": (_("Quá hạn"), due(lt=at) & RUNNING),
        "hom-nay": (_("Hôm nay"), due(gte=at, lte=tonight) & RUNNING),
        "3-ngay": (_("≤ %(days)d ngày làm việc") % {"days": SOON_DAYS},
                   due(gte=at, lte=end_of_day(add_working_days(today(), SOON_DAYS))) & RUNNING),
        "khong-han": (_("Không hạn"), due()),
    }  # fmt: skip


@cache
def titles() -> dict[str, list[Step]]:
    """Steps of all procedures by name, in their order; those with one title count as one: {name of the first: all}."""
    steps = [node for flow in PROCEDURES.values() for node in flow.instance.nodes() if isinstance(node, Step)]
    by_title: dict[str, list[Step]] = {}
    with override("vi"):  # the same groups for every reader
        for node in sorted(steps, key=lambda step: list(State).index(step.state)):
            by_title.setdefault(str(node.task_title), []).append(node)
    return {nodes[0].name: nodes for nodes in by_title.values()}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


# field of a wish: (its name in the address, what it can mean)
FILTERS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "words": ("q", lambda text: True),
    "due": ("han", lambda text: text in spans()),
    "node": ("buoc", lambda text: text in titles()),
    "unit": ("don-vi", _is_number),
    "campaign": ("dot", _is_number),
    "award": ("hinh-thuc", lambda text: bool(AWARD_CODE.fullmatch(text))),
    "holder": ("giu", lambda text: text == UNCLAIMED or _is_number(text)),
    "held": ("tam-dung", lambda text: text == YES),
    "changed": ("thay-doi", lambda text: text == YES),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """A view of the desk.  A filter that cannot be read shows nothing: it must never show more than was asked for.

    words     searched in code, unit, nominees and awards, accents ignored
    unit      the id of a body, with everything below it in the tree
    holder    the id of whoever has claimed the step, or `chua`
    after     the cursor of the row before the page, `before` that of the row after it
    """

    tab: Tab = MINE
    words: str = ""
    due: str = ""
    node: str = ""
    unit: str = ""
    campaign: str = ""
    award: str = ""
    holder: str = ""
    held: str = ""
    changed: str = ""
    after: str = ""
    before: str = ""
    illegible: bool = False

    @classmethod
    def read(cls, query: Any) -> "Wish":
        """The wish in the parameters of an address; an unknown tab is the first one."""
        tab = next((tab for tab in TABS if tab.key == query.get("nhom")), MINE)
        asked = {field: query.get(name, "")[:200].strip() for field, (name, _fits) in FILTERS.items()}
        bad = {field for field, text in asked.items() if text and not FILTERS[field][1](text)}
        good = {field: "" if field in bad else text for field, text in asked.items()}
        return cls(tab, **good, after=query.get("sau", "")[:60], before=query.get("truoc", "")[:60],
                   illegible=bool(bad))  # fmt: skip

    @classmethod
    def of(cls, text: str) -> "Wish":
        """The wish in a query string kept by name or carried by a form."""
        return cls.read(QueryDict(text[:MOST_LETTERS]))

    @property
    def filters(self) -> dict[str, str]:
        """Filters in force: {field: value}."""
        return {field: getattr(self, field) for field in FILTERS if getattr(self, field)}

    @property
    def filtered(self) -> bool:
        """Whether the tab shows less than all it has."""
        return bool(self.filters) or self.illegible

    @property
    def query(self) -> str:
        """The view as a query string, without the page."""
        return urlencode({"nhom": self.tab.key} | {FILTERS[field][0]: text for field, text in self.filters.items()})

    def but(self, **changes: Any) -> "Wish":
        """This wish with some of it changed, from its first page on."""
        return replace(self, **{"after": "", "before": "", "illegible": False, **changes})

    def url(self, **changes: Any) -> str:
        """The address of this wish with some of it changed."""
        wish = self.but(**changes)
        pages = {name: text for name, text in (("sau", wish.after), ("truoc", wish.before)) if text}
        return f"{reverse('flows:desk')}?{wish.query}" + (f"&{urlencode(pages)}" if pages else "")

    def on(self, tab: Tab) -> "Wish":
        """The same filters on another tab; what the tab cannot filter by is left out."""
        return self.but(tab=tab, due="" if tab.done else self.due)

    def kept(self, *left_out: str) -> list[tuple[str, str]]:
        """The wish as fields of a form that asks for some filters itself."""
        asked = {FILTERS[field][0]: text for field, text in self.filters.items() if field not in left_out}
        return [("nhom", self.tab.key), *asked.items()]
