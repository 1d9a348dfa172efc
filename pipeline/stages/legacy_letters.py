"""Vietnamese before Unicode: the one-byte codes of TCVN 5712:1993 (VN3, the fonts named .Vn...) and of VNI's fonts.

Both put their letters where Western European ones have their codes, so that text looks like `Céng hßa x· héi` (TCVN3)
or `Coäng hoøa xaõ hoäi` (VNI) to who does not know the font. In TCVN3 a letter with its marks is one code, and toned
capitals are the small codes in a font of capitals only, whose name ends in H. In VNI a mark is a code of its own after
its vowel, except on i and y, and there are capital marks for capital vowels.
"""

import re
import unicodedata
from typing import Literal

from pipeline.stages.syllables import is_syllable

Coding = Literal["tcvn3", "tcvn3_capitals", "vni"]

_TONES = {"": "", "huyền": "\u0300", "hỏi": "\u0309", "ngã": "\u0303", "sắc": "\u0301", "nặng": "\u0323"}
_TCVN3_TONED = {
    # vowel: the codes with huyền, hỏi, ngã, sắc, nặng (TCVN 5712:1993, table of VN3)
    "a": "B5B6B7B8B9",
    "ă": "BBBCBDBEC6",
    "â": "C7C8C9CACB",
    "e": "CCCECFD0D1",
    "ê": "D2D3D4D5D6",
    "i": "D7D8DCDDDE",
    "o": "DFE1E2E3E4",
    "ô": "E5E6E7E8E9",
    "ơ": "EAEBECEDEE",
    "u": "EFF1F2F3F4",
    "ư": "F5F6F7F8F9",
    "y": "FAFBFCFDFE",
}
_TCVN3_PLAIN = dict(zip(range(0xA1, 0xAF), "ĂÂÊÔƠƯĐăâêôơưđ", strict=True))
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
_VNI_MARKS = {
    # the small mark's code; the capital one is 0x20 below
    0xF8: _TONES["huyền"],
    0xF9: _TONES["sắc"],
    0xFB: _TONES["hỏi"],
    0xF5: _TONES["ngã"],
    0xEF: _TONES["nặng"],
    0xE2: _CIRCUMFLEX,
    0xE0: _CIRCUMFLEX + _TONES["huyền"],
    0xE1: _CIRCUMFLEX + _TONES["sắc"],
    0xE5: _CIRCUMFLEX + _TONES["hỏi"],
    0xE3: _CIRCUMFLEX + _TONES["ngã"],
    0xE4: _CIRCUMFLEX + _TONES["nặng"],
    0xEA: _BREVE,
    0xE8: _BREVE + _TONES["huyền"],
    0xE9: _BREVE + _TONES["sắc"],
    0xFA: _BREVE + _TONES["hỏi"],
    0xFC: _BREVE + _TONES["ngã"],
    0xEB: _BREVE + _TONES["nặng"],
}
_VNI_LETTERS = {0xF1: "đ", 0xF4: "ơ", 0xF6: "ư", 0xEC: "ì", 0xED: "í", 0xE6: "ỉ", 0xF3: "ĩ", 0xF2: "ị", 0xEE: "ỵ"}
_CAPITAL_VNI = 0x20

_SUBSET = re.compile(r"^[A-Z]{6}\+")
_STYLE = re.compile(r"(?:[\s,_-]*(?:bold|italic|oblique|regular|normal|mt|ps))+$", re.IGNORECASE)
_RUN_OF_CODES = re.compile(r"(?:[^\W\d_]|[\xa1-\xff])+")
"""A word, where signs such as `®` stand for letters."""
_LEAST_STRANGE_WORDS = 5


def _tcvn3() -> dict[int, str]:
    toned = {
        code: unicodedata.normalize("NFC", vowel + tone)
        for vowel, codes in _TCVN3_TONED.items()
        for code, tone in zip(bytes.fromhex(codes), list(_TONES.values())[1:], strict=True)
    }
    return _TCVN3_PLAIN | toned


def _vni() -> dict[int, str]:
    small = _VNI_LETTERS | _VNI_MARKS
    return small | {code - _CAPITAL_VNI: letters.upper() for code, letters in small.items()}


_TABLES: dict[Coding, dict[int, str]] = {
    "tcvn3": _tcvn3(),
    "tcvn3_capitals": {code: letter.upper() for code, letter in _tcvn3().items()},
    "vni": _vni(),
}


def letter_of(code: int, coding: Coding) -> str:
    """What a code 0..255 stands for; in VNI it may be a combining mark for the vowel before it."""
    letter = _TABLES[coding].get(code)
    if letter is not None:
        return letter
    plain = chr(code)
    return plain.upper() if coding == "tcvn3_capitals" else plain


def to_unicode(text: str, coding: Coding) -> str:
    """Text whose letters were taken for Western European ones (Latin-1), in NFC; other characters stay."""
    return unicodedata.normalize("NFC", "".join(letter_of(ord(c), coding) if ord(c) < 0x100 else c for c in text))


def coding_of_font(name: str) -> Coding | None:
    """The coding of a font by its name as a PDF has it, such as `ABCDEF+.VnTimeH,Bold` or `VNI-Times`."""
    family = _STYLE.sub("", _SUBSET.sub("", name)).strip()
    if family.lower().startswith("vni"):
        return "vni"
    if family.startswith(".Vn"):
        return "tcvn3_capitals" if family.endswith("H") else "tcvn3"
    return None


def coding_of_text(text: str) -> Coding | None:
    """The coding of running text that was taken for Western European, by what makes Vietnamese syllables of it."""
    strange = [word for word in _RUN_OF_CODES.findall(text) if not word.isascii()]
    if len(strange) < _LEAST_STRANGE_WORDS:
        return None
    codings: tuple[Coding, ...] = ("tcvn3", "vni")
    shares = {coding: _vietnamese([to_unicode(word, coding) for word in strange]) for coding in codings}
    best = max(codings, key=lambda coding: shares[coding])
    return best if shares[best] > 0.8 and _vietnamese(strange) < 0.5 else None


def _vietnamese(words: list[str]) -> float:
    """Share of the words that are built like Vietnamese syllables, 0..1."""
    return sum(map(is_syllable, words)) / len(words)
