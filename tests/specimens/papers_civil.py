"""Papers of civil status: birth, marriage, single status."""

from dataclasses import replace
from random import Random

from tests.specimens.layout import (
    Case,
    Draft,
    Issuer,
    about,
    committee,
    draft,
    identity_paper,
    letterhead,
    long,
    national_heading,
    official,
    short,
    signed,
    signed_at_right,
    signed_by_hand,
    title,
)
from tests.specimens.marks import guilloche
from tests.specimens.numbers import date_in_words
from tests.specimens.people import Person
from tests.specimens.places import without_rank
from tests.specimens.sheet import GAP, HAND, Filled, Sheet, Strong, Type


def birth_certificate(case: Case) -> Draft:
    """Giấy khai sinh (form of TT 04/2020/TT-BTP); the case's person is the child."""
    child, family, rng = case.person, case.family, case.rng
    number = f"{rng.randint(1, 450):02d}/{case.day.year}"
    sheet = Sheet(Type(13))
    guilloche(sheet.page, (250, 240, 228))
    sheet.gap(8)
    national_heading(sheet)
    sheet.gap(4)
    title(sheet, "GIẤY KHAI SINH", under=f"Số: {number}")
    sheet.paragraph("Họ, chữ đệm, tên: ", Strong(child.name.upper()))
    sheet.paragraph(f"Ngày, tháng, năm sinh: {short(child.born)}")
    sheet.paragraph(f"Ghi bằng chữ: {date_in_words(child.born)}")
    _nature(sheet, child)
    place = family.home.place
    sheet.paragraph(f"Nơi sinh: {_maternity(case)}, {place.province(child.born)}")
    sheet.paragraph(f"Quê quán: {family.father.birthplace.full(case.day)}")
    sheet.paragraph("Số định danh cá nhân: ", Strong(child.personal_id))
    _parents(sheet, case)
    issuer = committee(case)
    post = ("NGƯỜI KÝ GIẤY KHAI SINH", rng.choice(("CHỦ TỊCH", "PHÓ CHỦ TỊCH")))
    signed_at_right(sheet, case, replace(issuer, post=post))
    fields = {
        "full_name": child.name,
        "date_of_birth": child.born.isoformat(),
        "personal_id": child.personal_id,
        "document_number": number,
        "issue_date": case.day.isoformat(),
        "mother_name": family.mother.name,
        "father_name": family.father.name,
    }
    return draft([sheet], fields, (child.personal_id, child.name))


def _parents(sheet: Sheet, case: Case) -> None:
    """Both parents, who registered the birth, where and when."""
    family = case.family
    for role, parent in (("mẹ", family.mother), ("cha", family.father)):
        sheet.gap(1)
        sheet.paragraph(f"Họ, chữ đệm, tên người {role}: ", Strong(parent.name))
        sheet.paragraph(f"Năm sinh: {parent.born.year}{GAP}Dân tộc: {parent.ethnic_group}{GAP}Quốc tịch: Việt Nam")
        sheet.paragraph(f"Nơi cư trú: {family.home.address(case.day)}")
    sheet.gap(1)
    sheet.paragraph(f"Họ, chữ đệm, tên người đi khai sinh: {family.father.name}")
    sheet.paragraph(f"Giấy tờ tùy thân: {identity_paper(case, family.father)}")
    sheet.paragraph(f"Nơi đăng ký khai sinh: Ủy ban nhân dân {family.home.place.full(case.day)}")
    sheet.paragraph(f"Ngày, tháng, năm đăng ký: {short(case.day)}")


def _nature(sheet: Sheet, person: Person) -> None:
    parts = (f"Giới tính: {person.sex}", f"Dân tộc: {person.ethnic_group}", "Quốc tịch: Việt Nam")
    sheet.paragraph(GAP.join(parts))


def _maternity(case: Case) -> str:
    """A hospital; the same for the same child on every paper."""
    place = case.family.home.place
    rng = Random(case.person.personal_id)  # noqa: S311 no secret, only the same choice each time
    kinds = ("Bệnh viện Phụ sản - Nhi", "Bệnh viện Đa khoa", "Bệnh viện Hữu nghị")
    return f"{rng.choice(kinds)} {without_rank(place.old_province)}"


