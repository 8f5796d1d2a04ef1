"""How I want to be told: one table of events and ways, quiet hours, the morning's digest, invitations."""

from collections.abc import Iterator
from datetime import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organizations.access import actor_of, methods, person_of, signed_in

from . import acts
from .matrix import EVENTS, PRESSING, Way, chosen_by, rule_of
from .models import Preference

NO_SUCH_HOUR = gettext_lazy("Hãy chọn một giờ trong danh sách.")


class HourField(forms.TypedChoiceField):
    """A half hour of the day, chosen: a browser's own box for times speaks the browser's language."""

    default_error_messages = {"required": NO_SUCH_HOUR, "invalid_choice": NO_SUCH_HOUR}

    def __init__(self, **kwargs: Any) -> None:
        hours = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)]
        super().__init__(choices=[(hour, hour) for hour in hours], coerce=time.fromisoformat, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A kept hour as it stands in the list."""
        return f"{value:%H:%M}" if isinstance(value, time) else value


class PreferenceForm(forms.Form):
    """One choice for each event this person can be told of, and the rest of a Preference."""

    quiet_from = HourField(label=gettext_lazy("Giờ yên lặng từ"))
    quiet_until = HourField(label=gettext_lazy("đến"))
    quiet_days_off = forms.BooleanField(label=gettext_lazy("Cả ngày nghỉ, ngày lễ"), required=False)
    due_in_digest = forms.BooleanField(
        label=gettext_lazy("Bản tin sáng kèm danh sách việc đến hạn, quá hạn"), required=False
    )
    calendar = forms.BooleanField(label=gettext_lazy("Thư về hạn gửi kèm lịch (.ics)"), required=False)

    def __init__(self, preference: Preference, offices: set[str], data: Any = None) -> None:
        self.kept, self.offices, self.events = preference, offices, chosen_by(offices)
        names = ("quiet_from", "quiet_until", "quiet_days_off", "due_in_digest", "calendar")
        super().__init__(data, initial={name: getattr(preference, name) for name in names})
        for event in self.events:
            said = {"invalid_choice": _("Cách báo này không chọn được cho “%(event)s”.") % {"event": EVENTS[event][0]}}
            ways = [(way, Way(way).label) for way in Way.values if rule_of(event).allows(way)]
            self.fields[event] = forms.ChoiceField(
                choices=ways, initial=self._now(event), label=EVENTS[event][0], required=False, error_messages=said
            )

    def house(self, event: str) -> str:
        """The house's own way for this person: of several offices, the most pressing."""
        return max(self._house_ways(event), key=lambda way: PRESSING[way])

    def _house_ways(self, event: str) -> set[str]:
        return {rule_of(event).house_way(office) for office in self.offices or {""}}

    def _now(self, event: str) -> str:
        chosen = self.kept.ways.get(event)
        return rule_of(event).way_for(chosen) if chosen else self.house(event)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The table: an event, and for each way whether it is chosen, open to choice, and the house's own."""
        group: Any = None
        for event in self.events:
            name, when, its_group = EVENTS[event]
            yield {
                "event": event, "name": name, "when": when, "errors": self[event].errors,
                "group": its_group if its_group != group else "",
                "bound": rule_of(event).least != Way.NONE, "ways": list(self._ways(event)),
            }  # fmt: skip
            group = its_group

    def _ways(self, event: str) -> Iterator[dict[str, Any]]:
        typed, house, rule = self[event].value(), self.house(event), rule_of(event)
        for way, label in Way.choices:
            yield {"way": way, "label": label, "chosen": typed == way, "house": way == house, "open": rule.allows(way)}

    def wishes(self) -> dict[str, Any]:
        """What was chosen, as fields of a Preference: a choice only where it differs from the house's.

        What was chosen for events of an office held no more stays as it was.
        """
        own = {event: way for event, way in self.kept.ways.items() if event not in self.events}
        chosen = {event: self.cleaned_data[event] or self.house(event) for event in self.events}
        rest = {name: value for name, value in self.cleaned_data.items() if name not in chosen}
        return {**rest, "ways": own | {event: way for event, way in chosen.items() if {way} != self._house_ways(event)}}


@methods("GET", "POST")
@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """The table as it stands; saved as a whole, or back to the house's ways."""
    person = person_of(request)
    kept = Preference.objects.filter(person=person).first() or Preference(person=person)
    sent = request.POST if request.method == "POST" else None
    form = PreferenceForm(kept, {held.office for held in person.offices_today()}, sent)
    if sent is not None and ("house" in sent or form.is_valid()):
        changed = acts.prefer({} if "house" in sent else form.wishes(), by=actor_of(request))
        messages.success(request, _("Đã lưu tuỳ chọn báo tin.") if changed else _("Không có gì thay đổi."))
        return redirect("notifications:preferences")
    status = 422 if form.is_bound else 200
    context = {"form": form, "rows": list(form.rows()), "ways": Way.choices, "own": kept.pk is not None}
    return render(request, "notifications/preferences.html", context, status=status)
