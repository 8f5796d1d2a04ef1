"""The desk reads its pages off indexes, by name, and never sorts more than a page (PostgreSQL).

The data are few, so the planner is told not to prefer reading and sorting them whole: what is asked is whether an index
can give the rows in their order at all.  `./run bench scale` shows that at a million dossiers it does so by itself.
"""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction

from audit.clock import now
from dossiers.models import Dossier
from flows.desk_page import PAGE
from flows.due_order import Counted
from flows.flows import CampaignAwardFlow
from flows.models import Passage, StepRow
from organizations.models import Office, Organization, Person

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="plans of PostgreSQL"),
]
EACH = {"propose": 800, "review": 120, "prepare": 120}  # open steps of an office; there are as many finished ones
PREFERENCES = ("enable_seqscan", "enable_bitmapscan", "enable_sort")


@pytest.fixture
def crowded(world):
    """Some hundred dossiers at three desks and some hundred finished steps, written as rows."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE dossiers_dossier DISABLE TRIGGER dossier_state_agrees")  # rows without a ledger
    for node, who, body in (("propose", "taichinh1", "P-TCKH"), ("review", "noivu1", "P-NV"),
                            ("prepare", "lap.anmau", "X-AM")):  # fmt: skip
        _steps(world, getattr(CampaignAwardFlow, node), world.person(who), Organization.objects.get(code=body))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ANALYZE")
        for preference in PREFERENCES:
            cursor.execute(f"SET LOCAL {preference} = off")
    return world


def _steps(world, node, owner, body):
    """Of each two steps at a desk one is open, of each sixteen one of them claimed, and one is done."""
    at, count = now(), EACH[node.name] * 2
    first = Dossier.objects.count()
    dossiers = Dossier.objects.bulk_create(
        Dossier(code=f"HS-{first + i:06}", campaign=world.campaign, unit=world.unit, opened_by=world.author, reach=1,
                state=node.state, search_key="x")
        for i in range(count)
    )  # fmt: skip
    passages = Passage.objects.bulk_create(
        Passage(flow_class=CampaignAwardFlow, dossier=one, created=at, finished=at if i % 2 else None)
        for i, one in enumerate(dossiers)
    )
    StepRow.objects.bulk_create(
        StepRow(process=one, flow_task=node, flow_task_type="HUMAN", created=at, office=node.office, organization=body,
                unit=world.unit, due_at=at + timedelta(hours=i) if i % 9 else None,
                status="DONE" if i % 2 else "NEW", finished=at + timedelta(minutes=i) if i % 2 else None,
                owner=owner if i % 2 or i % 16 == 0 else None)
        for i, one in enumerate(passages)
    )  # fmt: skip


def plan(query):
    """The nodes of the plan of a query that was carried out."""
    sql, params = query.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        found = cursor.fetchone()[0]
    root = json.loads(found) if isinstance(found, str) else found
    return list(_nodes(root[0]["Plan"]))


def _nodes(node):
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def rides(query, *indexes):
    """The steps are found by one of these indexes, nothing sorts more than a page of them.  Raises AssertionError."""
    nodes = plan(query)
    assert {node.get("Index Name") for node in nodes} & set(indexes)
    sorted_rows = [child["Actual Rows"] for node in nodes if "Sort" in node["Node Type"] for child in node["Plans"]]
    assert max(sorted_rows, default=0) <= PAGE + 1, sorted_rows


def fresh(world, name):
    return Person.objects.get(pk=world.person(name).pk)


# view: (who looks, the index it is read from, another that serves where the office has little more than they)
VIEWS = {
    "mine": ("taichinh1", "step_mine", "step_pool"),
    "pool": ("taichinh2", "step_pool"),
    "colleagues": ("taichinh2", "step_pool"),
    "elsewhere": ("taichinh1", "step_open"),
    "done_by": ("taichinh1", "step_done"),
    "elsewhere of a unit": ("chutich.anmau", "step_unit"),
}


def rows_of(world, view):
    who, *indexes = VIEWS[view]
    person = fresh(world, who)
    return person, getattr(StepRow.objects, view.split()[0])(person), indexes


def deeper(rows, view):
    """What comes after the row in the middle, and what comes before it."""
    middle = rows[rows.count() // 2]
    if view == "done_by":
        return rows.before(middle.finished, middle.pk), rows.later_than(middle.finished, middle.pk)
    return rows.after(middle.due_at, middle.pk), rows.ahead_of(middle.due_at, middle.pk)


def test_pages_and_counts_are_read_off_their_index(crowded):
    for view in VIEWS:
        person, rows, indexes = rows_of(crowded, view)
        for part in (rows, *deeper(rows, view)):
            rides(part.page(PAGE + 1), *indexes)
        rides(Person.objects.filter(pk=person.pk).values_list(Counted(rows.first_keys(PAGE))), *indexes)


def test_a_missing_index_is_found_out(crowded):
    """Faults planted: each index is dropped, and the same question is answered by sorting or by another index."""
    for view in VIEWS:
        _person, rows, indexes = rows_of(crowded, view)
        with transaction.atomic():
            connection.cursor().execute(f"DROP INDEX {', '.join(indexes)}")
            with pytest.raises(AssertionError):
                rides(rows.page(PAGE + 1), *indexes)
            transaction.set_rollback(True)


def test_an_order_that_no_index_has_is_found_out(crowded):
    """Fault planted: the old order, deadlines with the empty ones last, which rode an index that is gone."""
    _person, rows, indexes = rows_of(crowded, "pool")
    with pytest.raises(AssertionError):
        rides(rows.order_by("created", "-id").page(PAGE + 1), *indexes)


def test_a_person_of_several_offices_reads_each_office_off_its_index(crowded):
    """One page of two offices: a page of each is found, and only those are sorted."""
    crowded.person("taichinh2").appointments.create(
        office=Office.HOME_AFFAIRS, organization=Organization.objects.get(code="P-NV"), valid_from=now().date()
    )
    _person, rows, indexes = rows_of(crowded, "pool")
    nodes = plan(rows.page(PAGE + 1))
    assert [node.get("Index Name") for node in nodes].count(indexes[0]) == 2
    sorted_rows = [child["Actual Rows"] for node in nodes if node["Node Type"] == "Sort" for child in node["Plans"]]
    assert max(sorted_rows) <= 2 * (PAGE + 1)
    assert [row.pk for row in rows.page(PAGE)[:PAGE]] == [row.pk for row in rows[:PAGE]]
    offices = {row.office for row in rows.page(PAGE)[:PAGE]}
    assert offices == {Office.FINANCE, Office.HOME_AFFAIRS}


def test_what_a_row_shows_is_asked_of_the_rows_of_the_page_alone(crowded):
    """The dossiers of a page are joined to its rows, not the rows found among all dossiers."""
    person, rows, _indexes = rows_of(crowded, "pool")
    found = rows.shown_to(person, PAGE + 1, own=True)
    assert len(found) == PAGE + 1
    assert [row.pk for row in found] == list(rows.values_list("pk", flat=True)[: PAGE + 1])
