"""A person at a browser without JavaScript, for the rehearsal: follows links, reads forms, fills and sends them."""

import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

Upload = tuple[str, bytes]  # name, content


@dataclass
class Form:
    """One form of a page: where it goes, what stands in it."""

    action: str
    method: str = "get"
    multipart: bool = False
    values: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def offers(self, name: str, value: str) -> bool:
        """True when it has a button, or a hidden field, of this name and value."""
        return (name, value) in self.buttons or (name, value) in self.values


class _Reader(HTMLParser):
    """Collects the forms of a page, controls that name a form by its id included."""

    def __init__(self):
        super().__init__()
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.open: Form | None = None
        self.select = self.textarea = ""
        self.options: list[tuple[str, bool]] = []
        self.text = ""
        self.held: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attrs):
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(a.get("action", ""), a.get("method", "get").lower(), "multipart" in a.get("enctype", ""))
            self.forms.append(self.open)
            self.by_id[a.get("id", "")] = self.open
            return
        self.held.append((tag, a)) if a.get("form") and a["form"] not in self.by_id else self._control(tag, a)

    def _control(self, tag, a):
        form = self.by_id.get(a.get("form", "")) if a.get("form") else self.open
        if form is None:
            return
        name, kind = a.get("name", ""), a.get("type", "text")
        if tag == "option" and self.select:
            self.options.append((a.get("value", ""), "selected" in a))
        if not name or "disabled" in a:
            return
        form.names.append(name)
        if kind == "file":
            form.files.append(name)
        if tag == "select":
            self.select = name
        elif tag == "textarea":
            self.textarea, self.text = name, ""
        elif tag == "button" or (tag == "input" and kind == "submit"):
            form.buttons.append((name, a.get("value", "")))
        elif (
            tag == "input" and kind not in {"file", "button"} and (kind not in {"radio", "checkbox"} or "checked" in a)
        ):
            form.values.append((name, a.get("value", "on")))

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None
        if tag == "select" and self.select:
            self._chosen()
        if tag == "textarea" and self.textarea:
            if self.open:
                self.open.values.append((self.textarea, self.text.removeprefix("\n")))
            self.textarea = ""

    def _chosen(self):
        """The option a browser would send: the selected one, else the first."""
        chosen = [value for value, selected in self.options if selected] or [value for value, _ in self.options[:1]]
        if self.open:
            self.open.values += [(self.select, value) for value in chosen]
        self.select, self.options = "", []

    def handle_data(self, data):
        if self.textarea:
            self.text += data

    def finish(self) -> list[Form]:
        for tag, attrs in self.held:
            self._control(tag, attrs)
        return self.forms


@dataclass
class Page:
    """What came back: status, address, text, forms."""

    status: int
    url: str
    text: str

    def forms(self) -> list[Form]:
        """Every form of the page."""
        reader = _Reader()
        reader.feed(self.text)
        return reader.finish()

    def form(self, *, action: str = "", button: tuple[str, str] | None = None, has: str = "") -> Form:
        """The first form whose address holds `action`, that offers `button`, and has a control named `has`.

        Raises    LookupError, naming the page
        """
        for form in self.forms():
            fits = action in form.action and (not has or has in form.names)
            if form.method == "post" and fits and (button is None or form.offers(*button)):
                return form
        raise LookupError(f"{self.url} ({self.status}): no form {action} {button or ''} {has}")


class Browser:
    """One person's browser, with its cookies."""

    def __init__(self, base: str):
        self.base = base
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> Page:
        """Open a page."""
        return self._fetch(Request(urljoin(self.base, path)))  # noqa: S310  our own server

    def send(self, page: Page, form: Form, *, button: tuple[str, str] | None = None,
             files: dict[str, Upload] | None = None, **values: object) -> Page:  # fmt: skip
        """Fill the form and press a button; lists give a name several values."""
        kept = [(name, value) for name, value in form.values if name not in values]
        for name, value in values.items():
            kept += [(name, str(one)) for one in (value if isinstance(value, list) else [value])]
        kept += [button] if button else []
        body, kind = _multipart(kept, files or {}) if form.multipart else (urlencode(kept).encode(), "")
        request = Request(urljoin(page.url, form.action or page.url), data=body)  # noqa: S310
        request.add_header("Content-Type", kind or "application/x-www-form-urlencoded")
        request.add_header("Referer", page.url)
        return self._fetch(request)

    def _fetch(self, request: Request) -> Page:
        try:
            with self.opener.open(request, timeout=60) as answer:
                return Page(answer.status, answer.url, answer.read().decode())
        except HTTPError as refusal:
            return Page(refusal.code, refusal.url, refusal.read().decode(errors="replace"))


def _multipart(values: list[tuple[str, str]], files: dict[str, Upload]) -> tuple[bytes, str]:
    """The body and the content type of a form with files."""
    edge = uuid.uuid4().hex
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in values]
    for name, (filename, content) in files.items():
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
