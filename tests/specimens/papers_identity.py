"""Identity cards and confirmations of residence, issued by the police."""

from datetime import date

import cv2

from tests.specimens.cards import card_sheet, chip, emblem, labelled, lay_card, portrait, put_code
from tests.specimens.layout import (
    MOTTO,
    NATION,
    Case,
    Draft,
    Issuer,
    about,
    draft,
    letterhead,
    long,
    official,
    short,
    signed_at_right,
    title,
)
from tests.specimens.marks import Pixels
from tests.specimens.numbers import CardHolder, qr_code, td1
from tests.specimens.people import Person
from tests.specimens.places import MERGER, without_rank
from tests.specimens.sheet import GAP, Sheet, Strong, Type, px

NEW_CARD = date(2024, 7, 1)
"""From this day cards are called CĂN CƯỚC and carry the code on the back (TT 16/2024/TT-BCA)."""


def citizen_id_card(case: Case) -> Draft:
    """Front and back of a card on one page, as a copier takes them."""
    person, issued = case.person, case.day
    holder = CardHolder(person.personal_id, person.name, person.male, person.born, person.card_expires)
    address = person.home.address(issued)
    code = _payload(person, address, issued)
    new = issued >= NEW_CARD
    front, back = card_sheet(), card_sheet()
    (_front_2024 if new else _front_2021)(front, person, address)
    (_back_2024 if new else _back_2021)(back, person, address, issued)
    mrz = td1(holder)
    for row, line in enumerate(mrz.split("\n")):
        back.line_at(line, (px(4.7), px(36.4 + 5 * row)), Type(12, face="Mono", bold=True))
    put_code(back if new else front, qr_code(code, 4), (px(65.5), px(2.5 if new else 3)))
    page = Sheet(Type())
    for side, top in ((front, 45), (back, 125)):
        lay_card(page.page, side.finish(), px(60 + case.rng.uniform(-8, 8)), px(top), case.rng.uniform(-1.2, 1.2))
        page.lines += side.lines
    fields = {
        "full_name": person.name,
        "date_of_birth": person.born.isoformat(),
        "personal_id": person.personal_id,
        "sex": person.sex,
        "issue_date": issued.isoformat(),
        "qr": code,
        "mrz": mrz,
    }
    if person.card_expires is not None:
        fields["expiry_date"] = person.card_expires.isoformat()
    return draft([page], fields, (person.personal_id, person.name))


def _payload(person: Person, address: str, issued: date) -> str:
    """What the card's code says: seven parts, the second empty where there was no old card."""
    day = "%d%m%Y"
    numbers = f"{person.personal_id}|{person.old_number or ''}"
    return f"{numbers}|{person.name}|{person.born:{day}}|{person.sex}|{address}|{issued:{day}}"


def _head(sheet: Sheet, names: tuple[str, str]) -> None:
    sheet.span = (px(20), px(65))
    sheet.centred(NATION, Type(5.4, face="Sans", bold=True))
    sheet.centred(MOTTO, Type(5.2, face="Sans", bold=True))
    sheet.centred("SOCIALIST REPUBLIC OF VIET NAM", Type(4.6, face="Sans"))
    sheet.centred(names[0], Type(9.5, face="Sans", bold=True, colour=(176, 24, 32)))
    sheet.centred(names[1], Type(5.2, face="Sans", italic=True))
    portrait(sheet.page, (px(4), px(18)))
    emblem(sheet.page, (px(11), px(10)))
    sheet.span = (px(27), px(83))


def _term(person: Person) -> str:
    return short(person.card_expires) if person.card_expires else "Không thời hạn"


def _front_2021(sheet: Sheet, person: Person, address: str) -> None:
    _head(sheet, ("CĂN CƯỚC CÔNG DÂN", "Citizen Identity Card"))
    sheet.basis = Type(6.2, face="Sans")
    sheet.paragraph("Số / No.: ", Strong(person.personal_id))
    sheet.paragraph("Họ và tên / Full name:")
    sheet.paragraph(Strong(person.name.upper()))
    labelled(sheet, "Ngày sinh / Date of birth:", short(person.born))
    sheet.paragraph("Giới tính / Sex: ", Strong(person.sex), f"{GAP}Quốc tịch / Nationality: ", Strong("Việt Nam"))
    labelled(sheet, "Quê quán / Place of origin:", person.birthplace.full(date(2021, 1, 1)))
    labelled(sheet, "Nơi thường trú / Place of residence:", address)
    sheet.line_at(f"Có giá trị đến: {_term(person)}", (px(4), px(49)), Type(5, face="Sans"))


def _back_2021(sheet: Sheet, person: Person, address: str, issued: date) -> None:
    sheet.span, sheet.y_px = (px(4), px(60)), px(3)
    mark = ("Nốt ruồi", "Sẹo chấm")[int(person.personal_id) % 2]
    sheet.paragraph("Đặc điểm nhận dạng / Personal identification: ", Strong(f"{mark} cách 1cm trên sau cánh mũi trái"))
    sheet.paragraph("Ngày, tháng, năm / Date, month, year: ", Strong(short(issued)))
    sheet.centred("CỤC TRƯỞNG CỤC CẢNH SÁT", Type(5.4, face="Sans", bold=True))
    sheet.centred("QUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI", Type(5.4, face="Sans", bold=True))
    chip(sheet.page, (px(8), px(22)))
    for x, finger in ((63, "Ngón trỏ trái"), (74, "Ngón trỏ phải")):
        sheet.line_at(finger, (px(x), px(4)), Type(4.2, face="Sans"))
        _fingerprint(sheet.page, (px(x + 4), px(16)))


