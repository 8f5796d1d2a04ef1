"""A head's view of the office: who has how much, who is late and why, and giving work to somebody else."""

import csv
import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.clock import now
from audit.ledger import Actor
from audit.models import Entry
from dossiers.errors import Gone, Unfit
from dossiers.free_hand import Recused
from dossiers.models import Recusal
from flows import desk
from flows.desk_page import desk_page
from flows.office_load import late_of, load_of
from notifications.models import Notification
from organizations.acts import add_person, appoint
from organizations.models import Organization, Substitution
from tests.test_holds import hold
from workflow_project.district import SINCE

MOST = 27  # statements of the page, whatever the number of people and late steps


def finance(world):
    return Organization.objects.get(code="P-TCKH")


def head(world):
    return world.person("truong.tckh")


def claimed(world, person):
    """A dossier on TC–KH's desk that this person has claimed."""
    dossier = world.submitted(names=1)
    step = world.step(dossier)
    desk.claim(step.process_id, step.pk, by=Actor(person))
    return dossier


def page(client, world, **query):
    client.force_login(head(world))
    answer = client.get(reverse("flows:office"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def assign(world, dossier, to, by=None, seen=None):
    step = world.step(dossier)
    return desk.assign(step.process_id, step.pk, to=to, by=Actor(by or head(world)), reason="Chia việc.",
                       seen=seen.pk if seen else None)  # fmt: skip


def lend(world, person, to, office="FINANCE"):
    """Somebody stands in for this person at TC–KH from today."""
    return Substitution.objects.create(
        principal=person, office=office, organization=finance(world), substitute=to, valid_from=date(2024, 11, 18),
        valid_until=date(2024, 12, 31), reason="Nghỉ phép.", set_by=person, set_at=now(),
    )  # fmt: skip


# what the page says


def test_the_load_is_told_by_person_and_for_the_pool(client, world, monday):
    world.submitted(names=1)
    claimed(world, world.finance)
    world.later(monday, days=8)
    claimed(world, world.finance)
    load = load_of(finance(world))
    told = {desk.person.email.partition("@")[0]: (desk.held, desk.late) for desk in load["desks"]}
    assert told == {"taichinh1": (2, 1), "taichinh2": (0, 0)}
    assert (load["pool"].held, load["pool"].late, load["late"]) == (1, 1, 2)
    html = page(client, world)
    assert "Chung của phòng" in html
    assert world.finance.full_name in html
    assert re.search(r"2 việc quá hạn", html)


def test_what_is_late_says_who_has_it_how_long_and_why(client, world, monday):
    lacking = claimed(world, world.finance)
    ready = world.submitted(names=1)
    world.add_paper(ready, "CONG_VAN", world.finance)
    world.later(monday, days=11)  # Friday 29/11
    html = page(client, world)
    assert html.index(lacking.code) < html.index(ready.code)
    assert "Thiếu công văn đề nghị khen thưởng" in html
    assert "Chưa ai nhận." in html
    assert "9 ngày làm việc" in html
    answer = client.get(reverse("flows:office_late", args=["P-TCKH"]))
    lines = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert [line[0] for line in lines[1:]] == [lacking.code, ready.code]
    assert Entry.objects.filter(act="export_late", actor=head(world)).count() == 1


def test_the_page_asks_as_many_questions_for_many_people_as_for_two(client, world, monday):
    late = [claimed(world, world.finance) for _ in range(4)]
    counts = []
    for more in (1, 3):
        for i in range(more):
            person = add_person(by=Actor(world.admin), email=f"moi{more}{i}@thu.example", full_name=f"Người Mới {i}")
            appoint(person, by=Actor(world.admin), office="FINANCE", organization=finance(world), valid_from=SINCE)
            assign(world, late.pop(), person, seen=world.finance)
        world.later(monday, days=11)
        client.force_login(head(world))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("flows:office")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= MOST


def test_a_stand_in_is_named_beside_whoever_is_away_and_may_head_the_office(client, world):
    other = world.person("taichinh2")
    claimed(world, world.finance)
    lend(world, world.finance, other)
    lend(world, head(world), other, office="UNIT_HEAD")
    client.force_login(other)
    html = client.get(reverse("flows:office")).content.decode()
    assert f"đang vắng, {other.full_name} làm thay" in html


def test_only_a_head_has_the_page_and_only_of_their_own_body(client, world):
    for person, status in ((head(world), 200), (world.finance, 404), (world.inspector, 404), (world.signatory, 200)):
        client.force_login(person)
        assert client.get(reverse("flows:office")).status_code == status
    client.force_login(head(world))
    assert client.get(reverse("flows:office"), {"don-vi": "P-NV"}).status_code == 404
    assert client.get(reverse("flows:office_steps", args=["P-NV"])).status_code == 404
    assert client.get(reverse("flows:office_late", args=["P-NV"])).status_code == 404
    assert client.post(reverse("flows:office_assign", args=["P-NV"])).status_code == 404
    assert client.get(reverse("flows:office_steps", args=["P-TCKH"]), {"nguoi": world.author.pk}).status_code == 404


# giving work to somebody else


def test_a_head_gives_a_step_to_a_colleague_and_both_are_told(client, world):
    dossier, other = claimed(world, world.finance), world.person("taichinh2")
    client.force_login(head(world))
    step = world.step(dossier)
    shown = client.get(reverse("flows:office_steps", args=["P-TCKH"]), {"nguoi": world.finance.pk}).content.decode()
    assert f'name="seen-{step.pk}" value="{world.finance.pk}"' in shown
    chosen = {"step": step.pk, f"seen-{step.pk}": world.finance.pk, "to": other.pk}
    preview = client.post(reverse("flows:office_assign", args=["P-TCKH"]), chosen)
    assert preview.status_code == 200
    assert f"Giao cho {other.full_name}" in preview.content.decode()
    assert world.step(dossier).owner == world.finance
    unsaid = client.post(reverse("flows:office_assign", args=["P-TCKH"]), chosen | {"sure": "1"})
    assert unsaid.status_code == 422
    done = client.post(reverse("flows:office_assign", args=["P-TCKH"]), chosen | {"sure": "1", "reason": "Chia việc."})
    assert done.url == reverse("flows:office") + "?don-vi=P-TCKH"
    assert world.step(dossier).owner == other
    line = Entry.objects.get(act="assign")
    assert (line.reason, line.office, line.organization_id) == ("Chia việc.", "UNIT_HEAD", finance(world).pk)
    assert all(name in line.facts for name in (world.finance.full_name, other.full_name))
    told = Notification.objects.filter(template="assigned", channel="IN_APP").order_by("recipient_id")
    assert {(one.recipient, one.context["given"]) for one in told} == {(other, True), (world.finance, False)}


def test_a_step_goes_back_to_the_pool(world):
    dossier = claimed(world, world.finance)
    assert assign(world, dossier, None, seen=world.finance).owner is None
    with pytest.raises(Unfit):
        assign(world, dossier, None)


def test_whoever_does_not_hold_the_office_or_keeps_away_is_given_nothing(world):
    dossier, other = world.submitted(names=1), world.person("taichinh2")
    with pytest.raises(Unfit, match="không giữ chức trách"):
        assign(world, dossier, world.home_affairs)
    Recusal.objects.create(dossier=dossier, person=other, relation="FAMILY", reason="Em ruột.", at=dossier.moved_at,
                           by=other)  # fmt: skip
    with pytest.raises(Unfit, match="có liên quan"):
        assign(world, dossier, other)
    assert world.step(dossier).owner is None


def test_what_changed_hands_or_is_over_meanwhile_is_not_given(world):
    dossier, other = claimed(world, world.finance), world.person("taichinh2")
    with pytest.raises(Gone):
        assign(world, dossier, other, seen=None)
    step = world.step(dossier)
    world.add_paper(dossier, "CONG_VAN", world.finance)
    world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier))
    with pytest.raises(Gone):
        desk.assign(step.process_id, step.pk, to=other, by=Actor(head(world)), reason="x", seen=world.finance.pk)


