"""Every address × every office × {own, elsewhere, missing} × every method, against the table kept by hand.

Beside the answer of each request it is looked at what was written and what was told: a refused request and a GET write
nothing but one witness line, no text of a dossier reaches anybody who may not know of it, and nothing is a 500.
"""

import logging
import os
from html.parser import HTMLParser

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import get_resolver, path, reverse

from dossiers import sight
from dossiers.models import Dossier
from flows.models import StepRow
from tests import access_policy as policy
from tests.access_house import open_house
from workflow_project import urls

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
REFUSED = {403, 404, 405, 409}
WHOLE = os.environ.get("ACCESS") == "whole"  # every cell; else offices held elsewhere and odd methods by turns
MOST_LINKS = 30  # followed for one person

urlpatterns = [*urls.urlpatterns, path("tran/<str:code>/", lambda request, code: _bare(request, code), name="bare")]
handler500 = urls.handler500


def _bare(request, code):
    """The planted fault: a page of a dossier that asks nobody who they are, and writes."""
    dossier = Dossier.objects.get(code=code)
    Dossier.objects.filter(pk=dossier.pk).update(letter="đã đọc")
    return HttpResponse(", ".join(name.full_name for name in dossier.names))


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """The town and its door, built once; every test of this module works in it and leaves it as it was."""
    with django_db_blocker.unblock(), open_house() as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_counted():
    """No attempt of another test is remembered; thousands of refusals are not logged."""
    cache.clear()
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


# ---- the table against the resolver


def names_of(resolver=None, space=""):
    """The names of all addresses, with their namespaces."""
    for one in (resolver or get_resolver()).url_patterns:
        inner = f"{space}{one.namespace}:" if getattr(one, "namespace", None) else space
        if hasattr(one, "url_patterns"):
            yield from names_of(one, inner)
        else:
            yield space + (one.name or str(one.pattern))


def unmatched(rows):
    """(addresses without a row, rows without an address)."""
    there, ruled = set(names_of()), {row[0] for row in rows}
    return there - ruled, ruled - there


def test_every_address_has_a_row_and_every_row_an_address():
    assert unmatched(policy.rows()) == (set(), set())


def test_an_address_without_a_row_and_a_row_without_an_address_are_seen(settings):
    rows = policy.rows()
    assert unmatched([row for row in rows if row[0] != "flows:desk"]) == ({"flows:desk"}, set())
    assert unmatched([*rows, ("flows:gone", "GET", "-", [])]) == (set(), {"flows:gone"})
    settings.ROOT_URLCONF = "tests.test_access"
    assert unmatched(rows) == ({"bare"}, set())


def test_every_row_answers_everybody():
    silent = [
        (name, method, about, person)
        for name, method, about, clauses in policy.rows()
        for person in policy.EVERYONE
        if person != "nobody" and policy.answer(clauses, person) is None
    ]
    assert silent == []


# ---- the walk


def faults_of(house, person, method, url, data, expected):
    """What is wrong with one answer: status, what was written, what was told."""
    answer = house.ask(person, method, url, data)
    cell = f"{person} {method} {url}"
    if answer.status != expected:
        yield f"{cell}: {answer.status}, not {expected}"
    if expected == 302 and person == "nobody" and not answer.response["Location"].startswith(("/dang-nhap/", "/")):
        yield f"{cell}: led to {answer.response['Location']}"
    safe = method in ("GET", "HEAD", "OPTIONS") or answer.status in REFUSED
    if safe and answer.changed:
        yield f"{cell}: wrote {sorted(answer.changed)}"
    lines = sum(count for (table, what), count in answer.written.items() if table == "audit_entry")
    ours = 1 if answer.status in REFUSED and person != "nobody" else 0
    if safe and (lines > 1 or (lines < ours and _is_ours(url))):
        yield f"{cell}: {lines} lines in the ledger"
    for word, readers in house.marks.items():
        if word.startswith("HS-") and person.startswith("admin") and url.startswith(OPERATED):
            continue
        if person not in readers and word not in url and word in answer.text:
            yield f"{cell}: tells {word}"


# where an operator is told which dossier a mail or a deadline is about: by its code, and nothing else of it
OPERATED = ("/thu-da-gui/", "/su-co/", "/han/tinh-lai/", "/dot-thi-dua/")
FOREIGN = ("/dang-", "/doi-", "/quen-", "/dat-", "/tai-khoan", "/ngon-ngu", "/healthz")  # a 404 here is no attempt


def _is_ours(url):
    return not url.startswith(FOREIGN) and url != "/"


def expected_of(clauses, person):
    """The answer by the table; nobody is sent to sign in."""
    if person == "nobody":
        return next((code for people, code in clauses if "nobody" in people), 302)
    return policy.answer(clauses, person)


