"""The virus scanner: asked over clamd's own protocol.  A scanner that is silent keeps the file with its uploader."""

import logging
import re
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .models import Blob, Scan
from .store import Missing, open_blob

CONNECT_SECONDS = 3
ANSWER_SECONDS = 15  # for the whole conversation
_STEP = 64 * 1024  # bytes sent at a time
_ANSWER_LIMIT = 4_096  # bytes
_log = logging.getLogger(__name__)

Address = tuple[str, int] | str


def address() -> Address | None:
    """Where the scanner listens: (host, port), a socket's path, or None when no scanner is configured.

    Raises   ImproperlyConfigured when CLAMD_URL cannot be read
    """
    url = str(settings.CLAMD_URL).strip()
    if not url:
        return None
    if url.startswith("/"):
        return url
    parts = urlsplit(url)
    try:
        if parts.scheme == "tcp" and parts.hostname:
            return parts.hostname, parts.port or 3310
    except ValueError:
        parts = urlsplit("")
    if parts.scheme == "unix" and parts.path and not parts.netloc:
        return parts.path
    raise ImproperlyConfigured("CLAMD_URL phải có dạng tcp://máy:cổng, unix:///đường/dẫn hoặc để trống.")


def scan(pieces: Iterable[bytes]) -> Scan:
    """The scanner's answer about a content given in pieces.

    Returns   UNSCANNED without a scanner; WAITING when it is silent, out of reach or says it could not look
    """
    place = address()
    if place is None:
        return Scan.UNSCANNED
    try:
        answer = _ask(place, pieces)
    except OSError as problem:
        _log.warning("virus scanner gave no answer: %s", type(problem).__name__)
        return Scan.WAITING
    return _understood(answer)


def pieces_of(content: bytes) -> Iterator[bytes]:
    """The content in pieces as the scanner takes them."""
    for start in range(0, len(content), _STEP):
        yield content[start : start + _STEP]


def rescan_waiting(batch: int = 50) -> list[Blob]:
    """Ask again about up to `batch` files without an answer, those from before there was a scanner included.

    May run twice at once and again at any time: an answer is written only where none stands yet.
    Returns   the files whose standing changed; the call ends early when the scanner is silent
    """
    if address() is None:
        return []
    changed = []
    for blob in Blob.objects.filter(scan__in=[Scan.WAITING, Scan.UNSCANNED]).order_by("scan", "pk")[:batch]:
        try:
            with open_blob(blob) as file:
                answer = scan(iter(lambda: file.read(_STEP), b""))
        except Missing:
            _log.error("file %s is not in the store", blob.sha256)
            continue
        if answer == Scan.WAITING:
            break
        if Blob.objects.filter(pk=blob.pk, scan=blob.scan).update(scan=answer):
            blob.scan = answer
            changed.append(blob)
    return changed


def _ask(place: Address, pieces: Iterable[bytes]) -> bytes:
    """One INSTREAM conversation; its whole length is bounded, not only each step."""
    deadline = time.monotonic() + ANSWER_SECONDS
    with _connected(place) as line:
        line.sendall(b"zINSTREAM\0")
        for piece in pieces:
            line.settimeout(_left(deadline))
            line.sendall(struct.pack(">I", len(piece)) + piece)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while b"\0" not in answer and len(answer) < _ANSWER_LIMIT:
            line.settimeout(_left(deadline))
            more = line.recv(_ANSWER_LIMIT)
            if not more:
                break
            answer += more
    return answer


def _connected(place: Address) -> socket.socket:
    if not isinstance(place, str):
        return socket.create_connection(place, CONNECT_SECONDS)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(CONNECT_SECONDS)
    try:
        line.connect(place)
    except OSError:
        line.close()
        raise
    return line


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _understood(answer: bytes) -> Scan:
    """clamd's sentence; anything but a clear word means that the file waits."""
    words = answer.rstrip(b"\0\n ").decode("utf-8", errors="replace")
    if re.fullmatch(r"stream: OK", words):
        return Scan.CLEAN
    if re.fullmatch(r"stream: .+ FOUND", words) and "Heuristics.Limits.Exceeded" not in words:
        _log.warning("virus scanner: %s", words[:200])
        return Scan.INFECTED
    _log.warning("virus scanner could not look: %s", words[:200])
    return Scan.WAITING
