"""What the author's page shows: what is missing, the names, the papers, and why the dossier came back."""

from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.clock import now
from audit.models import Entry
from campaigns.models import Component, Criterion
from organizations.calendar import Distance, add_working_days, distance, end_of_day
from organizations.models import Place

from .conditions import flagged, lacking
from .doubles import doubles_in
from .draft_forms import percent_text
from .edits import MOST_NAMES, may_change
from .models import CheckItem, Dossier, Nomination
from .outcomes import outcome_of
from .papers import may_provide
from .states import RETURNED, State

PAGE = 50  # names on a page
SENT_BACK = ("hand_back", "request_supplement", "recall", "accept_late")


class Line(NamedTuple):
    """One name of the list as the author's page shows it."""

    nomination: Nomination
    note: str
    percent: str
    warning: str
    asked: str
    outcome: Any
    may_change: bool
    may_remove: bool


class Task(NamedTuple):
    """One line of what is missing before submission."""

    done: bool
    text: str
    note: str = ""
    url: str = ""
    action: str = ""


class DraftPage:
    """The author's view of one dossier.  Statements do not grow with its names or papers."""

    def __init__(self, dossier: Dossier, person: Any, view: str = "", after: int = 0, order: str = "") -> None:
        self.dossier, self.person = dossier, person
        self.view, self.after, self.order = view, after, order

    @property
    def is_supplement(self) -> bool:
        """True while a desk waits for more."""
        return self.dossier.state in RETURNED

    @cached_property
    def due(self) -> datetime:
        """Until when the unit has: the cut-off, or the supplement's own deadline."""
        campaign = self.dossier.campaign
        if self.is_supplement and self.dossier.supplement_asked_at:
            return end_of_day(add_working_days(self.dossier.supplement_asked_at, campaign.supplement_days))
        return end_of_day(self.dossier.late_until or campaign.last_day)

    @property
    def distance(self) -> Distance:
        """How far that is."""
        return distance(self.due, now())

    @cached_property
    def sent_back(self) -> list[Entry]:
        """Why the dossier lies here again, newest first; empty when it was never away."""
        chain = Entry.objects.acts().filter(chain_type=self.dossier._meta.label_lower, chain_id=self.dossier.pk)
        found = list(chain.filter(act__in=SENT_BACK).order_by("-position")[:2])
        return found if self.is_supplement else found[:1]

    @cached_property
    def criteria(self) -> list[Criterion]:
        """What the plan asks of a nominee, and what disqualifies, with the clause of each."""
        return list(self.dossier.campaign.criteria.all())

    @cached_property
    def warnings(self) -> dict[int, str]:
        """{nomination id: that it stands twice}."""
        return doubles_in(self.dossier, self.person)

    @cached_property
    def tasks(self) -> list[Task]:
        """What must be there before submission; nothing is left to do exactly when the act waits for nothing."""
        here = reverse("dossiers:draft", args=[self.dossier.code])
        return [self._names_task(), *self._paper_tasks(), *self._achievement_task(here)]

    @property
    def missing(self) -> int:
        """How many things are missing."""
        return sum(not task.done for task in self.tasks)

    def _names_task(self) -> Task:
        count = len(self.dossier.still_in)
        text = ngettext("Danh sách: %(count)d đề nghị", "Danh sách: %(count)d đề nghị", count) % {"count": count}
        if count:
            return Task(True, text)
        url = reverse("dossiers:add_nominee", args=[self.dossier.code])
        return Task(False, _("Danh sách: chưa có đề nghị nào"), url=url, action=_("Thêm đề nghị"))

    def _paper_tasks(self) -> list[Task]:
        owed = {component.pk for component in lacking(self.dossier, "submit")}
        return [
            Task(
                component.pk not in owed, component.name, f"({component.clause})", f"#giay-to-{component.code}",
                _("Tải tệp lên"),
            )
            for component in (item.component for item in self.dossier.checklist)
            if component.blocks == "submit"
        ]  # fmt: skip

    def _achievement_task(self, here: str) -> list[Task]:
        empty = [n for n in self.dossier.still_in if not n.achievement.strip()]
        if not self.dossier.still_in:
            return []
        if not empty:
            return [Task(True, _("Thành tích của từng đối tượng"))]
        note = ngettext("còn thiếu %(count)d", "còn thiếu %(count)d", len(empty)) % {"count": len(empty)}
        url, action = f"{here}?xem=can-sua#danh-sach", _("Xem các dòng thiếu")
        return [Task(False, _("Thành tích của từng đối tượng"), note, url, action)]

    @cached_property
    def lines(self) -> list[Line]:
        """Every name, in the order asked for."""
        lines = [self._line(nomination) for nomination in self.dossier.names]
        if self.order == "ten":
            lines.sort(key=lambda line: line.nomination.sort_key)
        return lines

    def _line(self, nomination: Nomination) -> Line:
        changing = may_change(self.dossier, nomination)
        is_asked = self.is_supplement and not nomination.left and flagged(nomination)
        asked = nomination.judgements[-1].reason if is_asked else ""
        removable = changing and self.dossier.state == State.DRAFT and not nomination.judgements
        words = (nomination.get_kind_display(), nomination.title, nomination.unit_name)
        return Line(
            nomination, " · ".join(str(word) for word in words if word), percent_text(nomination.result_percent),
            self.warnings.get(nomination.pk, ""), asked, outcome_of(nomination, self.dossier, seen=True),
            changing, removable,
        )  # fmt: skip

    @cached_property
    def to_look_at(self) -> list[Line]:
        """Names that are asked about, stand twice, or lack their achievement."""
        return [
            line for line in self.lines
            if not line.nomination.left and (line.asked or line.warning or not line.nomination.achievement.strip())
        ]  # fmt: skip

    @property
    def chosen(self) -> list[Line]:
        """The names of the view asked for."""
        return self.to_look_at if self.view == "can-sua" else self.lines

    @property
    def shown(self) -> list[Line]:
        """The names of this page."""
        return self.chosen[self.after : self.after + PAGE]

    @property
    def next(self) -> int | None:
        """Where the next page starts."""
        following = self.after + PAGE
        return following if following < len(self.chosen) else None

    @property
    def may_add(self) -> bool:
        """Names are added to a draft only."""
        return self.dossier.state == State.DRAFT and len(self.dossier.names) < MOST_NAMES

    @cached_property
    def papers(self) -> list[tuple[CheckItem, bool]]:
        """The papers the unit provides, and whether it may add to each now."""
        own = [item for item in self.dossier.checklist if item.component.provider == Place.UNIT]
        return [(item, may_provide(self.dossier, item.component, self.person)) for item in own]

    def parts(self, form: Any) -> list[dict[str, Any]]:
        """Each paper with what is there and, where more may come, the form's field for it."""
        return [
            {"component": item.component, "documents": item.papers, "may": may,
             "field": form[f"file-{item.component.code}"] if may else None}
            for item, may in self.papers
        ]  # fmt: skip

    @property
    def open_components(self) -> list[Component]:
        """Components the unit may add papers for now."""
        return [item.component for item, may in self.papers if may]
