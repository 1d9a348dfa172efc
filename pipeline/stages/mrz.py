"""The machine-readable zone of identity cards (TD1) and passports (TD3): read only where its check digits hold.

Source: ICAO Doc 9303 parts 3 to 5; how the card of Việt Nam puts the personal number there was seen on cards.
"""

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from pipeline.stages.field_values import iso_date
from pipeline.stages.identifiers import read_personal_number
from pipeline.vietnamese import nfc

_DIGITS = {"O": "0", "Q": "0", "D": "0", "U": "0", "I": "1", "L": "1", "T": "1", "|": "1", "Z": "2", "G": "6", "S": "5"}
_DIGITS |= {"B": "8", "§": "8", "É": "6", "Ó": "6", "Á": "6", "Ô": "6", "È": "6", "$": "5", "J": "3"}
_FLIPS = {"5": "3", "3": "5"}
"""Vietnamese models read the 3 of OCR-B as 5; a check digit always notices one such change."""
_SIGNS = {"£": "C", "Ð": "D", "Đ": "D"} | {sign: digit for sign, digit in _DIGITS.items() if not sign.isascii()}
_TAKEN_FOR = {"0": "O", "O": "0", "Q": "0", "1": "I", "I": "1", "2": "Z", "3": "5", "5": "3S", "S": "5", "6": "G"}
_TAKEN_FOR |= {"G": "6", "7": "Z", "Z": "72", "8": "B", "B": "8", "D": "0"}
_INITIALS = {"8": "B", "0": "CO", "1": "I", "6": "G", "5": "S"}
_VIETNAMESE = re.compile("[A-Z][0-9]{7}[0-9<][0-9]")
"""A passport number of Việt Nam with its check digit; other places of letters and digits are misread."""
_LETTERS = str.maketrans("015682", "OISGBZ")
_UNREADABLE = "ÉÓÁÔÈ"
"""What the last sign of a zone was read as where the composite digit says nothing: the other four digits hold."""
_PASSPORT = re.compile(r"P[A-Z<][A-Z0-9<]{3}[A-Z]+<")
"""The beginning of a passport's first line: kind, state, family name."""
_TD3_BODY = re.compile(
    r"(?P<number>[^<]{6}.{4})(?P<state>[A-Z0-9<]{3})(?P<birth>.{7})(?P<sex>[MF<])(?P<end>.{7})(?P<own>.{15})(?P<closing>.)$"
)
_FILLERS = str.maketrans({"«": "<", "€": "<", "‹": "<", "(": "<", "{": "<", "[": "<", "»": "<"})
_SIGNS_OF_ZONE = frozenset(string.ascii_uppercase + string.digits + "<")
_SHORTEST, _FEWEST_FILLERS, _FEWEST_DIGITS = 22, 3, 15
"""Of a line that is worth another look: well over half of its 30 signs, with fillers or the digits of a first line."""


_Fit = TypeVar("_Fit", bound=tuple[str, ...])


@dataclass(frozen=True)
class Mrz:
    """A machine-readable zone whose check digits hold.

    `name` is in capitals without marks, family name first; the fillers of `text` tell how much of it that is.
    `personal_id` is None where the zone has none.
    """

    text: str
    number: str
    personal_id: str | None
    date_of_birth: str
    sex: str | None
    expiry_date: str
    name: str

    @property
    def is_passport(self) -> bool:
        """Whether the zone is a passport's, of two lines."""
        return self.text.count("\n") == 1


