"""Zip archives read with suspicion: the layout is checked before anything is unpacked, and unpacking is counted."""

import re
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .reasons import Reason, Refused

ENTRIES_LIMIT = 2_000
UNPACKED_LIMIT = 100 * 1024 * 1024  # bytes, all entries together, embedded packages included
RATIO_LIMIT = 120  # unpacked bytes for each packed byte
_RATIO_COUNTS_FROM = 4 * 1024 * 1024  # bytes; below this a high ratio is only a small, repetitive part
_DIRECTORY_LIMIT = 2 * 1024 * 1024  # bytes of the central directory
_STEP = 256 * 1024  # bytes unpacked at a time

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END_64 = re.compile(rb"PK\x06\x06.{52}PK\x06\x07.{16}", re.DOTALL)  # record and locator, as large-file writers add
_BLANKS_BEHIND = 16  # bytes; some programs end every file with a line break
_UNKNOWN_64 = 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF_8 = 0x0001, 0x0800
_UNIX = 3
_UNSAFE_NAME = re.compile(r"^/|\\|^[A-Za-z]:|(^|/)\.\.(/|$)|[\x00-\x1f\x7f]")


@dataclass
class Budget:
    """What may still be unpacked for one uploaded file, its embedded packages included."""

    entries: int = ENTRIES_LIMIT
    unpacked: int = UNPACKED_LIMIT


@dataclass(frozen=True)
class Entry:
    """One line of the central directory, and where its packed bytes lie."""

    name: str
    method: int
    checksum: int
    packed: int
    size: int
    start: int
    data_start: int

    @property
    def end(self) -> int:
        return self.data_start + self.packed


def looks_like_zip(content: bytes) -> bool:
    """Whether a zip reader would find a directory here, wherever the file begins."""
    return content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557)) >= 0


def directory(content: bytes, budget: Budget) -> list[Entry]:
    """The archive's entries, once its layout is known to be honest.

    Raises   Refused for a prefix, a gap with hidden entries, overlaps, names that leave their folder, links,
             encryption, doubled names, too many entries or a declared size beyond the budget
    """
    begin, end, count = _find_directory(content)
    if count > budget.entries:
        raise Refused(Reason.CROWDED)
    entries = _read_directory(content, begin, end)
    if len(entries) != count or not entries:
        raise Refused(Reason.OFFICE_BROKEN)
    budget.entries -= len(entries)
    _check_layout(content, entries, begin)
    if sum(entry.size for entry in entries) > budget.unpacked:
        raise Refused(Reason.BOMB)
    return entries


def unpack(content: bytes, entry: Entry, budget: Budget) -> bytes:
    """The entry's bytes, counted while they come out; a size or checksum that was a lie is refused."""
    packed = memoryview(content)[entry.data_start : entry.end]
    limit = min(entry.size, budget.unpacked)
    if entry.size > max(_RATIO_COUNTS_FROM, RATIO_LIMIT * entry.packed):
        raise Refused(Reason.BOMB)
    body = bytes(packed) if entry.method == _STORED else b"".join(_inflate(packed, limit))
    budget.unpacked -= len(body)
    if len(body) != entry.size or zlib.crc32(body) != entry.checksum:
        raise Refused(Reason.OFFICE_BROKEN)
    return body


def _inflate(packed: memoryview, limit: int) -> Iterator[bytes]:
    """Unpack step by step and stop one byte after the limit."""
    engine, produced, waiting = zlib.decompressobj(-zlib.MAX_WBITS), 0, bytes(packed)
    while not engine.eof:
        try:
            piece = engine.decompress(waiting, min(_STEP, limit - produced + 1))
        except zlib.error as problem:
            raise Refused(Reason.OFFICE_BROKEN) from problem
        produced += len(piece)
        if produced > limit:
            raise Refused(Reason.BOMB)
        waiting = engine.unconsumed_tail
        if not piece and not waiting and not engine.eof:
            raise Refused(Reason.OFFICE_BROKEN)
        yield piece
    if engine.unused_data or waiting:
        raise Refused(Reason.OFFICE_BROKEN)