def birth_notice(case: Case) -> Draft:
    """Giấy chứng sinh (form of TT 56/2017/TT-BYT); the case's person is the child, its owner the mother."""
    child, mother, rng = case.person, case.family.mother, case.rng
    number = f"{rng.randint(100, 9999)}/GCS"
    hospital = _maternity(case)
    province = without_rank(case.family.home.place.province(case.day))
    issuer = Issuer(f"Sở Y tế {province}", hospital, ("THỦ TRƯỞNG CƠ SỞ Y TẾ",), official(case), (hospital, province))
    sheet = Sheet(Type(13.5))
    letterhead(sheet, issuer, f"Số: {number}")
    title(sheet, "GIẤY CHỨNG SINH")
    sheet.paragraph("Họ, chữ đệm, tên mẹ hoặc người nuôi dưỡng: ", Strong(mother.name))
    sheet.paragraph(f"Ngày, tháng, năm sinh: {short(mother.born)}{GAP}Dân tộc: {mother.ethnic_group}")
    sheet.paragraph(f"Nơi cư trú: {mother.home.address(case.day)}")
    sheet.paragraph(f"Số định danh cá nhân: {mother.personal_id}")
    hour = f"{rng.randrange(24):02d} giờ {rng.randrange(60):02d} phút"
    sheet.paragraph(f"Đã sinh con vào lúc: {hour}, {long(child.born)}")
    sheet.paragraph(f"Tại: Khoa Phụ sản, {hospital}")
    order = case.family.children.index(child) + 1
    sheet.paragraph(
        f"Sinh con lần thứ: {order:02d}{GAP}Số con hiện sống: {order:02d}{GAP}Số con trong lần sinh này: 01"
    )
    sheet.paragraph(f"Giới tính của con: {child.sex}{GAP}Cân nặng: {rng.randrange(2400, 4100, 10)} gram")
    sheet.paragraph(f"Tình trạng của con: {rng.choice(('Khỏe mạnh, bú tốt', 'Bình thường', 'Trẻ khóc ngay'))}")
    sheet.paragraph(f"Dự kiến đặt tên con là: {child.name}")
    sheet.paragraph(f"Người đỡ đẻ: {official(case)}")
    sheet.right(f"{province}, {long(case.day)}", sheet.basis.but(italic=True))
    sheet.beside(
        lambda: signed_by_hand(sheet, case, "Mẹ hoặc người nuôi dưỡng", mother.name),
        lambda: signed(sheet, case, issuer),
    )
    fields = {
        "mother_name": mother.name,
        "mother_personal_id": mother.personal_id,
        "date_of_birth": child.born.isoformat(),
        "document_number": number,
    }
    return draft([sheet], fields, (mother.personal_id, mother.name))


def birth_registration_form(case: Case) -> Draft:
    """Tờ khai đăng ký khai sinh (form of TT 04/2024/TT-BTP), filled in with the pen by the father."""
    child, family = case.person, case.family
    father = family.father
    sheet = Sheet(Type(13), hand=case.rng)
    dotted = case.rng.random() < 0.3  # offices print the form with and without dots to write on
    national_heading(sheet)
    sheet.gap(4)
    title(sheet, "TỜ KHAI ĐĂNG KÝ KHAI SINH")

    _form_body(sheet, case, dotted)
    sheet.paragraph(
        "Tôi cam đoan nội dung đề nghị đăng ký khai sinh trên đây là đúng sự thật, được sự thỏa thuận nhất trí "
        "của các bên liên quan theo quy định pháp luật và chịu trách nhiệm về lời khai của mình."
    )
    made_at = without_rank(family.home.place.commune(case.day))
    sheet.paragraph("Làm tại: ", Filled(f"{made_at}, {long(case.day)}"), indent_mm=40)
    sheet.beside(lambda: None, lambda: signed_by_hand(sheet, case, "Người yêu cầu", father.name))
    fields = {
        "applicant_name": father.name,
        "applicant_personal_id": father.personal_id,
        "child_name": child.name,
        "date_of_birth": child.born.isoformat(),
    }
    return draft([sheet], fields, (father.personal_id, father.name), hand=HAND)


def _form_body(sheet: Sheet, case: Case, dotted: bool) -> None:
    """All lines that the applicant fills in."""
    child, family = case.person, case.family
    father, mother = family.father, family.mother
    address = family.home.address(case.day)

    def blank(label: str, value: str) -> None:
        sheet.paragraph(label, Filled(value), dotted=dotted)

    blank("Kính gửi: ", f"Ủy ban nhân dân {family.home.place.commune(case.day)}")
    blank("Họ, chữ đệm, tên người yêu cầu: ", father.name)
    blank("Nơi cư trú: ", address)
    blank("Giấy tờ tùy thân: ", f"CCCD {father.personal_id}")
    blank("Quan hệ với người được khai sinh: ", "Cha")
    sheet.paragraph(Strong("Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:"))
    blank("Họ, chữ đệm, tên: ", child.name.upper())
    blank("Ngày, tháng, năm sinh: ", short(child.born))
    blank("Ghi bằng chữ: ", date_in_words(child.born))
    people, nation = (f"{GAP}Dân tộc: ", Filled(child.ethnic_group)), (f"{GAP}Quốc tịch: ", Filled("Việt Nam"))
    sheet.paragraph("Giới tính: ", Filled(child.sex), *people, *nation, dotted=dotted)
    blank("Nơi sinh: ", _maternity(case))
    blank("Quê quán: ", father.birthplace.full(case.day))
    for role, parent in (("mẹ", mother), ("cha", father)):
        blank(f"Họ, chữ đệm, tên người {role}: ", parent.name)
        people = (f"{GAP}Dân tộc: ", Filled(parent.ethnic_group))
        sheet.paragraph("Năm sinh: ", Filled(str(parent.born.year)), *people, *nation, dotted=dotted)
        blank("Nơi cư trú: ", address)


