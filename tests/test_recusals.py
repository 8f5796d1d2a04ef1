"""Who keeps away from a dossier: its nominee and who declared a relation read it, and nothing of theirs moves it."""

import pytest
from django.core.exceptions import PermissionDenied

from audit.ledger import Actor
from audit.models import Entry
from dossiers import edits
from dossiers.errors import NotNow, Unfit
from dossiers.models import Nomination, Recusal
from flows import desk, recusing, rulings
from flows.models import StepRow
from organizations.models import Person
from tests.test_substitutions import fresh, lend, told

pytestmark = pytest.mark.django_db
NOMINEE = "Bạn là người được đề nghị"


def with_nominee(world, *people, act="submit"):
    """A dossier whose first names are these people, sent on its way."""
    dossier = world.opened(names=len(people) + 1)
    for name, person in zip(dossier.still_in, people, strict=False):
        edits.change_nomination(dossier, name.pk, {"person_id": person.pk}, by=Actor(world.author))
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, act, world.head)
    return world.fresh(dossier)


def declare(world, person, dossier, **changes):
    typed = {"relation": "FAMILY", "reason": "Em ruột của người được đề nghị", **changes}
    return recusing.declare(dossier, by=Actor(person), **typed)


def act_url(world, dossier, more=""):
    step = world.step(dossier)
    return f"/viec/{step.process_id}/{step.flow_task.name}/{step.pk}/{more}"


# ---- the nominee


def test_a_nominee_gets_no_step_and_the_other_holder_has_it_alone(world):
    second = world.person("taichinh2")
    dossier = with_nominee(world, world.finance)
    assert world.step(dossier).owner == second
    assert told(second, "new_task") == 1
    assert not told(world.finance, "new_task")


def test_a_nominee_reads_and_is_refused_everything_else_in_words(client, world):
    dossier = with_nominee(world, world.finance)
    client.force_login(world.finance)
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert page.count(NOMINEE) >= 1
    assert "Nhận việc" not in page
    claimed = client.post(act_url(world, dossier, "nhan/"))
    assert claimed.status_code == 403
    assert NOMINEE in claimed.content.decode()
    typed = {"act": "decline", "version": dossier.version, "reason": "Một lời đã gõ"}
    for name in dossier.still_in:
        typed |= {f"judge-{name.pk}": "FAIL", f"why-{name.pk}": "Không đạt"}
    acted = client.post(act_url(world, dossier), typed)
    assert acted.status_code == 409
    answer = acted.content.decode()
    assert NOMINEE in answer
    assert "Một lời đã gõ" in answer
    paper = client.get(f"/ho-so/{dossier.code}/giay-to/CONG_VAN/them/")
    assert paper.status_code == 403
    assert NOMINEE in paper.content.decode()
    assert world.fresh(dossier).state == "PROPOSING"


def test_a_withdrawn_nominee_still_keeps_away(world):
    dossier = world.opened(names=2)
    name = dossier.still_in[0]
    edits.change_nomination(dossier, name.pk, {"person_id": world.finance.pk}, by=Actor(world.author))
    world.do(dossier, "withdraw_nomination", world.author, nomination=name.pk, reason="Xin rút")
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "submit", world.head)
    with pytest.raises(NotNow, match=NOMINEE):
        world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier))


def test_the_unit_acts_on_a_dossier_in_which_its_own_head_is_put_forward(world):
    dossier = with_nominee(world, world.author, world.head)
    assert dossier.state == "PROPOSING"


def test_when_nobody_is_left_the_head_is_told_and_the_stand_in_acts(world):
    first, second, head = world.finance, world.person("taichinh2"), world.person("truong.tckh")
    dossier = with_nominee(world, first, second)
    step = world.step(dossier)
    assert step.owner is None
    assert told(head, "recused") == 1
    assert not told(head, "vacant")
    lend(head, first, world.stranger)
    stranger = fresh(world.stranger)
    assert list(StepRow.objects.pool(stranger)) == [step]
    desk.claim(step.process_id, step.pk, by=Actor(stranger))
    world.add_paper(dossier, "CONG_VAN", stranger)
    entry = world.do(dossier, "propose", stranger, verdicts=world.all_pass(dossier))
    assert (entry.actor, entry.behalf_id) == (world.stranger, first.pk)


def test_a_sole_secretary_who_is_put_forward_leaves_the_step_to_the_chancerys_choice(world):
    dossier = world.proposed(names=2)
    Nomination.objects.filter(pk=dossier.still_in[0].pk).update(person=world.secretary)
    world.add_evaluation()
    world.do(dossier, "admit", world.home_affairs, verdicts=world.all_pass(dossier))
    assert world.step(dossier).owner is None
    assert told(world.person("vanphong"), "recused") == 1


def test_a_signatory_decides_nothing_of_their_own(world):
    dossier = world.recommended(names=1)
    decision = world.reserve(dossier)
    Nomination.objects.filter(dossier=dossier).update(person=world.signatory)
    with pytest.raises(PermissionDenied, match=dossier.code):
        rulings.issue(decision, by=Actor(world.signatory))
    rulings.take_out(decision, dossier, by=Actor(world.signatory))
    with pytest.raises(PermissionDenied, match=NOMINEE):
        rulings.gather(decision, [dossier], by=Actor(world.signatory))


# ---- who declares


