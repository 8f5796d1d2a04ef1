"""The house seen from the street: requests of everybody, each undone after it was looked at, and what each needs."""

import hashlib
import re
from collections import Counter
from contextlib import contextmanager
from functools import cached_property

import time_machine
from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse

from campaigns.models import Campaign, DeadlineRule
from tests import access_policy as policy
from tests.access_walk import build_town, mark, said
from tests.conftest import MONDAY
from workflow_project.district import build

WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO|INSERT OR \w+ INTO)\s+"?(\w+)"?(.*)', re.DOTALL)
SESSIONS = {"django_session"}  # a session is kept beside the house's own tables


@contextmanager
def open_house():
    """The town and its door, built in one transaction that is undone at the end."""
    with time_machine.travel(MONDAY, tick=True), transaction.atomic():
        build()
        yield House(build_town())
        transaction.set_rollback(True)


class Answer:
    """What one request was answered, told and wrote."""

    def __init__(self, response, written):
        self.response, self.status, self.written, self.changed = response, response.status_code, written, set()

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
        self.before = {table: fingerprint(table) for table in connection.introspection.table_names()}

    def _session(self, person):
        request = HttpRequest()
        request.session = SessionStore()
        request.META["REMOTE_ADDR"] = "127.0.0.1"
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        request.session.save()
        return request.session.session_key

    def address(self, name, about):
        """The address of `name` about one object."""
        return address_of(self.town, name, about)

    def form(self, name, about):
        """A form as the page would send it, filled in well."""
        return form_of(self.town, name, about)

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
            answer = Answer(self.handler.get_response(request), written)
            answer.text  # noqa: B018  read it before its rows are gone
            if method != "POST" or answer.status >= 400:  # what was done well may write
                answer.changed = self._changed(written)
            transaction.set_rollback(True)
        for closer in answer.response._resource_closers:
            closer()
        return answer

    def _changed(self, written):
        """Tables that really differ from before; asked only when something else than a witness line was written."""
        suspects = {table for table, what in written if not is_witness(table, what)}
        return {table for table in suspects if fingerprint(table) != self.before[table]}


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
    """Whether a statement is part of a witness line: the line itself, the head of the chain it hangs on, or the row
    that says which version of a dossier it tells of.
    """
    if table in SESSIONS or table == "dossiers_seen" or (table == "audit_entry" and what.startswith("INSERT")):
        return True
    return set(re.findall(r'"(\w+)" =', what)) == {"chain_position", "chain_digest"}


