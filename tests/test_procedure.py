"""The procedure obeys the law, and the checks that say so can say otherwise."""

import pytest

from dossiers.forms import FORMS, ActForm
from dossiers.lifecycle import law
from dossiers.models import Dossier
from flows import checks
from flows.ends import Finish
from flows.flows import CampaignAwardFlow
from flows.nodes import Step


def test_the_procedure_and_the_law_agree():
    assert list(checks.disagreements(CampaignAwardFlow, law(Dossier))) == []
    assert checks.procedures_obey_the_law(None) == []


@pytest.mark.parametrize("act", ["submit", "admit", "request_supplement", "withdraw", "lapse", "grant"])
def test_a_law_without_an_act_is_noticed(act):
    assert any(act in problem for problem in checks.disagreements(CampaignAwardFlow, {**law(Dossier), act: {}}))


def test_an_act_no_step_uses_is_noticed():
    rules = {**law(Dossier), "forward": {}}
    assert list(checks.disagreements(CampaignAwardFlow, rules)) == ["no step uses the act forward"]


def test_a_step_that_leads_elsewhere_is_noticed(monkeypatch):
    node = CampaignAwardFlow.instance.node("review")
    monkeypatch.setitem(node.ways, "admit", CampaignAwardFlow.instance.node("decide"))
    assert any("decide: stands for DECIDING" in p for p in checks.disagreements(CampaignAwardFlow, law(Dossier)))


def test_a_step_of_two_offices_is_noticed(monkeypatch):
    node = CampaignAwardFlow.instance.node("propose")
    monkeypatch.setattr(node, "unclaimed", ())
    assert any("more than one office" in p for p in checks.disagreements(CampaignAwardFlow, law(Dossier)))


def test_forms_ask_what_acts_state(monkeypatch):
    assert checks.forms_ask_what_acts_state(None) == []
    monkeypatch.setitem(FORMS, "withdraw", ActForm)
    (problem,) = checks.forms_ask_what_acts_state(None)
    assert problem.msg == "withdraw states ['reason'] but its form asks []"


def test_a_procedure_without_the_lock_is_noticed(monkeypatch):
    assert checks.passages_are_locked(None) == []
    monkeypatch.setattr(CampaignAwardFlow, "lock_impl", None)
    assert [error.id for error in checks.passages_are_locked(None)] == ["flows.E003"]


def test_every_step_has_a_deadline_and_every_end_a_state():
    nodes = list(CampaignAwardFlow.instance.nodes())
    assert all(node.due is not None for node in nodes if isinstance(node, Step))
    assert {node.name for node in nodes if isinstance(node, Finish)} == {"decided", "declined", "withdrawn", "lapsed"}
