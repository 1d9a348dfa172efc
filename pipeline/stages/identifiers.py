"""Numbers that prove themselves: the personal number's structure, the card's QR code, and the MRZ's check digits.

Sources: NĐ 137/2015/NĐ-CP and TT 07/2016/TT-BCA (số định danh cá nhân), ICAO Doc 9303 parts 3 to 5 (MRZ), observed QR
payloads of the chip card of 2021.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product

from pipeline.stages.field_values import iso_date
from pipeline.vietnamese import nfc

_PROVINCES = (
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 "
    "044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 "
    "089 091 092 093 094 095 096"
)
"""Where a birth was registered (TT 07/2016/TT-BCA); old numbers keep the codes of the 63 provinces."""


@dataclass(frozen=True)
class PersonalNumber:
    """What a 12-digit personal number says of its owner."""

    birth_year: int
    sex: str


def read_personal_number(number: str) -> PersonalNumber | None:
    """Birth year and sex in the number: PPP, C (even: Nam, odd: Nữ; 0 and 1 for the 1900s), YY, six random digits.

    None when it is no possible number: not 12 digits, an unknown province, or somebody not yet born.
    Foreign birth countries have codes too; those are not in our list and so ask a person.
    """
    if not re.fullmatch(r"[0-9]{12}", number) or number[:3] not in _PROVINCES.split(" "):
        return None
    century = int(number[3])
    year = 1900 + 100 * (century // 2) + int(number[4:6])
    return PersonalNumber(year, "Nữ" if century % 2 else "Nam") if year < 2100 else None


@dataclass(frozen=True)
class CardQr:
    """What the QR code of an identity card says; dates ISO 8601, None where the code leaves them out."""

    personal_id: str
    old_number: str | None
    name: str
    date_of_birth: str
    sex: str
    issue_date: str | None


def read_card_qr(payload: str) -> CardQr | None:
    """The parts of `number|old number|name|DDMMYYYY|sex|address|DDMMYYYY|...`; None when it is no such code."""
    parts = [nfc(part.strip()) for part in payload.split("|")]
    if len(parts) < 7 or read_personal_number(parts[0]) is None or not parts[2]:
        return None
    born, issued = _compact_date(parts[3]), _compact_date(parts[6])
    old = parts[1] if re.fullmatch(r"[0-9]{9}", parts[1]) else None
    if born is None or parts[4] not in ("Nam", "Nữ"):
        return None
    return CardQr(parts[0], old, parts[2], born, parts[4], issued)


def _compact_date(text: str) -> str | None:
    return iso_date(text[:2], text[2:4], text[4:]) if re.fullmatch(r"[0-9]{8}", text) else None


# Machine-readable zone

_DIGITS = {"O": "0", "Q": "0", "D": "0", "U": "0", "I": "1", "L": "1", "T": "1", "|": "1", "Z": "2", "G": "6", "S": "5"}
_DIGITS |= {"B": "8", "§": "8", "É": "6", "Ó": "6", "Á": "6", "Ô": "6", "È": "6", "$": "5", "J": "3"}
_DOUBTFUL = {"5": "53", "3": "35", "8": "8", "6": "6"}
"""Vietnamese models read the 3 of OCR-B as 5; which it was only the check digit tells."""
_FILLERS = str.maketrans({"«": "<", "€": "<", "‹": "<", "(": "<", "{": "<", "[": "<", "»": "<"})


@dataclass(frozen=True)
class Mrz:
    """A machine-readable zone whose check digits hold.

    `name` is in capitals without marks, family name first. `personal_id` is None where the zone has none.
    """

    text: str
    number: str
    personal_id: str | None
    date_of_birth: str
    sex: str | None
    expiry_date: str
    name: str


def check_digit(text: str) -> str:
    """The digit over `text` by ICAO 9303: weights 7, 3, 1; letters count from 10, the filler 0."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return str(sum(value * (7, 3, 1)[i % 3] for i, value in enumerate(values)) % 10)


def read_mrz(lines: Sequence[str]) -> Mrz | None:
    """The first TD1 (3 x 30) or TD3 (2 x 44) zone in the lines of a page whose check digits hold, or None.

    Letters in places of digits are repaired, and only where exactly one repair makes every check digit hold.
    """
    clean = [_zone_letters(line) for line in lines]
    for i, line in enumerate(clean):
        if re.search(r"V[NHM]M[^<]{22}<", line) and len(clean) >= i + 3:
            found = _td1(line, clean[i + 1], clean[i + 2])
        elif line.startswith("P<") and len(clean) >= i + 2:
            found = _td3(line, clean[i + 1])
        else:
            continue
        if found is not None:
            return found
    return None


def _zone_letters(line: str) -> str:
    squeezed = re.sub(r"[\s¿]", "", nfc(line).upper().translate(_FILLERS)).strip(".,:;`'’\"_")
    return re.sub(r"6[ÉÈÓÔÁ]|[ÉÈÓÔÁ]6", "6", squeezed)  # Vietnamese models see one 6 of OCR-B twice