def _find_directory(content: bytes) -> tuple[int, int, int]:
    """Where the central directory begins and ends, and how many entries it claims."""
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - _END.size - _BLANKS_BEHIND))
    if at < 0 or len(content) < at + _END.size or content[at + _END.size :].strip(b"\0\t\n\r "):
        raise Refused(Reason.OFFICE_BROKEN)  # something follows the archive, or it is cut off
    _, disk, first_disk, here, count, size, begin, _ = _END.unpack_from(content, at)
    tail = _END_64.fullmatch(content, at - 76, at) if at >= 76 else None
    end = at - 76 if tail else at
    if tail and (count == 0xFFFF or size == _UNKNOWN_64 or begin == _UNKNOWN_64):
        here, count, size, begin = struct.unpack_from("<4Q", content, end + 24)
    if disk or first_disk or here != count or begin + size != end or size > _DIRECTORY_LIMIT:
        raise Refused(Reason.OFFICE_BROKEN if size <= _DIRECTORY_LIMIT else Reason.CROWDED)
    return begin, end, count


def _read_directory(content: bytes, begin: int, end: int) -> list[Entry]:
    entries, at = [], begin
    while at < end:
        if at + _CENTRAL.size > end or content[at : at + 4] != b"PK\x01\x02":
            raise Refused(Reason.OFFICE_BROKEN)
        line = _CENTRAL.unpack_from(content, at)
        names_end = at + _CENTRAL.size + line[10]
        entries.append(_entry(content, line, content[at + _CENTRAL.size : names_end], names_end))
        at = names_end + line[11] + line[12]
    if at != end:
        raise Refused(Reason.OFFICE_BROKEN)
    return entries


def _entry(content: bytes, line: tuple, raw_name: bytes, extra_at: int) -> Entry:
    """One checked entry: the directory and the entry's own header must tell the same."""
    flags, method, checksum, attributes = line[3], line[4], line[7], line[15]
    size, packed, start = _true_sizes(content[extra_at : extra_at + line[11]], line[9], line[8], line[16])
    if flags & _ENCRYPTED:
        raise Refused(Reason.PASSWORD)
    name = raw_name.decode("utf-8" if flags & _UTF_8 else "cp437", errors="replace")
    unix_mode = attributes >> 16 if line[1] >> 8 == _UNIX else 0
    if _UNSAFE_NAME.search(name) or stat.S_ISLNK(unix_mode) or method not in (_STORED, _DEFLATED):
        raise Refused(Reason.OFFICE_BROKEN)
    if start + _LOCAL.size > len(content):
        raise Refused(Reason.OFFICE_BROKEN)
    own = _LOCAL.unpack_from(content, start)
    name_at = start + _LOCAL.size
    same = own[0] == b"PK\x03\x04" and own[3] == method and content[name_at : name_at + own[9]] == raw_name
    if not same or own[2] & _ENCRYPTED or (method == _STORED and size != packed):
        raise Refused(Reason.OFFICE_BROKEN)
    return Entry(name, method, checksum, packed, size, start, name_at + own[9] + own[10])


def _true_sizes(extra: bytes, size: int, packed: int, start: int) -> tuple[int, int, int]:
    """Size, packed size and position, taken from the 64-bit field where the line says so."""
    wanted = [size, packed, start]
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<2H", extra, at)
        if tag == 1:
            field = extra[at + 4 : at + 4 + length]
            numbers = iter(struct.unpack(f"<{len(field) // 8}Q", field[: len(field) // 8 * 8]))
            wanted = [next(numbers, value) if value == _UNKNOWN_64 else value for value in wanted]
        at += 4 + length
    return wanted[0], wanted[1], wanted[2]


def _check_layout(content: bytes, entries: list[Entry], directory_at: int) -> None:
    """Entries lie one after the other from the first byte on, with nothing hidden between."""
    lying = sorted(entries, key=lambda entry: entry.start)
    if len({entry.name.lower() for entry in entries}) != len(entries) or lying[0].start != 0:
        raise Refused(Reason.OFFICE_BROKEN)
    borders = [(one.end, other.start) for one, other in pairwise(lying)] + [(lying[-1].end, directory_at)]
    for before, after in borders:
        if before > after:
            raise Refused(Reason.OFFICE_BROKEN)
        if b"PK\x03\x04" in content[before:after]:
            raise Refused(Reason.OFFICE_BROKEN)
