"""What each act asks of the person doing it; an act not listed asks nothing.

The fields of an act's form are the facts its method states (system check flows.E002); the verdicts of
all nominations count as the one fact `verdicts`.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from audit.clock import today
from organizations.fields import CleanTextField
from organizations.forms import DayField

from .grounds import grounds_on
from .models import Dossier, Hold
from .public_notice import why_no_day
from .states import Judgement


class VerdictsWidget(forms.Widget):
    """Reads judge-<id> and why-<id> of every nomination; the dossier page renders the controls."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, tuple[str, str]]:
        """{nomination id as text: (judgement, reason)} of all rows posted."""
        ids = {key.partition("-")[2] for key in data if key.startswith(("judge-", "why-"))}
        return {key: (data.get(f"judge-{key}", ""), data.get(f"why-{key}", "")) for key in ids}


class VerdictsField(forms.Field):
    """One verdict for each nomination: {nomination id: (judgement, reason)}."""

    widget = VerdictsWidget
    reason = CleanTextField(required=False, max_length=1000)

    def clean(self, value: dict[str, tuple[str, str]]) -> dict[int, tuple[str, str]]:
        """Known judgements and clean reasons only; which are missing is the act's affair.

        An error of one reason has the code why-<id>, so that the page can show it where it was typed.
        """
        verdicts, errors = {}, []
        for key, (judgement, why) in value.items():
            if not (key.isascii() and key.isdecimal() and len(key) < 19) or judgement not in {"", *Judgement.values}:
                raise ValidationError(_("Ý kiến gửi lên không đọc được. Hãy mở lại trang hồ sơ."))
            try:
                verdicts[int(key)] = (judgement, self.reason.clean(why))
            except ValidationError as refusal:
                errors += [ValidationError(text, code=f"why-{key}") for text in refusal.messages]
        if errors:
            raise ValidationError(errors)
        return verdicts


class ActForm(forms.Form):
    """The form of one act on one dossier."""

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.dossier = dossier
        if "papers" in self.fields:
            own = dossier.campaign.components.filter(provider="UNIT")
            self.fields["papers"].choices = list(own.values_list("code", "name"))
        if "nomination" in self.fields:
            self.fields["nomination"].choices = [(n.pk, n.full_name) for n in dossier.still_in]


class Reasoned(ActForm):
    """An act that states its reason."""

    reason = CleanTextField(label=_("Lý do"), max_length=2000)


class Judged(ActForm):
    """An act that judges every nomination still in."""

    verdicts = VerdictsField(required=False)


class JudgedReasoned(Judged):
    """An act that judges and states its reason."""

    reason = CleanTextField(label=_("Lý do"), max_length=2000)


class Supplement(JudgedReasoned):
    """What the unit is asked to add."""

    papers = forms.MultipleChoiceField(
        label=_("Giấy tờ đơn vị được thay hoặc nộp thêm"), required=False, widget=forms.CheckboxSelectMultiple
    )


class WithdrawOne(Reasoned):
    """One name withdrawn."""

    nomination = forms.TypedChoiceField(label=_("Đề nghị cần rút"), coerce=int)


class AcceptLate(Reasoned):
    """A late dossier taken in until a named date."""

    until = forms.DateField(
        label=_("Cho nộp đến hết ngày"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class Held(Reasoned):
    """Why, and whether all of it or one name, is not considered for now."""

    ground = forms.ChoiceField(label=_("Căn cứ tạm dừng"), widget=forms.RadioSelect)
    nomination = forms.TypedChoiceField(
        label=_("Tạm dừng"), required=False, empty_value=None, coerce=int, initial="",
    )  # fmt: skip
    document = CleanTextField(label=_("Văn bản (số, ngày, nơi ban hành)"), max_length=300, required=False)
    field_order = ["ground", "nomination", "document", "reason"]

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any):
        super().__init__(*args, dossier=dossier, **kwargs)
        self.fields["ground"].choices = [
            (ground.code, f"{ground.text} ({ground.article})") for ground in grounds_on(today())
        ]
        whole = ("", _("cả hồ sơ"))
        self.fields["nomination"].choices = [whole, *self.fields["nomination"].choices]
        self.fields["reason"].label = _("Nội dung vụ việc")


class PublicNoticeForm(forms.Form):
    """Since when and where the list is public."""

    posted_on = DayField(label=_("Đăng công khai từ ngày"))
    where = CleanTextField(label=_("Nơi đăng (cổng thông tin, bảng niêm yết…)"), max_length=300)

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.dossier = dossier

    def clean_posted_on(self) -> Any:
        """A day to come was not posted yet, and nothing was before the dossier came."""
        day = self.cleaned_data["posted_on"]
        if why := why_no_day(self.dossier, day):
            raise ValidationError(why)
        return day


class Lifted(Reasoned):
    """With which conclusion considering goes on."""

    hold = forms.TypedChoiceField(label=_("Lần tạm dừng"), coerce=int)
    outcome = forms.ChoiceField(
        label=_("Kết luận"), widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in Hold.Outcome if one != Hold.Outcome.WITHDRAWN],
    )  # fmt: skip
    field_order = ["hold", "outcome", "reason"]

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any):
        super().__init__(*args, dossier=dossier, **kwargs)
        self.fields["hold"].choices = [
            (hold.pk, f"{hold.nomination.full_name if hold.nomination else _('cả hồ sơ')}: {hold.text}")
            for hold in dossier.open_holds
        ]
        self.fields["reason"].label = _("Nội dung kết luận (số, ngày văn bản)")


FORMS: dict[str, type[ActForm]] = {
    "hand_back": Reasoned,
    "recall": Reasoned,
    "propose": Judged,
    "admit": Judged,
    "request_supplement": Supplement,
    "decline": JudgedReasoned,
    "oppose": Reasoned,
    "refuse": Reasoned,
    "send_back": Reasoned,
    "withdraw": Reasoned,
    "withdraw_nomination": WithdrawOne,
    "accept_late": AcceptLate,
    "hold": Held,
    "lift": Lifted,
}


def form_for(act: str) -> type[ActForm]:
    """The form class of an act."""
    return FORMS.get(act, ActForm)
