"""A real mail server for tests: it can be stopped, slowed, made to refuse, hang or cut, and remembers what it took."""

import asyncio
import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

FOR_EVER = 3600.0  # seconds; longer than any client waits
MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Taken:
    """One mail the server said yes to; its recipients are those of the envelope."""

    recipients: tuple[str, ...]
    message_id: str
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        """The mail, read."""
        return message_from_bytes(self.content, policy=default)  # type: ignore[return-value]


class Sink:
    """The server and its ill will, which is a word, a moment and what it says then.

    ill_will   "" · "refuse rcpt 550 5.1.1 no such user" · "hang data" · "cut end" · "slow end 0.2"; the moments are
               greet, mail, rcpt, data (the command), end (the whole message is there)
    only       the ill will falls on recipients with this in their address; "" on all
    """

    def __init__(self, **options: Any) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.ill_will, self.only, self.options = "", "", options
        self.taken: list[Taken] = []
        self.lines: list[SMTP] = []
        self.connections = 0
        self._controller: Controller | None = None

    @property
    def ids(self) -> Counter:
        """How often each Message-ID was taken."""
        return Counter(one.message_id for one in self.taken)

    def start(self) -> None:
        """Listen."""
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)
        ill_will, self.ill_will = self.ill_will, ""
        self._controller.start()  # which calls once itself
        self.connections, self.ill_will = 0, ill_will

    def stop(self) -> None:
        """Be away: nobody listens, and every line is cut."""
        if self._controller:
            asyncio.run_coroutine_threadsafe(self._hang_up(), self._controller.loop).result(10)
            self._controller.stop()
        self._controller = None

    async def _hang_up(self) -> None:
        for server in self.lines:
            if server.transport:
                server.transport.abort()
        self.lines.clear()
        await asyncio.sleep(0.01)  # each line notices that it is cut

    async def said(self, moment: str, server: SMTP, recipient: str = "") -> str:
        """What it says at this moment against its duty, "" when it does its duty."""
        word, _, rest = self.ill_will.partition(" ")
        when, _, words = rest.partition(" ")
        if when != moment or self.only not in recipient:
            return ""
        if word in ("hang", "cut"):
            if word == "cut":
                server.transport.abort()
            await asyncio.sleep(FOR_EVER)
        if word == "slow":
            await asyncio.sleep(float(words))
        return words if word == "refuse" else ""

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802  aiosmtpd's names
        no = await self.said("mail", server)
        envelope.mail_from = None if no else address
        return no or "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        no = await self.said("rcpt", server, address)
        if not no:
            envelope.rcpt_tos.append(address)
        return no or "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        no = await self.said("end", server, envelope.rcpt_tos[0])
        if no:
            return no
        found = MESSAGE_ID.search(envelope.content)
        self.taken.append(Taken(tuple(envelope.rcpt_tos), found[1].decode() if found else "", envelope.content))
        return f"250 2.0.0 queued as {len(self.taken)}"


class _Server(SMTP):
    """aiosmtpd's, with ill will where it has no hook: at the greeting and at the DATA command."""

    async def push(self, status: Any) -> None:
        if str(status).startswith("220 ") and not self.session.host_name:
            self.event_handler.connections += 1
            self.event_handler.lines.append(self)
            if no := await self.event_handler.said("greet", self):
                await super().push(no)
                return self.transport.close()
        return await super().push(status)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        recipients = self.envelope.rcpt_tos or [""]
        if no := await self.event_handler.said("data", self, recipients[0]):
            return await self.push(no)
        return await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.handler.options)


@contextmanager
def sink(**options: Any) -> Iterator[Sink]:
    """A server that listens; `options` are aiosmtpd's, such as tls_context and authenticator."""
    server = Sink(**options)
    server.start()
    try:
        yield server
    finally:
        server.stop()
