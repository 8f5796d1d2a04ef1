"""The desk's filters: what each does to the steps, what it is called when in force, and what may be chosen."""

from functools import cached_property
from typing import Any

from django.db.models import Subquery
from django.utils.translation import gettext as _

from campaigns.models import Campaign, CampaignAward
from dossiers.models import Dossier
from organizations.models import Office, Organization, Person

from .desk_wish import FILTERS, MINE, POOL, UNCLAIMED, YES, Tab, Wish, spans, titles
from .nodes import Step
from .queries import StepQuerySet
from .row_figures import changed_since

MOST_CHOICES = 300  # of one list in the panel


class Sight:
    """The steps one person sees through a wish; words are looked up once."""

    def __init__(self, person: Person, wish: Wish):
        self.person, self.wish = person, wish

    @cached_property
    def _found(self) -> Any:
        return Dossier.objects.search(self.wish.words)

    def rows(self, **changes: Any) -> StepQuerySet:
        """The steps of the wish with some of it changed, in the order of its tab; of every page."""
        wish = self.wish.but(illegible=self.wish.illegible, **changes) if changes else self.wish
        rows = wish.tab.rows(self.person)
        if wish.illegible:
            return rows.none()
        if wish.words:
            rows = rows.on(self._found)
        if wish.due and not wish.tab.done:
            rows = rows.filter(spans()[wish.due][1])
        if wish.node:
            rows = rows.filter(flow_task__in=titles()[wish.node])
        return self._narrowed(rows, wish)

    def _narrowed(self, rows: StepQuerySet, wish: Wish) -> StepQuerySet:
        if wish.unit:
            rows = rows.under(int(wish.unit))
        if wish.campaign:
            rows = rows.filter(process__dossier__campaign=int(wish.campaign))
        if wish.award:
            rows = rows.for_award(wish.award)
        if wish.holder:
            rows = rows.free() if wish.holder == UNCLAIMED else rows.held().filter(owner=int(wish.holder))
        if wish.held:
            rows = rows.filter(process__dossier__held_since__isnull=False)
        return changed_since(self.person, rows) if wish.changed else rows

    def names(self) -> dict[str, Subquery]:
        """The names of what is filtered by, as columns of a statement: {field: its name or NULL}."""
        wish, found = self.wish, {}
        if wish.unit:
            found["unit"] = Organization.objects.filter(pk=int(wish.unit)).values("short_name")
        if wish.campaign:
            found["campaign"] = Campaign.objects.filter(pk=int(wish.campaign)).values("short_name")
        if wish.award:
            found["award"] = CampaignAward.objects.filter(code=wish.award).order_by("-pk").values("name")
        if wish.holder.isdecimal():  # the name of a colleague is told only where their steps are seen
            theirs = wish.tab.rows(self.person).filter(owner=int(wish.holder))
            found["holder"] = theirs.order_by().values("owner__full_name")
        return {field: Subquery(rows[:1]) for field, rows in found.items()}


def active(wish: Wish, names: dict[str, str | None]) -> list[dict[str, Any]]:
    """The filters in force that no pill of their own shows, as pills that take them off."""
    told = {
        "unit": (_("Đơn vị"), names.get("unit")), "campaign": (_("Đợt"), names.get("campaign")),
        "award": (_("Hình thức"), names.get("award")),
        "holder": (_("Người giữ"), _("chưa ai nhận") if wish.holder == UNCLAIMED else names.get("holder")),
    }  # fmt: skip
    unseen = _("không thấy ở đây")  # what one may not know of has no name
    pills = [
        _pill(f"{label}: {name or unseen}", wish.url(**{field: ""}), current=True)
        for field, (label, name) in told.items() if getattr(wish, field)
    ]  # fmt: skip
    if wish.node:
        label = f"{_('Bước')}: {titles()[wish.node][0].task_title}"
        pills.append(_pill(label, wish.url(node=""), current=True))
    return pills


def quick(wish: Wish, counts: dict[str, str]) -> list[dict[str, Any]]:
    """Filters at hand: deadlines with their counts, then holds and changes; a click on one in force takes it off."""
    if wish.tab.done:
        return []
    pills = [
        _pill(label, wish.url(due="" if wish.due == key else key), current=wish.due == key, count=counts[key])
        for key, (label, _span) in spans().items()
    ]  # fmt: skip
    for field, label in _ticks():
        value = getattr(wish, field)
        pills.append(_pill(label, wish.url(**{field: "" if value else YES}), current=bool(value)))
    return pills


