"""One act on many dossiers: what the preview says, what is done and what is left, whose it is, how often it is done."""

import re
from datetime import timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.ledger import Actor
from audit.models import Entry
from dossiers import edits
from dossiers.models import Dossier, Verdict
from flows import bulk, desk
from flows.models import BulkJob, BulkRow, Completion
from notifications.models import Notification

MOST = 30  # statements of choosing, whatever the number of rows
MOST_PAGE = 8  # statements of the page of a job


def choose(world, person, dossiers, act):
    """A job of this person on the open steps of these dossiers."""
    return bulk.choose([world.step(dossier).pk for dossier in dossiers], act, by=Actor(person))


def done(world, person, dossiers, act):
    """The same, confirmed and carried out."""
    job = choose(world, person, dossiers, act)
    bulk.confirm(job, by=Actor(person))
    bulk.run(job.pk)
    job.refresh_from_db()
    return job


def said(job):
    """{code: (result, message)}."""
    rows = job.rows.select_related("step__process__dossier")
    return {row.step.process.dossier.code: (row.result, row.message) for row in rows}


def ready(world, names=1, **nominee):
    """A dossier that TC–KH may propose."""
    dossier = world.opened(names=0)
    edits.add_nominations(dossier, [world.nominee(i, **nominee) for i in range(1, names + 1)], by=Actor(world.author))
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "submit", world.head)
    world.add_paper(dossier, "CONG_VAN", world.finance)
    return world.fresh(dossier)


def draft(world):
    """A dossier that its author may hand over; the cheapest to make."""
    return world.opened(names=1)


def acts(dossier, act):
    return Entry.objects.about(dossier).filter(kind="ACT", act=act).count()


# what the preview says


def test_the_preview_says_of_each_dossier_what_will_happen_or_why_not(client, world):
    good, other = ready(world, names=2), ready(world)
    without_letter = world.submitted()
    short = ready(world, result_percent="80")
    client.force_login(world.finance)
    steps = [world.step(one).pk for one in (good, other, without_letter, short)]
    answer = client.post(reverse("flows:bulk_jobs"), {"act": "propose", "step": steps})
    page = client.get(answer.url).content.decode()
    assert "Đề xuất 2 hồ sơ" in page
    assert "2 hồ sơ không làm được lần này" in page
    assert re.search(r"2 hồ sơ: Chuyên viên Nội vụ .* nhận việc “Thẩm định hồ sơ” và thư báo, hạn \d\d/11/2024", page)
    assert "Thiếu công văn đề nghị khen thưởng" in page
    assert "Kết quả dưới mức 90 %" in page
    assert "Bạn cho ý kiến “đạt” đối với cả 3 tên" in page
    assert all(world.fresh(one).state == "PROPOSING" for one in (good, other, short))


def test_names_that_were_sent_back_for_more_are_to_be_looked_at_one_by_one(world):
    dossier = ready(world, names=2)
    verdicts = world.all_pass(dossier, n2=("SUPPLEMENT", "Thiếu xác nhận."))
    world.do(dossier, "request_supplement", world.finance, verdicts=verdicts, papers=[], reason="Bổ sung.")
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "resubmit", world.head)
    job = choose(world, world.finance, [dossier], "propose")
    result, why = said(job)[dossier.code]
    assert result == "REFUSED"
    assert why.startswith("Đã yêu cầu bổ sung cho Nguyễn Thị Mẫu 2")


def test_a_name_that_stands_twice_is_to_be_looked_at_before_it_is_signed(world):
    twins = [world.opened(names=1) for _ in range(2)]
    alone = world.opened(names=0)
    edits.add_nominations(alone, [world.nominee(7)], by=Actor(world.author))
    world.add_paper(alone, "BAO_CAO", world.author)
    for dossier in (*twins, alone):
        world.do(dossier, "hand_over", world.author)
    told = said(choose(world, world.head, [*twins, alone], "submit"))
    assert told[alone.code][0] == "WAITING"
    assert [told[one.code][0] for one in twins] == ["REFUSED"] * 2
    assert "Trùng tên" in told[twins[0].code][1]


def test_what_did_not_carry_is_told_before_it_is_left_behind(world):
    dossier = world.admitted(names=3)
    world.put_on_agenda(dossier)
    lost = world.fresh(dossier).still_in[2].ballot_id
    world.count(dossier, lambda ballot: 2 if ballot.pk == lost else 9)
    job = choose(world, world.secretary, [dossier], "recommend")
    assert "1 tên không đủ phiếu ra khỏi hồ sơ; " in said(job)[dossier.code][1]


