"""Acts as people do them: through the page's own form, over HTTP."""

import time
import unicodedata
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from audit.ledger import Actor, faults
from audit.models import Entry
from dossiers.models import Dossier, Verdict
from flows import desk, sweeper
from flows.models import Completion, StepRow
from notifications.models import Notification
from organizations.models import Organization

MOST = 25  # statements of an act over HTTP, delivery excluded


def act_url(step, node=None, passage=None):
    return reverse("flows:act", args=[passage or step.process_id, node or step.flow_task.name, step.pk])


def send(client, world, person, dossier, act, *, step=None, version=None, **typed):
    """Post one act as this person, from a form of this version (now, unless told)."""
    client.force_login(person)
    step = step or world.step(dossier)
    version = world.fresh(dossier).version if version is None else version
    return client.post(act_url(step), {"act": act, "version": version, **typed})


def verdicts(dossier, world, **others):
    """The fields of a form in which everyone passes but `others` {position as n1: (judgement, reason)}."""
    typed = {}
    for name in world.fresh(dossier).still_in:
        judgement, reason = others.get(f"n{name.position}", ("PASS", ""))
        typed |= {f"judge-{name.pk}": judgement, f"why-{name.pk}": reason}
    return typed


def lines(dossier):
    return Entry.objects.about(dossier).moving().count()


def test_a_dossier_goes_from_draft_to_the_signatory_by_forms_alone(client, world):
    dossier = world.opened(names=3)
    assert send(client, world, world.author, dossier, "hand_over").status_code == 302
    assert send(client, world, world.head, dossier, "submit").status_code == 302
    world.add_paper(dossier, "CONG_VAN", world.finance)
    failing = verdicts(dossier, world, n2=("FAIL", "Dưới 90 %"))
    assert send(client, world, world.finance, dossier, "propose", **failing).status_code == 302
    world.add_evaluation()
    done = send(client, world, world.home_affairs, dossier, "admit", **verdicts(dossier, world))
    assert done.url == reverse("flows:desk")
    world.put_on_agenda(dossier)
    world.count(dossier)
    assert send(client, world, world.secretary, dossier, "recommend").status_code == 302
    dossier = world.fresh(dossier)
    assert dossier.state == "DECIDING"
    assert [name.left for name in dossier.names] == ["", "PROPOSING", ""]
    assert list(faults(dossier)) == []


def test_after_an_act_the_desk_says_what_happened_and_what_comes_next(client, world):
    dossier = world.submitted()
    world.add_paper(dossier, "CONG_VAN", world.finance)
    send(client, world, world.finance, dossier, "propose", **verdicts(dossier, world))
    told = client.get(reverse("flows:desk")).content.decode()
    assert "TC–KH đề xuất khen thưởng: HS-2024-0001." in told
    assert "Thẩm định hồ sơ" in told
    assert "hạn 25/11/2024" in told


def test_one_person_who_draws_up_and_signs_does_both_in_one_form(client, world):
    both = world.person("mot.hoamau")
    dossier = world.opened(by=both, unit=Organization.objects.get(code="X-HM"))
    client.force_login(both)
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert "Trình và ký nộp" in page
    assert '<input type="hidden" name="then" value="submit">' in page
    assert send(client, world, both, dossier, "hand_over", then="submit").status_code == 302
    assert world.fresh(dossier).state == "PROPOSING"
    acts = list(Entry.objects.about(dossier).acts().values_list("act", flat=True))
    assert acts == ["open", "hand_over", "submit"]


def test_two_acts_at_once_are_refused_to_one_who_only_draws_up(client, world):
    dossier = world.opened()
    before = lines(dossier)
    assert send(client, world, world.author, dossier, "hand_over", then="submit").status_code == 403
    assert world.fresh(dossier).state == "DRAFT"
    assert lines(dossier) == before