def _front_2024(sheet: Sheet, person: Person, address: str) -> None:
    _head(sheet, ("CĂN CƯỚC", "IDENTITY CARD"))
    sheet.basis = Type(6.4, face="Sans")
    sheet.paragraph("Số định danh cá nhân / Personal identification number:")
    sheet.paragraph(Strong(person.personal_id))
    sheet.paragraph("Họ, chữ đệm và tên khai sinh / Full name:")
    sheet.paragraph(Strong(person.name.upper()))
    labelled(sheet, "Ngày, tháng, năm sinh / Date of birth:", short(person.born))
    sheet.paragraph("Giới tính / Sex: ", Strong(person.sex))
    labelled(sheet, "Quốc tịch / Nationality:", "Việt Nam")
    chip(sheet.page, (px(69), px(4)))


def _back_2024(sheet: Sheet, person: Person, address: str, issued: date) -> None:
    sheet.span, sheet.y_px = (px(4), px(63)), px(2.5)
    sheet.basis = Type(5.4, face="Sans")
    labelled(sheet, "Nơi cư trú / Place of residence:", address)
    labelled(sheet, "Nơi đăng ký khai sinh / Place of birth:", person.birthplace.full(issued))
    labelled(sheet, "Ngày, tháng, năm cấp / Date of issue:", short(issued))
    labelled(sheet, "Ngày, tháng, năm hết hạn / Date of expiry:", _term(person))
    sheet.paragraph(Strong("BỘ CÔNG AN / MINISTRY OF PUBLIC SECURITY"))


def _fingerprint(page: Pixels, centre: tuple[int, int]) -> None:
    for k in range(1, 12):
        cv2.ellipse(page, centre, (8 * k, 5 * k), 82, 25, 320 + 3 * k, (70, 70, 84), 2, cv2.LINE_AA)


def residence_confirmation(case: Case) -> Draft:
    """Xác nhận thông tin về cư trú, form CT07 (TT 66/2023/TT-BCA), with the household's members."""
    person, family, rng = case.person, case.family, case.rng
    place = family.home.place
    number = f"{rng.randint(20, 9000)}/XN"
    commune = place.commune(case.day)
    above = f"Công an {place.district if case.day < MERGER else place.new_province}"
    post = (f"TRƯỞNG CÔNG AN {commune.split()[0].upper()}",)
    issuer = Issuer(above, f"Công an {commune}", post, official(case), (f"Công an {commune}", place.province(case.day)))
    sheet = Sheet(Type(13))
    sheet.right("Mẫu CT07 ban hành kèm theo Thông tư số 66/2023/TT-BCA", sheet.basis.but(-3, italic=True))
    sheet.gap(2)
    letterhead(sheet, issuer, f"Số: {number}", f"{without_rank(commune)}, {long(case.day)}")
    title(sheet, "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ")
    address = family.home.address(case.day)
    sheet.paragraph(Strong("I. Theo đề nghị của Ông/Bà:"))
    sheet.paragraph("1. Họ, chữ đệm và tên: ", Strong(person.name))
    sheet.paragraph(f"2. Ngày, tháng, năm sinh: {short(person.born)}{GAP}3. Giới tính: {person.sex}")
    sheet.paragraph(f"4. Số định danh cá nhân: {person.personal_id}")
    sheet.paragraph(f"5. Quê quán: {person.birthplace.full(case.day)}")
    sheet.paragraph(Strong("II. Công an xác nhận thông tin về cư trú như sau:"))
    sheet.paragraph(f"1. Nơi thường trú: {address}")
    sheet.paragraph(f"2. Nơi ở hiện tại: {address}")
    sheet.paragraph(f"3. Họ, chữ đệm và tên chủ hộ: {family.father.name}")
    _members(sheet, case)
    sheet.paragraph("Xác nhận thông tin cư trú này có giá trị 01 năm kể từ ngày cấp.", indent_mm=10)
    signed_at_right(sheet, case, issuer)
    return draft([sheet], about(case, number), (person.personal_id, person.name))


def _members(sheet: Sheet, case: Case) -> None:
    """The table of the household's other members."""
    family, person = case.family, case.person
    sheet.paragraph("4. Thông tin các thành viên khác trong hộ gia đình:")
    head = ("TT", "Họ, chữ đệm và tên", "Ngày sinh", "Giới tính", "Số định danh cá nhân", "Quan hệ với chủ hộ")
    members = (m for m in (family.father, family.mother, *family.children) if m is not person and m.born < case.day)
    rows = [
        (str(i), m.name, short(m.born), m.sex, m.personal_id, _relation(case, m))
        for i, m in enumerate(members, start=1)
    ]
    sheet.table((0.6, 3.1, 1.6, 1.1, 2.1, 1.7), (head, *rows))


def _relation(case: Case, member: Person) -> str:
    if member is case.family.father:
        return "Chủ hộ"
    return "Vợ" if member is case.family.mother else "Con"
