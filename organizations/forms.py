"""What the administrator types about bodies, people and appointments; what an invited person types."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from audit.clock import today

from . import passwords
from .fields import CleanCharField
from .models import Office, Organization, OrganizationKind, Person

EARLIEST, LATEST = date(1945, 9, 2), date(2099, 12, 31)
REQUIRED = _("Ô này chưa điền. Hãy điền rồi gửi lại.")
HIDDEN_CHARACTER = _("Có ký tự ẩn mà hệ thống không nhận. Hãy xoá hết và gõ lại.")
NOT_LISTED = _("Lựa chọn này không có trong danh sách. Hãy chọn lại.")


class AddressField(forms.EmailField):
    """The address by which a person signs in, in lower case."""

    default_error_messages = {
        "required": REQUIRED,
        "invalid": _("Địa chỉ thư chưa đúng, ví dụ đúng: ten@donvi.gov.vn."),
        "null_characters_not_allowed": HIDDEN_CHARACTER,
        "max_length": _("Địa chỉ thư quá dài."),
    }

    def clean(self, value: Any) -> str:
        """The address, checked."""
        return super().clean(value).lower()


class DayField(forms.DateField):
    """A day, picked or typed as 31/12/2024."""

    default_error_messages = {"required": REQUIRED, "invalid": _("Ngày chưa đúng. Gõ theo mẫu 31/12/2024.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)

    def validate(self, value: Any) -> None:
        """A day that a register of today can mean."""
        super().validate(value)
        if value and not EARLIEST <= value <= LATEST:
            raise ValidationError(_("Năm chưa đúng. Hãy kiểm tra lại ngày."))


class OrganizationForm(forms.Form):
    """A new body."""

    parent = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("Đơn vị cấp trên"),
        required=False,
        empty_label=_("Không có (cơ quan gốc)"),
        error_messages={"invalid_choice": NOT_LISTED},
    )
    name = CleanCharField(label=_("Tên đầy đủ"), max_length=200)
    short_name = CleanCharField(
        label=_("Tên gọn"), max_length=80, help_text=_("Hiện trong danh sách, ví dụ: Phòng Nội vụ.")
    )
    code = CleanCharField(
        label=_("Mã"), max_length=30, help_text=_("Viết liền, không dấu, ví dụ: PNV. Không đổi về sau.")
    )
    kind = forms.ChoiceField(
        label=_("Loại"), choices=OrganizationKind.choices, error_messages={"invalid_choice": NOT_LISTED}
    )
    valid_from = DayField(label=_("Hoạt động từ ngày"), initial=today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent: Any = self.fields["parent"]
        parent.queryset = Organization.objects.valid_on(today())

    def clean_code(self) -> str:
        """Letters, digits, dots and hyphens, in capitals."""
        code = self.cleaned_data["code"].upper()
        if not code.isascii() or not code.replace("-", "").replace(".", "").isalnum():
            raise ValidationError(_("Mã chỉ gồm chữ không dấu, chữ số, dấu chấm và dấu nối."))
        return code


class OrganizationNamesForm(forms.Form):
    """The names of a body."""

    name = CleanCharField(label=_("Tên đầy đủ"), max_length=200)
    short_name = CleanCharField(label=_("Tên gọn"), max_length=80)
    reason = CleanCharField(label=_("Căn cứ"), required=False, help_text=_("Số, ngày văn bản đổi tên, nếu có."))


class OrganizationEndForm(forms.Form):
    """The last day of a body."""

    valid_until = DayField(label=_("Hoạt động đến hết ngày"), initial=today)
    reason = CleanCharField(label=_("Căn cứ"), help_text=_("Số, ngày văn bản giải thể, sáp nhập."))

    def __init__(self, *args: Any, body: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body = body

    def clean_valid_until(self) -> date:
        """Not before its first day."""
        day = self.cleaned_data["valid_until"]
        if day < self.body.valid_from:
            raise ValidationError(_("Ngày kết thúc phải từ ngày bắt đầu hoạt động trở đi."))
        return day


class PersonForm(forms.Form):
    """A person who signs in."""

    full_name = CleanCharField(
        label=_("Họ và tên"), max_length=120, help_text=_("Viết đủ dấu, theo thứ tự họ, đệm, tên.")
    )
    email = AddressField(
        label=_("Địa chỉ thư điện tử"), max_length=254, help_text=_("Dùng để đăng nhập và nhận thư mời.")
    )


class AppointmentForm(forms.Form):
    """An office in a body, from a day on."""

    office = forms.ChoiceField(
        label=_("Chức trách"), choices=Office.choices, error_messages={"invalid_choice": NOT_LISTED}
    )
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("Tại đơn vị"),
        empty_label=_("Chọn đơn vị"),
        error_messages={"required": REQUIRED, "invalid_choice": NOT_LISTED},
    )
    title = CleanCharField(
        label=_("Chức vụ ghi trên văn bản"), max_length=120, required=False, help_text=_("Ví dụ: Trưởng phòng.")
    )
    valid_from = DayField(label=_("Từ ngày"), initial=today)
    valid_until = DayField(
        label=_("Đến hết ngày"), required=False, help_text=_("Bỏ trống khi chưa biết ngày kết thúc.")
    )
    reason = CleanCharField(label=_("Căn cứ"), required=False, help_text=_("Số, ngày quyết định phân công, nếu có."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place: Any = self.fields["organization"]
        place.queryset = Organization.objects.valid_on(today())

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        first, last = self.cleaned_data.get("valid_from"), self.cleaned_data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("Ngày kết thúc phải từ ngày bắt đầu trở đi."))
        return self.cleaned_data


class EndAppointmentForm(forms.Form):
    """The last day of an appointment, and why it ends."""

    last_day = DayField(label=_("Ngày cuối cùng giữ chức trách"))
    reason = CleanCharField(
        label=_("Căn cứ"), required=False, help_text=_("Số, ngày quyết định thôi phân công, nếu có.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = today()
        yesterday = today() - timedelta(days=1)
        self.fields["last_day"].help_text = _("Chọn %(day)s để kết thúc ngay lúc này.") % {
            "day": f"{yesterday:%d/%m/%Y}"
        }


class ReasonForm(forms.Form):
    """Why an account is closed or opened again."""

    reason = CleanCharField(label=_("Lý do"), max_length=500)


class FirstPasswordForm(forms.Form):
    """The password an invited person chooses."""

    password = forms.CharField(
        label=_("Mật khẩu mới"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=passwords.RULES,
        error_messages={"required": REQUIRED, "null_characters_not_allowed": HIDDEN_CHARACTER},
    )
    again = forms.CharField(
        label=_("Gõ lại mật khẩu mới"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": REQUIRED, "null_characters_not_allowed": HIDDEN_CHARACTER},
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        """A password that follows the rules."""
        passwords.check(self.cleaned_data["password"], self.person)
        return self.cleaned_data["password"]

    def clean(self) -> dict[str, Any]:
        """Typed twice alike."""
        first, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if first and again and first != again:
            self.add_error("again", _("Hai lần gõ mật khẩu mới chưa giống nhau. Hãy gõ lại cả hai."))
        return self.cleaned_data
