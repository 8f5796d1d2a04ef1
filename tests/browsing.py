"""Debian's Chromium at the product's own door: a server in this process, windows signed in, and what a page does wrong.

A page does wrong when axe finds something (WCAG 2.0 to 2.2, A and AA, and its best practices), when the console
complains, when the policy of the page was broken, when anything is asked of another host, or when it is wider than a
telephone.
"""

import json
import threading
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import OperationalError, connections
from django.http import HttpResponse
from django.shortcuts import render
from django.test import override_settings
from django.urls import path

from workflow_project import urls

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
WIDE, NARROW = (1366, 900), (390, 844)  # a borrowed laptop, a telephone
PATIENCE = 15_000  # ms for one page on a busy machine
WATCH = """
    window.broken = [];
    document.addEventListener('securitypolicyviolation', broken =>
        window.broken.push(broken.violatedDirective + ' ' + broken.blockedURI));
"""
SEND = """([action, values, button]) => {
    const pressed = button && document.querySelector(`button[name="${button[0]}"][value="${button[1]}"]`);
    const fits = one => one.method === 'post' && new URL(one.action).pathname.includes(action);
    const form = pressed?.form || [...document.querySelectorAll('main form')].find(fits);
    form.noValidate = true;
    for (const [name, value] of Object.entries(values))
        for (const box of [...form.elements].filter(el => el.name === name && el.type !== 'file'))
            if (['radio', 'checkbox'].includes(box.type)) box.checked = box.value === value; else box.value = value;
    form.requestSubmit(pressed || undefined);
}"""
POST = """([to, values, boxes]) => {
    const form = document.createElement('form'), token = document.querySelector('[name=csrfmiddlewaretoken]').value;
    form.method = "post"; form.action = to;
    const many = document.createElement('select'); many.name = 'o'; many.multiple = true; form.append(many);
    for (let i = 0; i < boxes; i++) many.append(new Option('1', '1', true, true));
    for (const [name, value] of Object.entries({csrfmiddlewaretoken: token, ...values})) {
        const box = Object.assign(document.createElement('input'), {type: 'hidden', name: name, value: value});
        form.append(box);
    }
    document.body.append(form); form.submit();
}"""


# ---- the product's addresses, and four that only these tests have


def _faulty(request):
    """The planted faults of a page: a picture without words and a pale line."""
    body = '<main><h1>A</h1><img src="/static/favicon.svg"><p class="pale">B</p></main>'
    return HttpResponse(f'<!doctype html><html lang="vi"><head><title>A</title></head><body>{body}</body></html>')


def _leaky(request):
    """The planted leak: a picture, a script and a style of elsewhere, and a page wider than a telephone."""
    response = render(request, "404.html")
    planted = (
        b'<img alt="" src="http://127.0.0.2:9/a.png"><script>1</script>'
        b'<table><tr><td><img alt="" src="/static/favicon.svg" width="900" height="9"></td></tr></table></main>'
    )
    response.content = response.content.replace(b"</main>", planted)
    return response


def _fails(request):
    raise ValueError("a page that fails")


def _waits(request):
    raise OperationalError("database is locked")


urlpatterns = [
    *urls.urlpatterns,
    path("thu/sai/", _faulty), path("thu/ro/", _leaky), path("thu/hong/", _fails), path("thu/ban/", _waits),
]  # fmt: skip
handler500 = urls.handler500


# ---- the server


class _Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):
        """Nothing."""


@contextmanager
def served(**changed):
    """The product as it is deployed (static files compressed and named by content) on a free port: its address."""
    with TemporaryDirectory(prefix="vinhdanh-static-") as root:
        how = {
            "STORAGES": settings.STORAGES
            | {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}},
            "STATIC_ROOT": root, "WHITENOISE_USE_FINDERS": False, "WHITENOISE_AUTOREFRESH": False,
            "ROOT_URLCONF": __name__, "ALLOWED_HOSTS": ["127.0.0.1"], **changed,
        }  # fmt: skip
        with override_settings(**how):
            call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["viewflow"])
            server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
            server.set_app(WSGIHandler())
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                server.server_close()
                thread.join()


def session_of(person):
    """The key of a session in which the person is signed in."""
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    return store.session_key


@contextmanager
def short_connections():
    """Each request of the server opens and closes its own connection, so that none outlives the tests."""
    how = connections.settings["default"]
    before, how["CONN_MAX_AGE"] = how["CONN_MAX_AGE"], 0
    try:
        yield
    finally:
        how["CONN_MAX_AGE"] = before


# ---- the window


