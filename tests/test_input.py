"""What people and machines send: every odd form gets a clear Vietnamese answer, never a 500, nothing half-written."""

import io
import os
import re
import unicodedata
from html import unescape
from itertools import product

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from audit.ledger import faults
from councils.models import Count
from dossiers.models import Nomination, Scratch, Verdict

pytestmark = pytest.mark.django_db

ENGLISH = re.compile(r"\b(Enter a|This field|Ensure this|Select a valid|Not Found|Bad Request|Traceback|Server Error)")
LONG = "Đã hoàn thành tốt. " * 55_000  # 1 MB and more
FUZZED = int(os.environ.get("FUZZED", "300"))  # forms sent by the fuzz; nightly more


@pytest.fixture
def author(world, client):
    """The unit's author, signed in, with everything a browser would get."""
    client.raise_request_exception = False
    client.force_login(world.author)
    return client


@pytest.fixture
def dossier(world):
    """A draft with two names and its report."""
    return world.opened()


def url(page, dossier, /, **named):
    """The address of a page of a dossier."""
    return reverse(page if ":" in page else f"dossiers:{page}", kwargs={"code": dossier.code, **named})


def text_of(response):
    """What the page says."""
    return unescape(response.content.decode())


def clear(response, *statuses):
    """The answer is one of these, in Vietnamese, without a word of the machine."""
    text = text_of(response)
    assert response.status_code in statuses, f"{response.status_code}: {text[:300]}"
    assert not ENGLISH.search(text), ENGLISH.search(text)
    return text


def nominee(world, **changes):
    """One nominee as its form sends it."""
    return {"kind": "PERSON", "full_name": "Lê Thị Mẫu Mới", "birth_year": "1990", "sex": "FEMALE",
            "title": "Công chức", "unit_name": "UBND xã An Mẫu", "award": world.award.pk, "achievement": "Tốt.",
            "result_percent": "95,5", **changes}  # fmt: skip


def everything():
    """How many rows each table has, sessions aside."""
    counts = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return {table: count for table, count in counts.items() if table != "django_session"}


# ---- text


def test_names_typed_decomposed_are_kept_composed_and_found(world, author, dossier):
    typed = unicodedata.normalize("NFD", "Nguyễn Thị Hoà Thuý Phượng")
    version = dossier.version
    answer = author.post(url("add_nominee", dossier), nominee(world, full_name=typed, version=version,
                         achievement=unicodedata.normalize("NFD", "Vượt chỉ tiêu về giảm nghèo.")))  # fmt: skip
    assert answer.status_code == 302
    kept = Nomination.objects.latest("pk")
    assert kept.full_name == "Nguyễn Thị Hoà Thuý Phượng"
    assert kept.achievement == "Vượt chỉ tiêu về giảm nghèo."
    for words in ("Phượng", unicodedata.normalize("NFD", "phượng"), "phuong"):
        assert "Phượng" in text_of(author.get(reverse("dossiers:list"), {"q": words}))


def test_a_list_pasted_decomposed_is_kept_composed(world, author, dossier):
    text = "Họ và tên\tNăm sinh\tĐơn vị\tLoại đối tượng\nTrần Thị Mẫu Đượm\t1985\tUBND xã An Mẫu\tcá nhân\n"
    author.post(url("paste", dossier), {"text": unicodedata.normalize("NFD", text)})
    author.post(url("accept_list", dossier), {"version": world.fresh(dossier).version})
    assert "Trần Thị Mẫu Đượm" in [name.full_name for name in world.fresh(dossier).names]


def test_a_megabyte_in_a_field_is_refused_in_words(world, author, dossier):
    before = everything()
    for field in ("full_name", "title", "unit_name", "achievement", "birth_year", "result_percent"):
        answer = author.post(url("add_nominee", dossier), nominee(world, version=dossier.version, **{field: LONG}))
        clear(answer, 200, 422)
    assert everything() == before


