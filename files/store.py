"""The store: contents kept under their sha256, written once, never rewritten."""

import hashlib
import logging
import os
import uuid
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from .models import Blob

_log = logging.getLogger(__name__)
_STEP = 1024 * 1024  # bytes read at a time
_READ_ONLY = 0o440


class Missing(Exception):
    """The store has no whole copy of a content that the register names."""


def path_of(sha256: str) -> Path:
    """Where this content lies: var/store/ab/cd/<sha256>."""
    return _root() / sha256[:2] / sha256[2:4] / sha256


def keep(content: bytes) -> str:
    """Put the content into the store and return its sha256; what lies there already is left as it is.

    The new copy is always written, also when it is then thrown away: the time it takes tells nobody that someone else
    brought the same file.  A copy that no longer matches its name is set aside, never overwritten.
    Raises   OSError when the disk is full or refuses
    """
    sha256 = hashlib.sha256(content).hexdigest()
    target = path_of(sha256)
    fresh = _write_aside(content)
    try:
        _make_folders(target.parent)
        if target.exists() and digest(target) != sha256:
            _log.error("stored file %s is damaged; set aside", sha256)
            target.rename(target.with_name(f"{sha256}.damaged-{uuid.uuid4().hex[:8]}"))
        if not target.exists():
            fresh.rename(target)
            _flush_folder(target.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return sha256


def open_blob(blob: Blob) -> BinaryIO:
    """The content, open for reading from its start.

    Raises   Missing when it is gone or has another length
    """
    try:
        file = path_of(blob.sha256).open("rb")
    except OSError as problem:
        raise Missing(blob.sha256) from problem
    if os.fstat(file.fileno()).st_size != blob.size:
        file.close()
        raise Missing(blob.sha256)
    return file


def verify(blob: Blob) -> bool:
    """Whether the stored copy is there and still has its digest."""
    try:
        return digest(path_of(blob.sha256)) == blob.sha256
    except OSError:
        return False


def digest(path: Path) -> str:
    """The sha256 of a file on disk, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _root() -> Path:
    return Path(settings.VAR_DIR) / "store"


def _write_aside(content: bytes) -> Path:
    """A finished, flushed, read-only copy under a name of its own."""
    aside = _root() / "arriving"
    _make_folders(aside)
    fresh = aside / uuid.uuid4().hex
    try:
        with fresh.open("xb") as file:
            for start in range(0, len(content), _STEP):
                file.write(content[start : start + _STEP])
            file.flush()
            os.fchmod(file.fileno(), _READ_ONLY)
            os.fsync(file.fileno())
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    return fresh


def _make_folders(folder: Path) -> None:
    """Make the folder and those above it, each lasting before the next."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    folder.mkdir(mode=0o750, exist_ok=True)
    _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
