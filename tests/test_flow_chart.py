"""The picture and the BPMN say what the procedure and the law say, and another engine goes the same way."""

import os
from collections import Counter
from io import StringIO
from itertools import combinations
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.exceptions import WorkflowException

from campaigns.models import Campaign
from dossiers.lifecycle import law
from dossiers.models import Dossier
from dossiers.words import ACTS
from flows.bpmn import Export
from flows.chart import Chart
from flows.flows import CampaignAwardFlow
from flows.holds import HOLDS
from flows.pen import LETTER, SIZES
from tests.bpmn_walks import NODES, STEPS, load, walk, ways
from tests.conftest import MONDAY

WALKS = int(os.environ.get("CHART_WALKS", "40"))
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SVG = "{http://www.w3.org/2000/svg}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
DIAGRAM = "{http://www.omg.org/spec/BPMN/20100524/DI}"


@pytest.fixture(scope="module")
def xml():
    return Export(CampaignAwardFlow).xml()


@pytest.fixture(scope="module")
def picture():
    return ElementTree.fromstring(Chart(CampaignAwardFlow).svg())


def walk_both(xml, world, clock, walks, trodden):
    """Random walks, each forgotten after it, compared after every turn."""
    spec = load(xml)
    Campaign.objects.update(supplements=3)
    for seed in walks:
        with transaction.atomic():
            clock.move_to(MONDAY)
            for product, engine in walk(spec, world, clock, Random(seed), trodden):
                assert product == engine, f"walk {seed}"
            transaction.set_rollback(True)


@pytest.mark.long
def test_a_hundred_random_walks_take_the_same_path_in_both_and_together_take_every_way(xml, world, monday):
    trodden = Counter()
    walk_both(xml, world, monday, range(WALKS), trodden)
    for more in range(WALKS, 3 * WALKS):
        if set(trodden) == ways():
            break
        walk_both(xml, world, monday, [more], trodden)
    assert set(trodden) == ways()


@pytest.mark.parametrize(
    ("act", "meant", "planted"),
    [("submit", 'sourceRef="sign_way" targetRef="propose"', 'sourceRef="sign_way" targetRef="review"'),
     ("decline", 'sourceRef="review_way" targetRef="declined"', 'sourceRef="review_way" targetRef="withdrawn"'),
     ("either", "act == 'hand_back'", "act == 'submit'"),
     ("lapse", 'attachedToRef="sign" cancelActivity="true"', 'attachedToRef="sign" cancelActivity="false"')],
)  # fmt: skip
def test_the_walks_find_a_planted_difference(xml, world, monday, act, meant, planted):
    assert meant in xml
    with pytest.raises((AssertionError, WorkflowException), match=r"walk|No conditions"):
        walk_both(xml.replace(meant, planted), world, monday, range(40), Counter())


def exits(xml):
    """{(step, act, where to)} of the export, as its gateways have them."""
    found = set()
    for flow in ElementTree.fromstring(xml).iter(f"{MODEL}sequenceFlow"):
        condition = flow.find(f"{MODEL}conditionExpression")
        if condition is not None:
            act = condition.text.removeprefix("act == '").removesuffix("'")
            assert flow.get("name") == str(ACTS[act].button)
            found.add((flow.get("sourceRef").removesuffix("_way"), act, flow.get("targetRef")))
    return found


def noted(xml):
    """{(step, act)} of the acts that the export's steps name as done beside them."""
    return {
        (step.get("id"), beside.get("act"))
        for step in ElementTree.fromstring(xml).iter(f"{MODEL}userTask")
        for beside in step.iterfind(f"{MODEL}extensionElements/{{urn:vinh-danh:procedures}}beside")
    }


def clocks(xml):
    """{(step, what follows, whether it ends the step)} of the export's timers."""
    root = ElementTree.fromstring(xml)
    follows = {flow.get("sourceRef"): flow.get("targetRef") for flow in root.iter(f"{MODEL}sequenceFlow")}
    return {
        (timer.get("attachedToRef"), follows[timer.get("id")], timer.get("cancelActivity") == "true")
        for timer in root.iter(f"{MODEL}boundaryEvent")
    }


def meant_by_the_law():
    """{(step, act, state it leads to)} and {step: acts of the clock}, read from the law alone."""
    where = {step.state: name for name, step in STEPS.items()}
    by_people, by_clock = set(), set()
    for act, rules in law(Dossier).items():
        for state, rule in rules.items():
            if state in where and rule.custom["office"]:
                by_people.add((where[state], act, rule.target or state))
            elif state in where:
                by_clock.add((where[state], act))
    return by_people, by_clock


