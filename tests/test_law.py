"""The law as a table, written a second time by hand: the one place where saying it twice is the point."""

import pytest

from audit.ledger import Actor
from dossiers.lifecycle import law
from dossiers.models import Dossier
from dossiers.states import FINAL, State
from dossiers.words import ACTS

A, H, F, N = ("AUTHOR", "UNIT"), ("UNIT_HEAD", "UNIT"), ("FINANCE", "FINANCE_BODY"), ("HOME_AFFAIRS", "STANDING_BODY")
C, S, L = ("SECRETARY", "COUNCIL"), ("SIGNATORY", "AUTHORITY"), ("UNIT_HEAD", "STANDING_BODY")
SYSTEM = (None, None)

# act: {state it is done in: (state it leads to, whose office at which place)}; None = stays
UNDER_WAY = (
    "PROPOSING REVIEWING RETURNED_PROPOSING RETURNED_REVIEWING SIGNING_PROPOSING SIGNING_REVIEWING"
    " DELIBERATING DECIDING"
).split()
GRID = {
    "hand_over": {
        "DRAFT": ("SIGNING", A),
        "RETURNED_PROPOSING": ("SIGNING_PROPOSING", A),
        "RETURNED_REVIEWING": ("SIGNING_REVIEWING", A),
    },
    "hand_back": {
        "SIGNING": ("DRAFT", H),
        "SIGNING_PROPOSING": ("RETURNED_PROPOSING", H),
        "SIGNING_REVIEWING": ("RETURNED_REVIEWING", H),
    },
    "submit": {"SIGNING": ("PROPOSING", H)},
    "resubmit": {"SIGNING_PROPOSING": ("PROPOSING", H), "SIGNING_REVIEWING": ("REVIEWING", H)},
    "recall": {"PROPOSING": ("DRAFT", H)},
    "propose": {"PROPOSING": ("REVIEWING", F)},
    "admit": {"REVIEWING": ("DELIBERATING", N)},
    "request_supplement": {"PROPOSING": ("RETURNED_PROPOSING", F), "REVIEWING": ("RETURNED_REVIEWING", N)},
    "decline": {"PROPOSING": ("DECLINED", F), "REVIEWING": ("DECLINED", N)},
    "recommend": {"DELIBERATING": ("DECIDING", C)},
    "oppose": {"DELIBERATING": ("DECLINED", C)},
    "grant": {"DECIDING": ("DECIDED", S)},
    "refuse": {"DECIDING": ("DECLINED", S)},
    "send_back": {"DECIDING": ("REVIEWING", S)},
    "withdraw": {
        "DRAFT": ("WITHDRAWN", A),
        "RETURNED_PROPOSING": ("WITHDRAWN", A),
        "RETURNED_REVIEWING": ("WITHDRAWN", A),
        "SIGNING": ("WITHDRAWN", H),
        "SIGNING_PROPOSING": ("WITHDRAWN", H),
        "SIGNING_REVIEWING": ("WITHDRAWN", H),
    },
    "withdraw_nomination": {
        "DRAFT": (None, A),
        "RETURNED_PROPOSING": (None, A),
        "RETURNED_REVIEWING": (None, A),
        "SIGNING": (None, H),
        "SIGNING_PROPOSING": (None, H),
        "SIGNING_REVIEWING": (None, H),
    },
    "lapse": dict.fromkeys(
        "DRAFT SIGNING RETURNED_PROPOSING RETURNED_REVIEWING SIGNING_PROPOSING SIGNING_REVIEWING".split(),
        ("LAPSED", SYSTEM),
    ),
    "accept_late": {"LAPSED": ("DRAFT", L)},
    "hold": dict.fromkeys(UNDER_WAY, (None, N)),
    "lift": dict.fromkeys(UNDER_WAY, (None, N)),
}


def test_the_law_is_the_grid():
    written = {
        act: {
            str(source): (rule.target and str(rule.target), (rule.custom["office"], rule.custom["place"]))
            for source, rule in rules.items()
        }
        for act, rules in law(Dossier).items()
    }
    assert written == GRID


def test_every_state_has_a_way_out_or_is_final():
    leaving = {state for rules in law(Dossier).values() for state, rule in rules.items() if rule.target}
    assert {str(s) for s in State} - {str(s) for s in leaving} == {"DECIDED", "DECLINED", "WITHDRAWN"}
    assert set(FINAL) == {State.DECIDED, State.DECLINED, State.WITHDRAWN, State.LAPSED}


@pytest.mark.parametrize("act", sorted(GRID))
def test_every_act_has_its_words_and_its_source(act):
    assert ACTS[act].button
    assert ACTS[act].past
    assert "Source:" in getattr(Dossier, act).__doc__


def test_only_the_offices_of_the_grid_may_do_an_act(world):
    everybody = {
        name: world.person(name)
        for name in (
            "lap.anmau chutich.anmau lap.binhmau chutich.binhmau taichinh1 noivu1 truong.nv truong.tckh thuky uyvien"
            " vanphong chutich thanhtra quantri"
        ).split()
    }
    theirs = {
        A: {"lap.anmau"},
        H: {"chutich.anmau"},
        F: {"taichinh1"},
        N: {"noivu1"},
        C: {"thuky"},
        S: {"chutich"},
        L: {"truong.nv"},
        SYSTEM: set(),
    }
    dossier = world.opened()
    for rules in law(Dossier).values():
        for source, rule in rules.items():
            allowed = {name for name, person in everybody.items() if rule.has_perm(dossier, Actor(person))}
            assert allowed == theirs[rule.custom["office"], rule.custom["place"]], (rule.name, source)
