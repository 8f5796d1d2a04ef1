"""A small virus scanner that speaks clamd's protocol over a real socket."""

import socketserver
import struct
import threading
from contextlib import suppress

from tests.files_making import eicar


class Talk(socketserver.BaseRequestHandler):
    """One INSTREAM conversation; knows one virus by its words."""

    def handle(self):
        with suppress(OSError):  # the product hangs up on a scanner that takes too long
            self.talk()

    def talk(self):
        if self.server.mood == "silent":
            self.server.stop.wait(30)
            return
        heard, content = b"", b""
        while b"\0" not in heard:
            heard += self.request.recv(1)
        assert heard == b"zINSTREAM\0"
        while length := struct.unpack(">I", self.take(4))[0]:
            content += self.take(length)
        self.server.heard.append(content)
        self.request.sendall(self.answer(content))

    def take(self, length: int) -> bytes:
        got = b""
        while len(got) < length:
            got += self.request.recv(length - len(got))
        return got

    def answer(self, content: bytes) -> bytes:
        if self.server.mood != "well":
            return self.server.mood.encode()
        return b"stream: Eicar-Test-Signature FOUND\0" if eicar() in content else b"stream: OK\0"


class TcpScanner(socketserver.ThreadingTCPServer):
    daemon_threads = True


class UnixScanner(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def started(server, mood="well"):
    server.mood, server.heard, server.stop = mood, [], threading.Event()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server