@pytest.mark.parametrize("where", ["reason", "why", "letter", "subject", "search"])
def test_a_megabyte_elsewhere_is_refused_in_words(world, author, client, where):
    before = None
    if where == "letter":
        dossier = world.opened()
        before = everything()
        answer = author.post(url("draft", dossier), {"version": dossier.version, "letter_number": LONG})
    elif where == "subject":
        client.force_login(world.signatory)
        before = everything()
        form = {"organization": world.campaign.authority_id, "subject": LONG}
        answer = client.post(reverse("flows:decision_new"), form)
    elif where == "search":
        answer = author.get(reverse("flows:desk"), {"q": LONG[:60_000]})
    else:
        dossier = world.submitted()
        client.force_login(world.finance)
        before = everything()
        why, reason = (LONG, "Chưa đạt.") if where == "why" else ("Chưa đạt.", LONG)
        sent = judged(dossier, "FAIL", why) | {"act": "decline", "version": dossier.version, "reason": reason}
        answer = client.post(at_desk(world, dossier), sent)
    clear(answer, 200, 422)
    assert before is None or everything() == before


def test_ten_megabytes_in_a_field_are_refused_in_words(author, dossier):
    before = everything()
    clear(author.post(url("paste", dossier), {"text": LONG * 9, "version": dossier.version}), 200, 413)
    assert everything() == before


def at_desk(world, dossier):
    """The address of the open step."""
    step = world.step(dossier)
    return reverse("flows:act", args=[step.process_id, step.flow_task.name, step.pk])


def judged(dossier, judgement, why=""):
    """One verdict for every name."""
    sent = {f"judge-{name.pk}": judgement for name in dossier.still_in}
    return sent | {f"why-{name.pk}": why for name in dossier.still_in}


def test_hidden_signs_and_overrides_in_a_field_are_refused_in_words(world, author, dossier):
    before = everything()
    for sign, field in product("\0\x08\u202e\u2066\ufffe\u009f", ("full_name", "achievement")):
        sent = nominee(world, version=dossier.version, **{field: f"Lê Thị{sign}Mẫu"})
        assert "ký tự ẩn" in clear(author.post(url("add_nominee", dossier), sent), 200, 422), (sign, field)
    assert everything() == before


@pytest.mark.parametrize("sign", ["\0", "\u202e"])
def test_hidden_signs_at_other_doors_are_refused_in_words(world, author, client, dossier, sign):
    typed = f"Có{sign}lý do"
    sent = {"version": dossier.version, "reason": typed, "act": "withdraw"}
    clear(author.post(at_desk(world, dossier), sent), 422)
    clear(author.post(url("draft", dossier), {"version": dossier.version, "letter_number": typed}), 200, 422)
    clear(author.post(url("paste", dossier), {"text": typed}), 200, 302)
    assert author.post(url("scratch", dossier), {"form": "draft", "letter_number": typed}).status_code < 500
    assert author.post(url("discard", dossier), {"form": typed}).status_code < 500
    client.force_login(world.admin)
    form = {"full_name": typed, "email": f"a{sign}b@thu.example"}
    clear(client.post(reverse("organizations:person_add"), form), 200, 422)
    client.logout()
    clear(client.post(reverse("account_login"), {"login": f"a{sign}b@thu.example", "password": typed}), 200)
    clear(client.post(reverse("account_reset_password"), {"email": f"a{sign}b@thu.example"}), 200)
    assert "\0" not in "".join(str(kept.text) for kept in Scratch.objects.all())


def test_a_nul_in_the_address_is_answered_in_words(author, dossier):
    for address in ("/ho-so/a%00b/", "/ho-so/?q=a%00b", "/ban-viec/?q=%00", f"/ho-so/{dossier.code}/giay-to/%00/them/",
                    "/phien-hop/%00/", "/loi-moi/%00/", "/dot-thi-dua/%00/"):  # fmt: skip
        clear(author.get(address), 400, 404)


def test_bytes_that_are_no_text_are_answered(author, dossier):
    for address in ("/ho-so/?q=%ff%fe%80", "/ho-so/%ff%fe/", "/ban-viec/?nhom=%c3%28&q=%ed%a0%80"):
        assert author.get(address).status_code in (200, 302, 400, 404), address
    answer = author.post(url("scratch", dossier), b"form=draft&letter_number=%ff%fe%80",
                         content_type="application/x-www-form-urlencoded")  # fmt: skip
    assert answer.status_code < 500


# ---- many


