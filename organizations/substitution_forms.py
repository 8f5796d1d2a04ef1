"""What is typed to name a stand-in: for whom, in which office, who, from when until when, and why."""

from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.clock import today

from .fields import CleanCharField
from .forms import NOT_LISTED, REQUIRED, DayField
from .models import Appointment, Office, Person
from .substitution_rules import BY_CHANCERY, NEVER_STANDS_IN, NOT_SUBSTITUTABLE, SUBSTITUTABLE

MOST_CHOICES = 400  # people or offices in one list


class SubstitutionForm(forms.Form):
    """A stand-in for one office: one's own, one of the body one heads, or a leader's."""

    whose = forms.ChoiceField(
        label=_("Chức trách được làm thay"), error_messages={"required": REQUIRED, "invalid_choice": NOT_LISTED}
    )
    substitute = forms.ModelChoiceField(
        Person.objects.none(), label=_("Người làm thay"), empty_label=_("Chọn người"),
        error_messages={"required": REQUIRED, "invalid_choice": NOT_LISTED},
    )  # fmt: skip
    valid_from = DayField(label=_("Từ ngày"), initial=today)
    valid_until = DayField(label=_("Đến hết ngày"))
    reason = CleanCharField(label=_("Lý do"), max_length=300, help_text=_("Ví dụ: đi công tác, nghỉ phép."))
    document = CleanCharField(
        label=_("Văn bản uỷ quyền"), max_length=300, required=False, help_text=_("Số, ngày văn bản, nếu có.")
    )

    def __init__(self, *args: Any, person: Person, words: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {f"{row.person_id}-{row.office}-{row.organization_id}": row for row in nameable(person)}
        whose: Any = self.fields["whose"]
        whose.choices = [("", gettext("Chọn chức trách")), *_grouped(self.offices, person)]
        if len(self.offices) == 1:
            whose.initial = next(iter(self.offices))
        self._offer_people(person, words)

    def _offer_people(self, person: Person, words: str) -> None:
        """Everyone else who may be one is taken; shown are those found by the words, and no more than can be read."""
        field: Any = self.fields["substitute"]
        field.queryset = candidates().exclude(pk=person.pk)
        shown = list(field.queryset.search(words)[: MOST_CHOICES + 1])
        self.too_many = len(shown) > MOST_CHOICES
        chosen = str(self.data.get("substitute", ""))
        if chosen.isdecimal() and len(chosen) < 19 and all(str(one.pk) != chosen for one in shown):
            shown = [*field.queryset.filter(pk=chosen), *shown]
        field.choices = [("", field.empty_label), *((one.pk, _person_label(one)) for one in shown[:MOST_CHOICES])]

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        first, last = self.cleaned_data.get("valid_from"), self.cleaned_data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", ValidationError(_("Ngày kết thúc phải từ ngày bắt đầu trở đi.")))
        return self.cleaned_data

    def facts(self) -> dict[str, Any]:
        """What `set_substitute` asks besides who sets it."""
        typed = dict(self.cleaned_data)
        held = self.offices[typed.pop("whose")]
        return {"principal": held.person, "office": held.office, "organization": held.organization, **typed}


class EndForm(forms.Form):
    """Why it ends before its day."""

    reason = CleanCharField(
        label=_("Lý do"), max_length=300, required=False, help_text=_("Người kia sẽ đọc được lý do này.")
    )


def nameable(person: Person) -> list[Appointment]:
    """Offices for which this person may name a stand-in: one's own work, their body's, leaders' below their chancery.

    A stand-in's own line of such an office has them as `person`, because it is their work that is handed on.
    """
    mine = [copy(held) for held in person.offices_today() if held.office not in NOT_SUBSTITUTABLE and not held.through]
    for held in mine:
        held.person = person
    others = Q(pk__in=[])
    for held in person.offices_today():
        if held.office == Office.UNIT_HEAD:
            others |= Q(organization=held.organization_id, office__in=[o for o in SUBSTITUTABLE if o != held.office])
        if held.office == Office.CHANCERY:
            others |= Q(organization__path__startswith=held.organization.path, office__in=BY_CHANCERY)
    found = Appointment.objects.today().filter(others).exclude(person=person).select_related("person", "organization")
    return [*mine, *found.order_by("organization__path", "office", "person__sort_key")[:MOST_CHOICES]]


def candidates() -> QuerySet[Person]:
    """People with work in the house today who may stand in for somebody."""
    today_held = Appointment.objects.today()
    never = today_held.filter(office__in=list(NEVER_STANDS_IN))
    found = Person.objects.active().people().filter(pk__in=today_held.values("person"))
    return found.exclude(pk__in=never.values("person")).listed()


def _grouped(offices: dict[str, Appointment], person: Person) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices: one's own first, then by body."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, row in offices.items():
        if row.person_id == person.pk:
            name, label = gettext("Của tôi"), f"{row.get_office_display()}, {row.organization.short_name}"
        else:
            name, label = row.organization.name, f"{row.person.full_name} – {row.get_office_display()}"
        groups.setdefault(name, []).append((key, label))
    return list(groups.items())


def _person_label(person: Any) -> str:
    """A name with what the person does today, for two people of one name."""
    held = [f"{one.get_office_display()}, {one.organization.short_name}" for one in person.held_today]
    return f"{person.full_name} ({'; '.join(held)})" if held else person.full_name
