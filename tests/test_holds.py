"""Holds and the standing clock: what moves a held dossier is refused with the article, and its days do not run."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audit.ledger import Actor
from audit.models import Entry
from campaigns import terms
from campaigns.models import DeadlineRule, MinimumWait
from dossiers import clock as dossier_clock
from dossiers.errors import Gone, NotNow, Unfit
from dossiers.public_notice import post_notice
from flows import sweeper
from flows.holds import do_hold
from flows.models import Firing
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
