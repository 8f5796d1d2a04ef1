"""The page of what one did, with the filters in its address."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from audit.clock import now
from audit.models import Entry
from organizations.access import methods, person_of, signed_in
from organizations.calendar import working_days_between
from organizations.models import Office

from .history import PERIODS, Asked, act_name, acts_to_choose, ago, page_of, readable
from .keyset import cursor


@methods("GET")
@signed_in
def history(request: HttpRequest) -> HttpResponse:
    """What this person did, the newest first."""
    person, asked = person_of(request), Asked.read(request.GET)
    entries, earlier, later = page_of(person, asked)
    codes = readable(person, entries)
    return render(request, "flows/history.html", {
        "asked": asked, "lines": [_line(entry, codes) for entry in entries], "clear_url": reverse("flows:history"),
        "periods": _periods(asked),
        "acts": [(name, words, name == asked.act) for name, words in acts_to_choose()],
        "next_url": asked.url(after=_key(entries[-1])) if later and entries else "",
        "prev_url": asked.url(before=_key(entries[0])) if earlier and entries else "",
        "first_url": asked.url() if asked.after or asked.before else "",
    })  # fmt: skip


def _periods(asked: Asked) -> list[dict[str, Any]]:
    """Periods as pills; a click on the one in force takes it off."""
    return [
        {"label": label, "url": asked.url(period="" if asked.period == key else key, since=None, until=None),
         "count": None, "current": asked.period == key}
        for key, (label, _days) in PERIODS.items()
    ]  # fmt: skip


def _key(entry: Entry) -> str:
    return cursor(entry.at, entry.pk)


def _line(entry: Entry, codes: dict[int, str]) -> dict[str, Any]:
    office = Office(entry.office).label if entry.office in Office.values else ""
    return {
        "at": entry.at, "ago": ago(entry, working_days_between(entry.at, now())), "act": act_name(entry),
        "code": codes.get(entry.subject_id or 0) if entry.subject_type == "dossiers.dossier" else None,
        "label": entry.subject_label, "unit": entry.unit_name, "behalf": entry.behalf_name, "reason": entry.reason,
        "office": " · ".join(filter(None, [str(office), entry.organization_name])), "number": entry.number,
    }  # fmt: skip
