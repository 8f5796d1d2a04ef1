"""A rehearsal without an audience: twelve dossiers carried through the pages over HTTP, as people would.

Every line printed is an entry of the ledger, read after the page answered; nothing is done behind the pages' back but
moving the demo's clock, which the demo's own button does too.
"""

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

from audit.models import Entry
from campaigns.models import Campaign
from decisions.models import Line
from dossiers.models import Dossier, Nomination
from flows import tasks as flow_tasks
from notifications import tasks as post_room
from notifications.models import Notification

from . import embedded, samples, stories
from .browser import Browser, Form, Page
from .district import address

Say = Callable[[str], None]


class Failed(Exception):
    """A page did not do what a person would expect of it."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):
        """Nothing: the rehearsal prints acts."""


class _Server(ThreadingHTTPServer, WSGIServer):
    """The product on a free port of this machine, a thread for each request."""

    daemon_threads = True


def serve() -> str:
    """Start the product and its worker in this process; returns its address."""
    server = _Server(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if settings.EMBEDDED_WORKER:
        embedded.start()
    return f"http://127.0.0.1:{server.server_port}"


class Rehearsal:
    """People of the district with a browser each, and the ledger read as it grows."""

    def __init__(self, base: str, campaign: Campaign, say: Say):
        self.base, self.campaign, self.say = base, campaign, say
        self.browsers: dict[str, Browser] = {}
        self.seen = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def browser(self, who: str) -> Browser:
        """The browser of a person, signed in by the demo's sign-in page."""
        if who not in self.browsers:
            browser = self.browsers[who] = Browser(self.base)
            page = browser.get("/dang-nhap/")
            form = page.form(action="/dung-thu/dang-nhap/", button=None)
            self._expect(browser.send(page, form, email=address(who)), f"{who} signs in")
        return self.browsers[who]

    def get(self, who: str, path: str) -> Page:
        """Open a page as a person."""
        page = self.browser(who).get(path)
        self._expect(page, f"{who} opens {path}")
        return page

    def send(self, who: str, page: Page, form: Form, **values: object) -> Page:
        """Send a form as a person and print what the ledger gained."""
        answer = self.browser(who).send(page, form, **values)
        self._expect(answer, f"{who} sends {form.action or page.url}")
        self.tell()
        return answer

    @staticmethod
    def _expect(page: Page, what: str) -> None:
        if page.status != 200:
            text = re.sub(r"<[^>]+>|\s+", " ", page.text)
            raise Failed(f"{what}: {page.status} at {page.url}: {text[:1500]}")

    def tell(self) -> None:
        """One JSON line for each act the ledger gained since the last time."""
        for entry in Entry.objects.acts().filter(id__gt=self.seen).order_by("id"):
            self.say(
                json.dumps(
                    {
                        "dossier": entry.subject_label,
                        "act": entry.act,
                        "from": entry.source,
                        "to": entry.target,
                        "by": entry.actor_name,
                        "office": entry.office,
                        "on_behalf_of": entry.behalf_name,
                        "at": entry.at.isoformat(),
                    },
                    ensure_ascii=False,
                )
            )
            self.seen = entry.id

    def next_day(self, who: str = "quantri") -> None:
        """Press the demo's button that moves the house to the next working morning."""
        page = self.get(who, "/ban-viec/")
        self.send(who, page, page.form(action="/dung-thu/ngay-tiep-theo/"))

    def open(self, story: "stories.Story") -> str:
        """Open a dossier, paste its list, upload its report; returns its code."""
        page = self.get(story.author, "/ho-so/lap-moi/")
        form = next(form for form in page.forms() if form.method == "post" and not form.action)
        page = self.send(story.author, page, form, **stories.choices(form, self.campaign, story.unit))
        code = re.search(r"/ho-so/(HS-[0-9-]+)/lap/", page.url).group(1)
        page = self.get(story.author, f"/ho-so/{code}/lap/dan/")
        page = self.send(story.author, page, page.form(has="text"), text=stories.pasted(story))
        self.send(story.author, page, page.form(action="/lap/nhan/"))
        self.upload(story.author, f"/ho-so/{code}/lap/", "Báo cáo kết quả thực hiện cam kết")
        return code

    def upload(self, who: str, path: str, title: str) -> None:
        """Upload a made-up paper by the first form of a page that takes one."""
        page = self.get(who, path)
        form = next(form for form in page.forms() if form.files)
        upload = samples.paper(title)
        self.send(who, page, form, files={form.files[0]: (upload.name, upload.read())})

    def act(
        self, who: str, code: str, act: str, *, said: dict[int, tuple[str, str]] | None = None, **values: object
    ) -> None:
        """Press an act's button on the dossier page, with a verdict for every name when it judges.

        said    {position from 1 among the names still in: (judgement, reason)}; everyone else passes
        """
        page = self.get(who, f"/ho-so/{code}/")
        form = page.form(action="/viec/", button=("act", act))
        boxes = sorted({name for name in form.names if name.startswith("judge-")}, key=lambda name: int(name[6:]))
        for i, box in enumerate(boxes, start=1):
            judgement, why = (said or {}).get(i, ("PASS", ""))
            values[box], values[f"why-{box[6:]}"] = judgement, why
        self.send(who, page, form, button=("act", act), **values)

    def sit(self, codes: list[str], counts: Callable[[str, int], int]) -> None:
        """A sitting on paper: agenda, minutes, two blind readings, conclusion.

        counts    (dossier code, n-th of its names from 1) -> votes for
        """
        page = self.get("thuky", "/phien-hop/mo/")
        form = next(form for form in page.forms() if "held_on" in form.names)
        page = self.send("thuky", page, form, place="Hội trường UBND huyện")
        sitting = re.search(r"/phien-hop/([^/]+)/", page.url).group(1)
        self.send("thuky", page, page.form(action="/dua-vao/"), dossier=codes)
        self.upload("thuky", f"/phien-hop/{sitting}/", "Biên bản họp Hội đồng")
        for reader in ("thuky", "uyvien"):
            page = self.get(reader, f"/phien-hop/{sitting}/phieu/")
            form = next(form for form in page.forms() if any(name.startswith("phieu-") for name in form.names))
            self.send(reader, page, form, **self._votes(form, codes, counts))
        page = self.get("thuky", f"/phien-hop/{sitting}/")
        self.send("thuky", page, page.form(action="/ket-luan/"), reason="Không đề nghị nào đủ phiếu của Hội đồng.")

    @staticmethod
    def _votes(form: Form, codes: list[str], counts: Callable[[str, int], int]) -> dict[str, object]:
        boxes = [name for name in dict.fromkeys(form.names) if name.startswith("phieu-")]
        ballots = {
            f"phieu-{n.ballot_id}": (n.dossier.code, n.position)
            for n in Nomination.objects.filter(dossier__code__in=codes, left="").select_related("dossier")
        }
        return {box: counts(*ballots[box]) for box in boxes}

    def decide(self, codes: list[str], struck: dict[str, str]) -> None:
        """One decision for many dossiers: draft, strike, issue; the worker moves the dossiers.

        struck    {nominee: reason}
        """
        page = self.get("chutich", "/quyet-dinh/lap/")
        form = next(form for form in page.forms() if "subject" in form.names)
        page = self.send("chutich", page, form, subject="Về việc khen thưởng phong trào cam kết hành động năm 2024")
        self.send("chutich", page, page.form(action="/dua-vao/"), dossier=codes)
        path = page.url.removeprefix(self.base)
        if struck:
            page = self.get("chutich", path)
            lines = {line.nominee: line.pk for line in Line.objects.filter(decision_id=int(path.split("/")[2]))}
            values = {f"chon-{lines[name]}": "gach" for name in struck}
            reasons = {f"ly-do-{lines[name]}": why for name, why in struck.items()}
            self.send("chutich", page, page.form(action="/gach/"), **values, **reasons)
        page = self.get("chutich", path)
        form = page.form(action="/gach/")
        form.action = f"{path}ban-hanh/"  # the button that issues sends the list as it is marked
        self.send("chutich", page, form)
        self.wait(lambda: not Dossier.objects.filter(code__in=codes, state="DECIDING").exists(), flow_tasks.sweep_moves)

    def wait(self, done: Callable[[], bool], sweep: Callable[[], object], seconds: float = 60) -> None:
        """Let the worker finish, printing as it goes; what no worker took by then the sweeper does here."""
        patience = time.monotonic() + seconds
        while not done() and time.monotonic() < patience:
            sweep()
            self.tell()
            time.sleep(0.2)
        self.tell()
        if not done():
            raise Failed("the background work did not finish")

    def pass_deadline(self, days: int) -> None:
        """Let working days pass and the clock look at every desk."""
        for _ in range(days):
            self.next_day()
        flow_tasks.sweep_deadlines()
        self.tell()


