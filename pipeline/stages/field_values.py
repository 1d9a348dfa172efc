"""Parsers of field kinds: text after a label becomes a value, or nothing; never a guess.

Values: dates ISO 8601, identity and phone numbers without spaces, decimals with a point, names NFC as printed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from pipeline.stages.addresses import read_address
from pipeline.vietnamese import flat, fold, nfc
from schemas.catalog import FieldKind


@dataclass(frozen=True)
class Parsed:
    """A value and the part of the text it stands on. `repaired`: a letter was taken for a digit; a person must look."""

    value: str
    start: int
    end: int
    repaired: bool = False


def parse(kind: FieldKind, text: str) -> Parsed | None:
    """The first value of `kind` in `text`, or None."""
    return _PARSERS[kind](text)


# Dates

_SPELT = re.compile(r"(?:ngay|hgay)?\W{0,3}\b(\d{1,2})\W{0,3}thang\W{0,3}(\d{1,2})\W{0,3}nam\W{0,3}(\d{3}\s?\d)\b")
_FIGURES = re.compile(r"(?<!\d)(\d{1,2})\s?([/.\-I|l])\s?(\d{1,2})\s?([/.\-I|l])\s?(\d{4})(?!\d)")
_YEAR = re.compile(r"(?<![\d/.])(1[89]\d\d|20\d\d|21\d\d)(?![\d/])")


def iso_date(day: str, month: str, year: str) -> str | None:
    """`YYYY-MM-DD` if there is such a day between 1850 and 2150."""
    try:
        made = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return made.isoformat() if 1850 <= made.year <= 2150 else None


def _date(text: str) -> Parsed | None:
    folded = flat(text)
    found = []
    for match in _SPELT.finditer(folded):
        value = iso_date(match[1], match[2], match[3].replace(" ", ""))
        found.append((match, value, False))
    for match in _FIGURES.finditer(text):
        repaired = bool({match[2], match[4]} & set("I|l"))
        found.append((match, iso_date(match[1], match[3], match[5]), repaired))
    # The first date that stands there decides: a misread one must not give way to a later one of another meaning.
    found.sort(key=lambda item: item[0].start())
    if not found or found[0][1] is None:
        return None
    match, value, repaired = found[0]
    return Parsed(str(value), match.start(), match.end(), repaired)


def _year(text: str) -> Parsed | None:
    """The year of the date that stands there, or one alone."""
    day = _date(text)
    if day is not None:
        return Parsed(day.value[:4], day.start, day.end, day.repaired)
    match = _YEAR.search(text)
    return Parsed(match[1], match.start(), match.end()) if match else None


_UNITS = ("khong", "mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin")
_UNIT = {word: n for n, word in enumerate(_UNITS)} | {"tu": 4, "lam": 5, "mot": 1, "nham": 5, "bẩy": 7}
_WORDS = re.compile(r"ngay\s+((?:[a-z]+\s){1,5}?)\W*thang\s+((?:[a-z]+\s){1,3}?)\W*nam\s+((?:[a-z]+\W*){2,9})")


def number_in_words(words: str) -> int | None:
    """`hai nghin khong tram muoi hai` is 2012; folded words of 0 to 9999, None when they are no number."""
    total, digit, spoken = 0, None, 0
    for word in words.split():
        spoken += 1
        if word in ("nghin", "ngan"):
            total, digit = total + 1000 * (digit or 0), None
        elif word == "tram":
            total, digit = total + 100 * (digit or 0), None
        elif word == "muoi":
            total, digit = total + 10 * (1 if digit is None else digit), None
        elif word in ("le", "linh", "mung", "mong"):
            digit = None
        elif word in _UNIT and digit is None:
            digit = _UNIT[word]
        else:
            return None
    return total + (digit or 0) if spoken else None


def date_in_words(text: str) -> str | None:
    """The date spelt out in words (`Ngày mười, tháng tám, năm hai nghìn không trăm mười hai`), or None."""
    squeezed = re.sub(r"[^a-z]+", " ", flat(text)) + " "
    match = _WORDS.search(squeezed)
    if match is None:
        return None
    day, month, year = (number_in_words(part) for part in match.groups())
    if year is None or year < 1000:  # what follows the year may have been taken along: try shorter readings
        words = match[3].split()
        year = next(
            (n for k in range(len(words), 1, -1) if (n := number_in_words(" ".join(words[:k]))) and n > 1000), None
        )
    if day is None or month is None or year is None:
        return None
    return iso_date(str(day), str(month), str(year))


# Numbers

_DIGIT_LIKE = str.maketrans("OoÓóQDIl|", "000000111")
_LIKE_DIGITS = re.compile(r"(?<![^\W_])[\dOoIl|]+(?:[ .][\dOoIl|]+)*(?![^\W_])")
_PHONE = re.compile(r"(?<!\d)0\d(?:[ .]?\d){8,9}(?!\d)")
_DOSSIER = re.compile(r"(?<![\w.])(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,3}-\d{6}-[0-9A-Z]{4,8}(?!\w)")
_SERIAL = re.compile(r"(?<!\w)([A-ZĐ]{2}) ?(\d{6}|\d{8})(?!\d)")
_DECIMAL = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?:,\d+)?(?![\d.,]*\d)|(?<![\d.,])\d+(?:[.,]\d+)?(?![\d.,]*\d)")
_DOCUMENT = re.compile(r"(?<![\w/])\d{1,10}[A-Z]?\d{0,8}(?: ?/ ?[\wÀ-ỹ.\-]+)*")
_SLASHLESS = re.compile(r"^\W*(\d{1,6})([A-ZĐ]{2,}-[A-ZĐ][A-ZĐ\-]*)")


def _personal_id(text: str) -> Parsed | None:
    """12 digits, or the 9 of an old CMND; letters that look like digits are taken for them, and told."""
    for match in _LIKE_DIGITS.finditer(text):
        raw = re.sub(r"[ .]", "", match[0])
        value = raw.translate(_DIGIT_LIKE)
        if sum(c.isdigit() for c in raw) >= 8 and len(value) in (9, 12):
            return Parsed(value, match.start(), match.end(), raw != value)
        if sum(c.isdigit() for c in raw) >= 6:
            return None
    return None


def _phone(text: str) -> Parsed | None:
    match = _PHONE.search(text)
    return Parsed(re.sub(r"\D", "", match[0]), match.start(), match.end()) if match else None


def _number(text: str) -> Parsed | None:
    match = _DECIMAL.search(text)
    if match is None:
        return None
    raw = match[0]
    if "," in raw:
        raw = raw.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(\.\d{3})+", raw):  # a point before three digits separates thousands in Vietnam
        raw = raw.replace(".", "")
    return Parsed(raw, match.start(), match.end())


def _serial(text: str) -> Parsed | None:
    match = _SERIAL.search(text)
    return Parsed(f"{match[1]} {match[2]}", match.start(), match.end()) if match else None


def _document_number(text: str) -> Parsed | None:
    """The first number with its notation; `repaired` where anything stands before it: a digit may be lost.

    The slash before a notation (`71UBND-TP`) is put back, and told as well.
    """
    slashless = _SLASHLESS.search(text)
    if slashless is not None:
        return Parsed(f"{slashless[1]}/{nfc(slashless[2])}", slashless.start(), slashless.end(), repaired=True)
    match = _DOCUMENT.search(text)
    if match is None:
        return None
    lost = any(c.isalnum() for c in text[: match.start()])
    return Parsed(nfc(match[0].replace(" ", "").rstrip(".-")), match.start(), match.end(), lost)


_TAX_CODE = re.compile(r"(?<![\w.])\d(?:[ .]?\d){9}(?:[ .]?[-–]?[ .]?\d{3}|\d{2})?(?![\d/]|[.,]\d)")
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_PASSPORT = re.compile(r"(?<![A-Za-z\d])([A-Z]) ?(\d{7,8})(?!\w)")
_INSURANCE_CARD = re.compile(r"(?<!\w)([A-Z]{2})[ .\-]?([1-5])[ .\-]?(\d{2})((?:[ .\-]?\d){10})(?!\w)")
_INSURANCE_NUMBER = re.compile(r"(?<![\w.])\d(?:[ .]?\d){9}(?![\d/])")


def tax_code_holds(code: str) -> bool:
    """Whether the tenth digit of a tax code is 10 less the weighted sum of the first nine modulo 11.

    The tax administration's rule as python-stdnum and other published validators have it; not read in a law text.
    """
    total = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, code[:9], strict=True))
    return 10 - total % 11 == int(code[9])


def _tax_code(text: str) -> Parsed | None:
    """Ten digits, `0123456789-001` of a branch, or a citizen's personal number, which is a tax code since July 2025.

    `repaired` where the check digit does not hold; a personal number has none.
    """
    match = _TAX_CODE.search(text)
    if match is None:
        return None
    digits = re.sub(r"\D", "", match[0])
    value = f"{digits[:10]}-{digits[10:]}" if len(digits) == 13 else digits
    return Parsed(value, match.start(), match.end(), repaired=len(digits) != 12 and not tax_code_holds(digits))


def _passport_number(text: str) -> Parsed | None:
    """A letter and seven or eight digits (passports of Việt Nam)."""
    match = _PASSPORT.search(text)
    return Parsed(match[1] + match[2], match.start(), match.end()) if match else None


def _insurance_code(text: str) -> Parsed | None:
    """The code of a health insurance card: 15 signs (`DN 4 79 0123456789`), or since 2021 their last ten digits."""
    match = _INSURANCE_CARD.search(text) or _INSURANCE_NUMBER.search(text)
    return Parsed(re.sub(r"[ .\-]", "", match[0]), match.start(), match.end()) if match else None


def find_dossier_code(text: str) -> str | None:
    """The first dossier code in a text, of the old or the new form (TT 01/2018 and TT 03/2025/TT-VPCP)."""
    match = _DOSSIER.search(text)
    return match[0] if match else None


def _dossier_code(text: str) -> Parsed | None:
    match = _DOSSIER.search(text)
    return Parsed(match[0], match.start(), match.end()) if match else None


_PROCEDURE = re.compile(r"(?<![\d.])\d\.\d{6}(?!\d)")


def find_procedure_codes(text: str) -> set[str]:
    """All codes of procedures in a text (mã TTHC, `1.001193`), without their local tails."""
    return set(_PROCEDURE.findall(text))


def _procedure_code(text: str) -> Parsed | None:
    match = _PROCEDURE.search(text)
    return Parsed(match[0], match.start(), match.end()) if match else None


# Words

_SEX = re.compile(r"(?<![a-z])(nam|nu)(?![a-z])")
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_SPECKS = ".,;:|_`'\"“”‘’()[]{}*~=—–-"
_QUOTED = re.compile(r"(?<=^[HK])[\"“”‘’`´](?=[^\W\d_])")
"""The apostrophe of `H'Lim` and `K'Brang`, which engines read as any kind of quotation mark."""
_HONORIFICS = {"ong", "ba", "anh", "chi", "cccd", "cmnd"}


def _sex(text: str) -> Parsed | None:
    match = _SEX.search(flat(text))
    return Parsed({"nam": "Nam", "nu": "Nữ"}[match[1]], match.start(), match.end()) if match else None


def _name(text: str) -> Parsed | None:
    """The first run of two to six words that begin with a capital; `ông`, `bà` and specks before it are passed over."""
    run: list[re.Match[str]] = []
    for match in re.finditer(r"\S+", text):
        bare = _QUOTED.sub("'", match[0].strip(_SPECKS))
        if not bare:
            continue
        word = _NAME_WORD.fullmatch(bare)
        if word and bare[0].isupper() and not (not run and fold(bare).strip("'") in _HONORIFICS):
            run.append(match)
            if match[0].rstrip("|_`'\"*~ ")[-1:] in tuple(",;.") or len(run) == 6:
                break
        elif len(run) >= 2:
            break
        else:
            run = []
    if len(run) < 2:
        return None
    words = [_QUOTED.sub("'", m[0].strip(_SPECKS)) for m in run]
    # Vietnamese names have no hyphens; a speck between two words looks like one.
    return Parsed(nfc(" ".join(words).replace("-", " ")), run[0].start(), run[-1].end())


def _organisation(text: str) -> Parsed | None:
    """A run of words in capitals that begins with a kind of organisation; the state's name ends it."""
    match = _ORGANISATION.search(text[: flat(text + " cong hoa xa hoi").index("cong hoa xa hoi")])
    return Parsed(nfc(" ".join(match[0].split()).rstrip(" -&.,")), match.start(), match.end()) if match else None


