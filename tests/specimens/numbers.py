"""Numbers, codes and machine-readable lines, all of a kind that no living person holds.

Personal numbers end in 99 and four digits: with no more than some 150,000 births a year in the largest province,
numbers given in order never reach 990,000. Old card numbers begin with 99, which was no province's code, and telephone
numbers with 095, a block that no operator sells. None of this is a rule of law; it is the best one can do.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from random import Random

import numpy as np
import zxingcpp
from numpy.typing import NDArray

_WORDS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def personal_id(province_code: str, male: bool, born: date, serial: int) -> str:
    """A số định danh cá nhân: province, century and sex, year of birth, six digits (NĐ 137/2015)."""
    century = 2 * ((born.year - 1900) // 100) + (0 if male else 1)
    return f"{province_code}{century}{born.year % 100:02d}99{serial % 10_000:04d}"


def old_card_number(serial: int, rng: Random) -> str:
    """A nine-digit CMND number."""
    return f"99{rng.randrange(1000):03d}{serial % 10_000:04d}"


def passport_number(rng: Random) -> str:
    """A letter and seven digits; Z is no series that passports have had."""
    return f"Z{rng.randrange(10_000_000):07d}"


def insurance_number(rng: Random) -> str:
    """The ten digits of a social insurance number, from 99 on, which no province has."""
    return f"99{rng.randrange(100_000_000):08d}"


def phone_number(rng: Random) -> str:
    """Ten digits without spaces."""
    return f"095{rng.randrange(10_000_000):07d}"


def dossier_code(rng: Random, on: date) -> str:
    """A dossier code of the form of TT 01/2018 Art 19 before the merger, of the shorter one after it."""
    place = rng.choice(("H26", "H29", "H57", "H38"))
    number = f"{on:%y%m%d}-{rng.randrange(1, 10_000):04d}"
    if on < date(2025, 7, 1):
        return f"000.00.{rng.randrange(1, 30):02d}.{place}-{number}"
    return f"{place}.{rng.randrange(1, 60)}.{rng.randrange(1, 40)}-{number}"


def spoken(number: int) -> str:
    """A number below 10,000 in words: 2019 is `hai nghìn không trăm mười chín`."""
    if number >= 1000:
        thousands, rest = divmod(number, 1000)
        tail = f" {spoken(rest)}" if rest >= 100 else f" không trăm {_after_hundred(rest)}" if rest else ""
        return f"{_WORDS[thousands]} nghìn{tail}"
    if number >= 100:
        hundreds, rest = divmod(number, 100)
        return f"{_WORDS[hundreds]} trăm" + (f" {_after_hundred(rest)}" if rest else "")
    if number < 10:
        return _WORDS[number]
    tens, ones = divmod(number, 10)
    head = "mười" if tens == 1 else f"{_WORDS[tens]} mươi"
    if ones == 0:
        return head
    tail = "lăm" if ones == 5 else "mốt" if ones == 1 and tens > 1 else _WORDS[ones]
    return f"{head} {tail}"


def _after_hundred(rest: int) -> str:
    return f"linh {_WORDS[rest]}" if rest < 10 else spoken(rest)


def date_in_words(day: date) -> str:
    """As birth certificates have it: `Ngày hai mươi tám, tháng bốn, năm hai nghìn không trăm mười chín`."""
    month = "tư" if day.month == 4 else spoken(day.month)
    return f"Ngày {spoken(day.day)}, tháng {month}, năm {spoken(day.year)}"


def check_digit(text: str) -> str:
    """The check digit of ICAO 9303 part 3: weights 7, 3, 1; letters count from A = 10; `<` is 0."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return str(sum(value * (7, 3, 1)[i % 3] for i, value in enumerate(values)) % 10)


@dataclass(frozen=True)
class CardHolder:
    """What the machine-readable lines of a card hold. `expires` None: without term."""

    number: str
    name: str
    male: bool
    born: date
    expires: date | None


def td1(holder: CardHolder) -> str:
    """The three lines of 30 characters (ICAO 9303 part 5), with the 12-digit number among the optional data."""
    short = holder.number[-9:]
    first = f"IDVNM{short}{check_digit(short)}{holder.number}<<{check_digit(holder.number)}"
    born = f"{holder.born:%y%m%d}"
    expires = f"{holder.expires:%y%m%d}" if holder.expires else "991231"
    second = f"{born}{check_digit(born)}{'M' if holder.male else 'F'}{expires}{check_digit(expires)}VNM<<<<<<<<<<<"
    second += check_digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
    family, *others = _ascii(holder.name).split()
    return "\n".join((first, second, f"{family}<<{'<'.join(others)}"[:30].ljust(30, "<")))


def td3(number: str, holder: CardHolder, expires: date) -> str:
    """The two lines of 44 characters of a passport (ICAO 9303 part 4), with the 12-digit number as the personal one."""
    family, *others = _ascii(holder.name).split()
    first = f"P<VNM{family}<<{'<'.join(others)}"[:44].ljust(44, "<")
    parts = [number.ljust(9, "<"), f"{holder.born:%y%m%d}", f"{expires:%y%m%d}", holder.number.ljust(14, "<")]
    numbered, born, ends, own = (part + check_digit(part) for part in parts)
    sex = "M" if holder.male else "F"
    return f"{first}\n{numbered}VNM{born}{sex}{ends}{own}{check_digit(numbered + born + ends + own)}"


def _ascii(name: str) -> str:
    """Capital letters A-Z and spaces: marks and apostrophes are left out (ICAO 9303 part 3, section 4.6)."""
    bare = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in bare.upper() if c.isascii() and (c.isalpha() or c == " "))


def qr_code(text: str, module_px: int) -> NDArray[np.uint8]:
    """The code as black on white with the quiet zone of four modules, `module_px` pixels a module."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    modules = np.array(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False), dtype=np.uint8)
    framed = np.pad(modules, 4, constant_values=255)
    return np.kron(framed, np.ones((module_px, module_px), dtype=np.uint8))
