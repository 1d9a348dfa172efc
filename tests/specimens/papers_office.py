"""Papers of the office itself: decisions, and the slip that says a dossier was received."""

from datetime import timedelta
from functools import partial

from tests.specimens.layout import (
    Case,
    Draft,
    Issuer,
    about,
    committee,
    draft,
    letterhead,
    long,
    official,
    short,
    signed,
    signed_at_right,
    signed_by_hand,
    title,
)
from tests.specimens.numbers import dossier_code, qr_code
from tests.specimens.places import without_rank
from tests.specimens.sheet import Sheet, Strong, Type, px

_MATTERS = (
    ("Về việc trợ cấp xã hội hằng tháng", "Trợ cấp xã hội hằng tháng cho", "VHXH"),
    ("Về việc cải chính nội dung đăng ký khai sinh", "Cho phép cải chính nội dung đăng ký khai sinh của", "TP"),
    ("Về việc hỗ trợ sửa chữa nhà ở cho hộ nghèo", "Hỗ trợ kinh phí sửa chữa nhà ở cho hộ của", "KT"),
)


def decision(case: Case) -> Draft:
    """Quyết định of a commune's chairman about one citizen."""
    person, rng = case.person, case.rng
    number = f"{rng.randint(1, 4000):02d}/QĐ-UBND"
    issuer = committee(case)
    commune = case.family.home.place.commune(case.day)
    subject, verb, section = rng.choice(_MATTERS)
    sheet = Sheet(Type(13.5))
    letterhead(sheet, issuer, f"Số: {number}", f"{without_rank(commune)}, {long(case.day)}")
    title(sheet, "QUYẾT ĐỊNH", colour=sheet.basis.but(1, bold=True))
    title(sheet, subject, colour=sheet.basis.but(bold=True))
    title(sheet, f"CHỦ TỊCH ỦY BAN NHÂN DÂN {commune.upper()}", colour=sheet.basis.but(bold=True))
    plain, sheet.basis = sheet.basis, sheet.basis.but(italic=True)
    sheet.paragraph("Căn cứ Luật Tổ chức chính quyền địa phương;", indent_mm=10)
    sheet.paragraph(f"Xét đơn của {'ông' if person.male else 'bà'} {person.name};", indent_mm=10)
    sheet.paragraph(f"Theo đề nghị của công chức phụ trách tại {commune}.", indent_mm=10)
    sheet.basis = plain
    title(sheet, "QUYẾT ĐỊNH:", colour=sheet.basis.but(bold=True))
    whom = "ông" if person.male else "bà"
    sheet.paragraph(
        Strong("Điều 1."),
        f" {verb} {whom} {person.name}, sinh ngày {short(person.born)}, số định danh cá nhân {person.personal_id}, "
        f"cư trú tại {person.home.address(case.day)}.",
        indent_mm=10,
    )
    sheet.paragraph(Strong("Điều 2."), " Quyết định này có hiệu lực kể từ ngày ký.", indent_mm=10)
    sheet.paragraph(
        Strong("Điều 3."),
        f" Văn phòng Ủy ban nhân dân, công chức có liên quan và {whom} {person.name} chịu trách nhiệm thi hành "
        "Quyết định này./.",
        indent_mm=10,
    )
    signed_at_right(sheet, case, issuer, ("- Như Điều 3;", f"- Lưu: VT, {section}."))
    return draft([sheet], about(case, number), (person.personal_id, person.name))


_AGENCIES = (("Sở Nội vụ", "SNV", "CCVC"), ("Sở Tư pháp", "STP", "HCTP"), ("Sở Y tế", "SYT", "NVY"), ("", "UBND", "VP"))
_LETTERS = (
    "V/v phối hợp xác minh thông tin hồ sơ",
    "V/v cung cấp bản sao trích lục hộ tịch",
    "V/v hướng dẫn thực hiện thủ tục hành chính",
)
_NOTICES = (
    "Về việc tiếp nhận và giải quyết hồ sơ",
    "Về kết quả kiểm tra hồ sơ đề nghị hỗ trợ",
    "Về việc niêm yết công khai danh sách",
)


