"""Pages by key and not by number, so that new rows do not shift them: a row's key is its moment and its number."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_DIGITS = 17  # of microseconds since 1970: until the year 5138


def cursor(moment: datetime | None, pk: int) -> str:
    """The key of a row as an address carries it: microseconds since 1970, or nothing, and its number."""
    return f"{(moment - EPOCH) // timedelta(microseconds=1) if moment else ''}_{pk}"


def place(cursor: str) -> tuple[datetime | None, int] | None:
    """What a cursor says, or None when it says nothing."""
    moment, _bar, pk = cursor.partition("_")
    if not (pk.isascii() and pk.isdecimal() and len(pk) <= 18 and len(moment) <= MOST_DIGITS):
        return None
    if not moment:
        return None, int(pk)
    return (EPOCH + timedelta(microseconds=int(moment)), int(pk)) if moment.isascii() and moment.isdecimal() else None
