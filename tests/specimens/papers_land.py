"""Papers of land and building: certificate, contract of transfer, permit."""

from datetime import date

from tests.specimens.layout import (
    Case,
    Draft,
    Issuer,
    committee,
    draft,
    identity_paper,
    letterhead,
    long,
    national_heading,
    official,
    short,
    signed_at_right,
    title,
)
from tests.specimens.marks import PEN_BLUE, guilloche, signature
from tests.specimens.numbers import qr_code
from tests.specimens.people import Person
from tests.specimens.places import without_rank
from tests.specimens.sheet import GAP, Sheet, Strong, Type, px

NEW_CERTIFICATE = date(2025, 1, 1)
"""From this day certificates are one sheet with a code at the right (TT 10/2024/TT-BTNMT)."""

_TITLE_RED = (184, 30, 38)


def land_use_certificate(case: Case) -> Draft:
    """Giấy chứng nhận quyền sử dụng đất, the older form before 2025 and the one-sheet form after it."""
    person, rng = case.person, case.rng
    new = case.day >= NEW_CERTIFICATE
    letters = rng.choice(("CK", "CS", "CT", "BX", "DA"))
    serial = f"AA {rng.randrange(10**8):08d}" if new else f"{letters} {rng.randrange(10**5, 10**6)}"
    plot, map_sheet, area = str(rng.randint(1, 900)), str(rng.randint(1, 99)), f"{rng.randint(400, 9000) / 10:.1f}"
    sheet = Sheet(Type(12.5, face="Serif"))
    sheet.page[:] = (253, 236, 238)
    guilloche(sheet.page, (248, 216, 222))
    _certificate_head(sheet, new, serial)
    number = person.cited_number(case.day)
    address = person.home.address(case.day)
    sheet.paragraph(Strong("I. Người sử dụng đất, chủ sở hữu tài sản gắn liền với đất"))
    sheet.paragraph(f"{'Ông' if person.male else 'Bà'}: ", Strong(person.name))
    sheet.paragraph(f"Năm sinh: {person.born.year}, {'CCCD' if number == person.personal_id else 'CMND'} số: {number}")
    sheet.paragraph(f"Địa chỉ thường trú: {address}")
    _plot(sheet, case, (plot, map_sheet, area))
    _certificate_foot(sheet, case, new)
    fields = {
        "full_name": person.name,
        "personal_id": number,
        "serial_number": serial,
        "plot_number": plot,
        "map_sheet": map_sheet,
        "area_m2": area,
        "issue_date": case.day.isoformat(),
    }
    return draft([sheet], fields, (number, person.name))


def _plot(sheet: Sheet, case: Case, plot: tuple[str, str, str]) -> None:
    """Number, map sheet and area of the plot, and what it may be used for."""
    rng = case.rng
    number, map_sheet, area = plot
    sheet.gap(2)
    sheet.paragraph(Strong("II. Thông tin thửa đất và tài sản gắn liền với đất"))
    sheet.paragraph("1. Thửa đất:")
    sheet.paragraph(f"a) Thửa đất số: {number}, tờ bản đồ số: {map_sheet}")
    sheet.paragraph(f"b) Địa chỉ: {case.person.home.address(case.day)}")
    sheet.paragraph(f"c) Diện tích: {area.replace('.', ',')} m²")
    sheet.paragraph("d) Hình thức sử dụng: Sử dụng riêng")
    use = rng.choice(("Đất ở tại đô thị", "Đất ở tại nông thôn", "Đất trồng cây lâu năm"))
    sheet.paragraph(f"đ) Mục đích sử dụng đất: {use}")
    sheet.paragraph(f"e) Thời hạn sử dụng: {'Đến ngày 15/10/2063' if 'cây' in use else 'Lâu dài'}")
    sheet.paragraph(f"g) Nguồn gốc sử dụng: {rng.choice(_ORIGINS)}")
    sheet.paragraph("2. Tài sản gắn liền với đất: -/-")


