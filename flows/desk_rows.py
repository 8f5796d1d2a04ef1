"""One step as a row of the desk: what is asked, how far its deadline is, who has it, what to look out for."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.template.defaultfilters import date as written
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.clock import now
from dossiers.states import JUDGING, RETURNED, SIGNING_AGAIN, State
from dossiers.words import past
from organizations.calendar import Distance, distance, working_days_between
from organizations.models import Appointment, Person

from .desk_wish import Tab
from .models import StepRow
from .story import far

SENT_BACK = {"hand_back", "send_back", "recall"}  # acts that brought a dossier here a second time


class Flag(NamedTuple):
    """A word of warning beside a row, and how pressing it is."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Row:
    """One step of one tab, as one person sees it."""

    step: StepRow
    distance: Distance | None
    mine: bool
    holder: str
    cause: str
    waited: str
    may_claim: bool
    may_release: bool
    unseen: str
    figures: dict[str, Any]
    names: str
    said: str
    award: str
    flags: list[Flag] = field(default_factory=list)


def row_of(step: StepRow, person: Person, tab: Tab) -> Row:
    """A row of `StepQuerySet.shown_to` in words."""
    dossier, theirs = step.process.dossier, person.held(step.office, step.organization_id, of=step.owner_id)
    mine = theirs is not None and person.shares_desk_of(step.owner_id, step.office, step.organization_id)
    figures = step.figures or {}
    unseen = _unseen(step, tab, person)
    return Row(
        step=step, mine=mine, cause=past(step.cause) if step.cause else "", unseen=unseen, figures=figures,
        distance=None if tab.done else far(step),
        holder=_holder(step, person, tab),
        waited="" if tab.done else _waited(step),
        may_claim=theirs is not None and not mine and not tab.done and not step.kept_away,
        may_release=mine and step.owner_id == person.pk and step.assigned is not None and not tab.done,
        names=_names(figures), award=_award(figures), said=_said(figures, dossier.state) if step.heard else "",
        flags=[] if tab.done else _flags(step, figures, theirs),
    )  # fmt: skip


def _holder(step: StepRow, person: Person, tab: Tab) -> str:
    """Who has it, and in whose name; nothing while nobody does."""
    if step.owner is None or not (step.claimed or tab.done):
        return ""
    name = _("Bạn") if step.owner_id == person.pk else step.owner.full_name
    return _("%(name)s, thay %(other)s") % {"name": name, "other": step.held_for} if step.held_for else name


def _waited(step: StepRow) -> str:
    """For how many working days a step has waited."""
    days = working_days_between(step.created, now(), step.organization)
    if not days:
        today = localtime(step.created).date() == localtime(now()).date()
        return _("hôm nay") if today else _("chưa đủ 1 ngày làm việc")
    return ngettext("%(days)d ngày làm việc", "%(days)d ngày làm việc", days) % {"days": days}


def _unseen(step: StepRow, tab: Tab, person: Person) -> str:
    """`new` when this person never opened the dossier, `changed` when others wrote in its ledger since, or nothing.

    Whoever wrote its newest entry knows it.  What waits elsewhere is not new work; what is done is not looked at again.
    """
    dossier = step.process.dossier
    if tab.done or person.pk in (dossier.changed_by_id, dossier.changed_for_id):
        return ""
    if step.seen is None:
        return "new" if tab.own else ""
    return "changed" if dossier.version > step.seen else ""


def _names(figures: dict[str, Any]) -> str:
    """How many people, and how many collectives."""
    total, people = figures.get("total", 0), figures.get("people", 0)
    parts = [ngettext("%(n)d người", "%(n)d người", people) % {"n": people}] if people else []
    if groups := total - people:
        parts.append(ngettext("%(n)d tập thể", "%(n)d tập thể", groups) % {"n": groups})
    return ", ".join(parts) or _("chưa có đề nghị")


def _award(figures: dict[str, Any]) -> str:
    """What is proposed: the award, and how many others."""
    others = (figures.get("awards") or 0) - 1
    if others < 1:
        return figures.get("award") or ""
    told = ngettext("%(award)s và %(n)d hình thức khác", "%(award)s và %(n)d hình thức khác", others)
    return told % {"award": figures["award"], "n": others}


def _said(figures: dict[str, Any], state: str) -> str:
    """What the desk it lies at said of the names; of other desks' verdicts, the latest."""
    desks = [state] if state in JUDGING else JUDGING
    passed, returned = (sum(figures.get(f"{desk}_{word}", 0) for desk in desks) for word in ("passed", "returned"))
    standing = figures.get("standing", 0)
    parts = [(_("đạt %(n)d"), passed), (_("trả bổ sung %(n)d"), returned),
             (_("đã loại %(n)d"), figures.get("total", 0) - standing)]  # fmt: skip
    if state in JUDGING:
        parts.insert(2, (_("chưa xét %(n)d"), standing - passed - returned))
    return " · ".join(text % {"n": n} for text, n in parts if n)


def _flags(step: StepRow, figures: dict[str, Any], theirs: Appointment | None) -> list[Flag]:
    """What to look out for, the most pressing first."""
    dossier, flags = step.process.dossier, []
    if dossier.held_since:
        flags.append(Flag(_("tạm dừng từ %(day)s") % {"day": _day(dossier.held_since)}, "late"))
    elif step.legal_due_at and step.legal_due_at != step.due_at:
        left = distance(step.legal_due_at, now(), step.organization)
        told = {"day": _day(step.legal_due_at), "distance": left.text}
        flags.append(Flag(_("hạn luật định %(day)s · %(distance)s") % told, left.tone))
    flags += _returned(step)
    if step.heard and figures.get("short"):
        n = figures["short"]
        flags.append(Flag(ngettext("%(n)d kết quả dưới mức", "%(n)d kết quả dưới mức", n) % {"n": n}, "soon"))
    if theirs and step.tie:
        flags.append(Flag(_("bạn có liên quan, không xử lý được"), "late"))
    principal = theirs.principal if theirs else None
    if principal:
        flags.append(Flag(_("làm thay %(name)s") % {"name": principal.full_name}, "navy"))
    return flags


def _returned(step: StepRow) -> list[Flag]:
    """Whether the dossier was sent back, or comes after a supplement."""
    dossier = step.process.dossier
    if dossier.state in (*RETURNED, *SIGNING_AGAIN):
        return [Flag(_("đã yêu cầu bổ sung"), "soon")]
    if step.cause in SENT_BACK:
        return [Flag(_("bị trả lại"), "soon")]
    if dossier.supplements_asked and State(dossier.state) in JUDGING:
        return [Flag(_("đã bổ sung, xem lại"), "navy")]
    return []


def _day(moment: datetime) -> str:
    return written(localtime(moment), "d/m")