class Window:
    """One window of Chromium, of one person or of nobody; it notes what its pages do wrong."""

    def __init__(self, browser, base, session="", *, size=WIDE, scripts=True, **more):
        self.base, self.host = base, urlsplit(base).netloc
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts, locale="vi-VN", **more
        )
        self.context.set_default_timeout(PATIENCE)
        if session:
            self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base}])
        if scripts:
            self.context.add_init_script(WATCH)
        self.noted = []
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.noted.append(f"script: {error}"))
        self.context.on("request", self._asked)
        self.status = None

    def _console(self, message):
        """An answer that is a refusal on purpose is told in the console too; that alone is no fault."""
        own = "Failed to load resource" in message.text and message.location.get("url") == self.page.url
        if message.type in ("error", "warning") and not own:
            self.noted.append(f"console: {message.text}")

    def _asked(self, request):
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.noted.append(f"outside: {request.url}")

    def open(self, at):
        """Open a page of the product; returns its status."""
        self.status = self.page.goto(self.base + at).status
        return self.status

    def send(self, values=None, *, action="", button=None):
        """Fill the form of `button`, or the first to `action`, and send it without the browser's own checks."""
        return self._led(SEND, [action, values or {}, button])

    @property
    def at(self):
        """The address of the open page, in the product."""
        return self.page.url.removeprefix(self.base).partition("?")[0]

    def post(self, to, values=None, boxes=1):
        """Send values, and so many boxes more, as no page of ours would; needs a page with a form open."""
        return self._led(POST, [to, values or {}, boxes])

    def _led(self, script, argument):
        with self.page.expect_navigation() as led:
            self.page.evaluate(script, argument)
        self.status = led.value.status
        return self.status

    def faults(self):
        """What the open page does wrong, axe and width included, in words; forgets what was noted before."""
        found = [*self.noted, *(f"policy: {one}" for one in self.page.evaluate("window.broken")), *self.axe()]
        self.noted.clear()
        return found

    def axe(self):
        """What axe finds: one sentence for each rule and element."""
        self.page.evaluate(AXE_SCRIPT)
        options = json.dumps({"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
        answer = self.page.evaluate(f"axe.run({options}).then(found => found.violations)")
        return [f"axe {rule['id']}: {node['html'][:160]} | {_said(node)}" for rule in answer for node in rule["nodes"]]

    def too_wide(self):
        """By how many pixels the page can be pushed sideways, and what sticks out."""
        return self.page.evaluate(
            """() => { const root = document.documentElement, over = root.scrollWidth - root.clientWidth;
            if (over <= 0) return [];
            const sticksOut = one => one.getBoundingClientRect().right > root.clientWidth + 1;
            const out = [...document.querySelectorAll('body *')].filter(sticksOut);
            return [`${over} px too wide: ` + out.slice(-1).map(one => one.outerHTML.slice(0, 160))]; }"""
        )

    def narrow(self):
        """The same page on a telephone."""
        self.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})

    def wide(self):
        """The same page on a laptop."""
        self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})

    def focused(self):
        """What holds the keyboard: [tag, name or address]."""
        return self.page.evaluate(
            """() => { const here = document.activeElement;
            return [here.tagName, here.name || here.getAttribute('href') || here.id]; }"""
        )

    def close(self):
        """Shut the window."""
        self.context.close()


def _said(node):
    return "; ".join(one["message"] for one in [*node["any"], *node["all"], *node["none"]])[:200]


class Scales:
    """What came over the wire for a window: bytes as sent, headers included, and as unpacked, by address."""

    def __init__(self, window):
        self.kinds, self.sent, self.raw = {}, {}, {}
        wire = window.context.new_cdp_session(window.page)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        wire.on("Network.responseReceived", self._began)
        wire.on("Network.dataReceived", self._more)
        wire.on("Network.loadingFinished", self._done)

    def _began(self, event):
        if event["response"]["url"].startswith("http"):
            self.kinds[event["requestId"]] = (event["type"], event["response"]["url"])
            self.raw[event["requestId"]] = 0

    def _more(self, event):
        if event["requestId"] in self.raw:
            self.raw[event["requestId"]] += event["dataLength"]

    def _done(self, event):
        if event["requestId"] in self.kinds:
            self.sent[event["requestId"]] = event["encodedDataLength"]

    @property
    def all_sent(self):
        """Bytes of everything, as sent."""
        return int(sum(self.sent.values()))

    @property
    def html(self):
        """Bytes of the page itself: (as sent, unpacked)."""
        key = next(key for key, (kind, _url) in self.kinds.items() if kind == "Document")
        return int(self.sent[key]), self.raw[key]

    def report(self):
        """One line for each thing that came."""
        return [
            f"{int(self.sent[key]):>7} sent {self.raw[key]:>7} raw {url}" for key, (_kind, url) in self.kinds.items()
        ]
