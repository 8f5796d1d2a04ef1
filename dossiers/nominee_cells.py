"""The columns of a list of nominees, and how one cell of each is read.

A reader gives the value as the product keeps it, or raises ValueError with a sentence that says what to write.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit.clock import today
from organizations.names import clean_line, clean_text, fold

LINE_LIMIT = 200  # characters
TEXT_LIMIT = 2_000  # characters
EARLIEST_BIRTH = 1900
SHOWN = 40  # characters of a wrong cell that its error repeats

COLUMNS = {
    "kind": gettext_noop("Loại đối tượng"),
    "full_name": gettext_noop("Họ và tên, tên tập thể"),
    "birth_year": gettext_noop("Năm sinh"),
    "sex": gettext_noop("Giới tính"),
    "title": gettext_noop("Chức vụ"),
    "unit_name": gettext_noop("Đơn vị công tác"),
    "award": gettext_noop("Hình thức khen thưởng"),
    "achievement": gettext_noop("Thành tích"),
    "result_percent": gettext_noop("Kết quả thực hiện cam kết (%)"),
}
KINDS = {"PERSON": "cá nhân", "COLLECTIVE": "tập thể", "HOUSEHOLD": "hộ gia đình"}
SEXES = {"MALE": "nam", "FEMALE": "nữ"}

_KIND_OF = {fold(label): kind for kind, label in KINDS.items()} | {"ho": "HOUSEHOLD", "cn": "PERSON"}
_SEX_OF = {"nam": "MALE", "nu": "FEMALE", "ong": "MALE", "ba": "FEMALE"}
_YEAR = re.compile(r"(?:\d{1,2}[/.-]\d{1,2}[/.-])?([0-9]{4})", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,3}))?\s*%?", re.ASCII)
FORMULA_FAULTS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
_NOT_WORD = re.compile(r"[^a-z0-9%]+")

Reader = Callable[[str], Any]


def words_of(text: str) -> str:
    """The bare words by which headings and catalogue names are recognised."""
    return _NOT_WORD.sub(" ", fold(text)).strip()


def readers(awards: Mapping[str, str]) -> dict[str, Reader]:
    """{column: its reader}, for a campaign's awards {code: name}."""
    return {
        "kind": _kind,
        "full_name": _full_name,
        "birth_year": _birth_year,
        "sex": _sex,
        "title": _line,
        "unit_name": _line,
        "award": lambda typed: _award(typed, awards),
        "achievement": lambda typed: clean_text(typed, TEXT_LIMIT),
        "result_percent": _percent,
    }


def is_kind(typed: str) -> bool:
    """Whether a cell names a kind of nominee."""
    return words_of(typed) in _KIND_OF


def _line(typed: str) -> str:
    return clean_line(typed, LINE_LIMIT)


def _full_name(typed: str) -> str:
    name = _line(typed)
    if not any(letter.isalpha() for letter in name):
        raise ValueError(_("chưa có tên. Hãy ghi họ và tên đầy đủ, hoặc tên tập thể, hộ gia đình."))
    return name


def _kind(typed: str) -> str:
    if not typed:
        return ""
    if words_of(typed) not in _KIND_OF:
        raise ValueError(
            _("không rõ “%(typed)s”. Hãy ghi: cá nhân, tập thể hoặc hộ gia đình.") % {"typed": _shown(typed)}
        )
    return _KIND_OF[words_of(typed)]


def _sex(typed: str) -> str:
    if not typed:
        return ""
    if words_of(typed) not in _SEX_OF:
        raise ValueError(_("không rõ “%(typed)s”. Hãy ghi: nam hoặc nữ.") % {"typed": _shown(typed)})
    return _SEX_OF[words_of(typed)]


def _birth_year(typed: str) -> int | None:
    """A year, or the year of a whole date of birth."""
    if not typed:
        return None
    found = _YEAR.fullmatch(typed)
    if not found or not EARLIEST_BIRTH <= int(found[1]) <= today().year:
        told = {"typed": _shown(typed), "first": EARLIEST_BIRTH, "last": today().year}
        raise ValueError(
            _("“%(typed)s” không phải năm sinh. Hãy ghi bốn chữ số từ %(first)d đến %(last)d, ví dụ 1985.") % told
        )
    return int(found[1])


def _percent(typed: str) -> Decimal | None:
    """An exact percentage: what is written is what is kept."""
    if not typed:
        return None
    found = _PERCENT.fullmatch(typed)
    if not found:
        raise ValueError(
            _("không đọc được “%(typed)s”. Hãy ghi số từ 0 đến 999, nhiều nhất ba chữ số lẻ (không làm tròn hộ), "
              "ví dụ 95,5.") % {"typed": _shown(typed)}
        )  # fmt: skip
    return Decimal(f"{found[1]}.{found[2] or '0'}")


def _award(typed: str, awards: Mapping[str, str]) -> str:
    """The code of the award named by its code, its name, or a beginning that only one name has.

    An empty cell is the campaign's award when it has only one.
    """
    names = {code: words_of(name) for code, name in awards.items()}
    words = words_of(typed)
    found = [code for code, name in awards.items() if clean_line(typed) == name]
    found = found or [code for code, name in names.items() if words and words in (name, words_of(code))]
    found = found or [code for code, name in names.items() if name.startswith(f"{words} ") or not words]
    if len(found) == 1:
        return found[0]
    listed = "; ".join(list(awards.values())[:5]) + ("; …" if len(awards) > 5 else "")
    if not typed:
        raise ValueError(_("chưa ghi. Hãy ghi một trong: %(awards)s.") % {"awards": listed})
    told = {"typed": _shown(typed), "awards": listed}
    raise ValueError(_("“%(typed)s” không có trong đợt này. Hãy ghi một trong: %(awards)s.") % told)


def _shown(typed: str) -> str:
    """A wrong cell as an error may repeat it: one short line, nothing hidden in it."""
    line = "".join(letter if letter.isprintable() else " " for letter in typed[: SHOWN + 1])
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"
