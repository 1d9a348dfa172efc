"""The parts that administrative papers share, laid out as NĐ 30/2020 Phụ lục I has them."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from tests.specimens.marks import PEN_BLUE, SEAL_PX, SEAL_RED, Pixels, seal, signature
from tests.specimens.names import official_name
from tests.specimens.people import Family, Person
from tests.specimens.sheet import Filled, Sheet, Type, px

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"

CARD_OFFICE = "Cục Cảnh sát quản lý hành chính về trật tự xã hội"


@dataclass(frozen=True)
class Case:
    """What a paper is drawn from: the family, the member it is for, and the other party where it has one."""

    rng: Random
    family: Family
    person: Person
    other: Person
    day: date
    """When the paper is issued."""


@dataclass(frozen=True)
class Draft:
    """A paper as drawn, before it is scanned. Owners are those whose paper it is, as (number, name)."""

    pages: tuple[Pixels, ...]
    fields: dict[str, str]
    owners: tuple[tuple[str, str], ...]
    text: tuple[str, ...]
    face: str
    hand: str | None = None


@dataclass(frozen=True)
class Issuer:
    """Who issues: the office above it, its own name, who signs, and the words on its seal."""

    above: str
    name: str
    post: tuple[str, ...]
    signer: str
    seal_words: tuple[str, str] = field(default=("", ""))


def draft(sheets: list[Sheet], fields: dict[str, str], *owners: tuple[str, str], hand: str | None = None) -> Draft:
    """The finished pages with their truth."""
    lines = tuple(line for sheet in sheets for line in sheet.lines)
    pages = tuple(sheet.finish() for sheet in sheets)
    return Draft(pages, fields, owners, lines, f"Liberation {sheets[0].basis.face}", hand)


def about(case: Case, number: str) -> dict[str, str]:
    """The fields of a paper about one citizen."""
    return {
        "full_name": case.person.name,
        "date_of_birth": case.person.born.isoformat(),
        "personal_id": case.person.personal_id,
        "document_number": number,
        "issue_date": case.day.isoformat(),
    }


def short(day: date) -> str:
    """`05/02/2024`."""
    return f"{day:%d/%m/%Y}"


def long(day: date) -> str:
    """`ngày 05 tháng 02 năm 2024`."""
    return f"ngày {day:%d} tháng {day:%m} năm {day.year}"


def committee(case: Case) -> Issuer:
    """The People's Committee of the commune where the family lives."""
    place = case.family.home.place
    commune = place.commune(case.day)
    signer, deputy = official(case), case.rng.random() < 0.4
    post = ("TM. ỦY BAN NHÂN DÂN", *(("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH") if deputy else ("CHỦ TỊCH",)))
    return Issuer(
        "ỦY BAN NHÂN DÂN", commune.upper(), post, signer, (f"Ủy ban nhân dân {commune}", place.province(case.day))
    )


def official(case: Case) -> str:
    """Somebody who signs."""
    return official_name(case.rng)


def national_heading(sheet: Sheet) -> None:
    """Quốc hiệu and tiêu ngữ in the middle of the column, with the line under the motto."""
    motto = sheet.basis.but(0.5, bold=True)
    sheet.centred(NATION, sheet.basis.but(-0.8, bold=True))
    sheet.centred(MOTTO, motto)
    sheet.rule(motto.width(MOTTO))


def letterhead(sheet: Sheet, issuer: Issuer, number: str, place_and_day: str = "") -> None:
    """Issuer and number on the left, nation, motto, place and day on the right."""
    small = sheet.basis.but(-1)

    def left() -> None:
        sheet.centred(issuer.above.upper(), small)
        sheet.centred(issuer.name.upper(), small.but(bold=True))
        sheet.rule(px(22))
        sheet.gap(1)
        sheet.centred(number, small)

    def right() -> None:
        sheet.centred(NATION, sheet.basis.but(-1.5, bold=True))
        sheet.centred(MOTTO, sheet.basis.but(-0.2, bold=True))
        sheet.rule(sheet.basis.but(-0.2, bold=True).width(MOTTO))
        sheet.gap(1)
        if place_and_day:
            sheet.centred(place_and_day, sheet.basis.but(-0.5, italic=True))

    whole = sheet.span
    sheet.span = (whole[0] - px(10), whole[1] + px(6))
    sheet.beside(left, right, share=0.4)
    sheet.span = whole
    sheet.gap(7)


