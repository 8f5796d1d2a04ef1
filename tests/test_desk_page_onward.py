"""One piece of work after the other: what opens next, in which order, by which filter; and what one did, told back."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.ledger import Actor, record
from audit.models import Entry, Kind
from dossiers.models import Dossier
from flows import desk
from tests.test_acting import act_url
from tests.test_desk_page import claim, of_unit

MOST = 8  # statements of the way onward, and of the page of what one did
WORDS = "Xong và mở việc tiếp theo"
HISTORY = reverse("flows:history")


def sign(client, world, dossier, came="", *, onward=True):
    """The head signs one dossier and is led on."""
    client.force_login(world.head)
    form = {"next" if onward else "act": "submit", "version": world.fresh(dossier).version, "tu": came}
    return client.post(act_url(world.step(dossier)), form)


def handed(world, **kwargs):
    dossier = world.opened(**kwargs)
    world.do(dossier, "hand_over", kwargs.get("by") or world.author)
    return world.fresh(dossier)


def test_the_page_offers_the_main_act_and_the_next_work_by_a_second_button(client, world):
    dossier = handed(world)
    client.force_login(world.head)
    html = client.get(dossier.get_absolute_url() + "?tu=nhom%3Dcan-lam%26han%3D3-ngay%26sau%3D1_1").content.decode()
    button = re.search(r'<button[^>]*name="next" value="submit"[^>]*>([^<]+)</button>', html)
    assert button.group(1) == WORDS
    assert '<input type="hidden" name="tu" value="nhom=can-lam&amp;han=3-ngay">' in html
    assert 'href="/ban-viec/?nhom=can-lam&amp;han=3-ngay"' in html  # the way back to the view
    client.force_login(world.author)
    assert WORDS not in client.get(dossier.get_absolute_url()).content.decode().split("<dialog")[0]


def test_the_next_work_opens_in_order_and_then_from_the_start_and_then_the_desk_thanks(client, world):
    first, second, third = handed(world), handed(world), handed(world)
    answer = sign(client, world, second)
    assert answer.url.startswith(reverse("flows:onward"))
    led = client.get(answer.url)
    assert led.url.startswith(third.get_absolute_url())
    told = client.get(led.url).content.decode()
    assert f"Đơn vị nộp hồ sơ: {second.code}." in told
    assert "Còn 2 việc" in told
    led = client.get(sign(client, world, third).url)
    assert led.url.startswith(first.get_absolute_url())
    led = client.get(sign(client, world, first).url)
    assert led.url == reverse("flows:desk")
    assert "Cảm ơn bạn!" in client.get(led.url).content.decode()


def test_the_filter_one_came_with_is_kept_on_the_way(client, world):
    """Five dossiers of two units in the pool; by the filter only those of one unit come."""
    finance, near = world.finance, [world.submitted() for _ in range(2)]
    far = of_unit(world, "X-BM", "lap.binhmau", "chutich.binhmau")
    came = f"nhom=chung&don-vi={near[0].unit_id}"
    client.force_login(finance)
    step = world.step(near[0])
    form = {"next": "decline", "version": near[0].version, "reason": "Không đủ", "tu": came}
    for name in near[0].still_in:
        form |= {f"judge-{name.pk}": "FAIL", f"why-{name.pk}": "x"}
    led = client.get(client.post(act_url(step), form).url)
    assert led.url.startswith(near[1].get_absolute_url())
    assert "don-vi" in led.url
    claim(world, near[1], world.person("taichinh2"))
    led = client.get(reverse("flows:onward"), {"tu": came})
    assert led.url == f"/ban-viec/?{came}"  # what is left is of another unit
    assert "theo bộ lọc này" in client.get(led.url).content.decode()
    led = client.get(reverse("flows:onward"), {"tu": "nhom=chung"})
    assert led.url.startswith(far.get_absolute_url())


def test_ones_own_work_comes_before_the_pool(client, world):
    pooled, mine = world.submitted(), world.submitted()
    claim(world, mine, world.finance)
    client.force_login(world.finance)
    assert client.get(reverse("flows:onward")).url.startswith(mine.get_absolute_url())
    step = world.step(mine)
    desk.release(step.process_id, step.pk, by=Actor(world.finance))
    assert client.get(reverse("flows:onward")).url.startswith(pooled.get_absolute_url())


def test_the_plain_button_leads_back_to_the_view_one_came_from(client, world):
    assert sign(client, world, handed(world), onward=False).url == reverse("flows:desk")
    came = "nhom=can-lam&han=3-ngay"
    assert sign(client, world, handed(world), came, onward=False).url == f"/ban-viec/?{came}"
    assert sign(client, world, handed(world), "https://x.example/", onward=False).url == "/ban-viec/?nhom=can-lam"


def test_an_act_that_is_refused_keeps_the_view_and_goes_nowhere(client, world):
    dossier = world.submitted()
    client.force_login(world.finance)
    form = {"next": "propose", "version": dossier.version, "tu": "nhom=chung"}
    answer = client.post(act_url(world.step(dossier)), form)
    assert answer.status_code == 422
    assert 'name="tu" value="nhom=chung"' in answer.content.decode()


@pytest.mark.parametrize("query", ["", "tu=nhom%3Dx", "tu=han%3Dx&sau=x", "sau=9_9", "tu=" + "x" * 600])
def test_the_way_onward_reads_only_and_asks_little(client, world, query):
    world.submitted()
    client.force_login(world.finance)
    client.get(reverse("flows:desk"))
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(reverse("flows:onward") + f"?{query}")
    assert answer.status_code == 302
    assert len(captured) <= MOST
    assert all(query["sql"].lstrip("(").startswith("SELECT") for query in captured)


# what one did


def lines(client, person, **query):
    client.force_login(person)
    answer = client.get(HISTORY, query)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_what_one_did_is_told_newest_first_and_nothing_of_others(client, world):
    dossier = world.submitted()
    asked = {"verdicts": world.all_pass(dossier, n1=("SUPPLEMENT", "x")), "papers": [], "reason": "Thiếu số liệu"}
    world.do(dossier, "request_supplement", world.finance, **asked)
    html = lines(client, world.author)
    said = ["Trình thủ trưởng ký", "Tải tệp lên", "Thêm đề nghị", "Lập hồ sơ"]
    body = html.split("<tbody>")[1].split("</tbody>")[0]
    assert re.findall(r'data-label="Việc"><div>([^<]+)', body) == said
    assert f'href="{dossier.get_absolute_url()}"' in body
    assert "Trả đơn vị bổ sung" not in body
    assert "Thiếu số liệu" in lines(client, world.finance)
    assert "Xem" not in body  # looking is no work


def test_history_is_narrowed_by_period_act_and_words_and_fails_closed(client, world, monday):
    old = world.submitted()
    world.later(monday, days=8)
    new = of_unit(world, "X-BM", "lap.binhmau", "chutich.binhmau")
    recent = world.submitted()

    def found(**query):
        return set(re.findall(r"data-open href=\"/ho-so/([^/]+)/", lines(client, world.head, **query)))

    assert found() == {old.code, recent.code}
    assert found(ky="hom-nay") == found(ky="7-ngay") == {recent.code}
    assert found(ky="30-ngay") == {old.code, recent.code}
    assert found(tu="2024-11-18", den="2024-11-18") == {old.code}
    assert found(tu="2024-11-19") == {recent.code}
    assert found(den="9999-12-31") == {old.code, recent.code}
    assert found(viec="submit") == {old.code, recent.code}
    assert found(viec="recall") == set()
    assert found(q=old.code) == {old.code}
    assert found(q="an mau") == {old.code, recent.code}
    assert found(q="binh mau") == set() != {new.code}
    for bad in ({"ky": "x"}, {"viec": "X;"}, {"tu": "2024-13-01"}, {"den": "x"}, {"q": "★"}):
        assert found(**bad) == set()


def test_history_names_both_when_something_was_done_for_another(client, world):
    dossier = world.submitted()
    world.add_paper(dossier, "CONG_VAN", world.finance)
    step = world.step(dossier)
    by = Actor(world.finance, behalf=world.person("taichinh2"))
    record(Dossier.objects.locked(dossier.pk), "add_paper", by=by, kind=Kind.EDIT, step_id=step.pk)
    html = lines(client, world.finance)
    assert f"{world.finance.full_name} làm thay {world.person('taichinh2').full_name}" in html


def test_history_goes_by_pages_both_ways_and_asks_the_same_however_long(client, world):
    dossier = world.opened(names=1)
    for colour in range(55):
        world.add_paper(dossier, "BAO_CAO", world.author, colour=(1, 1, 1 + colour % 3))
    first = lines(client, world.author, q="an mau")
    with CaptureQueriesContext(connection) as captured:
        client.get(HISTORY, {"q": "an mau", "viec": "add_paper", "ky": "7-ngay"})
    assert len(captured) <= MOST
    assert first.count("<tr data-row>") == 50
    onward = re.search(r'href="(/viec-da-lam/\?[^"]+)" rel="next"', first).group(1).replace("&amp;", "&")
    second = re.sub(r"\s+", " ", client.get(onward).content.decode())
    total = Entry.objects.filter(actor=world.author).moving().count()
    assert first.count("<tr data-row>") + second.count("<tr data-row>") == total
    back = re.search(r'href="(/viec-da-lam/\?[^"]+)" rel="prev"', second).group(1).replace("&amp;", "&")
    again = re.sub(r"\s+", " ", client.get(back).content.decode())
    assert again.split("<tbody>")[1].split("</tbody>")[0] == first.split("<tbody>")[1].split("</tbody>")[0]


def test_a_dossier_that_may_not_be_read_any_more_is_named_and_not_linked(client, world):
    dossier = world.submitted()
    claim(world, dossier, world.finance)
    world.add_paper(dossier, "CONG_VAN", world.finance)
    assert f'href="{dossier.get_absolute_url()}"' in lines(client, world.finance)
    world.finance.appointments.update(valid_until="2024-11-17")
    html = lines(client, world.finance)
    assert dossier.code in html
    assert f'href="{dossier.get_absolute_url()}"' not in html
    assert "Không có việc nào khớp" in lines(client, world.finance, q="nguyen thi mau")  # names are no longer theirs
