"""What is typed about a decision: what it is about, the lines struck with their reasons, why a draft is dropped."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from decisions.models import Line
from organizations.fields import CleanCharField, CleanTextField
from organizations.models import Office, Organization

STAYS, STRUCK = "giu", "gach"
CHOICES = [(STAYS, _("Khen thưởng")), (STRUCK, _("Gạch tên"))]


class DraftForm(forms.Form):
    """A new draft of a body for which this person signs."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Cơ quan ban hành"), empty_label=None)
    subject = CleanCharField(
        label=_("Trích yếu"), max_length=300,
        help_text=_("Ví dụ: Về việc tặng Giấy khen cho các tập thể, cá nhân hoàn thành tốt cam kết hành động năm 2024"),
    )  # fmt: skip

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        signs = [h.organization_id for h in person.offices_today() if h.office == Office.SIGNATORY]
        bodies: Any = self.fields["organization"]
        bodies.queryset = Organization.objects.filter(pk__in=signs)
        bodies.error_messages["invalid_choice"] = _("Lựa chọn này không có trong danh sách. Hãy chọn lại.")


class DropForm(forms.Form):
    """Why a draft is dropped."""

    reason = CleanTextField(label=_("Lý do bỏ dự thảo"), max_length=1000)


class StrikeForm:
    """One choice and one reason for each line, read from what was posted; `errors` by line, `struck` when none.

    A plain class: hundreds of lines as form fields would cost more than they say.
    """

    reason = CleanTextField(required=False, max_length=1000)

    def __init__(self, lines: Iterable[Line], data: Mapping[str, str] | None = None) -> None:
        self.lines, self.data = list(lines), data
        self.struck: dict[int, str] = {}
        self.errors: dict[int, str] = {}
        for line in self.lines if data is not None else []:
            self._read(line)

    def _read(self, line: Line) -> None:
        if self.value(line) != STRUCK:
            return
        try:
            reason = self.reason.clean(self.why(line))
        except ValidationError as unclean:
            self.errors[line.pk] = " ".join(unclean.messages)
            return
        self.struck[line.pk] = reason
        if not reason:
            self.errors[line.pk] = str(_("Ghi lý do gạch tên."))

    def value(self, line: Line) -> str:
        """The choice as posted, or as it stands."""
        stands = STRUCK if line.struck else STAYS
        return self.data.get(f"chon-{line.pk}", stands) if self.data is not None else stands

    def why(self, line: Line) -> str:
        """The reason as posted, or as it stands."""
        return self.data.get(f"ly-do-{line.pk}", line.reason) if self.data is not None else line.reason

    def rows(self) -> list[dict[str, Any]]:
        """Each line with its choice, its reason and its error, for the page."""
        return [
            {"line": line, "value": self.value(line), "reason": self.why(line), "name": f"chon-{line.pk}",
             "reason_name": f"ly-do-{line.pk}", "errors": [self.errors[line.pk]] if line.pk in self.errors else []}
            for line in self.lines
        ]  # fmt: skip

    def kept(self) -> dict[str, str]:
        """{nominee: typed reason}, to be copied when it could not be kept."""
        return {f"{line.position}. {line.nominee}": self.why(line) for line in self.lines if self.data is not None}
