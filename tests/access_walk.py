"""A district peopled for the question who may see what: one person an office, dossiers in every state, marked words.

Every text of a dossier carries the word of that dossier, so that a page that shows it to somebody who may not know of
the dossier is found by the word, whatever the page is.
"""

from datetime import date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import time_machine
from django.db import transaction

from audit.ledger import Actor
from campaigns.models import CampaignPaper, Component
from councils import acts as council_acts
from councils.models import Council
from decisions import acts as decision_acts
from decisions.models import Decision
from dossiers import edits, papers
from dossiers.models import Document, DocumentVersion
from flows import bulk, desk, moves, rulings
from flows.flows import CampaignAwardFlow
from flows.models import StepRow
from flows.saved_filters import save_filter
from notifications.models import Notification
from organizations import calendar_acts, invitations
from organizations.acts import add_person, appoint, end_appointment
from organizations.feeds import make_feed
from organizations.models import Appointment, Organization, Person
from organizations.substitution_acts import set_substitute
from tests.access_policy import OFFICES, STARRED
from tests.world import World
from workflow_project.district import SINCE

# office word: (office, body); where the district has one such person already, they are taken
PLACES = {
    "author": ("AUTHOR", "X-AM"), "head": ("UNIT_HEAD", "X-AM"), "finance": ("FINANCE", "P-TCKH"),
    "home_affairs": ("HOME_AFFAIRS", "P-NV"), "secretary": ("SECRETARY", "HD-TDKT"),
    "member": ("COUNCIL_MEMBER", "HD-TDKT"), "chair": ("COUNCIL_CHAIR", "HD-TDKT"), "chancery": ("CHANCERY", "UBND-H"),
    "signatory": ("SIGNATORY", "UBND-H"), "cluster": ("CLUSTER_HEAD", "UBND-H"), "inspector": ("INSPECTOR", "UBND-H"),
    "admin": ("ADMIN", "UBND-H"), "finance_head": ("UNIT_HEAD", "P-TCKH"), "standing_head": ("UNIT_HEAD", "P-NV"),
}  # fmt: skip
ELSEWHERE = "X-BM"
OUT, AGREED, ALL = "n3", 9, 3  # the third name is refused by the first desk; nine agree; three names a dossier


