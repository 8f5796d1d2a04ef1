"""A PostgreSQL and a Redis of our own, in a folder made for the run: these may be killed, restarted and emptied."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import redis

BINARIES = Path("/usr/lib/postgresql/15/bin")


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """One cluster; as root it runs under the account `postgres`, which Debian's package makes."""

    def __init__(self, folder: Path):
        self.port, self.data = free_port(), folder / "postgres"
        self.data.mkdir()
        self.prefix: list[str] = []
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
            os.chown(self.data, account.pw_uid, account.pw_gid)
            self.prefix = ["runuser", "-u", "postgres", "--"]
        self._run("initdb", "--auth=trust", "--username=bench", "--encoding=UTF8", "--no-instructions")
        self._control("start")
        self.url = f"postgres://bench@127.0.0.1:{self.port}/postgres"

    def _run(self, name: str, *words: str) -> None:
        command = [*self.prefix, str(BINARIES / name), "-D", str(self.data), *words]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if done.returncode:
            log = self.data / "log"
            raise RuntimeError(f"{name} failed: {log.read_text()[-800:] if log.exists() else ''}")

    def _control(self, what: str, *words: str) -> None:
        asked = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.data}"
        self._run("pg_ctl", what, "-w", "-l", str(self.data / "log"), *words, "-o", asked)

    def crash(self) -> None:
        """Stop it as a power cut would, and start it again; what its sessions still hold of it goes with them."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")
        for attempt in range(10):
            try:
                return self._control("start")
            except RuntimeError:
                if attempt == 9:
                    raise
                time.sleep(0.5)

    def stop(self) -> None:
        """The end."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")


class Redis:
    """One server without a file: what it held is gone when it stops."""

    def __init__(self, folder: Path):
        self.port, self.folder = free_port(), folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        server = shutil.which("redis-server") or "redis-server"
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([server, *words], cwd=self.folder, stdout=subprocess.DEVNULL)
        for _attempt in range(100):
            with contextlib.suppress(redis.ConnectionError):
                if redis.Redis(port=self.port).ping():
                    return
            time.sleep(0.1)
        raise RuntimeError("Redis does not answer")

    def flush(self) -> None:
        """Forget everything; nothing when it is not there."""
        with contextlib.suppress(redis.ConnectionError):
            redis.Redis(port=self.port).flushall()

    def stop(self) -> None:
        """Kill it."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
