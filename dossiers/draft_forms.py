"""What an author types: one nominee, the submission letter, a list; and how it is read back from a draft."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Component, NomineeKind
from organizations.fields import CleanCharField

from .models import Dossier, Nomination
from .nominee_cells import readers

REQUIRED = _("Ô này chưa điền. Hãy điền rồi gửi lại.")
NOT_LISTED = _("Lựa chọn này không có trong danh sách. Hãy chọn lại.")
NO_DAY = _("Ngày chưa đúng. Gõ theo mẫu 31/12/2024.")
MOST_DIGITS = 60  # characters of a letter's number
LETTER = re.compile(r"Số (.+), ngày (\d{2})/(\d{2})/(\d{4})", re.DOTALL)

LABELS = {
    "full_name": _("Họ và tên, tên tập thể"),
    "birth_year": _("Năm sinh"),
    "sex": _("Giới tính"),
    "title": _("Chức vụ"),
    "unit_name": _("Đơn vị công tác"),
    "person": _("Tài khoản trong hệ thống"),
    "award": _("Hình thức khen thưởng"),
    "result_percent": _("Kết quả thực hiện cam kết (%)"),
    "achievement": _("Thành tích"),
    "letter_number": _("Số, ký hiệu tờ trình"),
    "letter_day": _("Ngày ký tờ trình"),
    "text": _("Danh sách đã dán"),
    "reason": _("Lý do"),
}
NAMES = {
    NomineeKind.PERSON: _("Họ và tên"),
    NomineeKind.COLLECTIVE: _("Tên tập thể"),
    NomineeKind.HOUSEHOLD: _("Họ và tên chủ hộ"),
}
PLACES = {
    NomineeKind.PERSON: _("Đơn vị công tác"),
    NomineeKind.COLLECTIVE: _("Thuộc đơn vị"),
    NomineeKind.HOUSEHOLD: _("Địa chỉ"),
}
# {kind: fields that its form leaves out, with the value they are given}
WITHOUT = {
    NomineeKind.PERSON: {},
    NomineeKind.COLLECTIVE: {"birth_year": None, "sex": "", "title": ""},
    NomineeKind.HOUSEHOLD: {"title": ""},
}


def typed_in(posted: Mapping[str, str]) -> dict[str, str]:
    """{label: text} of what a form of these pages carried, to be kept on the page of a conflict."""
    return {str(label): posted[name] for name, label in LABELS.items() if posted.get(name)}


def percent_text(value: Decimal | None) -> str:
    """A percentage as people write it: 95,5; nothing added, nothing rounded."""
    if value is None:
        return ""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


class CellField(forms.CharField):
    """A field read as the same cell of a list is read, with the same words when it is wrong."""

    default_error_messages = {"required": REQUIRED}

    def __init__(self, column: str, **kwargs: Any) -> None:
        super().__init__(strip=False, required=column == "full_name", label=LABELS[column], **kwargs)
        self.read: Callable[[str], Any] = readers({})[column]

    def clean(self, value: Any) -> Any:
        """The value as it is kept.

        Raises    ValidationError that says what to write
        """
        text = str(value or "").strip()
        if not text and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        try:
            return self.read(text)
        except ValueError as fault:
            raise ValidationError(str(fault)[:1].upper() + str(fault)[1:], code="unclean") from fault


class NomineeForm(forms.Form):
    """One nominee of one kind, for one award of the campaign."""

    full_name = CellField("full_name")
    birth_year = CellField("birth_year", widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    sex = forms.ChoiceField(
        label=LABELS["sex"], required=False, choices=[("", "–"), ("MALE", _("Nam")), ("FEMALE", _("Nữ"))],
        error_messages={"invalid_choice": NOT_LISTED},
    )  # fmt: skip
    title = CellField("title")
    unit_name = CellField("unit_name")
    person = forms.TypedChoiceField(
        label=LABELS["person"], coerce=int, empty_value=None, required=False,
        error_messages={"invalid_choice": NOT_LISTED},
        help_text=_("Chọn khi người này cũng làm việc trên phần mềm: họ sẽ không xem xét hồ sơ của chính mình."),
    )  # fmt: skip
    award = forms.TypedChoiceField(
        label=LABELS["award"], coerce=int, error_messages={"invalid_choice": NOT_LISTED, "required": REQUIRED}
    )
    result_percent = CellField(
        "result_percent",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("Ví dụ 95,5; không làm tròn."),
    )
    achievement = CellField(
        "achievement",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Cần có trước khi nộp; nhiều nhất 2.000 ký tự."),
    )

    def __init__(
        self, *args: Any, campaign: Campaign, kind: str, people: Iterable[tuple[int, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        awards = [(award.pk, award.name) for award in campaign.awards.all() if kind in award.kinds.split()]
        is_open = len(awards) != 1 or self.initial.get("award") == ""  # a wrong award is not taken for the only one
        self.fields["award"].choices = [("", "–"), *awards] if is_open else awards  # type: ignore[attr-defined]
        self.fields["full_name"].label, self.fields["unit_name"].label = NAMES[kind], PLACES[kind]
        self.fields["person"].choices = [("", "–"), *people]  # type: ignore[attr-defined]
        for name in [*WITHOUT[kind], *([] if kind == NomineeKind.PERSON and people else ["person"])]:
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        """The nomination's columns."""
        typed = dict(self.cleaned_data)
        linked = {"person_id": typed.pop("person", None)} if "person" in self.fields or self.kind != "PERSON" else {}
        return {"kind": self.kind, "award_id": typed.pop("award"), **WITHOUT[self.kind], **linked, **typed}


