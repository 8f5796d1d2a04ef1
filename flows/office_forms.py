"""The form by which a head gives work to a colleague, or back to the pool."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organizations.fields import CleanTextField
from organizations.models import Person

POOL = "chung"  # in addresses and forms: nobody's yet


class AssignForm(forms.Form):
    """To whom, and why; the reason goes into the ledger."""

    to = forms.ChoiceField(label=_("Giao cho"))
    reason = CleanTextField(label=_("Lý do"), max_length=500, help_text=_("Ghi vào nhật ký; người liên quan đọc được."))

    def __init__(self, *args: Any, people: list[Person], held: dict[int, int] | None = None, **kwargs: Any):
        """People who may be chosen, and how many steps each has already, where that is shown."""
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        named = [(key, _told(person, held)) for key, person in self.people.items()]
        self.fields["to"].choices = [("", _("chọn người nhận")), *named, (POOL, _("Trả về chung của phòng"))]
        self.fields["reason"].widget.attrs["rows"] = 2

    @property
    def chosen(self) -> Person | None:
        """The colleague; None for the pool."""
        return self.people.get(self.cleaned_data["to"])


def _told(person: Person, held: dict[int, int] | None) -> str:
    """A name, and how much lies on that desk."""
    if held is None:
        return person.full_name
    return gettext("%(name)s (đang giữ %(n)d)") % {"name": person.full_name, "n": held.get(person.pk, 0)}
