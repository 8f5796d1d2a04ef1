"""Holds and the standing clock: what moves a held dossier is refused with the article, and its days do not run."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audit.clock import now
from audit.ledger import Actor, faults
from audit.models import Entry
from campaigns import terms
from campaigns.models import DeadlineRule, MinimumWait
from dossiers import clock as dossier_clock
from dossiers import edits
from dossiers.errors import Gone, NotNow, Unfit
from dossiers.free_hand import Recused
from dossiers.public_notice import post_notice
from flows import incidents, moves, recusing, rulings, sweeper
from flows.holds import do_hold
from flows.models import Firing, StepRow
from notifications.models import Notification
from tests.conftest import VIETNAM
from tests.test_deadlines import end_of


def hold(world, dossier, *, nomination=None, ground="COMPLAINT", reason="Đơn của công dân."):
    """Nội vụ holds a dossier, or one name of it."""
    facts = {"ground": ground, "nomination": nomination, "document": "", "reason": reason}
    return do_hold(dossier, "hold", by=Actor(world.home_affairs), **facts).subject


def lift(world, dossier, outcome="CLEARED"):
    """Its latest open hold is lifted."""
    latest = world.fresh(dossier).holds.filter(lifted_at=None).last()
    facts = {"hold": latest.pk, "outcome": outcome, "reason": "Kết luận số 5."}
    return do_hold(dossier, "lift", by=Actor(world.home_affairs), **facts).subject


def ready(world):
    """A dossier that TC–KH could propose at once."""
    dossier = world.submitted()
    world.add_paper(dossier, "CONG_VAN", world.finance)
    return dossier


def test_what_would_move_a_held_dossier_is_refused_with_the_article(world):
    dossier = ready(world)
    hold(world, dossier)
    before = Entry.objects.about(dossier).count()
    with pytest.raises(NotNow, match=r"tạm dừng từ 18/11/2024.*khiếu nại.*\(nội bộ\)"):
        world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier))
    assert Entry.objects.about(dossier).count() == before
    lift(world, dossier)
    world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier))
    assert world.fresh(dossier).state == "REVIEWING"


def test_from_the_first_of_july_2025_the_article_is_the_decree(world, monday):
    dossier = ready(world)
    monday.move_to(datetime(2025, 7, 1, 9, 0, tzinfo=VIETNAM))
    hold(world, dossier)
    assert dossier.holds.get().article == "Nghị định 152/2025/NĐ-CP, Điều 4 khoản 4"


def test_one_name_on_hold_keeps_the_dossier_from_going_on_and_no_more(world):
    dossier = ready(world)
    first = world.fresh(dossier).names[0]
    hold(world, dossier, nomination=first.pk)
    with pytest.raises(NotNow, match=first.full_name):
        world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier))
    facts = {"verdicts": world.all_pass(dossier, n1=("SUPPLEMENT", "thiếu")), "papers": [], "reason": "thiếu"}
    world.do(dossier, "request_supplement", world.finance, **facts)
    assert world.fresh(dossier).state == "RETURNED_PROPOSING"


def test_only_the_standing_office_holds_and_lifts(world):
    dossier = ready(world)
    for person in (world.finance, world.author, world.signatory, world.admin):
        facts = {"ground": "PRESS", "nomination": None, "document": "", "reason": "báo nêu"}
        with pytest.raises(PermissionDenied):
            do_hold(dossier, "hold", by=Actor(person), **facts)
    assert not dossier.holds.exists()


def test_the_same_ground_twice_an_unknown_one_and_a_lifted_hold_are_told_apart(world):
    dossier = ready(world)
    hold(world, dossier)
    with pytest.raises(Unfit, match="Đã tạm dừng"):
        hold(world, dossier)
    with pytest.raises(Unfit, match="căn cứ"):
        hold(world, dossier, ground="KHONG_CO")
    hold(world, dossier, ground="PRESS")
    lift(world, dossier)
    assert world.fresh(dossier).held_since is not None
    lift(world, dossier)
    assert world.fresh(dossier).held_since is None
    with pytest.raises(NotNow, match="không có tạm dừng"):
        do_hold(dossier, "lift", by=Actor(world.home_affairs), hold=0, outcome="CLEARED", reason="x")


def test_an_ended_dossier_is_not_held(world):
    dossier = world.opened()
    world.do(dossier, "withdraw", world.author, reason="Thôi")
    with pytest.raises(Gone, match="kết thúc"):
        hold(world, dossier)


def test_the_clock_stands_while_held_and_goes_on_where_it_stood(world, monday):
    dossier = ready(world)  # due on Monday 25/11, after five working days
    monday.shift(timedelta(days=2))  # Wednesday 20/11: two are used
    hold(world, dossier)
    step = world.step(dossier)
    assert (step.scheduled, step.rung) == (None, None)
    monday.shift(timedelta(days=9))  # Friday 29/11, past the old deadline
    sweeper.sweep_deadlines()
    assert not Firing.objects.exists()
    lift(world, dossier)
    step = world.step(dossier)
    assert step.due_at == end_of(date(2024, 12, 4))  # three days were left after Wednesday
    assert step.scheduled == datetime(2024, 12, 3, 8, 0, tzinfo=VIETNAM)
    monday.move_to(datetime(2024, 12, 3, 8, 0, tzinfo=VIETNAM))
    sweeper.sweep_deadlines()
    assert list(Firing.objects.values_list("rung", flat=True)) == [-1]


def test_after_a_supplement_the_desk_has_what_it_had_left(world, monday):
    dossier = world.submitted()
    monday.shift(timedelta(days=3))  # Thursday 21/11: three of five days used
    facts = {"verdicts": world.all_pass(dossier, n1=("SUPPLEMENT", "thiếu")), "papers": [], "reason": "thiếu"}
    world.do(dossier, "request_supplement", world.finance, **facts)
    monday.shift(timedelta(days=6))  # Wednesday 27/11
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "resubmit", world.head)
    assert world.step(dossier).due_at == end_of(date(2024, 11, 29))
    assert world.fresh(dossier).receipts.last().due_at == end_of(date(2024, 11, 29))


def test_after_a_supplement_the_clock_restarts_where_the_rule_says_so(world, monday):
    DeadlineRule.objects.filter(node="propose").update(after_supplement="RESTART")
    terms.forget()
    dossier = world.submitted()
    monday.shift(timedelta(days=3))
    facts = {"verdicts": world.all_pass(dossier, n1=("SUPPLEMENT", "thiếu")), "papers": [], "reason": "thiếu"}
    world.do(dossier, "request_supplement", world.finance, **facts)
    monday.shift(timedelta(days=6))  # Wednesday 27/11
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "resubmit", world.head)
    assert world.step(dossier).due_at == end_of(date(2024, 12, 4))


def test_gross_and_net_time_are_in_the_ledger(world, monday):
    dossier = ready(world)
    monday.shift(timedelta(days=1))
    hold(world, dossier)
    monday.shift(timedelta(days=2))
    lift(world, dossier)
    monday.shift(timedelta(days=1))  # Friday 22/11: four days, two of them on hold
    world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier))
    done = Entry.objects.about(dossier).get(act="propose")
    assert '"spent":{"gross":4,"net":2}' in done.facts
    assert dossier_clock.spent(world.fresh(dossier), done.at) == {"gross": 4, "net": 2}


def test_a_hold_tells_the_unit_and_who_has_the_step_without_the_matter(world):
    dossier = ready(world)
    hold(world, dossier, reason="Tố cáo ông Mẫu nhận quà.")
    told = Notification.objects.filter(template="hold", channel="IN_APP")
    reached = set(told.values_list("recipient__email", flat=True))
    assert {world.author.email, world.head.email, world.finance.email} <= reached
    assert not any("nhận quà" in str(notice.context) for notice in told)


def wait(world, act="admit", since="NOTICE", days=10):
    """The campaign asks for a wait before an act."""
    MinimumWait.objects.create(
        campaign=world.campaign, act=act, since=since, working_days=days, clause="Quy chế xét tặng, Điều 9",
        valid_from=date(2024, 1, 1),
    )  # fmt: skip
    terms.forget()


def test_a_minimum_wait_blocks_the_act_and_says_until_when(world, monday):
    wait(world)
    dossier = world.proposed()
    world.add_evaluation()
    with pytest.raises(NotNow, match=r"Quy chế xét tặng, Điều 9.*chưa có ngày đó"):
        world.do(dossier, "admit", world.home_affairs, verdicts=world.all_pass(dossier))
    post_notice(dossier, by=Actor(world.home_affairs), posted_on=date(2024, 11, 18), where="Bảng niêm yết")
    with pytest.raises(NotNow, match="hết ngày 02/12/2024: 10 ngày làm việc"):
        world.do(dossier, "admit", world.home_affairs, verdicts=world.all_pass(dossier))
    monday.move_to(datetime(2024, 12, 2, 23, 0, tzinfo=VIETNAM))
    with pytest.raises(NotNow):
        world.do(dossier, "admit", world.home_affairs, verdicts=world.all_pass(dossier))
    monday.move_to(datetime(2024, 12, 3, 8, 0, tzinfo=VIETNAM))
    world.do(dossier, "admit", world.home_affairs, verdicts=world.all_pass(dossier))
    assert world.fresh(dossier).state == "DELIBERATING"


def test_what_is_returned_while_a_name_is_on_hold_neither_reminds_nor_lapses(world, monday):
    dossier = ready(world)
    hold(world, dossier, nomination=world.fresh(dossier).names[0].pk)
    facts = {"verdicts": world.all_pass(dossier, n2=("SUPPLEMENT", "thiếu")), "papers": [], "reason": "thiếu"}
    world.do(dossier, "request_supplement", world.finance, **facts)
    assert world.step(dossier).scheduled is None
    monday.shift(timedelta(days=30))
    sweeper.sweep_deadlines()
    assert world.fresh(dossier).state == "RETURNED_PROPOSING"
    lift(world, dossier)
    assert world.step(dossier).due_at > now()


def test_an_incident_tried_again_never_ends_a_step_before_its_time_nor_while_held(world, monday):
    dossier = world.submitted()
    facts = {"verdicts": world.all_pass(dossier, n1=("SUPPLEMENT", "thiếu")), "papers": [], "reason": "thiếu"}
    world.do(dossier, "request_supplement", world.finance, **facts)
    step = world.step(dossier)
    StepRow.objects.filter(pk=step.pk).update(stuck_at=step.created, scheduled=None, rung=None, tries=5)
    incidents.retry(step.pk, by=Actor(world.admin))
    sweeper.sweep_deadlines()
    assert world.fresh(dossier).state == "RETURNED_PROPOSING"
    hold(world, dossier)
    StepRow.objects.filter(pk=step.pk).update(stuck_at=step.created)
    incidents.retry(step.pk, by=Actor(world.admin))
    monday.shift(timedelta(days=30))
    sweeper.sweep_deadlines()
    assert world.fresh(dossier).state == "RETURNED_PROPOSING"


# ---- what a hold bars besides the desk's own way on


def test_a_held_dossier_is_not_gathered_and_its_draft_not_issued(world):
    by, dossier = Actor(world.signatory), world.recommended(names=1)
    decision = world.reserve(world.recommended(names=1))
    hold(world, dossier)
    name = world.fresh(dossier).names[0]
    with pytest.raises(Gone, match=rf"{dossier.code}.*tạm dừng.*\(nội bộ\)"):
        rulings.gather(decision, [dossier], by=by)
    lift(world, dossier)
    rulings.gather(decision, [dossier], by=by)
    hold(world, dossier, nomination=name.pk)
    with pytest.raises(Unfit, match=rf"{dossier.code}: Đề nghị của {name.full_name} đang tạm dừng"):
        rulings.issue(decision, by=by)
    decision.refresh_from_db()
    assert (decision.stage, decision.number) == ("DRAFT", None)
    lift(world, dossier)
    assert rulings.issue(decision, by=by).number == 1


def test_the_page_of_a_draft_says_what_is_held(client, world):
    dossier = world.recommended(names=1)
    decision = world.reserve(dossier)
    hold(world, dossier)
    decision.refresh_from_db()
    client.force_login(world.signatory)
    answer = client.post(f"/quyet-dinh/{decision.pk}/ban-hanh/", {"version": decision.chain_position})
    assert answer.status_code == 422
    assert "đang tạm dừng từ 18/11/2024" in answer.content.decode()


def test_an_issued_decision_does_not_stall_on_a_hold_that_came_after_it(world):
    kept, struck = world.recommended(names=1), world.recommended(names=1)
    decision, by = world.reserve(kept), Actor(world.signatory)
    rulings.gather(decision, [struck], by=by)
    line = decision.lines.get(group_id=struck.pk)
    rulings.issue(decision, by=by, struck={line.pk: "Đang xác minh."})
    for dossier in (kept, struck):
        hold(world, dossier)
    assert moves.move(decision.pk) == 2
    assert [world.fresh(one).state for one in (kept, struck)] == ["DECIDED", "DECLINED"]


def test_a_held_dossier_is_not_refused_without_a_decision(world):
    dossier = world.recommended(names=1)
    hold(world, dossier)
    with pytest.raises(NotNow, match="đang tạm dừng"):
        world.do(dossier, "refuse", world.signatory, reason="Không.")


@pytest.mark.parametrize("act", ["request_supplement", "decline"])
def test_a_held_name_does_not_fail_before_the_conclusion(world, act):
    dossier = ready(world)
    first, second = world.fresh(dossier).names
    hold(world, dossier, nomination=first.pk)
    verdicts = {first.pk: ("FAIL", "Bị tố cáo"), second.pk: ("SUPPLEMENT", "thiếu")}
    facts = {"papers": [], "verdicts": verdicts}
    if act == "decline":
        facts = {"verdicts": {first.pk: ("FAIL", "Bị tố cáo"), second.pk: ("FAIL", "Không đủ")}}
    with pytest.raises(Unfit, match=rf"{first.full_name} đang tạm dừng.*\(nội bộ\)"):
        world.do(dossier, act, world.finance, reason="thiếu", **facts)
    assert not world.fresh(dossier).names[0].left


def test_a_withdrawn_name_takes_its_hold_with_it_and_the_clock_goes_on(world, monday):
    dossier = ready(world)
    first = world.fresh(dossier).names[0]
    hold(world, dossier, nomination=first.pk)
    facts = {"verdicts": world.all_pass(dossier, n2=("SUPPLEMENT", "thiếu")), "papers": [], "reason": "thiếu"}
    world.do(dossier, "request_supplement", world.finance, **facts)
    assert world.step(dossier).scheduled is None
    world.later(monday, days=1)
    world.do(dossier, "withdraw_nomination", world.author, nomination=first.pk, reason="Xin rút")
    kept = dossier.holds.get()
    assert (kept.outcome, kept.lifted_by, kept.conclusion) == ("WITHDRAWN", world.author, "Xin rút")
    assert kept.get_outcome_display() == "Đề nghị đã rút"
    after = world.fresh(dossier)
    assert after.held_since is None
    assert [one.until is None for one in after.pauses if one.why == "HOLD"] == [False]
    assert world.step(dossier).scheduled is not None
    assert not list(faults(after))


def test_a_name_withdrawn_leaves_the_hold_of_the_whole_dossier(world):
    dossier = ready(world)
    first = world.fresh(dossier).names[0]
    hold(world, dossier, nomination=first.pk)
    facts = {"verdicts": world.all_pass(dossier, n2=("SUPPLEMENT", "thiếu")), "papers": [], "reason": "thiếu"}
    world.do(dossier, "request_supplement", world.finance, **facts)
    hold(world, dossier)
    world.do(dossier, "withdraw_nomination", world.author, nomination=first.pk, reason="Xin rút")
    after = world.fresh(dossier)
    assert after.held_since is not None
    assert [one.nomination for one in after.open_holds] == [None]
    assert world.step(dossier).scheduled is None


def test_a_name_that_was_held_is_withdrawn_and_not_rubbed_out(world):
    dossier = world.submitted()
    first = world.fresh(dossier).names[0]
    hold(world, dossier, nomination=first.pk)
    world.do(dossier, "recall", world.head, reason="Sửa")
    with pytest.raises(Unfit, match="Rút một đề nghị"):
        edits.remove_nomination(dossier, first.pk, by=Actor(world.author))


def test_who_lifts_does_not_say_a_name_was_withdrawn(client, world):
    dossier = ready(world)
    kept = hold(world, dossier).open_holds[0]
    client.force_login(world.home_affairs)
    url = f"/ho-so/{dossier.code}/ket-thuc-tam-dung/"
    typed = {"hold": kept.pk, "outcome": "WITHDRAWN", "reason": "x", "version": world.fresh(dossier).version}
    assert client.post(url, typed).status_code == 422


# ---- the public list


def notice(world, dossier, day, by=None):
    return post_notice(dossier, by=Actor(by or world.home_affairs), posted_on=day, where="Bảng niêm yết")


def test_a_list_was_not_public_before_its_dossier_came(world, monday):
    dossier = world.proposed()
    world.later(monday, days=2)
    with pytest.raises(Unfit, match="18/11/2024"):
        notice(world, dossier, date(2024, 11, 17))
    assert notice(world, dossier, date(2024, 11, 18)).posted_on == date(2024, 11, 18)


def test_the_day_noted_last_is_the_one_that_counts(world, monday):
    dossier = world.proposed()
    world.later(monday, days=4)
    notice(world, dossier, date(2024, 11, 18))
    notice(world, dossier, date(2024, 11, 20))
    assert world.fresh(dossier).posted_on == date(2024, 11, 20)
    assert '"posted_on":"2024-11-18"' in Entry.objects.filter(act="post_notice").latest("pk").before


def test_who_keeps_away_notes_no_public_list(client, world):
    dossier = world.proposed()
    recusing.declare(dossier, by=Actor(world.home_affairs), relation="FAMILY", reason="Em ruột")
    with pytest.raises(Recused):
        notice(world, dossier, date(2024, 11, 18))
    client.force_login(world.home_affairs)
    assert client.get(f"/ho-so/{dossier.code}/cong-khai/").status_code == 403
    assert not dossier.public_notices.exists()


def test_a_day_that_cannot_be_comes_back_with_the_form(client, world):
    dossier = world.proposed()
    client.force_login(world.home_affairs)
    typed = {"posted_on": "2024-11-01", "where": "Cổng xã", "version": dossier.version}
    answer = client.post(f"/ho-so/{dossier.code}/cong-khai/", typed)
    assert answer.status_code == 422
    assert "Cổng xã" in answer.content.decode()


def test_the_page_of_a_held_dossier_says_the_clock_stands_and_keeps_the_matter_from_the_unit(client, world):
    dossier = ready(world)
    hold(world, dossier, reason="Tố cáo ông Mẫu nhận quà.")
    for person, told in ((world.home_affairs, True), (world.finance, True), (world.head, False), (world.author, False)):
        client.force_login(person)
        page = client.get(dossier.get_absolute_url()).content.decode()
        assert ("nhận quà" in page) is told, person
        assert "đồng hồ dừng" in page
        assert "còn 5 ngày làm việc" not in page
    lift(world, dossier)
    failed = world.all_pass(dossier, n1=("FAIL", "x"), n2=("FAIL", "x"))
    world.do(dossier, "decline", world.finance, verdicts=failed, reason="x")
    client.force_login(world.head)
    assert "nhận quà" not in client.get(dossier.get_absolute_url()).content.decode()
