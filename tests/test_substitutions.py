"""Who stands in for whom: resolved when read, both names in every line, short chains without circles, told to both."""

import random
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.clock import today
from audit.ledger import Actor
from audit.models import Entry
from councils import acts as council_acts
from dossiers.errors import Gone
from flows import desk, rulings, substituting
from flows.models import StepRow
from notifications.models import Notification
from organizations import substitution_acts
from organizations.acts import Refusal, appoint, deactivate, end_appointment
from organizations.models import Appointment, Office, Organization, Person, Substitution
from organizations.substitution_rules import NOT_SUBSTITUTABLE

pytestmark = pytest.mark.django_db
FINANCE = Office.FINANCE


@pytest.fixture
def tckh(world):
    return Organization.objects.get(code="P-TCKH")


def lend(by, principal, substitute, office=FINANCE, body="P-TCKH", since=0, days=5, **more):
    """A substitution that begins so many days after today."""
    first = today() + timedelta(days=since)
    return substituting.set_substitute(
        by=Actor(by), principal=principal, office=office, organization=Organization.objects.get(code=body),
        substitute=substitute, valid_from=first, valid_until=first + timedelta(days=days - 1), reason="Nghỉ", **more,
    ).subject  # fmt: skip


def fresh(person):
    """The person with nothing remembered."""
    return Person.objects.get(pk=person.pk)


def told(person, template):
    return Notification.objects.filter(recipient=person, template=template, channel="IN_APP").count()


# ---- resolution


def test_a_stand_in_does_the_office_for_the_days_and_no_longer(world, tckh, monday):
    finance, head = world.finance, world.person("truong.tckh")
    lend(finance, finance, head, since=1, days=2)
    seen = []
    for _day in range(4):
        held = fresh(head).held(FINANCE, tckh)
        seen.append(held.principal if held else None)
        assert fresh(finance).holds(FINANCE, tckh)  # the principal goes on as before
        monday.shift(timedelta(days=1))
    assert seen == [None, finance, finance, None]


def test_ones_own_offices_come_first_in_one_statement(world, tckh):
    finance, head = world.finance, world.person("truong.tckh")
    lend(finance, finance, head)
    head = fresh(head)
    with CaptureQueriesContext(connection) as captured:
        offices = [(held.office, held.principal) for held in head.offices_today()]
        assert head.holds(FINANCE, tckh)
        assert [held.lent_until for held in head.offices_today()] == [None, today() + timedelta(days=4)]
    assert offices == [(Office.UNIT_HEAD, None), (FINANCE, finance)]
    assert len(captured) == 1


def test_the_second_hop_reaches_and_ends_with_whoever_stands_between(world, tckh):
    finance, head, last = world.finance, world.person("truong.tckh"), world.home_affairs
    lend(finance, finance, head, days=3)
    lend(head, fresh(head), last, days=9)
    held = fresh(last).held(FINANCE, tckh)
    assert (held.principal, held.through, held.lent_until) == (finance, head.pk, today() + timedelta(days=2))
    assert set(Person.objects.reached(FINANCE, tckh)) == {finance, world.person("taichinh2"), head, last}
    assert set(Person.objects.holders(FINANCE, tckh)) == {finance, world.person("taichinh2")}
    deactivate(head, by=Actor(world.admin))
    assert not fresh(last).holds(FINANCE, tckh)


def test_it_ends_with_the_appointment_it_stands_for(world, tckh):
    finance, head = world.finance, world.person("truong.tckh")
    lend(finance, finance, head)
    end_appointment(Appointment.objects.get(person=finance), by=Actor(world.admin))
    assert not fresh(head).holds(FINANCE, tckh)


