"""python -m benchmarks.mail_worker: one worker of the relay, ready; for each line it reads it sends all that is owed.

Prints how many mails it took and its processor seconds; with --profile it prints where they went.
"""

import cProfile
import os
import pstats
import sys
import time

import django


def main() -> None:
    """Be ready, then do as told until the end of the input."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    django.setup()
    from django.db import connection  # noqa: PLC0415

    from notifications.tasks import sweep  # noqa: PLC0415

    connection.ensure_connection()
    print("ready", flush=True)
    profile = cProfile.Profile(time.process_time) if "--profile" in sys.argv else None
    for _line in sys.stdin:
        began, taken = time.process_time(), 0
        if profile:
            profile.enable()
        while paid := sweep():
            taken += paid
        if profile:
            profile.disable()
        print(taken, time.process_time() - began, flush=True)
    if profile:
        pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(45).sort_stats(
            "tottime"
        ).print_stats(25)


if __name__ == "__main__":
    main()
