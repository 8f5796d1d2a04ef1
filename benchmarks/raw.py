"""The floor: the same rows as ours written by hand in SQL, one transaction, over the same connection.

It checks nothing and asks nothing: offices, conditions, terms, holders and what the act states are given beforehand.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from audit.clock import now
from audit.ledger import FORM, HASHED, canonical
from dossiers.clock import spent
from dossiers.effects import regime_on
from dossiers.models import Dossier
from dossiers.states import Reach, State
from notifications.matrix import Way
from notifications.tasks import deliver_for

from .ground import MEMBERS, Act, Case, Ground, open_steps
from .known import Known, Told, known

# how far a dossier has come when it leaves this state
REACHED = {
    State.DRAFT: Reach.UNIT, State.SIGNING: Reach.UNIT, State.PROPOSING: Reach.SUBMITTED,
    State.REVIEWING: Reach.SUBMITTED, State.DELIBERATING: Reach.COUNCIL, State.DECIDING: Reach.SIGNATORY,
}  # fmt: skip


def insert(table: str, columns: str, *, back: str = "") -> tuple[str, str, str]:
    """An INSERT in three parts: head, one row's places, tail."""
    names = columns.split()
    row = f"({', '.join(['%s'] * len(names))})"
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ", row, f" RETURNING {back}" if back else ""


ENTRY = insert("audit_entry", " ".join(["at", *HASHED, "digest"]), back="id")
COMPLETION = insert("flows_completion", "step_id entry_id")
STEP = insert(
    "flows_steprow",
    "flow_task flow_task_type status created started finished scheduled token process_id owner_id office"
    " organization_id unit_id cause due_at counts_from basis legal_due_at legal_basis calendar_version rung"
    " tries fault",
    back="id",
)
VERDICT = insert("dossiers_verdict", "nomination_id desk judgement reason by_id at")
RECEIPT = insert("dossiers_receipt", "dossier_id code at due_at signed_by names files")
NOTICE = insert(
    "notifications_notification",
    "entry_id recipient_id channel template context url created_at owed_at held_until not_before attempts"
    " answer about resent dismissed_reason",
)
STEP_DONE = (
    "UPDATE flows_steprow SET status = 'DONE', owner_id = %s, started = %s, finished = %s, scheduled = NULL"
    " WHERE id = %s"
)
MOVED = (
    "UPDATE dossiers_dossier SET state = %s, moved_at = %s, reach = %s, chain_position = %s, chain_digest = %s,"
    " changed_by_id = %s, changed_for_id = %s, desk_since = COALESCE(%s, desk_since) WHERE id = %s"
)
RECEIVED = MOVED.replace(" WHERE", ", received_at = %s, regime = %s WHERE")
PASSAGE_DONE = "UPDATE flows_passage SET status = 'DONE', finished = %s WHERE id = %s"


def write(cursor: Any, statement: tuple[str, str, str], *rows: Sequence[Any]) -> Any:
    """One INSERT of one or many rows; returns the key of the row when it asks for it."""
    head, places, tail = statement
    cursor.execute(head + ", ".join([places] * len(rows)) + tail, [value for row in rows for value in row])
    return cursor.fetchone()[0] if tail else None


