"""The door of the closed room: starts a job in a process of its own, waits a bounded time, takes its answer."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import BoundedSemaphore
from typing import BinaryIO

AT_ONCE = 2  # jobs of one web process that run at the same time; others wait
MEMORY = 1_024  # megabytes of address space for one job
_ROOT = Path(__file__).resolve().parent.parent
_places = BoundedSemaphore(AT_ONCE)


class Failed(Exception):
    """The job gave no answer: the file cannot be worked on, or it took too much memory."""


class TooLong(Failed):
    """The job was stopped at its time limit."""


# how the system ends a job whose processor time is over: on a loaded machine that may come before the wall's end
OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGKILL)


class Busy(Failed):
    """No place became free in time; nothing was tried."""


def run(job: str, file: BinaryIO, *arguments: str, seconds: int) -> bytes:
    """The job's answer, with the file on its standard input.

    file      open at its start; one without a descriptor is copied to a temporary file
    seconds   for waiting for a place, for the job's own time, and for its processor time
    Raises    Failed, TooLong, Busy
    """
    if not _places.acquire(timeout=seconds):
        raise Busy(job)
    try:
        with tempfile.TemporaryFile() as answer:
            _start(job, file, answer, arguments, seconds)
            answer.seek(0)
            return answer.read()
    finally:
        _places.release()


def _start(job: str, file: BinaryIO, answer: BinaryIO, arguments: tuple[str, ...], seconds: int) -> None:
    command = [sys.executable, "-P", "-m", "files.closed", job, str(seconds), str(MEMORY), *arguments]
    try:
        ended = subprocess.run(  # noqa: S603  our own module, no shell, arguments are ours
            command,
            stdin=file,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise TooLong(job) from problem
    if ended.returncode in OUT_OF_TIME:
        raise TooLong(job)
    if ended.returncode != 0:
        raise Failed(f"{job}: {ended.returncode}")


def _environment() -> dict[str, str]:
    """What the job may know of this machine: where the program lies, and no setting or secret."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join([str(_ROOT), *(place for place in sys.path if place)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
    }
