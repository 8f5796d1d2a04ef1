"""People of the made-up district and what they do, said shortly; every act goes through the product's own doors."""

import io
from datetime import timedelta

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from audit.clock import now
from audit.ledger import Actor
from campaigns import acts as campaign_acts
from campaigns.models import Campaign, Component
from councils import acts as council_acts
from councils.models import Council
from decisions import acts as decision_acts
from dossiers import edits, papers
from dossiers.models import Dossier
from files import store
from files.acts import receive, register
from flows import desk
from flows.models import StepRow
from organizations.models import Organization, Person
from workflow_project.district import address


def picture(colour=(200, 30, 30)) -> bytes:
    """A small real PNG, different for each colour."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def whole(sha256) -> bool:
    """Whether the store still has this content as it was."""
    path = store.path_of(sha256)
    return path.exists() and store.digest(path) == sha256


class World:
    """The district as tests speak of it: `world.author`, `world.opened()`, `world.do(dossier, "submit", by)`."""

    looked_through = {}  # what `receive` found in each picture, for the whole run

    def __init__(self):
        self.campaign = Campaign.objects.get(code="CK-2024")
        self.unit = Organization.objects.get(code="X-AM")
        self.other_unit = Organization.objects.get(code="X-BM")
        self.award = self.campaign.awards.get()

    def person(self, name) -> Person:
        """A person of the district by the short name of their address."""
        return Person.objects.get(email=address(name))

    author = property(lambda self: self.person("lap.anmau"))
    head = property(lambda self: self.person("chutich.anmau"))
    finance = property(lambda self: self.person("taichinh1"))
    home_affairs = property(lambda self: self.person("noivu1"))
    standing_head = property(lambda self: self.person("truong.nv"))
    secretary = property(lambda self: self.person("thuky"))
    member = property(lambda self: self.person("uyvien"))
    signatory = property(lambda self: self.person("chutich"))
    stranger = property(lambda self: self.person("lap.binhmau"))
    inspector = property(lambda self: self.person("thanhtra"))
    admin = property(lambda self: self.person("quantri"))

    def nominee(self, i=1, **changes) -> dict:
        """The values of one nomination."""
        return {
            "kind": "PERSON", "full_name": f"Nguyễn Thị Mẫu {i}", "birth_year": 1980 + i % 20, "sex": "FEMALE",
            "title": "Công chức", "unit_name": "UBND xã An Mẫu", "award_id": self.award.pk,
            "achievement": "Hoàn thành tốt các nội dung cam kết.", "result_percent": "95.5", **changes,
        }  # fmt: skip

    def opened(self, names=2, by=None, unit=None) -> Dossier:
        """A draft with so many names and its report."""
        author = Actor(by or self.author)
        dossier = desk.open_dossier(by=author, campaign=self.campaign, unit=unit or self.unit)
        edits.add_nominations(dossier, [self.nominee(i) for i in range(1, names + 1)], by=author)
        self.add_paper(dossier, "BAO_CAO", by or self.author)
        return self.fresh(dossier)

    def blob(self, colour):
        """A stored picture; each colour is looked through once in a run, because that takes a process of its own.

        Once for each store and scanner, that is, and again when a test has damaged the stored copy.
        """
        asked = (colour, str(settings.VAR_DIR), settings.CLAMD_URL)
        known = self.looked_through.get(asked)
        if known is None or not whole(known[0].sha256):
            known = self.looked_through[asked] = receive(SimpleUploadedFile("anh.png", picture(colour)))
        return register(*known)

    def add_paper(self, dossier, code, by, colour=(1, 2, 3)):
        """Upload a small picture for a component."""
        component = Component.objects.get(campaign=self.campaign, code=code)
        blob = self.blob(colour)
        return papers.add_paper(dossier, component, blob, "bao-cao.png", by=Actor(by))

    def add_evaluation(self):
        """The evaluation decision of the campaign."""
        component = Component.objects.get(campaign=self.campaign, code="QD_DANH_GIA")
        blob = self.blob((9, 9, 9))
        return campaign_acts.add_paper(component, blob, "quyet-dinh.png", by=Actor(self.home_affairs))

    def fresh(self, dossier) -> Dossier:
        """The dossier as the database has it."""
        return Dossier.objects.select_related("campaign", "unit", "decision").get(pk=dossier.pk)

    def step(self, dossier) -> StepRow:
        """Its one open step."""
        return StepRow.objects.open().select_related("process").get(process__dossier=dossier)

    def do(self, dossier, act, by, **facts):
        """Do one act in the open step."""
        step = self.step(dossier)
        return desk.do(step.process_id, step.pk, act, by=Actor(by), **facts)

    def all_pass(self, dossier, **others) -> dict:
        """Verdicts: everyone passes, but `others` {position as n1, n2: (judgement, reason)}."""
        return {n.pk: others.get(f"n{n.position}", ("PASS", "")) for n in self.fresh(dossier).still_in}

    def submitted(self, **kwargs) -> Dossier:
        """A dossier on TC–KH's desk."""
        dossier = self.opened(**kwargs)
        self.do(dossier, "hand_over", kwargs.get("by") or self.author)
        self.do(dossier, "submit", self.head)
        return self.fresh(dossier)

    def proposed(self, **kwargs) -> Dossier:
        """A dossier on Nội vụ's desk."""
        dossier = self.submitted(**kwargs)
        self.add_paper(dossier, "CONG_VAN", self.finance)
        self.do(dossier, "propose", self.finance, verdicts=self.all_pass(dossier))
        return self.fresh(dossier)

    def admitted(self, **kwargs) -> Dossier:
        """A dossier before the council."""
        dossier = self.proposed(**kwargs)
        self.add_evaluation()
        self.do(dossier, "admit", self.home_affairs, verdicts=self.all_pass(dossier))
        return self.fresh(dossier)

    def sitting(self):
        """A sitting of the council, today."""
        council = Council.objects.get()
        return council_acts.open_sitting(council, by=Actor(self.secretary), held_on=now().date(), place="Hội trường")

    def later(self, monday, **delta):
        """Let time pass."""
        monday.shift(timedelta(**delta))

    def put_on_agenda(self, dossier, sitting=None):
        """Open the ballots of a dossier in a sitting."""
        sitting, by, dossier = sitting or self.sitting(), Actor(self.secretary), self.fresh(dossier)
        cases = [
            {"case_id": n.pk, "case_label": n.full_name, "group_label": dossier.code, "threshold": n.award.threshold,
             "percent": n.award.percent, "clause": n.award.threshold_clause}
            for n in dossier.still_in
        ]  # fmt: skip
        with transaction.atomic():
            ballots = council_acts.open_ballots(sitting, cases, by=by)
            edits.put_on_agenda(dossier, sitting, {b.case_id: b for b in ballots}, by=by)
        return sitting

    def count(self, dossier, agreed=9, *, second=True):
        """Type the counts of a dossier's ballots, by the secretary and by a second reader."""
        ballots = [n.ballot for n in self.fresh(dossier).still_in]
        typed = {b.pk: agreed(b) if callable(agreed) else agreed for b in ballots}
        council_acts.type_counts(ballots[0].sitting, typed, by=Actor(self.secretary))
        if second:
            council_acts.type_counts(ballots[0].sitting, typed, by=Actor(self.member))

    def recommended(self, **kwargs) -> Dossier:
        """A dossier before the signatory."""
        dossier = self.admitted(**kwargs)
        self.put_on_agenda(dossier)
        self.count(dossier)
        self.do(dossier, "recommend", self.secretary)
        return self.fresh(dossier)

    def reserve(self, dossier):
        """A draft decision that holds this dossier alone."""
        by, dossier = Actor(self.signatory), self.fresh(dossier)
        decision = decision_acts.draft(self.campaign.authority, "Khen thưởng", by=by)
        with transaction.atomic():
            lines = decision_acts.add_lines(
                decision,
                [{"group_id": dossier.pk, "group_label": dossier.code, "nominee": n.full_name, "kind": n.kind,
                  "award": n.award.name} for n in dossier.still_in],
                by=by,
            )  # fmt: skip
            tied = {n.pk: line for n, line in zip(dossier.still_in, lines, strict=True)}
            edits.put_in_decision(dossier, decision, tied, by=by)
        return decision