def _agency(case: Case) -> tuple[Issuer, str, str]:
    """Who issues, its abbreviation, and that of its unit which drafts."""
    place, rng = case.family.home.place, case.rng
    name, short_name, unit = rng.choice(_AGENCIES)
    if not name:
        return committee(case), short_name, unit
    province = place.province(case.day)
    post = (("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), ("GIÁM ĐỐC",))[rng.random() < 0.5]
    return Issuer(f"UBND {province}", name, post, official(case), (name, province)), short_name, unit


def official_letter(case: Case) -> Draft:
    """Công văn of a department or a commune, with its matter under the number."""
    issuer, agency, unit = _agency(case)
    number = f"{case.rng.randint(1, 6000):02d}/{agency}-{unit}"
    sheet = Sheet(Type(13.5))
    commune = case.family.home.place.commune(case.day)
    letterhead(sheet, issuer, f"Số: {number}", f"{without_rank(commune)}, {long(case.day)}")
    whole, sheet.span = sheet.span, (sheet.span[0] - px(10), sum(sheet.span) // 2 - px(10))
    sheet.centred(case.rng.choice(_LETTERS), sheet.basis.but(-1))
    sheet.span = whole
    sheet.gap(6)
    sheet.centred(f"Kính gửi: Ủy ban nhân dân {commune}")
    sheet.gap(3)
    return _body(sheet, case, issuer, number)


def notice(case: Case) -> Draft:
    """Thông báo of a department or a commune."""
    issuer, agency, _ = _agency(case)
    number = f"{case.rng.randint(1, 900):02d}/TB-{agency}"
    sheet = Sheet(Type(13.5))
    commune = case.family.home.place.commune(case.day)
    letterhead(sheet, issuer, f"Số: {number}", f"{without_rank(commune)}, {long(case.day)}")
    title(sheet, "THÔNG BÁO", colour=sheet.basis.but(1, bold=True))
    title(sheet, case.rng.choice(_NOTICES), colour=sheet.basis.but(bold=True))
    return _body(sheet, case, issuer, number)


def _body(sheet: Sheet, case: Case, issuer: Issuer, number: str) -> Draft:
    """A few sentences, another paper's number and date among them, then the signature."""
    rng, before = case.rng, case.day - timedelta(days=case.rng.randint(10, 90))
    other = f"{rng.randint(10, 900)}/KH-UBND"
    sheet.paragraph(
        f"Thực hiện Kế hoạch số {other} {long(before)} của Ủy ban nhân dân tỉnh về nâng cao chất lượng phục vụ người "
        "dân, doanh nghiệp, cơ quan chúng tôi đề nghị các đơn vị phối hợp thực hiện một số nội dung sau đây.",
        indent_mm=10,
    )
    sheet.paragraph("1. Rà soát hồ sơ đang giải quyết, bảo đảm đúng thời hạn theo quy định.", indent_mm=10)
    sheet.paragraph("2. Gửi báo cáo kết quả trước ngày cuối cùng của tháng để tổng hợp./.", indent_mm=10)
    signed_at_right(sheet, case, issuer, ("- Như trên;", "- Lưu: VT."))
    fields = {"document_number": number, "issue_date": case.day.isoformat(), "signer": issuer.signer}
    return draft([sheet], fields)


_PROCEDURES = (
    ("1.001193", "Thủ tục đăng ký khai sinh", 1),
    ("1.004873", "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân", 3),
    ("1.013225", "Cấp giấy phép xây dựng đối với nhà ở riêng lẻ", 7),
    ("1.013831", "Đăng ký biến động đất đai do chuyển nhượng", 10),
)


def receipt_slip(case: Case) -> Draft:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả (TT 03/2025/TT-VPCP, form 01) with the code at the top left."""
    person, rng = case.person, case.rng
    code = dossier_code(rng, case.day)
    number, procedure, days = rng.choice(_PROCEDURES)
    due = case.day + timedelta(days=days + 2)
    place = case.family.home.place
    commune = place.commune(case.day)
    name = "Trung tâm Phục vụ hành chính công"
    issuer = Issuer(f"UBND {commune}", name, ("NGƯỜI TIẾP NHẬN HỒ SƠ",), official(case), (name, commune))
    sheet = Sheet(Type(13, face="Sans" if rng.random() < 0.3 else "Serif"))
    _code(sheet, "|".join((code, number, person.personal_id, "Giấy tiếp nhận hồ sơ và hẹn trả kết quả")))
    letterhead(sheet, issuer, f"Số: {rng.randint(1, 9000)}/TNHS", f"{without_rank(commune)}, {long(case.day)}")
    title(sheet, "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ")
    sheet.paragraph("Mã hồ sơ: ", Strong(code))
    sheet.paragraph(f"Bộ phận tiếp nhận và trả kết quả: {name} {commune}")
    sheet.paragraph("Tiếp nhận hồ sơ của: ", Strong(person.name))
    sheet.paragraph(f"Số định danh cá nhân: {person.personal_id}")
    sheet.paragraph(f"Địa chỉ: {person.home.address(case.day)}")
    sheet.paragraph(f"Số điện thoại: {person.phone}")
    sheet.paragraph(f"Nội dung yêu cầu giải quyết: {procedure} (mã thủ tục {number})")
    sheet.paragraph("Thành phần hồ sơ nộp gồm:")
    for i, paper in enumerate(("Tờ khai theo mẫu (01 bản chính)", "Giấy tờ kèm theo tờ khai (01 bản sao)"), start=1):
        sheet.paragraph(f"{i}. {paper}", indent_mm=10)
    sheet.paragraph("Số lượng hồ sơ: 01 bộ")
    hour = f"{rng.randint(7, 16):02d} giờ {rng.randrange(60):02d} phút"
    sheet.paragraph(f"Thời gian nhận hồ sơ: {hour}, {long(case.day)}")
    sheet.paragraph(f"Thời gian trả kết quả giải quyết hồ sơ: {long(due)}")
    sheet.paragraph(f"Đăng ký nhận kết quả tại: {rng.choice(('Nơi nộp hồ sơ', 'Qua dịch vụ bưu chính công ích'))}")
    hand = partial(signed_by_hand, sheet, case, "NGƯỜI NỘP HỒ SƠ", person.name)
    sheet.beside(hand, partial(signed, sheet, case, issuer))
    fields = {
        "dossier_code": code,
        "full_name": person.name,
        "personal_id": person.personal_id,
        "phone": person.phone,
        "receipt_date": case.day.isoformat(),
        "due_date": due.isoformat(),
    }
    return draft([sheet], fields, (person.personal_id, person.name))


def _code(sheet: Sheet, text: str) -> None:
    """The code of TT 01/2023/TT-VPCP Art 26 at the top left."""
    code = qr_code(text, 4)
    sheet.page[px(6) : px(6) + code.shape[0], px(8) : px(8) + code.shape[1]] = code[:, :, None]
    sheet.y_px = px(6) + code.shape[0] + px(1)