def marriage_certificate(case: Case) -> Draft:
    """Giấy chứng nhận kết hôn (form of TT 04/2020/TT-BTP), with a column for each."""
    family, rng = case.family, case.rng
    wife, husband = family.mother, family.father
    number = f"{rng.randint(1, 220):02d}/{case.day.year}"
    sheet = Sheet(Type(13))
    guilloche(sheet.page, (252, 236, 232))
    sheet.gap(8)
    national_heading(sheet)
    sheet.gap(4)
    title(sheet, "GIẤY CHỨNG NHẬN KẾT HÔN", under=f"Số: {number}")

    def spouse(role: str, person: Person) -> None:
        sheet.paragraph(f"Họ, chữ đệm, tên {role}: ", Strong(person.name))
        sheet.paragraph(f"Ngày, tháng, năm sinh: {short(person.born)}")
        sheet.paragraph(f"Dân tộc: {person.ethnic_group}")
        sheet.paragraph("Quốc tịch: Việt Nam")
        sheet.paragraph(f"Nơi cư trú: {person.home.address(case.day)}")
        sheet.paragraph(f"Giấy tờ tùy thân: {identity_paper(case, person)}")

    sheet.beside(lambda: spouse("vợ", wife), lambda: spouse("chồng", husband))
    sheet.gap(2)
    sheet.paragraph(f"Nơi đăng ký kết hôn: Ủy ban nhân dân {family.home.place.full(case.day)}")
    sheet.paragraph(f"Ngày, tháng, năm đăng ký: {short(case.day)}")
    sheet.paragraph("Giấy chứng nhận kết hôn này có giá trị kể từ ngày, tháng, năm đăng ký.")
    sheet.beside(
        lambda: signed_by_hand(sheet, case, "Vợ", wife.name), lambda: signed_by_hand(sheet, case, "Chồng", husband.name)
    )
    issuer = committee(case)
    post = ("NGƯỜI KÝ GIẤY CHỨNG NHẬN KẾT HÔN", "CHỦ TỊCH")
    signed_at_right(sheet, case, replace(issuer, post=post))
    fields = {
        "wife_name": wife.name,
        "wife_personal_id": wife.personal_id,
        "husband_name": husband.name,
        "husband_personal_id": husband.personal_id,
        "document_number": number,
        "issue_date": case.day.isoformat(),
    }
    return draft([sheet], fields, (wife.personal_id, wife.name), (husband.personal_id, husband.name))


def marital_status_confirmation(case: Case) -> Draft:
    """Giấy xác nhận tình trạng hôn nhân (form of TT 04/2020/TT-BTP), valid for six months."""
    person, rng, family = case.person, case.rng, case.family
    number = f"{rng.randint(1, 900):02d}/UBND-XNTTHN"
    issuer = committee(case)
    commune = family.home.place.commune(case.day)
    sheet = Sheet(Type(14))
    letterhead(sheet, issuer, f"Số: {number}", f"{without_rank(commune)}, {long(case.day)}")
    title(sheet, "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN")
    title(sheet, f"ỦY BAN NHÂN DÂN {commune.upper()}", colour=sheet.basis.but(bold=True))
    applicant = f"Xét đề nghị của {'ông' if person.male else 'bà'} {person.name} về việc cấp Giấy xác nhận tình trạng"
    sheet.paragraph(f"{applicant} hôn nhân cho bản thân,", indent_mm=10)
    title(sheet, "XÁC NHẬN:", colour=sheet.basis.but(bold=True))
    sheet.paragraph("Họ, chữ đệm, tên: ", Strong(person.name))
    sheet.paragraph(f"Ngày, tháng, năm sinh: {short(person.born)}")
    _nature(sheet, person)
    sheet.paragraph(f"Nơi cư trú: {person.home.address(case.day)}")
    sheet.paragraph(f"Giấy tờ tùy thân: {identity_paper(case, person)}")
    partner = family.mother if person is family.father else family.father
    unmarried = f"Từ đủ tuổi đăng ký kết hôn đến ngày {short(case.day)} chưa đăng ký kết hôn với ai"
    judgement = f"{rng.randint(1, 90):02d}/{case.day.year - 1}/HNGĐ-ST"
    divorced = f"Đã đăng ký kết hôn nhưng đã ly hôn theo Bản án số {judgement}; hiện tại chưa đăng ký kết hôn với ai"
    before = case.day < family.married
    status = unmarried if before else rng.choice((divorced, f"Hiện tại đang có vợ hoặc chồng là {partner.name}"))
    sheet.paragraph(f"Tình trạng hôn nhân: {status}.")
    purpose = "đăng ký kết hôn" if before or status is divorced else "vay vốn tại ngân hàng"
    sheet.paragraph(f"Giấy này được cấp để: làm thủ tục {purpose}.")
    sheet.paragraph("Giấy này có giá trị sử dụng trong thời hạn 6 tháng kể từ ngày cấp.", indent_mm=10)
    signed_at_right(sheet, case, issuer, ("- Như trên;", "- Lưu: VT, HT."))
    return draft([sheet], about(case, number), (person.personal_id, person.name))
