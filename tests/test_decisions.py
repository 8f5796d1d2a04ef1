"""The decision on paper, through its pages: a draft reserves, lines are struck, issuing numbers and moves."""

import threading
from collections import Counter
from datetime import date
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.ledger import Actor, faults
from audit.models import Entry
from councils.models import Council
from decisions import acts as decision_acts
from decisions.models import Decision, Line, Register
from dossiers.errors import Refused
from dossiers.models import Dossier
from flows import moves, rulings
from flows.models import StepRow
from flows.tasks import sweep_moves
from notifications.models import Notification
from organizations.models import Person

on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="locks need PostgreSQL")


@pytest.fixture
def page(client):
    """`page(person, path)` reads a page, `page(person, path, {…})` sends a form, as that person."""

    def ask(person, path, data=None, **kwargs):
        client.force_login(person)
        return client.get(path, **kwargs) if data is None else client.post(path, data, **kwargs)

    return ask


@pytest.fixture
def at_commit(django_capture_on_commit_callbacks):
    """Inside it, what waits for the commit is done at the end, as after a real request."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def drafted(world, page, *dossiers):
    """A draft made and filled by the signatory through the pages."""
    form = {"organization": world.campaign.authority_id, "subject": "Về việc tặng Giấy khen"}
    url = page(world.signatory, "/quyet-dinh/lap/", form)["Location"]
    page(world.signatory, f"{url}dua-vao/", {"dossier": [d.code for d in dossiers]})
    return Decision.objects.latest("pk")


def at(decision, rest=""):
    return f"/quyet-dinh/{decision.pk}/{rest}"


def send(world, page, decision, rest, **form):
    version = Decision.objects.get(pk=decision.pk).chain_position
    return page(world.signatory, at(decision, rest), {"version": version, **form}, follow=True)


def strike(world, page, decision, *names, reason="Trùng thành tích."):
    struck = {line.pk for line in decision.lines.all() if line.nominee in names}
    form = {f"chon-{line.pk}": "gach" if line.pk in struck else "giu" for line in decision.lines.all()}
    return send(world, page, decision, "gach/", **form, **{f"ly-do-{pk}": reason for pk in struck})


def issue(world, page, decision, at_commit):
    with at_commit():
        return send(world, page, decision, "ban-hanh/")


# ---- the draft


def test_a_draft_gathers_dossiers_and_lists_their_names(world, page):
    first, second = world.recommended(names=2), world.recommended(names=1)
    decision = drafted(world, page, first, second)
    assert [line.nominee for line in decision.lines.all()] == [
        "Nguyễn Thị Mẫu 1", "Nguyễn Thị Mẫu 2", "Nguyễn Thị Mẫu 1",
    ]  # fmt: skip
    assert {world.fresh(d).decision for d in (first, second)} == {decision}
    lines = {n.line.position for n in world.fresh(first).names}
    assert lines == {1, 2}
    text = page(world.signatory, at(decision)).content.decode()
    assert "Ký ban hành quyết định" in text
    assert "2 người nhận thư" in text


def test_a_reserved_dossier_refuses_every_other_act(world, page):
    dossier = world.recommended()
    drafted(world, page, dossier)
    for act, facts in (("refuse", {"reason": "x"}), ("send_back", {"reason": "x"}), ("grant", {})):
        with pytest.raises(Refused):
            world.do(dossier, act, world.signatory, **facts)
    step = world.step(dossier)
    url = f"/viec/{step.process_id}/decide/{step.pk}/"
    version = world.fresh(dossier).version
    answer = page(world.signatory, url, {"act": "refuse", "version": version, "reason": "Không."})
    assert answer.status_code != 302
    assert world.fresh(dossier).state == "DECIDING"


def test_a_reserved_dossier_goes_into_no_second_draft(world, page):
    dossier = world.recommended()
    drafted(world, page, dossier)
    second = drafted(world, page)
    assert page(world.signatory, at(second, "dua-vao/"), {"dossier": [dossier.code]}).status_code == 409
    assert not second.lines.exists()
    assert dossier.code not in page(world.signatory, at(second)).content.decode()


def test_gathering_is_all_or_none(world, page):
    taken, free = world.recommended(), world.recommended()
    drafted(world, page, taken)
    second = drafted(world, page)
    assert page(world.signatory, at(second, "dua-vao/"), {"dossier": [free.code, taken.code]}).status_code == 409
    assert world.fresh(free).decision is None
    assert not second.lines.exists()


def test_a_dossier_taken_out_of_a_draft_is_free_again(world, page):
    first, second = world.recommended(), world.recommended()
    decision = drafted(world, page, first, second)
    send(world, page, decision, "dua-ra/", dossier=first.code)
    assert world.fresh(first).decision is None
    assert {line.group_label for line in decision.lines.all()} == {second.code}
    world.do(first, "send_back", world.signatory, reason="Xem lại.")
    assert world.fresh(first).state == "REVIEWING"


def test_a_dropped_draft_frees_its_dossiers_and_takes_no_number(world, page):
    first, second = world.recommended(), world.recommended()
    decision = drafted(world, page, first, second)
    assert send(world, page, decision, "bo-du-thao/", reason=" ").status_code == 422
    send(world, page, decision, "bo-du-thao/", reason="Chờ họp lại.")
    decision.refresh_from_db()
    assert (decision.stage, decision.number) == ("DROPPED", None)
    assert not Register.objects.exists()
    assert {world.fresh(d).decision for d in (first, second)} == {None}
    assert {n.line for d in (first, second) for n in world.fresh(d).names} == {None}
    again = drafted(world, page, first, second)
    assert again.lines.count() == 4
    assert Entry.objects.get(act="drop").reason == "Chờ họp lại."


def test_a_struck_line_needs_its_reason_and_what_was_typed_stays(world, page):
    decision = drafted(world, page, world.recommended())
    answer = strike(world, page, decision, "Nguyễn Thị Mẫu 2", reason="  ")
    assert answer.status_code == 422
    assert "Ghi lý do gạch tên" in answer.content.decode()
    assert not Line.objects.filter(struck=True).exists()
    answer = strike(world, page, decision, "Nguyễn Thị Mẫu 2", reason="có NUL \0 ở giữa")
    assert answer.status_code in (400, 422)
    assert not Line.objects.filter(struck=True).exists()


# ---- issuing


def test_issuing_numbers_the_decision_and_moves_its_dossiers(world, page, at_commit):
    dossier = world.recommended()
    decision = drafted(world, page, dossier)
    strike(world, page, decision, "Nguyễn Thị Mẫu 2")
    issue(world, page, decision, at_commit)
    decision.refresh_from_db()
    assert (decision.code, decision.year, decision.signatory) == ("1/QĐ-UBND", 2024, world.signatory)
    assert decision.signatory_title == "Q. Chủ tịch"
    dossier = world.fresh(dossier)
    assert dossier.state == "DECIDED"
    assert [(n.left, n.left_reason) for n in dossier.names] == [("", ""), ("DECISION", "Trùng thành tích.")]
    entry = Entry.objects.get(act="grant")
    assert entry.actor == Person.objects.system()
    assert (entry.behalf_id, entry.office, entry.number) == (world.signatory.pk, "SIGNATORY", "1/QĐ-UBND")
    told = Notification.objects.filter(template="granted", channel="EMAIL").values_list("recipient__email", flat=True)
    assert set(told) == {world.author.email, world.head.email}
    assert not list(faults(dossier))
    assert not list(faults(decision))


def test_the_step_a_decision_ends_is_its_signatorys_work(world, page, at_commit):
    dossier = world.recommended()
    decision = drafted(world, page, dossier)
    issue(world, page, decision, at_commit)
    done = StepRow.objects.get(process__dossier=dossier, flow_task__endswith="decide")
    assert done.owner == world.signatory
    assert done in StepRow.objects.done_by(world.signatory)


def test_a_claimed_step_does_not_hold_up_an_issued_decision(world, page, at_commit):
    dossier = world.recommended()
    heir = world.person("noivu2")
    heir.appointments.create(office="SIGNATORY", organization=world.campaign.authority, title="Phó Chủ tịch")
    step = world.step(dossier)
    step.owner, step.assigned, step.status = heir, step.created, "ASSIGNED"
    step.save()
    issue(world, page, drafted(world, page, dossier), at_commit)
    assert world.fresh(dossier).state == "DECIDED"


def test_a_dossier_with_every_line_struck_is_declined_and_the_others_granted(world, page, at_commit):
    struck, kept = world.recommended(names=1), world.recommended(names=2)
    decision = drafted(world, page, struck, kept)
    line = decision.lines.get(group_id=struck.pk)
    send(world, page, decision, "gach/", **{f"chon-{line.pk}": "gach", f"ly-do-{line.pk}": "Đang xác minh đơn."})
    assert f"Mọi tên của {struck.code} bị gạch" in page(world.signatory, at(decision)).content.decode()
    issue(world, page, decision, at_commit)
    assert [world.fresh(d).state for d in (struck, kept)] == ["DECLINED", "DECIDED"]
    assert Entry.objects.get(act="refuse").reason == "Đang xác minh đơn."
    assert world.fresh(struck).names[0].left == "DECISION"


def test_a_decision_that_grants_nobody_is_not_issued(world, page, at_commit):
    decision = drafted(world, page, world.recommended(names=1))
    strike(world, page, decision, "Nguyễn Thị Mẫu 1")
    answer = issue(world, page, decision, at_commit)
    assert answer.status_code == 422
    assert "không khen thưởng ai" in answer.content.decode()
    assert issue(world, page, drafted(world, page), at_commit).status_code == 422
    assert not Register.objects.exists()


def test_the_lines_stay_as_they_were_signed(world, page, at_commit):
    dossier = world.recommended(names=1)
    decision = drafted(world, page, dossier)
    name = dossier.nominations.get()
    type(name).objects.filter(pk=name.pk).update(title="Phó Chủ tịch")
    issue(world, page, decision, at_commit)
    type(name).objects.filter(pk=name.pk).update(full_name="Tên khác", title="Chức khác")
    world.campaign.awards.update(name="Tên khác")
    line = decision.lines.get()
    assert (line.nominee, line.title, line.award) == ("Nguyễn Thị Mẫu 1", "Phó Chủ tịch", world.award.name)
    assert "Tên khác" not in page(world.signatory, at(decision)).content.decode()


def test_what_is_issued_cannot_be_changed_issued_or_dropped_again(world, page, at_commit):
    dossier, other = world.recommended(), world.recommended()
    decision = drafted(world, page, dossier)
    issue(world, page, decision, at_commit)
    for rest, form in (("ban-hanh/", {}), ("bo-du-thao/", {"reason": "x"}), ("dua-ra/", {"dossier": dossier.code}),
                       ("dua-vao/", {"dossier": other.code}), ("gach/", {})):  # fmt: skip
        assert send(world, page, decision, rest, **form).status_code == 409
    assert Register.objects.get().last_number == 1
    assert world.fresh(other).decision is None


def test_a_form_made_from_an_older_draft_comes_too_late_and_keeps_the_typed(world, page):
    decision = drafted(world, page, world.recommended())
    old = Decision.objects.get(pk=decision.pk).chain_position
    drafted_more = world.recommended()
    page(world.signatory, at(decision, "dua-vao/"), {"dossier": drafted_more.code})
    line = decision.lines.first()
    form = {"version": old, f"chon-{line.pk}": "gach", f"ly-do-{line.pk}": "Lý do gõ tay"}
    answer = page(world.signatory, at(decision, "gach/"), form)
    assert answer.status_code == 409
    assert "Lý do gõ tay" in answer.content.decode()
    assert page(world.signatory, at(decision, "ban-hanh/"), {"version": old}).status_code == 409
    assert page(world.signatory, at(decision, "ban-hanh/"), {}).status_code == 409
    assert not Register.objects.exists()


def test_the_number_is_of_the_year_of_the_house_clock(world, page, at_commit, monday):
    first, second, third = (world.recommended(names=1) for _ in range(3))
    for dossier in (first, second):
        issue(world, page, drafted(world, page, dossier), at_commit)
    monday.move_to("2025-01-02T02:00:00Z")
    issue(world, page, drafted(world, page, third), at_commit)
    numbers = [(d.year, d.number) for d in Decision.objects.order_by("pk")]
    assert numbers == [(2024, 1), (2024, 2), (2025, 1)]


# ---- moving


class Killed(BaseException):
    """The worker is gone, as after kill -9: nothing catches it."""


def dying_at(nth):
    """Let the worker die when it completes its nth step."""
    count = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal count
        if sql.startswith('INSERT INTO "flows_completion"'):
            count += 1
            if count == nth:
                raise Killed
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


def test_a_killed_worker_leaves_whole_dossiers_and_the_sweeper_goes_on(world, page):
    dossiers = [world.recommended(names=1) for _ in range(4)]
    decision = drafted(world, page, *dossiers)
    send(world, page, decision, "ban-hanh/")
    with pytest.raises(Killed), dying_at(3):
        moves.move(decision.pk)
    assert Counter(world.fresh(d).state for d in dossiers) == {"DECIDED": 2, "DECIDING": 2}
    text = page(world.signatory, at(decision)).content.decode()
    assert "Còn 2 hồ sơ đang chuyển" in text
    assert dossiers[3].code in text
    assert sweep_moves() == 2
    assert sweep_moves() == 0
    assert moves.move(decision.pk) == 0
    assert Counter(world.fresh(d).state for d in dossiers) == {"DECIDED": 4}
    assert Entry.objects.filter(act="grant").count() == 4
    assert "Mọi hồ sơ đã có kết quả" in page(world.signatory, at(decision)).content.decode()


def test_the_sweeper_asks_once_when_nothing_is_left(world, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert sweep_moves() == 0


def test_a_draft_moves_nothing(world, page):
    dossier = world.recommended()
    decision = drafted(world, page, dossier)
    assert moves.move(decision.pk) == 0
    assert world.fresh(dossier).state == "DECIDING"


# ---- who sees it


def test_who_sees_a_draft_and_who_an_issued_decision(world, page, at_commit):
    decision = drafted(world, page, world.recommended())
    seen = {
        "chutich": (200, 200), "vanphong": (200, 200), "thanhtra": (200, 200), "lap.anmau": (404, 200),
        "chutich.anmau": (404, 200), "lap.binhmau": (404, 404), "noivu1": (404, 404), "taichinh1": (404, 404),
        "thuky": (404, 404), "uyvien": (404, 404), "quantri": (404, 404),
    }  # fmt: skip
    paths = (at(decision), at(decision, "in/"))
    before = {name: [page(world.person(name), path).status_code for path in paths] for name in seen}
    issue(world, page, decision, at_commit)
    after = {name: [page(world.person(name), path).status_code for path in paths] for name in seen}
    assert before == {name: [draft, draft] for name, (draft, _issued) in seen.items()}
    assert after == {name: [issued, issued] for name, (_draft, issued) in seen.items()}


@pytest.mark.parametrize(("name", "code"), [("lap.anmau", 404), ("noivu1", 404), ("vanphong", 403), ("thanhtra", 403)])
def test_only_the_signatory_changes_a_draft(world, page, name, code):
    dossier = world.recommended()
    decision = drafted(world, page, dossier)
    version = Decision.objects.get().chain_position
    for rest in ("dua-vao/", "dua-ra/", "gach/", "ban-hanh/", "bo-du-thao/"):
        form = {"version": version, "dossier": dossier.code, "reason": "x"}
        assert page(world.person(name), at(decision, rest), form).status_code == code
    assert page(world.person(name), "/quyet-dinh/lap/", {}).status_code == 404
    decision.refresh_from_db()
    assert (decision.stage, decision.chain_position) == ("DRAFT", version)


def test_a_unit_reads_its_own_lines_only(world, page, at_commit):
    own = world.recommended(names=1)
    other = Dossier.objects.get(pk=world.recommended(names=2).pk)
    Dossier.objects.filter(pk=other.pk).update(unit=world.other_unit)
    other.nominations.update(full_name="Hoàng Thị Khác")
    decision = drafted(world, page, own, other)
    issue(world, page, decision, at_commit)
    for path in ("/quyet-dinh/", at(decision), at(decision, "in/")):
        text = page(world.author, path).content.decode()
        assert "Hoàng Thị Khác" not in text
        assert other.code not in text
        assert "Bình Mẫu" not in text
    assert "Hoàng Thị Khác" in page(world.signatory, at(decision)).content.decode()


def test_wrong_methods_are_405_for_everyone(world, page, client):
    decision = drafted(world, page)
    client.force_login(world.author)
    assert client.put(at(decision)).status_code == 405
    assert client.get(at(decision, "ban-hanh/")).status_code == 405
    assert client.post("/quyet-dinh/").status_code == 405


def test_the_pages_of_a_decision_ask_the_same_whatever_its_size(world, page, client, at_commit):
    def statements(decision):
        client.force_login(world.signatory)
        asked = []
        for path in (at(decision), "/quyet-dinh/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            asked.append(len(queries))
        return asked

    small = drafted(world, page, world.recommended(names=1))
    few = statements(small)
    large = drafted(world, page, *(world.recommended(names=4) for _ in range(3)))
    assert statements(large) == few
    issue(world, page, small, at_commit)
    few = statements(small)
    issue(world, page, large, at_commit)
    assert statements(large) == few


# ---- at once, on PostgreSQL


def together(*jobs):
    """Run every job in a thread of its own, all let go at the same moment; their answers or exceptions."""
    gate, answers = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(i, job):
        gate.wait()
        try:
            answers[i] = job()
        except Exception as failure:
            answers[i] = failure
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def filled(world, dossier):
    """A draft that holds this dossier."""
    by = Actor(world.signatory)
    decision = decision_acts.draft(world.campaign.authority, "Khen thưởng", by=by)
    rulings.gather(decision, [dossier], by=by)
    return decision


@pytest.mark.postgres
@on_postgres
def test_twenty_decisions_issued_at_once_have_contiguous_numbers(live_world):
    world = live_world
    drafts = [filled(world, world.recommended(names=1)) for _ in range(20)]
    by = [Actor(Person.objects.get(pk=world.signatory.pk)) for _ in drafts]
    answers = together(*(lambda d=d, b=b: rulings.issue(d, by=b).number for d, b in zip(drafts, by, strict=True)))
    assert sorted(answers) == list(range(1, 21))
    assert Register.objects.get().last_number == 20
    assert sorted(Decision.objects.values_list("number", flat=True)) == list(range(1, 21))
    assert set(Dossier.objects.values_list("state", flat=True)) == {"DECIDED"}
    assert Entry.objects.filter(act="grant").count() == 20


@pytest.mark.postgres
@on_postgres
def test_two_workers_on_one_decision_move_each_dossier_once(live_world):
    world = live_world
    dossiers = [world.recommended(names=1) for _ in range(6)]
    by = Actor(world.signatory)
    decision = decision_acts.draft(world.campaign.authority, "Khen thưởng", by=by)
    rulings.gather(decision, dossiers, by=by)
    with transaction.atomic():  # as issued by a process that died before it woke anybody
        decision_acts.issue(decision, by=by)
    answers = together(*(lambda: moves.move(decision.pk) for _ in range(4)))
    assert sum(answers) == 6
    assert Entry.objects.filter(act="grant").count() == 6
    assert set(Dossier.objects.values_list("state", flat=True)) == {"DECIDED"}


def free(world, dossiers):
    """Those of the dossiers that wait freely for a decision."""
    return [d for d in map(world.fresh, dossiers) if d.state == "DECIDING" and d.decision is None]


@pytest.mark.postgres
@on_postgres
def test_of_two_drafts_that_want_the_same_dossiers_one_gets_all_and_the_other_is_told(live_world):
    world = live_world
    dossiers = [world.recommended(names=1) for _ in range(6)]
    by = [Actor(Person.objects.get(pk=world.signatory.pk)) for _ in range(2)]
    for _round in range(6):
        one, two = (decision_acts.draft(world.campaign.authority, "Khen thưởng", by=by[0]) for _ in range(2))
        answers = together(
            lambda d=one: rulings.gather(d, dossiers, by=by[0]),
            lambda d=two: rulings.gather(d, dossiers[::-1], by=by[1]),
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["Gone", "int"], answers
        assert sorted([one.lines.count(), two.lines.count()]) == [0, 6]
        for draft in (one, two):
            rulings.drop(draft, by=by[0], reason="x")


@pytest.mark.postgres
@on_postgres
def test_drafting_issuing_dropping_and_desk_acts_at_once_never_wait_in_a_circle(live_world):
    world = live_world
    dossiers = [world.recommended(names=1) for _ in range(7)]
    by = [Actor(Person.objects.get(pk=world.signatory.pk)) for _ in range(6)]
    refused = Counter()
    for last in (False, False, False, False, True):
        waiting = free(world, dossiers)
        one, two = (decision_acts.draft(world.campaign.authority, "Khen thưởng", by=by[0]) for _ in range(2))
        rulings.gather(two, waiting[:1], by=by[0])
        end = partial(rulings.issue, two) if last else partial(rulings.drop, two, reason="x")
        answers = together(
            lambda d=one, w=waiting: rulings.gather(d, w[1:], by=by[1]),
            lambda d=two, w=waiting: rulings.gather(d, w[:0:-1], by=by[2]),
            lambda w=waiting: world.do(w[-1], "send_back", world.signatory, reason="x"),
            lambda d=one: rulings.drop(d, by=by[3], reason="x"),
            lambda act=end: act(by=by[4]),
            sweep_moves,
        )
        for answer in answers:
            assert not isinstance(answer, Exception) or isinstance(answer, Refused), answer
            refused[type(answer).__name__] += isinstance(answer, Refused)
        for draft in Decision.objects.filter(stage="DRAFT"):
            rulings.drop(draft, by=by[5], reason="x")
    sweep_moves()
    assert sum(refused.values()), refused
    assert not Dossier.objects.filter(decision__stage="DROPPED").exists()
    assert not Dossier.objects.filter(decision__stage="ISSUED", state="DECIDING").exists()
    assert [list(faults(world.fresh(dossier))) for dossier in dossiers] == [[]] * len(dossiers)
    assert list(Decision.objects.filter(stage="ISSUED").values_list("number", flat=True)) == [1]


def test_a_council_is_entered_by_a_command(world):
    told = {"organization": "HD-TDKT", "decision": "Quyết định số 1/QĐ-UBND", "first": date(2025, 1, 1)}
    call_command("found_council", members=11, **told, stdout=StringIO())
    assert Council.objects.get(valid_until=None).members == 11
    assert Council.objects.get(members=9).valid_until == date(2024, 12, 31)
    for wrong in ({"members": 11}, {"members": 0, "first": date(2026, 1, 1)}, {"members": 9, "organization": "X"}):
        with pytest.raises(CommandError):
            call_command("found_council", **{**told, **wrong}, stdout=StringIO())


def test_what_is_marked_and_not_saved_is_struck_when_the_decision_is_issued(world, client):
    dossier = world.recommended(names=3)
    decision = world.reserve(dossier)
    first = decision.lines.first()
    client.force_login(world.signatory)
    url = reverse("flows:decision_issue", args=[decision.pk])
    decision.refresh_from_db()
    form = {"version": decision.chain_position, **{f"chon-{line.pk}": "giu" for line in decision.lines.all()}}
    assert client.post(url, {**form, f"chon-{first.pk}": "gach"}).status_code == 422  # no reason
    answer = client.post(url, {**form, f"chon-{first.pk}": "gach", f"ly-do-{first.pk}": "Đang bị xem xét kỷ luật"})
    assert answer.status_code == 302
    first.refresh_from_db()
    assert first.struck
    assert decision.lines.filter(struck=False).count() == 2
