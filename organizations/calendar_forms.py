"""What a keeper of the calendar types: a day, and why one is taken back."""

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from audit.clock import today

from .calendar_acts import keeps
from .fields import CleanCharField
from .forms import NOT_LISTED, REQUIRED, DayField
from .models import CalendarDay, Organization, Person

EARLIEST, LATEST = time(6), time(20)


class HourField(forms.TimeField):
    """The closing hour of an office."""

    default_error_messages = {"invalid": _("Giờ chưa đúng. Gõ theo mẫu 11:30.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(widget=widget, input_formats=["%H:%M", "%H:%M:%S"], **kwargs)


class EnterDayForm(forms.Form):
    """One day that differs."""

    day = DayField(label=_("Ngày"))
    kind = forms.ChoiceField(
        label=_("Ngày đó"), choices=CalendarDay.Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Chưa chọn. Hãy chọn một."), "invalid_choice": NOT_LISTED},
    )  # fmt: skip
    closes_at = HourField(
        label=_("Hết giờ làm việc lúc"), required=False, help_text=_("Chỉ điền khi làm nửa ngày, ví dụ 11:30.")
    )
    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=_("Áp dụng cho"), required=False, empty_label=_("Chung cả nước"),
        help_text=_("Gồm cả các đơn vị trực thuộc."),
        error_messages={"required": REQUIRED, "invalid_choice": NOT_LISTED},
    )  # fmt: skip
    document = CleanCharField(
        label=_("Văn bản"), max_length=300, help_text=_("Số, ngày, cơ quan ban hành, ví dụ: 12/TB-UBND ngày 05/9/2026.")
    )
    note = CleanCharField(
        label=_("Nội dung"), required=False, help_text=_("Ví dụ: Nghỉ tránh bão; làm bù cho ngày 31/8.")
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = person.offices_today()
        place: Any = self.fields["organization"]
        kept = [one.organization for one in held if keeps(one, one.organization)]
        place.queryset = Organization.objects.valid_on(today()).under(kept)
        if not any(keeps(one, None) for one in held):
            place.required, place.empty_label = True, _("Chọn đơn vị")

    def clean(self) -> dict[str, Any]:
        """A half day says when it closes, and only a half day does."""
        kind, closes_at = self.cleaned_data.get("kind"), self.cleaned_data.get("closes_at")
        if kind == CalendarDay.Kind.HALF and not closes_at and "closes_at" not in self.errors:
            self.add_error("closes_at", _("Làm nửa ngày thì phải ghi giờ hết làm việc."))
        elif kind and kind != CalendarDay.Kind.HALF and closes_at:
            self.add_error("closes_at", _("Chỉ ghi giờ khi chọn “Làm nửa ngày”. Hãy xoá giờ hoặc đổi lựa chọn."))
        return self.cleaned_data

    def clean_closes_at(self) -> time | None:
        """An hour at which offices close."""
        hour = self.cleaned_data["closes_at"]
        if hour and not EARLIEST <= hour <= LATEST:
            raise ValidationError(_("Giờ phải từ 06:00 đến 20:00."))
        return hour


class WithdrawForm(forms.Form):
    """Why a day is taken back."""

    reason = CleanCharField(
        label=_("Lý do"), max_length=300, help_text=_("Ví dụ: nhập nhầm ngày; văn bản đã thay thế.")
    )
