"""The relay's processes as a harness has them: started, replaced as they die, ended."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection


@contextmanager
def relays(alive: list[int], port: int, *, timeout: float, **options: Any) -> Iterator[None]:
    """The relay in several processes, which send to the mail server at `port`; `alive` holds their numbers.

    timeout   EMAIL_TIMEOUT, seconds
    options   those of benchmarks.mail_relay
    """
    said = [f"--{name}={value}" for name, value in {**options, "parent": os.getpid()}.items()]
    env = {**os.environ, "DATABASE_URL": address(), "DEMO": "1", "VAR_DIR": str(settings.VAR_DIR), "REDIS_URL": "",
           "EMAIL_URL": f"smtp://127.0.0.1:{port}", "EMAIL_TIMEOUT": str(timeout),
           "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.mail_relay", *said], env=env, cwd=Path(settings.BASE_DIR), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as nursery:  # fmt: skip
        reader = threading.Thread(target=lambda: alive.extend(int(line) for line in nursery.stdout), daemon=True)
        reader.start()
        try:
            yield
        finally:
            nursery.terminate()
            nursery.wait(10)
            reader.join(10)


def address() -> str:
    """The DATABASE_URL of the database this process is connected to."""
    db = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{db['NAME']}"
    return f"postgres://{db['USER']}:{db['PASSWORD']}@{db['HOST']}:{db['PORT']}/{db['NAME']}"
