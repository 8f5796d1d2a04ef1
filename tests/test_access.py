"""Every address × every office × {own, elsewhere, missing} × every method, against the table kept by hand.

Beside the answer of each request it is looked at what was written and what was told: a refused request and a GET write
nothing but one witness line, no text of a dossier reaches anybody who may not know of it, and nothing is a 500.
"""

import hashlib
import logging
import os
import re
from collections import Counter
from functools import cached_property
from html.parser import HTMLParser

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import get_resolver, path, reverse

from audit.models import Entry
from dossiers.models import Dossier
from tests import access_policy as policy
from tests.access_walk import build_town, mark, said
from tests.conftest import MONDAY
from workflow_project import urls
from workflow_project.district import build

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
REFUSED = {403, 404, 405, 409}
WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO|INSERT OR \w+ INTO)\s+"?(\w+)"?(.*)', re.DOTALL)
SESSIONS = {"django_session"}  # a session is kept beside the house's own tables
WHOLE = os.environ.get("ACCESS") == "whole"  # every cell; else offices held elsewhere and odd methods by turns
MOST_LINKS = 60  # followed for one person

urlpatterns = [*urls.urlpatterns, path("tran/<str:code>/", lambda request, code: _bare(request, code), name="bare")]
handler500 = urls.handler500


def _bare(request, code):
    """The planted fault: a page of a dossier that asks nobody who they are, and writes."""
    from django.http import HttpResponse

    dossier = Dossier.objects.get(code=code)
    Dossier.objects.filter(pk=dossier.pk).update(letter="đã đọc")
    return HttpResponse(", ".join(name.full_name for name in dossier.names))


class Answer:
    """What one request was answered, told and wrote."""

    def __init__(self, response, written, before):
        self.response, self.status, self.written, self.before = response, response.status_code, written, before

    @cached_property
    def text(self):
        body = b"".join(self.response.streaming_content) if self.response.streaming else self.response.content
        head = "\n".join(f"{name}: {value}" for name, value in self.response.items())
        return head + "\n" + body.decode("utf-8", "replace")


class House:
    """The town behind its whole door: one session for each person, each request undone after it was looked at."""

    def __init__(self, town):
        self.town, self.cells = town, 0
        self.handler, self.factory = BaseHandler(), RequestFactory()
        self.handler.load_middleware()
        self.sessions = {word: self._session(person) for word, person in town.people.items()}
        self.marks = self._marks()

    def _session(self, person):
        request = HttpRequest()
        request.session = SessionStore()
        request.META["REMOTE_ADDR"] = "127.0.0.1"
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        request.session.save()
        return request.session.session_key

    def _marks(self):
        """{word that may stand nowhere: who may read it}."""
        marks = {mark(state): set(who.split()) for state, who in policy.READERS.items()}
        marks |= {said(state): set(who.split()) for state, who in policy.HEARERS.items()}
        marks |= {dossier.code: marks[mark(state)] for state, dossier in self.town.dossiers.items()}
        for state, whole in (("reserved", "decision.draft"), ("decided", "decision.issued")):
            marks[mark(state)] = marks[mark(state)] | set(policy.READERS[whole].split())
        marks[mark("typed")] = {"author"}
        return marks

    def ask(self, person, method, address, data=None, **headers):
        """One request of this person, undone afterwards."""
        self.cells += 1
        request = self.factory.generic(method, address, **headers)
        if method == "POST":
            request = self.factory.post(address, data or {}, **headers)
        if person != "nobody":
            request.COOKIES[settings.SESSION_COOKIE_NAME] = self.sessions[person]
        request._dont_enforce_csrf_checks = not headers.get("guarded")
        written = Counter()
        with transaction.atomic(), connection.execute_wrapper(noting(written)):
            answer = Answer(self.handler.get_response(request), written, self._lines(person))
            answer.text  # noqa: B018  read it before its rows are gone
            answer.changed = self._changed(written)
            transaction.set_rollback(True)
        for closer in answer.response._resource_closers:
            closer()
        return answer

    def _lines(self, person):
        return None

    def _changed(self, written):
        """Tables that really differ from before; asked only when something else than a witness line was written."""
        suspects = {table for table, what in written if not is_witness(table, what)}
        return {table for table in suspects if fingerprint(table) != self.before[table]}

    @cached_property
    def before(self):
        """Every table as it was before any request."""
        return {table: fingerprint(table) for table in connection.introspection.table_names()}


