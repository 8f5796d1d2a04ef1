"""What was not looked at since it changed stands out on the desk; a look is written down once for each version."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.ledger import Actor, faults
from audit.models import Entry
from dossiers import edits
from dossiers.holding import Seen
from flows import views as views_module
from flows.seen import note_seen
from tests.test_desk_page import codes, page

MORE = 10  # statements of a first look above those of a second: the row, the line, and their transaction
NEW, CHANGED = ">mới<", "thay đổi từ lần xem trước"


def look(client, person, dossier, query=""):
    client.force_login(person)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(dossier.get_absolute_url() + query).status_code == 200
    return len(captured)


def views(person):
    return list(Entry.objects.filter(act="view", actor=person).order_by("pk").values_list("subject_label", "facts"))


def test_a_version_is_noted_once_by_a_line_and_its_row(client, world):
    dossier = world.submitted()
    look(client, world.finance, dossier)  # the calendar is read once for all
    first, version = look(client, world.inspector, dossier), dossier.version
    again = look(client, world.inspector, dossier)
    assert views(world.inspector) == [(dossier.code, f'{{"version":{version}}}')]
    assert first - again <= MORE
    world.do(dossier, "recall", world.head, reason="Nhầm")
    look(client, world.inspector, dossier)
    look(client, world.inspector, dossier, "?nhat-ky")
    assert [facts for _code, facts in views(world.inspector)] == [
        f'{{"version":{version}}}', f'{{"version":{world.fresh(dossier).version}}}',
    ]  # fmt: skip
    assert Seen.objects.get(person=world.inspector).version == world.fresh(dossier).version
    assert list(faults(world.inspector)) == []
    assert world.fresh(dossier).version == Entry.objects.about(dossier).moving().count()  # looking changes nothing


def test_every_row_of_seen_has_its_line(client, world):
    dossier = world.submitted()
    for person in (world.finance, world.home_affairs, world.inspector):
        look(client, person, dossier)
    told = {(row.person_id, row.dossier_id, f'{{"version":{row.version}}}') for row in Seen.objects.all()}
    lines = set(Entry.objects.filter(act="view").values_list("actor", "subject_id", "facts"))
    assert told == lines != set()


def test_a_head_request_and_a_refused_look_note_nothing(client, world):
    dossier = world.submitted()
    client.force_login(world.finance)
    client.head(dossier.get_absolute_url())
    client.force_login(world.stranger)
    assert client.get(dossier.get_absolute_url()).status_code == 404
    assert not Seen.objects.exists()
    assert not Entry.objects.filter(act="view").exists()


def test_the_row_of_another_window_is_not_written_twice(client, world, monkeypatch):
    dossier = world.submitted()
    look(client, world.finance, dossier)

    def blind(row, *, by):  # as if both windows had read before either wrote
        row.seen = None
        note_seen(row, by=by)

    monkeypatch.setattr(views_module, "note_seen", blind)
    look(client, world.finance, dossier)
    assert len(views(world.finance)) == 1


def test_the_desk_marks_what_is_new_and_what_others_changed_and_never_ones_own_acts(client, world):
    dossier = world.submitted()
    assert NEW in page(client, world.finance, nhom="chung")
    look(client, world.finance, dossier)
    html = page(client, world.finance, nhom="chung")
    assert NEW not in html
    assert CHANGED not in html
    asked = {"verdicts": world.all_pass(dossier, n1=("SUPPLEMENT", "x")), "papers": [], "reason": "y"}
    world.do(dossier, "request_supplement", world.finance, **asked)
    assert CHANGED not in page(client, world.finance, nhom="noi-khac")  # one's own act
    edits.save_letter(world.fresh(dossier), "Số 5/TTr", by=Actor(world.author))
    html = page(client, world.finance, nhom="noi-khac")
    assert CHANGED in html
    assert ' unseen"' in html
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "resubmit", world.head)
    assert codes(page(client, world.finance, nhom="chung", **{"thay-doi": "co"})) == [dossier.code]
    look(client, world.finance, dossier)
    assert codes(page(client, world.finance, nhom="chung", **{"thay-doi": "co"})) == []
    assert CHANGED not in page(client, world.finance, nhom="chung")


def test_what_one_drew_up_oneself_is_not_new(client, world):
    world.opened()
    assert NEW not in page(client, world.author)