def test_five_hundred_names_are_judged_in_one_form(world, client):
    dossier = world.submitted(names=500)
    world.add_paper(dossier, "CONG_VAN", world.finance)
    dossier = world.fresh(dossier)
    client.force_login(world.finance)
    sent = judged(dossier, "PASS") | {f"judge-{dossier.still_in[7].pk}": "FAIL",
                                      f"why-{dossier.still_in[7].pk}": "Kết quả dưới 90%."}  # fmt: skip
    answer = client.post(at_desk(world, dossier), {**sent, "act": "propose", "version": dossier.version})
    assert answer.status_code == 302
    after = world.fresh(dossier)
    assert (after.state, len(after.still_in)) == ("REVIEWING", 499)
    assert Verdict.objects.filter(nomination__dossier=dossier).count() == 500
    assert list(faults(after)) == []


def test_five_hundred_names_with_one_unjudged_come_back_as_typed(world, client):
    dossier = world.submitted(names=500)
    world.add_paper(dossier, "CONG_VAN", world.finance)
    dossier = world.fresh(dossier)
    client.force_login(world.finance)
    names = dossier.still_in
    sent = judged(dossier, "PASS") | {f"judge-{names[3].pk}": "", f"judge-{names[5].pk}": "FAIL",
                                      f"why-{names[5].pk}": "Lý do gõ dở ở dòng sáu"}  # fmt: skip
    before = everything()
    answer = client.post(at_desk(world, dossier), {**sent, "act": "propose", "version": dossier.version})
    assert "Lý do gõ dở ở dòng sáu" in clear(answer, 422)
    assert everything() == before


def test_five_hundred_names_fit_and_five_hundred_and_one_do_not(world, author):
    dossier = world.opened(names=499)
    add = url("add_nominee", dossier)
    assert author.post(add, nominee(world, version=dossier.version)).status_code == 302
    before = everything()
    text = clear(author.post(add, nominee(world, version=world.fresh(dossier).version)), 200, 422)
    assert "500" in text
    assert everything() == before
    assert len(world.fresh(dossier).names) == 500


def test_a_pasted_list_of_five_hundred_and_one_is_refused_in_words(world, author, dossier):
    head = "Họ và tên\tNăm sinh\tĐơn vị\tLoại đối tượng\n"
    text = head + "".join(f"Lê Thị Mẫu {i}\t1985\tUBND xã An Mẫu\tcá nhân\n" for i in range(501))
    before = len(dossier.names)
    answer = author.post(url("paste", dossier), {"text": text}, follow=True)
    assert "500" in clear(answer, 200)
    author.post(url("accept_list", dossier), {"version": world.fresh(dossier).version})
    assert len(world.fresh(dossier).names) == before


def test_more_than_five_thousand_fields_are_refused_in_words(world, author, dossier):
    before = everything()
    sent = {f"judge-{i}": "PASS" for i in range(5_001)}
    text = clear(author.post(at_desk(world, dossier), {"act": "hand_over", **sent}), 413)
    assert "quá nhiều ô" in text
    assert everything() == before


def test_a_verdict_on_a_name_of_another_dossier_is_refused(world, client):
    dossier = world.submitted()
    other = world.fresh(world.opened(by=world.stranger, unit=world.other_unit))
    world.add_paper(dossier, "CONG_VAN", world.finance)
    dossier = world.fresh(dossier)
    client.force_login(world.finance)
    before = everything()
    sent = judged(dossier, "PASS") | judged(other, "FAIL", "Không được.")
    clear(client.post(at_desk(world, dossier), {**sent, "act": "propose", "version": dossier.version}), 422)
    assert everything() == before
    assert not Verdict.objects.filter(nomination__dossier=other).exists()


def test_a_field_sent_twice_is_taken_once(world, author, dossier):
    sent = {"version": [dossier.version, 0, "x"], "kind": ["PERSON", "COLLECTIVE", "PERSON"]}
    one = {key: [value] * 2 for key, value in nominee(world).items()}
    answer = author.post(url("add_nominee", dossier), one | sent | {"version": [0, dossier.version]})
    assert answer.status_code == 302
    assert len(world.fresh(dossier).names) == 3
    twice = {"act": ["withdraw", "hand_over"], "reason": ["a", "b"], "version": world.fresh(dossier).version}
    assert author.post(at_desk(world, dossier), twice).status_code < 500
    assert author.get("/ho-so/?q=a&q=b&sau=1&sau=x&nam=2024&nam=").status_code == 200