def test_two_acts_at_once_after_the_cut_off_write_nothing(client, world, monday):
    both = world.person("mot.hoamau")
    dossier = world.opened(by=both, unit=Organization.objects.get(code="X-HM"))
    world.later(monday, days=20)
    answer = send(client, world, both, dossier, "hand_over", then="submit")
    assert answer.status_code == 422
    assert "Đã hết hạn nộp hồ sơ của đợt." in answer.content.decode()
    assert world.fresh(dossier).state == "DRAFT"


@pytest.mark.parametrize("then", ["withdraw", "propose", "x"])
def test_only_signing_may_follow_at_once(client, world, then):
    dossier = world.opened()
    assert send(client, world, world.author, dossier, "hand_over", then=then).status_code == 404


# refusals: 405, 404, 409, 403, in this order


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused_before_anything_is_asked(client, world, method):
    dossier = world.submitted()
    client.force_login(world.stranger)
    assert getattr(client, method)(act_url(world.step(dossier))).status_code == 405
    for place in ("claim", "release"):
        step = world.step(dossier)
        assert client.get(reverse(f"flows:{place}", args=[step.process_id, "propose", step.pk])).status_code == 405


def test_reading_the_address_of_an_act_leads_to_the_dossier_and_writes_nothing(client, world):
    dossier = world.submitted()
    client.force_login(world.finance)
    before = Entry.objects.count()
    assert client.get(act_url(world.step(dossier))).url == dossier.get_absolute_url()
    assert client.head(act_url(world.step(dossier))).status_code == 302
    assert Entry.objects.count() == before


def test_a_stranger_with_the_same_office_elsewhere_finds_nothing(client, world):
    dossier = world.opened()
    assert send(client, world, world.stranger, dossier, "hand_over").status_code == 404
    dossier = world.submitted()
    elsewhere = world.person("chutich.binhmau")
    answer = send(client, world, elsewhere, dossier, "recall", reason="Nhầm")
    assert answer.status_code == 404
    assert world.fresh(dossier).state == "PROPOSING"


def test_passage_node_and_step_must_belong_together(client, world):
    dossier, other = world.submitted(), world.submitted()
    step, form = world.step(dossier), {"act": "propose", "version": dossier.version}
    client.force_login(world.finance)
    for url in (
        act_url(step, node="review"),
        act_url(step, node="khong-co"),
        act_url(step, passage=world.step(other).process_id),
        act_url(step, passage=999_999),
        act_url(StepRow(pk=10**18, process_id=step.process_id, flow_task=step.flow_task)),
        act_url(StepRow(pk=10**30, process_id=step.process_id, flow_task=step.flow_task)),
    ):
        assert client.post(url, form).status_code == 404, url


def test_the_rows_of_beginning_and_end_are_no_steps(client, world):
    dossier = world.opened()
    world.do(dossier, "withdraw", world.author, reason="Nhập nhầm")
    client.force_login(world.author)
    for row in StepRow.objects.filter(process__dossier=dossier).exclude(flow_task_type="HUMAN"):
        assert client.post(act_url(row), {"act": "withdraw", "version": 0}).status_code == 404


@pytest.mark.parametrize("act", ["", "khong_co", "open", "save", "__init__"])
def test_an_act_the_law_does_not_know_is_not_found(client, world, act):
    assert send(client, world, world.finance, world.submitted(), act).status_code == 404


@pytest.mark.parametrize("act", ["lapse", "hold", "grant", "admit"])
def test_an_act_of_another_step_or_of_the_system_is_too_late_or_refused(client, world, act):
    dossier = world.submitted()
    assert send(client, world, world.finance, dossier, act).status_code in (403, 409)
    assert world.fresh(dossier).state == "PROPOSING"


def test_a_desk_that_may_read_but_not_act_is_refused(client, world):
    dossier = world.submitted()
    answer = send(client, world, world.home_affairs, dossier, "propose", **verdicts(dossier, world))
    assert answer.status_code == 403
    refused = Entry.objects.filter(act="refused", actor=world.home_affairs)
    assert refused.count() == 1
    assert world.fresh(dossier).state == "PROPOSING"