def _readings(text: str) -> list[str]:
    """The digit strings that a misread digit field may stand for, at most 64; none when a sign can be no digit."""
    choices = [c if c in "<0124679" else _DOUBTFUL.get(c) or _DIGITS.get(c, "") for c in text]
    return ["".join(reading) for reading in islice(product(*choices), 64)]


def _td1(first: str, second: str, third: str) -> Mrz | None:
    head = re.search(r"V[NHM]M(.{10})(.{12})<{1,2}(.)?", first)
    body = re.search(r"(.{6})(.)([MF<])(.{6})(.)VN[MW]<+(.)?", second)
    if head is None or body is None:
        return None
    numbers = {n for n in _readings(head[1]) if check_digit(n[:9]) == n[9]}
    full = [n for n in _readings(head[2]) if n.isdigit() and any(n[3:] == short[:9] for short in numbers)]
    births = [n for n in _readings(body[1] + body[2]) if check_digit(n[:6]) == n[6]]
    ends = [n for n in _readings(body[4] + body[5]) if check_digit(n[:6]) == n[6]]
    # The digit over all fields decides between readings that hold by themselves; without it they must be alone.
    closing = _readings(body[6])[:1] if body[6] else []
    fits = [
        (f, b, e)
        for f, b, e in product(full, births, ends)
        if not closing or check_digit(f"{f[3:]}{check_digit(f[3:])}{f}<<{check_digit(f)}{b}{e}{'<' * 11}") == closing[0]
    ]
    if len(fits) != 1:
        return None
    number, birth, end = fits[0]
    name = _name_line(third, 30)
    line1 = f"IDVNM{number[3:]}{check_digit(number[3:])}{number}<<{check_digit(number)}"
    composite = check_digit(line1[5:30] + birth + end + "<" * 11)
    line2 = f"{birth}{body[3]}{end}VNM{'<' * 11}{composite}"
    return _mrz(f"{line1}\n{line2}\n{name}", number, number, (birth, body[3], end, name))


def _td3(first: str, second: str) -> Mrz | None:
    body = re.match(r"(.{9})(.)([A-Z<]{3})(.{6})(.)([MF<])(.{6})(.)(.{14})(.)(.)$", second)
    if body is None:
        return None
    births = [n for n in _readings(body[4] + body[5]) if check_digit(n[:6]) == n[6]]
    ends = [n for n in _readings(body[7] + body[8]) if check_digit(n[:6]) == n[6]]
    number, personal = body[1] + body[2], body[9] + body[10].replace("O", "0")
    if not re.fullmatch(r"[0-9A-Z<]{9}[0-9]", number) or not re.fullmatch(r"[0-9A-Z<]{14}[0-9<]", personal):
        return None
    empty = set(personal[:14]) == {"<"} and personal[14] in "0<"
    if check_digit(number[:9]) != number[9] or not (empty or check_digit(personal[:14]) == personal[14]):
        return None
    fits = [(b, e) for b, e in product(births, ends) if check_digit(number + b + e + personal) == body[11]]
    if len(fits) != 1:
        return None
    (birth, end), name = fits[0], _name_line(first[5:], 39)
    own = personal[:14].rstrip("<")
    citizen = own if body[3] == "VNM" and read_personal_number(own) else None
    text = f"{first[:5]}{name}\n{number}{body[3]}{birth}{body[6]}{end}{personal}{body[11]}"
    return _mrz(text, number[:9].rstrip("<"), citizen, (birth, body[6], end, name))


def _name_line(text: str, width: int) -> str:
    """The name with fillers; signs after the last name's fillers are the engine's."""
    name = re.split(r"<{3,}|<<[^A-Z]*$", text.replace("0", "O").replace("1", "I"))[0]
    return re.sub(r"[^A-Z<]", "", name).strip("<").ljust(width, "<")[:width]


def _mrz(text: str, number: str, personal_id: str | None, parts: tuple[str, str, str, str]) -> Mrz | None:
    birth, sex, end, name = parts
    expires = iso_date(end[4:6], end[2:4], f"20{end[:2]}")  # cards and passports with an MRZ expire in this century
    said = read_personal_number(personal_id) if personal_id else None
    births = [b for c in ("19", "20") if (b := iso_date(birth[4:6], birth[2:4], c + birth[:2]))]
    if said is not None:  # the number knows the century
        births = [b for b in births if int(b[:4]) == said.birth_year]
    elif expires is not None:
        births = [b for b in births if 0 <= int(expires[:4]) - int(b[:4]) <= 100]
    if len(births) != 1 or expires is None:
        return None
    words = " ".join(name.replace("<", " ").split())
    return Mrz(text, number, personal_id, births[0], {"M": "Nam", "F": "Nữ"}.get(sex), expires, words)