@pytest.mark.parametrize("way", ["0", "x", "flows:desk", "//evil.example", "https://evil.example/", "a:b"])
def test_a_way_back_that_is_no_path_of_the_house_leads_to_the_page_it_came_from(author, dossier, way):
    answer = author.post(url("discard", dossier), {"form": "draft", "next": way})
    assert (answer.status_code, answer["Location"]) == (302, url("draft", dossier))


# ---- numbers


QUERIES = {
    "flows:desk": ("nhom", "han", "buoc", "q", "sau"), "dossiers:list": ("q", "nhom", "dot", "don-vi", "nam", "sau"),
    "notifications:list": ("sau",), "notifications:deliveries": ("q", "tinh-trang", "tin", "tu", "den", "sau"),
    "flows:sittings": ("sau",), "flows:decisions": ("sau",),
    "organizations:people": ("q", "sau"), "organizations:bodies": ("q", "het", "sau"),
    "organizations:body_add": ("cha",),
}  # fmt: skip
ODD = ["6e27", "6" + "0" * 27, "-1", "0", "9" * 18, "9" * 4400, "1.5", "NaN", "٣٤", "²", "_", "1_1",
       "9999999999999999_1", "-5_-5", "_%", "'\"><", "../..", "\u202e", "a" * 3000]  # fmt: skip


@pytest.mark.parametrize("name", QUERIES)
def test_odd_numbers_in_a_query_are_as_if_they_were_not_there(world, client, name):
    client.raise_request_exception = False
    people = {"flows:sittings": world.secretary, "flows:decisions": world.signatory, "flows:desk": world.finance,
              "notifications:deliveries": world.admin}  # fmt: skip
    client.force_login(world.admin if name.startswith("organizations") else people.get(name, world.author))
    world.submitted()
    for parameter in QUERIES[name]:
        for odd in ODD:
            answer = client.get(reverse(name), {parameter: odd})
            assert answer.status_code == 200, (parameter, odd[:40], answer.status_code)


def test_odd_numbers_in_the_query_of_a_dossiers_pages(world, author, dossier):
    for page, parameters in (("draft", ("tu", "xem", "xep")), ("add_nominee", ("loai", "dong", "next"))):
        for parameter in parameters:
            for odd in ODD:
                answer = author.get(url(page, dossier), {parameter: odd})
                assert answer.status_code == 200, (page, parameter, odd[:40])


@pytest.mark.parametrize("odd", [("0", "9" * 18, "9" * 19, "9" * 30), ("9" * 4400, "6e27", "-1", "٣")])
def test_odd_numbers_in_an_address_are_not_found(author, dossier, odd):
    for number in odd:
        not_found(author, dossier, number)


def not_found(author, dossier, number):
    """Every address with this number in it is 404."""
    for address in (
        f"/ho-so/{dossier.code}/tep/{number}/", f"/ho-so/{dossier.code}/tep/{number}/xem/{number}.png",
        f"/ho-so/{dossier.code}/lap/{number}/", f"/ho-so/{dossier.code}/giay-to/{number}/thay/",
        f"/ho-so/{dossier.code}/bien-nhan/{number}/", f"/viec/{number}/prepare/{number}/", f"/quyet-dinh/{number}/",
        f"/phien-hop/{number}/", f"/dot-thi-dua/CK-2024/tep/{number}/", f"/quan-tri/nguoi/{number}/",
    ):  # fmt: skip
        assert author.get(address).status_code == 404, address
    for address in (f"/viec/{number}/prepare/{number}/nhan/", f"/thong-bao/{number}/doc/"):
        assert author.post(address).status_code == 404, address


def test_a_version_that_is_none_is_too_late_and_keeps_the_text(world, author, dossier):
    before, odd = everything(), ("", "-1", "0", "9" * 15, "9" * 19, "9" * 30, "1.0", "6e27", "abc", "²")
    for version in odd:
        answer = author.post(url("add_nominee", dossier), nominee(world, version=version, achievement="Câu gõ dở."))
        assert "Câu gõ dở." in clear(answer, 409)
        answer = author.post(at_desk(world, dossier), {"act": "withdraw", "reason": "Câu gõ dở.", "version": version})
        assert "Câu gõ dở." in clear(answer, 409)
    after = everything()
    assert after.pop("audit_entry") == before.pop("audit_entry") + 2 * len(odd)  # the refusals, witnessed
    assert after == before


