"""Deadlines reckoned anew: previewed without a trace, moved with a line each, only what is ahead armed again."""

from datetime import date, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from audit.ledger import Actor
from audit.models import Entry
from campaigns import rule_acts, terms
from campaigns.models import DeadlineRule
from flows import incidents, sweeper
from flows.models import Firing, StepRow
from flows.recompute import moves, recompute
from notifications.models import Notification
from organizations import calendar, calendar_acts
from tests.conftest import VIETNAM
from tests.test_deadlines import end_of


def day_off(world, day, kind="OFF", **more):
    """A day off for everybody, entered by one and confirmed by another."""
    entered = calendar_acts.enter_day(
        by=Actor(world.admin), day=day, kind=kind, organization=None, document="Công văn 1", note="", **more
    )
    calendar_acts.confirm_day(entered, by=Actor(world.person("vanphong")))
    calendar.forget()  # nothing is committed here, which is when the house forgets by itself


def rule_values(**changes):
    """A rule for TC–KH's step."""
    return {
        "nature": "INTERNAL", "node": "propose", "kind": "AFTER", "anchor": "STEP", "working_days": 8, "day": None,
        "award": "", "regime": "", "after_supplement": "RESUME", "clause": "nội bộ", "valid_from": date(2024, 11, 18),
        **changes,
    }  # fmt: skip


def test_a_late_day_off_moves_open_deadlines_when_they_are_reckoned_anew(world, monday):
    dossier = world.submitted()
    assert world.step(dossier).due_at == end_of(date(2024, 11, 25))
    day_off(world, date(2024, 11, 21))
    assert world.step(dossier).due_at == end_of(date(2024, 11, 25))  # not by itself
    [move] = moves()
    assert (move.before.due_at, move.after.due_at) == (end_of(date(2024, 11, 25)), end_of(date(2024, 11, 26)))
    assert recompute(by=Actor(world.admin), reason="Công văn 1") == (1, None)
    step = world.step(dossier)
    assert (step.due_at, step.calendar_version) == (end_of(date(2024, 11, 26)), move.after.calendar_version)
    line = Entry.objects.about(dossier).get(act="move_deadline")
    assert line.reason == "Công văn 1"
    assert "2024-11-25" in line.before
    assert "2024-11-26" in line.after
    assert recompute(by=Actor(world.admin), reason="lại") == (0, None)
    told = Notification.objects.filter(template="moved_deadline", channel="IN_APP")
    assert {one.recipient for one in told} == {world.finance, world.person("taichinh2")}


def test_a_half_day_is_due_at_its_closing_hour(world, monday):
    dossier = world.submitted()
    day_off(world, date(2024, 11, 25), kind="HALF", closes_at=time(11, 30))
    recompute(by=Actor(world.admin), reason="Công văn 1")
    assert world.step(dossier).due_at == datetime(2024, 11, 25, 11, 30, tzinfo=VIETNAM)


def test_a_moved_date_arms_only_the_rungs_still_ahead(world, monday):
    dossier = world.submitted()
    monday.move_to(datetime(2024, 11, 22, 9, 0, tzinfo=VIETNAM))
    sweeper.sweep_deadlines()
    assert list(Firing.objects.values_list("rung", flat=True)) == [-3, -1]
    rule_acts.add_rule(world.campaign, rule_values(), by=Actor(world.admin), reason="Thêm việc")
    recompute(by=Actor(world.admin), reason="Thêm việc")
    step = world.step(dossier)  # due on Thursday 28/11 now: three working days before is Monday 25/11
    assert (step.due_at, step.rung) == (end_of(date(2024, 11, 28)), -3)
    monday.move_to(datetime(2024, 11, 25, 8, 0, tzinfo=VIETNAM))
    sweeper.sweep_deadlines()
    fired = Firing.objects.filter(step=step).order_by("id").values_list("rung", "due_at")
    assert [(rung, due.astimezone(VIETNAM).day) for rung, due in fired] == [(-3, 25), (-1, 25), (-3, 28)]


