"""Identity cards and passports on a page: which sides are there, and whose.

Cues as printed on the chip card of 2021 and the card of 2024 (TT 16/2024/TT-BCA, Điều 6).
"""

import re
from typing import Literal

from pipeline.stages.classify import says
from pipeline.stages.identifiers import read_card_qr, read_personal_number
from pipeline.stages.layout import letters
from pipeline.stages.mrz import read_mrz
from schemas.base import Value
from schemas.text import PageText

Side = Literal["front", "back", "passport"]

_CUES: dict[Side, tuple[str, ...]] = {
    "front": (
        "SOCIALIST REPUBLIC OF VIET NAM", "Citizen Identity Card", "Họ và tên / Full name",
        "tên khai sinh / Full name", "Giới tính / Sex", "Quốc tịch / Nationality", "Quê quán / Place of origin",
        "Personal identification number",
    ),
    "back": (
        "Đặc điểm nhận dạng", "Ngón trỏ trái", "Ngón trỏ phải", "Date, month, year", "Cục trưởng Cục Cảnh sát",
        "Quản lý hành chính về trật tự xã hội", "Nơi cư trú / Place of residence",
        "Nơi đăng ký khai sinh / Place of birth", "năm cấp / Date of issue", "năm hết hạn / Date of expiry",
    ),
}  # fmt: skip
_FEWEST_CUES: dict[Side, int] = {"front": 3, "back": 2}
"""The front shares its labels with other papers in two languages."""
_ZONE = re.compile(r"[I1T|]D?[DO]?VN[MW]\d.{18,}")
"""The first line of a TD1 zone as engines read it, whether or not its check digits hold."""
_PASSPORT_ZONE = re.compile(r"^P[<«A-Z][A-Z]{3}[A-Z]+<[A-Z<«]{20,}")
"""The first line of a TD3 zone (ICAO Doc 9303, part 4)."""


class CardSides(Value):
    """The sides of a card, or the data page of a passport, that a page shows, and the personal numbers read there."""

    sides: frozenset[Side]
    numbers: frozenset[str]


def find_card(page: PageText) -> CardSides | None:
    """The card or passport on a page, or None. A card's QR code alone is none: other papers may bear it."""
    text = letters(page.text)
    sides = {side for side, cues in _CUES.items() if sum(says(text, cue) for cue in cues) >= _FEWEST_CUES[side]}
    lines = [line.text.replace(" ", "").upper() for line in page.lines]
    zone = read_mrz(lines)
    if (zone is not None and zone.is_passport) or any(_PASSPORT_ZONE.search(line) for line in lines):
        sides.add("passport")
    elif zone is not None or any(_ZONE.search(line) for line in lines):
        sides.add("back")
    if not sides:
        return None
    printed = (number for number in re.findall(r"(?<!\d)\d{12}(?!\d)", page.text) if read_personal_number(number))
    coded = (card.personal_id for code in page.codes if (card := read_card_qr(code.text)) is not None)
    proven = {*coded, *((zone.personal_id,) if zone and zone.personal_id else ())}
    return CardSides(sides=frozenset(sides), numbers=frozenset(proven or printed))
