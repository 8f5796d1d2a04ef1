"""One job: read a file from standard input, write the answer to standard output.

Called as   python -m files.closed JOB SECONDS MEGABYTES [ARGUMENT ...]
Answers     a picture or a line of JSON; leaves with 0, or with 3 when the file cannot be worked on
"""

import json
import resource
import sys

CANNOT = 3  # exit code; files.cell reads it
_ANSWER_LIMIT = 64 * 1024 * 1024  # bytes
_FILES_OPEN = 64


def lock_in(seconds: int, megabytes: int) -> None:
    """Give up everything that the job does not need; it cannot be taken back."""
    memory = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_ANSWER_LIMIT, _ANSWER_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES_OPEN, _FILES_OPEN))


def do(job: str, content: bytes, arguments: list[str]) -> bytes:
    """The answer of one job."""
    match job:
        case "check-pdf":
            from .pdf_check import check_pdf  # noqa: PLC0415  a job loads what it needs, and starts quicker

            return json.dumps(check_pdf(content)).encode()
        case "check-picture":
            from .picture_check import check_picture  # noqa: PLC0415

            return json.dumps(check_picture(content)).encode()
        case "count":
            from .pages import count  # noqa: PLC0415

            return json.dumps({"pages": count(content, arguments[0], arguments[1])}).encode()
        case "page":
            from .pages import page  # noqa: PLC0415

            kind, fonts, number, width = arguments
            return page(content, kind, fonts, int(number), int(width))
    raise ValueError(job)


if __name__ == "__main__":
    lock_in(int(sys.argv[2]), int(sys.argv[3]))
    sys.setrecursionlimit(2_000)
    try:
        answer = do(sys.argv[1], sys.stdin.buffer.read(), sys.argv[4:])
    except Exception:  # whatever a stranger's file provokes, the answer is the same
        sys.exit(CANNOT)
    sys.stdout.buffer.write(answer)