def test_the_export_has_every_act_exactly_where_the_law_has_it(xml):
    by_people, by_clock = meant_by_the_law()
    state_of = {name: getattr(node, "state", name.upper()) for name, node in NODES.items()}
    beside = {(step, act, STEPS[step].state) for step, act in noted(xml)}
    assert {(step, act, state_of[then]) for step, act, then in exits(xml)} == by_people - beside
    assert beside == {line for line in by_people if line[1] in HOLDS}
    ends, reminds = {(step, act, True) for step, act in by_clock}, {(step, "remind", False) for step in STEPS}
    assert clocks(xml) == ends | reminds


def test_the_engine_refuses_a_file_that_is_no_bpmn(xml):
    with pytest.raises(ValidationException):
        load(xml.replace("userTask", "personTask"))


def boxes_of(xml):
    """{node: (left, top, right, bottom)} of the diagram."""
    found = {}
    for shape in ElementTree.fromstring(xml).iter(f"{DIAGRAM}BPMNShape"):
        x, y, width, height = (float(shape.find(BOUNDS).get(key)) for key in ("x", "y", "width", "height"))
        found[shape.get("bpmnElement")] = (x, y, x + width, y + height)
    return found


def meet(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_other_tools_find_a_place_for_everything_and_no_two_shapes_lie_on_each_other(xml):
    root, boxes = ElementTree.fromstring(xml), boxes_of(xml)
    drawn = {edge.get("bpmnElement") for edge in root.iter(f"{DIAGRAM}BPMNEdge")}
    flows = {flow.get("id") for flow in root.iter(f"{MODEL}sequenceFlow")}
    nodes = {element.get("id") for element in root.find(f"{MODEL}process") if element.get("id")} - flows
    assert (set(boxes), drawn) == (nodes, flows)
    free = {name: box for name, box in boxes.items() if not name.endswith(("_due", "_rung"))}
    assert [pair for pair in combinations(free, 2) if meet(free[pair[0]], free[pair[1]])] == []


def box_of(text):
    """Where a line of the picture lies, at its widest."""
    size, x, y = float(text.get("font-size")), float(text.get("x")), float(text.get("y"))
    width = len(text.text) * LETTER * size / float(SIZES["label"])
    left = x - {"start": 0, "middle": width / 2, "end": width}[text.get("text-anchor")]
    return left, y - size * 0.8, left + width, y + size * 0.2


def test_no_words_of_the_picture_lie_on_each_other_or_outside(picture):
    texts = list(picture.iter(f"{SVG}text"))
    overlaps = [(a.text, b.text) for a, b in combinations(texts, 2) if meet(box_of(a), box_of(b))]
    assert overlaps == []
    whole = (0, 0, float(picture.get("width")), float(picture.get("height")))
    assert [text.text for text in texts if min(box_of(text)[:2]) < 0 or box_of(text)[2] > whole[2]] == []


def test_the_picture_says_every_act_as_often_as_the_procedure_has_it(picture):
    said = Counter(text.text for text in picture.iter(f"{SVG}text"))
    meant = Counter(str(step.task_title) for step in STEPS.values())
    meant.update(str(ACTS[act].button) for step in STEPS.values() for act in (*step.ways, *step.asides))
    meant.update(str(ACTS["lapse" if step.at_due else "remind"].button) for step in STEPS.values())
    meant.update(str(ACTS[act].button) for act in ("open", "accept_late"))
    assert {words: said[words] for words in meant} == dict(meant)


def test_the_picture_is_read_aloud_and_brings_nothing_along(picture):
    assert picture.get("role") == "img"
    told = {element.get("id"): element.text for element in picture if element.get("id")}
    assert picture.get("aria-labelledby").split() == list(told)
    assert told["title"] == str(CampaignAwardFlow.process_title)
    assert all(str(step.task_title) in told["told"] for step in STEPS.values())
    kinds = {element.tag.removeprefix(SVG) for element in picture.iter()}
    assert kinds <= {"svg", "title", "desc", "defs", "marker", "path", "rect", "circle", "text"}
    assert not any("href" in name or name.startswith("on") for element in picture.iter() for name in element.attrib)


def test_the_picture_in_the_docs_is_of_today():
    kept = Path(settings.BASE_DIR) / "docs" / "img" / "campaign.svg"
    call = "./run manage flow_chart campaign --output docs/img/campaign.svg"
    assert kept.read_text(encoding="utf-8") == Chart(CampaignAwardFlow).svg(), call


def test_the_command_prints_a_form_or_writes_a_file(tmp_path, xml):
    out, file = StringIO(), tmp_path / "campaign.svg"
    call_command("flow_chart", "campaign", "--format", "bpmn", stdout=out)
    call_command("flow_chart", "campaign", "--output", str(file))
    assert out.getvalue() == xml
    assert file.read_text(encoding="utf-8").startswith("<svg")
    with pytest.raises(CommandError, match="Không ghi được"):
        call_command("flow_chart", "campaign", "--output", str(tmp_path / "missing" / "campaign.svg"))
