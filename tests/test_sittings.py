"""The council on paper, through its pages: agenda, minutes, two blind readings, exact thresholds, conclusion."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Entry
from campaigns.models import CampaignAward
from councils.models import Ballot, Council, Count, Sitting
from dossiers.models import Dossier
from flows.sittings import needed
from tests.world import picture


@pytest.fixture
def page(client):
    """`page(person, path)` reads a page, `page(person, path, {…})` sends a form, as that person."""

    def ask(person, path, data=None, **kwargs):
        client.force_login(person)
        return client.get(path, **kwargs) if data is None else client.post(path, data, **kwargs)

    return ask


@pytest.fixture
def sitting(world, page):
    """A sitting opened by the secretary through the page."""
    council = Council.objects.get()
    typed = {"council": council.pk, "held_on": "2024-12-02", "place": "Phòng 1"}
    answer = page(world.secretary, "/phien-hop/mo/", typed)
    assert answer.status_code == 302
    return Sitting.objects.get()


def at(sitting, rest=""):
    return f"/phien-hop/{sitting.code}/{rest}"


def put_on(world, page, sitting, *dossiers):
    return page(world.secretary, at(sitting, "dua-vao/"), {"dossier": [d.code for d in dossiers]}, follow=True)


def ballots(dossier):
    return [n.ballot for n in Dossier.objects.get(pk=dossier.pk).still_in]


def boxes(dossier, *agreed):
    return {f"phieu-{b.pk}": str(a) for b, a in zip(ballots(dossier), agreed, strict=True) if a is not None}


def type_counts(page, sitting, person, dossier, *agreed):
    return page(person, at(sitting, "phieu/"), boxes(dossier, *agreed), follow=True)


def vote(world, page, sitting, dossier, *agreed):
    """Both people type the same."""
    type_counts(page, sitting, world.secretary, dossier, *agreed)
    type_counts(page, sitting, world.member, dossier, *agreed)


def seen(answer):
    """The page without what differs in every answer: the form's secret."""
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', r"\1", answer.content.decode())


# ---- the agenda


def test_the_secretary_puts_a_dossier_on_the_agenda_and_every_name_gets_a_ballot(world, page, sitting):
    dossier = world.admitted(names=3)
    put_on(world, page, sitting, dossier)
    opened = list(Ballot.objects.all())
    assert [(b.group_label, b.threshold, b.members) for b in opened] == [(dossier.code, "MAJORITY", 9)] * 3
    assert {b.case_id for b in opened} == {n.pk for n in dossier.still_in}
    assert opened[0].clause == world.award.threshold_clause
    assert ballots(dossier) == opened
    text = page(world.member, at(sitting)).content.decode()
    assert dossier.code in text
    assert "chờ chuyển" not in text


