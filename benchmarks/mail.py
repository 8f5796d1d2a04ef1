"""Notices delivered to a mail server on this machine: ours by two workers, beside Django's send_mail one by one."""

import os
import smtplib
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from django.conf import settings
from django.core.mail import send_mail
from django.test import override_settings
from django.utils import timezone

from notifications.channels import mail_of
from notifications.models import Notification
from organizations.models import Person

from . import floor
from .mail_crew import address
from .report import spread
from .report import table as columns

WORKERS, PEOPLE, TOLD = 2, 60, 3  # so many people are told of each act
DJANGOS = "django.core.mail.backends.smtp.EmailBackend"
HEAD = """Mails: {count} notices, each act told to {told} people, to a mail server in Python here, a process of its own,
{reps} repetitions by turns.  The machine is shared and noisy: read the ratios, each within one repetition.

ours        {workers} workers sweep the outbox: rows leased, words rendered, sent over one line a batch, each noted with
            the server's answer before the next one leaves
send_mail   Django's, one by one in one process, as the words stand: nothing rendered, nothing read, nothing noted
smtplib     one line in one process, bytes made beforehand: the floor
"""


@dataclass
class Way:
    """One way of sending: mails and processor milliseconds of each repetition."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def note(self, count: int, seconds: float, cpu: float) -> None:
        """One repetition; `cpu` in seconds of the sending processes."""
        self.rates.append(count / seconds)
        self.cpu.append(cpu / count * 1000)


class Office:
    """The mail server and the workers, each a process of its own."""

    def __init__(self, stack: ExitStack, *options: str) -> None:
        self._sink = stack.enter_context(process("benchmarks.mail_sink"))
        self.port = int(self._sink.stdout.readline())
        mail = {"EMAIL_URL": f"smtp://127.0.0.1:{self.port}", "DATABASE_URL": address()}
        self._workers = [
            stack.enter_context(process("benchmarks.mail_worker", *options, **mail)) for _ in range(WORKERS)
        ]
        for worker in self._workers:
            worker.stdout.readline()

    def deliver(self) -> tuple[float, float, list[int]]:
        """Let the workers send what is owed.  Returns seconds, processor seconds, mails taken by each."""
        began = perf_counter()
        for worker in self._workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        said = [worker.stdout.readline().split() for worker in self._workers]
        return perf_counter() - began, sum(float(cpu) for _n, cpu in said), [int(n) for n, _cpu in said]

    def took(self) -> tuple[int, int]:
        """How many mails the server took since it was last asked, and how many Message-IDs they had."""
        line = smtplib.SMTP("127.0.0.1", self.port)
        line.putcmd("REPORT")
        count, distinct = line.getreply()[1].split()
        line.quit()
        return int(count), int(distinct)


@contextmanager
def process(module: str, *options: str, **env: str) -> Iterator[subprocess.Popen]:
    """A process of this package that is talked to by lines."""
    command = [sys.executable, "-m", module, *options]
    with subprocess.Popen(command, env={**os.environ, **env}, cwd=Path(settings.BASE_DIR), text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as started:  # fmt: skip
        try:
            yield started
        finally:
            started.stdin.close()
            if options:  # it has something to print when its input ends
                started.wait(30)
            started.terminate()
            started.wait(10)


def measure(asked: Namespace) -> int:
    """Measure and print.  Returns 1 when a mail was lost or doubled."""
    count, reps, options = asked.mails or 10_000, asked.reps, ["--profile"] if asked.profile else []
    floor.prepare()
    people = Person.objects.bulk_create(
        Person(email=f"nguoi{i}@mau.example", full_name=f"Người Mẫu {i}", password="!") for i in range(PEOPLE)
    )
    ways = {"ours": Way(), "send_mail": Way(), "smtplib": Way()}
    floors, bad = [], 0
    with ExitStack() as stack:
        office = Office(stack, *options)
        for rep in range(reps):
            floors.append(floor.measure())
            sample = owe(people, rep, count)
            seconds, cpu, each = office.deliver()
            took = office.took()
            bad += took != (count, count) or sum(each) != count or Notification.objects.filter(sent_at=None).exists()
            print(f"repetition {rep + 1}: {count} in {seconds:.1f} s, by each worker {each}, taken {took}", flush=True)
            ways["ours"].note(count, seconds, cpu)
            letters = [mail_of(notice) for notice in sample]
            ways["send_mail"].note(len(letters), *one_by_one(office.port, letters))
            ways["smtplib"].note(len(letters), *one_line(office.port, letters))
            office.took()
    print("\n".join(told(ways, count, reps, floors)))
    return 1 if bad else 0


def owe(people: list[Person], rep: int, count: int) -> list[Notification]:
    """So many notices.  Returns a tenth of them."""
    Notification.objects.all().delete()
    at = timezone.now()
    rows = [
        Notification(
            entry_id=rep * count + i // TOLD, recipient=people[i % PEOPLE], channel="EMAIL", template="new_task",
            context={"code": f"HS-2024-{i // TOLD:06}", "step": "Đề xuất khen thưởng", "due": ""},
            url=f"/ho-so/HS-2024-{i // TOLD:06}/", created_at=at,
        )
        for i in range(count)
    ]  # fmt: skip
    Notification.objects.bulk_create(rows, batch_size=2000)
    return rows[: max(count // 10, 1)]


def one_by_one(port: int, letters: list) -> tuple[float, float]:
    """Django's send_mail for each.  Returns seconds, processor seconds."""
    with override_settings(EMAIL_BACKEND=DJANGOS, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port):
        began, cpu = perf_counter(), process_time()
        for letter in letters:
            html = letter.alternatives[0][0]
            send_mail(letter.subject, letter.body, letter.from_email, letter.to, html_message=html)
        return perf_counter() - began, process_time() - cpu


def one_line(port: int, letters: list) -> tuple[float, float]:
    """smtplib with everything ready.  Returns seconds, processor seconds."""
    ready = [(letter.to, letter.wire()) for letter in letters]
    began, cpu = perf_counter(), process_time()
    with smtplib.SMTP("127.0.0.1", port) as line:
        for to, content in ready:
            line.sendmail("khong-tra-loi@mau.example", to, content)
    return perf_counter() - began, process_time() - cpu


def told(ways: dict[str, Way], count: int, reps: int, floors: list[floor.Floor]) -> Iterator[str]:
    """The tables."""
    yield "\n" + HEAD.format(count=count, told=TOLD, reps=reps, workers=WORKERS)
    ours = ways["ours"].rates
    yield from columns(
        ["", "mails/s", "CPU ms/mail", "speed, ours / it"],
        [
            [name, spread(way.rates, 0), spread(way.cpu, 2),
             spread([a / b for a, b in zip(ours, way.rates, strict=True)], 2)]
            for name, way in ways.items()
        ],
    )  # fmt: skip
    asked, kept = [one.question for one in floors], [one.commit for one in floors]
    yield f"\nThe machine's floor: SELECT 1 there and back {spread(asked, 0)} µs, a row committed {spread(kept, 0)} µs"
    yield f"100,000 mails at this rate: {100_000 / median(ours):.0f} s"
