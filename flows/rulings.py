"""The signatory's desk, over both floors: dossiers gathered in a draft, lines struck, the decision issued or dropped.

Locks are taken in one order: decision, then dossiers by key; issuing takes decision, dossiers, register.  Desk acts
and the moves take passage, then dossier, and no decision; nobody who holds a dossier asks for a decision or a passage,
so that no circle of waiting can arise.  A dossier in a draft is reserved: the law's conditions refuse every other act
on it.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from audit.ledger import Actor
from decisions import acts as decision_acts
from decisions.models import Decision, Line
from dossiers import edits
from dossiers.barriers import no_name_held
from dossiers.conditions import why_not
from dossiers.errors import Gone, Unfit
from dossiers.free_hand import Recused, require_free_hand, twice_sentence
from dossiers.models import Dossier, Nomination
from dossiers.states import State
from organizations.models import Place

from .tasks import move_decided


def _draft(decision: Decision, by: Actor, version: int | None = None) -> tuple[Decision, Actor]:
    """The draft under its lock and the actor as its signatory.

    Raises    Gone when it is no draft any more or changed since the form was made, PermissionDenied
    """
    try:
        draft = decision_acts.locked_draft(decision)
    except decision_acts.NotADraft as late:
        raise Gone(str(late)) from late
    if version is not None and version != draft.chain_position:
        raise Gone(_("Dự thảo đã thay đổi từ khi bạn mở trang."))
    actor, _held = decision_acts.require_signatory(draft.organization, by)
    return draft, actor


def _free_for(draft: Decision, by: Actor) -> list[Dossier]:
    """The draft's dossiers under their locks; its signatory is tied to none, and did no earlier desk in one's name.

    Raises    Recused
    """
    dossiers = Dossier.objects.locked_in(draft, by.person)
    if codes := ", ".join(dossier.code for dossier in dossiers if dossier.tie):
        said = _("Bạn có liên quan đến %(codes)s: đưa ra khỏi dự thảo, người khác quyết định.")
        raise Recused(said % {"codes": codes})
    lent = by.behalf is not None
    if twice := [
        f"{one.code}: {said}" for one in dossiers
        if (said := twice_sentence(by.office, lent_now=lent, first=one.first_check, lent=one.lent_check))
    ]:  # fmt: skip
        raise Recused(*twice)
    return dossiers


def _on_hold(dossier: Dossier) -> str:
    """Why a dossier goes into no decision while it, or a name still in, is on hold; empty when nothing is."""
    return "" if no_name_held(dossier) else f"{dossier.code}: {why_not(no_name_held, dossier)}"


@transaction.atomic
def gather(decision: Decision, dossiers: Iterable[Dossier], *, by: Actor) -> int:
    """Put dossiers into a draft, all or none: a line for every name that carried, the dossier reserved.

    Returns   how many lines
    Raises    Gone when the draft is closed, one of them no longer waits freely for this body or is on hold;
              PermissionDenied, Recused
    """
    draft, actor = _draft(decision, by)
    return sum(_gather(draft, pk, actor) for pk in sorted({dossier.pk for dossier in dossiers}))


def _gather(draft: Decision, pk: int, by: Actor) -> int:
    dossier = Dossier.objects.locked(pk, by.person)
    here = dossier.body_at(Place.AUTHORITY) == draft.organization_id
    if dossier.state != State.DECIDING or dossier.decision is not None or not here:
        raise Gone(_("%(code)s không còn chờ quyết định, hoặc đã nằm trong một dự thảo.") % {"code": dossier.code})
    require_free_hand(dossier, Place.AUTHORITY, by)
    if held := _on_hold(dossier):
        raise Gone(held)
    names = dossier.still_in
    rows = [{"group_id": dossier.pk, "group_label": dossier.code, **snapshot(name)} for name in names]
    lines = decision_acts.add_lines(draft, rows, by=by)
    edits.put_in_decision(dossier, draft, {n.pk: line for n, line in zip(names, lines, strict=True)}, by=by)
    return len(lines)


def snapshot(name: Nomination) -> dict[str, str]:
    """What a line copies of a nomination; as it is signed so it stays."""
    return {
        "nominee": name.full_name, "kind": name.kind, "title": name.title, "unit_name": name.unit_name,
        "award": name.award.name, "achievement": name.achievement,
    }  # fmt: skip


@transaction.atomic
def take_out(decision: Decision, dossier: Dossier, *, by: Actor, version: int | None = None) -> None:
    """Take one dossier out of a draft; it waits freely again.

    Raises    PermissionDenied, Gone when the draft is closed, changed, or does not hold it
    """
    draft, actor = _draft(decision, by, version)
    dossier = Dossier.objects.locked(dossier.pk)
    if dossier.decision_id != draft.pk:
        raise Gone(_("%(code)s không nằm trong dự thảo này.") % {"code": dossier.code})
    edits.put_in_decision(dossier, None, {}, by=actor)
    decision_acts.remove_lines(draft, dossier.pk, by=actor)


@transaction.atomic
def strike(decision: Decision, struck: dict[int, str], *, by: Actor, version: int | None = None) -> None:
    """Strike these lines of a draft with their reasons, and un-strike all others.

    struck    {line id: reason}
    Raises    PermissionDenied, Recused, Gone, Unfit when a reason is missing
    """
    draft, actor = _draft(decision, by, version)
    _free_for(draft, actor)
    lines = draft.lines.in_bulk(list(struck))
    missing = [line.nominee for pk, line in lines.items() if not struck[pk].strip()]
    if missing:
        raise Unfit(*[_("Ghi lý do gạch tên %(name)s.") % {"name": name} for name in missing])
    decision_acts.strike(draft, {pk: struck[pk] for pk in lines}, by=actor)


@transaction.atomic
def drop(decision: Decision, *, by: Actor, reason: str, version: int | None = None) -> None:
    """Drop a draft: its dossiers wait freely again, its lines stay as history.

    Raises    PermissionDenied, Gone
    """
    draft, actor = _draft(decision, by, version)
    for dossier in draft.dossiers.order_by("pk"):
        edits.put_in_decision(dossier, None, {}, by=actor)
    decision_acts.drop(draft, by=actor, reason=reason)


@transaction.atomic
def issue(
    decision: Decision, *, by: Actor, version: int | None = None, struck: dict[int, str] | None = None
) -> Decision:
    """Issue a draft: its lines become what the nominations are now, it takes its number, its dossiers will move.

    struck    lines as marked on the page, struck first of all; None leaves them as they were saved
    Raises    PermissionDenied, Recused, Gone, Unfit when no name is granted or something is on hold
    """
    draft, actor = _draft(decision, by, version)
    if held := [said for dossier in _free_for(draft, actor) if (said := _on_hold(dossier))]:
        raise Unfit(*held)
    if struck is not None:
        decision_acts.strike(draft, struck, by=actor)
        draft.refresh_from_db()
    if not draft.lines.filter(struck=False).exists():
        raise Unfit(_("Dự thảo không khen thưởng ai: thêm hồ sơ, hoặc bỏ gạch ít nhất một tên."))
    _refresh(draft)
    issued = decision_acts.issue(draft, by=actor)
    move_decided.delay_on_commit(issued.pk)
    return issued


def _refresh(draft: Decision) -> None:
    """Freeze the lines as the nominations stand; nobody can change a reserved dossier meanwhile.

    Raises    Gone when a line has lost its nomination, or a dossier left the signatory's desk
    """
    names = Nomination.objects.filter(dossier__decision=draft, dossier__state=State.DECIDING, left="")
    by_line = {name.line_id: name for name in names.select_related("award")}
    lines = list(draft.lines.all())
    if set(by_line) != {line.pk for line in lines}:
        raise Gone(_("Danh sách không còn khớp với hồ sơ. Hãy đưa hồ sơ ra rồi đưa vào lại."))
    for line in lines:
        for field, value in snapshot(by_line[line.pk]).items():
            setattr(line, field, value)
    Line.objects.bulk_update(lines, list(snapshot(by_line[lines[0].pk])), batch_size=100)
