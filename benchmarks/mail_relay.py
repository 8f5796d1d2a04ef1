"""python -m benchmarks.mail_relay: the house's relay in so many processes, each replaced as soon as it dies.

Used by the harness, which kills them.  Prints the number of each process as it starts, and ends when it is told to by
SIGTERM or when its own parent is gone.  A fault may be planted, to see the harness find it.
"""

import argparse
import os
import signal
import sys
import time
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import django

PLANTS = {
    "random-ids": "a new Message-ID at each attempt",
    "noted-first": "a mail is noted as sent before it is",
    "noted-last": "what was sent is noted at the end of the batch",
    "no-lease": "mails are taken without a lease",
    "to-all": "a mail goes to a second recipient",
}
NAP = 0.05  # seconds between two sweeps


def main() -> None:
    """Start the relays and keep their number."""
    asked = _read()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    django.setup()
    _hurry(asked)
    _plant(asked.plant)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    alive: set[int] = set()
    try:
        while os.getppid() == asked.parent:
            while len(alive) < asked.relays:
                alive.add(_start())
            dead, _ = os.waitpid(-1, os.WNOHANG)
            alive.discard(dead)
            time.sleep(0 if dead else 0.01)
    finally:
        for pid in alive:
            os.kill(pid, signal.SIGKILL)


def _start() -> int:
    """One relay more; no connection is open here that it could inherit."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _work(parent)
    print(pid, flush=True)
    return pid


def _work(parent: int) -> None:
    from notifications.tasks import sweep  # noqa: PLC0415  models can be imported only now

    try:
        while os.getppid() == parent:
            sweep()
            time.sleep(NAP)
    finally:
        os._exit(1)


def _hurry(asked: argparse.Namespace) -> None:
    """All waits so many times shorter than in service, so that hours of bad weather pass in seconds."""
    from notifications import relay, server  # noqa: PLC0415

    for room in (relay, server):
        room.FIRST_WAIT /= asked.hurry
        room.LONGEST_WAIT /= asked.hurry
    relay.BATCH = asked.batch
    relay.GIVE_UP_AFTER = timedelta(hours=72)


def _plant(fault: str) -> None:
    """Make the relay wrong in one way."""
    from notifications import channels, relay  # noqa: PLC0415
    from notifications.models import Notification  # noqa: PLC0415

    right, later = relay.Batch._send_next, []

    def noted_first(batch, line):
        Notification.objects.filter(pk=batch.waiting[0].pk).update(sent_at=batch.until, answer="250")
        return right(batch, line)

    def noted_last(batch, line):
        kept, relay.Notification = relay.Notification, _Forgetful(later)
        try:
            return right(batch, line)
        finally:
            relay.Notification = kept
            if not batch.waiting:
                for change in later:
                    change()
                later.clear()

    def no_lease(notices):
        found = list(notices.owed(relay.timezone.now()).select_related("recipient")[: relay.BATCH])
        return relay.Batch(found, called_at=relay.timezone.now(), until=relay.timezone.now())

    def to_all(letter):
        return [*letter.to, "nguoi0@mau.example"]

    if fault == "random-ids":
        channels.message_id = lambda notice: f"<{uuid4()}@mau.example>"
    elif fault in ("noted-first", "noted-last"):
        relay.Batch._send_next = noted_first if fault == "noted-first" else noted_last
    elif fault == "no-lease":
        relay.take = no_lease
    elif fault == "to-all":
        channels.Letter.recipients = to_all


class _Forgetful:
    """Stands for the table of notices while one mail is sent, and puts the noting off."""

    def __init__(self, later: list) -> None:
        from notifications.models import Notification  # noqa: PLC0415

        self.real, self.later, self.objects = Notification.objects, later, self

    def filter(self, **which):
        """Only `update` follows in the relay."""
        return SimpleNamespace(update=lambda **to: self.later.append(lambda: self.real.filter(**which).update(**to)))


def _read() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--relays", type=int, default=2)
    parser.add_argument("--hurry", type=float, default=1)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--parent", type=int, default=os.getppid())
    parser.add_argument("--plant", choices=["", *PLANTS], default="")
    return parser.parse_args()


if __name__ == "__main__":
    main()
