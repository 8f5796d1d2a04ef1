"""python -m benchmarks.mail_sink: a mail server that says yes to everything as cheaply as Python can; prints its port.

It speaks just enough SMTP for Django and the house, and tells on request (REPORT) what it took since the last time.
"""

import asyncio

COUNTED: list[bytes] = []


class Line(asyncio.Protocol):
    """One caller."""

    def connection_made(self, transport):
        """Greet."""
        self.transport, self.rest, self.in_mail = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data):
        """Answer each command, and each mail when its last line is there."""
        self.rest += data
        end = b"\r\n.\r\n" if self.in_mail else b"\r\n"
        while (at := self.rest.find(end)) >= 0:
            said, self.rest = self.rest[:at], self.rest[at + len(end) :]
            self.mail(said) if self.in_mail else self.command(said)
            end = b"\r\n.\r\n" if self.in_mail else b"\r\n"

    def mail(self, content):
        """Take it, and remember its Message-ID."""
        self.in_mail = False
        at = content.find(b"Message-ID:")
        COUNTED.append(content[at : content.find(b"\r\n", at)])
        self.transport.write(b"250 2.0.0 queued as %d\r\n" % len(COUNTED))

    def command(self, line):
        """Yes to everything."""
        verb = line[:4].upper()
        if verb == b"DATA":
            self.in_mail = True
            self.transport.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        elif verb == b"REPO":
            self.transport.write(b"250 %d %d\r\n" % (len(COUNTED), len(set(COUNTED))))
            COUNTED.clear()
        else:
            self.transport.write(b"250 OK\r\n")


async def main():
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Line, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