def people_for(turn, about, clauses):
    """Who asks in the turn-th row.  In the short run: of what is missing four by turns; of one thing everybody named,
    five offices in their place and three held elsewhere by turns; of lists everybody.
    """
    if WHOLE or about == "-":
        return policy.EVERYONE
    named = {person for people, _code in clauses[:-1] for person in people} | {"none", "nobody"}
    if about == "missing":
        asked = named | {policy.EVERYONE[(turn * 4 + i) % len(policy.EVERYONE)] for i in range(4)}
    else:
        stars = {policy.STARRED[(turn * 3 + i) % len(policy.STARRED)] for i in range(3)}
        asked = named | stars | {policy.OFFICES[(turn * 5 + i) % len(policy.OFFICES)] for i in range(5)}
    return [one for one in policy.EVERYONE if one in asked]


def walk(house, rows=None, people=None):
    """Ask everything of everybody by the table; returns what is wrong."""
    faults = []
    for turn, (name, method, about, clauses) in enumerate(rows or policy.rows()):
        url, data = house.address(name, about), house.form(name, about) if method == "POST" else None
        cache.clear()
        for person in people or people_for(turn, about, clauses):
            expected = expected_of(clauses, person)
            faults += faults_of(house, person, method, url, data, expected)
            if method == "GET" and (WHOLE or person in ("author", "none")):
                faults += faults_of(house, person, "HEAD", url, None, expected)
    return faults


def test_everybody_gets_the_answer_of_the_table_and_nothing_more(house):
    faults = walk(house)
    assert not faults, f"{len(faults)} of {house.cells}\n" + "\n".join(faults[:80])


def test_every_other_method_is_refused_before_anything_else_is_asked(house):
    """Every address × everybody × every method it does not know; in the short run one method a person, by turns."""
    known, where = {}, {}
    for name, method, about, _clauses in policy.rows():
        known.setdefault(name, {"HEAD"} if method == "GET" else set()).update({method, *(["HEAD"] * (method == "GET"))})
        where.setdefault(name, []).append(about)
    faults = []
    for turn, name in enumerate(known):
        others = [method for method in METHODS if method not in known[name]]
        for i, person in enumerate(policy.EVERYONE):
            about = where[name][(turn + i) % len(where[name])]
            for method in others if WHOLE else [others[(turn + i) % len(others)]]:
                faults += faults_of(house, person, method, house.address(name, about), None, 405)
    assert not faults, f"{len(faults)}\n" + "\n".join(faults[:80])


# ---- the guard line, one thing wrong at a time


def wrong(house, about, **changes):
    """The address of an open step with one part of it wrong."""
    parts = {"passage", "node", "step"}
    found = house.town.parts(about)
    return reverse("flows:act", kwargs={name: changes.get(name, getattr(found, name)) for name in parts})


def test_what_is_wrong_with_an_act_is_answered_in_order_and_only_witnessed(house):
    """405 before 404 before 409 before 403: each line has one thing less wrong than the line before."""
    town, sent = house.town, house.form("flows:act", "proposing")
    there, other = town.parts("proposing"), town.parts("neighbour")
    own, late = wrong(house, "proposing"), {**sent, "version": sent["version"] - 1}
    lines = [
        ("author*", "PUT", wrong(house, "proposing", node="review"), late, 405),
        ("author*", "DELETE", wrong(house, "decided"), late, 405),
        ("author*", "POST", own, late, 404),  # another unit's dossier, and stale, and not their office
        ("finance", "POST", wrong(house, "proposing", passage=other.passage), sent, 404),  # another process
        ("finance", "POST", wrong(house, "proposing", node="review"), sent, 404),  # another node
        ("finance", "POST", wrong(house, "proposing", node="start"), sent, 404),
        ("finance", "POST", wrong(house, "proposing", step=other.step), sent, 404),
        ("finance", "POST", wrong(house, "proposing", passage=10**17), sent, 404),
        ("finance", "POST", own, {**sent, "act": "no_such_act"}, 404),
        ("finance", "POST", own, {**sent, "then": "no_such_act"}, 404),
        ("finance", "POST", own, {**sent, "act": "grant"}, 409),  # an act of another step
        ("finance", "POST", wrong(house, "decided"), sent, 409),  # a finished step
        ("home_affairs", "POST", own, late, 409),  # stale, and another office's
        ("home_affairs", "POST", own, sent, 403),
        ("inspector", "POST", own, sent, 403),
        ("finance", "GET", own, {}, 302),  # a GET does nothing
        ("finance", "POST", own, sent, 302),
    ]  # fmt: skip
    assert there.passage != other.passage
    assert [fault for line in lines for fault in faults_of(house, *line)] == []


