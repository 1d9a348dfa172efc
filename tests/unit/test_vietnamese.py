"""Folding and tone placement."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.vietnamese import MAX_TOKEN_CHARS, fold, nfc, place_tone, search_tokens


@pytest.mark.parametrize(
    ("old", "new"),
    [("hòa", "hoà"), ("thủy", "thuỷ"), ("khỏe", "khoẻ"), ("ủy", "uỷ"), ("lóa", "loá"), ("xõa", "xoã"), ("qúy", "quý")],
)
def test_both_customs_of_placing_a_tone_are_one(old: str, new: str) -> None:
    assert place_tone(old) == place_tone(new) == new


@pytest.mark.parametrize(
    "syllable",
    ["hoàn", "suýt", "huỳnh", "khuỷu", "toán", "của", "mía", "lúa", "thuở", "ngoài", "khuya", "hoa", "a", ""],
)
def test_a_syllable_with_one_custom_stays(syllable: str) -> None:
    assert place_tone(syllable) == syllable


def test_folding_takes_every_vietnamese_letter_to_its_base() -> None:
    letters = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
    assert set(fold(letters)) == set("abcdeghiklmnopqrstuvxy")
    assert set(fold(letters.upper())) == set("abcdeghiklmnopqrstuvxy")


@given(st.text())
def test_folding_is_the_same_for_every_unicode_form_and_stays_when_repeated(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_the_eth_of_old_fonts_is_read_as_d_with_stroke() -> None:
    assert nfc("Ðỗ ðen") == "Đỗ đen"


def test_codes_fall_apart_at_their_separators() -> None:
    assert [token.folded for token in search_tokens("000.00.05.H57-210409-0695")] == [
        "000", "00", "05", "h57", "210409", "0695",
    ]  # fmt: skip


def test_a_mark_without_composed_letter_does_not_split_a_word() -> None:
    assert [token.folded for token in search_tokens("Niê\u0306 Kđăm")] == ["nie", "kdam"]


@given(st.text())
def test_tokens_cover_their_text_and_hold_nothing_a_query_language_knows(text: str) -> None:
    for token in search_tokens(text):
        assert nfc(text)[token.start : token.end].strip()
        for key in (token.exact, token.folded):
            assert 0 < len(key) <= MAX_TOKEN_CHARS
            assert all(character.isalnum() or unicodedata.combining(character) for character in key)
