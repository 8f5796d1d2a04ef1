"""Who may do what on the author's pages, in which order the answers come, and forms that come too late."""

import pytest

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


def every_address(dossier):
    """Every address of a dossier on this floor, with the method that uses it."""
    name, paper = dossier.names[0].pk, dossier.papers[0]
    version, component = paper.latest.pk, "BAO_CAO"
    gets = [
        url("draft", dossier), url("add_nominee", dossier), url("paste", dossier), url("list_report", dossier),
        url("change_nominee", dossier, pk=name), url("remove_nominee", dossier, pk=name),
        url("add_paper", dossier, component=component), url("replace", dossier, document=paper.pk),
        url("remove", dossier, document=paper.pk), url("download", dossier, version=version),
        url("preview", dossier, version=version), url("preview_image", dossier, version=version, page=1),
        url("template", dossier), url("export", dossier), url("paper_list", dossier),
        url("receipt", dossier, number=1),
    ]  # fmt: skip
    posts = [
        url("draft", dossier), url("add_nominee", dossier), url("paste", dossier), url("upload", dossier),
        url("accept_list", dossier), url("drop_list", dossier), url("change_nominee", dossier, pk=name),
        url("remove_nominee", dossier, pk=name), url("scratch", dossier), url("discard", dossier),
        url("add_paper", dossier, component=component), url("replace", dossier, document=paper.pk),
        url("remove", dossier, document=paper.pk),
    ]  # fmt: skip
    return gets, posts


def test_nobody_of_another_unit_finds_any_page_of_the_dossier(world, client, dossier):
    gets, posts = every_address(dossier)
    for who in (world.stranger, world.finance, world.admin, world.secretary):
        client.force_login(who)
        assert {client.get(page).status_code for page in gets} == {404}
        assert {client.post(page, {"version": dossier.version}).status_code for page in posts} == {404}
    assert world.fresh(dossier).version == dossier.version
    assert Scratch.objects.count() == 0


def test_nobody_who_is_not_signed_in_is_answered(client, dossier):
    gets, posts = every_address(dossier)
    answers = [client.get(page) for page in gets] + [client.post(page) for page in posts]
    assert {answer.status_code for answer in answers} == {302}
    assert all(answer["Location"].startswith("/dang-nhap/") for answer in answers)


def test_a_method_the_page_does_not_know_is_answered_first(author, dossier):
    gets, posts = every_address(dossier)
    for page in set(posts) - set(gets):
        assert author.get(page).status_code == 405
    for page in set(gets) - set(posts):
        assert author.post(page).status_code == 405
    assert {author.put(page).status_code for page in {*gets, *posts}} == {405}


def test_the_head_sees_the_draft_and_may_not_change_it(world, client, dossier):
    client.force_login(world.head)
    _gets, posts = every_address(dossier)
    assert {client.post(page, {"version": dossier.version}).status_code for page in posts} == {403}
    assert client.get(url("draft", dossier)).status_code == 403
    assert client.get(url("paper_list", dossier)).status_code == 200
    assert world.fresh(dossier).version == dossier.version


def test_a_dossier_that_left_the_author_is_changed_by_nobody(world, client):
    dossier = world.submitted()
    _gets, posts = every_address(dossier)
    for who in (world.author, world.head, world.finance):
        client.force_login(who)
        assert {client.post(page, {"version": dossier.version}).status_code for page in posts} == {409}
    client.force_login(world.author)
    answer = client.get(url("draft", dossier))
    assert (answer.status_code, answer["Location"]) == (302, f"/ho-so/{dossier.code}/")
    assert world.fresh(dossier).version == dossier.version


@pytest.mark.parametrize("version", ["", "chữ", "-3", "9" * 40, None])
def test_a_form_that_is_not_of_today_is_answered_with_who_did_what_and_the_typed_text(world, author, dossier, version):
    sent = nominee(world, achievement="Đã gõ rất lâu.")
    answer = author.post(url("add_nominee", dossier), sent if version is None else {**sent, "version": version})
    assert answer.status_code == 409
    said = text_of(answer)
    assert "Đã gõ rất lâu." in said
    assert "Lò Thị Mẫu An" in said
    assert world.fresh(dossier).version == dossier.version


def test_two_who_change_at_once_do_not_overwrite_each_other(world, author, dossier):
    page, first = url("change_nominee", dossier, pk=dossier.names[0].pk), dossier.version
    author.post(page, nominee(world, title="Phó Chủ tịch", version=first))
    answer = author.post(page, nominee(world, title="Chủ tịch", version=first))
    assert answer.status_code == 409
    assert "Sửa đề nghị" in text_of(answer)
    assert world.fresh(dossier).names[0].title == "Phó Chủ tịch"
