"""Temporary: pictures of the substitute pages."""
import pytest
from tests.browsing import *
from tests.browsing import served, session_of, Window
from tests.test_substitutions import lend, fresh
from tests.test_recusals import with_nominee, declare
import os
from playwright.sync_api import sync_playwright
from audit.ledger import Actor
from flows import desk
pytestmark = pytest.mark.django_db(transaction=True)

def test_shots(live_world):
    w = live_world
    f, head, van = w.finance, w.person("truong.tckh"), w.person("vanphong")
    lend(f, f, head); lend(head, w.person("taichinh2"), w.home_affairs, since=3)
    lend(van, w.signatory, w.standing_head, office="SIGNATORY", body="UBND-H", document="Văn bản số 12/UQ-UBND ngày 15/11/2024")
    lend(f, f, w.person("noivu2"), since=20)
    from flows import substituting
    from organizations.models import Substitution
    substituting.end_substitution(Substitution.objects.latest("pk"), by=Actor(f), reason="Đổi người")
    d = w.submitted(); step = w.step(d); desk.claim(step.process_id, step.pk, by=Actor(fresh(head)))
    d2 = with_nominee(w, f); d3 = w.submitted(); declare(w, w.person("taichinh2"), d3)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with served() as base, sync_playwright() as p:
        b = p.chromium.launch(executable_path="/tmp/vd/calchrome/chromium", args=["--no-sandbox","--disable-gpu"])
        sess = {n: session_of(fresh(x)) for n, x in dict(head=head, f=f, van=van, t2=w.person("taichinh2"), a=w.author).items()}
        from django.db import connection
        for name, who, url in [("list_head","head","/thay/"),("new_head","head","/thay/giao/"),("end","head","/thay/1/ket-thuc/"),("desk","head","/ban-viec/"),
              ("list_van","van","/thay/"),("dossier","head",d.get_absolute_url()),("nominee","f",d2.get_absolute_url()),("declared","t2",d3.get_absolute_url()),
              ("recuse","f",d3.get_absolute_url()+"co-lien-quan/"),("none","a","/thay/")]:
            for size in ((1366,900),(390,844)):
                win = Window(b, base, sess[who], size=size)
                win.page.goto(base+url)
                win.page.screenshot(path=f"/tmp/vd/subshots/{name}_{size[0]}.png", full_page=True)
                if size[0] == 1366:
                    from axe_playwright_python.sync_playwright import Axe
                    r = Axe().run(win.page, options={"runOnly": {"type":"tag","values":["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]}})
                    print(name, [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in r.response["violations"]], win.noted)
                print(name, size[0], win.page.evaluate("document.documentElement.scrollWidth"), win.status)
                win.context.close()
        b.close()