def check_digit(text: str) -> str:
    """The digit over `text` by ICAO 9303: weights 7, 3, 1; letters count from 10, the filler 0."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return str(sum(value * (7, 3, 1)[i % 3] for i, value in enumerate(values)) % 10)


def read_mrz(lines: Sequence[str]) -> Mrz | None:
    """The first TD1 (3 x 30) or TD3 (2 x 44) zone in the lines of a page whose check digits hold, or None.

    Letters in places of digits are repaired, and only where every check digit then holds; the zone is refused when two
    repairs are equally small.
    """
    clean = [_zone_letters(line) for line in lines]
    for i, line in enumerate(clean):
        if re.search(r"V[NHM]M[^<]{22,24}<", line) and len(clean) >= i + 3:
            found = _td1(line, clean[i + 1], clean[i + 2]) or _td1_with_ghosts(line, clean[i + 1], clean[i + 2])
        else:
            found = _td3(clean[i : i + 2])
        if found is not None:
            return found
    return None


def looks_like_zone(line: str) -> bool:
    """Whether a line of print may be one of a zone, well or badly read."""
    signs = _zone_letters(line)
    telling = signs.count("<") >= _FEWEST_FILLERS or sum(c.isdigit() for c in signs) >= _FEWEST_DIGITS
    return telling and len(signs) >= _SHORTEST and sum(c in _SIGNS_OF_ZONE for c in signs) >= 0.8 * len(signs)


def _zone_letters(line: str) -> str:
    squeezed = re.sub(r"[\s¿]", "", nfc(line).upper().translate(_FILLERS)).strip(".,:;`'’\"_")
    single = re.sub(r"6[ÉÈÓÔÁ]|[ÉÈÓÔÁ]6", "6", squeezed)  # Vietnamese models see one 6 of OCR-B twice
    return re.sub(r"0Ö0?", "0", single)  # and one 0 up to three times


def _readings(text: str) -> list[str]:
    """What a misread digit field may stand for: letters become digits, and at most one 3 or 5 the other of them."""
    digits = "".join(c if c in "<0123456789" else _DIGITS.get(c, "?") for c in text)
    if "?" in digits:
        return []
    flipped = [digits[:i] + _FLIPS[c] + digits[i + 1 :] for i, c in enumerate(digits) if c in _FLIPS]
    return [digits, *flipped]


def _td1(first: str, second: str, third: str) -> Mrz | None:
    head = re.search(r"V[NHM]M(.{10})(.{12})<{1,2}(.)?", first)
    body = re.search(r"(.{7})([MF<])(.{7})VN[MW]<+(.)?", second)
    if head is None or body is None:
        return None
    numbers = {n[:9] for n in _proven(head[1])}
    # The last digits of both lines are over the whole number and over all fields; a stain may hide either.
    ending, closing = (_readings(last)[:1] if last else [] for last in (head[3], body[4]))
    full = [n for n in _readings(head[2]) if n[3:] in numbers and (not ending or check_digit(n) == ending[0])]
    fits = [
        (number, birth, end)
        for number, birth, end in product(full, _proven(body[1]), _proven(body[3]))
        if not closing or check_digit(f"{_td1_head(number)[5:]}{birth}{end}{'<' * 11}") == closing[0]
    ]
    fit = _fewest_repairs(head[2] + body[1] + body[3], fits)
    if fit is None:
        return None
    number, birth, end = fit
    name, line1 = _name_line(third, 30), _td1_head(number)
    composite = check_digit(f"{line1[5:]}{birth}{end}{'<' * 11}")
    line2 = f"{birth}{body[2]}{end}VNM{'<' * 11}{composite}"
    return _mrz(f"{line1}\n{line2}\n{name}", number, number, (birth, body[2], end, name))


def _td1_with_ghosts(first: str, second: str, third: str) -> Mrz | None:
    """The zone after taking out fours that are not there; None when that can be done in two ways that both hold."""
    pairs = product(_without_ghosts(first), _without_ghosts(second))
    found = {zone for head, body in pairs if (zone := _td1(head, body, third)) is not None}
    return found.pop() if len(found) == 1 else None


def _without_ghosts(line: str) -> set[str]:
    """The line, and what it is without one or two of its fours before a one: Vietnamese models read `1` as `41`."""
    one = {line[: match.start()] + line[match.end() :] for match in re.finditer("4(?=1)", line)}
    two = {text[: match.start()] + text[match.end() :] for text in one for match in re.finditer("4(?=1)", text)}
    return {line, *one, *two}


def _td1_head(number: str) -> str:
    """The first line of the card with this personal number: its last nine digits, then all twelve."""
    return f"IDVNM{number[3:]}{check_digit(number[3:])}{number}<<{check_digit(number)}"


def _proven(text: str) -> list[str]:
    """The readings of a digit field whose last digit is the check digit over the others."""
    return [n for n in _readings(text) if check_digit(n[:-1]) == n[-1]]


def _fewest_repairs(raw: str, fits: Sequence[_Fit]) -> _Fit | None:
    """The reading that changes the fewest digits as read; None when two change as few."""
    repairs = sorted((sum(a != b for a, b in zip(raw, "".join(fit), strict=True)), fit) for fit in fits)
    if not repairs or (len(repairs) > 1 and repairs[0][0] == repairs[1][0]):
        return None
    return repairs[0][1]


def _td3(lines: Sequence[str]) -> Mrz | None:
    """The zone of a passport whose first line begins in the first of these lines, or None.

    Beside other print both lines of the zone may have come to stand in one.
    """
    opening = _PASSPORT.search(lines[0])
    if opening is None:
        return None
    for text in (lines[0][opening.end() :], *lines[1:2]):
        body = _TD3_BODY.search(text)
        fit = _td3_fit(body) if body is not None else None
        if body is not None and fit is not None:
            head = lines[0][opening.start() :]
            return _td3_zone(head.removesuffix(body[0]), body, fit)
    return None


def _td3_fit(body: re.Match[str]) -> tuple[str, str, str, str] | None:
    """Number, birth, expiry and personal number with their check digits of the fewest repairs; None: in doubt."""
    empty, citizen = set(body["own"]) <= set("<0O"), body["state"].translate(_LETTERS) == "VNM"
    own = ["<" * 14 + ("<" if body["own"][-1] == "<" else "0")] if empty else _signs_proven(body["own"], _TAKEN_FOR)
    numbers = _signs_proven(body["number"], _FLIPS)
    if citizen:
        numbers = [n for n in _signs_proven(body["number"], _FLIPS | _INITIALS) if _VIETNAMESE.fullmatch(n)]
    fits = [
        (number, birth, end, personal)
        for number, birth, end, personal in product(numbers, _proven(body["birth"]), _proven(body["end"]), own)
        if body["closing"] in (check_digit(number + birth + end + personal), *_UNREADABLE)
    ]
    return _fewest_repairs(body["number"] + body["birth"] + body["end"] + body["own"], fits)


def _signs_proven(text: str, taken_for: Mapping[str, str]) -> list[str]:
    """The readings of a field of letters and digits whose last sign is the check digit over the others.

    Signs that no zone has become what they look like, and at most one more sign one of those it is taken for.
    """
    plain = "".join(_SIGNS.get(c, c) for c in text)
    others = {plain[:i] + other + plain[i + 1 :] for i, c in enumerate(plain) for other in taken_for.get(c, "")}
    return [t for t in (plain, *sorted(others)) if re.fullmatch("[0-9A-Z<]+[0-9]", t) and check_digit(t[:-1]) == t[-1]]


def _td3_zone(first: str, body: re.Match[str], fit: tuple[str, str, str, str]) -> Mrz | None:
    number, birth, end, personal = fit
    state, name = body["state"].translate(_LETTERS), _name_line(first[5:], 39)
    own = personal[:14].rstrip("<")
    citizen = own if state == "VNM" and read_personal_number(own) else None
    closing = check_digit(number + birth + end + personal)
    text = f"{first[:2]}{state}{name}\n{number}{state}{birth}{body['sex']}{end}{personal}{closing}"
    return _mrz(text, number[:9].rstrip("<"), citizen, (birth, body["sex"], end, name))


def _name_line(text: str, width: int) -> str:
    """The name with fillers; signs after the last name's fillers are the engine's."""
    name = re.split(r"<{3,}|<<[^A-Z]*$", text.replace("0", "O").replace("1", "I"))[0]
    return re.sub(r"[^A-Z<]", "", name).strip("<").ljust(width, "<")[:width]


def _mrz(text: str, number: str, personal_id: str | None, parts: tuple[str, str, str, str]) -> Mrz | None:
    birth, sex, end, name = parts
    expires = iso_date(end[4:6], end[2:4], f"20{end[:2]}")  # cards and passports with an MRZ expire in this century
    said = read_personal_number(personal_id) if personal_id else None
    births = [b for c in ("19", "20") if (b := iso_date(birth[4:6], birth[2:4], c + birth[:2]))]
    if personal_id is not None:  # the number knows the century; an impossible one was misread
        births = [b for b in births if said is not None and int(b[:4]) == said.birth_year]
    elif expires is not None:
        births = [b for b in births if 0 <= int(expires[:4]) - int(b[:4]) <= 100]
    if len(births) != 1 or expires is None:
        return None
    words = " ".join(name.replace("<", " ").split())
    return Mrz(text, number, personal_id, births[0], {"M": "Nam", "F": "Nữ"}.get(sex), expires, words)
