"""Names of state agencies: marks that the engine lost are put back where only one word can stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.stages.layout import Token, letters
from pipeline.vietnamese import nfc, place_tone

_PHRASES = (
    "ỦY BAN NHÂN DÂN", "HỘI ĐỒNG NHÂN DÂN", "THỦ TƯỚNG CHÍNH PHỦ", "VĂN PHÒNG CHÍNH PHỦ", "CHÍNH PHỦ", "QUỐC HỘI",
    "ỦY BAN THƯỜNG VỤ QUỐC HỘI", "THÀNH PHỐ", "TỈNH", "QUẬN", "HUYỆN", "THỊ XÃ", "THỊ TRẤN", "PHƯỜNG", "ĐẶC KHU",
    "BAN CHỈ ĐẠO", "VĂN PHÒNG", "VIỆN KIỂM SÁT NHÂN DÂN", "TÒA ÁN NHÂN DÂN", "TỐI CAO", "CÔNG AN", "SỞ TƯ PHÁP",
    "SỞ NỘI VỤ", "SỞ TÀI CHÍNH", "SỞ XÂY DỰNG", "SỞ Y TẾ", "SỞ CÔNG THƯƠNG", "SỞ GIÁO DỤC VÀ ĐÀO TẠO",
    "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG", "BẢO HIỂM XÃ HỘI", "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG",
    "BỘ TƯ PHÁP", "BỘ CÔNG AN", "BỘ TÀI CHÍNH", "BỘ NỘI VỤ", "BỘ Y TẾ", "BỘ CÔNG THƯƠNG", "BỘ XÂY DỰNG",
    "BỘ GIÁO DỤC VÀ ĐÀO TẠO", "BỘ KHOA HỌC VÀ CÔNG NGHỆ", "BỘ NÔNG NGHIỆP VÀ MÔI TRƯỜNG", "ĐẠI HỌC", "CAO ĐẲNG",
    "TRƯỜNG", "KINH TẾ", "KỸ THUẬT", "PHÒNG KINH TẾ", "PHÒNG VĂN HÓA - XÃ HỘI", "CHI NHÁNH VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI",
)  # fmt: skip
"""What agencies are called (Luật Tổ chức chính quyền địa phương 2025, and the ministries since March 2025)."""
_KNOWN_SURE = 0.97
"""Of a word whose letters are those of such a phrase: its marks follow."""
_TWICE_SURE = 0.97
"""Of a name of a place that stands a second time in the line of place and date, with the same marks."""


@dataclass(frozen=True)
class Reading:
    """A word of the issuer with what it is taken for, and the probability 0..1 that this stands there."""

    token: Token
    text: str
    confidence: float


def put_right(issuer: Sequence[Token], place_and_date: Sequence[Token]) -> list[Reading]:
    """The words of the issuer with their marks.

    Args:
        issuer: the words at the top left, in capitals.
        place_and_date: the line `Quảng Ngãi, ngày ...`; the place is the issuer's own.

    """
    readings = [Reading(token, nfc(token.text), token.confidence) for token in issuer]
    for phrase in sorted(_PHRASES, key=len, reverse=True):
        readings = _as_phrase(readings, phrase.split())
    return _as_place(readings, place_and_date)


def _as_phrase(readings: list[Reading], phrase: Sequence[str]) -> list[Reading]:
    wanted = [letters(word) for word in phrase]
    words = [word for word in phrase if letters(word)]
    wanted = [word for word in wanted if word]
    made = list(readings)
    for start in range(len(readings) - len(wanted) + 1):
        window = readings[start : start + len(wanted)]
        if [letters(reading.text) for reading in window] == wanted:
            made[start : start + len(wanted)] = [_as(r, word) for r, word in zip(window, words, strict=True)]
    return made


def _as(reading: Reading, word: str) -> Reading:
    """The reading as this word; the tone stays on the vowel where it was printed."""
    same = place_tone(reading.text.lower()) == place_tone(word.lower())
    return Reading(reading.token, reading.text if same else word, max(reading.confidence, _KNOWN_SURE))


def _as_place(readings: list[Reading], line: Sequence[Token]) -> list[Reading]:
    """The last words with the marks of the place in the line of place and date, if they are the same words."""
    place: list[Token] = []
    for token in line:
        if token.letters.startswith("ngay"):
            break
        if token.letters:
            place.append(token)
    size = len(place)
    tail = readings[-size:] if size else []
    if not tail or [letters(reading.text) for reading in tail] != [token.letters for token in place]:
        return readings
    return [*readings[:-size], *(_weighed(r, token) for r, token in zip(tail, place, strict=True))]


def _weighed(reading: Reading, other: Token) -> Reading:
    """The surer of two readings of one word; surer still where they agree."""
    there = nfc(other.text).strip(",.").upper()
    if place_tone(there.lower()) == place_tone(reading.text.lower()):
        return Reading(reading.token, reading.text, max(reading.confidence, other.confidence, _TWICE_SURE))
    if other.confidence > reading.confidence:
        return Reading(reading.token, there, other.confidence)
    return reading
