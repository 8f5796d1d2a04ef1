"""The procedures.  Read one from top to bottom: it is the regulation."""

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from dossiers.models import Dossier
from dossiers.states import State

from .deadlines import cut_off, supplement_term, term
from .ends import Finish, Opening
from .models import Passage, StepRow
from .nodes import Deed, Step, passage_lock


class CampaignAwardFlow(flow.Flow):
    """The campaign route: unit report, TC–KH proposal, Nội vụ review, council vote, UBND decision."""

    process_title = _("Khen thưởng theo đợt thi đua")
    process_class = Passage
    task_class = StepRow
    lock_impl = staticmethod(passage_lock)

    start = Opening(this.begin).Next(this.prepare)
    accepted_late = Opening(this.begin).Next(this.prepare)

    prepare = (
        Step(State.DRAFT, due=cut_off, title=_("Lập hồ sơ"))
        .On(Dossier.hand_over, this.sign)
        .On(Dossier.withdraw, this.withdrawn)
        .Aside(Dossier.withdraw_nomination)
        .OnDue(this.lapse)
    )
    sign = (
        Step(State.SIGNING, due=cut_off, title=_("Ký nộp hồ sơ"))
        .On(Dossier.submit, this.propose)
        .On(Dossier.hand_back, this.prepare)
        .On(Dossier.withdraw, this.withdrawn)
        .Aside(Dossier.withdraw_nomination)
        .OnDue(this.lapse)
    )

    propose = (
        Step(State.PROPOSING, due=term, title=_("Đề xuất khen thưởng"))
        .On(Dossier.propose, this.review)
        .On(Dossier.request_supplement, this.supplement_proposal)
        .On(Dossier.decline, this.declined)
        .OnUnclaimed(Dossier.recall, this.prepare)
    )
    supplement_proposal = (
        Step(State.RETURNED_PROPOSING, due=supplement_term, title=_("Bổ sung hồ sơ"))
        .On(Dossier.hand_over, this.sign_proposal)
        .On(Dossier.withdraw, this.withdrawn)
        .Aside(Dossier.withdraw_nomination)
        .OnDue(this.lapse)
    )
    sign_proposal = (
        Step(State.SIGNING_PROPOSING, due=supplement_term, title=_("Ký nộp bổ sung"))
        .On(Dossier.resubmit, this.propose)
        .On(Dossier.hand_back, this.supplement_proposal)
        .On(Dossier.withdraw, this.withdrawn)
        .Aside(Dossier.withdraw_nomination)
        .OnDue(this.lapse)
    )

    review = (
        Step(State.REVIEWING, due=term, title=_("Thẩm định hồ sơ"))
        .On(Dossier.admit, this.deliberate)
        .On(Dossier.request_supplement, this.supplement_review)
        .On(Dossier.decline, this.declined)
    )
    supplement_review = (
        Step(State.RETURNED_REVIEWING, due=supplement_term, title=_("Bổ sung hồ sơ"))
        .On(Dossier.hand_over, this.sign_review)
        .On(Dossier.withdraw, this.withdrawn)
        .Aside(Dossier.withdraw_nomination)
        .OnDue(this.lapse)
    )
    sign_review = (
        Step(State.SIGNING_REVIEWING, due=supplement_term, title=_("Ký nộp bổ sung"))
        .On(Dossier.resubmit, this.review)
        .On(Dossier.hand_back, this.supplement_review)
        .On(Dossier.withdraw, this.withdrawn)
        .Aside(Dossier.withdraw_nomination)
        .OnDue(this.lapse)
    )

    deliberate = (
        Step(State.DELIBERATING, due=term, title=_("Hội đồng bỏ phiếu"))
        .On(Dossier.recommend, this.decide)
        .On(Dossier.oppose, this.declined)
    )
    decide = (
        Step(State.DECIDING, due=term, title=_("Ban hành quyết định"))
        .On(Dossier.grant, this.decided)
        .On(Dossier.refuse, this.declined)
        .On(Dossier.send_back, this.review)
    )

    lapse = Deed(Dossier.lapse).Next(this.lapsed)

    # one end for each final state, by the same name
    decided = Finish()
    declined = Finish()
    withdrawn = Finish()
    lapsed = Finish()

    def begin(self, activation, *, dossier, entry=None):
        """A passage of this dossier; `entry` is what opened it."""
        activation.process.dossier, activation.entry = dossier, entry
        return activation.process


PROCEDURES = {"campaign": CampaignAwardFlow}