def nominee_initial(nomination: Nomination) -> dict[str, Any]:
    """A nomination as its form shows it."""
    keys = {"award": nomination.award_id, "person": nomination.person_id}
    shown = {name: getattr(nomination, name) for name in NomineeForm.base_fields if name not in keys}
    return {**shown, **keys, "result_percent": percent_text(nomination.result_percent)}


class LetterDay(forms.DateField):
    """The day of the letter, picked or typed as 31/12/2024."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        messages = {"required": REQUIRED, "invalid": NO_DAY}
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%d/%m/%Y"], error_messages=messages, **kwargs)

    def validate(self, value: Any) -> None:
        """A year that a letter can have."""
        super().validate(value)
        if value and not 2000 <= value.year <= 2099:
            raise ValidationError(_("Năm chưa đúng. Hãy kiểm tra lại ngày."))


class DraftForm(forms.Form):
    """The letter and, for every paper the unit may add now, files; what is wrong with one leaves the others."""

    letter_number = CleanCharField(
        label=LABELS["letter_number"], required=False, max_length=MOST_DIGITS, help_text=_("Ví dụ 12/TTr-UBND.")
    )
    letter_day = LetterDay(label=LABELS["letter_day"], required=False)

    def __init__(self, *args: Any, components: list[Component], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.components = components
        for component in components:
            self.fields[f"file-{component.code}"] = PaperField(label=component.name)

    def letter(self) -> str:
        """The letter as the dossier keeps it: Số 12/TTr-UBND, ngày 18/11/2024."""
        number, day = self.cleaned_data.get("letter_number", ""), self.cleaned_data.get("letter_day")
        if number and day:
            return f"Số {number}, ngày {day:%d/%m/%Y}"
        return number or (f"{day:%d/%m/%Y}" if day else "")

    def clean(self) -> None:
        """A day without a number is no letter."""
        if self.cleaned_data.get("letter_day") and not self.cleaned_data.get("letter_number") and not self.errors:
            self.add_error("letter_number", _("Đã ghi ngày thì ghi cả số, ký hiệu của tờ trình."))

    def papers(self) -> list[tuple[Component, Any]]:
        """The files chosen: (component, uploaded file)."""
        chosen = ((component, self.cleaned_data.get(f"file-{component.code}")) for component in self.components)
        return [(component, uploaded) for component, uploaded in chosen if uploaded]


def letter_initial(dossier: Dossier) -> dict[str, Any]:
    """The letter as its two fields show it."""
    found = LETTER.fullmatch(dossier.letter)
    if not found:
        return {"letter_number": dossier.letter, "letter_day": None}
    number, day, month, year = found.groups()
    return {"letter_number": number, "letter_day": date(int(year), int(month), int(day))}


class PaperField(forms.FileField):
    """A file of any kind: what may come in is said by the guard, in its own words."""

    default_error_messages = {
        "required": _("Chưa chọn tệp nào. Hãy chọn một tệp rồi gửi lại."),
        "invalid": _("Tệp chưa tới máy chủ. Hãy chọn lại tệp rồi gửi."),
        "missing": _("Chưa chọn tệp nào. Hãy chọn một tệp rồi gửi lại."),
    }

    def __init__(self, *, required: bool = False, **kwargs: Any) -> None:
        widget = forms.FileInput(attrs={"accept": ".pdf,.docx,.xlsx,.jpg,.jpeg,.png"})
        super().__init__(required=required, allow_empty_file=True, widget=widget, **kwargs)


class PaperForm(forms.Form):
    """One file."""

    file = PaperField(
        label=_("Tệp"),
        required=True,
        help_text=_("PDF, Word (.docx), Excel (.xlsx), ảnh JPG hoặc PNG; mỗi tệp tối đa 25 MB."),
    )


class PasteForm(forms.Form):
    """A list pasted from Excel or Word."""

    text = forms.CharField(
        label=_("Danh sách"), strip=False, widget=forms.Textarea(attrs={"rows": 12, "wrap": "off"}),
        error_messages={
            "required": _("Chưa dán danh sách nào. Hãy chép các dòng trong Excel rồi dán vào đây."),
            "null_characters_not_allowed": _("Có ký tự ẩn mà hệ thống không nhận. Hãy chép và dán lại."),
        },
        help_text=_("Chép cả dòng tiêu đề thì cột đứng theo thứ tự nào cũng được."),
    )  # fmt: skip


class WorkbookForm(forms.Form):
    """A list in an Excel file."""

    file = forms.FileField(
        label=_("Tệp Excel (.xlsx)"), allow_empty_file=True, widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": _("Chưa chọn tệp nào. Hãy chọn tệp danh sách rồi gửi lại.")},
    )  # fmt: skip
