"""Every form of the pages, filled in by chance: never a 500, nothing half-written, nothing sent back as it came."""

import os
import re
from html.parser import HTMLParser
from time import perf_counter

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.access_house import open_house
from tests.test_input import ODD

pytestmark = pytest.mark.django_db

MOST_SECONDS = 40  # a slow machine sends fewer
FUZZED_SHORT = 1000  # forms sent by the fuzz
FUZZED = int(os.environ.get("FUZZED", FUZZED_SHORT))  # nightly more


class Forms(HTMLParser):
    """The forms of a page: [(method, action, [names of fields], {hidden values})]."""

    def __init__(self, text):
        super().__init__()
        self.found, self.inside = [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = (attrs.get("method", "get").upper(), attrs.get("action") or "", [], {})
            self.found.append(self.inside)
        elif tag in ("input", "textarea", "select", "button") and self.inside and attrs.get("name"):
            self.inside[2].append(attrs["name"])
            if attrs.get("value"):
                self.inside[3][attrs["name"]] = attrs["value"]

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = None


PAGES = [
    ("author", "flows:desk", "-"), ("author", "dossiers:list", "-"), ("author", "flows:open", "-"),
    ("author", "flows:dossier", "draft"), ("author", "dossiers:draft", "draft"), ("author", "dossiers:paste", "draft"),
    ("author", "dossiers:add_nominee", "draft"), ("author", "dossiers:change_nominee", "draft"),
    ("author", "dossiers:remove_nominee", "draft"), ("author", "dossiers:add_paper", "draft"),
    ("author", "dossiers:replace", "draft"), ("author", "dossiers:remove", "draft"),
    ("head", "flows:dossier", "proposing"),
    ("finance", "flows:dossier", "proposing"), ("secretary", "flows:sitting", "sitting.own"),
    ("secretary", "flows:sitting_counts", "sitting.own"), ("secretary", "flows:sitting_new", "-"),
    ("signatory", "flows:dossier", "deciding"), ("signatory", "flows:decision", "decision.draft"),
    ("signatory", "flows:decision_new", "-"), ("standing_head", "flows:accept_late", "lapsed"),
    ("home_affairs", "campaigns:campaign", "campaign"), ("head", "notifications:list", "-"),
    ("admin", "organizations:people", "-"), ("admin", "organizations:person_add", "-"),
    ("admin", "organizations:person_change", "person"), ("admin", "organizations:person_deactivate", "person"),
    ("admin", "organizations:appoint", "person"), ("admin", "organizations:appointment_end", "person"),
    ("admin", "organizations:bodies", "-"), ("admin", "organizations:body_add", "-"),
    ("admin", "organizations:body_change", "body"), ("admin", "organizations:body_end", "body"),
    ("admin", "account_change_password", "-"), ("nobody", "account_login", "-"),
    ("nobody", "account_reset_password", "-"),
    ("nobody", "organizations:invitation", "invitation"),
]  # fmt: skip

VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxy ÀẢÃÁẠẮẰẲẴẶ\u0301\u0323\u031b"
WORDS = st.one_of(
    st.text(max_size=40), st.text(alphabet=VIETNAMESE, max_size=60), st.integers().map(str),
    st.sampled_from([*ODD, "", "PERSON", "PASS", "FAIL", "SUPPLEMENT", "withdraw", "decline", "2024-11-18",
                     "31/02/2024", "9999-12-31", "0001-01-01", "<script>alert(1)</script>",
                     "' OR 1=1 --", "\r\nSet-Cookie: a=b",
                     "//evil.example", "e\u0301" * 400, "\0"]),
)  # fmt: skip


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """The town and its door, built once."""
    with django_db_blocker.unblock(), open_house() as made:
        yield made


@pytest.fixture(scope="module")
def forms(house):
    """Every form of the pages, as the person who sees it: (person, method, action, fields, values)."""
    found = []
    for person, name, about in PAGES:
        page = house.address(name, about)
        answer = house.ask(person, "GET", page)
        assert answer.status == 200, (person, page, answer.status)
        for method, action, fields, values in Forms(answer.text).found:
            found.append((person, method, action or page, sorted(set(fields)), values))
    unique = {(one[0], one[1], one[2], tuple(one[3])): one for one in found}
    return list(unique.values())


def test_the_fuzz_knows_the_forms_that_matter(forms):
    actions = {re.sub(r"\d+", "n", action) for _person, method, action, _fields, _values in forms if method == "POST"}
    assert len(actions) > 25, sorted(actions)


def broken(house, sent):
    """What is wrong with an answer to a fuzzed form, or nothing."""
    person, method, action, data = sent
    cache.clear()
    answer = house.ask(person, method, action, data)
    if answer.status >= 500 or "Traceback" in answer.text:
        return f"{answer.status}"
    if 400 <= answer.status < 500 and answer.changed - {"audit_entry"}:
        return f"{answer.status} and wrote {answer.changed}"
    if "<script>alert(1)" in answer.text:
        return "a script came back as it was sent"
    if "evil.example" in answer.response.get("Location", "") or "a=b" in str(answer.response.cookies):
        return "led away or set a cookie"
    return ""


@st.composite
def sendings(draw, forms):
    """One form, filled in with some of its own values and some odd ones, some fields left out, some sent twice."""
    person, method, action, fields, values = draw(st.sampled_from(forms))
    data = {}
    for field in fields:
        how = draw(st.sampled_from(["own", "own", "odd", "odd", "twice", "out"]))
        if how == "own" and field in values:
            data[field] = values[field]
        elif how == "twice":
            data[field] = [draw(WORDS), draw(WORDS)]
        elif how != "out":
            data[field] = draw(WORDS)
    return person, method, action, data


def fuzz(house, forms, times, phases=tuple(Phase)):
    """Send so many forms; the first that breaks something is made small and raised.  Returns how many were sent."""
    sent_so_far, found, until = [], [], perf_counter() + MOST_SECONDS

    @seed(20241118)
    @settings(max_examples=times, phases=phases, deadline=None, database=None, print_blob=False,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(sendings(forms))
    def send(sent):
        if perf_counter() > until and times == FUZZED_SHORT and not found:
            return
        sent_so_far.append(sent[2])
        fault = broken(house, sent)
        found.extend([fault] if fault else [])
        assert not fault, f"{fault}: {sent}"

    send()
    return len(sent_so_far)


def test_no_form_filled_in_by_chance_is_a_500_or_half_written(house, forms):
    assert fuzz(house, forms, FUZZED) >= 100


def test_the_fuzz_finds_a_form_that_forgets_to_check(house, forms, monkeypatch):
    """Planted: the number of the desk's form is taken as it comes."""
    monkeypatch.setattr("flows.views.form_version", lambda request: int(request.POST.get("version", "")))
    desk = [one for one in forms if one[2].startswith("/viec/")]
    with pytest.raises((AssertionError, ExceptionGroup), match="500"):
        fuzz(house, desk, FUZZED, [Phase.generate])
