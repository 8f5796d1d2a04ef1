"""Taking a file in: looked through, scanned, stored, entered in the register."""

import logging
from typing import BinaryIO, Protocol

from . import store
from .guard import FILE_LIMIT, Finding, inspect, megabytes
from .models import Blob, Scan
from .names import clean_name
from .reasons import Reason, Refused
from .scan import pieces_of, scan

_log = logging.getLogger(__name__)


class Uploaded(Protocol):
    """What a form hands over: Django's UploadedFile, or any named file."""

    name: str
    size: int
    file: BinaryIO


def take_in(uploaded: Uploaded, *, limit: int = FILE_LIMIT) -> Blob:
    """The row of this content, after the file was looked through, scanned and stored.

    The same content gives the same row and the same answer in the same time, whoever brought it first.
    Called inside the caller's transaction.  Looking and scanning take up to seconds: a caller that holds locks calls
    `receive` before its transaction and `register` inside it.  A stored file without a row is harmless.
    limit     bytes
    Raises    Refused with the sentence for the person
    """
    return register(*receive(uploaded, limit=limit))


def receive(uploaded: Uploaded, *, limit: int = FILE_LIMIT) -> tuple[Finding, Scan]:
    """Look the file through, scan it and store it, without the database.

    Raises   Refused; then nothing was stored
    """
    if uploaded.size > limit:
        raise Refused(Reason.TOO_BIG, clean_name(uploaded.name), limit=megabytes(limit))
    finding = inspect(uploaded.file, uploaded.name, limit=limit)
    answer = scan(pieces_of(finding.content))
    if answer == Scan.INFECTED:
        raise Refused(Reason.INFECTED, finding.name)
    try:
        store.keep(finding.content)
    except OSError as problem:
        _log.exception("the store did not keep a file")
        raise Refused(Reason.NOT_KEPT, finding.name) from problem
    return finding, answer


def register(finding: Finding, answer: Scan) -> Blob:
    """The row of a stored content; a clear answer of the scanner is written where none stands yet.

    Raises   Refused when this content was found infected since
    """
    blob, _new = Blob.objects.get_or_create(
        sha256=finding.sha256,
        defaults={"size": finding.size, "kind": finding.kind, "pages": finding.pages, "scan": answer},
    )
    if blob.scan == Scan.INFECTED:
        raise Refused(Reason.INFECTED, finding.name)
    if answer == Scan.CLEAN and blob.scan != answer:
        Blob.objects.filter(pk=blob.pk, scan__in=[Scan.WAITING, Scan.UNSCANNED]).update(scan=answer)
        blob.refresh_from_db(fields=["scan"])
    return blob