def test_choosing_asks_as_many_questions_for_six_dossiers_as_for_two(world):
    dossiers = [ready(world) for _ in range(6)]
    steps = [world.step(one).pk for one in dossiers]
    counts = []
    for chosen in (steps[:2], steps):
        person = world.finance  # read anew: an office is asked once
        with CaptureQueriesContext(connection) as asked:
            bulk.choose(chosen, "propose", by=Actor(person))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= MOST


def test_the_page_of_a_job_asks_as_many_questions_for_six_rows_as_for_two(client, world):
    dossiers = [draft(world) for _ in range(6)]
    client.force_login(world.author)
    counts = []
    for chosen in (dossiers[:2], dossiers):
        job = choose(world, world.author, chosen, "hand_over")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(job.get_absolute_url()).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= MOST_PAGE


# what is done


def test_every_act_is_done_as_a_single_one_with_a_line_and_its_notices(world):
    dossiers = [ready(world, names=2) for _ in range(2)]
    job = done(world, world.finance, dossiers, "propose")
    assert job.stage == "DONE"
    assert {result for result, _message in said(job).values()} == {"DONE"}
    for dossier in dossiers:
        assert world.fresh(dossier).state == "REVIEWING"
        assert acts(dossier, "propose") == 1
        assert Verdict.objects.filter(nomination__dossier=dossier, judgement="PASS", by=world.finance).count() == 2
        assert Completion.objects.filter(step__process__dossier=dossier, step__created__gte=dossier.moved_at).exists()
    told = Notification.objects.filter(template="new_task", recipient=world.home_affairs, channel="IN_APP")
    assert told.count() == 2
    witnessed = Entry.objects.filter(act__in=["bulk_start", "bulk_end"], subject_id=job.pk)
    assert sorted(witnessed.values_list("act", flat=True)) == ["bulk_end", "bulk_start"]


def test_whoever_waited_for_no_page_gets_one_notice_and_no_mail(world):
    job = done(world, world.author, [draft(world) for _ in range(2)], "hand_over")
    told = Notification.objects.filter(recipient=world.author, template="bulk_done")
    assert [(one.channel, one.url) for one in told] == [("IN_APP", job.get_absolute_url())]
    assert told.get().context["done"] == 2


def test_claiming_and_putting_back_go_many_at_a_time(world):
    free, taken = world.submitted(), world.submitted()
    colleague = world.person("taichinh2")
    step = world.step(taken)
    desk.claim(step.process_id, step.pk, by=Actor(colleague))
    job = done(world, world.finance, [free, taken], "claim")
    assert said(job)[free.code] == ("DONE", "Bạn đã nhận việc này.")
    assert colleague.full_name in said(job)[taken.code][1]
    assert world.step(free).owner == world.finance
    assert world.step(taken).owner == colleague
    back = done(world, world.finance, [free, taken], "release")
    assert [result for result, _message in said(back).values()].count("DONE") == 1
    assert world.step(free).owner is None


def test_what_a_colleague_took_after_the_preview_is_left_to_them(world):
    dossier = world.submitted()
    job = choose(world, world.finance, [dossier], "claim")
    step = world.step(dossier)
    desk.claim(step.process_id, step.pk, by=Actor(world.person("taichinh2")))
    bulk.confirm(job, by=Actor(world.finance))
    bulk.run(job.pk)
    assert said(job)[dossier.code][0] == "REFUSED"
    assert "vừa nhận việc này" in said(job)[dossier.code][1]


def test_a_dossier_that_changed_since_the_preview_is_left_with_its_reason(world):
    changed, same = ready(world), ready(world)
    job = choose(world, world.finance, [changed, same], "propose")
    world.add_paper(changed, "CONG_VAN", world.finance, colour=(5, 5, 5))
    bulk.confirm(job, by=Actor(world.finance))
    bulk.run(job.pk)
    assert said(job)[changed.code] == ("REFUSED", "Hồ sơ đã thay đổi từ khi bạn mở trang.")
    assert world.fresh(changed).state == "PROPOSING"
    assert world.fresh(same).state == "REVIEWING"