def _certificate_foot(sheet: Sheet, case: Case, new: bool) -> None:
    """Place and day, number in the register, and the signature of the provincial department."""
    province = case.family.home.place.province(case.day)
    sheet.gap(2)
    sheet.right(f"{without_rank(province)}, {long(case.day)}", sheet.basis.but(italic=True))
    sheet.paragraph(f"Số vào sổ cấp Giấy chứng nhận: {'CN' if new else 'CS'} {case.rng.randrange(1000, 99999)}")
    above = "Sở Nông nghiệp và Môi trường" if new else "Sở Tài nguyên và Môi trường"
    post = (above.upper(), "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")
    signed_at_right(sheet, case, Issuer("", above, post, official(case), (above, province)))


_ORIGINS = (
    "Công nhận quyền sử dụng đất như giao đất có thu tiền sử dụng đất",
    "Nhận chuyển nhượng đất được Công nhận quyền sử dụng đất như giao đất có thu tiền sử dụng đất",
    "Được tặng cho đất được Nhà nước giao đất không thu tiền sử dụng đất",
)


def _certificate_head(sheet: Sheet, new: bool, serial: str) -> None:
    if new:
        code = qr_code(serial.replace(" ", ""), 7)
        x = sheet.page.shape[1] - px(14) - code.shape[1]
        sheet.page[px(14) : px(14) + code.shape[0], x : x + code.shape[1]] = code[:, :, None]
    sheet.gap(6)
    national_heading(sheet)
    sheet.gap(5)
    names = (
        ("GIẤY CHỨNG NHẬN", "QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU", "TÀI SẢN GẮN LIỀN VỚI ĐẤT")
        if new
        else ("GIẤY CHỨNG NHẬN", "QUYỀN SỬ DỤNG ĐẤT", "QUYỀN SỞ HỮU NHÀ Ở VÀ TÀI SẢN KHÁC GẮN LIỀN VỚI ĐẤT")
    )
    title(sheet, *names, colour=Type(15, bold=True, colour=_TITLE_RED))
    sheet.right(serial, Type(14, bold=True, face="Sans"))


def land_transfer_contract(case: Case) -> Draft:
    """Hợp đồng chuyển nhượng quyền sử dụng đất, two or three pages; the case's person buys from the other."""
    rng, seller, buyer = case.rng, case.other, case.person
    number = str(rng.randint(100, 9900))
    sheets = [_contract_parties(case, seller, buyer)]
    articles = (*_ARTICLES, *_LONG_ARTICLES) if rng.random() < 0.5 else _ARTICLES
    price = f"{rng.randint(30, 900) * 10_000_000:,}".replace(",", ".")
    for i, text in enumerate(articles, start=1):
        sheet = _with_room(sheets, 30)
        sheet.centred(f"ĐIỀU {i}.", sheet.basis.but(bold=True))
        sheet.paragraph(text.format(price=price), indent_mm=10)
    last = _with_room(sheets, 130)
    last.gap(3)
    last.beside(lambda: _party(last, case, "BÊN A", seller), lambda: _party(last, case, "BÊN B", buyer))
    _notary(last, case, (seller, buyer), number)
    fields = {
        "transferor_name": seller.name,
        "transferor_personal_id": seller.personal_id,
        "transferee_name": buyer.name,
        "transferee_personal_id": buyer.personal_id,
        "document_number": number,
        "issue_date": case.day.isoformat(),
    }
    return draft(sheets, fields, (seller.personal_id, seller.name), (buyer.personal_id, buyer.name))


def _with_room(sheets: list[Sheet], room_mm: float) -> Sheet:
    """The last sheet, or a further one where it has no room. Further ones bear their number at the top."""
    if sheets[-1].bottom_px - sheets[-1].y_px < px(room_mm):
        further = Sheet(sheets[0].basis)
        further.y_px = px(12)
        further.centred(str(len(sheets) + 1))
        further.gap(3)
        sheets.append(further)
    return sheets[-1]


