"""Every page a person can come to, with whoever sees most on it; kept by hand, proved complete by test_browser.

One row: what it is, who looks (`nobody` is not signed in), its address, what is done there to come to it, the answer.
The words in braces are things of the town of access_walk: codes of dossiers and sittings, keys of rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Step = Callable[[Any, dict], int]


@dataclass(frozen=True)
class Seen:
    """One page to look at."""

    what: str
    who: str
    at: str
    step: Step | None = None
    status: int = 200
    main: bool = False  # looked at by axe on a telephone too


def send(action="", button=None, **values) -> Step:
    """Fill and send the form of the page whose address holds `action`."""
    return lambda window, house: window.send(
        {name.format(**house): value for name, value in values.items()}, action=action.format(**house), button=button
    )


def post(to, boxes=1, **values) -> Step:
    """Send values to an address, and so many boxes more."""
    return lambda window, house: window.post(to.format(**house), values, boxes)


def attach(action, name, content=b"khong phai tep", filename="danh-sach.xlsx") -> Step:
    """Choose a file in a form of the page and send it."""

    def step(window, house):
        chosen = {"name": filename, "mimeType": "application/octet-stream", "buffer": content}
        window.page.set_input_files(f"input[type=file][name='{name}']", chosen)
        return window.send(action=action.format(**house))

    return step


def press(key, css) -> Step:
    """Press a key and wait for what it opens."""

    def step(window, house):
        window.page.keyboard.press(key)
        window.page.wait_for_selector(css)
        return window.status

    return step


def press_on(css, opened) -> Step:
    """Press something of the page and wait for what it brings."""

    def step(window, house):
        window.page.click(css)
        window.page.wait_for_selector(opened)
        return window.status

    return step


def click(css) -> Step:
    """Open what is folded."""

    def step(window, house):
        for folded in window.page.query_selector_all(css):
            folded.click()
        return window.status

    return step


def too_often(window, house):
    """Ask for a new password once more than is answered."""
    for _ in range(4):
        window.open("/quen-mat-khau/")
        status = window.send({"email": "mot.nguoi@thu.example"}, action="/quen-mat-khau/")
    window.noted.clear()
    return status


def keep_away(window, house):
    """Declare a relation, see what the dossier says then, and open the page that takes it back."""
    send("/co-lien-quan/", relation="FAMILY", reason="Em ruột.")(window, house)
    return window.open("/ho-so/{reviewing}/co-lien-quan/rut/".format(**house))


PASTED = """Loại\tHọ và tên\tNăm sinh\tGiới tính\tKết quả (%)
Cá nhân\tMa Thị Mẫu Lan\t1980\tNữ\t95,5
Người\t\t18\tKhông\t200
"""
WRONG = "khong-phai-dia-chi"

DOOR = [
    Seen("sign-in", "nobody", "/dang-nhap/", main=True),
    Seen("sign-in refused", "nobody", "/dang-nhap/", send("/dang-nhap/", login="a@thu.example", password="x")),
    Seen("account shut", "nobody", "/tai-khoan-ngung-hoat-dong/"),
    Seen("password forgotten", "nobody", "/quen-mat-khau/"),
    Seen("password forgotten, no address", "nobody", "/quen-mat-khau/", send("/quen-mat-khau/")),
    Seen("password letter sent", "nobody", "/quen-mat-khau/da-gui/"),
    Seen("password link spent", "nobody", "/dat-mat-khau/1-khong-co/"),
    Seen("password link", "nobody", "{reset}"),
    Seen("password set", "nobody", "/dat-mat-khau/xong/"),
    Seen("password change", "author", "/doi-mat-khau/"),
    Seen("password change refused", "author", "/doi-mat-khau/",
         send(oldpassword="x", password1="1", password2="2")),
    Seen("invitation", "nobody", "/loi-moi/{token}/", main=True),
    Seen("invitation, weak password", "nobody", "/loi-moi/{token}/", send(password="1", again="2")),
    Seen("invitation spent", "nobody", "/loi-moi/khong-co/", status=404),
    Seen("notices", "head", "/thong-bao/", main=True),
    Seen("no notices", "none", "/thong-bao/"),
    Seen("how to be told", "head", "/thong-bao/tuy-chon/", main=True),
    Seen("how to be told, refused", "head", "/thong-bao/tuy-chon/", send("/tuy-chon/", quiet_from=""), status=422),
    Seen("how to be told, chosen before", "head", "/thong-bao/tuy-chon/", send("/tuy-chon/", new_task="DIGEST")),
]  # fmt: skip

DESK = [
    Seen("desk of the author", "author", "/ban-viec/", main=True),
    Seen("desk, waiting elsewhere", "author", "/ban-viec/?nhom=noi-khac"),
    Seen("desk, done", "author", "/ban-viec/?nhom=da-xong"),
    Seen("desk of fifty", "author*", "/ban-viec/"),
    Seen("desk of the head", "head", "/ban-viec/?nhom=da-xong"),
    Seen("desk of TC–KH", "finance", "/ban-viec/"),
    Seen("desk of TC–KH, the pool", "finance", "/ban-viec/?nhom=chung", main=True),
    Seen("desk, a colleague's", "finance_head", "/ban-viec/?nhom=dong-nghiep"),
    Seen("desk, filtered and empty", "finance", "/ban-viec/?nhom=chung&q=khong+co+dau"),
    Seen("desk, a filter that cannot be read", "finance", "/ban-viec/?nhom=chung&han=x"),
    Seen("desk, many filters", "finance", "/ban-viec/?nhom=chung&don-vi=1&giu=chua&buoc=propose&tam-dung=co",
         main=True),
    Seen("desk, its filters opened", "finance", "/ban-viec/?nhom=noi-khac", press_on("[hx-target='#loc']", "form#loc"),
         main=True),
    Seen("filters of the desk", "finance", "/ban-viec/loc/?nhom=noi-khac", main=True),
    Seen("filters kept", "finance", "/ban-viec/bo-loc/", main=True),
    Seen("filters kept, none", "author", "/ban-viec/bo-loc/"),
    Seen("filters kept, a colleague's", "finance_head", "/ban-viec/bo-loc/"),
    Seen("filter to keep", "finance", "/ban-viec/bo-loc/luu/?nhom=chung&han=qua-han", main=True),
    Seen("filter to keep, no name", "finance", "/ban-viec/bo-loc/luu/?nhom=chung&han=qua-han", send("/luu/"),
         status=422),
    Seen("filter to change", "finance", "/ban-viec/bo-loc/{saved}/"),
    Seen("filter to remove", "finance", "/ban-viec/bo-loc/{saved}/xoa/"),
    Seen("what I did", "finance", "/viec-da-lam/", main=True),
    Seen("what I did, nothing found", "finance", "/viec-da-lam/?q=khong+co+dau&ky=7-ngay"),
    Seen("what I did, nothing yet", "none", "/viec-da-lam/"),
    Seen("desk of Nội vụ", "home_affairs", "/ban-viec/?nhom=chung"),
    Seen("desk of the secretary", "secretary", "/ban-viec/"),
    Seen("desk of the signatory", "signatory", "/ban-viec/"),
    Seen("desk of the chancery", "chancery", "/ban-viec/"),
    Seen("desk of the inspector", "inspector", "/ban-viec/"),
    Seen("desk of a person without office", "none", "/ban-viec/"),
    Seen("desk, keys", "finance", "/ban-viec/?nhom=chung", press("?", "#phim-tat[open]")),
    Seen("desk, the person's menu", "finance", "/ban-viec/", click("details.me summary")),
    Seen("dossier to open", "author", "/ho-so/lap-moi/"),
    Seen("dossier to open, nothing chosen", "author", "/ho-so/lap-moi/", send(place=""), status=422),
    Seen("dossier list", "finance", "/ho-so/", main=True),
    Seen("dossier list, found", "finance", "/ho-so/?q=an+mau"),
    Seen("dossier list, nothing found", "finance", "/ho-so/?q=khong+co+dau"),
    Seen("dossier list of nobody's", "none", "/ho-so/"),
]  # fmt: skip

BULK = [
    Seen("bulk, none yet", "home_affairs", "/ban-viec/hang-loat/"),
    Seen("bulk, what was done", "finance", "/ban-viec/hang-loat/"),
    Seen("bulk, looked at first", "finance", "/ban-viec/?nhom=chung",
         lambda window, house: window.post("/ban-viec/hang-loat/", {"act": "propose", "step": str(house["step"])}),
         main=True),
    Seen("bulk, to be confirmed", "finance", "/ban-viec/hang-loat/{bulk}/", main=True),
    Seen("bulk, done", "finance", "/ban-viec/hang-loat/{bulk}/", send("/lam/"), main=True),
]  # fmt: skip

OFFICE = [
    Seen("office, for its head", "finance_head", "/phong/", main=True),
    Seen("office of a commune", "head", "/phong/"),
    Seen("office of the council", "chair", "/phong/"),
    Seen("office, the pool", "finance_head", "/phong/P-TCKH/viec/?nhom=chung", main=True),
    Seen("office, to be given", "finance_head", "/phong/P-TCKH/viec/?nguoi=chung",
         lambda window, house: window.post("/phong/P-TCKH/giao/", {
             "step": str(house["step"]), "to": str(house["colleague"])}), main=True),
    Seen("office, given without a reason", "finance_head", "/phong/P-TCKH/viec/?nguoi=chung",
         lambda window, house: window.post("/phong/P-TCKH/giao/", {
             "step": str(house["step"]), "to": str(house["colleague"]), "sure": "1"}), status=422),
]  # fmt: skip

DOSSIER = [
    Seen("draft for its author", "author", "/ho-so/{draft}/"),
    Seen("draft for its head", "head", "/ho-so/{draft}/"),
    Seen("handed over, for the head", "head", "/ho-so/{handed}/", main=True),
    Seen("sent back for more, for the author", "author", "/ho-so/{supplement}/"),
    Seen("proposing, for TC–KH", "finance", "/ho-so/{proposing}/", main=True),
    Seen("proposing, everything unfolded", "finance", "/ho-so/{proposing}/", click("main details summary")),
    Seen("proposing, for the unit", "head", "/ho-so/{proposing}/"),
    Seen("proposing, for the inspector", "inspector", "/ho-so/{proposing}/"),
    Seen("fifty names, for TC–KH", "finance", "/ho-so/{many}/"),
    Seen("reviewing, for Nội vụ", "home_affairs", "/ho-so/{reviewing}/", main=True),
    Seen("before the council, for the secretary", "secretary", "/ho-so/{deliberating}/"),
    Seen("before the signatory", "signatory", "/ho-so/{deciding}/"),
    Seen("in a draft decision", "signatory", "/ho-so/{reserved}/"),
    Seen("decided, for the author", "author", "/ho-so/{decided}/", main=True),
    Seen("decided, its whole story", "inspector", "/ho-so/{decided}/?nhat-ky"),
    Seen("lapsed, for the unit", "author", "/ho-so/{lapsed}/"),
    Seen("lapsed, for the head of Nội vụ", "standing_head", "/ho-so/{lapsed}/"),
    Seen("acting, nothing said", "finance", "/ho-so/{proposing}/",
         send("/viec/", ("act", "request_supplement")), status=422, main=True),
    Seen("acting, refused without a reason", "finance", "/ho-so/{proposing}/",
         send("/viec/", ("act", "decline"), **{"judge-{name}": "FAIL"}), status=422),
    Seen("acting too late", "finance", "/ho-so/{proposing}/",
         send("/viec/", ("act", "decline"), version="0", reason="Một lời đã gõ."), status=409, main=True),
    Seen("taking in late", "standing_head", "/ho-so/{lapsed}/nhan-tre/"),
    Seen("taking in late, no reason", "standing_head", "/ho-so/{lapsed}/nhan-tre/",
         send("/nhan-tre/"), status=422),
    Seen("taking in what is not late", "standing_head", "/ho-so/{proposing}/nhan-tre/", status=409),
]  # fmt: skip

DRAFTING = [
    Seen("drafting", "author", "/ho-so/{draft}/lap/", main=True),
    Seen("drafting, by name", "author", "/ho-so/{draft}/lap/?xep=ten"),
    Seen("drafting, to be looked at", "author", "/ho-so/{draft}/lap/?xem=can-sua"),
    Seen("drafting, empty", "author", "/ho-so/{empty}/lap/"),
    Seen("drafting a supplement", "author", "/ho-so/{supplement}/lap/", main=True),
    Seen("drafting, a file refused", "author", "/ho-so/{draft}/lap/",
         attach("/lap/", "file-BAO_CAO", filename="bao-cao.pdf")),
    Seen("nominee to add", "author", "/ho-so/{draft}/lap/them/", main=True),
    Seen("collective to add", "author", "/ho-so/{draft}/lap/them/?loai=tap-the"),
    Seen("nominee to add, refused", "author", "/ho-so/{draft}/lap/them/",
         send("/them/", birth_year="18", result_percent="200", full_name=""), main=True),
    Seen("nominee to change", "author", "/ho-so/{draft}/lap/{draft_name}/"),
    Seen("nominee to remove", "author", "/ho-so/{draft}/lap/{draft_name}/xoa/"),
    Seen("list to paste", "author", "/ho-so/{draft}/lap/dan/", main=True),
    Seen("list to paste, nothing in it", "author", "/ho-so/{draft}/lap/dan/", send("/lap/dan/")),
    Seen("list to upload, no workbook", "author", "/ho-so/{draft}/lap/dan/", attach("/lap/excel/", "file")),
    Seen("list read, with wrong rows", "author", "/ho-so/{empty}/lap/dan/",
         send("/lap/dan/", text=PASTED), main=True),
    Seen("list waiting", "author", "/ho-so/{listed}/lap/ban-doc/"),
    Seen("line to correct", "author", "/ho-so/{listed}/lap/them/?dong={wrong_line}"),
    Seen("paper to add", "author", "/ho-so/{draft}/giay-to/BAO_CAO/them/"),
    Seen("paper to add, none chosen", "author", "/ho-so/{draft}/giay-to/BAO_CAO/them/", send("/them/")),
    Seen("paper to replace", "author", "/ho-so/{draft}/giay-to/{draft_document}/thay/"),
    Seen("paper to remove", "author", "/ho-so/{draft}/giay-to/{draft_document}/go/"),
    Seen("paper preview", "finance", "/ho-so/{proposing}/tep/{version}/xem/", main=True),
    Seen("list on paper", "author", "/ho-so/{proposing}/danh-sach/", main=True),
    Seen("receipt", "author", "/ho-so/{proposing}/bien-nhan/1/", main=True),
]  # fmt: skip

COUNCIL = [
    Seen("sittings", "secretary", "/phien-hop/", main=True),
    Seen("sittings, none", "secretary*", "/phien-hop/"),
    Seen("sitting to open", "secretary", "/phien-hop/mo/"),
    Seen("sitting to open, no day", "secretary", "/phien-hop/mo/", send(held_on="")),
    Seen("sitting, for its secretary", "secretary", "/phien-hop/{own}/", main=True),
    Seen("sitting, for a member", "member", "/phien-hop/{own}/"),
    Seen("sitting, for the chair", "chair", "/phien-hop/{own}/"),
    Seen("sitting, empty", "secretary*", "/phien-hop/{other}/"),
    Seen("sitting, no minutes chosen", "secretary", "/phien-hop/{own}/", send("/bien-ban/"), status=422),
    Seen("counts to type", "secretary", "/phien-hop/{own}/phieu/", main=True),
    Seen("counts to type again", "member", "/phien-hop/{own}/phieu/"),
    Seen("counts, seen only", "chair", "/phien-hop/{own}/phieu/"),
    Seen("counts, too many", "secretary", "/phien-hop/{own}/phieu/",
         send("/phieu/", **{"phieu-{ballot}": "99"}), status=422),
]  # fmt: skip

DECISION = [
    Seen("decisions", "signatory", "/quyet-dinh/", main=True),
    Seen("decisions of a unit", "author", "/quyet-dinh/"),
    Seen("decisions of the chancery", "chancery", "/quyet-dinh/"),
    Seen("decision to draft", "signatory", "/quyet-dinh/lap/"),
    Seen("decision to draft, no words", "signatory", "/quyet-dinh/lap/", send(subject="")),
    Seen("decision drafted", "signatory", "/quyet-dinh/{drafted}/", main=True),
    Seen("decision drafted, for the chancery", "chancery", "/quyet-dinh/{drafted}/"),
    Seen("decision drafted, empty", "signatory*", "/quyet-dinh/{drafted_other}/"),
    Seen("decision drafted, struck without a reason", "signatory", "/quyet-dinh/{drafted}/",
         send("/gach/", **{"chon-{line}": "gach"}), status=422),
    Seen("decision drafted, on paper", "signatory", "/quyet-dinh/{drafted}/in/"),
    Seen("decision issued", "signatory", "/quyet-dinh/{issued}/", main=True),
    Seen("decision issued, for a unit", "author", "/quyet-dinh/{issued}/"),
    Seen("decision issued, still moving", "signatory", "/quyet-dinh/{moving}/"),
    Seen("decision issued, on paper", "chancery", "/quyet-dinh/{issued}/in/", main=True),
    Seen("decision issued twice", "signatory", "/quyet-dinh/{drafted}/",
         post("/quyet-dinh/{issued}/ban-hanh/"), status=409),
]  # fmt: skip

CAMPAIGN = [
    Seen("campaigns", "author", "/dot-thi-dua/", main=True),
    Seen("campaign", "author", "/dot-thi-dua/{campaign}/", main=True),
    Seen("campaign, for whoever brings its papers", "home_affairs", "/dot-thi-dua/{campaign}/",
         click("main details summary")),
    Seen("campaign, no file chosen", "home_affairs", "/dot-thi-dua/{campaign}/",
         send("/thanh-phan/"), status=422),
    Seen("campaign's paper", "author", "/dot-thi-dua/{campaign}/tep/{evaluation}/xem/"),
]  # fmt: skip

TIME = [
    Seen("dossier to hold", "home_affairs", "/ho-so/{proposing}/tam-dung/", main=True),
    Seen("dossier to hold, nothing typed", "home_affairs", "/ho-so/{proposing}/tam-dung/", send(reason=""), status=422),
    Seen("hold to lift, none", "home_affairs", "/ho-so/{proposing}/ket-thuc-tam-dung/"),
    Seen("public notice", "home_affairs", "/ho-so/{proposing}/cong-khai/"),
    Seen("rules of time", "admin", "/dot-thi-dua/{campaign}/han/", main=True),
    Seen("rule looked at first", "admin", "/dot-thi-dua/{campaign}/han/",
         send("/han/", working_days="7", clause="nội bộ", reason="Thử."), main=True),
    Seen("rule, what does not fit", "admin", "/dot-thi-dua/{campaign}/han/", send("/han/", clause=""), status=422),
    Seen("dates of a campaign", "admin", "/dot-thi-dua/{campaign}/ngay/"),
    Seen("deadlines to reckon anew", "chancery", "/han/tinh-lai/", main=True),
    Seen("deadlines to reckon anew, no reason", "chancery", "/han/tinh-lai/"),
    Seen("incidents", "admin", "/su-co/", main=True),
]  # fmt: skip

REGISTER = [
    Seen("people", "admin", "/quan-tri/nguoi/", main=True),
    Seen("people, none found", "admin", "/quan-tri/nguoi/?q=khong+co+dau"),
    Seen("person to add", "admin", "/quan-tri/nguoi/them/"),
    Seen("person to add, refused", "admin", "/quan-tri/nguoi/them/", send(full_name="", email=WRONG)),
    Seen("person", "admin", "/quan-tri/nguoi/{person}/", main=True),
    Seen("person to change", "admin", "/quan-tri/nguoi/{person}/sua/"),
    Seen("person to be stopped", "admin", "/quan-tri/nguoi/{person}/ngung/"),
    Seen("person to be let in again", "admin", "/quan-tri/nguoi/{stopped}/mo-lai/"),
    Seen("person stopped", "admin", "/quan-tri/nguoi/{stopped}/"),
    Seen("office to give", "admin", "/quan-tri/nguoi/{person}/phan-cong/"),
    Seen("office to give, refused", "admin", "/quan-tri/nguoi/{person}/phan-cong/",
         send(office="", organization="")),
    Seen("office to end", "admin", "/quan-tri/phan-cong/{appointment}/ket-thuc/"),
    Seen("bodies", "admin", "/quan-tri/don-vi/", main=True),
    Seen("body to add", "admin", "/quan-tri/don-vi/them/"),
    Seen("body to add, refused", "admin", "/quan-tri/don-vi/them/", send(name="", code="")),
    Seen("body", "admin", "/quan-tri/don-vi/{body}/"),
    Seen("body to rename", "admin", "/quan-tri/don-vi/{body}/sua/"),
    Seen("body to end", "admin", "/quan-tri/don-vi/{body}/ket-thuc/"),
]  # fmt: skip

MAILS = [
    Seen("mails", "admin", "/thu-da-gui/", main=True),
    Seen("mails, given up", "admin", "/thu-da-gui/?tinh-trang=bo-cuoc", main=True),
    Seen("mails, none found", "admin", "/thu-da-gui/?q=khong+co+dau"),
    Seen("mails, none in this state", "admin", "/thu-da-gui/?tinh-trang=bo-qua"),
    Seen("mail to dismiss", "admin", "/thu-da-gui/{mail}/bo-qua/", main=True),
    Seen("mail to dismiss, no reason", "admin", "/thu-da-gui/{mail}/bo-qua/", send(reason=" "), status=422),
    Seen("who was told of a dossier", "finance", "/ho-so/{proposing}/thu/", main=True),
    Seen("nobody was told of a dossier", "author", "/ho-so/{draft}/thu/"),
]  # fmt: skip

CALENDAR = [
    Seen("calendar of a year", "author", "/lich-lam-viec/", main=True),
    Seen("calendar of everyone, a swap", "admin", "/lich-lam-viec/?nam=2026&don-vi=chung"),
    Seen("calendar not decided yet", "author", "/lich-lam-viec/?nam=2027"),
    Seen("calendar of a keeper, a day to confirm", "admin", "/lich-lam-viec/?nam=2024&don-vi=chung", main=True),
    Seen("calendar of a person without office", "none", "/lich-lam-viec/"),
    Seen("day to enter", "chancery", "/lich-lam-viec/nhap/", main=True),
    Seen("day to enter, refused", "chancery", "/lich-lam-viec/nhap/",
         send("/nhap/", day="", kind="HALF", document=""), status=422),
    Seen("day to confirm", "admin", "/lich-lam-viec/{day}/xac-nhan/", main=True),
    Seen("day to confirm, one's own", "chancery", "/lich-lam-viec/{day}/xac-nhan/", send("/xac-nhan/"), status=422),
    Seen("day to withdraw", "admin", "/lich-lam-viec/{day}/rut/"),
    Seen("day to withdraw, no reason", "admin", "/lich-lam-viec/{day}/rut/", send("/rut/"), status=422),
    Seen("no calendar address yet", "author", "/lich/"),
    Seen("calendar address made", "author", "/lich/", send("/lich/tao/"), main=True),
    Seen("calendar address kept", "cluster", "/lich/"),
]  # fmt: skip

STANDING_IN = [
    Seen("who stands in for whom", "finance_head", "/thay/", main=True),
    Seen("who stands in for whom, one's own", "finance", "/thay/"),
    Seen("who stands in for whom, nobody", "none", "/thay/"),
    Seen("stand-in to name", "finance", "/thay/giao/", main=True),
    Seen("stand-in to name, nothing typed", "chancery", "/thay/giao/", send("/thay/giao/", reason=""), status=422),
    Seen("stand-in to end", "finance", "/thay/{substitution}/ket-thuc/"),
    Seen("keeping away", "finance", "/ho-so/{proposing}/co-lien-quan/", main=True),
    Seen("keeping away, nothing said", "finance", "/ho-so/{proposing}/co-lien-quan/",
         send("/co-lien-quan/"), status=422),
    Seen("keeping away to take back, none", "chancery", "/ho-so/{proposing}/co-lien-quan/rut/", status=404),
    Seen("keeping away taken back", "chancery", "/ho-so/{reviewing}/co-lien-quan/", keep_away),
]  # fmt: skip

REFUSALS = [
    Seen("unreadable (400)", "author", "/ban-viec/?q=%00", status=400, main=True),
    Seen("not one's office (403)", "head", "/ho-so/{draft}/lap/", status=403, main=True),
    Seen("form of elsewhere (403)", "nobody", "/dang-nhap/",
         lambda window, house: window.post("/dang-nhap/", {"csrfmiddlewaretoken": "x"}), status=403),
    Seen("not known (404)", "author", "/ho-so/HS-0000-000/", status=404, main=True),
    Seen("no such address (404)", "nobody", "/khong-co/", status=404),
    Seen("not this way (405)", "author", "/dang-xuat/", status=405, main=True),
    Seen("too many boxes (413)", "author", "/ban-viec/",
         post("/ho-so/lap-moi/", boxes=5001), status=413),
    Seen("too often (429)", "nobody", "/quen-mat-khau/", too_often, status=429),
    Seen("failed (500)", "author", "/thu/hong/", status=500, main=True),
    Seen("busy (503)", "author", "/thu/ban/", status=503),
]  # fmt: skip

DEMO = [
    Seen("demo's sign-in", "nobody", "/dang-nhap/", main=True),
    Seen("demo's desk", "finance", "/ban-viec/?nhom=chung", main=True),
    Seen("demo's mail", "nobody", "/dung-thu/thu/", main=True),
    Seen("demo's mail, none found", "nobody", "/dung-thu/thu/?q=khong-co"),
    Seen("demo's letter", "nobody", "/dung-thu/thu/{letter}/"),
]  # fmt: skip

PAGES = [*DOOR, *DESK, *BULK, *OFFICE, *DOSSIER, *DRAFTING, *COUNCIL, *DECISION, *CAMPAIGN, *TIME, *REGISTER, *MAILS,
         *CALENDAR, *STANDING_IN, *REFUSALS]  # fmt: skip

# addresses that answer GET with no page of their own: led elsewhere, files, pictures, the machine's question
NO_PAGES = set(
    "home healthz account_set_password flows:act dossiers:download dossiers:preview_image dossiers:template"
    " dossiers:export flows:onward flows:sitting_minutes flows:office_late campaigns:paper campaigns:paper_page"
    " organizations:calendar_file flows:dossier_file flows:own_file".split()
)
