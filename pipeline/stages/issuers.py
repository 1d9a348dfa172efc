"""Names of state agencies: marks that the engine lost are put back where only one word can stand."""

from collections.abc import Sequence

from pipeline.stages.layout import Token, letters
from pipeline.stages.spellings import Reading, Spellings
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
"""Probability of a word whose letters are those of such a phrase: its marks follow."""


def put_right(issuer: Sequence[Token], spellings: Spellings) -> list[Reading]:
    """The words of the issuer with their marks.

    Args:
        issuer: the words at the top left, in capitals.
        spellings: of the whole paper, which names its issuer more than once.

    """
    readings = [Reading(token, nfc(token.text), token.confidence) for token in issuer]
    for phrase in sorted(_PHRASES, key=len, reverse=True):
        readings = _as_phrase(readings, phrase.split())
    return spellings.settle(readings)


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
