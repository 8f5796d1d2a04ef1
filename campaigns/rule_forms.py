"""What is typed about rules of time, and the sentences that say what does not fit."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organizations.fields import CleanTextField
from organizations.forms import DayField

from .models import Campaign, DeadlineRule, Regime
from .words import STEPS

MOST_DAYS = 400  # working days; a longer term is a mistyped one


class RuleForm(forms.ModelForm):
    """One deadline rule of a campaign."""

    node = forms.ChoiceField(label=gettext_lazy("Bước"), required=False)
    award = forms.ChoiceField(label=gettext_lazy("Hình thức khen thưởng"), required=False)
    regime = forms.ChoiceField(label=gettext_lazy("Bộ quy định"), required=False)
    clause = CleanTextField(label=gettext_lazy("Căn cứ (điều, khoản, văn bản; hoặc “nội bộ”)"), max_length=300)
    reason = CleanTextField(label=gettext_lazy("Lý do thay đổi"), max_length=500)
    working_days = forms.IntegerField(
        label=gettext_lazy("Số ngày làm việc"), required=False, min_value=0, max_value=MOST_DAYS
    )

    class Meta:
        model = DeadlineRule
        fields = (
            "nature node kind anchor working_days day award regime after_supplement clause valid_from"
        ).split()
        field_classes = {"day": DayField, "valid_from": DayField}

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any):
        super().__init__(*args, **kwargs)
        every = _("mọi bước sau khi nhận đủ hồ sơ")
        self.fields["node"].choices = [("", every), *STEPS.items()]
        self.fields["award"].choices = [("", _("mọi hình thức")), *campaign.awards.values_list("code", "name")]
        self.fields["regime"].choices = [("", _("mọi bộ quy định")), *Regime.choices]

    def clean(self) -> dict[str, Any]:
        """A fixed date has its day; the others their number and what it counts from."""
        values = super().clean() or {}
        kind = values.get("kind")
        if kind == DeadlineRule.Kind.FIXED and not values.get("day"):
            self.add_error("day", _("Hạn là ngày cố định: hãy ghi ngày."))
        if kind in (DeadlineRule.Kind.AFTER, DeadlineRule.Kind.BEFORE) and values.get("working_days") is None:
            self.add_error("working_days", _("Hãy ghi số ngày làm việc."))
        own = (DeadlineRule.Anchor.RECEIPT, DeadlineRule.Anchor.STEP)
        if kind == DeadlineRule.Kind.BEFORE and values.get("anchor") in own:
            self.add_error("anchor", _("“Trước” một việc thì mốc phải là một ngày của đợt."))
        return values


class DatesForm(forms.ModelForm):
    """Dates of a campaign that a later document moved."""

    reason = CleanTextField(label=gettext_lazy("Văn bản, lý do thay đổi"), max_length=500)

    version = forms.IntegerField(widget=forms.HiddenInput)
    supplement_days = forms.IntegerField(
        label=gettext_lazy("Số ngày làm việc để đơn vị bổ sung"), min_value=1, max_value=MOST_DAYS
    )

    class Meta:
        model = Campaign
        fields = ("last_day", "last_day_clause", "results_until", "ceremony_on", "supplement_days")
        labels = {
            "last_day": gettext_lazy("Hạn nộp hồ sơ (đến hết ngày)"),
            "last_day_clause": gettext_lazy("Căn cứ của hạn nộp (văn bản, mục)"),
            "results_until": gettext_lazy("Tính kết quả đến hết ngày"),
            "ceremony_on": gettext_lazy("Ngày hội nghị tổng kết"),
        }
        help_texts = dict.fromkeys(fields, "")
        field_classes = dict.fromkeys(("last_day", "results_until", "ceremony_on"), DayField)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.chain_position

    def clean(self) -> dict[str, Any]:
        """The last day comes after the campaign opens."""
        values = super().clean() or {}
        if values.get("version") != self.instance.chain_position:
            self.add_error(None, _("Đợt đã thay đổi từ khi bạn mở trang. Hãy mở lại trang rồi sửa."))
        last = values.get("last_day")
        if last and last < self.instance.opens_on:
            self.add_error("last_day", _("Hạn nộp không thể trước ngày bắt đầu nhận hồ sơ."))
        return values