def test_a_finished_step_of_ones_own_is_too_late_with_what_was_typed(house):
    for about, person, act in (("proposing", "head", "submit"), ("deciding", "secretary", "recommend")):
        dossier = house.town.dossiers[about]
        done = StepRow.objects.filter(process__dossier=dossier, flow_task_type="HUMAN", completion__isnull=False)
        done = done.select_related("process").latest("pk")
        url = reverse("flows:act", args=[done.process_id, done.flow_task.name, done.pk])
        answer = house.ask(person, "POST", url, {"act": act, "version": dossier.version, "reason": "Câu gõ dở."})
        assert answer.status == 409
        assert "Câu gõ dở." in answer.text
        assert not answer.changed


def test_no_form_is_taken_without_its_guard(house):
    """Every address that takes a POST refuses one that does not come from a page of the house."""
    faults = []
    for name, method, about, _clauses in policy.rows():
        if method == "POST" and about != "missing" and not name.startswith("demo_"):
            url = house.address(name, about)
            answer = house.ask("admin" if name.startswith("organizations") else "author", "POST", url,
                               house.form(name, about), guarded=True)  # fmt: skip
            if answer.status != 403 or answer.changed:
                faults.append(f"{name} {about}: {answer.status} {answer.changed}")
    assert faults == []


# ---- what a page offers, it keeps


class Links(HTMLParser):
    """The addresses in this house that a page leads to."""

    def __init__(self, text):
        super().__init__()
        self.found = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        to = dict(attrs).get("href" if tag == "a" else "src" if tag == "img" else "", "")
        if to and to.startswith(("/", "?")) and not to.startswith(("//", "/static/")):
            self.found.add(to.partition("#")[0])


def strolled(house, person):
    """Follow the links from the front door; returns those that were refused, and how many were followed."""
    seen, wait, refused = set(), ["/ban-viec/", "/ho-so/"], []
    while wait and len(seen) < MOST_LINKS:
        url = wait.pop(0)
        if url in seen:
            continue
        seen.add(url)
        answer = house.ask(person, "GET", url)
        if answer.status not in (200, 302):
            refused.append(f"{person} {url}: {answer.status}")
        if answer.status == 200 and answer.response["Content-Type"].startswith("text/html"):
            found = Links(answer.text).found
            base = url.partition("?")[0]
            wait += sorted(base + to if to.startswith("?") else to for to in found)
    return refused, len(seen)


def test_no_page_leads_anybody_to_a_closed_door(house):
    refused, followed = [], 0
    for person in [*policy.OFFICES, "author*", "none"]:
        found, count = strolled(house, person)
        refused, followed = refused + found, followed + count
    assert refused == []
    assert followed > 200


# ---- each harness sees a planted fault


def test_a_page_without_scoping_is_seen(house, settings):
    """Planted: a page of a dossier that asks nobody who they are, tells everybody, and writes on a GET."""
    settings.ROOT_URLCONF = "tests.test_access"
    code = house.town.dossiers["deliberating"].code
    row = ("bare", "GET", "deliberating", [({"author", "head", "inspector"}, 200), (set(policy.EVERYONE), 404)])
    faults = [
        fault
        for person in ("author", "author*", "admin", "signatory", "nobody")
        for fault in faults_of(house, person, "GET", f"/tran/{code}/", None, expected_of(row[3], person))
    ]
    told = [fault.partition(" ")[0] for fault in faults if "tells" in fault]
    assert {"author*", "admin", "signatory", "nobody"} == set(told)
    assert sum("wrote ['dossiers_dossier']" in fault for fault in faults) == 5
    assert sum("200, not" in fault for fault in faults) == 4


def test_a_wrong_line_of_the_table_is_seen(house):
    """Planted: the table forgets that a head of the unit may not draft, and that strangers may not know."""
    rows = [row for row in policy.rows() if row[:3] == ("dossiers:draft", "GET", "draft")]
    (name, method, about, _clauses), = rows
    planted = [(name, method, about, [({"author", "head"}, 200), ({"author*"}, 403), (set(policy.EVERYONE), 404)])]
    found = walk(house, planted, ["author", "head", "author*"])
    assert [fault.split()[0] for fault in found] == ["head", "author*"]


def test_a_desk_that_forgets_the_reach_is_seen(house, monkeypatch):
    """Planted: the council sees dossiers from their submission on."""
    early = {office: (place, 0) for office, (place, _reach) in sight.SEES_FROM.items()}
    monkeypatch.setattr(sight, "SEES_FROM", early)
    rows = [row for row in policy.rows() if row[0] == "flows:dossier" and row[2] in ("draft", "proposing")]
    found = walk(house, rows, ["secretary", "signatory", "finance", "author*"])
    assert {fault.split()[0] for fault in found} == {"secretary", "signatory", "finance"}
    assert any("tells" in fault for fault in found)
