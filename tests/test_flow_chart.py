"""The picture and the BPMN say what the procedure and the law say, and another engine goes the same way."""

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

from audit.clock import now
from campaigns.models import Campaign
from dossiers.lifecycle import law
from dossiers.models import Dossier
from dossiers.words import ACTS
from flows.bpmn import Export
from flows.chart import Chart
from flows.flows import CampaignAwardFlow
from flows.pen import LETTER
from SpiffWorkflow.exceptions import WorkflowException

from tests.bpmn_walks import STEPS, load, walk, ways

WALKS = 100
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def xml():
    return Export(CampaignAwardFlow).xml()


@pytest.fixture(scope="module")
def picture():
    return ElementTree.fromstring(Chart(CampaignAwardFlow).svg())


def walk_both(xml, world, clock, walks, trodden):
    """So many walks, each forgotten after it, compared after every turn."""
    spec, start, turns = load(xml), now(), 0
    Campaign.objects.update(supplements=3)
    for seed in range(walks):
        with transaction.atomic():
            clock.move_to(start)
            for turns, (product, engine) in enumerate(walk(spec, world, clock, Random(seed), trodden), start=turns + 1):
                assert product == engine, f"walk {seed}"
            transaction.set_rollback(True)
    return turns


@pytest.mark.long
def test_a_hundred_random_walks_take_the_same_path_in_both_and_together_take_every_way(xml, world, monday):
    trodden = Counter()
    turns = walk_both(xml, world, monday, WALKS, trodden)
    assert set(trodden) == set(ways())
    assert turns > 5 * WALKS
    print(turns, trodden)


@pytest.mark.parametrize(
    ("act", "meant", "planted"),
    [("submit", 'sourceRef="sign_way" targetRef="propose"', 'sourceRef="sign_way" targetRef="review"'),
     ("decline", 'sourceRef="review_way" targetRef="declined"', 'sourceRef="review_way" targetRef="withdrawn"'),
     ("either", "act == 'hand_back'", "act == 'submit'"),
     ("lapse", 'attachedToRef="sign" cancelActivity="true"', 'attachedToRef="sign" cancelActivity="false"')],
)  # fmt: skip
def test_the_walks_find_a_planted_difference(xml, world, monday, act, meant, planted):
    assert meant in xml
    with pytest.raises((AssertionError, WorkflowException), match="walk|No conditions"):
        walk_both(xml.replace(meant, planted), world, monday, 40, Counter())