class Raw:
    """Raw SQL."""

    name = "raw SQL"

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.known: dict[str, Known] = {}
        self.stated: dict[int, dict] = {}  # dossier -> what the act states of it
        self.number = ""
        self.lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
        self.moment = connection.ops.adapt_datetimefield_value

    def begin(self, count: int) -> list[Case]:
        """So many drafts."""
        return [self.ground.opened() for _ in range(count)]

    def ready(self, act: Act, cases: Sequence[Case]) -> None:
        """Note the open steps and all that the act will need to know."""
        open_steps(cases)
        rows = Dossier.objects.select_related("decision").in_bulk([case.dossier for case in cases])
        self.known[act.name] = known(self.ground, act)
        self.number = next((row.decision.code for row in rows.values() if row.decision), "")
        self.stated = {pk: self._stated(act, dossier) for pk, dossier in rows.items()}

    def _stated(self, act: Act, dossier: Dossier) -> dict:
        """What the entry of this act keeps; days spent are counted from the receipt, so none before it."""
        past = {} if act.name == "hand_over" else {"spent": spent(dossier, now())}
        return self._facts(act, dossier) | past

    def _facts(self, act: Act, dossier: Dossier) -> dict:
        """What its effect states."""
        names = dossier.still_in
        if act.name == "submit":
            files = [paper.latest for paper in dossier.papers]
            kept = [{"name": v.name, "sha256": v.blob.sha256, "size": v.blob.size, "version": v.number} for v in files]
            return {"receipt": f"BN-{dossier.code.removeprefix('HS-')}/1", "kept": kept}
        if act.judges:
            return {"verdicts": [[n.position, n.full_name, "PASS", ""] for n in names]}
        if act.name == "recommend":
            voted = {"agreed": MEMBERS, "members": MEMBERS, "carried": True}
            return {"ballots": {str(n.position): {"name": n.full_name, **voted} for n in names}}
        if act.name == "grant":
            return {"decision": dossier.decision.code, "granted": [n.full_name for n in names]}
        return {}

    def do(self, act: Act, case: Case) -> None:
        """Carry one dossier one act further."""
        line, at = self.known[act.name], now()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM flows_passage WHERE id = %s{self.lock}", [case.passage])
            cursor.execute(
                f"SELECT chain_position, chain_digest FROM dossiers_dossier WHERE id = %s{self.lock}", [case.dossier]
            )
            position, previous = cursor.fetchone()
            facts = self._effect(cursor, line, case, at)
            values = self._entry(line, case, at, facts, position + 1, previous)
            entry = write(cursor, ENTRY, values)
            self._move(cursor, line, case, at, (position + 1, values[-1]))
            self._complete(cursor, line, case, at, entry)
            self._notify(cursor, line, case, at, entry)
            deliver_for.delay_on_commit(entry)

    def _effect(self, cursor: Any, line: Known, case: Case, at: datetime) -> dict:
        """Verdicts or a receipt; returns the entry's facts."""
        stated, moment = self.stated[case.dossier], self.moment(at)
        if line.act.judges:
            rows = [(pk, line.act.source, "PASS", "", line.person.pk, moment) for pk, _position, _name in case.names]
            write(cursor, VERDICT, *rows)
        if line.act.name != "submit":
            return stated
        row = (case.dossier, stated["receipt"], moment, self.moment(line.next.due or at), line.person.full_name,
               len(case.names), json.dumps(stated["kept"]))  # fmt: skip
        write(cursor, RECEIPT, row)
        regime = regime_on(at.date())
        kept = {"files": [file["sha256"] for file in stated["kept"]], "regime": regime}
        return {"receipt": stated["receipt"], "spent": stated["spent"], **kept}

    def _entry(self, line: Known, case: Case, at: datetime, facts: dict, position: int, previous: str) -> list:
        """The entry's columns, the last being its digest: sha256 over the same canonical form as ours."""
        unit, body, behalf = self.ground.unit, line.organization, line.behalf
        hashed = {
            "chain_type": "dossiers.dossier", "chain_id": case.dossier, "position": position, "kind": "ACT",
            "subject_type": "dossiers.dossier", "subject_id": case.dossier, "subject_label": case.code,
            "unit_id": unit.pk, "unit_name": unit.name, "act": line.act.name, "source": line.act.source,
            "target": line.target, "actor_id": line.person.pk, "actor_name": line.person.full_name,
            "office": line.office, "organization_id": body.pk, "organization_name": body.name,
            "behalf_id": behalf.pk if behalf else None, "behalf_name": behalf.full_name if behalf else "",
            "reason": "", "number": self.number, "facts": canonical(facts), "before": "{}", "after": "{}",
            "origin": line.origin, "correlation": "", "step_id": case.step, "form": FORM, "previous": previous,
        }  # fmt: skip
        values = [hashed[name] for name in HASHED]
        return [self.moment(at), *values, hashlib.sha256(canonical([at, *values]).encode()).hexdigest()]

    def _move(self, cursor: Any, line: Known, case: Case, at: datetime, head: tuple[int, str]) -> None:
        """The dossier's state, the head of its chain with who wrote it, and since when its desk has it."""
        moment, behalf = self.moment(at), line.behalf.pk if line.behalf else None
        values = [line.target, moment, max(line.reach, REACHED[line.act.source]), *head, line.person.pk, behalf,
                  moment if line.to_desk else None]  # fmt: skip
        if line.act.name == "submit":
            cursor.execute(RECEIVED, [*values, moment, regime_on(at.date()), case.dossier])
        else:
            cursor.execute(MOVED, [*values, case.dossier])

    def _complete(self, cursor: Any, line: Known, case: Case, at: datetime, entry: int) -> None:
        """The step over, once; the next one on its desk, or the passage at its end."""
        moment, doer = self.moment(at), line.behalf or line.person
        cursor.execute(STEP_DONE, [doer.pk, moment, moment, case.step])
        write(cursor, COMPLETION, (case.step, entry))
        ahead = line.next
        if ahead.office:
            row = self._step(line, case, moment)
        else:
            row = (ahead.node, "END", "DONE", moment, None, moment, None, "start", case.passage, None, "", None,
                   None, "", None, None, "", None, "", 0, None, 0, "")  # fmt: skip
            cursor.execute(PASSAGE_DONE, [moment, case.passage])
        write(cursor, STEP, row)

    def _step(self, line: Known, case: Case, moment: Any) -> tuple:
        """The columns of a new step."""
        ahead, timed = line.next, line.next.timed
        due, legal, scheduled = (self.moment(timed[name]) for name in ("due_at", "legal_due_at", "scheduled"))
        status, counts_from = "ASSIGNED" if ahead.owner else "NEW", moment if timed["counts_from"] else None
        return (
            ahead.node, "HUMAN", status, moment, None, None, scheduled, "start", case.passage, ahead.owner,
            ahead.office, ahead.organization, self.ground.unit.pk, line.act.name, due, counts_from, timed["basis"],
            legal, timed["legal_basis"], timed["calendar_version"], timed["rung"], 0, "",
        )  # fmt: skip

    def _notify(self, cursor: Any, line: Known, case: Case, at: datetime, entry: int) -> None:
        """Every notice owed, in one statement."""
        plain = {"code": case.code}
        ahead = {**plain, "step": line.next.title, "due": line.next.due.isoformat() if line.next.due else ""}
        rows = [
            self._notice(told, channel, json.dumps(ahead if told.ahead else plain), case, at, entry)
            for told in line.notices
            for channel in ("IN_APP", told.way)
            if channel != Way.NONE
        ]
        write(cursor, NOTICE, *rows)

    def _notice(self, told: Told, channel: str, context: str, case: Case, at: datetime, entry: int) -> tuple:
        """One row; a mail in the quiet hours is owed only when they end."""
        real = now()
        until = told.held_until if channel == Way.EMAIL else None
        owed = real + (until - at) if until else real
        return (entry, told.recipient, channel, told.template, context, f"/ho-so/{case.code}/", self.moment(at),
                self.moment(owed), self.moment(until), self.moment(real), 0, "", "", 0, "")  # fmt: skip
