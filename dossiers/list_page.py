"""The list of dossiers a person may see: filtered, searched, in pages that stay right while others are added."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from organizations.access import methods, person_of, signed_in
from organizations.models import Office
from organizations.names import fold

from .models import Dossier, Nomination
from .outcomes import sees_verdicts
from .states import EDITABLE, RETURNED, SIGNING_AGAIN, State

PAGE = 50  # dossiers on a page
FILTERS = ("q", "nhom", "dot", "don-vi", "nam")
MOST_NAMED = 3  # nominees named in a line when they are what was searched for


class Group(NamedTuple):
    """States that a reader takes for one."""

    label: Any
    states: tuple[str, ...]


GROUPS = {
    "dang-lap": Group(_("Đang lập, chờ ký"), (State.DRAFT, State.SIGNING)),
    "bo-sung": Group(_("Đơn vị bổ sung"), (*RETURNED, *SIGNING_AGAIN)),
    "dang-xet": Group(_("Đang xét"), (State.PROPOSING, State.REVIEWING, State.DELIBERATING, State.DECIDING)),
    "da-quyet-dinh": Group(_("Đã quyết định"), (State.DECIDED,)),
    "khong-xet": Group(_("Không xét, rút, quá hạn"), (State.DECLINED, State.WITHDRAWN, State.LAPSED)),
}
TONES = {
    **dict.fromkeys(GROUPS["dang-lap"].states, "plain"),
    **dict.fromkeys(GROUPS["bo-sung"].states, "soon"),
    **dict.fromkeys(GROUPS["dang-xet"].states, "navy"),
    State.DECIDED: "fine",
    **dict.fromkeys(GROUPS["khong-xet"].states, "late"),
}


class DossierList:
    """One page of the list.

    asked    the address's filters: q, nhom (group of states), dot (campaign), don-vi (unit), nam (year), sau (after)
    """

    def __init__(self, person: Any, asked: Any) -> None:
        self.person = person
        self.filters = {name: asked.get(name, "")[:200].replace("\0", "") for name in FILTERS}
        self.after = _number(asked.get("sau", ""))
        self.all = Dossier.objects.visible_to(person)
        self.bodies = list(self.all.order_by().values_list(
            "campaign_id", "campaign__short_name", "campaign__year", "unit_id", "unit__short_name", "unit__path"
        ).distinct())  # fmt: skip
        self.counts = self._counts()
        rows = self._within(GROUPS.get(self.filters["nhom"])).select_related("campaign", "unit").order_by("-pk")
        rows = rows.filter(pk__lt=self.after) if self.after else rows
        found = list(rows[: PAGE + 1])
        self.next_after = found[PAGE - 1].pk if len(found) > PAGE else None
        self.rows = self._lines(found[:PAGE])

    def _filtered(self) -> Any:
        """Everything asked for but the group of states."""
        asked = Q()
        for name, column in (("dot", "campaign"), ("don-vi", "unit"), ("nam", "campaign__year")):
            if number := _number(self.filters[name]):
                asked &= Q(**{column: number})
        return self.all.filter(asked).search(self.filters["q"])

    def _within(self, group: Group | None) -> Any:
        return self._filtered().filter(state__in=group.states) if group else self._filtered()

    def _counts(self) -> dict[str, int]:
        """{state: how many}, whatever group is shown."""
        return dict(self._filtered().order_by().values_list("state").annotate(Count("pk")))

    def _lines(self, dossiers: list[Dossier]) -> list[dict]:
        numbers = {
            row["dossier"]: row
            for row in Nomination.objects.filter(dossier__in=dossiers).order_by().values("dossier").annotate(
                total=Count("pk"), standing=Count("pk", filter=Q(left=""))
            )
        }  # fmt: skip
        named = self._named(dossiers)
        places = self._places(dossiers)
        return [self._line(one, numbers.get(one.pk, {}), named.get(one.pk, []), places) for one in dossiers]

    def _line(self, dossier: Dossier, numbers: dict, named: list[str], places: dict) -> dict:
        dossier.__dict__["places"] = places.get(dossier.campaign_id, [])
        out = numbers.get("total", 0) - numbers.get("standing", 0)
        mine = dossier.state in EDITABLE and self.person.holds(Office.AUTHOR, dossier.unit_id)
        return {
            "dossier": dossier, "tone": TONES[dossier.state], "total": numbers.get("total", 0), "editable": mine,
            "out": out if sees_verdicts(dossier, self.person) else 0, "named": named[:MOST_NAMED],
            "more": max(len(named) - MOST_NAMED, 0),
        }  # fmt: skip

    def _named(self, dossiers: list[Dossier]) -> dict[int, list[str]]:
        """Nominees whose name has a word searched for, in the order of Vietnamese names."""
        words = fold(self.filters["q"]).split()[:8]
        if not words or not dossiers:
            return {}
        wanted = Q()
        for word in words:
            wanted &= Q(search_key__contains=word)
        found: dict[int, list[str]] = {}
        rows = Nomination.objects.filter(wanted, dossier__in=dossiers).order_by("sort_key", "pk")
        for holder, name in rows.values_list("dossier_id", "full_name")[:1000]:
            found.setdefault(holder, []).append(name)
        return found

    def _places(self, dossiers: list[Dossier]) -> dict[int, list]:
        """The places of the campaigns on this page, read at once."""
        table = Dossier._meta.get_field("campaign").related_model.places.rel.related_model
        found: dict[int, list] = {}
        for row in table.objects.filter(campaign__in={dossier.campaign_id for dossier in dossiers}):
            found.setdefault(row.campaign_id, []).append(row)
        return found

    @property
    def groups(self) -> list[dict]:
        """The groups of states as pills, with how many each has."""
        pills = [{"label": _("Tất cả"), "url": self.url(nhom=""), "count": sum(self.counts.values()), "current": False}]
        for key, group in GROUPS.items():
            current = self.filters["nhom"] == key
            count = sum(self.counts.get(state, 0) for state in group.states)
            url = self.url(nhom="" if current else key)
            pills.append({"label": group.label, "url": url, "count": count, "current": current})
        pills[0]["current"] = not any(pill["current"] for pill in pills)
        return pills

    @property
    def choices(self) -> list[tuple[str, Any, list[tuple[str, str, bool]]]]:
        """The other filters that leave a choice: (name, label, [(value, label, whether it is asked for)])."""
        campaigns = {str(row[0]): row[1] for row in sorted(self.bodies, key=lambda row: -row[2])}
        units = {str(row[3]): row[4] for row in sorted(self.bodies, key=lambda row: row[5])}
        years = {str(row[2]): str(row[2]) for row in sorted(self.bodies, key=lambda row: -row[2])}
        offered = [("dot", _("Đợt thi đua"), campaigns), ("don-vi", _("Đơn vị"), units), ("nam", _("Năm"), years)]
        return [
            (name, label, [(value, word, value == self.filters[name]) for value, word in among.items()])
            for name, label, among in offered
            if len(among) > 1 or self.filters[name]
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The group of states, to be kept by the search form."""
        return [("nhom", self.filters["nhom"])] if self.filters["nhom"] else []

    @property
    def is_filtered(self) -> bool:
        """True when the list is not everything there is to see."""
        return any(self.filters.values())

    def url(self, **changes: str) -> str:
        """The address of this list with some filters changed."""
        wanted = {name: value for name, value in (self.filters | changes).items() if value}
        return "?" + urlencode(wanted)

    @property
    def next_url(self) -> str:
        """The address of the next page."""
        return self.url(sau=str(self.next_after)) if self.next_after else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


@methods("GET")
@signed_in
def dossiers(request: HttpRequest) -> HttpResponse:
    """The dossiers this person may see, newest first."""
    person = person_of(request)
    author = any(held.office == Office.AUTHOR for held in person.offices_today())
    return render(request, "dossiers/list.html", {"list": DossierList(person, request.GET), "author": author})