def fingerprint(table):
    """A digest of all rows of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return hashlib.sha256(repr(sorted(map(repr, cursor.fetchall()))).encode()).hexdigest()


# ---- what an address is made of, and what is sent to it


def address_of(town, name, about):
    """The address of `name` about one object."""
    return reverse(name, kwargs=_kwargs(town, name, about))


def _kwargs(town, name, about):
    about, _plus, component = about.partition("+")
    missing = about == "missing"
    space, _colon, short = name.rpartition(":")
    if name == "account_reset_password_from_key":
        return {"uidb36": "1", "key": "khong-co"}
    if name == "organizations:invitation":
        return {"token": "khong-co" if missing else town.token}
    if name == "flows:own_file":
        return {"token": "khong-co" if missing else town.feed}
    if name in ("demo_letter", "notifications:read"):
        return {"pk": 10**17 if missing else town.notice.pk}
    if name in ("notifications:resend", "notifications:dismiss"):
        return {"pk": 10**17 if missing else town.mail.pk}
    if space == "organizations" and about != "-":
        pk = {"person": town.invited.pk, "body": town.body.pk, "day": town.day.pk, "missing": 10**17}[about]
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
    if short.startswith("incident_"):
        return {"step": 10**17}
    if short in ("rules", "rule_dates", "rule_end"):
        rest = {"pk": DeadlineRule.objects.filter(campaign=town.campaign).first().pk} if short == "rule_end" else {}
        return {"code": "CK-0000" if missing else "CK-2024", **rest}
    if short == "substitution_end":
        return {"pk": 10**17 if missing else town.substitution.pk}
    if short.endswith("_filter") and about != "-":
        return {"pk": 10**17 if missing else town.saved.pk}
    if short.startswith("bulk_") and about != "-":
        return {"pk": 10**17 if missing else town.bulk.pk}
    if short.startswith("office_"):
        return {"code": "P-KHONG" if missing else "P-TCKH"}
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


def form_of(town, name, about):
    """A form as the page would send it, filled in well."""
    short = name.rpartition(":")[2]
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
    "notifications:preferences": lambda town: {"quiet_from": "19:00", "quiet_until": "07:00"},
    "notifications:dismiss": lambda town: {"reason": "Đã báo bằng điện thoại."},
    "flows:open": lambda town: {"place": f"{town.campaign.pk}-{town.unit.pk}"},
    "flows:keep_filter": lambda town: {"query": "nhom=chung&han=qua-han", "name": "Việc gấp"},
    "flows:change_filter": lambda town: {"name": "Việc rất gấp"},
    "flows:bulk_jobs": lambda town: {"act": "claim", "step": town.parts("proposing").step},
    "flows:office_assign": lambda town: {"step": town.parts("proposing").step, "to": "chung", "sure": "1",
                                         "reason": "Chia việc."},
    "flows:hold": lambda town: {"ground": "COMPLAINT", "nomination": "", "reason": "Có đơn."},
    "flows:public": lambda town: {"posted_on": "2024-11-18", "where": "Bảng niêm yết"},
    "flows:recompute": lambda town: {"reason": "Lịch đổi."},
    "flows:incident_dismiss": lambda town: {"reason": "Đã báo miệng."},
    "flows:rules": lambda town: {
        "nature": "INTERNAL", "node": "propose", "kind": "AFTER", "anchor": "STEP", "working_days": "7",
        "after_supplement": "RESUME", "clause": "nội bộ", "valid_from": "2024-11-18", "reason": "Thử.",
    },
    "flows:rule_dates": lambda town: {
        "last_day": "2024-12-06", "last_day_clause": "Công văn số 9", "results_until": "2024-11-30",
        "supplement_days": "5", "reason": "Công văn số 9.",
        "version": Campaign.objects.get(pk=town.campaign.pk).chain_position,
    },
    "flows:rule_end": lambda town: {"reason": "Hết cần."},
    "flows:accept_late": lambda town: {"reason": "Có lý do.", "until": "2024-12-10"},
    "dossiers:draft": lambda town: {"letter_number": "2/TTr", "letter_day": "2024-11-18"},
    "dossiers:add_nominee": _nominee,
    "dossiers:change_nominee": _nominee,
    "dossiers:paste": lambda town: {"text": "Lê Thị Mới\t1990\tNữ"},
    "dossiers:scratch": lambda town: {"form": "draft", "letter_number": "3/TTr"},
    "dossiers:discard": lambda town: {"form": "draft"},
    "flows:sitting_new": lambda town: {"council": town.council.pk, "held_on": "2024-11-20", "place": "Hội trường"},
    "flows:agenda_remove": lambda town: {"dossier": town.dossiers["agenda"].code},
    "flows:sitting_conclude": lambda town: {"reason": "Không đủ phiếu."},
    "flows:decision_new": lambda town: {"organization": town.campaign.authority_id, "subject": "Về việc khen thưởng"},
    "flows:decision_add": lambda town: {"dossier": ""},
    "flows:decision_remove": lambda town: {"dossier": town.dossiers["reserved"].code},
    "flows:decision_drop": lambda town: {"reason": "Lập lại."},
    "organizations:calendar_enter": lambda town: {"day": "2024-12-02", "kind": "OFF", "document": "Thông báo số 1"},
    "organizations:calendar_withdraw": lambda town: {"reason": "Nhập nhầm."},
    "organizations:person_add": lambda town: {"full_name": "Người Mới", "email": "moi.nua@thu.example"},
    "organizations:person_change": lambda town: {"full_name": "Người Mới", "email": "moi.nua@thu.example"},
    "organizations:person_deactivate": lambda town: {"reason": "Nghỉ việc."},
    "organizations:person_reactivate": lambda town: {"reason": "Đi làm lại."},
    "organizations:appoint": lambda town: {"office": "AUTHOR", "organization": town.body.pk,
                                           "valid_from": "2024-11-18"},
    "organizations:appointment_end": lambda town: {"last_day": "2024-11-17"},
    "organizations:body_add": lambda town: {"name": "Phòng Mới", "short_name": "Phòng Mới", "code": "P-MOI",
                                            "kind": "DIVISION", "parent": town.body.parent_id,
                                            "valid_from": "2024-11-18"},
    "organizations:body_change": lambda town: {"name": "Phòng Đổi", "short_name": "Phòng Đổi"},
    "organizations:body_end": lambda town: {"valid_until": "2025-12-31", "reason": "Sáp nhập."},
}  # fmt: skip
