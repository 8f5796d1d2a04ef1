"""File names as text: cleaned for showing and for sending, never used as a path in the store."""

import re
import unicodedata
from collections.abc import Mapping

from .reasons import Reason, Refused

NAME_LIMIT = 200  # characters
SHOWN_LIMIT = 80  # characters of a name inside a sentence
# characters that turn the reading direction, so that "gpj.exe" reads as "exe.jpg"
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HIDDEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_SUFFIXES: Mapping[str, tuple[str, ...]] = {"jpg": ("jpg", "jpeg")}


def clean_name(name: str) -> str:
    """The name as it is kept: NFC, without folders, hidden characters and names that Windows reserves.

    Raises   Refused when it is empty, longer than 200 characters, or has control or direction characters
    """
    text = unicodedata.normalize("NFC", name)
    if _TURNING.search(text) or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise Refused(Reason.NAME_BAD, shown(text))
    text = re.split(r"[/\\]", _HIDDEN.sub("", text))[-1].strip().rstrip(".").strip()
    if not text.strip("._ "):
        raise Refused(Reason.NAME_BAD)
    if len(text) > NAME_LIMIT:
        raise Refused(Reason.NAME_LONG, shown(text), limit=NAME_LIMIT)
    return f"_{text}" if _RESERVED.match(text) else text


def shown(name: str) -> str:
    """A name safe to put in a sentence: nothing hidden, at most 80 characters."""
    text = "".join(sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign)[0] != "C")
    return text if len(text) <= SHOWN_LIMIT else f"{text[: SHOWN_LIMIT - 1]}…"


def with_suffix(name: str, kind: str) -> str:
    """The name with the ending that its content calls for, so that "a.exe" with a picture in it opens as one."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return name if ending in _SUFFIXES.get(kind, (kind,)) else f"{name}.{kind}"
