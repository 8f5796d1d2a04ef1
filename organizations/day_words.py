"""Why a day is worked or not, in words, with the source and whether it is decided yet."""

from datetime import date, time
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

# The last year whose Tết and Quốc khánh days are decided, known on 20/11/2026.  Source: law.md 9
LAST_DECIDED = 2026
# Holidays that fall on the same date every year: sure before anything is decided.
FIXED_DATES = {(1, 1), (4, 30), (5, 1), (9, 2)}
# Days off the package counts for which no instrument is known: name in the package -> why not.
UNFOUNDED_HOLIDAYS: dict[str, str] = {
    "Ngày Văn hóa Việt Nam": gettext_lazy(
        "Chưa có văn bản sửa Điều 112 Bộ luật Lao động cho nghỉ ngày Văn hoá Việt Nam 24/11 (80-NQ/TW chưa đủ)"
    ),
}
CULTURE_DAY, CULTURE_SINCE = (11, 24), 2026
# Who exchanged working days in a year.  Source: law.md 9, and the references of the package
SWAPS = {
    2024: "Công văn 2450/VPCP-KGVX năm 2024",
    2025: "Thông báo 6150/TB-BLĐTBXH năm 2024",
    2026: "Công văn 6620 về nghỉ lễ năm 2026 (theo thông báo của tỉnh Lai Châu)",
}
HOLIDAYS = gettext_lazy("Bộ luật Lao động 2019, Điều 112")
REST = gettext_lazy("Bộ luật Lao động 2019, Điều 111")
SUBSTITUTE = gettext_lazy("Bộ luật Lao động 2019, Điều 111 khoản 3")
OBSERVED, EXCHANGED = " (nghỉ bù)", "Ngày nghỉ (thay cho ngày "  # how the package marks its names
NAMES = [  # the names the package uses, for the catalogue
    gettext_noop("Tết Dương lịch"), gettext_noop("29 Tết"), gettext_noop("Giao thừa Tết Nguyên Đán"),
    gettext_noop("Tết Nguyên Đán"), gettext_noop("Mùng hai Tết Nguyên Đán"), gettext_noop("Mùng ba Tết Nguyên Đán"),
    gettext_noop("Mùng bốn Tết Nguyên Đán"), gettext_noop("Mùng năm Tết Nguyên Đán"),
    gettext_noop("Mùng sáu Tết Nguyên Đán"), gettext_noop("Ngày Giỗ Tổ Hùng Vương"), gettext_noop("Ngày Chiến thắng"),
    gettext_noop("Ngày Quốc tế Lao động"), gettext_noop("Quốc khánh"),
]  # fmt: skip


class Why(NamedTuple):
    """What a day is: worked or not, the reason as a sentence, its source, and whether it is an estimate only."""

    worked: bool
    reason: str
    source: str
    estimated: bool


def is_unfounded(name: str) -> bool:
    """Whether the package counts this day off without a known instrument; its substitute day too."""
    return name.startswith(tuple(UNFOUNDED_HOLIDAYS))


def worked_words(kind: str, closes_at: time | None, note: str, document: str) -> Why:
    """A day that was entered."""
    if kind == "HALF":
        hour = f"{closes_at:%H:%M}" if closes_at else ""
        half = _("Làm nửa ngày, đến %(hour)s") % {"hour": hour}
        return Why(True, f"{half}: {note}" if note else half, document, False)
    if kind == "WORK":
        return Why(True, note or _("Làm bù"), document, False)
    return Why(False, note or _("Nghỉ"), document, False)


def weekly_rest(day: date) -> Why:
    """A Saturday or Sunday that nothing changes."""
    return Why(False, _("Nghỉ hằng tuần"), str(REST), False)


def holiday_words(day: date, holidays: dict[date, str], *, works: bool) -> Why:
    """A day as the package has it: a holiday, a day exchanged for another, or a plain working day."""
    if works and day.weekday() >= 5:
        return Why(True, _made_up(day, holidays), SWAPS.get(day.year, ""), False)
    if works:
        return Why(True, _("Ngày làm việc"), _missing_instrument(day), False)
    name = next(name for name in holidays[day].split("; ") if not is_unfounded(name))
    if name.startswith(EXCHANGED):
        other = name.removeprefix(EXCHANGED).rstrip(")")
        return Why(False, _("Nghỉ, đổi với ngày %(day)s") % {"day": other}, SWAPS.get(day.year, ""), False)
    estimated = day.year > LAST_DECIDED and (day.month, day.day) not in FIXED_DATES
    if name.endswith(OBSERVED):
        first = _(name.removesuffix(OBSERVED))
        return Why(False, _("Nghỉ bù %(holiday)s") % {"holiday": first}, str(SUBSTITUTE), estimated)
    return Why(False, _(name), str(HOLIDAYS), estimated)


def _made_up(day: date, holidays: dict[date, str]) -> str:
    """For which day off a weekend is worked."""
    wanted = f"{EXCHANGED}{day:%d/%m/%Y})"
    off = next((one for one, name in holidays.items() if name == wanted), None)
    return _("Làm bù cho ngày %(day)s") % {"day": f"{off:%d/%m/%Y}"} if off else _("Làm bù")


def _missing_instrument(day: date) -> str:
    """Why a day that some calendars show as off is worked."""
    unfounded = (day.month, day.day) == CULTURE_DAY and day.year >= CULTURE_SINCE
    return str(UNFOUNDED_HOLIDAYS["Ngày Văn hóa Việt Nam"]) if unfounded else ""
