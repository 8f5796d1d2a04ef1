"""A campaign as its plan reads: every part with its clause, ready for the page; six statements in all."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from audit.clock import now
from organizations.calendar import Distance, distance, end_of_day
from organizations.models import Office, Organization, Place

from .models import Campaign, CampaignPaper, Component, Criterion, DeadlineRule, NomineeKind, Threshold
from .words import INTERNAL, UNFOUNDED, blocked, step


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the plan: what it says, and where that is written."""

    name: str
    text: str = ""
    clause: str = ""

    @property
    def mark(self) -> str:
        """The chip beside a rule that is the house's own, or stands on no law yet."""
        if self.clause == INTERNAL:
            return _("nội bộ")
        return _("chưa có căn cứ luật") if self.clause.startswith(UNFOUNDED) else ""


@dataclass(frozen=True, slots=True)
class Day:
    """One date of the plan with how far it is; no distance once it is over and was no deadline."""

    name: str
    day: date
    clause: str
    distance: Distance | None


@dataclass(frozen=True, slots=True)
class Paper:
    """One component of the checklist: who provides it, what waits for it, and the common files there are."""

    component: Component
    provider: str
    blocks: str
    is_common: bool
    versions: list[CampaignPaper]
    may_add: bool


class Plan:
    """What the page shows of one campaign to one person."""

    def __init__(self, campaign: Campaign, person: Any):
        self.campaign, self.person = campaign, person
        self.bodies: dict[str, Organization] = {
            row.place: row.organization for row in campaign.places.select_related("organization")
        }
        self.participants = list(campaign.participants.order_by("path"))
        criteria = list(campaign.criteria.all())
        self.must = [one for one in criteria if one.kind == Criterion.Kind.MUST]
        self.disqualifies = [one for one in criteria if one.kind == Criterion.Kind.DISQUALIFIES]

    def days(self) -> list[Day]:
        """The dates of the plan, in their order."""
        given = self.campaign
        return [
            Day(_("Bắt đầu nhận hồ sơ"), given.opens_on, "", None),
            Day(_("Tính kết quả đến hết ngày"), given.results_until, "", _left(given.results_until)),
            Day(_("Hạn nộp hồ sơ"), given.last_day, given.last_day_clause, distance(end_of_day(given.last_day), now())),
        ]

    def awards(self) -> list[dict[str, Any]]:
        """Each award: {name, clause, kinds of nominee it is for, the vote it needs}."""
        labels = dict(NomineeKind.choices)
        return [
            {
                "name": award.name, "clause": award.clause,
                "kinds": ", ".join(str(labels[kind]) for kind in award.kinds.split()),
                "vote": Row(award.name, _vote(award), award.threshold_clause),
            }
            for award in self.campaign.awards.all()
        ]  # fmt: skip

    def offices(self) -> list[tuple[str, str]]:
        """Which body stands at each place, in the order of the route."""
        return [(str(place.label), self.bodies[place].name) for place in Place if place in self.bodies]

    def terms(self) -> list[Row]:
        """How long each step may take."""
        rows = [
            Row(step(term.node), _("%(days)d ngày làm việc") % {"days": term.working_days}, term.clause)
            for term in DeadlineRule.objects.filter(campaign=self.campaign, kind="AFTER").order_by("pk")
        ]
        times = {"times": self.campaign.supplements, "days": self.campaign.supplement_days}
        more = _("%(days)d ngày làm việc; nhiều nhất %(times)d lần") % times
        return [*rows, Row(_("Đơn vị bổ sung hồ sơ"), more, self.campaign.supplement_clause)]

    def papers(self) -> list[Paper]:
        """The checklist with the common files of the campaign, newest version first."""
        found = self.campaign.components.prefetch_related("papers__blob", "papers__by")
        return [self._paper(component) for component in found]

    def _paper(self, component: Component) -> Paper:
        common = component.holder == Component.Holder.CAMPAIGN
        body = self.bodies.get(component.provider)
        provider = body.short_name if body else str(Place(component.provider).label)
        versions = sorted(component.papers.all(), key=lambda paper: -paper.number)
        adds = common and may_add(self.person, self.bodies.get(Place.STANDING_BODY))
        return Paper(component, provider, blocked(component.blocks), common, versions, adds)


def may_add(person: Any, standing: Organization | None) -> bool:
    """Whether this person keeps the campaign's common papers: HOME_AFFAIRS at its standing body."""
    return standing is not None and person.holds(Office.HOME_AFFAIRS, standing)


def _left(day: date) -> Distance | None:
    moment, at = end_of_day(day), now()
    return distance(moment, at) if at <= moment else None


def _vote(award: Any) -> str:
    if award.threshold == Threshold.PERCENT:
        return _("ít nhất %(percent)d%% tổng số thành viên Hội đồng đồng ý") % {"percent": award.percent}
    return _("quá nửa tổng số thành viên Hội đồng đồng ý")