def test_a_stale_form_comes_before_a_wrong_office(client, world):
    dossier = world.submitted()
    assert send(client, world, world.home_affairs, dossier, "propose", version=0).status_code == 409


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "1"])
def test_a_form_of_another_version_is_told_who_did_what(client, world, version):
    dossier = world.submitted()
    name = world.fresh(dossier).still_in[0]
    typed = {f"judge-{name.pk}": "FAIL", f"why-{name.pk}": "Lý do gõ dở của một người", "reason": "Lý do chung gõ dở"}
    before = lines(dossier)
    answer = send(client, world, world.finance, dossier, "decline", version=version, **typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Đơn vị nộp hồ sơ" in page
    assert world.head.full_name in page
    assert "Lý do gõ dở của một người" in page
    assert "Lý do chung gõ dở" in page
    assert f"1. {name.full_name}" in page
    assert lines(dossier) == before


def test_a_finished_step_is_too_late_for_whoever_comes_second(client, world):
    dossier = world.submitted()
    step, version = world.step(dossier), dossier.version
    world.add_paper(dossier, "CONG_VAN", world.finance)
    world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier))
    second = world.person("taichinh2")
    answer = send(client, world, second, dossier, "propose", step=step, version=version, **verdicts(dossier, world))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "TC–KH đề xuất khen thưởng" in page
    assert world.finance.full_name in page
    assert Completion.objects.filter(step=step).count() == 1


def test_a_step_a_colleague_has_claimed_is_theirs_until_it_is_taken_over(client, world):
    dossier, second = world.submitted(), world.person("taichinh2")
    world.add_paper(dossier, "CONG_VAN", world.finance)
    step = world.step(dossier)
    desk.claim(step.process_id, step.pk, by=Actor(second))
    answer = send(client, world, world.finance, dossier, "propose", **verdicts(dossier, world))
    assert answer.status_code == 409
    assert f"{second.full_name} đang xử lý bước này." in answer.content.decode()
    here = reverse("flows:claim", args=[step.process_id, "propose", step.pk])
    assert client.post(here).status_code == 409  # the page of a while ago showed nobody
    assert world.step(dossier).owner == second
    client.post(here, {"over": second.pk})
    assert world.step(dossier).owner == world.finance
    assert send(client, world, world.finance, dossier, "propose", **verdicts(dossier, world)).status_code == 302


def test_the_unit_may_recall_until_somebody_has_claimed_the_step(client, world):
    dossier = world.submitted()
    answer = send(client, world, world.head, dossier, "recall", reason="Thiếu một người")
    assert answer.status_code == 302
    assert world.fresh(dossier).state == "DRAFT"
    other = world.submitted()
    step = world.step(other)
    desk.claim(step.process_id, step.pk, by=Actor(world.finance))
    late = send(client, world, world.head, other, "recall", reason="Thiếu một người")
    assert late.status_code == 409
    assert f"{world.finance.full_name} đã nhận hồ sơ" in late.content.decode()
    assert world.fresh(other).state == "PROPOSING"


# claim and release


def test_a_step_is_claimed_and_put_back(client, world):
    dossier = world.submitted()
    step = world.step(dossier)
    client.force_login(world.finance)
    place = [step.process_id, "propose", step.pk]
    assert client.post(reverse("flows:claim", args=place), {"next": "/ban-viec/"}).url == "/ban-viec/"
    assert world.step(dossier).owner == world.finance
    client.post(reverse("flows:release", args=place))
    assert world.step(dossier).owner is None
    told = Entry.objects.filter(actor=world.finance, kind="WITNESS").values_list("act", flat=True)
    assert list(told) == ["claim", "release"]
    elsewhere = client.post(reverse("flows:claim", args=place), {"next": "https://x.example/"})
    assert elsewhere.url == dossier.get_absolute_url()