def _contract_parties(case: Case, seller: Person, buyer: Person) -> Sheet:
    rng = case.rng
    sheet = Sheet(Type(rng.choice((12.5, 13, 14))))
    national_heading(sheet)
    sheet.gap(4)
    title(sheet, "HỢP ĐỒNG CHUYỂN NHƯỢNG", "QUYỀN SỬ DỤNG ĐẤT")
    sheet.paragraph(f"Hôm nay, {long(case.day)}, tại Văn phòng Công chứng, chúng tôi gồm có:", indent_mm=10)
    for heading, person in (
        ("BÊN CHUYỂN NHƯỢNG (Bên A):", seller),
        ("BÊN NHẬN CHUYỂN NHƯỢNG (Bên B):", buyer),
    ):
        sheet.gap(1)
        sheet.paragraph(Strong(heading))
        sheet.paragraph("Họ, chữ đệm, tên: ", Strong(person.name))
        sheet.paragraph(f"Ngày, tháng, năm sinh: {short(person.born)}")
        sheet.paragraph(f"Giới tính: {person.sex}{GAP}Dân tộc: {person.ethnic_group}{GAP}Quốc tịch: Việt Nam")
        sheet.paragraph(f"Nơi cư trú: {person.home.address(case.day)}")
        sheet.paragraph(f"Giấy tờ tùy thân: {identity_paper(case, person)}")
    sheet.gap(1)
    certificate = f"{rng.choice(('CK', 'CS', 'CT'))} {rng.randrange(10**5, 10**6)}"
    sheet.paragraph(Strong("QUYỀN SỬ DỤNG ĐẤT CHUYỂN NHƯỢNG:"))
    sheet.paragraph(
        f"Bên A là người sử dụng thửa đất số {rng.randint(1, 900)}, tờ bản đồ số {rng.randint(1, 99)}, "
        f"diện tích {rng.randint(400, 9000) / 10:.1f}".replace(".", ",")
        + f" m², tại {seller.home.address(case.day)}, theo Giấy chứng nhận quyền sử dụng đất số {certificate}.",
        indent_mm=10,
    )
    sheet.paragraph("Hai bên thỏa thuận ký kết hợp đồng này với các điều khoản sau đây:", indent_mm=10)
    return sheet


_ARTICLES = (
    "Bên A chuyển nhượng cho Bên B toàn bộ quyền sử dụng thửa đất nói trên; Bên B đã xem xét kỹ thửa đất, giấy tờ "
    "kèm theo và đồng ý nhận chuyển nhượng.",
    "Giá chuyển nhượng do hai bên thỏa thuận là {price} đồng, trả một lần bằng chuyển khoản trong thời hạn 07 ngày "
    "kể từ ngày hợp đồng được công chứng.",
    "Bên A giao thửa đất và bản chính Giấy chứng nhận cho Bên B ngay khi nhận đủ tiền; Bên B thực hiện đăng ký biến "
    "động đất đai tại cơ quan có thẩm quyền.",
    "Thuế thu nhập cá nhân do Bên A nộp; lệ phí trước bạ, phí thẩm định hồ sơ do Bên B nộp.",
    "Mọi tranh chấp phát sinh được giải quyết trước hết bằng thương lượng; nếu không thành, mỗi bên có quyền yêu cầu "
    "Tòa án nhân dân có thẩm quyền giải quyết.",
)

_LONG_ARTICLES = (
    "Bên A cam đoan thửa đất không có tranh chấp, không bị kê biên để bảo đảm thi hành án, không thế chấp tại bất kỳ "
    "tổ chức tín dụng nào và không thuộc diện bị thu hồi theo quy hoạch đã công bố.",
    "Bên B cam đoan những thông tin về nhân thân đã ghi trong hợp đồng này là đúng sự thật và đã tìm hiểu đầy đủ về "
    "nguồn gốc, ranh giới, mốc giới của thửa đất.",
    "Việc sửa đổi, bổ sung hoặc hủy bỏ hợp đồng này chỉ có giá trị khi được lập thành văn bản có công chứng và chỉ "
    "được thực hiện khi Bên B chưa đăng ký quyền sử dụng đất.",
    "Hợp đồng có hiệu lực kể từ thời điểm công chứng, được lập thành 04 bản có giá trị như nhau, mỗi bên giữ 01 bản, "
    "01 bản nộp cơ quan đăng ký đất đai, 01 bản lưu tại tổ chức hành nghề công chứng.",
)