def test_a_deadline_moved_and_moved_back_fires_no_rung_again(world, monday):
    dossier = world.submitted()
    monday.move_to(datetime(2024, 11, 20, 9, 0, tzinfo=VIETNAM))
    sweeper.sweep_deadlines()
    rule_acts.add_rule(world.campaign, rule_values(), by=Actor(world.admin), reason="a")
    recompute(by=Actor(world.admin), reason="a")
    DeadlineRule.objects.filter(working_days=8).delete()
    DeadlineRule.objects.update(valid_until=None)
    terms.forget()
    monday.move_to(datetime(2024, 11, 20, 7, 0, tzinfo=VIETNAM))  # before the rung's moment: only its record stops it
    recompute(by=Actor(world.admin), reason="b")
    assert world.step(dossier).rung == -1


def test_a_changed_date_of_the_campaign_moves_the_drafts(world, monday):
    dossier = world.opened()
    dates = {"last_day": date(2024, 12, 10)}
    rule_acts.change_dates(world.campaign, dates, by=Actor(world.admin), reason="Công văn 9")
    assert recompute(by=Actor(world.admin), reason="Công văn 9", campaign=world.campaign) == (1, None)
    assert world.step(dossier).due_at == end_of(date(2024, 12, 10))


def test_legal_and_internal_deadlines_are_two_facts_and_the_nearer_is_worked_to(world, monday):
    legal = rule_values(nature="LEGAL", node="", anchor="RECEIPT", working_days=3, clause="Quyết định 638, 20 ngày")
    rule_acts.add_rule(world.campaign, legal, by=Actor(world.admin), reason="Thêm hạn luật định")
    dossier = world.submitted()
    step = world.step(dossier)
    assert (step.due_at, step.basis) == (end_of(date(2024, 11, 21)), "Quyết định 638, 20 ngày")
    assert (step.legal_due_at, step.legal_basis) == (step.due_at, "Quyết định 638, 20 ngày")
    world.add_paper(dossier, "CONG_VAN", world.finance)
    monday.shift(timedelta(days=1))
    world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier))
    step = world.step(dossier)  # the legal one still counts from receipt, the internal one from this desk
    assert (step.legal_due_at, step.due_at) == (end_of(date(2024, 11, 21)), end_of(date(2024, 11, 21)))


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({"kind": "FIXED", "day": date(2024, 12, 20), "working_days": None}, date(2024, 12, 20)),
        ({"kind": "BEFORE", "anchor": "LAST_DAY", "working_days": 2}, date(2024, 12, 2)),
        ({"kind": "AFTER", "anchor": "RESULTS", "working_days": 3}, date(2024, 12, 4)),
        ({"award": "GK_HUYEN", "working_days": 2}, date(2024, 11, 20)),
        ({"award": "KHAC", "working_days": 2}, date(2024, 11, 25)),
        ({"regime": "R2024", "working_days": 4}, date(2024, 11, 22)),
        ({"regime": "R2025", "working_days": 4}, date(2024, 11, 25)),
        ({"valid_from": date(2024, 11, 19), "working_days": 4}, date(2024, 11, 25)),
    ],
)
def test_a_rule_is_a_date_or_days_after_or_before_and_the_narrower_stands(world, changes, due):
    values = rule_values(**changes)
    rule_acts.add_rule(world.campaign, values, by=Actor(world.admin), reason="Thử")
    assert world.step(world.submitted()).due_at == end_of(due)


def test_the_preview_of_a_rule_keeps_nothing(client, world):
    world.submitted()
    client.force_login(world.admin)
    before, lines = DeadlineRule.objects.count(), Entry.objects.filter(act="add_deadline_rule").count()
    form = {**rule_values(), "day": "", "reason": "Thêm việc", "valid_from": "2024-11-18"}
    page = client.post(reverse("flows:rules", args=["CK-2024"]), form).content.decode()
    assert "25/11/2024 → 28/11/2024" in page
    assert (DeadlineRule.objects.count(), Entry.objects.filter(act="add_deadline_rule").count()) == (before, lines)
    answer = client.post(reverse("flows:rules", args=["CK-2024"]), {**form, "confirm": "1"})
    assert answer.url == reverse("flows:recompute")
    assert DeadlineRule.objects.count() == before + 1


def test_only_who_keeps_the_calendar_or_the_house_may_recompute(world):
    for person in (world.author, world.finance, world.head, world.inspector):
        with pytest.raises(PermissionDenied):
            recompute(by=Actor(person), reason="x")
        with pytest.raises(PermissionDenied):
            rule_acts.add_rule(world.campaign, rule_values(), by=Actor(person), reason="x")


