"""One sweeper in a process of its own: waits for the word on standard input, sweeps, says how many it did.

    python -m benchmarks.sweeper [crew]

`crew`: two sweepers for ever, each said by its process id; one that is killed is followed by another.
PLANT in its environment plants the fault of benchmarks/planted.py.
"""

import os
import sys
import time
from collections.abc import Callable

import django
from django.db import connections

NAP = 0.02  # seconds between two looks


def main() -> None:
    """Sweep once, or keep a crew until killed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    django.setup()
    from flows.sweeper import sweep_deadlines  # noqa: PLC0415  models can be imported only now

    if os.environ.get("PLANT"):
        from . import planted  # noqa: F401, PLC0415  it plants when it is imported
    if "crew" in sys.argv:
        keep(sweep_deadlines)
    print("ready", flush=True)
    sys.stdin.readline()
    print(sweep_deadlines(), flush=True)


def keep(sweep: Callable[[], int]) -> None:
    """Two children that sweep, and another for each that dies."""
    connections.close_all()  # no child may speak through its parent's
    alive = 0
    while True:
        while alive < 2:
            child = os.fork()
            if not child:
                for_ever(sweep)
            print(child, flush=True)
            alive += 1
        os.wait()
        alive -= 1


def for_ever(sweep: Callable[[], int]) -> None:
    """Until killed."""
    while True:
        sweep()
        time.sleep(NAP)


main()
