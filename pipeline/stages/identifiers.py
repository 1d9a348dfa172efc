"""Numbers that prove themselves: the personal number's structure, and the QR codes of cards and slips.

Sources: NĐ 137/2015/NĐ-CP and TT 07/2016/TT-BCA (số định danh cá nhân), observed QR payloads of the chip card of 2021
and of paper health insurance cards.
"""

import re
from dataclasses import dataclass

from pipeline.stages.field_values import find_dossier_code, find_procedure_codes, iso_date
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
    address: str | None
    issue_date: str | None


def read_card_qr(payload: str) -> CardQr | None:
    """The parts of `number|old number|name|DDMMYYYY|sex|address|DDMMYYYY|...`; None when it is no such code.

    Cards of 2024 may carry more parts, which are not read.
    """
    parts = [nfc(part.strip()) for part in payload.split("|")]
    if len(parts) < 7 or read_personal_number(parts[0]) is None or not parts[2]:
        return None
    born, issued = _compact_date(parts[3]), _compact_date(parts[6])
    old = parts[1] if re.fullmatch(r"[0-9]{9}", parts[1]) else None
    if born is None or parts[4] not in ("Nam", "Nữ"):
        return None
    return CardQr(parts[0], old, parts[2], born, parts[4], parts[5] or None, issued)


def _compact_date(text: str) -> str | None:
    return iso_date(text[:2], text[2:4], text[4:]) if re.fullmatch(r"[0-9]{8}", text) else None


@dataclass(frozen=True)
class DossierQr:
    """What the QR code of a slip says of its dossier; None where it says nothing, or names two."""

    dossier_code: str
    procedure_code: str | None
    personal_id: str | None


def read_dossier_qr(payload: str) -> DossierQr | None:
    """Codes of dossier and procedure and the citizen's number, in any order; None when it names no dossier.

    TT 01/2023/TT-VPCP, Điều 26, tells what the code of such a paper holds, and not in which form.
    """
    dossier_code = find_dossier_code(payload)
    if dossier_code is None:
        return None
    procedures = find_procedure_codes(payload)
    numbers = {number for number in re.findall(r"(?<!\d)\d{12}(?!\d)", payload) if read_personal_number(number)}
    return DossierQr(
        dossier_code=dossier_code,
        procedure_code=procedures.pop() if len(procedures) == 1 else None,
        personal_id=numbers.pop() if len(numbers) == 1 else None,
    )


@dataclass(frozen=True)
class InsuranceQr:
    """What the QR code of a paper health insurance card says; None where the code leaves it out or is no such value.

    `date_of_birth` is ISO 8601; a birth year alone is None here.
    """

    code: str
    name: str
    date_of_birth: str | None
    sex: str | None
    address: str | None
    valid_from: str | None
    valid_until: str | None


def read_insurance_qr(payload: str) -> InsuranceQr | None:
    """The parts of `code|name|birth|1 or 2|address|clinic|from|until|...`; None when it is no such code.

    Name and address are UTF-8 written as hexadecimal digits (observed payloads of cards before 2021).
    """
    parts = [part.strip() for part in payload.split("|")]
    if len(parts) < 8 or not re.fullmatch(r"(?:[A-Z]{2}[1-5][0-9]{2})?[0-9]{10}", parts[0]):
        return None
    name = _from_hex(parts[1])
    if name is None:
        return None
    return InsuranceQr(
        code=parts[0],
        name=name,
        date_of_birth=_slashed_date(parts[2]),
        sex={"1": "Nam", "2": "Nữ"}.get(parts[3]),
        address=_from_hex(parts[4]),
        valid_from=_slashed_date(parts[6]),
        valid_until=_slashed_date(parts[7]),
    )


def _from_hex(text: str) -> str | None:
    """The text, NFC, single spaces; None when it is no UTF-8 in hexadecimal digits."""
    try:
        return " ".join(nfc(bytes.fromhex(text).decode("utf-8")).split()) or None
    except ValueError:
        return None


def _slashed_date(text: str) -> str | None:
    match = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    return iso_date(*match.groups()) if match else None