class Plain:
    """The rules in plain words, day by day, with nothing of the product's."""

    def __init__(self, appointed):
        self.appointed, self.rows = set(appointed), []

    def on(self, day):
        return {p: s for p, s, first, last in self.rows if first <= day <= last}

    def fits(self, p, s, first, last):
        """Whether the product ought to take this row."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        if p == s or not (p in self.appointed or p in self.on(first).values()):
            return False
        if any(p in self.on(day) for day in days):
            return False
        return all(self.longest({**self.on(day), p: s}) <= 2 for day in days)

    def longest(self, next_of):
        """Hops of the longest chain; a circle has no end."""
        most = 0
        for start in next_of:
            hops, at = 0, start
            while at in next_of and hops < 50:
                hops, at = hops + 1, next_of[at]
            most = max(most, hops)
        return most

    def doing(self, day):
        """{person: for whom they do the office}."""
        found, next_of = {p: {p} for p in self.appointed}, self.on(day)
        for holder in self.appointed:
            at = holder
            while at in next_of:
                at = next_of[at]
                found.setdefault(at, set()).add(holder)
        return found


def random_walk(world, monday, seed, steps):
    """Set, end and let days pass in any order; after each the register and the plain rules must say the same."""
    body, dice = Organization.objects.get(code="P-TCKH"), random.Random(seed)
    names = ["taichinh1", "taichinh2", "vanphong", "noivu1", "noivu2"]  # and not the head, who names them
    people = {person.pk: person for person in map(world.person, names)}
    plain = Plain(Person.objects.holders(FINANCE, body).values_list("pk", flat=True))
    head, taken = world.person("truong.tckh"), 0
    for step in range(steps):
        what = dice.random()
        if what < 0.65:
            p, s = dice.choice(list(people)), dice.choice(list(people))
            since, days = dice.randrange(3), dice.randrange(1, 6)
            first = today() + timedelta(days=since)
            ought = plain.fits(p, s, first, first + timedelta(days=days - 1))
            try:
                substitution_acts.set_substitute(
                    by=Actor(head), principal=people[p], office=FINANCE, organization=body, substitute=people[s],
                    valid_from=first, valid_until=first + timedelta(days=days - 1), reason="Nghỉ",
                )  # fmt: skip
                did = True
                plain.rows.append((p, s, first, first + timedelta(days=days - 1)))
            except Refusal:
                did = False
            assert did == ought, (step, names[list(people).index(p)], names[list(people).index(s)], since, days)
            taken += did
        elif what < 0.8 and (live := list(Substitution.objects.today())):
            row = dice.choice(live)
            substitution_acts.end_substitution(row, by=Actor(head))
            plain.rows.remove((row.principal_id, row.substitute_id, row.valid_from, row.valid_until))
        else:
            monday.shift(timedelta(days=1))
        ours = {
            pk: {held.person_id for held in fresh(one).offices_today() if held.office == FINANCE}
            for pk, one in people.items()
        }
        assert {pk: whom for pk, whom in ours.items() if whom} == plain.doing(today()), step
    return taken


def test_any_order_of_setting_ending_and_time_equals_the_plain_rules(world, monday):
    assert random_walk(world, monday, seed=8, steps=45) > 6


def test_a_register_that_minds_no_chains_is_found_out(world, monday, monkeypatch):
    monkeypatch.setattr(substitution_acts, "_require_on", lambda *_args: None)
    with pytest.raises(AssertionError):
        random_walk(world, monday, seed=8, steps=45)


# ---- who may, and what is refused


def test_who_may_set_it(world):
    finance, head, chancery = world.finance, world.person("truong.tckh"), world.person("vanphong")
    lend(finance, finance, head)  # one's own
    lend(head, world.person("taichinh2"), world.home_affairs)  # by the head of the body
    lend(chancery, world.standing_head, world.home_affairs, office=Office.UNIT_HEAD, body="P-NV")  # a leader
    lend(chancery, world.signatory, world.standing_head, office=Office.SIGNATORY, body="UBND-H")
    for by, principal, office, body in [
        (world.home_affairs, finance, FINANCE, "P-TCKH"),  # a colleague elsewhere
        (world.person("taichinh2"), finance, FINANCE, "P-TCKH"),  # a colleague here
        (world.standing_head, finance, FINANCE, "P-TCKH"),  # another body's head
        (chancery, finance, FINANCE, "P-TCKH"),  # no leader
        (head, world.person("vanphong"), Office.CHANCERY, "UBND-H"),
        (world.admin, world.signatory, Office.SIGNATORY, "UBND-H"),
    ]:
        with pytest.raises(PermissionDenied):
            lend(fresh(by), principal, world.person("noivu2"), office=office, body=body, since=30)


def test_the_line_names_the_office_by_which_it_was_set(world):
    row = lend(world.person("truong.tckh"), world.finance, world.home_affairs)
    line = Entry.objects.about(row).get()
    assert (line.act, line.office, line.organization_name) == ("set_substitute", "UNIT_HEAD", row.organization.name)


@pytest.mark.parametrize("office", NOT_SUBSTITUTABLE)
def test_a_vote_and_a_named_trust_are_lent_to_nobody(world, office):
    held = Appointment.objects.filter(office=office).select_related("person", "organization").first()
    with pytest.raises(Refusal, match=str(NOT_SUBSTITUTABLE[office])[:20]):
        lend(held.person, held.person, world.home_affairs, office=office, body=held.organization.code)


def test_what_does_not_fit_is_refused_in_words(world):
    finance, head = world.finance, world.person("truong.tckh")
    lend(finance, finance, head, since=2, days=3)
    gone = world.person("noivu2")
    deactivate(gone, by=Actor(world.admin))
    for substitute, since, days, word in [
        (world.home_affairs, -1, 3, "đã qua"),
        (world.home_affairs, 4, 3, "đã có"),
        (world.home_affairs, 10, 400, "dài hơn"),
        (finance, 10, 3, "người khác"),
        (fresh(gone), 10, 3, "đã ngừng"),
        (world.inspector, 10, 3, "thanh tra"),
        (world.admin, 10, 3, "quản trị"),
    ]:
        with pytest.raises(Refusal, match=word):
            lend(fresh(finance), finance, substitute, since=since, days=days)
    with pytest.raises(Refusal, match="vòng"):
        lend(fresh(head), fresh(head), finance, since=2, days=1)
    with pytest.raises(Refusal, match="không giữ"):
        lend(fresh(head), world.home_affairs, world.stranger, since=9)


def test_a_council_member_does_not_stand_in_for_the_secretary(world):
    with pytest.raises(Refusal, match="nhập phiếu thứ hai"):
        lend(world.secretary, world.secretary, world.member, office=Office.SECRETARY, body="HD-TDKT")


def test_nobody_names_themselves_for_another(client, world):
    head, chancery, finance = world.person("truong.tckh"), world.person("vanphong"), world.finance
    for by, principal, office, body in [
        (head, finance, FINANCE, "P-TCKH"), (chancery, world.signatory, Office.SIGNATORY, "UBND-H"),
        (chancery, world.standing_head, Office.UNIT_HEAD, "P-NV"),
    ]:  # fmt: skip
        with pytest.raises(Refusal, match="không tự nhận"):
            lend(by, principal, by, office=office, body=body)
    lend(head, head, world.stranger, office=Office.UNIT_HEAD)
    with pytest.raises(Refusal, match=f"{head.full_name}.*không tự nhận"):
        lend(fresh(world.stranger), finance, head)  # for whom they name
    assert lend(fresh(world.stranger), finance, world.home_affairs).substitute == world.home_affairs
    client.force_login(head)
    assert client.post("/thay/giao/", form(world, substitute=head.pk)).status_code == 422


@pytest.mark.parametrize(("office", "body"), [(Office.COUNCIL_MEMBER, "HD-TDKT"), (Office.INSPECTOR, "UBND-H")])
def test_a_stand_in_is_not_appointed_to_what_is_kept_apart(world, office, body):
    second, by = world.person("noivu2"), Actor(world.admin)
    row = lend(world.secretary, world.secretary, second, office=Office.SECRETARY, body="HD-TDKT", since=2)
    body, days = Organization.objects.get(code=body), {"valid_from": row.valid_from, "valid_until": row.valid_until}
    with pytest.raises(Refusal, match=r"đang làm thay.*đến hết 24/11/2024"):
        appoint(second, by=by, office=office, organization=body)
    with pytest.raises(Refusal, match="đang làm thay"):
        appoint(second, by=by, office=office, organization=body, **days)
    before = row.valid_from - timedelta(days=1)
    assert appoint(second, by=by, office=office, organization=body, valid_until=before).person == second
    substituting.end_substitution(row, by=Actor(fresh(world.secretary)))
    assert appoint(second, by=by, office=office, organization=body, valid_from=row.valid_from).person == second


def test_either_of_the_two_and_who_set_it_may_end_it_and_nobody_else(world):
    finance, head, last = world.finance, world.person("truong.tckh"), world.home_affairs
    for by in (finance, head, last):
        row = lend(finance, fresh(finance), last)
        with pytest.raises(PermissionDenied):
            substituting.end_substitution(row, by=Actor(world.person("noivu2")))
        substituting.end_substitution(row, by=Actor(fresh(by)))
        with pytest.raises(Refusal):
            substituting.end_substitution(row, by=Actor(fresh(by)))
    assert told(finance, "substituted") == 2
    assert told(last, "substituted") == 5


# ---- at the desk


def test_work_on_the_principals_desk_is_the_stand_ins_too_and_both_names_are_kept(client, world, monday):
    dossier = world.submitted()
    finance, head = world.finance, world.person("truong.tckh")
    step = world.step(dossier)
    desk.claim(step.process_id, step.pk, by=Actor(finance))
    lend(finance, finance, head)
    head = fresh(head)
    assert list(StepRow.objects.mine(head)) == list(StepRow.objects.mine(fresh(finance))) == [step]
    assert not StepRow.objects.pool(head).exists()
    assert not StepRow.objects.colleagues(head).exists()
    world.add_paper(dossier, "CONG_VAN", head)
    entry = world.do(dossier, "propose", head, verdicts=world.all_pass(dossier))
    assert (entry.actor, entry.behalf_id, entry.office) == (head, finance.pk, "FINANCE")
    assert Entry.objects.get(act="add_paper", actor=head).behalf_name == finance.full_name
    client.force_login(fresh(head))
    both = f"{head.full_name} thay {finance.full_name}"
    assert both in client.get(dossier.get_absolute_url()).content.decode()
    desk_page = client.get("/ban-viec/").content.decode()
    assert "Bạn đang thay <b>" + finance.full_name in desk_page
    assert "22/11/2024" in desk_page


def test_a_claim_by_a_stand_in_is_held_until_the_last_day_and_then_free(world, monday):
    dossier = world.submitted()
    finance, head = world.finance, world.person("truong.tckh")
    lend(finance, finance, head, days=1)
    step = world.step(dossier)
    desk.claim(step.process_id, step.pk, by=Actor(fresh(head)))
    assert list(StepRow.objects.colleagues(fresh(finance))) == [step]
    row = StepRow.objects.told_to(finance).get(pk=step.pk)
    assert row.claimed
    assert row.holder_name == f"{head.full_name} thay {finance.full_name}"
    with pytest.raises(Gone):
        world.do(dossier, "decline", finance, verdicts={}, reason="x")
    monday.shift(timedelta(days=1))
    assert list(StepRow.objects.pool(fresh(finance))) == [step]
    assert StepRow.objects.told_to(finance).get(pk=step.pk).holder_name == ""


def test_a_stand_in_of_the_sole_holder_is_told_and_may_act_as_the_holder_may(world):
    secretary, last = world.secretary, world.home_affairs
    lend(secretary, secretary, last, office=Office.SECRETARY, body="HD-TDKT")
    dossier = world.admitted(names=1)
    assert told(last, "new_task")
    assert told(secretary, "new_task")
    step = world.step(dossier)
    assert step.owner == secretary
    assert list(StepRow.objects.mine(fresh(last))) == [step]


def test_through_two_offices_the_line_names_the_one_the_step_belongs_to(world):
    """A member of both desks, one of them for somebody else: the step says in which office they act."""
    finance, home = world.finance, world.home_affairs
    lend(finance, finance, home)
    dossier = world.submitted()
    world.add_paper(dossier, "CONG_VAN", fresh(home))
    entry = world.do(dossier, "propose", fresh(home), verdicts=world.all_pass(dossier))
    assert (entry.office, entry.organization_name, entry.behalf_id) == (
        "FINANCE", Organization.objects.get(code="P-TCKH").name, finance.pk,
    )  # fmt: skip
    claimed = world.step(dossier)
    desk.claim(claimed.process_id, claimed.pk, by=Actor(fresh(home)))
    line = Entry.objects.filter(act="claim", actor=home).latest("pk")
    assert (line.office, line.behalf_id) == ("HOME_AFFAIRS", None)


# ---- duties kept apart


def test_who_proposed_in_anothers_name_does_not_admit(client, world):
    finance, home = world.finance, world.home_affairs
    lend(finance, finance, home)
    dossier = world.submitted()
    world.add_paper(dossier, "CONG_VAN", fresh(home))
    world.do(dossier, "propose", fresh(home), verdicts=world.all_pass(dossier))
    world.add_evaluation()
    with pytest.raises(PermissionDenied, match="khâu sau phải do người khác"):
        world.do(dossier, "admit", fresh(home), verdicts=world.all_pass(dossier))
    client.force_login(fresh(home))
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert "khâu sau phải do người khác làm" in page
    world.do(dossier, "admit", world.person("noivu2"), verdicts=world.all_pass(dossier))


def test_an_author_who_stands_in_for_the_head_does_not_sign_what_they_handed_over(world):
    author, head = world.author, world.head
    lend(head, head, author, office=Office.UNIT_HEAD, body="X-AM")
    dossier = world.opened()
    world.do(dossier, "hand_over", fresh(author))
    with pytest.raises(PermissionDenied, match="Cán bộ lập hồ sơ"):
        world.do(dossier, "submit", fresh(author))
    world.do(dossier, "submit", head)


def test_a_stand_in_and_their_principal_never_both_count_a_ballot(world):
    secretary, last = world.secretary, world.home_affairs
    lend(secretary, secretary, last, office=Office.SECRETARY, body="HD-TDKT")
    dossier = world.admitted(names=1)
    world.put_on_agenda(dossier)
    world.count(dossier, second=False)
    ballot = world.fresh(dossier).still_in[0].ballot
    assert council_acts.reading_of(ballot.sitting, fresh(last)) is None
    with pytest.raises(PermissionDenied):
        council_acts.type_counts(ballot.sitting, {ballot.pk: 9}, by=Actor(fresh(last)))
    assert council_acts.reading_of(ballot.sitting, world.member) == 2


def test_a_decision_signed_for_another_says_so(world):
    signatory, deputy = world.signatory, world.standing_head
    lend(signatory, signatory, deputy, office=Office.SIGNATORY, body="UBND-H")
    dossier = world.recommended(names=1)
    decision = world.reserve(dossier)
    issued = rulings.issue(decision, by=Actor(fresh(deputy)))
    assert (issued.signatory_name, issued.signatory_title) == (deputy.full_name, "TUQ. Q. Chủ tịch")
    assert Entry.objects.get(act="issue").behalf_name == signatory.full_name


def test_who_reviewed_a_dossier_does_not_decide_it_in_anothers_name(client, world):
    reviewer, dossier = world.home_affairs, world.recommended(names=1)
    decision = world.reserve(dossier)
    lend(world.signatory, world.signatory, reviewer, office=Office.SIGNATORY, body="UBND-H")
    by, line = Actor(fresh(reviewer)), decision.lines.get()
    for refused in (
        lambda: rulings.issue(decision, by=by), lambda: rulings.strike(decision, {line.pk: "x"}, by=by),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied, match=f"{dossier.code}.*khâu sau phải do người khác làm"):
            refused()
    rulings.take_out(decision, dossier, by=by)
    with pytest.raises(PermissionDenied, match="khâu sau phải do người khác làm"):
        rulings.gather(decision, [dossier], by=by)
    other = world.recommended(names=1)
    rulings.gather(decision, [other], by=Actor(world.signatory))
    assert rulings.issue(decision, by=Actor(world.signatory)).number == 1


# ---- the pages


def form(world, **changes):
    body = Organization.objects.get(code="P-TCKH")
    return {
        "whose": f"{world.finance.pk}-FINANCE-{body.pk}", "substitute": world.home_affairs.pk,
        "valid_from": "2024-11-18", "valid_until": "2024-11-22", "reason": "Đi công tác", **changes,
    }  # fmt: skip


def test_a_person_names_and_ends_their_stand_in_by_forms(client, world):
    client.force_login(world.finance)
    assert client.post("/thay/giao/", form(world)).status_code == 302
    page = client.get("/thay/").content.decode()
    assert world.home_affairs.full_name in page
    assert "22/11/2024" in page
    assert "đang làm thay" in page
    row = Substitution.objects.get()
    assert Entry.objects.about(row).get().office == "FINANCE"
    assert told(world.home_affairs, "substituted") == 1
    ending = f"/thay/{row.pk}/ket-thuc/"
    assert world.home_affairs.full_name in client.get(ending).content.decode()
    assert client.post(ending, {"reason": "Về sớm"}).status_code == 302
    assert client.post(ending, {}).status_code == 422
    assert told(world.home_affairs, "substituted") == 2


def test_a_refused_form_comes_back_with_what_was_typed(client, world):
    client.force_login(world.finance)
    refused = client.post("/thay/giao/", form(world, valid_from="2024-11-01"))
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Ngày bắt đầu đã qua" in page
    assert "Đi công tác" in page
    assert "2024-11-22" in page
    empty = client.post("/thay/giao/", {})
    assert empty.status_code == 422
    assert not Substitution.objects.exists()


def test_the_office_of_another_is_not_among_the_choices(client, world):
    client.force_login(world.home_affairs)
    assert client.post("/thay/giao/", form(world)).status_code == 422
    client.force_login(world.person("truong.tckh"))
    assert client.post("/thay/giao/", form(world)).status_code == 302
    client.force_login(world.person("noivu2"))
    assert client.get(f"/thay/{Substitution.objects.get().pk}/ket-thuc/").status_code == 404


def test_the_desk_and_an_act_ask_no_more_of_a_stand_in(client, world):
    finance, head = world.finance, world.person("truong.tckh")
    lend(finance, finance, head)
    world.submitted()
    client.force_login(fresh(head))
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/ban-viec/").status_code == 200
    assert len(captured) <= 8