def _pill(label: Any, url: str, *, current: bool, count: str | None = None) -> dict[str, Any]:
    return {"label": label, "url": url, "count": count, "current": current}


def panel(person: Person, wish: Wish) -> list[dict[str, Any]]:
    """What may be chosen in the tab: one list for each filter, {id, name, label, options, any}."""
    base = wish.tab.rows(person).order_by()
    chosen = {field: getattr(wish, field) for field in FILTERS}
    lists: list[tuple[str, str, list]] = [
        ("node", _("Bước"), _steps(person, wish.tab)), ("unit", _("Đơn vị"), _units(base)),
        ("campaign", _("Đợt thi đua"), _campaigns(base)), ("award", _("Hình thức khen thưởng"), _awards(base)),
    ]  # fmt: skip
    if not wish.tab.done:
        due = [(key, label) for key, (label, _span) in spans().items()]
        lists = [("due", _("Hạn xử lý"), due), *lists, ("holder", _("Người giữ"), _holders(base, wish.tab))]
    return [
        {"name": FILTERS[field][0], "label": label,
         "options": [(value, name, value == chosen[field]) for value, name in options]}
        for field, label, options in lists if options
    ]  # fmt: skip


def _steps(person: Person, tab: Tab) -> list[tuple[str, Any]]:
    """Steps that can lie in a tab: one's own offices' steps, or elsewhere any."""
    offices = {held.office for held in person.offices_today()} - {Office.ADMIN}
    return [
        (name, nodes[0].task_title)
        for name, nodes in titles().items() if not tab.own or _is_of(nodes, offices)
    ]  # fmt: skip


def _is_of(nodes: list[Step], offices: set[str]) -> bool:
    return any(node.office in offices for node in nodes)


def _units(base: StepQuerySet) -> list[tuple[str, str]]:
    """Bodies with steps in the tab and the bodies above them, indented as in the tree."""
    own = Organization.objects.filter(pk__in=base.values("process__dossier__unit")).values_list("path", flat=True)
    above = {int(part) for path in own[:MOST_CHOICES] for part in path.strip("/").split("/")}
    bodies = Organization.objects.filter(pk__in=above).order_by("path")
    return [(str(body.pk), "– " * body.depth + body.short_name) for body in bodies]


def _campaigns(base: StepQuerySet) -> list[tuple[str, str]]:
    there = Campaign.objects.filter(pk__in=base.values("process__dossier__campaign")).order_by("-year", "-pk")
    return [(str(one.pk), one.short_name) for one in there[:MOST_CHOICES]]


def _awards(base: StepQuerySet) -> list[tuple[str, str]]:
    """Awards of the campaigns in the tab; those of one code count as one, by the latest name."""
    rows = CampaignAward.objects.filter(campaign__in=base.values("process__dossier__campaign")).order_by("pk")
    return sorted(dict(rows.values_list("code", "name")).items(), key=lambda row: row[1])


def _holders(base: StepQuerySet, tab: Tab) -> list[tuple[str, str]]:
    """Who has claimed steps of the tab; one's own and the pool's leave no choice."""
    if tab in (MINE, POOL):
        return []
    people = Person.objects.filter(pk__in=base.exclude(owner=None).values("owner")).order_by("sort_key")
    found = [(str(one.pk), one.full_name) for one in people[:MOST_CHOICES]]
    return found if tab.own else [(UNCLAIMED, _("chưa ai nhận")), *found]


def described(person: Person, wish: Wish) -> list[str]:
    """A view in words: its tab, then each filter in force."""
    columns = Sight(person, wish).names()
    found = Person.objects.filter(pk=person.pk).values_list(*columns.values()).get() if columns else ()
    told = [str(wish.tab.label), *(str(pill["label"]) for pill in active(wish, dict(zip(columns, found, strict=True))))]
    if wish.due:
        told.append(spans()[wish.due][0])
    told += [str(label) for field, label in _ticks() if getattr(wish, field)]
    return told + ([f"“{wish.words}”"] if wish.words else [])


def _ticks() -> list[tuple[str, str]]:
    return [("held", _("Tạm dừng")), ("changed", _("Có thay đổi"))]