def test_a_declaration_puts_the_step_back_and_tells_the_office(client, world):
    dossier, second = world.submitted(), world.person("taichinh2")
    step = world.step(dossier)
    desk.claim(step.process_id, step.pk, by=Actor(world.finance))
    client.force_login(world.finance)
    here = f"/ho-so/{dossier.code}/co-lien-quan/"
    assert "Tôi có liên quan, không tham gia" in client.get(dossier.get_absolute_url()).content.decode()
    assert client.post(here, {"relation": "FAMILY"}).status_code == 422
    assert client.post(here, {"relation": "FAMILY", "reason": "Em ruột"}).status_code == 302
    assert world.step(dossier).owner is None
    assert told(second, "recused") == 1
    assert Entry.objects.get(act="release", kind="WITNESS").reason == "Em ruột"
    line = Entry.objects.get(act="recuse")
    assert (line.office, line.kind, line.reason) == ("FINANCE", "EDIT", "Em ruột")
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert "quan hệ gia đình" in page
    assert "Rút lời khai" in page
    with pytest.raises(NotNow):
        world.do(dossier, "propose", fresh(world.finance), verdicts=world.all_pass(dossier))
    world.add_paper(dossier, "CONG_VAN", second)
    world.do(dossier, "propose", second, verdicts=world.all_pass(dossier))


def test_the_unit_does_not_read_why(client, world):
    dossier = world.submitted()
    declare(world, world.finance, dossier)
    client.force_login(world.head)
    assert "Em ruột" not in client.get(dossier.get_absolute_url()).content.decode()


def test_a_declaration_is_taken_back_with_a_reason(client, world):
    dossier = world.submitted()
    declare(world, world.finance, dossier)
    with pytest.raises(Unfit, match="đã khai"):
        declare(world, world.finance, dossier)
    client.force_login(world.finance)
    back = f"/ho-so/{dossier.code}/co-lien-quan/rut/"
    assert client.get(back).status_code == 200
    assert client.post(back, {}).status_code == 422
    assert client.post(back, {"reason": "Khai nhầm người"}).status_code == 302
    assert Recusal.objects.get().withdrawn_at is not None
    assert client.get(back).status_code == 404
    world.add_paper(dossier, "CONG_VAN", fresh(world.finance))
    world.do(dossier, "propose", fresh(world.finance), verdicts=world.all_pass(dossier))


def test_the_last_one_to_declare_alarms_the_head(world):
    dossier, head = world.submitted(), world.person("truong.tckh")
    declare(world, world.finance, dossier)
    assert not told(head, "recused")
    declare(world, world.person("taichinh2"), dossier)
    assert told(head, "recused") == 1


def test_a_stand_in_may_act_though_the_principal_keeps_away(world):
    dossier = world.submitted()
    lend(world.finance, world.finance, world.person("truong.tckh"))
    declare(world, world.finance, dossier)
    stand_in = fresh(world.person("truong.tckh"))
    world.add_paper(dossier, "CONG_VAN", stand_in)
    assert world.do(dossier, "propose", stand_in, verdicts=world.all_pass(dossier)).behalf_id == world.finance.pk


def test_unit_and_inspector_have_nothing_to_declare(client, world):
    dossier = world.submitted()
    for person in (world.author, world.head, world.inspector):
        client.force_login(person)
        assert client.get(f"/ho-so/{dossier.code}/co-lien-quan/").status_code == 403
        assert "Tôi có liên quan" not in client.get(dossier.get_absolute_url()).content.decode()


# ---- the same name, and the link


def test_a_reviewer_of_the_same_name_is_warned_and_nothing_is_decided(client, world):
    dossier = world.submitted()
    Person.objects.filter(pk=world.finance.pk).update(full_name="NGUYEN THI MAU 1", search_key="nguyen thi mau 1")
    client.force_login(world.finance)
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert "trùng họ tên với bạn" in page
    assert "Nhận việc" in page
    client.force_login(world.person("taichinh2"))
    assert "trùng họ tên với bạn" not in client.get(dossier.get_absolute_url()).content.decode()


def test_an_author_says_whose_account_a_nominees_is(client, world):
    dossier = world.opened(names=1)
    name = dossier.still_in[0]
    here = f"/ho-so/{dossier.code}/lap/{name.pk}/"
    client.force_login(world.author)
    page = client.get(here).content.decode()
    assert world.head.email in page
    assert world.finance.email not in page  # of another body
    typed = {"kind": "PERSON", "full_name": name.full_name, "award": name.award_id, "achievement": "Tốt.",
             "version": dossier.version}  # fmt: skip
    assert client.post(here, {**typed, "person": world.finance.pk}).status_code in (200, 422)
    assert Nomination.objects.get(pk=name.pk).person is None
    assert client.post(here, {**typed, "person": world.head.pk}).status_code == 302
    assert Nomination.objects.get(pk=name.pk).person == world.head
    assert f'"person":{world.head.pk}' in Entry.objects.filter(act="change_nomination").latest("pk").after


def test_a_desk_that_asks_nobody_who_they_are_is_found_out(world, monkeypatch):
    """The planted fault: without the question under the lock a nominee moves their own dossier."""
    dossier = with_nominee(world, world.finance)
    monkeypatch.setattr("dossiers.acts.require_free_hand", lambda *_args: None)
    world.add_paper(dossier, "CONG_VAN", world.person("taichinh2"))
    world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier))
    assert world.fresh(dossier).state == "REVIEWING"