def test_odd_counts_are_refused_in_words(world, client):
    dossier = world.admitted()
    sitting = world.put_on_agenda(dossier)
    client.raise_request_exception = False
    client.force_login(world.secretary)
    address = reverse("flows:sitting_counts", args=[sitting.code])
    fields = re.findall(r'name="([^"]*\d+)"', client.get(address).content.decode())
    assert fields
    for typed in ("-1", "6e27", "9" * 18, "9" * 30, "4,5", "٣", "mười", "10"):
        clear(client.post(address, dict.fromkeys(fields, typed)), 422)
    assert not Count.objects.exists()


# ---- files


def workbook(*rows):
    """An Excel file of these rows."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_an_excel_file_with_wrong_rows_tells_each_and_takes_the_right_ones(world, author, dossier):
    content = workbook(
        ["TT", "Họ và tên", "Năm sinh", "Giới tính", "Kết quả", "Loại đối tượng"],
        [1, "Lê Thị Đúng", 1985, "nữ", 95.5, "cá nhân"],
        [2, None, 1985, "nữ", 95.5, "cá nhân"],
        [3, "Lê Văn Sai Năm", 2985, "nam", 95.5, "cá nhân"],
        [4, "Lê Văn Sai Số", 1985, "nam", "chín mươi", "cá nhân"],
        [5, "=1/0", "#REF!", "?", -5, "người ngoài hành tinh"],
        [6, "Lê Văn Dài" * 2000, 1985, "nam", 95, "cá nhân"],
    )
    upload = SimpleUploadedFile("danh-sach.xlsx", content, content_type=EXCEL)
    text = clear(author.post(url("upload", dossier), {"file": upload}, follow=True), 200)
    assert "Lê Thị Đúng" in text
    assert "Lê Văn Sai Năm" in text
    author.post(url("accept_list", dossier), {"version": world.fresh(dossier).version})
    assert [name.full_name for name in world.fresh(dossier).names][2:] == ["Lê Thị Đúng"]


def test_a_file_that_is_no_list_is_refused_in_words(author, dossier):
    before = everything()
    names = ("danh-sach.xlsx", "danh-sach.xls", "../../x.xlsx", "x\u202exslx.exe", "a" * 300)
    contents = (b"", b"PK\x03\x04", b"%PDF-1.7", b"\0" * 5000, workbook(["a"])[:700], b"<html>")
    for name, content in product(names, contents):
        upload = SimpleUploadedFile(name, content, content_type="text/html")
        clear(author.post(url("upload", dossier), {"file": upload}), 200, 422)
    assert everything() == before


KINDS = ("multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/xml",
         "application/octet-stream", "multipart/form-data; boundary=" + "y" * 300)  # fmt: skip
BODIES = (b"", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7 cut',
          b"--x\r\nContent-Disposition: form-data; name=", b'{"act": "withdraw"}', b"\xff\xfe" * 500)  # fmt: skip


@pytest.mark.parametrize("page", ["upload", "add_paper", "draft", "add_nominee", "paste", "scratch"])
def test_a_broken_or_wrong_kind_of_form_is_answered_in_words(author, dossier, page):
    more = {"component": "BAO_CAO"} if page == "add_paper" else {}
    before = everything()
    for kind, body in product(KINDS, BODIES):
        clear(author.post(url(page, dossier, **more), body, content_type=kind), 200, 302, 400, 409, 422)
    after = everything()
    assert after.pop("audit_entry") - before.pop("audit_entry") <= len(KINDS) * len(BODIES)
    assert after == before


def test_an_upload_cut_off_on_its_way_is_answered_and_leaves_nothing(author, dossier):
    class Cut:
        """A body that ends with the line to the sender."""

        def __init__(self, content):
            self.content = io.BytesIO(content)

        def read(self, size=-1):
            found = self.content.read(min(size, 20) if size and size > 0 else 20)
            if not found:
                raise OSError("the line is gone")
            return found

        readline = read

    body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7 ..."
    before = everything()
    answer = author.generic("POST", url("add_paper", dossier, component="BAO_CAO"), b"",
                            **{"wsgi.input": Cut(body), "CONTENT_LENGTH": "500000",
                               "CONTENT_TYPE": "multipart/form-data; boundary=x"})  # fmt: skip
    clear(answer, 400)
    assert everything() == before
