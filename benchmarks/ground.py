"""The ground all engines run on: the district, its campaign open today, and what lies between the measured acts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from audit.clock import today
from audit.ledger import Actor
from campaigns import acts as campaign_acts
from campaigns.models import Campaign, Component
from councils import acts as council_acts
from councils.models import Council
from decisions import acts as decision_acts
from dossiers import edits, papers
from dossiers.models import Dossier
from dossiers.states import State
from files.acts import take_in
from flows import desk, rulings, sittings
from flows.models import StepRow
from organizations.models import Organization, Person
from workflow_project.district import address, build
from workflow_project.samples import paper

NAMES = 3  # nominations of each dossier
MEMBERS = 9


@dataclass(frozen=True)
class Act:
    """One measured act: at which node, from which state, by whom of the district."""

    name: str
    node: str
    source: State
    who: str

    @property
    def judges(self) -> bool:
        """True when it says something of every name."""
        return self.name in ("propose", "admit")


# five desks: the unit (two acts), TC–KH, Nội vụ, the council, the signatory
ACTS = (
    Act("hand_over", "prepare", State.DRAFT, "lap.anmau"),
    Act("submit", "sign", State.SIGNING, "chutich.anmau"),
    Act("propose", "propose", State.PROPOSING, "taichinh1"),
    Act("admit", "review", State.REVIEWING, "noivu1"),
    Act("recommend", "deliberate", State.DELIBERATING, "thuky"),
    Act("grant", "decide", State.DECIDING, "chutich"),
)


@dataclass
class Case:
    """What is carried: a passage (or viewflow's process) and the step now open in it, as a form would name them."""

    passage: int
    step: int = 0
    dossier: int = 0
    code: str = ""
    names: list[tuple[int, int, str]] = field(default_factory=list)  # key, position, full name


class Ground:
    """The district as a measurement needs it."""

    def __init__(self) -> None:
        self.campaign = build()
        day = today()
        Campaign.objects.filter(pk=self.campaign.pk).update(
            opens_on=day - timedelta(days=1), last_day=day + timedelta(days=60)
        )
        self.campaign.refresh_from_db()
        self.unit = Organization.objects.get(code="X-AM")
        self.people = {name: Person.objects.get(email=address(name)) for name in {a.who for a in ACTS} | {"uyvien"}}
        self.blob = take_in(paper("Báo cáo"))
        self.components = {row.code: row for row in Component.objects.filter(campaign=self.campaign)}
        campaign_acts.add_paper(self.components["QD_DANH_GIA"], self.blob, "quyet-dinh.png", by=self.by("noivu1"))

    @cached_property
    def sample(self) -> Dossier:
        """A draft that nobody carries, to ask the law about."""
        return Dossier.objects.select_related("campaign", "unit").get(pk=self.opened().dossier)

    def by(self, who: str) -> Actor:
        """One of the district as they act."""
        return Actor(self.people[who])

    def opened(self) -> Case:
        """A draft with its names and its report, ready to be handed over."""
        author = self.by("lap.anmau")
        dossier = desk.open_dossier(by=author, campaign=self.campaign, unit=self.unit)
        edits.add_nominations(dossier, [self._nominee(i) for i in range(NAMES)], by=author)
        papers.add_paper(dossier, self.components["BAO_CAO"], self.blob, "bao-cao.png", by=author)
        names = list(dossier.nominations.values_list("pk", "position", "full_name"))
        return Case(dossier.passages.get().pk, dossier=dossier.pk, code=dossier.code, names=names)

    def hand_on(self, case: Case) -> None:
        """Let the unit sign and submit a draft, so that it lies on TC–KH's desk."""
        for act in ACTS[:2]:
            open_steps([case])
            desk.do(case.passage, case.step, act.name, by=self.by(act.who))

    def _nominee(self, i: int) -> dict:
        return {
            "kind": "PERSON", "full_name": f"Nguyễn Thị Mẫu {i + 1}", "birth_year": 1980 + i, "sex": "FEMALE",
            "title": "Công chức", "unit_name": self.unit.name, "award_id": self.campaign.awards.get().pk,
            "achievement": "Hoàn thành 19/20 nội dung cam kết.", "result_percent": "95.5",
        }  # fmt: skip

    def between(self, act: Act, cases: Iterable[Case]) -> None:
        """Do what must be there before this act and is not measured: TC–KH's letter, the vote, the decision."""
        keys = [case.dossier for case in cases if case.dossier]
        if act.name == "propose":
            for dossier in Dossier.objects.filter(pk__in=keys):
                papers.add_paper(dossier, self.components["CONG_VAN"], self.blob, "cong-van.png", by=self.by(act.who))
        elif act.name == "recommend" and keys:
            self._vote(keys)
        elif act.name == "grant" and keys:
            self._decide(keys)

    def _vote(self, keys: list[int]) -> None:
        secretary, member = self.by("thuky"), self.by("uyvien")
        sitting = council_acts.open_sitting(Council.objects.get(), by=secretary, held_on=today(), place="Hội trường")
        for dossier in Dossier.objects.filter(pk__in=keys):
            sittings.put_on(sitting, dossier, by=secretary)
        typed = dict.fromkeys(sitting.ballots.values_list("pk", flat=True), MEMBERS)
        council_acts.type_counts(sitting, typed, by=secretary)
        council_acts.type_counts(sitting, typed, by=member)

    def _decide(self, keys: list[int]) -> None:
        signatory = self.by("chutich")
        decision = decision_acts.draft(self.campaign.authority, "Khen thưởng", by=signatory)
        rulings.gather(decision, Dossier.objects.filter(pk__in=keys), by=signatory)
        rulings.issue(decision, by=signatory)


def open_steps(cases: Iterable[Case]) -> None:
    """Note the step now open in each passage."""
    cases = list(cases)
    rows = StepRow.objects.open().filter(process__in=[case.passage for case in cases])
    found = dict(rows.values_list("process_id", "pk"))
    for case in cases:
        case.step = found[case.passage]