def test_another_office_cannot_claim_and_a_finished_step_cannot_be_claimed(client, world):
    dossier = world.submitted()
    step = world.step(dossier)
    place = [step.process_id, "propose", step.pk]
    client.force_login(world.home_affairs)
    assert client.post(reverse("flows:claim", args=place)).status_code == 403
    assert client.post(reverse("flows:release", args=place)).status_code == 403
    world.add_paper(dossier, "CONG_VAN", world.finance)
    world.do(dossier, "propose", world.finance, verdicts=world.all_pass(dossier))
    client.force_login(world.finance)
    assert client.post(reverse("flows:claim", args=place)).status_code == 409
    assert client.post(reverse("flows:release", args=place)).status_code == 409


# what was typed


def test_an_unfit_form_comes_back_with_every_word_and_says_what_to_do(client, world):
    dossier = world.submitted()
    first, second = world.fresh(dossier).still_in
    typed = {f"judge-{first.pk}": "SUPPLEMENT", f"why-{first.pk}": "", f"judge-{second.pk}": "PASS"}
    typed |= {"papers": ["BAO_CAO"], "reason": "Báo cáo thiếu số liệu"}
    before = lines(dossier)
    answer = send(client, world, world.finance, dossier, "request_supplement", **typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Ghi lý do hoặc phần cần bổ sung cho {first.full_name}." in page
    assert f'name="judge-{first.pk}" value="SUPPLEMENT" checked' in page
    assert f'name="judge-{second.pk}" value="PASS" checked' in page
    assert 'value="BAO_CAO" checked' in page
    assert "Báo cáo thiếu số liệu</textarea>" in page
    assert lines(dossier) == before
    assert not Verdict.objects.exists()


def test_an_act_that_waits_for_a_paper_says_which_and_keeps_the_text(client, world):
    dossier = world.submitted()
    answer = send(client, world, world.finance, dossier, "propose", reason="ghi chú", **verdicts(dossier, world))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Thiếu công văn đề nghị khen thưởng của Phòng Tài chính – Kế hoạch" in page
    assert "ghi chú</textarea>" in page


def test_a_missing_reason_and_a_missing_choice_are_told_in_words(client, world):
    dossier = world.opened()
    page = send(client, world, world.author, dossier, "withdraw", reason="   ").content.decode()
    assert "Lý do: Ô này chưa điền." in page
    answer = send(client, world, world.author, dossier, "withdraw_nomination", reason="x", nomination="")
    assert answer.status_code == 422
    assert "Đề nghị cần rút:" in answer.content.decode()
    assert world.fresh(dossier).state == "DRAFT"


def test_vietnamese_typed_in_pieces_is_kept_composed(client, world):
    dossier = world.opened()
    pieces = unicodedata.normalize("NFD", "Đơn vị nhập nhầm, đề nghị rút")
    send(client, world, world.author, dossier, "withdraw", reason=pieces)
    assert Entry.objects.about(dossier).acts().last().reason == "Đơn vị nhập nhầm, đề nghị rút"


def test_a_nul_in_a_reason_is_refused_in_words_where_it_was_typed(client, world):
    dossier = world.submitted()
    first = world.fresh(dossier).still_in[0]
    whole = verdicts(dossier, world, n1=("FAIL", "trước\0sau"))
    answer = send(client, world, world.finance, dossier, "decline", reason="a\0b", **whole)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Có một ký tự ẩn (mã U+0000) sau") >= 2
    assert f"{first.full_name}: Có một ký tự ẩn" in page
    assert f'id="judge-{first.pk}_error"' in page
    assert world.fresh(dossier).state == "PROPOSING"


def test_a_megabyte_of_reason_is_refused_in_words(client, world):
    answer = send(client, world, world.author, world.opened(), "withdraw", reason="ă" * 500_000)
    assert answer.status_code == 422
    assert "nhiều nhất là 2.000 ký tự" in answer.content.decode()


@pytest.mark.parametrize("field", ["judge-x", "judge-²", "judge-9" * 3, "why-"])
def test_verdicts_that_cannot_be_read_are_no_error(client, world, field):
    dossier = world.submitted()
    answer = send(client, world, world.finance, dossier, "decline", reason="x", **{field: "PASS"})
    assert answer.status_code == 422


def test_a_verdict_on_a_name_of_another_dossier_is_refused(client, world):
    other, dossier = world.submitted(), world.submitted()
    stray = world.fresh(other).still_in[0]
    typed = verdicts(dossier, world, n1=("FAIL", "x"), n2=("FAIL", "x"))
    typed |= {f"judge-{stray.pk}": "FAIL", f"why-{stray.pk}": "x"}
    answer = send(client, world, world.finance, dossier, "decline", reason="x", **typed)
    assert answer.status_code == 422
    assert "Danh sách đã thay đổi" in answer.content.decode()
    assert world.fresh(other).still_in[0].left == ""


@pytest.mark.long
def test_five_hundred_names_are_judged_in_one_form(client, world):
    dossier = world.submitted(names=500)
    world.add_paper(dossier, "CONG_VAN", world.finance)
    client.force_login(world.finance)
    began = time.monotonic()
    page = client.get(dossier.get_absolute_url())
    read = time.monotonic() - began
    assert page.content.count(b'value="FAIL"') == 500
    typed = verdicts(dossier, world, n7=("FAIL", "Không đạt"))
    began = time.monotonic()
    answer = send(client, world, world.finance, dossier, "propose", **typed)
    took = time.monotonic() - began
    assert answer.status_code == 302
    assert Verdict.objects.count() == 500
    assert len(world.fresh(dossier).still_in) == 499
    assert max(read, took) < 15  # seconds, on the slowest machine we build on


# the signatory's and the secretary's acts, late acceptance


def test_the_secretary_cannot_conclude_before_two_people_counted_the_same(client, world):
    dossier = world.admitted()
    answer = send(client, world, world.secretary, dossier, "recommend")
    assert answer.status_code == 422
    assert "Kết quả bỏ phiếu chưa được hai người nhập khớp nhau" in answer.content.decode()


def test_the_signatory_sends_a_dossier_back_with_a_reason(client, world):
    dossier = world.recommended()
    assert send(client, world, world.signatory, dossier, "send_back", reason="").status_code == 422
    assert send(client, world, world.signatory, dossier, "send_back", reason="Xem lại điều kiện").status_code == 302
    assert world.fresh(dossier).state == "REVIEWING"


def test_a_dossier_in_a_decision_cannot_be_refused(client, world):
    dossier = world.recommended()
    world.reserve(dossier)
    answer = send(client, world, world.signatory, dossier, "refuse", reason="Không")
    assert answer.status_code == 422
    assert "bỏ dự thảo trước" in answer.content.decode()


def test_a_lapsed_dossier_is_accepted_late_by_the_head_of_the_standing_office(client, world, monday):
    dossier = world.opened()
    world.later(monday, days=20)
    sweeper.sweep_deadlines()
    dossier = world.fresh(dossier)
    place = reverse("flows:accept_late", args=[dossier.code])
    client.force_login(world.author)
    assert client.get(place).status_code == 403
    client.force_login(world.stranger)
    assert client.get(place).status_code == 404
    client.force_login(world.standing_head)
    assert place in client.get(dossier.get_absolute_url()).content.decode()
    assert client.get(place).status_code == 200
    past_day = {"reason": "Bão", "until": "2024-12-01", "version": dossier.version}
    assert client.post(place, past_day).status_code == 422
    assert client.post(place, {**past_day, "until": ""}).status_code == 422
    assert client.post(place, {**past_day, "version": 1}).status_code == 409
    done = client.post(place, {**past_day, "until": "2024-12-20"})
    assert done.url == reverse("flows:desk")
    assert world.fresh(dossier).state == "DRAFT"
    assert localtime(world.step(dossier).due_at).date().isoformat() == "2024-12-20"
    assert client.get(place).status_code == 404  # a draft is the unit's alone again


# opening


def test_an_author_opens_a_dossier_in_a_campaign_that_is_open(client, world):
    client.force_login(world.author)
    place = reverse("flows:open")
    assert "thực hiện nội dung cam kết hành động" in client.get(place).content.decode()
    assert client.post(place, {"place": "1-999"}).status_code == 422
    done = client.post(place, {"place": f"{world.campaign.pk}-{world.unit.pk}"})
    dossier = Dossier.objects.get()
    assert done.url == reverse("dossiers:draft", args=[dossier.code])
    assert dossier.unit == world.unit
    assert world.step(dossier).owner == world.author


def test_others_than_authors_find_no_page_to_open_a_dossier(client, world):
    for person in (world.head, world.finance, world.admin):
        client.force_login(person)
        assert client.get(reverse("flows:open")).status_code == 404


def test_after_the_cut_off_no_campaign_is_offered(client, world, monday):
    world.later(monday, days=20)
    client.force_login(world.author)
    assert "Hôm nay không có đợt nào nhận hồ sơ" in client.get(reverse("flows:open")).content.decode()
    assert client.post(reverse("flows:open"), {"place": f"{world.campaign.pk}-{world.unit.pk}"}).status_code == 422
    assert not Dossier.objects.exists()


# statements


def counted(client, world, person, dossier, act, **typed):
    """How many statements an act takes over HTTP, from the session to the redirect."""
    client.force_login(person)
    step, form = world.step(dossier), {"act": act, "version": world.fresh(dossier).version, **typed}
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(act_url(step), form)
    assert answer.status_code == 302, answer.content.decode()
    return len(captured)


def route(client, world, names, edits):
    """The statements of each act of a route with so many names and so many earlier entries."""
    dossier = world.opened(names=names)
    for colour in range(edits):
        world.add_paper(dossier, "BAO_CAO", world.author, colour=(colour, 7, 7))
    found = {"hand_over": counted(client, world, world.author, dossier, "hand_over")}
    found["submit"] = counted(client, world, world.head, dossier, "submit")
    asked = verdicts(dossier, world, n1=("SUPPLEMENT", "Thiếu minh chứng")) | {"papers": ["BAO_CAO"], "reason": "Thiếu"}
    found["request_supplement"] = counted(client, world, world.finance, dossier, "request_supplement", **asked)
    counted(client, world, world.author, dossier, "hand_over")
    found["resubmit"] = counted(client, world, world.head, dossier, "resubmit")
    world.add_paper(dossier, "CONG_VAN", world.finance)
    found["propose"] = counted(client, world, world.finance, dossier, "propose", **verdicts(dossier, world))
    world.add_evaluation()
    found["admit"] = counted(client, world, world.home_affairs, dossier, "admit", **verdicts(dossier, world))
    world.put_on_agenda(dossier, world.sitting())
    world.count(dossier)
    found["recommend"] = counted(client, world, world.secretary, dossier, "recommend")
    return found


def test_an_act_takes_at_most_25_statements_however_long_the_list_and_the_story(client, world):
    small, long_story, long_list = route(client, world, 2, 0), route(client, world, 2, 40), route(client, world, 100, 0)
    assert max(small.values()) <= MOST, small
    assert long_story == small
    assert long_list == small


def test_what_is_owed_after_an_act_is_owed_once(client, world):
    dossier = world.submitted()
    world.add_paper(dossier, "CONG_VAN", world.finance)
    Notification.objects.all().delete()
    send(client, world, world.finance, dossier, "propose", **verdicts(dossier, world))
    told = Notification.objects.filter(channel="EMAIL").values_list("recipient__email", flat=True)
    assert sorted(told) == ["noivu1@mauson.example", "noivu2@mauson.example"]


def test_a_reminder_meanwhile_does_not_make_a_form_stale(world, monday):
    dossier = world.submitted()
    world.add_paper(dossier, "CONG_VAN", world.finance)
    version = world.fresh(dossier).version
    monday.shift(timedelta(days=3))
    assert sweeper.sweep_deadlines() == 1
    world.do(dossier, "propose", world.finance, version=version, verdicts=world.all_pass(dossier))
    assert world.fresh(dossier).state == "REVIEWING"
