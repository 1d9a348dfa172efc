"""Addresses: which parts they have, and which of today's 34 provinces they lie in.

Before 1 July 2025 an address had four levels (house or hamlet, commune, district, province), since then it has three:
districts are gone and 63 provinces became 34 (resolution of the National Assembly of 12 June 2025). Papers keep what is
printed on them; the province of today is derived.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.vietnamese import flat, fold, nfc

_MERGED = """
An Giang: Kiên Giang
Bắc Ninh: Bắc Giang
Cà Mau: Bạc Liêu
Cao Bằng:
Cần Thơ: Sóc Trăng, Hậu Giang
Đà Nẵng: Quảng Nam
Đắk Lắk: Phú Yên
Điện Biên:
Đồng Nai: Bình Phước
Đồng Tháp: Tiền Giang
Gia Lai: Bình Định
Hà Nội:
Hà Tĩnh:
Hải Phòng: Hải Dương
Hồ Chí Minh: Bà Rịa - Vũng Tàu, Bình Dương
Huế: Thừa Thiên Huế
Hưng Yên: Thái Bình
Khánh Hòa: Ninh Thuận
Lai Châu:
Lạng Sơn:
Lào Cai: Yên Bái
Lâm Đồng: Đắk Nông, Bình Thuận
Nghệ An:
Ninh Bình: Hà Nam, Nam Định
Phú Thọ: Vĩnh Phúc, Hòa Bình
Quảng Ngãi: Kon Tum
Quảng Ninh:
Quảng Trị: Quảng Bình
Sơn La:
Tây Ninh: Long An
Thái Nguyên: Bắc Kạn
Thanh Hóa:
Tuyên Quang: Hà Giang
Vĩnh Long: Bến Tre, Trà Vinh
"""
"""The 34 provinces of today, each with the former ones that became part of it."""
_OTHER_SPELLINGS = {"HCM": "Hồ Chí Minh", "Đắc Lắc": "Đắk Lắk", "Đắc Nông": "Đắk Nông", "Thừa Thiên - Huế": "Huế"}
_RANK = r"(?:tinh|thanh pho|t\.? ?p\.?|t\.)?"
_COMMUNE = re.compile(r"(?:xa|phuong|thi tran|dac khu|tt\.?|[px]\.)(?![a-z])")
_HOUSE = re.compile(r"\d|(?:so|to|thon|ap|khu|khom|xom|ban|buon|lang|duong|ngo|hem|ngach|doi)(?![a-z])")
"""How what stands under the commune begins."""
_BREAK = re.compile(r"\s*[,;]\s*|\s+[-–—]\s+")
_SENTENCE_ENDS = re.compile(r"(?<![TtPpQqXxHh])\.\s")
_MOST_CHARS = 160


@dataclass(frozen=True)
class Address:
    """The parts of an address, NFC as printed; empty where there is none.

    `house` is what stands under the commune: number and street, or hamlet; `district` is empty since 1 July 2025.
    `province_now` is the name of today's province, without its rank.
    """

    house: str
    commune: str
    district: str
    province: str
    province_now: str

    def parts(self) -> dict[str, str]:
        """The parts that are there, by name."""
        return {name: part for name, part in vars(self).items() if part}


def read_address(text: str) -> tuple[Address, int, int] | None:
    """The first address in `text` and where it stands (start, end); None when no part of it names a province.

    A commune is told by its rank (`xã`, `phường`); the codes of cards leave ranks out, and there the places tell:
    house, commune, district, province.
    """
    start = next((match.start() for match in re.finditer(r"[^\W_]", text)), 0)
    sentence = _SENTENCE_ENDS.search(text, start)
    end = min(start + _MOST_CHARS, sentence.start() if sentence else len(text))
    # `Thành phố Huế, tỉnh Thừa Thiên Huế` names a province twice: the last one of the sentence is meant.
    province = next(reversed(list(_province_names().finditer(flat(text[start:end])))), None)
    if province is None or province.start() == 0:
        return None
    inner = [nfc(part.strip(" .")) for part in _BREAK.split(text[start : start + province.start()]) if part.strip(" .")]
    commune = _commune(inner)
    if commune is None:
        return None
    address = Address(
        house=", ".join(inner[:commune]),
        commune=inner[commune],
        district=", ".join(inner[commune + 1 :]),
        province=nfc(text[start + province.start("whole") : start + province.end()]),
        province_now=_provinces()[_key(province["name"])],
    )
    return address, start, start + province.end()


def _commune(inner: list[str]) -> int | None:
    """Which of the parts before the province is the commune."""
    ranked = [i for i, part in enumerate(inner) if _COMMUNE.match(fold(part))]
    if ranked:
        return ranked[-1]
    if len(inner) < 2:
        return None
    return len(inner) - (1 if _HOUSE.match(fold(inner[-2])) else 2)


@cache
def _province_names() -> re.Pattern[str]:
    """A part of an address, folded letter by letter, that is the name of a province."""
    names = sorted((re.sub(r"\W+", r"\\W{1,3}", fold(name)) for name, _ in _names()), key=len, reverse=True)
    return re.compile(rf"(?:^|[,;]|\s[-–—])\s*(?P<whole>{_RANK}\s*(?P<name>{'|'.join(names)}))(?!\w)")


@cache
def _provinces() -> dict[str, str]:
    """Key of every former and present province to the name of today's."""
    return {_key(name): today for name, today in _names()}


def _names() -> Iterator[tuple[str, str]]:
    """Every name of a province, in every spelling, with the name of today's."""
    now: dict[str, str] = {}
    for line in _MERGED.strip().splitlines():
        today, _, former = line.partition(":")
        now |= {name.strip(): today for name in (today, *former.split(",")) if name.strip()}
    yield from now.items()
    yield from ((spelling, now[name]) for spelling, name in _OTHER_SPELLINGS.items())


def _key(name: str) -> str:
    return re.sub(r"[^a-z]", "", fold(name))
