"""Two people at the same step at once: one act, one 409, never a 500 (PostgreSQL, where rows really lock)."""

import threading
from collections import Counter
from contextlib import contextmanager

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from dossiers.queries import DossierQuerySet
from flows.flows import CampaignAwardFlow
from flows.models import Completion, StepRow

PAIRS = 200
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="locks need PostgreSQL"),
]


def client_of(person):
    """A signed-in browser that shows a 500 as an answer."""
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def address(step):
    """Where the acts of a step are posted."""
    return reverse("flows:act", args=[step.process_id, step.flow_task.name, step.pk])


def at_once(*posts):
    """Send all posts at the same moment; their status codes in order."""
    gate, answers = threading.Barrier(len(posts)), [0] * len(posts)

    def send(i, client, url, data):
        gate.wait()
        try:
            answers[i] = client.post(url, data).status_code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(i, *post)) for i, post in enumerate(posts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def race(world, pairs):
    """Pairs of posts hand over, or hand back, the same step; returns {codes: how often} and how many doubles."""
    author, head = client_of(world.author), client_of(world.head)
    outcomes, doubles = Counter(), 0
    dossier = world.opened(names=1)
    for i in range(pairs):
        step, version = world.step(dossier), world.fresh(dossier).version
        back_and_forth = dossier.state == "DRAFT"
        client, act = (author, "hand_over") if back_and_forth else (head, "hand_back")
        form = {"act": act, "version": version, "reason": f"lần {i}"}
        before = Entry.objects.about(dossier).acts().count()
        outcomes[tuple(sorted(at_once((client, address(step), form), (client, address(step), form))))] += 1
        doubles += Entry.objects.about(dossier).acts().count() - before - 1
        dossier = world.fresh(dossier)
        if StepRow.objects.open().filter(process__dossier=dossier).count() != 1:
            doubles += 1
            break
    return outcomes, doubles


def test_two_posts_of_the_same_step_make_one_act(live_world):
    outcomes, doubles = race(live_world, PAIRS)
    assert outcomes == {(302, 409): PAIRS}
    assert doubles == 0


def test_the_race_is_lost_without_the_locks(live_world, monkeypatch):
    """The harness sees the fault it is there for."""

    @contextmanager
    def no_lock(flow_class, passage_pk):
        yield

    monkeypatch.setattr(CampaignAwardFlow, "lock_impl", staticmethod(no_lock))
    monkeypatch.setattr(DossierQuerySet, "select_for_update", lambda self, *args, **kwargs: self)
    outcomes, doubles = race(live_world, 20)
    assert doubles or any(500 in codes for codes in outcomes)


def test_two_reviewers_decide_differently_and_one_is_told(live_world):
    world = live_world
    dossier = world.submitted(names=2)
    world.add_paper(dossier, "CONG_VAN", world.finance)
    step, version = world.step(dossier), world.fresh(dossier).version
    names = world.fresh(dossier).still_in
    passed = {f"judge-{n.pk}": "PASS" for n in names}
    failed = {**{f"judge-{n.pk}": "FAIL" for n in names}, **{f"why-{n.pk}": "chưa đạt" for n in names}}
    first, second = client_of(world.finance), client_of(world.person("taichinh2"))
    answers = at_once(
        (first, address(step), {"act": "propose", "version": version, **passed}),
        (second, address(step), {"act": "decline", "version": version, "reason": "không đạt", **failed}),
    )
    assert sorted(answers) == [302, 409]
    assert Completion.objects.filter(step=step).count() == 1
    assert world.fresh(dossier).state in {"REVIEWING", "DECLINED"}


def test_eight_at_once_make_one_act(live_world):
    world = live_world
    dossier = world.opened(names=1)
    step, version = world.step(dossier), world.fresh(dossier).version
    form = {"act": "hand_over", "version": version}
    answers = at_once(*[(client_of(world.author), address(step), form) for _ in range(8)])
    assert Counter(answers) == {302: 1, 409: 7}
