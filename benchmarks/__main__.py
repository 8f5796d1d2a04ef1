"""python -m benchmarks acts|pages: measure, and print tables.

acts      acts per second of the desk's door, of viewflow's stock flow, of the same rows in raw SQL; paired
rungs     due rungs drained by two sweepers, each exactly once (PostgreSQL)
mail      notices delivered to a mail server here by two workers, beside Django's send_mail one by one
faults    what must hold while things break: faults mail, faults claims, faults clock (services of its own)
scale     the desk among a million dossiers: each statement, each page, viewflow's own lists of the same steps
pages     time and statements of desk, dossier page and one act over HTTP, in process
"""

import argparse
import os
import sys
import tempfile

import django

from . import faults_clock
from .place import throwaway


def main() -> int:
    """Read the command, make a database, measure in it, drop it.  Returns 1 when the engines' work was not alike."""
    asked = _read()
    if (asked.what, asked.which) == ("faults", "clock"):
        return faults_clock.run(asked)
    place = throwaway(os.environ.get("DATABASE_URL", ""), asked.keep)
    with place as (url, where), tempfile.TemporaryDirectory() as folder:
        print(f"Database: {where}", flush=True)
        os.environ["DATABASE_URL"] = url or f"sqlite:///{folder}/bench.sqlite3"
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        django.setup()
        from .measuring import measure  # noqa: PLC0415  models can be imported only now

        return measure(asked)


def _read() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ways = ["acts", "pages", "scale", "rungs", "mail", "faults"]
    parser.add_argument("what", nargs="?", choices=ways, default="acts")
    which = ["mail", "clock", "claims"]
    parser.add_argument("which", nargs="?", choices=which, default="mail", help="what breaks, for `faults`")
    parser.add_argument("--reps", type=int, default=7, help="repetitions (default 7)")
    parser.add_argument("--acts", type=int, default=120, help="acts of each engine in each repetition (default 120)")
    parser.add_argument("--dossiers", type=int, help="in `pages` (default 200) and `scale` (default 1,000,000)")
    parser.add_argument("--keep", default="", help="in `scale`: the filled database stays for next time, by this name")
    parser.add_argument("--rungs", type=int, default=100_000, help="due rungs in `rungs` (default 100,000)")
    parser.add_argument("--timers", type=int, default=1000, help="of viewflow's, beside them (default 1,000)")
    parser.add_argument("--mails", type=int, help="in `mail` (default 10,000) and `faults mail` (default 3,000)")
    parser.add_argument("--kills", type=int, default=100, help="processes killed in `faults` (default 100)")
    parser.add_argument("--seed", type=int, default=2026, help="of the weather in `faults` (default 2026)")
    parser.add_argument("--plant", default="", help="a fault for `faults mail` to find: see benchmarks/mail_relay.py")
    parser.add_argument("--profile", action="store_true", help="say where the time of each worker goes in `mail`")
    parser.add_argument("--pairs", type=int, default=1000, help="in `faults claims` (default 1,000)")
    parser.add_argument("--deadlines", type=int, default=2000, help="in `faults clock` (default 2,000)")
    parser.add_argument("--statements", action="store_true", help="list what each act of ours asks the database")
    return parser.parse_args()


sys.exit(main())
