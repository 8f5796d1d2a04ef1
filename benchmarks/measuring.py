"""Measure on the database made for this run, and print."""

from argparse import Namespace

from django.core.management import call_command
from django.db import connections

from . import claims, faults_mail, mail, pages, report, scale, scale_report
from .acts import race
from .ground import Ground
from .ours import Ours
from .rungs import rungs
from .scale_rows import DOSSIERS


def measure(asked: Namespace) -> int:
    """Returns 1 when the engines did not do the work they are said to do, else 0."""
    call_command("migrate", verbosity=0)
    try:
        ways = {
            "acts": _acts, "pages": _pages, "scale": _scale, "rungs": rungs, "mail": mail.measure, "faults": _faults
        }  # fmt: skip
        return ways[asked.what](asked)
    finally:
        connections.close_all()


def _faults(asked: Namespace) -> int:
    return {"mail": faults_mail.measure, "claims": claims.measure}[asked.which](asked)


def _acts(asked: Namespace) -> int:
    done = race(Ground(), reps=asked.reps, acts=asked.acts)
    print("\n".join(report.acts(done)))
    if asked.statements:
        for act, statements in done.statements[Ours.name].items():
            print(f"\n{act}: {len(statements)}", *(f"  {i:2} {sql}" for i, sql in enumerate(statements, 1)), sep="\n")
    for line in done.unlike:
        print("NOT ALIKE", line)
    return 1 if done.unlike else 0


def _pages(asked: Namespace) -> int:
    print("\n".join(report.pages(pages.measure(asked.dossiers or 200), asked.dossiers or 200)))
    return 0


def _scale(asked: Namespace) -> int:
    scale.fill(asked.dossiers or DOSSIERS)
    print("\n".join(scale_report.tell(scale.measure(asked.reps * 6))))
    return 0