def test_whoever_loses_the_office_meanwhile_does_nothing_more(world):
    job = confirmed(world, 1)
    world.author.appointments.update(valid_until="2024-11-17")
    bulk.run(job.pk)
    assert list(said(job).values()) == [("REFUSED", "Bạn không còn giữ chức trách của bước này.")]
    assert Dossier.objects.get().state == "DRAFT"


def test_what_was_not_done_is_chosen_again_and_previewed_anew(client, world):
    lacking, good = world.submitted(), ready(world)
    job = done(world, world.finance, [lacking, good], "propose")
    world.add_paper(lacking, "CONG_VAN", world.finance)
    client.force_login(world.finance)
    answer = client.post(reverse("flows:bulk_again", args=[job.pk]))
    again = BulkJob.objects.latest("pk")
    assert answer.url == again.get_absolute_url()
    assert list(said(again)) == [lacking.code]
    assert said(again)[lacking.code][0] == "WAITING"


# how often it is done


class Killed(BaseException):
    """As if the process died here."""


def dies_after(monkeypatch, times):
    """Let the worker die between an act and the end of its transaction, once in each of so many rows."""
    kept, killed = bulk._keep, set()

    def keep(row):
        if row.pk not in killed and len(killed) < times:
            killed.add(row.pk)
            raise Killed
        kept(row)

    monkeypatch.setattr(bulk, "_keep", keep)


def carried_on(job):
    """Run the job again after each death, as the sweeper does when the lease is over."""
    deaths = 0
    while BulkJob.objects.get(pk=job.pk).stage == "RUNNING":
        BulkJob.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        try:
            bulk.run(job.pk)
        except Killed:
            deaths += 1
    return deaths


def doubled(job):
    """How many acts were done more or less than once, or are told otherwise than they were."""
    rows = job.rows.select_related("step__process__dossier")
    return sum((acts(row.step.process.dossier, "hand_over"), row.result) != (1, "DONE") for row in rows)


def confirmed(world, count):
    job = choose(world, world.author, [draft(world) for _ in range(count)], "hand_over")
    bulk.confirm(job, by=Actor(world.author))
    return job


def test_a_worker_that_dies_between_act_and_result_loses_and_doubles_nothing(world, monkeypatch):
    job = confirmed(world, 4)
    dies_after(monkeypatch, 3)
    assert carried_on(job) == 3
    assert doubled(job) == 0
    assert Entry.objects.filter(act="bulk_end", subject_id=job.pk).count() == 1


def test_the_harness_sees_a_result_written_outside_the_act(world, monkeypatch):
    """Planted: the act commits before its result is written."""

    def do_row(job, row_pk):
        with transaction.atomic():
            row = bulk._taken(row_pk)
            row.result, row.message = bulk._attempt(job, row)
        bulk._keep(row)
        return True

    monkeypatch.setattr(bulk, "_do_row", do_row)
    job = confirmed(world, 4)
    dies_after(monkeypatch, 3)
    assert carried_on(job) == 3
    assert doubled(job) == 3


def test_a_row_that_fails_unforeseen_is_told_and_stops_no_other(world, monkeypatch, caplog):
    job = confirmed(world, 3)
    poisoned = job.rows.all()[1].step_id
    act = desk.do

    def do(passage, step, *args, **facts):
        if step == poisoned:
            raise ValueError("a bad row")
        return act(passage, step, *args, **facts)

    monkeypatch.setattr(desk, "do", do)
    bulk.run(job.pk)
    assert sorted(result for result, _message in said(job).values()) == ["DONE", "DONE", "REFUSED"]
    assert "a bad row" in caplog.text
    assert "Phần mềm gặp lỗi" in BulkRow.objects.get(job=job, result="REFUSED").message


def test_a_job_somebody_is_at_is_left_alone_until_the_lease_is_over(world):
    job = confirmed(world, 2)
    BulkJob.objects.filter(pk=job.pk).update(lease_until=timezone.now() + timedelta(minutes=1))
    assert bulk.run(job.pk) == 0
    assert bulk.unfinished() == []
    BulkJob.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert bulk.unfinished() == [job.pk]
    assert bulk.run(job.pk) == 2


def test_a_turn_that_is_over_leaves_the_rest_to_the_next(world):
    job = confirmed(world, 3)
    assert bulk.run(job.pk, seconds=-1) == 0
    job.refresh_from_db()
    assert (job.stage, job.lease_until) == ("RUNNING", None)
    assert bulk.run(job.pk) == 3


