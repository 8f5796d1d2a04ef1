"""What an author is typing is kept for them alone; what may be changed when a desk asked for more."""

import pytest

from audit.ledger import Actor, faults
from audit.models import Entry
from dossiers import edits
from dossiers.models import Scratch
from tests.dossier_pages import nominee, text_of, url


@pytest.fixture
def dossier(world):
    """A draft with two names and its report."""
    return world.opened()


@pytest.fixture
def author(world, client):
    """The unit's author, signed in."""
    client.force_login(world.author)
    return client


def test_what_is_typed_is_kept_without_version_or_entry_and_can_be_thrown_away(world, author, dossier):
    before = Entry.objects.count()
    typed = {"form": "nominee-new", "full_name": "Người đang gõ\0 dở", "kind": "COLLECTIVE", "khac": "không giữ"}
    assert author.post(url("scratch", dossier), typed).status_code == 204
    assert Scratch.objects.get().text == {"full_name": "Người đang gõ dở", "kind": "COLLECTIVE"}
    said = text_of(author.get(url("add_nominee", dossier)))
    assert "Đã khôi phục phần đang gõ dở lúc" in said
    assert 'value="Người đang gõ dở"' in said
    assert 'value="COLLECTIVE"' in said
    answer = author.post(url("discard", dossier), {"form": "nominee-new", "next": url("add_nominee", dossier)})
    assert answer["Location"] == url("add_nominee", dossier)
    assert "Đã khôi phục" not in text_of(author.get(url("add_nominee", dossier)))
    assert Entry.objects.count() == before
    assert world.fresh(dossier).version == dossier.version


def test_what_was_typed_is_forgotten_once_it_is_saved(world, author, dossier):
    author.post(url("scratch", dossier), {"form": "nominee-new", "full_name": "Lò"})
    author.post(url("scratch", dossier), {"form": "draft", "letter_number": "13"})
    author.post(url("add_nominee", dossier), nominee(world, version=dossier.version))
    assert list(Scratch.objects.values_list("form", flat=True)) == ["draft"]
    assert "Đã khôi phục" in text_of(author.get(url("draft", dossier)))
    author.post(url("draft", dossier), {"letter_number": "13", "version": dossier.version + 1})
    assert not Scratch.objects.exists()


def test_what_another_person_types_is_seen_by_them_alone(world, client, dossier):
    edits.keep_scratch(dossier, "nominee-new", {"full_name": "Của người khác"}, by=Actor(world.author))
    Scratch.objects.update(person=world.head)
    client.force_login(world.author)
    assert "Của người khác" not in text_of(client.get(url("add_nominee", dossier)))


@pytest.mark.parametrize("form", ["list", "nominee-0", "nominee-999999999999999999", "", "x" * 500])
def test_only_forms_there_are_are_kept(author, dossier, form):
    assert author.post(url("scratch", dossier), {"form": form, "full_name": "x"}).status_code == 409
    assert not Scratch.objects.exists()


def test_more_than_is_kept_while_typing_is_said_and_nothing_breaks(author, dossier):
    answer = author.post(url("scratch", dossier), {"form": "paste", "text": "chữ " * 600_000})
    assert answer.status_code == 413
    assert "quá dài" in text_of(answer)


def returned(world):
    """A dossier of which the desk asks about the first name and the report."""
    dossier = world.submitted(names=3)
    verdicts = world.all_pass(
        dossier, n1=("SUPPLEMENT", "Thiếu xác nhận của Công an xã."), n3=("FAIL", "Dưới 90 %.")
    )
    world.do(dossier, "request_supplement", world.finance, verdicts=verdicts, papers=[], reason="Bổ sung xác nhận.")
    return world.fresh(dossier)


def test_in_a_supplement_only_what_was_asked_about_is_changed(world, author):
    dossier = returned(world)
    asked, other, out = dossier.names
    said = text_of(author.get(url("draft", dossier)))
    for told in ("yêu cầu bổ sung", "Bổ sung xác nhận.", "Thiếu xác nhận của Công an xã.", "Dưới 90 %.", "Hạn bổ sung"):
        assert told in said
    assert url("change_nominee", dossier, pk=asked.pk) in said
    assert url("change_nominee", dossier, pk=other.pk) not in said
    assert url("add_nominee", dossier) not in said
    assert 'type="file"' not in said
    sent = nominee(world, title="Đã xác nhận", version=dossier.version)
    for name in (other, out):
        answer = author.get(url("change_nominee", dossier, pk=name.pk))
        assert (answer.status_code, answer["Location"]) == (302, url("draft", dossier))
    assert "Chỉ sửa được" in text_of(author.post(url("change_nominee", dossier, pk=other.pk), sent))
    assert author.post(url("change_nominee", dossier, pk=out.pk), sent).status_code == 409
    assert author.post(url("add_nominee", dossier), sent).status_code == 302
    assert author.post(url("add_paper", dossier, component="BAO_CAO"), sent).status_code == 409
    assert world.fresh(dossier).version == dossier.version
    assert author.post(url("change_nominee", dossier, pk=asked.pk), sent).status_code == 302
    assert world.fresh(dossier).names[0].title == "Đã xác nhận"
    assert list(faults(world.fresh(dossier))) == []


def test_the_head_who_gives_it_back_tells_the_author_why(world, author, dossier):
    world.do(dossier, "hand_over", world.author)
    world.do(dossier, "hand_back", world.head, reason="Ghi rõ số tờ trình.")
    said = text_of(author.get(url("draft", dossier)))
    assert "Thủ trưởng trả lại để sửa" in said
    assert "Ghi rõ số tờ trình." in said