def test_a_dossier_on_one_agenda_is_not_put_on_a_second(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    answer = put_on(world, page, sitting, dossier)
    assert "đã có trong chương trình" in answer.content.decode()
    assert Ballot.objects.count() == 2
    assert Entry.objects.filter(act="put_on_agenda").count() == 1


def test_of_many_dossiers_one_that_cannot_go_does_not_stop_the_others(world, page, sitting):
    first, second = world.admitted(), world.admitted()
    put_on(world, page, sitting, first)
    answer = put_on(world, page, sitting, first, second)
    assert f"{first.code}: " in answer.content.decode()
    assert ballots(second)[0] is not None


def test_a_dossier_comes_off_the_agenda_while_nothing_is_counted(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    page(world.secretary, at(sitting, "bo-ra/"), {"dossier": dossier.code})
    assert ballots(dossier) == [None, None]
    assert not Ballot.objects.exists()


def test_a_counted_dossier_stays_on_the_agenda(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    type_counts(page, sitting, world.secretary, dossier, 5, None)
    answer = page(world.secretary, at(sitting, "bo-ra/"), {"dossier": dossier.code})
    assert answer.status_code == 409
    assert all(ballots(dossier))
    assert Count.objects.count() == 1


def test_a_dossier_that_is_not_before_the_council_is_no_candidate(world, page, sitting):
    proposed, admitted = world.proposed(), world.admitted()
    text = page(world.secretary, at(sitting)).content.decode()
    assert admitted.code in text
    assert proposed.code not in text
    put_on(world, page, sitting, proposed)
    assert not Ballot.objects.exists()


# ---- who may


@pytest.mark.parametrize("name", ["lap.anmau", "noivu1", "taichinh1", "vanphong", "thanhtra", "quantri"])
def test_a_sitting_does_not_exist_for_people_outside_its_council(world, page, sitting, name):
    for path in ("/phien-hop/", at(sitting), at(sitting, "phieu/"), at(sitting, "bien-ban/")):
        assert page(world.person(name), path).status_code == 404
    for path in ("dua-vao/", "bo-ra/", "bien-ban/", "phieu/", "ket-luan/"):
        assert page(world.person(name), at(sitting, path), {}).status_code == 404


def test_answers_come_in_order(world, page, sitting, client):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    client.force_login(world.member)
    assert client.put(at(sitting)).status_code == 405
    assert client.get(at(sitting, "ket-luan/")).status_code == 405
    assert page(world.member, "/phien-hop/PH-2024-9999/").status_code == 404
    assert page(world.member, at(sitting, "dua-vao/"), {"dossier": [dossier.code]}).status_code == 403
    assert page(world.member, at(sitting, "bo-ra/"), {"dossier": dossier.code}).status_code == 403
    assert page(world.member, at(sitting, "bien-ban/"), {}).status_code == 403
    assert page(world.member, at(sitting, "ket-luan/"), {}).status_code == 403
    assert page(world.member, "/phien-hop/mo/").status_code == 404


# ---- two blind readings


def test_the_second_reader_sees_the_same_pages_whatever_the_first_typed(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    chair, said = world.signatory, []
    for agreed in (3, 8):
        type_counts(page, sitting, world.secretary, dossier, agreed, agreed)
        paths = ("/phien-hop/", at(sitting), at(sitting, "phieu/"), f"/ho-so/{dossier.code}/", "/ban-viec/")
        said.append([seen(page(person, path)) for person in (world.member, chair) for path in paths])
    assert said[0] == said[1]


def test_the_second_reader_sees_the_first_figure_only_after_typing_another(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    type_counts(page, sitting, world.secretary, dossier, 7, 6)
    answer = type_counts(page, sitting, world.member, dossier, 5, None)
    text = answer.content.decode()
    assert "bạn nhập 5, người kia nhập 7" in text
    assert "người kia nhập 6" not in text
    assert "bạn nhập 7, người kia nhập 5" in page(world.secretary, at(sitting, "phieu/")).content.decode()
    assert "người kia nhập" not in page(world.signatory, at(sitting, "phieu/")).content.decode()


def test_equal_counts_are_confirmed_and_unequal_ones_are_not(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    type_counts(page, sitting, world.secretary, dossier, 7, 6)
    type_counts(page, sitting, world.member, dossier, 7, 5)
    assert [b.agreed for b in ballots(dossier)] == [7, None]
    type_counts(page, sitting, world.secretary, dossier, None, 5)
    assert [b.agreed for b in ballots(dossier)] == [7, 5]


def test_the_second_reader_may_type_first(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    type_counts(page, sitting, world.member, dossier, 7, 7)
    assert 'value="7"' not in page(world.secretary, at(sitting, "phieu/")).content.decode()
    type_counts(page, sitting, world.secretary, dossier, 7, 7)
    assert all(b.confirmed for b in ballots(dossier))


def test_one_person_never_types_both_readings(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    type_counts(page, sitting, world.secretary, dossier, 7, 7)
    type_counts(page, sitting, world.secretary, dossier, 7, 6)
    assert not any(b.confirmed for b in ballots(dossier))
    assert {c.reading for c in Count.objects.all()} == {1}


def test_a_third_person_cannot_type(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    type_counts(page, sitting, world.secretary, dossier, 7, None)
    type_counts(page, sitting, world.member, dossier, 5, None)
    assert page(world.signatory, at(sitting, "phieu/"), boxes(dossier, 6, 6)).status_code == 403
    assert Count.objects.count() == 2


def test_an_heir_takes_over_the_reading_of_one_who_left_and_sees_none_of_its_figures(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    type_counts(page, sitting, world.secretary, dossier, 7, 3)
    world.secretary.appointments.update(valid_until="2024-11-17")
    heir = world.person("noivu2")
    heir.appointments.create(office="SECRETARY", organization=sitting.council.organization)
    text = page(heir, at(sitting, "phieu/")).content.decode()
    assert "lần thứ nhất" in text
    assert 'value="7"' not in text
    type_counts(page, sitting, world.member, dossier, 7, 4)
    type_counts(page, sitting, heir, dossier, None, 4)
    assert [b.agreed for b in ballots(dossier)] == [7, 4]


def test_what_was_typed_in_part_is_kept(world, page, sitting):
    dossier = world.admitted(names=3)
    put_on(world, page, sitting, dossier)
    type_counts(page, sitting, world.secretary, dossier, 8, None, None)
    type_counts(page, sitting, world.secretary, dossier, 8, None, 2)
    assert [c.agree for c in Count.objects.order_by("ballot__position")] == [8, 2]
    assert 'value="8"' in page(world.secretary, at(sitting, "phieu/")).content.decode()
    typed = Entry.objects.filter(act="type_counts").order_by("id")
    assert [len(e.after.split("[")) for e in typed] == [3, 3]


@pytest.mark.parametrize("wrong", ["10", "-1", "năm", "5.5", "٣", "99999999999999999999", "5\u200b"])
def test_a_count_that_cannot_be_is_refused_and_nothing_is_kept(world, page, sitting, wrong):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    first, second = (f"phieu-{b.pk}" for b in ballots(dossier))
    answer = page(world.secretary, at(sitting, "phieu/"), {first: "5", second: wrong})
    assert answer.status_code == 422
    assert "từ 0 đến 9" in answer.content.decode()
    assert 'value="5"' in answer.content.decode()
    assert not Count.objects.exists()


def test_another_figure_for_a_confirmed_ballot_comes_too_late_and_the_typed_is_shown(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    stale = boxes(dossier, 6, 6)
    vote(world, page, sitting, dossier, 7, 7)
    answer = page(world.secretary, at(sitting, "phieu/"), stale)
    assert answer.status_code == 409
    assert "Nguyễn Thị Mẫu 1" in answer.content.decode()
    assert [b.agreed for b in ballots(dossier)] == [7, 7]


# ---- thresholds


@pytest.mark.parametrize(
    ("threshold", "percent", "members", "agreed", "carried"),
    [
        ("MAJORITY", None, 9, 5, True), ("MAJORITY", None, 9, 4, False), ("MAJORITY", None, 8, 4, False),
        ("MAJORITY", None, 8, 5, True), ("PERCENT", 80, 11, 9, True), ("PERCENT", 80, 11, 8, False),
        ("PERCENT", 80, 10, 8, True), ("PERCENT", 90, 10, 8, False), ("PERCENT", 90, 10, 9, True),
        ("PERCENT", 100, 9, 8, False),
    ],
)  # fmt: skip
def test_a_ballot_carries_on_all_members_by_its_own_copied_threshold(
    world, page, sitting, threshold, percent, members, agreed, carried
):
    Council.objects.update(members=members)
    CampaignAward.objects.update(threshold=threshold, percent=percent)
    dossier = world.admitted(names=1)
    put_on(world, page, sitting, dossier)
    Council.objects.update(members=1)
    CampaignAward.objects.update(threshold="MAJORITY", percent=None)
    vote(world, page, sitting, dossier, agreed)
    (ballot,) = ballots(dossier)
    assert ballot.carried is carried
    assert (agreed >= needed(ballot)) is carried
    text = page(world.member, at(sitting, "phieu/")).content.decode()
    assert f"{agreed}/{members}" in text
    assert f": {needed(ballot)}/{members}" in text


# ---- minutes


def upload(name="bien-ban.png", content=None):
    return SimpleUploadedFile(name, content or picture())


def test_the_minutes_are_kept_and_each_download_is_noted(world, page, sitting):
    page(world.secretary, at(sitting, "bien-ban/"), {"file": upload()})
    before = Entry.objects.filter(act="download_minutes").count()
    answer = page(world.member, at(sitting, "bien-ban/"))
    assert "attachment" in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content) == picture()
    assert Entry.objects.filter(act="download_minutes", actor=world.member).count() == before + 1


def test_a_file_that_is_not_allowed_is_refused_in_words(world, page, sitting):
    answer = page(world.secretary, at(sitting, "bien-ban/"), {"file": upload("bien-ban.exe", b"MZ" * 99)})
    assert answer.status_code == 422
    assert "chưa được nhận" in answer.content.decode()
    assert page(world.secretary, at(sitting, "bien-ban/"), {}).status_code == 422
    assert Sitting.objects.get().minutes is None


# ---- the conclusion


def test_the_sitting_sends_on_what_is_confirmed_and_leaves_the_rest(world, page, sitting):
    carried, fallen, open_ = world.admitted(), world.admitted(), world.admitted()
    put_on(world, page, sitting, carried, fallen, open_)
    vote(world, page, sitting, carried, 5, 4)
    vote(world, page, sitting, fallen, 4, 0)
    type_counts(page, sitting, world.secretary, open_, 9, 9)
    answer = page(world.secretary, at(sitting, "ket-luan/"), {"reason": "Không đủ phiếu."}, follow=True)
    assert "kết quả của 2 hồ sơ" in answer.content.decode()
    states = {d.code: d.state for d in Dossier.objects.all()}
    assert [states[d.code] for d in (carried, fallen, open_)] == ["DECIDING", "DECLINED", "DELIBERATING"]
    assert [n.full_name for n in world.fresh(carried).still_in] == ["Nguyễn Thị Mẫu 1"]
    entry = Entry.objects.get(act="oppose")
    assert (entry.reason, entry.office, entry.actor) == ("Không đủ phiếu.", "SECRETARY", world.secretary)


def test_a_reason_is_owed_when_a_whole_dossier_fell_and_nothing_moves_without_it(world, page, sitting):
    carried, fallen = world.admitted(names=1), world.admitted(names=1)
    put_on(world, page, sitting, carried, fallen)
    vote(world, page, sitting, carried, 9)
    vote(world, page, sitting, fallen, 0)
    assert page(world.secretary, at(sitting, "ket-luan/"), {"reason": " "}).status_code == 422
    assert set(Dossier.objects.values_list("state", flat=True)) == {"DELIBERATING"}


def test_concluding_twice_moves_each_dossier_once(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    vote(world, page, sitting, dossier, 9, 9)
    page(world.secretary, at(sitting, "ket-luan/"), {})
    assert page(world.secretary, at(sitting, "ket-luan/"), {}).status_code == 409
    assert Entry.objects.filter(act="recommend").count() == 1


def test_a_step_a_colleague_has_claimed_is_told_and_stops_no_other(world, page, sitting):
    first, second = world.admitted(), world.admitted()
    put_on(world, page, sitting, first, second)
    vote(world, page, sitting, first, 9, 9)
    vote(world, page, sitting, second, 9, 9)
    heir = world.person("noivu2")
    heir.appointments.create(office="SECRETARY", organization=sitting.council.organization)
    step = world.step(first)
    step.owner, step.assigned, step.status = heir, step.created, "ASSIGNED"
    step.save()
    text = page(world.secretary, at(sitting, "ket-luan/"), {}, follow=True).content.decode()
    assert f"{first.code}: {heir.full_name} đang xử lý" in text
    assert [world.fresh(d).state for d in (first, second)] == ["DELIBERATING", "DECIDING"]


def test_a_dossier_sent_back_is_voted_on_anew_in_another_sitting(world, page, sitting):
    dossier = world.admitted()
    put_on(world, page, sitting, dossier)
    vote(world, page, sitting, dossier, 9, 9)
    page(world.secretary, at(sitting, "ket-luan/"), {})
    world.do(dossier, "send_back", world.signatory, reason="Xem lại.")
    world.do(dossier, "admit", world.home_affairs, verdicts=world.all_pass(dossier))
    assert "hãy mở phiên họp khác" in put_on(world, page, sitting, dossier).content.decode()
    page(world.secretary, "/phien-hop/mo/", {"council": sitting.council_id, "held_on": "2024-12-03"})
    again = Sitting.objects.exclude(pk=sitting.pk).get()
    put_on(world, page, again, dossier)
    assert {b.sitting for b in ballots(dossier)} == {again}
    assert sitting.ballots.filter(agreed=9).count() == 2
    assert "9/9" in page(world.member, at(sitting, "phieu/")).content.decode()


def test_the_pages_of_a_sitting_ask_the_same_whatever_its_size(world, page, sitting, client):
    def statements():
        client.force_login(world.secretary)
        asked = []
        for path in (at(sitting), at(sitting, "phieu/"), "/phien-hop/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            asked.append(len(queries))
        return asked

    put_on(world, page, sitting, world.admitted(names=1))
    few = statements()
    for _ in range(3):
        put_on(world, page, sitting, world.admitted(names=4))
    assert statements() == few
    assert few <= [14, 14, 6]


def test_a_sitting_of_fifty_names_is_a_light_page(world, page, sitting):
    put_on(world, page, sitting, world.admitted(names=50))
    assert len(page(world.secretary, at(sitting, "phieu/")).content) < 100_000


def test_what_cannot_be_a_code_is_no_dossier(client, world):
    sitting = world.sitting()
    client.force_login(world.secretary)
    for name, answer in (("agenda_remove", 404), ("agenda_add", 302)):
        odd = {"dossier": ["\0", "HS-2024-0001\0", "x" * 9999]}
        sent = client.post(reverse(f"flows:{name}", args=[sitting.code]), odd)
        assert sent.status_code in (answer, 422), name
