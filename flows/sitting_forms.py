"""What is typed about a sitting: its day and place, its minutes, the votes for, the reason for what fell."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from audit.clock import today
from councils.models import Ballot, Council
from organizations.fields import CleanCharField, CleanTextField
from organizations.forms import DayField
from organizations.models import Office

FEW_DIGITS = 4  # of a count; no council has ten thousand members
CHOOSE_FILE = _("Chưa chọn tệp. Hãy chọn tệp biên bản rồi gửi lại.")


class SittingForm(forms.Form):
    """A new sitting of a council whose secretary this person is."""

    council = forms.ModelChoiceField(Council.objects.none(), label=_("Hội đồng"), empty_label=None)
    held_on = DayField(label=_("Ngày họp"), initial=today)
    place = CleanCharField(label=_("Địa điểm"), max_length=200, required=False)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = [h.organization_id for h in person.offices_today() if h.office == Office.SECRETARY]
        councils: Any = self.fields["council"]
        standing = Council.objects.filter(organization__in=kept, valid_until=None)
        councils.queryset = standing.select_related("organization")
        councils.error_messages["invalid_choice"] = _("Lựa chọn này không có trong danh sách. Hãy chọn lại.")


class MinutesForm(forms.Form):
    """The one file of a sitting's minutes."""

    file = forms.FileField(
        label=_("Tệp biên bản (PDF, Word hoặc ảnh)"),
        error_messages={"required": CHOOSE_FILE, "empty": CHOOSE_FILE, "missing": CHOOSE_FILE, "invalid": CHOOSE_FILE},
    )


class ReasonForm(forms.Form):
    """The reason told to units none of whose names carried; the sitting says whether it is owed."""

    reason = CleanTextField(label=_("Lý do gửi đơn vị không có đề nghị nào đủ phiếu"), max_length=2000, required=False)


class CountsForm(forms.Form):
    """One box for each open ballot: votes for, out of all members; a box left empty is typed another time."""

    def __init__(self, *args: Any, ballots: list[Ballot], closed: list[Ballot], typed: dict[int, int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.ballots, self.typed = {self.box(ballot.pk): ballot for ballot in ballots}, typed
        self.closed = {self.box(ballot.pk): ballot for ballot in closed}
        for name, ballot in self.ballots.items():
            self.fields[name] = _box(ballot, typed.get(ballot.pk))

    @staticmethod
    def box(pk: int) -> str:
        """The name of a ballot's box."""
        return f"phieu-{pk}"

    def changed(self) -> dict[int, int]:
        """{ballot id: votes for} of the boxes that say something new."""
        new = {self.ballots[name].pk: agree for name, agree in self.cleaned_data.items() if agree is not None}
        return {pk: agree for pk, agree in new.items() if self.typed.get(pk) != agree}

    @property
    def late(self) -> bool:
        """A figure was sent for a ballot that is no longer open, and it is not the confirmed one."""
        boxes = {name: text.strip() for name, text in self.data.items() if name.startswith(self.box(0)[:-1])}
        known = {name: str(ballot.agreed) for name, ballot in self.closed.items()}
        return any(text and text != known.get(name) for name, text in boxes.items() if name not in self.ballots)

    def kept(self) -> dict[str, str]:
        """{case: what was typed}, to be copied when it could not be kept."""
        shown = {**self.ballots, **self.closed}
        return {ballot.case_label: self.data.get(name, "") for name, ballot in shown.items()}


class VotesField(forms.CharField):
    """Votes for, from 0 to the number of members."""

    def __init__(self, ballot: Ballot, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "size": FEW_DIGITS, "class": "w-auto num"}
        super().__init__(required=False, widget=forms.TextInput(attrs=attrs), label=ballot.case_label, **kwargs)
        self.members = ballot.members

    def clean(self, value: Any) -> int | None:
        """The number, or None for an empty box.

        Raises    ValidationError that says what to type
        """
        text = (super().clean(value) or "").strip()
        if not text:
            return None
        if not text.isascii() or not text.isdecimal() or len(text) > FEW_DIGITS or int(text) > self.members:
            raise ValidationError(
                _("Gõ một số từ 0 đến %(members)s (tổng số thành viên)."), params={"members": self.members}
            )
        return int(text)


def _box(ballot: Ballot, own: int | None) -> VotesField:
    return VotesField(ballot, initial="" if own is None else own)
