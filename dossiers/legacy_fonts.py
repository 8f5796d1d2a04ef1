"""Telling text of the old fonts (TCVN3 “.VnTime”, VNI) from Unicode; nothing is converted here.

In both, accented letters are Latin-1 characters that only their font shows as Vietnamese: “NguyÔn ThÞ”, “Nguyeãn”.
"""

import re

# letters only Unicode Vietnamese has: one of them and the text is not of an old font
_UNICODE = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]")
_SURE = re.compile(
    "[a-zß-öø-ÿ][À-ÖØ-Þ]"  # a capital inside a word: NguyÔn, ThÞ, TrÇn, BÝch
    "|[A-Za-zß-öø-ÿ][µ¶¸¹ª¬«]"  # a sign that closes a word: Hµ, Ng«, Lª, Ph¹m
    "|[A-Za-zß-öø-ÿ][¨©®·»¼½¾×÷][a-zß-öø-ÿ]"  # a sign inside a word: V¨n, T©n, §×nh
    "|[§®][A-Za-zÀ-ÖØ-öø-ÿ¨©ª«¬µ¸¹¶»]"  # § and ® are Đ and đ: §Æng, §iÒu
    "|[aeAE][ùøûõïâêáàåãäéèúüëÙØÛÕÏÂÊÁÀÅÃÄÉÈÚÜË]"  # VNI writes the accent behind the vowel: Nguyeãn, Traàn
    "|[Öö][ôùøûõïÔÙØÛÕÏ]"  # VNI ươ: Phöông
)
# letters that are no Vietnamese ones but may stand in a foreign name: Müller, François
_PERHAPS = re.compile("[ÄÅÆÇËÎÏÑÖØÜÞßäåæçëîïñöøûüþÿ]")
_BEYOND_ASCII = re.compile("[\u00a1-\u00ff]")
_FONT_NAME = re.compile(r"\.?vn|vni[- ]", re.IGNORECASE)


def surely_legacy(text: str) -> bool:
    """Whether the text has spellings that only an old font makes, and no letter of Unicode Vietnamese."""
    return bool(_SURE.search(text)) and not _UNICODE.search(text)


def perhaps_legacy(text: str) -> bool:
    """Whether the text would be taken for an old font's in a list where other cells surely are."""
    return bool(_PERHAPS.search(text)) and not _UNICODE.search(text)


def legacy_by_font(font_name: str | None, text: str) -> bool:
    """Whether a cell set in an old font holds text that needs it."""
    is_old = bool(font_name and _FONT_NAME.match(font_name))
    return is_old and bool(_BEYOND_ASCII.search(text)) and not _UNICODE.search(text)
