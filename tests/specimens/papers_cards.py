"""Cards and booklets besides the identity card: passports and health insurance cards."""

from datetime import date, timedelta

from tests.specimens.cards import card_sheet, emblem, labelled, lay_card, portrait, put_code
from tests.specimens.layout import MOTTO, NATION, Case, Draft, draft, short
from tests.specimens.numbers import CardHolder, insurance_number, passport_number, qr_code, td3
from tests.specimens.sheet import GAP, Sheet, Strong, Type, px

PASSPORT_MM = (125.0, 88.0)
"""ISO/IEC 7810 ID-3."""
_TEN_YEARS = 10
_HOSPITALS = ("Trạm y tế", "Trung tâm y tế", "Bệnh viện đa khoa")


def passport(case: Case) -> Draft:
    """The data page of a passport on a page, as a copier takes it (ICAO 9303 part 4)."""
    person, issued, rng = case.person, case.day, case.rng
    number = passport_number(rng)
    expires = issued.replace(year=issued.year + _TEN_YEARS, day=min(issued.day, 28))
    zone = td3(number, CardHolder(person.personal_id, person.name, person.male, person.born, expires), expires)
    side = card_sheet(PASSPORT_MM)
    portrait(side.page, (px(6), px(18)))
    side.span, side.y_px = (px(36), px(120)), px(6)
    side.centred("HỘ CHIẾU / PASSPORT", Type(9, face="Sans", bold=True))
    side.basis = Type(6.6, face="Sans")
    side.paragraph("Loại / Type: ", Strong("P"), f"{GAP}Số hộ chiếu / Passport No: ", Strong(number))
    side.paragraph("Họ và tên / Full name:")
    side.paragraph(Strong(person.name.upper()))
    labelled(side, "Quốc tịch / Nationality:", "VIỆT NAM / VIETNAMESE")
    labelled(side, "Ngày sinh / Date of birth:", short(person.born))
    labelled(side, "Nơi sinh / Place of birth:", person.birthplace.old_province.upper())
    labelled(side, "Giới tính / Sex:", f"{person.sex} / {'M' if person.male else 'F'}")
    labelled(side, "Số GCMND / ID card N°:", person.personal_id)
    labelled(side, "Ngày cấp / Date of issue:", short(issued))
    labelled(side, "Có giá trị đến / Date of expiry:", short(expires))
    labelled(side, "Nơi cấp / Place of issue:", "Cục Quản lý xuất nhập cảnh")
    for row, line in enumerate(zone.split("\n")):
        side.line_at(line, (px(5), px(72 + 6 * row)), Type(12, face="Mono", bold=True))
    fields = {
        "full_name": person.name,
        "date_of_birth": person.born.isoformat(),
        "personal_id": person.personal_id,
        "passport_number": number,
        "sex": person.sex,
        "issue_date": issued.isoformat(),
        "expiry_date": expires.isoformat(),
        "mrz": zone,
    }
    return draft([_on_page(case, side)], fields, (person.personal_id, person.name))


def health_insurance_card(case: Case) -> Draft:
    """The front of a paper health insurance card with its QR code, in which name and address are hexadecimal."""
    person, rng, valid_from = case.person, case.rng, case.day
    until = valid_from + timedelta(days=364)
    number = insurance_number(rng)
    clinic = f"{rng.choice(_HOSPITALS)} {case.family.home.place.commune(case.day)}"
    address = person.home.address(case.day)
    code = _insurance_payload((number, person.name, person.born, person.male, address), (valid_from, until))
    side = card_sheet()
    emblem(side.page, (px(9), px(8)))
    side.span, side.y_px = (px(16), px(84)), px(2)
    side.centred(NATION, Type(5, face="Sans", bold=True))
    side.centred(MOTTO, Type(4.8, face="Sans", bold=True))
    side.centred("BẢO HIỂM XÃ HỘI VIỆT NAM", Type(5, face="Sans"))
    side.centred("THẺ BẢO HIỂM Y TẾ", Type(9, face="Sans", bold=True, colour=(24, 70, 150)))
    side.span, side.basis = (px(3), px(56)), Type(5.6, face="Sans")
    labelled(side, "Mã số:", number)
    labelled(side, "Họ và tên:", person.name.upper())
    labelled(side, "Ngày sinh:", short(person.born))
    labelled(side, "Giới tính:", person.sex)
    labelled(side, "Nơi đăng ký KCB BĐ:", clinic)
    side.paragraph("Giá trị sử dụng từ ", Strong(short(valid_from)), " đến ngày ", Strong(short(until)))
    put_code(side, qr_code(code, 3), (px(58), px(22)))
    fields = {
        "full_name": person.name,
        "date_of_birth": person.born.isoformat(),
        "sex": person.sex,
        "insurance_code": number,
        "valid_from": valid_from.isoformat(),
        "expiry_date": until.isoformat(),
        "qr": code,
    }
    return draft([_on_page(case, side)], fields, ("", person.name))


def _insurance_payload(holder: tuple[str, str, date, bool, str], term: tuple[date, date]) -> str:
    """What the code says, parted by bars."""
    number, name, born, male, address = holder
    parts = (number, name.encode().hex(), short(born), "1" if male else "2", address.encode().hex(), "79-024")
    return "|".join((*parts, *(short(day) for day in term), "-"))


def _on_page(case: Case, side: Sheet) -> Sheet:
    page = Sheet(Type())
    lay_card(page.page, side.finish(), px(45 + case.rng.uniform(-8, 8)), px(60), case.rng.uniform(-1.2, 1.2))
    page.lines += side.lines
    return page