class Town(World):
    """The district with one person for every office, in its place and elsewhere, and a dossier in every state."""

    def __init__(self):
        super().__init__()
        self.system = Actor(Person.objects.system(), origin="command")
        self._one_office_each()
        self.people = {word: self._person(word) for word in [*OFFICES, *STARRED]}
        self.people["none"] = self._add("none", None, None)
        self.add_evaluation()
        self._sittings()
        self.dossiers = {
            "draft": self._draft(), "proposing": self._proposing(), "deliberating": self._deliberating(),
            "agenda": self._deliberating("agenda", counted=False), "deciding": self._deciding(),
            "reserved": self._deciding("reserved"), "decided": self._deciding("decided"),
            "neighbour": self._proposing("neighbour", author="author*", head="head*", unit=self.other_unit),
            "lapsed": self._lapsed(),
        }  # fmt: skip
        self._decisions()
        self._scratch()
        self._rest()

    # ---- people

    def _one_office_each(self):
        """The district's chair and the head of the standing office hold one office more; here each holds one."""
        for email, office in (("chutich", "COUNCIL_CHAIR"), ("truong.nv", "COUNCIL_MEMBER")):
            end_appointment(Appointment.objects.get(person=self.person(email), office=office), by=self.system)

    def _person(self, word):
        office, body = PLACES[word.rstrip("*")]
        body = ELSEWHERE if word.endswith("*") else body
        held = Appointment.objects.today().filter(office=office, organization__code=body)
        found = held.select_related("person").order_by("pk").first()
        return found.person if found else self._add(word, office, body)

    def _add(self, word, office, body, secret="ban-dung-thu-2024"):
        name = word.replace("*", ".noi.khac").replace("_", ".")
        person = add_person(by=self.system, email=f"{name}@thu.example", full_name=f"Người Thử {name}", password=secret)
        if office:
            body = Organization.objects.get(code=body)
            appoint(person, by=self.system, office=office, organization=body, valid_from=SINCE)
        return person

    def actor(self, word):
        return Actor(self.people[word])

    # ---- dossiers

    def _draft(self, state="draft", author="author", unit=None):
        by, word = self.actor(author), mark(state)
        dossier = desk.open_dossier(by=by, campaign=self.campaign, unit=unit or self.unit)
        rows = [
            self.nominee(i, full_name=f"Trần {word} {i}", title=f"Chức {word}", unit_name=f"Nơi {word}",
                         achievement=f"Thành tích {word}.")
            for i in range(1, ALL + 1)
        ]  # fmt: skip
        edits.add_nominations(dossier, rows, by=by)
        edits.save_letter(dossier, f"Số {word}/TTr, ngày 18/11/2024", by=by)
        self._paper(dossier, "BAO_CAO", by, state)
        return self.fresh(dossier)

    def _paper(self, dossier, code, by, state):
        component = Component.objects.get(campaign=self.campaign, code=code)
        papers.add_paper(dossier, component, self.blob((1, 2, 3)), f"{mark(state)}.png", by=by)

    def _act(self, dossier, act, who, **facts):
        step = self.step(dossier)
        desk.do(step.process_id, step.pk, act, by=self.actor(who), **facts)

    def _proposing(self, state="proposing", author="author", head="head", unit=None):
        dossier = self._draft(state, author, unit)
        self._act(dossier, "hand_over", author)
        self._act(dossier, "submit", head)
        return self.fresh(dossier)

    def _deliberating(self, state="deliberating", counted=True):
        dossier = self._proposing(state)
        self._paper(dossier, "CONG_VAN", self.actor("finance"), state)
        self._act(dossier, "propose", "finance", verdicts=self.all_pass(dossier, **{OUT: ("FAIL", said(state))}))
        self._act(dossier, "admit", "home_affairs", verdicts=self.all_pass(dossier))
        self.put_on_agenda(dossier, self.sittings["sitting.own"])
        if counted:
            self.count(dossier, AGREED)
        return self.fresh(dossier)

    def _deciding(self, state="deciding"):
        dossier = self._deliberating(state)
        self._act(dossier, "recommend", "secretary")
        return self.fresh(dossier)

    def _lapsed(self):
        dossier = self._draft("lapsed")
        with time_machine.travel(datetime(2024, 12, 5, 0, 5, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))):
            row = self.step(dossier)
            with CampaignAwardFlow.lock(row.process_id):
                row = StepRow.objects.select_related("process__dossier", "owner", "organization").get(pk=row.pk)
                row.flow_task.activation_class(row).lapse(by=self.system)
        return self.fresh(dossier)

    # ---- what many dossiers share

    def _sittings(self):
        by = {"own": "secretary", "other": "secretary*"}
        other = council_acts.found_council(
            by=self.system, organization=self.other_unit, founded_by="Quyết định số 1", members=5, valid_from=SINCE
        )
        self.council = own = Council.objects.exclude(pk=other.pk).get()
        day = self.campaign.opens_on.replace(month=11, day=18)
        self.sittings = {
            f"sitting.{key}": council_acts.open_sitting(
                council, by=self.actor(by[key]), held_on=day, place=mark(f"sitting.{key}")
            )
            for key, council in (("own", own), ("other", other))
        }
        council_acts.keep_minutes(
            self.sittings["sitting.own"], self.blob((7, 7, 7)), f"{mark('sitting.own')}.png", by=self.actor("secretary")
        )

    def _decisions(self):
        by = self.actor("signatory")
        self.decisions = {}
        for key, dossier in (("decision.draft", "reserved"), ("decision.issued", "decided")):
            made = decision_acts.draft(self.campaign.authority, f"Về việc {mark(key)}", by=by)
            rulings.gather(made, [self.dossiers[dossier]], by=by)
            self.decisions[key] = made
        issued = rulings.issue(self.decisions["decision.issued"], by=by)
        moves.move(issued.pk)
        self.decisions["decision.other"] = decision_acts.draft(
            self.other_unit, f"Về việc {mark('decision.other')}", by=self.actor("signatory*")
        )
        self.decisions = {key: Decision.objects.get(pk=made.pk) for key, made in self.decisions.items()}
        self.dossiers = {state: self.fresh(dossier) for state, dossier in self.dossiers.items()}

    def _scratch(self):
        """What an author types and has not saved is theirs alone."""
        edits.keep_scratch(self.dossiers["draft"], "draft", {"letter_number": mark("typed")}, by=self.actor("author"))

    def _rest(self):
        self.saved = save_filter(
            "nhom=chung&han=3-ngay", by=self.actor("finance"), name="Sắp đến hạn", is_default=False,
            organization=Organization.objects.get(code="P-TCKH"),
        )  # fmt: skip
        self.bulk = bulk.choose([self.parts("proposing").step], "claim", by=self.actor("finance"))
        invited = self._add("moi", None, None, secret=None)
        self.token = invitations.invite(invited, by=self.actor("admin"))
        self.appointment = appoint(invited, by=self.system, office="AUTHOR",
                                   organization=self.other_unit, valid_from=SINCE)  # fmt: skip
        self.invited = invited
        self.body = Organization.objects.get(code="P-GDDT")
        self.notice = Notification.objects.filter(recipient=self.people["head"], channel="IN_APP").first()
        mails = Notification.objects.filter(recipient=self.people["head"], channel="EMAIL")
        self.mail = mails.order_by("pk").first()
        mails.filter(pk=self.mail.pk).update(given_up_at=self.mail.owed_at, attempts=1, answer="550 no such mailbox")
        self.evaluation = CampaignPaper.objects.get()
        day, by = date(2024, 11, 27), self.actor("chancery")
        self.day = calendar_acts.enter_day(by=by, day=day, kind="OFF", document="Thông báo số 1")
        self.feed = make_feed(by=self.actor("cluster"))  # whose desk is empty
        self.letter = Component.objects.get(code="CONG_VAN")
        self.substitution = set_substitute(  # of days to come: nobody's rights change today
            by=self.actor("finance"), principal=self.people["finance"], office="FINANCE",
            organization=Organization.objects.get(code="P-TCKH"), substitute=self.people["home_affairs"],
            valid_from=date(2024, 12, 2), valid_until=date(2024, 12, 6), reason="Đi công tác",
        ).subject  # fmt: skip
        self.common = Component.objects.get(code="QD_DANH_GIA")

    # ---- what addresses are made of

    def parts(self, about):
        """What the addresses of one dossier are made of, or of none."""
        if about == "missing":
            return SimpleNamespace(code="HS-0000-000", name=10**17, document=10**17, version=10**17,
                                   passage=10**17, node="propose", step=10**17, dossier=None)  # fmt: skip
        dossier = self.dossiers[about]
        steps = StepRow.objects.filter(process__dossier=dossier, flow_task_type="HUMAN").select_related("process")
        step = steps.latest("pk")
        document = Document.objects.get(dossier=dossier, component__code="BAO_CAO")
        return SimpleNamespace(
            code=dossier.code, dossier=dossier, name=dossier.names[0].pk, document=document.pk,
            version=DocumentVersion.objects.get(document=document).pk, passage=step.process_id,
            node=step.flow_task.name, step=step.pk,
        )  # fmt: skip


def mark(state):
    """The word that stands in every text of one dossier, sitting or decision, and nowhere else."""
    return "Chim" + "".join(letter for letter in state.title() if letter.isalpha()) + "x"


def said(state):
    """The word that stands in what a desk said of a name."""
    return "Lời" + mark(state)


def build_town():
    """The town, in one transaction."""
    with transaction.atomic():
        return Town()