_CAPITALS = r"(?:[A-ZÀ-ỸĐ0-9&.\-]{1,}(?![a-zà-ỹ])[,]? ?)"
_ORGANISATION = re.compile(
    rf"(?:CÔNG TY|HỢP TÁC XÃ|DOANH NGHIỆP|TỔNG CÔNG TY|CHI NHÁNH|HỘ KINH DOANH|TẬP ĐOÀN|NGÂN HÀNG) {_CAPITALS}+"
)


def _address(text: str) -> Parsed | None:
    """An address that ends in the name of a province, as printed; without one there is none to be sure of."""
    found = read_address(text)
    return Parsed(nfc(" ".join(text[found[1] : found[2]].split())), found[1], found[2]) if found else None


def _text(text: str) -> Parsed | None:
    bare = text.strip(" .,;:|_`—–-")
    return Parsed(nfc(bare), text.index(bare), text.index(bare) + len(bare)) if bare else None


_PARSERS: dict[FieldKind, Callable[[str], Parsed | None]] = {
    "name": _name,
    "organisation": _organisation,
    "date": _date,
    "year": _year,
    "personal_id": _personal_id,
    "phone": _phone,
    "document_number": _document_number,
    "dossier_code": _dossier_code,
    "procedure_code": _procedure_code,
    "serial": _serial,
    "number": _number,
    "sex": _sex,
    "text": _text,
    "issuer": _text,
    "subject": _text,
    "signer": _name,
    "address": _address,
    "tax_code": _tax_code,
    "passport_number": _passport_number,
    "bhyt_code": _insurance_code,
    "qr": lambda _: None,
    "mrz": lambda _: None,
}