def noting(written):
    """Count what is written: {(table, what)}."""

    def wrap(execute, sql, params, many, context):
        if found := WRITES.match(sql):
            verb, table, rest = found.groups()
            columns = rest.partition(" WHERE ")[0] if verb == "UPDATE" else verb
            written[table, columns] += 1
        return execute(sql, params, many, context)

    return wrap


def is_witness(table, what):
    """Whether a statement is part of a witness line: the line itself, or the head of the chain it hangs on."""
    if table in SESSIONS or (table == "audit_entry" and what.startswith("INSERT")):
        return True
    return set(re.findall(r'"(\w+)" =', what)) == {"chain_position", "chain_digest"}


def fingerprint(table):
    """A digest of all rows of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return hashlib.sha256(repr(sorted(map(repr, cursor.fetchall()))).encode()).hexdigest()


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """The town and its door, built once; every test of this module works in it and leaves it as it was."""
    with django_db_blocker.unblock(), time_machine.travel(MONDAY, tick=True), transaction.atomic():
        build()
        yield House(build_town())
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def nothing_counted():
    """No attempt of another test is remembered; thousands of refusals are not logged."""
    cache.clear()
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


# ---- what an address is made of, and what is sent to it


def address(house, name, about):
    """The address of `name` about one object."""
    kwargs = _kwargs(house.town, name, about)
    return reverse(name, kwargs=kwargs)


def _kwargs(town, name, about):
    about, _plus, component = about.partition("+")
    missing = about == "missing"
    space, _colon, short = name.rpartition(":")
    if name == "account_reset_password_from_key":
        return {"uidb36": "1", "key": "khong-co"}
    if name == "organizations:invitation":
        return {"token": "khong-co" if missing else town.token}
    if name in ("demo_letter", "notifications:read"):
        return {"pk": 10**17 if missing else town.notice.pk}
    if space == "organizations" and about != "-":
        pk = {"person": town.invited.pk, "body": town.body.pk, "missing": 10**17}[about]
        return {"pk": town.appointment.pk if short == "appointment_end" and not missing else pk}
    if space == "campaigns" and about != "-":
        pk = {"paper_add": town.common.pk}.get(short, town.evaluation.pk)
        rest = {} if short == "campaign" else {"pk": 10**17 if missing else pk}
        if short == "paper_page":
            rest["number"] = 1
        return {"code": "CK-0000" if missing and short == "campaign" else "CK-2024", **rest}
    if "decision" in short and about != "-":
        return {"pk": 10**17 if missing else town.decisions[about].pk}
    if ("sitting" in short or "agenda" in short) and about != "-":
        return {"code": "PH-0000-0000" if missing else town.sittings[about].code}
    if about == "-":
        return {}
    return _dossier_kwargs(town.parts(about), short, component)


def _dossier_kwargs(parts, short, component):
    if short in ("act", "claim", "release"):
        return {"passage": parts.passage, "node": parts.node, "step": parts.step}
    extra = {
        "change_nominee": {"pk": parts.name}, "remove_nominee": {"pk": parts.name},
        "add_paper": {"component": "CONG_VAN" if component else "BAO_CAO"},
        "replace": {"document": parts.document}, "remove": {"document": parts.document},
        "download": {"version": parts.version}, "preview": {"version": parts.version},
        "preview_image": {"version": parts.version, "page": 1}, "receipt": {"number": 1},
    }  # fmt: skip
    return {"code": parts.code, **extra.get(short, {})}


def form(house, name, about):
    """A form as the page would send it, filled in well."""
    town, short = house.town, name.rpartition(":")[2]
    about = about.partition("+")[0]
    dossier = town.dossiers.get(about)
    version = {"version": dossier.version} if dossier else {}
    if short == "act":
        return version | _act(dossier)
    if about.startswith("decision."):
        version = {"version": town.decisions[about].chain_position}
    return version | FORMS.get(name, lambda _town: {})(town)


def _act(dossier):
    """The act that belongs to the step, ready to be done."""
    act = {"DRAFT": "hand_over", "PROPOSING": "decline", "DELIBERATING": "recommend", "DECIDING": "send_back"}
    if dossier is None:
        return {"act": "hand_over"}
    judged = {}
    if dossier.state == "PROPOSING":
        for name in dossier.still_in:
            judged |= {f"judge-{name.pk}": "FAIL", f"why-{name.pk}": "Không đủ điều kiện."}
    return {"act": act.get(dossier.state, "withdraw"), "reason": "Có lý do.", **judged}


def _nominee(town):
    return {"kind": "PERSON", "full_name": "Lê Thị Mới", "birth_year": "1990", "sex": "FEMALE", "award": town.award.pk,
            "achievement": "Tốt.", "result_percent": "95,5"}  # fmt: skip


FORMS = {
    "set_language": lambda town: {"language": "vi", "next": "/"},
    "account_login": lambda town: {"login": "khong.co@thu.example", "password": "sai"},
    "notifications:read_all": lambda town: {"newest": 10**9},
    "flows:open": lambda town: {"place": "0-0"},
    "flows:accept_late": lambda town: {"reason": "Có lý do.", "until": "2024-12-10"},
    "dossiers:draft": lambda town: {"letter_number": "2/TTr", "letter_day": "2024-11-18"},
    "dossiers:add_nominee": _nominee,
    "dossiers:change_nominee": _nominee,
    "dossiers:paste": lambda town: {"text": "Lê Thị Mới\t1990\tNữ"},
    "dossiers:scratch": lambda town: {"form": "draft", "letter_number": "3/TTr"},
    "dossiers:discard": lambda town: {"form": "draft"},
    "flows:sitting_new": lambda town: {"council": "1", "held_on": "2024-11-20", "place": "Hội trường"},
    "flows:agenda_remove": lambda town: {"dossier": town.dossiers["agenda"].code},
    "flows:sitting_conclude": lambda town: {"reason": "Không đủ phiếu."},
    "flows:decision_new": lambda town: {"organization": "0", "subject": "Về việc khen thưởng"},
    "flows:decision_add": lambda town: {"dossier": ""},
    "flows:decision_remove": lambda town: {"dossier": town.dossiers["reserved"].code},
    "flows:decision_drop": lambda town: {"reason": "Lập lại."},
    "organizations:person_add": lambda town: {"full_name": "Người Mới", "email": "moi.nua@thu.example"},
    "organizations:person_change": lambda town: {"full_name": "Người Mới", "email": "moi.nua@thu.example"},
    "organizations:person_deactivate": lambda town: {"reason": "Nghỉ việc."},
    "organizations:person_reactivate": lambda town: {"reason": "Đi làm lại."},
    "organizations:appoint": lambda town: {"office": "AUTHOR", "organization": town.body.pk, "valid_from": "2024-11-18"},
    "organizations:appointment_end": lambda town: {"last_day": "2024-11-17"},
    "organizations:body_add": lambda town: {"name": "Phòng Mới", "short_name": "Phòng Mới", "code": "P-MOI",
                                            "kind": "DIVISION", "parent": town.body.parent_id,
                                            "valid_from": "2024-11-18"},
    "organizations:body_change": lambda town: {"name": "Phòng Đổi", "short_name": "Phòng Đổi"},
    "organizations:body_end": lambda town: {"valid_until": "2025-12-31", "reason": "Sáp nhập."},
}  # fmt: skip


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
    if safe and (lines > 1 or lines < ours and _is_ours(url)):
        yield f"{cell}: {lines} lines in the ledger"
    for word, readers in house.marks.items():
        if person not in readers and word not in url and word in answer.text:
            yield f"{cell}: tells {word}"


def _is_ours(url):
    return not url.startswith(("/dang-", "/doi-", "/quen-", "/dat-", "/tai-khoan", "/ngon-ngu", "/healthz")) and url != "/"


def expected_of(clauses, person):
    """The answer by the table; nobody is sent to sign in."""
    if person == "nobody":
        return next((code for people, code in clauses if "nobody" in people), 302)
    return policy.answer(clauses, person)


def people_for(turn, clauses):
    """Who asks in the turn-th row: offices in their place, none, nobody; elsewhere those named and three more by turns."""
    named = {person for people, _code in clauses[:-1] for person in people}
    turns = {policy.STARRED[(turn * 3 + i) % len(policy.STARRED)] for i in range(3)}
    return [one for one in policy.EVERYONE if WHOLE or "*" not in one or one in named | turns]


def walk(house, rows=None, people=None):
    """Ask everything of everybody by the table; returns what is wrong."""
    faults = []
    for turn, (name, method, about, clauses) in enumerate(rows or policy.rows()):
        url, data = address(house, name, about), form(house, name, about) if method == "POST" else None
        cache.clear()
        for person in people or people_for(turn, clauses):
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
                faults += faults_of(house, person, method, address(house, name, about), None, 405)
    assert not faults, f"{len(faults)}\n" + "\n".join(faults[:80])
