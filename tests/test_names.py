"""Names are cleaned, found and sorted as Vietnamese is written."""

import time
import unicodedata
from itertools import pairwise

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from organizations.fields import CleanCharField, CleanTextField
from organizations.names import clean_line, clean_text, fold, nfc, sort_key

SYLLABLES = "An Ánh Ẩn Bình Đặng Đỗ Dũng Giang Hường Hoà Hòa Huế Khuê Lê Ngô Nguyễn Ơn Phượng Thị Trần Ưng Văn Ỷ"
vietnamese_names = st.lists(st.sampled_from(SYLLABLES.split()), min_size=1, max_size=6).map(" ".join)
any_text = st.text(max_size=80)


def in_order(names: str) -> None:
    """Each name has a smaller key than the next."""
    keys = [sort_key(name) for name in names.split("<")]
    assert all(one < next_one for one, next_one in pairwise(keys))


@pytest.mark.parametrize(
    "names",
    [
        "Ma < Mà < Mả < Mã < Má < Mạ",
        "An < Án < Anh < Ánh < Ăn < Ân < Ba",
        "Da < Dạ < Đa < Đạ < E < Ê",
        "Hoa < Hoà < Hoai < Hô < Hơ < Hu < Hư < Hy",
        "Lê An < Lê Văn An < Nguyễn An < Lê Anh",
        "Nguyễn Thị Bình < Nguyễn Văn Bình < Trần An Bình < Ân Đức",
        "Số 2 < Số 10 A < Số Ba",
    ],
)
def test_names_sort_by_given_name_then_family_name_then_middle_in_the_order_of_the_alphabet(names):
    in_order(names)


def test_upper_case_and_the_two_ways_of_placing_a_tone_sort_alike():
    assert sort_key("HOÀ") == sort_key("hòa") == sort_key("Hoa\u0300")


@given(st.text(max_size=60))
def test_a_sort_key_never_puts_two_letters_side_by_side_so_it_needs_no_collation(name):
    key = sort_key(name)
    assert set(key) <= set("0123456789abcdefghijklmnopqrstuvwxyz")
    assert not any(a.isalpha() and b.isalpha() for a, b in pairwise(key))


@given(vietnamese_names)
def test_a_sort_key_is_hardly_longer_than_twice_the_name(name):
    assert len(sort_key(name)) == 2 * len(nfc(name)) + 2


@given(vietnamese_names)
def test_a_name_sorts_and_is_found_alike_composed_or_decomposed(name):
    apart = unicodedata.normalize("NFD", name)
    assert sort_key(apart) == sort_key(name)
    assert fold(apart) == fold(name)
    assert clean_line(apart) == name


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Đặng Thị Hường – Đắk Lắk", "dang thi huong - dak lak"),
        ("ĐẶNG\u00a0 THỊ\tHƯỜNG", "dang thi huong"),
        ("Ðà Nẵng ðẹp", "da nang dep"),
        ("“Gương sáng”", '"guong sang"'),
        ("a\x00b", "ab"),
        ("漢字", ""),
    ],
)
def test_search_ignores_accents_case_and_spacing_and_takes_d_for_barred_d(typed, found):
    assert fold(typed) == found


@given(any_text)
def test_folding_twice_is_folding_once_and_leaves_plain_ascii(text):
    once = fold(text)
    assert once.isascii()
    assert once.isprintable()
    assert fold(once) == once


def test_cleaning_composes_maps_eth_and_normalises_newlines():
    assert clean_text("  Nguye\u0302\u0303n Ðức\r\nBáo\rcáo\vhai\u2028ba\n ") == "Nguyễn Đức\nBáo\ncáo\nhai\nba"
    assert clean_text("\ufeffHà\u200b Nội") == "Hà Nội"
    assert clean_line("Hà\u00a0\n Nội ") == "Hà Nội"


@given(any_text)
def test_clean_text_is_storable_and_cleaning_it_again_changes_nothing(text):
    try:
        cleaned = clean_text(text)
    except ValueError:
        return
    assert unicodedata.is_normalized("NFC", cleaned)
    assert "\x00" not in cleaned
    assert "\r" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean_text(cleaned) == cleaned


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\x9d", "\u202e", "\u2066", "\ud800", "\uffff"])
def test_a_hidden_character_is_refused_with_its_place(sign):
    with pytest.raises(ValueError, match=f"U\\+{ord(sign):04X}.*sau “Trần Văn”"):
        clean_text(f"Trần Văn{sign}An")


def test_tabs_and_newlines_inside_a_text_are_kept():
    assert clean_text("một\thai\nba") == "một\thai\nba"


def test_a_text_too_long_is_told_both_lengths_counted_after_composing():
    assert clean_text("e\u0302\u0301" * 2_000, 2_000) == "ế" * 2_000
    with pytest.raises(ValueError, match=r"dài 2\.001 ký tự, nhiều nhất là 2\.000 ký tự"):
        clean_text("e\u0302\u0301" * 2_001, 2_000)


def test_a_megabyte_of_marks_on_one_letter_is_refused_or_folded_within_a_second():
    heap = "a" + "\u0301\u0323" * 500_000
    started = time.perf_counter()
    with pytest.raises(ValueError, match="quá nhiều dấu"):
        clean_text(heap)
    assert fold(heap) == "a"
    assert sort_key(heap).startswith("a0")
    assert time.perf_counter() - started < 2


class Words(forms.Form):
    """One line and one text, as the forms of the house have them."""

    name = CleanCharField(max_length=20)
    report = CleanTextField(required=False)


def told(**typed):
    """Errors of the form for what was typed, by field."""
    with translation.override("vi"):
        form = Words(typed)
        form.is_valid()
        return dict(form.errors.items()), form.cleaned_data


def test_a_form_keeps_composed_text_of_decomposed_input():
    errors, kept = told(name=unicodedata.normalize("NFD", "Nguyễn  Thị Hường"), report="dòng một\r\ndòng hai ")
    assert not errors
    assert kept == {"name": "Nguyễn Thị Hường", "report": "dòng một\ndòng hai"}


def test_a_form_answers_in_words_to_nothing_to_a_megabyte_and_to_nul():
    assert told(name=" \n ")[0] == {"name": ["Ô này chưa điền. Hãy điền rồi gửi lại."]}
    assert "1.048.576 ký tự, nhiều nhất là 2.000" in told(name="A", report="ă" * 1_048_576)[0]["report"][0]
    assert "nhiều nhất là 20 ký tự" in told(name="A" * 21)[0]["name"][0]
    assert "U+0000" in told(name="A\x00B")[0]["name"][0]
    assert told(name="A")[1]["report"] == ""


def test_the_page_lets_a_long_paste_through_so_that_nothing_is_cut_in_silence():
    assert "maxlength" not in Words().as_p()