def test_nobody_but_the_head_of_that_body_gives_its_work_out(world):
    dossier, other = world.submitted(names=1), world.person("taichinh2")
    for person in (world.finance, world.standing_head, world.head, world.signatory):
        with pytest.raises(PermissionDenied):
            assign(world, dossier, other, by=person)


def test_a_step_of_another_body_is_not_moved_by_naming_it(client, world):
    dossier = world.opened(names=1)
    step = world.step(dossier)
    client.force_login(head(world))
    posted = {"step": step.pk, f"seen-{step.pk}": world.author.pk, "to": world.finance.pk, "sure": "1", "reason": "x"}
    assert client.post(reverse("flows:office_assign", args=["P-TCKH"]), posted).url == reverse("flows:office")
    assert world.step(dossier).owner == world.author


def test_a_held_dossier_is_late_nowhere_and_its_clock_is_said_to_stand(client, world, monday):
    dossier = world.submitted(names=1)
    step = world.step(dossier)
    desk.claim(step.process_id, step.pk, by=Actor(world.finance))
    world.later(monday, days=8)
    client.force_login(world.finance)
    assert desk_page(world.finance, {})["late"] == 1
    hold(world, dossier)
    shown = desk_page(world.finance, QueryDict("nhom=can-lam"))
    [row] = shown["rows"]
    assert (shown["late"], row.distance.text, row.distance.tone) == (0, "đồng hồ dừng", "plain")
    assert desk_page(world.finance, QueryDict("nhom=can-lam&han=qua-han"))["rows"] == []
    load = load_of(step.organization)
    assert (load["late"], [one.first for one in load["desks"] if one.held]) == (0, [None])
    assert late_of(step.organization, world.person("truong.tckh")) == []
    client.force_login(world.person("truong.tckh"))
    steps = client.get(reverse("flows:office_steps", args=["P-TCKH"]), {"nguoi": world.finance.pk})
    assert "đồng hồ dừng" in steps.content.decode()
    table = client.get(reverse("flows:office_late", args=["P-TCKH"])).content.decode()
    assert dossier.code not in table


