"""Vietnamese letters: one spelling for comparing and finding, on every back end the same.

Text arrives composed (NFC) or decomposed (NFD), with the tone on either vowel of an open syllable (hòa, hoà), and with
the Icelandic eth in place of đ. Search engines fold none of this reliably, so it is done here, the same for index and
query.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

MAX_TOKEN_CHARS = 30
"""Longer runs of letters are cut: no word or code is so long, and index entries have a limit."""

_WORDS_REMEMBERED = 65_536
"""Texts are made of few different words, and folding one costs more than all the rest of looking at it."""

_LOOK_ALIKES = str.maketrans({"Ð": "Đ", "ð": "đ"})  # the eth of old fonts and of OCR
# Letters of some minority languages (ê̆) have no composed form, so a mark inside a word belongs to the word.
_TOKEN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
# Only a syllable that ends in these two vowels has two customs; hoàn, suýt and huỳnh have one.
_TONE_ON_FIRST_VOWEL = re.compile(r"(?:([òóỏõọ])([ae])|([ùúủũụ])(y))$")


class Token(NamedTuple):
    """A maximal run of letters and digits: where it stands in the NFC text, and its two keys for comparing."""

    start: int
    end: int
    exact: str
    """Lower case with marks, tone placement made one."""
    folded: str
    """Lower case without marks, d for đ."""


def nfc(text: str) -> str:
    """The text in Unicode NFC, with the look-alike eth (Ð, ð) read as the Vietnamese Đ, đ."""
    return unicodedata.normalize("NFC", text).translate(_LOOK_ALIKES)


def fold(text: str) -> str:
    """The text in lower case, without any marks, with d for đ: `Đỗ Thị Hường` and `do thi huong` are the same."""
    decomposed = unicodedata.normalize("NFD", nfc(text).lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("đ", "d")


def flat(text: str) -> str:
    """The text folded letter by letter, so that places in it stay the same."""
    return "".join((fold(c) or " ")[0] for c in text)


def place_tone(syllable: str) -> str:
    """A lower-case NFC syllable with its tone where the newer custom puts it: hòa is hoà, thủy is thuỷ, hoàn stays."""
    match = _TONE_ON_FIRST_VOWEL.search(syllable)
    if match is None:
        return syllable
    toned, second = (part for part in match.groups() if part)
    first_and_tone = unicodedata.normalize("NFD", toned)
    moved = unicodedata.normalize("NFC", second + first_and_tone[1])
    return syllable[: match.start()] + first_and_tone[0] + moved


def search_tokens(text: str) -> tuple[Token, ...]:
    """The words and numbers of `nfc(text)` in order; everything else (spaces, `/`, `-`, `.`) only separates them."""
    return tuple(Token(match.start(), match.end(), *_keys(match[0])) for match in _TOKEN.finditer(nfc(text)))


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _keys(word: str) -> tuple[str, str]:
    """The two keys of a word: exact, folded."""
    return place_tone(nfc(word.lower()))[:MAX_TOKEN_CHARS], fold(word)[:MAX_TOKEN_CHARS]