def title(sheet: Sheet, *lines: str, under: str = "", colour: Type | None = None) -> None:
    """The paper's name in bold capitals, with a line under it such as `(Bản sao)`."""
    for line in lines:
        sheet.centred(line, colour or sheet.basis.but(2, bold=True))
    if under:
        sheet.centred(under, sheet.basis.but(italic=under.startswith("(")))
    sheet.gap(3)


def signed(sheet: Sheet, case: Case, issuer: Issuer, note: str = "(Ký, ghi rõ họ tên, chức vụ và đóng dấu)") -> None:
    """Post, signature with the seal over its left third, and the signer's name, in the present column."""
    sheet.gap(3)
    for line in issuer.post:
        sheet.centred(line, sheet.basis.but(bold=True))
    if note:
        sheet.centred(note, sheet.basis.but(-1.5, italic=True))
    top, room = sheet.y_px, px(36)
    middle = sum(sheet.span) // 2
    rng = case.rng
    ink = signature(rng, px(46), px(20))
    sheet.stamp(ink, PEN_BLUE, (middle - px(20) + rng.randint(-40, 40), top + px(8) + rng.randint(-20, 60)))
    left = middle - px(13) - SEAL_PX // 2 + rng.randint(-50, 50)
    sheet.stamp(seal(*issuer.seal_words), SEAL_RED, (left, top + rng.randint(0, 24)))
    sheet.y_px = top + room
    sheet.centred(issuer.signer, sheet.basis.but(bold=True))


def signed_by_hand(sheet: Sheet, case: Case, role: str, name: str) -> None:
    """A citizen's signature over the name, without a seal."""
    sheet.gap(3)
    sheet.centred(role, sheet.basis.but(bold=True))
    sheet.centred("(Ký, ghi rõ họ tên)", sheet.basis.but(-1.5, italic=True))
    middle = sum(sheet.span) // 2
    sheet.stamp(signature(case.rng, px(42), px(18)), PEN_BLUE, (middle - px(21), sheet.y_px + px(7)))
    sheet.gap(30)
    if sheet.hand is None:
        sheet.centred(name, sheet.basis)
    else:
        start = sheet.span
        sheet.span = (middle - round(sheet.basis.width(name) * 0.6), start[1])
        sheet.paragraph(Filled(name))
        sheet.span = start


def signed_at_right(sheet: Sheet, case: Case, issuer: Issuer, receivers: tuple[str, ...] = ()) -> None:
    """The block of signature at the right; `Nơi nhận` with its list at the left where there are `receivers`."""

    def left() -> None:
        if receivers:
            sheet.gap(3)
            basis, sheet.basis = sheet.basis, sheet.basis.but(-1.5, bold=True, italic=True)
            sheet.paragraph("Nơi nhận:")
            sheet.basis = basis.but(-2.5)
            for receiver in receivers:
                sheet.paragraph(receiver)
            sheet.basis = basis

    sheet.beside(left, lambda: signed(sheet, case, issuer), share=0.42)


def identity_paper(case: Case, person: Person) -> str:
    """How a paper of the case's day cites the person's card; old papers cite the old number."""
    number = person.cited_number(case.day)
    if number != person.personal_id:
        return f"CMND số {number}"
    if person.card_issued is None or person.card_issued > case.day:
        return f"CCCD số {number}"
    return f"CCCD số {number}, {CARD_OFFICE} cấp ngày {short(person.card_issued)}"