def test_what_was_done_is_counted_for_those_of_the_body_and_is_read_off_the_index_of_what_is_done(world, monday):
    dossier = claimed(world, world.finance)
    world.add_paper(dossier, "CONG_VAN", world.finance)
    world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier))
    with CaptureQueriesContext(connection) as asked:
        load = load_of(finance(world))
    assert [desk.done for desk in load["desks"] if desk.person == world.finance] == [1]
    [counting] = [one["sql"] for one in asked if "COUNT" in one["sql"] and "finished" in one["sql"]]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {counting}")
            assert "step_done (owner_id=? AND finished>" in str(cursor.fetchall())


def test_a_head_who_is_put_forward_does_not_choose_the_reviewer(client, world):
    dossier, other = world.submitted(names=1), world.person("taichinh2")
    dossier.nominations.update(person=head(world))
    with pytest.raises(Recused, match="người được đề nghị"):
        assign(world, dossier, other)
    client.force_login(head(world))
    step = world.step(dossier)
    shown = client.get(reverse("flows:office_steps", args=["P-TCKH"])).content.decode()
    assert dossier.code in shown
    assert f'name="step" value="{step.pk}"' not in shown
    assert "Bạn là người được đề nghị" in shown
    chosen = {"step": step.pk, f"seen-{step.pk}": "", "to": other.pk}
    preview = client.post(reverse("flows:office_assign", args=["P-TCKH"]), chosen).content.decode()
    assert "không giao được" in preview
    assert "Bạn là người được đề nghị" in preview
    client.post(reverse("flows:office_assign", args=["P-TCKH"]), chosen | {"sure": "1", "reason": "x"})
    assert world.step(dossier).owner is None


def test_a_head_who_is_put_forward_gives_out_the_work_of_their_own_unit(world):
    dossier = world.opened(names=1)
    dossier.nominations.update(person=world.head)
    assert assign(world, dossier, None, by=world.head, seen=world.author).owner is None