def test_a_second_click_begins_nothing_twice(world):
    job = choose(world, world.author, [draft(world)], "hand_over")
    assert bulk.confirm(job, by=Actor(world.author))
    assert not bulk.confirm(job, by=Actor(world.author))
    assert Entry.objects.filter(act="bulk_start", subject_id=job.pk).count() == 1


# the pages


def test_a_few_rows_are_done_while_the_page_waits_and_need_no_notice(client, world):
    job = choose(world, world.author, [draft(world) for _ in range(2)], "hand_over")
    client.force_login(world.author)
    answer = client.post(reverse("flows:bulk_run", args=[job.pk]))
    page = client.get(answer.url).content.decode()
    assert "Đã làm 2 hồ sơ." in page
    assert 'http-equiv="refresh"' not in page
    assert not Notification.objects.filter(template="bulk_done").exists()


def test_many_rows_go_to_a_worker_and_the_page_asks_how_far_it_is(client, world, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    sent = []
    monkeypatch.setattr("flows.bulk_pages.run_bulk.delay", sent.append)
    job = choose(world, world.author, [draft(world) for _ in range(2)], "hand_over")
    client.force_login(world.author)
    client.post(reverse("flows:bulk_run", args=[job.pk]))
    assert sent == [job.pk]
    page = client.get(job.get_absolute_url()).content.decode()
    assert "Đã xong 0 hồ sơ, còn 2." in page
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert "Làm tiếp" in page


def test_a_job_that_is_dropped_does_no_more(client, world):
    job = confirmed(world, 2)
    client.force_login(world.author)
    client.post(reverse("flows:bulk_drop", args=[job.pk]))
    assert bulk.run(job.pk) == 0
    assert "không làm nữa" in client.get(job.get_absolute_url()).content.decode()
    assert Dossier.objects.filter(state="DRAFT").count() == 2


def test_a_job_of_another_does_not_exist(client, world):
    job = choose(world, world.author, [draft(world)], "hand_over")
    client.force_login(world.head)
    for page in ("bulk_job", "bulk_run", "bulk_drop", "bulk_again"):
        ask = client.get if page == "bulk_job" else client.post
        assert ask(reverse(f"flows:{page}", args=[job.pk])).status_code == 404


def test_no_act_that_asks_for_a_judgement_goes_many_at_a_time(client, world):
    client.force_login(world.author)
    step = world.step(draft(world)).pk
    for act in ("decline", "request_supplement", "refuse", "withdraw", "grant", "oppose", "hand_back", "x", ""):
        assert client.post(reverse("flows:bulk_jobs"), {"act": act, "step": step}).status_code == 404


def test_steps_one_may_not_see_cannot_be_chosen(client, world):
    step = world.step(world.opened())
    client.force_login(world.finance)
    for typed in ([step.pk], [], ["x", "-1", "9" * 30]):
        chosen = {"act": "claim", "step": typed, "next": "/ban-viec/?nhom=chung"}
        assert client.post(reverse("flows:bulk_jobs"), chosen).url == "/ban-viec/?nhom=chung"
    assert not BulkJob.objects.exists()


def test_a_step_of_another_office_is_told_and_not_done(world):
    dossier = ready(world)
    job = choose(world, world.head, [dossier], "claim")
    assert said(job)[dossier.code][0] == "REFUSED"
    assert "không phải việc của chức trách" in said(job)[dossier.code][1]


def test_the_desk_offers_what_may_be_done_with_its_rows(client, world):
    dossier = ready(world)
    client.force_login(world.finance)
    page = client.get(reverse("flows:desk"), {"nhom": "chung"}).content.decode()
    assert f'name="step" value="{world.step(dossier).pk}" form="hang-loat"' in page
    assert re.findall(r'name="act" value="(\w+)"', page) == ["claim", "propose"]
    assert "Đề xuất khen thưởng, đạt tất cả…" in page
    client.force_login(world.author)
    elsewhere = client.get(reverse("flows:desk"), {"nhom": "noi-khac"}).content.decode()
    assert "hang-loat" not in elsewhere


def test_old_previews_nobody_confirmed_are_forgotten(world, monday):
    dossier = draft(world)
    choose(world, world.author, [dossier], "hand_over")
    world.later(monday, days=2)
    new = choose(world, world.author, [dossier], "hand_over")
    assert list(BulkJob.objects.all()) == [new]
