"""How Vietnamese text is cleaned, searched and sorted; every other floor asks here, nothing is kept here."""

import re
import unicodedata

from django.utils.translation import gettext as _

MOST_MARKS = 10  # combining marks on one letter; Vietnamese needs two, normalising thousands takes minutes
_MARKS = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)))
_HEAP_OF_MARKS = re.compile(f"([{_MARKS}]{{{MOST_MARKS}}})[{_MARKS}]+")
_WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")

_ETH = str.maketrans("ðÐ", "đĐ")  # Icelandic eth, typed for đ by old keyboards: the same picture, another letter
_INVISIBLE = re.compile("[\ufeff\u200b]")  # byte-order mark, zero-width space: carried along by copy and paste
_NEWLINE = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")  # \v is the soft line break of Word
_REFUSED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and newline; NUL is an error on PostgreSQL
    "\u202a-\u202e\u2066-\u2069"  # bidi overrides: what is read is not what is stored
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # halves of characters and non-characters: cannot be written out
)
_ASCII_TWINS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | dict.fromkeys("\u2018\u2019\u02bc", "'")
    | dict.fromkeys("\u201c\u201d\u00ab\u00bb", '"')
    | {"đ": "d", "ð": "d"}
)
_APOSTROPHE = re.compile("['`\u2018\u2019\u02bc]")

_SHAPES = {"\u0306": "1", "\u0302": "2", "\u031b": "3"}  # ă, then â ê ô, then ơ ư: the order of the alphabet
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}  # huyền hỏi ngã sắc nặng
_OWN_LETTERS = {"đ": "d1", "ð": "d1", "ƀ": "b1"}  # ƀ is written in Ê Đê names
_FOREIGN = "z9"  # a letter of another script: after every Latin one


def nfc(text: str) -> str:
    """The text composed (NFC), so that the same letters are the same characters.

    A letter under more than `MOST_MARKS` marks loses the rest of them.
    """
    return unicodedata.normalize("NFC", _few_marks(text))


def fold(text: str) -> str:
    """The text as it is searched: lower-case ASCII without accents, đ as d, one space between words."""
    plain = unicodedata.normalize("NFKD", _few_marks(text)).lower().translate(_ASCII_TWINS)
    words = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().split()
    printable = ("".join(letter for letter in word if letter.isprintable()) for word in words)
    return " ".join(word for word in printable if word)


def sort_key(full_name: str) -> str:
    """A string that sorts names the Vietnamese way: tên, then họ, then đệm; letters first, then the tone.

    Every letter is two characters (letter, shape), every word ends in `0` and its tone.  A digit stands between
    any two letters, so the order is the same bytewise and in every collation of every database.
    Length    at most 2 * len(full_name) + 2 for Latin letters
    """
    words = _WORD.findall(_APOSTROPHE.sub("", nfc(full_name).lower()))
    return "".join(_word_key(word) for word in words[-1:] + words[:1] * (len(words) > 1) + words[1:-1])


def _word_key(word: str) -> str:
    """Letters in the order a ă â b c d đ e ê … and, after them, the tone; digits before letters."""
    letters: list[str] = []
    tone = "0"
    for sign in unicodedata.normalize("NFD", word):
        if sign in _TONES:
            tone = _TONES[sign] if tone == "0" else tone
        elif sign in _SHAPES and letters:
            letters[-1] = letters[-1][0] + _SHAPES[sign]
        elif sign.isascii():
            letters.append(sign + ("9" if sign.isdigit() else "0"))
        elif not unicodedata.combining(sign):
            letters.append(_OWN_LETTERS.get(sign, _FOREIGN))
    return "".join(letters) + "0" + tone


def clean_text(text: str, limit: int | None = None) -> str:
    """The text as it may be stored: composed, eth as đ, newlines as \\n, nothing invisible, stripped.

    limit     most characters, counted after cleaning
    Raises    ValueError with a sentence for the reader: a character that cannot be kept, or too long
    """
    if _HEAP_OF_MARKS.search(text):
        raise ValueError(_("Có một chữ mang quá nhiều dấu chồng lên nhau. Hãy xoá chữ đó và gõ lại."))
    visible = _NEWLINE.sub("\n", _INVISIBLE.sub("", text))
    cleaned = unicodedata.normalize("NFC", visible).translate(_ETH).strip()
    refused = _REFUSED.search(cleaned)
    if refused:
        raise ValueError(_unwanted(cleaned, refused.start()))
    return _within(cleaned, limit)


def clean_line(text: str, limit: int | None = None) -> str:
    """`clean_text` for a single line: newlines, tabs and runs of spaces become one space."""
    return _within(" ".join(clean_text(text).split()), limit)


def _within(text: str, limit: int | None) -> str:
    if limit is not None and len(text) > limit:
        told = {"length": _thousands(len(text)), "limit": _thousands(limit)}
        raise ValueError(_("Nội dung dài %(length)s ký tự, nhiều nhất là %(limit)s ký tự. Hãy rút gọn lại.") % told)
    return text


def _unwanted(text: str, place: int) -> str:
    """The sentence that says which character is refused, and after which word to look for it."""
    told = {"code": f"U+{ord(text[place]):04X}", "before": " ".join(text[:place].split()[-3:])[-40:]}
    if not told["before"]:
        return _("Có một ký tự ẩn ở đầu (mã %(code)s), hệ thống không nhận. Hãy xoá ký tự đó hoặc gõ lại.") % told
    return _("Có một ký tự ẩn (mã %(code)s) sau “%(before)s”, hệ thống không nhận. Hãy xoá hoặc gõ lại.") % told


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _few_marks(text: str) -> str:
    return text if text.isascii() else _HEAP_OF_MARKS.sub(r"\1", text)
