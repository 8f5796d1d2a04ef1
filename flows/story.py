"""What happened to a dossier, read from the ledger: the timeline, the five stations, the receipts."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db.models import Case, F, TextField, Value, When
from django.template.defaultfilters import date as written
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.clock import now
from audit.models import Entry
from dossiers.models import Dossier
from dossiers.states import FINAL, State
from dossiers.words import ACTS, BETWEEN_DESKS, SEALED, past
from organizations.calendar import Distance, distance
from organizations.models import Office, Place

from .models import StepRow

MOST_READ = 400  # entries; acts come first, so that only edits can be left out
MOST_SHOWN = 30  # lines, unless all are asked for
SUBMISSIONS = ("submit", "resubmit")
STATIONS = [
    (gettext_lazy("Đơn vị lập hồ sơ"), {"DRAFT", "SIGNING", "RETURNED_PROPOSING", "RETURNED_REVIEWING",
                                        "SIGNING_PROPOSING", "SIGNING_REVIEWING", "WITHDRAWN", "LAPSED"}),
    (gettext_lazy("TC–KH đề xuất"), {"PROPOSING"}),
    (gettext_lazy("Nội vụ thẩm định"), {"REVIEWING"}),
    (gettext_lazy("Hội đồng bỏ phiếu"), {"DELIBERATING"}),
    (gettext_lazy("UBND quyết định"), {"DECIDING", "DECIDED"}),
]  # fmt: skip


def entries_of(dossier: Dossier) -> list[Entry]:
    """Acts and edits of a dossier in the order of its chain, with `papers`: the facts of its submissions."""
    fields = (
        "id at kind act source target actor_id actor_name behalf_name origin office organization_name reason number"
        " position"
    ).split()
    found = (
        Entry.objects.about(dossier).moving().only(*fields)
        .annotate(papers=Case(When(act__in=SUBMISSIONS, then=F("facts")), default=Value(""), output_field=TextField()))
        .order_by("kind", "-position")[:MOST_READ]
    )  # fmt: skip
    return sorted(found, key=lambda entry: entry.position)


def receipts(entries: list[Entry]) -> Iterator[dict[str, Any]]:
    """Every biên nhận given, the latest first: code, its number, when, how many files."""
    for entry in reversed(entries):
        facts = json.loads(entry.papers) if entry.papers else {}
        if code := facts.get("receipt"):
            yield {"code": code, "number": int(code.rpartition("/")[2]), "at": entry.at, "files": len(facts["files"])}


def stepper(dossier: Dossier, step: StepRow | None, entries: list[Entry]) -> list[dict[str, Any]]:
    """The five stations: done with its date, now with its deadline, stopped, or to come."""
    acts = [entry for entry in entries if entry.kind == "ACT" and entry.target != entry.source]
    here = _station_of(dossier, acts)
    return [
        {"title": title, "state": _how_far(place, here, dossier), "note": _note(place, here, dossier, step, acts)}
        for place, (title, _states) in enumerate(STATIONS)
    ]


def _place(state: str) -> int | None:
    return next((place for place, (_title, states) in enumerate(STATIONS) if state in states), None)


def _station_of(dossier: Dossier, acts: list[Entry]) -> int:
    """Where it is, or where it ended: a declined dossier at the desk that declined it."""
    place = _place(dossier.state)
    if place is None:
        place = _place(acts[-1].source) if acts else 0
    return place or 0


def _how_far(place: int, here: int, dossier: Dossier) -> str:
    if dossier.state == State.DECIDED or place < here:
        return "done"
    if place > here:
        return "todo"
    return "stopped" if dossier.state in FINAL else "now"


def _note(place: int, here: int, dossier: Dossier, step: StepRow | None, acts: list[Entry]) -> str:
    """The dates of a station."""
    came = [entry for entry in acts if _place(entry.target) == place != _place(entry.source)]
    left = [entry for entry in acts if _place(entry.source) == place and _place(entry.target) != place]
    if _how_far(place, here, dossier) == "now" and step is not None:
        due = _(", hạn %(day)s") % {"day": _day(step.due_at)} if step.due_at else ""
        return _("từ %(day)s") % {"day": _day(came[-1].at if came else step.created)} + due
    if place == here and acts:
        return f"{_day(acts[-1].at)} · {dossier.decision.code if _is_decided(dossier) else State(dossier.state).label}"
    if place < here and left:
        return _("xong %(day)s") % {"day": _day(left[-1].at)}
    return _("đã qua %(day)s, sẽ xét lại") % {"day": _day(left[-1].at)} if left and place > here else ""


def _is_decided(dossier: Dossier) -> bool:
    return dossier.state == State.DECIDED and dossier.decision is not None


def _day(moment: Any) -> str:
    return written(localtime(moment), "d/m/Y")


def timeline(step: StepRow | None, entries: list[Entry], *, heard: bool, unit: bool, whole: bool) -> dict[str, Any]:
    """The open step, then what was done, newest first: {items, more: how many lines are left out}.

    heard    whether the reader may know what desks tell each other
    unit     whether the reader is of the unit, which never reads what a hold is about
    whole    show every line
    """
    lines = [_line(list(same), heard, unit) for _key, same in groupby(reversed(entries), key=_one_line)]
    shown = lines if whole else lines[:MOST_SHOWN]
    return {"items": ([_open_line(step)] if step else []) + shown, "more": len(lines) - len(shown)}


def _one_line(entry: Entry) -> tuple:
    """Edits of one kind by one person in a row are one line; an act is always its own."""
    return (entry.act, entry.actor_id) if entry.kind == "EDIT" else (entry.pk,)


def _line(same: list[Entry], heard: bool, unit: bool) -> dict[str, Any]:
    entry = same[0]
    office = Office(entry.office).label if entry.office in Office.values else ""
    tones = {"main": "good", "bad": "bad"}
    kept_from = (SEALED if unit else frozenset()) | (frozenset() if heard else BETWEEN_DESKS)
    return {
        "title": past(entry.act) + (f" (×{len(same)})" if len(same) > 1 else ""),
        "tone": tones.get(ACTS[entry.act].tone, "") if entry.act in ACTS and entry.kind == "ACT" else "",
        "time": entry.at, "by": entry.who,
        "text": " · ".join(filter(None, [str(office), entry.organization_name, entry.number])),
        "why": "" if entry.act in kept_from else entry.reason,
    }  # fmt: skip


def _open_line(step: StepRow) -> dict[str, Any]:
    """The step that is open now, its deadline, and who must act."""
    left = far(step)
    due = f"{_day(step.due_at)} · {left.text}" if left else _("không đặt hạn")
    return {
        "title": step.flow_task.task_title, "tone": "now", "when": _("đang mở · hạn %(due)s") % {"due": due},
        "text": " · ".join([str(Office(step.office).label), body_of(step), holder_of(step)]),
    }  # fmt: skip


def far(step: StepRow) -> Distance | None:
    """How far its deadline is; of a held dossier that the clock stands; None without a deadline."""
    if step.due_at is None:
        return None
    if step.process.dossier.held_since:
        return Distance(_("đồng hồ dừng"), "plain")
    return distance(step.due_at, now(), step.organization)


def body_of(step: StepRow) -> str:
    """The body on whose desk a step lies, in short."""
    return step.organization.short_name if step.organization else str(Place(step.flow_task.place).label)


def holder_of(step: StepRow) -> str:
    """Who has the step, in words."""
    return step.holder_name or _("chưa ai nhận")
