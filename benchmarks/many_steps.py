"""Many open steps made from one: rows copied inside the server, so that a clock has something to do."""

from typing import Any

from django.db import connection, transaction

from dossiers.models import Dossier
from flows.models import Passage, StepRow

from .ground import Case, Ground

OWN = {"id", "search_key"}


def at_desk(ground: Ground) -> Case:
    """A dossier that lies on TC–KH's desk."""
    case = ground.opened()
    ground.hand_on(case)
    return case


def copied(case: Case, count: int, word: str = "BM", **columns: str) -> list[int]:
    """Copies of a dossier, each with its passage and its open step.

    word      with which their codes begin
    columns   SQL expressions for columns of the step; `g` numbers the copies from 1
    Returns   keys of the steps, in the order of the copies
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the ledger's entries are not copied
        code = {"code": f"'{word}-' || lpad(g::text, 9, '0')"}
        dossiers = _copy(cursor, Dossier, f"t.id = {case.dossier}", "generate_series(1, %s) g", [count], code)
        passages = _copy(cursor, Passage, f"t.id = {case.passage}", "unnest(%s::bigint[]) d", [dossiers],
                         {"dossier_id": "d"})  # fmt: skip
        steps = f"t.process_id = {case.passage} AND t.finished IS NULL AND t.flow_task_type = 'HUMAN'"
        pairs = "unnest(%s::bigint[]) WITH ORDINALITY AS p(passage, g)"
        return _copy(cursor, StepRow, steps, pairs, [passages], {"process_id": "p.passage", **columns})


def _copy(cursor: Any, model: Any, which: str, times: str, params: list, changed: dict[str, str]) -> list[int]:
    """Insert copies of the row `which`; returns their keys."""
    names = [field.column for field in model._meta.concrete_fields if field.column != "id"]
    values = ", ".join(changed.get(name, f"t.{name}") for name in names)
    table = model._meta.db_table
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} t, {times} WHERE {which} RETURNING id",
        params,
    )
    return sorted(row[0] for row in cursor.fetchall())
