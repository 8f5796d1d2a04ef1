"""One sweeper in a process of its own: waits for the word on standard input, sweeps, says how many it did."""

import os
import sys

import django


def main() -> None:
    """Sweep once, or with `forever` again and again until killed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    django.setup()
    from flows.sweeper import sweep_deadlines  # noqa: PLC0415  models can be imported only now

    print("ready", flush=True)
    sys.stdin.readline()
    print(sweep_deadlines(), flush=True)


main()
