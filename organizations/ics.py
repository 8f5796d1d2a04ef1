"""Events as calendar programs read them: RFC 5545, UTF-8, lines ended by CRLF and folded at 75 octets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.http import HttpResponse

LONGEST = 75  # octets of a line, its end not counted
PRODUCT = "-//Vinh Danh//Lich//VI"
# text that would end a value, and control characters that no reader takes
DROPPED = dict.fromkeys(chr(i) for i in range(32) if i != 10)
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\x7f": None} | DROPPED)


@dataclass(frozen=True, slots=True)
class Event:
    """Something on a day, or at an aware moment; `uid` stays the same as long as it is the same thing."""

    uid: str
    summary: str
    start: date
    description: str = ""
    url: str = ""
    remind: bool = False  # a day before


def calendar_text(name: str, events: Iterable[Event], at: datetime) -> str:
    """The whole file.

    at    aware: when it was made
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
             f"X-WR-CALNAME:{_text(name)}"]  # fmt: skip
    for event in events:
        lines += _event(event, at)
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def calendar_response(name: str, events: Iterable[Event], at: datetime, filename: str) -> HttpResponse:
    """The file as an answer that no cache on the way keeps."""
    answer = HttpResponse(calendar_text(name, events, at), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _event(event: Event, at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{_moment(at)}"
    if isinstance(event.start, datetime):
        yield f"DTSTART:{_moment(event.start)}"
    else:
        yield f"DTSTART;VALUE=DATE:{event.start:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.start + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.url:
        yield f"URL:{event.url}"
    yield "TRANSP:TRANSPARENT"  # nobody is busy because of it
    if event.remind:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(event.summary)}", "TRIGGER:-P1D",
                    "END:VALARM")  # fmt: skip
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n").translate(ESCAPES)


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, never cut within a letter; each further piece begins with a space."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LONGEST:
            yield piece
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    yield piece
