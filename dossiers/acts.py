"""The only door by which a dossier moves."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from audit.clock import now
from audit.ledger import Actor, record
from audit.models import Entry
from notifications.outbox import announce
from organizations.authority import acting
from organizations.models import Place

from .clock import spent
from .conditions import why_not
from .effects import EFFECTS
from .errors import Gone, NotNow
from .free_hand import require_free_hand
from .lifecycle import law
from .models import Dossier
from .notices import NOTICES
from .states import DESKS, REACH, Reach

MOVED = (
    "state moved_at reach received_at regime late_until supplements_asked supplement_asked_at papers_asked"
    " stops held_since desk_since"
).split()
REASON_KEPT = {"withdraw_nomination", "hold", "lift"}  # acts whose effect writes the reason into a row too


def rule_of(dossier: Dossier, act: str) -> Any:
    """The transition by which `act` leaves the dossier's state, or None when it is not legal there."""
    return law(Dossier).get(act, {}).get(dossier.state)


def may(dossier: Dossier, act: str, actor: Actor) -> bool:
    """True when the act is legal in this state and this person's office; its conditions are another matter."""
    rule = rule_of(dossier, act)
    return rule is not None and rule.has_perm(dossier, actor)


def require_may(dossier: Dossier, act: str, *, by: Actor, version: int | None = None) -> Any:
    """The transition of an act that is legal now and theirs; asked before a form is read, and again under the lock.

    Raises    Gone (not legal now, or the form's version is stale), PermissionDenied (another's office)
    """
    rule = rule_of(dossier, act)
    if rule is None or dossier.is_stale(version):
        raise Gone(_("Hồ sơ đã thay đổi từ khi bạn mở trang."))
    if not rule.has_perm(dossier, by):
        raise PermissionDenied
    return rule


def waits_for(dossier: Dossier, act: str) -> list[str]:
    """Why an act that is legal here cannot be done yet: one sentence for each unmet condition."""
    rule = rule_of(dossier, act)
    return [why_not(condition, dossier) for condition in rule.custom["when"] if not condition(dossier)]


@transaction.atomic(savepoint=False)
def perform(
    dossier: Dossier,
    act: str,
    *,
    by: Actor,
    version: int | None = None,
    step_id: int | None = None,
    desk: tuple[str, Any] | None = None,
    **facts: Any,
) -> Entry:
    """Do one act: lock, check, move, save, record, owe the notices.  Returns the ledger entry, its
    `subject` being the dossier as it now is.

    version   the dossier's version that the form was made from; an older one is stale
    step_id   the open step in which it happens
    desk      (place, body) of that step
    facts     what the act states; given to the act, written by its effect, kept in the entry

    Raises    Gone (not legal now, or stale), PermissionDenied (another's office), NotNow (waits for something),
              Unfit (the facts do not fit); nothing is written then
    """
    dossier = Dossier.objects.locked(dossier.pk, by.person)
    if desk is not None:
        dossier.stand(*desk)
    rule = require_may(dossier, act, by=by, version=version)
    actor = _actor(dossier, rule, by)
    source, at = dossier.state, max(now(), dossier.moved_at)
    if rule.target in DESKS and act != "resubmit":  # a supplement comes back to a desk that had it already
        dossier.desk_since = at
    try:
        getattr(dossier, act)(by=by, **facts)
    except TransitionNotAllowed as refusal:
        raise NotNow(*waits_for(dossier, act)) from refusal
    written = _write(dossier, act, actor=actor, at=at, source=source, facts=facts)
    if dossier.state != source:  # one name withdrawn, or a hold, moves nothing
        dossier.moved_at, dossier.reach = at, max(dossier.reach, REACH.get(dossier.state, Reach.UNIT))
        written |= {"spent": spent(dossier, at)} if dossier.received_at else {}
    entry = record(
        dossier, act, by=actor, at=at, source=source, target=dossier.state, reason=facts.get("reason", ""),
        number=dossier.decision.code if dossier.decision else "", facts=written, step_id=step_id, save=MOVED,
    )  # fmt: skip
    entry.subject = dossier
    tell(dossier, act, entry)
    return entry


def _write(dossier: Dossier, act: str, *, actor: Actor, at: datetime, source: str, facts: dict) -> dict:
    """Run the act's effect with the facts it asks for; returns what the entry keeps besides the reason."""
    plain = {name: value for name, value in facts.items() if name != "reason"}
    effect = EFFECTS.get(act)
    if effect is None:
        return plain
    wants_reason = {"reason": facts["reason"]} if act in REASON_KEPT else {}
    return effect(dossier, actor=actor, at=at, source=source, **plain, **wants_reason)


def _actor(dossier: Dossier, rule: Any, by: Actor) -> Actor:
    """The one who acts, in the office the law asks at the body where it lies, and in whose name.

    Raises    Recused
    """
    place = rule.custom["place"]
    if by.person.is_system:
        office = by.office or rule.custom["office"] or ""
        return replace(by, office=office, organization=by.organization or _body(dossier, rule))
    actor = acting(by, rule.custom["office"], dossier.body_at(place))
    require_free_hand(dossier, place, actor)
    return actor


def _body(dossier: Dossier, rule: Any) -> Any:
    """The body in whose name the act is done, for the ledger."""
    place = rule.custom["place"]
    if place in (None, Place.UNIT):
        return dossier.unit if place else None
    if dossier.desk and dossier.desk[0] == place:
        return dossier.desk[1]
    return next((row.organization for row in dossier.places if row.place == place), dossier.unit)


def tell(dossier: Dossier, act: str, entry: Entry) -> None:
    """Owe the notices of an act."""
    for audience, template in NOTICES.get(act, ()):
        announce(entry, audience(dossier), template, url=f"/ho-so/{dossier.code}/", code=dossier.code)
