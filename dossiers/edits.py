"""Changes of a dossier that are no acts: opening it, its list, its papers, its place in a decision.

Each is one transaction under the dossier's lock, one entry with before and after, one more version.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit.clock import now, today
from audit.ledger import Actor, record
from audit.models import Kind
from campaigns.models import Campaign
from organizations.authority import acting
from organizations.models import Office, Organization
from organizations.names import fold

from .conditions import flagged
from .errors import Gone, Unfit
from .free_hand import require_no_tie
from .models import Dossier, Nomination, Scratch, Series
from .states import EDITABLE, State

MOST_NAMES = 500
FIELDS = ("kind full_name birth_year sex title unit_name award_id achievement result_percent".split())


@transaction.atomic
def open_dossier(*, by: Actor, campaign: Campaign, unit: Organization) -> Dossier:
    """Open a dossier of a unit in a campaign; its first entry is an act, its state DRAFT.

    Raises    PermissionDenied unless the person is AUTHOR of a unit that takes part; Unfit after the cut-off
    """
    actor = acting(by, Office.AUTHOR, unit)
    if not campaign.participants.filter(pk=unit.pk).exists():
        raise PermissionDenied
    if not campaign.opens_on <= today() <= campaign.last_day:
        raise Unfit(_("Đợt này không nhận hồ sơ vào hôm nay (hạn %(day)s).") % {"day": f"{campaign.last_day:%d/%m/%Y}"})
    code = _next_code(today().year)
    dossier = Dossier(code=code, campaign=campaign, unit=unit, opened_by=by.person, opened_at=now(), moved_at=now())
    dossier.search_key = _search_key(dossier)
    dossier.save()
    record(dossier, "open", by=actor, at=dossier.moved_at, target=dossier.state)
    return dossier


def _next_code(year: int) -> str:
    """The next code of a year, HS-2024-0001; the series' row is locked until commit."""
    Series.objects.get_or_create(year=year)
    series = Series.objects.select_for_update().get(year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return f"HS-{year}-{series.last:04d}"


def _search_key(dossier: Dossier) -> str:
    return fold(f"{dossier.code} {dossier.unit.name} {dossier.unit.short_name}")[:300]


@contextmanager
def changing(dossier: Dossier, *, version: int | None, person: Any = None) -> Iterator[Dossier]:
    """The dossier under lock in one transaction, read with what ties `person` to it.

    Raises    Gone when its version is newer than the form's
    """
    with transaction.atomic():
        locked = Dossier.objects.locked(dossier.pk, person)
        if locked.is_stale(version):
            raise Gone(_("Hồ sơ đã thay đổi từ khi bạn mở trang."))
        yield locked


def _require_author(dossier: Dossier, by: Actor) -> Actor:
    """The unit's author, while the dossier is theirs to edit.

    Raises    Gone when it has left their desk, PermissionDenied when it is another's
    """
    if dossier.state not in EDITABLE:
        raise Gone(_("Hồ sơ không còn ở chỗ người lập, không sửa được nữa."))
    return acting(by, Office.AUTHOR, dossier.unit_id)


def facts_of(nomination: Nomination) -> dict:
    """A nomination as the ledger keeps it; `person` only when the author said which account is the nominee's."""
    linked = {"person": nomination.person_id} if nomination.person_id else {}
    return {**{name: getattr(nomination, name) for name in FIELDS}, **linked}


def save_letter(dossier: Dossier, letter: str, *, by: Actor, version: int | None = None) -> None:
    """Keep the number and date of the submission letter."""
    with changing(dossier, version=version) as locked:
        actor = _require_author(locked, by)
        if letter != locked.letter:
            before, locked.letter = locked.letter, letter
            record(locked, "save_letter", by=actor, kind=Kind.EDIT, before={"letter": before}, after={"letter": letter},
                   save=["letter"])  # fmt: skip


def add_nominations(dossier: Dossier, rows: Iterable[dict], *, by: Actor, version: int | None = None) -> int:
    """Add names to a draft's list.  Returns how many.

    rows    dicts of FIELDS, checked by a form
    Raises  Unfit beyond 500 names
    """
    with changing(dossier, version=version) as locked:
        actor = _require_author(locked, by)
        if locked.state != State.DRAFT:
            raise Unfit(_("Hồ sơ bổ sung không thêm được đề nghị mới."))
        rows, last = list(rows), max((n.position for n in locked.names), default=0)
        if len(locked.names) + len(rows) > MOST_NAMES:
            raise Unfit(_("Một hồ sơ có nhiều nhất %(most)s đề nghị.") % {"most": MOST_NAMES})
        new = [Nomination(dossier=locked, position=last + i, **row) for i, row in enumerate(rows, start=1)]
        for nomination in new:
            nomination.keep_keys()
        Nomination.objects.bulk_create(new)
        if new:
            after = {str(n.position): facts_of(n) for n in new}
            record(locked, "add_nominations", by=actor, kind=Kind.EDIT, after=after)
        return len(new)


def change_nomination(dossier: Dossier, pk: int, values: dict, *, by: Actor, version: int | None = None) -> None:
    """Change one name; in a supplement only those the desk asked about."""
    with changing(dossier, version=version) as locked:
        actor = _require_author(locked, by)
        nomination = _editable(locked, pk)
        before = facts_of(nomination)
        for name, value in values.items():
            setattr(nomination, name, value)
        nomination.keep_keys()
        after = facts_of(nomination)
        if after != before:
            nomination.save()
            record(locked, "change_nomination", by=actor, kind=Kind.EDIT, facts={"position": nomination.position},
                   before=before, after=after)  # fmt: skip


def remove_nomination(dossier: Dossier, pk: int, *, by: Actor, version: int | None = None) -> None:
    """Take one name off a draft that was never judged; later it is withdrawn by an act instead."""
    with changing(dossier, version=version) as locked:
        actor = _require_author(locked, by)
        nomination = _editable(locked, pk)
        if locked.state != State.DRAFT or nomination.judgements or nomination.holds.exists():
            raise Unfit(_("Đề nghị này đã được xem xét: hãy dùng “Rút một đề nghị”, kèm lý do."))
        before = {"position": nomination.position, **facts_of(nomination)}
        nomination.delete()
        record(locked, "remove_nomination", by=actor, kind=Kind.EDIT, before=before)


def may_change(dossier: Dossier, nomination: Nomination) -> bool:
    """True while the author may change this name; in a supplement only those the desk asked about."""
    if nomination.left or dossier.state not in EDITABLE:
        return False
    return dossier.state == State.DRAFT or flagged(nomination)


def _editable(dossier: Dossier, pk: int) -> Nomination:
    found = next((n for n in dossier.still_in if n.pk == pk), None)
    if found is None:
        raise Gone(_("Đề nghị này không còn trong hồ sơ."))
    if not may_change(dossier, found):
        raise Unfit(_("Chỉ sửa được những đề nghị được yêu cầu bổ sung."))
    return found


def keep_scratch(dossier: Dossier, form: str, text: dict, *, by: Actor) -> None:
    """Keep what an author is typing; no entry, no version, nobody else sees it.

    Raises    PermissionDenied, Gone as for an edit
    """
    _require_author(dossier, by)
    Scratch.objects.update_or_create(
        dossier=dossier, person=by.person, form=form, defaults={"text": text, "at": now()}
    )


def drop_scratch(dossier: Dossier, form: str, *, by: Actor) -> None:
    """Forget what was typed, once it is saved."""
    Scratch.objects.filter(dossier=dossier, person=by.person, form=form).delete()


def put_in_decision(dossier: Dossier, decision: Any, lines: dict[int, Any], *, by: Actor) -> None:
    """Reserve a dossier for a draft decision, or free it (decision None); called under the decision's lock.

    lines    {nomination id: line}
    """
    with changing(dossier, version=None, person=by.person) as locked:
        if decision is not None:
            require_no_tie(locked, by.person)
        if decision is not None and (locked.state != State.DECIDING or locked.decision_id not in (None, decision.pk)):
            raise Gone(_("%(code)s không còn chờ quyết định.") % {"code": locked.code})
        for nomination in locked.still_in:
            nomination.line = lines.get(nomination.pk)
        Nomination.objects.bulk_update(locked.still_in, ["line"], batch_size=250)
        locked.decision = decision
        record(locked, "reserve" if decision else "release", by=by, kind=Kind.EDIT,
               after={"decision": decision.pk if decision else None}, save=["decision"])  # fmt: skip


def put_on_agenda(dossier: Dossier, sitting: Any, ballots: dict[int, Any], *, by: Actor) -> None:
    """Tie every name still in to its ballot of a sitting."""
    with changing(dossier, version=None, person=by.person) as locked:
        if sitting is not None:
            require_no_tie(locked, by.person)
        if locked.state != State.DELIBERATING:
            raise Gone(_("%(code)s không còn chờ Hội đồng.") % {"code": locked.code})
        for nomination in locked.still_in:
            nomination.ballot = ballots.get(nomination.pk)
        Nomination.objects.bulk_update(locked.still_in, ["ballot"], batch_size=250)
        record(locked, "put_on_agenda", by=by, kind=Kind.EDIT, after={"sitting": str(sitting) if sitting else None})