def _party(sheet: Sheet, case: Case, role: str, person: Person) -> None:
    sheet.centred(role, sheet.basis.but(bold=True))
    middle = sum(sheet.span) // 2
    sheet.stamp(signature(case.rng, px(40), px(16)), PEN_BLUE, (middle - px(20), sheet.y_px + px(1)))
    sheet.gap(18)
    sheet.centred(person.name)


def _notary(sheet: Sheet, case: Case, parties: tuple[Person, Person], number: str) -> None:
    seller, buyer = parties
    sheet.gap(4)
    sheet.centred("LỜI CHỨNG CỦA CÔNG CHỨNG VIÊN", sheet.basis.but(bold=True))
    sheet.paragraph(
        f"Tôi chứng nhận hợp đồng này được giao kết giữa Bên A là {seller.name} và Bên B là {buyer.name}; các bên tự "
        "nguyện giao kết, có năng lực hành vi dân sự và đã ký trước mặt tôi.",
        indent_mm=10,
    )
    register = f"{case.rng.randint(1, 12):02d}/{case.day.year} TP/CC-SCC/HĐGD"
    sheet.paragraph(f"Số công chứng: {number}, quyển số {register}")
    office = f"Văn phòng Công chứng {without_rank(case.family.home.place.commune(case.day))}"
    province = case.family.home.place.province(case.day)
    signed_at_right(sheet, case, Issuer("", office, ("CÔNG CHỨNG VIÊN",), official(case), (office, province)))


def construction_permit(case: Case) -> Draft:
    """Giấy phép xây dựng for a private house."""
    person, rng = case.person, case.rng
    number = f"{rng.randint(1, 900):02d}/GPXD"
    issuer = committee(case)
    place = case.family.home.place
    commune = place.commune(case.day)
    sheet = Sheet(Type(13))
    letterhead(sheet, issuer, f"Số: {number}", f"{without_rank(commune)}, {long(case.day)}")
    title(sheet, "GIẤY PHÉP XÂY DỰNG", under="(Sử dụng cho nhà ở riêng lẻ)")
    address = person.home.address(case.day)
    sheet.paragraph(f"1. Cấp cho: {'Ông' if person.male else 'Bà'} ", Strong(person.name))
    sheet.paragraph(f"Số định danh cá nhân: {person.personal_id}")
    sheet.paragraph(f"Địa chỉ: {address}")
    sheet.paragraph("2. Được phép xây dựng công trình: Nhà ở riêng lẻ")
    ground, floors = rng.randint(450, 1600) / 10, rng.randint(1, 4)
    sheet.paragraph(f"- Vị trí xây dựng: {address}")
    sheet.paragraph(f"- Cốt nền xây dựng công trình: +0,{rng.randint(15, 60)} m so với mặt đường hiện hữu")
    sheet.paragraph(f"- Mật độ xây dựng: {rng.randint(55, 95)} %; hệ số sử dụng đất: {floors},{rng.randint(0, 9)}")
    sheet.paragraph(f"- Diện tích xây dựng tầng 1: {ground:.1f}".replace(".", ",") + " m²")
    sheet.paragraph(f"- Tổng diện tích sàn: {ground * floors:.1f}".replace(".", ",") + " m²")
    sheet.paragraph(f"- Chiều cao công trình: {3 * floors + 1},{rng.randint(0, 9)} m; số tầng: {floors:02d}")
    serial = f"{rng.choice(('CK', 'CS', 'CT'))} {rng.randrange(10**5, 10**6)}"
    sheet.paragraph(f"3. Giấy tờ về đất đai: Giấy chứng nhận quyền sử dụng đất số {serial}")
    sheet.paragraph(
        "4. Giấy phép này có hiệu lực khởi công xây dựng trong thời hạn 12 tháng kể từ ngày cấp; quá thời hạn trên, "
        "chủ đầu tư phải đề nghị gia hạn."
    )
    signed_at_right(sheet, case, issuer, ("- Chủ đầu tư;", "- Lưu: VT, KT."))
    fields = {
        "full_name": person.name,
        "personal_id": person.personal_id,
        "document_number": number,
        "issue_date": case.day.isoformat(),
    }
    return draft([sheet], fields, (person.personal_id, person.name))