def test_the_command_previews_and_moves_only_with_a_reason(world, monday):
    dossier = world.submitted()
    day_off(world, date(2024, 11, 21))
    out = StringIO()
    call_command("recompute_deadlines", stdout=out)
    assert f"{dossier.code}  Đề xuất khen thưởng: 25/11/2024 → 26/11/2024" in out.getvalue()
    assert not Entry.objects.filter(act="move_deadline").exists()
    with pytest.raises(CommandError, match="lý do"):
        call_command("recompute_deadlines", "--apply", stdout=out)
    call_command("recompute_deadlines", "--apply", "--reason", "Công văn 1", stdout=out)
    assert world.step(dossier).due_at == end_of(date(2024, 11, 26))


def test_the_days_off_of_the_unit_count_for_its_supplement(world, monday):
    dossier = world.submitted()
    facts = {"verdicts": world.all_pass(dossier, n1=("SUPPLEMENT", "thiếu")), "papers": [], "reason": "thiếu"}
    row = calendar_acts.enter_day(by=Actor(world.admin), day=date(2024, 11, 20), kind="OFF", document="Công văn 2",
                                  organization=world.unit)  # fmt: skip
    calendar_acts.confirm_day(row, by=Actor(world.person("vanphong")))
    calendar.forget()
    world.do(dossier, "request_supplement", world.finance, **facts)
    assert world.step(dossier).due_at == end_of(date(2024, 11, 26))


def test_a_rung_that_is_owed_stays_owed_when_deadlines_are_reckoned_anew(world, monday):
    step = world.step(world.submitted())
    monday.move_to(datetime(2024, 11, 25, 8, 5, tzinfo=VIETNAM))  # the sweeper was down since the start
    day_off(world, date(2024, 12, 2))
    recompute(by=Actor(world.admin), reason="Công văn 1")
    sweeper.sweep_deadlines()
    assert list(Firing.objects.filter(step=step).order_by("id").values_list("rung", flat=True)) == [-3, -1, 0]


def test_a_long_recompute_stops_in_time_and_goes_on_where_it_stood(world, monday):
    dossiers = [world.submitted(names=1) for _ in range(3)]
    day_off(world, date(2024, 11, 21))
    moved, rest = recompute(by=Actor(world.admin), reason="Công văn 1", seconds=0)
    assert (moved, rest) == (0, 0)
    assert recompute(by=Actor(world.admin), reason="Công văn 1", after=world.step(dossiers[0]).pk) == (2, None)
    assert len(list(moves())) == 1


def test_a_mistyped_year_or_number_is_refused(client, world):
    client.force_login(world.admin)
    form = {**rule_values(), "day": "", "reason": "x", "valid_from": "0024-11-18", "working_days": "30000"}
    page = client.post(reverse("flows:rules", args=["CK-2024"]), {**form, "confirm": "1"})
    assert page.status_code == 422
    assert not DeadlineRule.objects.filter(working_days=30000).exists()


def stick(step):
    """The clock gave this step up."""
    given_up = {"tries": 5, "fault": "RuntimeError: hỏng", "stuck_at": step.created, "scheduled": None}
    StepRow.objects.filter(pk=step.pk).update(**given_up)


def test_an_operator_sees_an_incident_and_lets_the_clock_try_again(client, world, monday):
    step = world.step(world.submitted())
    stick(step)
    monday.move_to(datetime(2024, 11, 20, 9, 0, tzinfo=VIETNAM))
    client.force_login(world.admin)
    assert "RuntimeError: hỏng" in client.get(reverse("flows:incidents")).content.decode()
    client.post(reverse("flows:incident_retry", args=[step.pk]))
    sweeper.sweep_deadlines()
    assert list(Firing.objects.values_list("rung", flat=True)) == [-3]
    assert not incidents.stuck_steps().exists()


def test_an_incident_is_dismissed_only_with_a_reason_and_the_next_rung_goes_on(client, world, monday):
    step = world.step(world.submitted())
    stick(step)
    client.force_login(world.admin)
    client.post(reverse("flows:incident_dismiss", args=[step.pk]), {"reason": " "})
    assert incidents.stuck_steps().exists()
    client.post(reverse("flows:incident_dismiss", args=[step.pk]), {"reason": "Đã báo miệng"})
    assert Entry.objects.get(act="dismiss_clock").reason == "Đã báo miệng"
    step.refresh_from_db()
    assert (step.rung, step.stuck_at) == (-1, None)