def rehearse(campaign: Campaign, say: Say) -> None:
    """Carry the twelve and print the summary.

    Raises    Failed at the first page that does not do what a person would expect
    """
    began = time.monotonic()
    rehearsal = Rehearsal(serve(), campaign, say)
    stories.play(rehearsal)
    rehearsal.wait(lambda: not _owed().exists(), post_room.sweep)
    say(json.dumps({**summary(), "seconds": round(time.monotonic() - began, 1)}))
    connections.close_all()


def _owed():
    return Notification.objects.filter(channel="EMAIL", sent_at=None, given_up_at=None)


def summary() -> dict[str, int]:
    """What the database holds: dossiers, nominations and their outcome, acts, entries, mails sent."""
    decided = Nomination.objects.filter(dossier__state__in=["DECIDED", "DECLINED"])
    granted = decided.filter(dossier__state="DECIDED", left="", line__struck=False).count()
    return {
        "dossiers": Dossier.objects.count(),
        "nominations": Nomination.objects.count(),
        "granted": granted,
        "declined": decided.count() - granted - decided.filter(left="WITHDRAWN").count(),
        "acts": Entry.objects.acts().filter(subject_type="dossiers.dossier").count(),
        "entries": Entry.objects.count(),
        "mails": Notification.objects.filter(channel="EMAIL", sent_at__isnull=False).count(),
    }
