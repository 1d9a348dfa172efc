"""Papers that are fed in one go come apart where one ends and the next begins, and nowhere else."""

from pipeline.catalogue import load_catalogue
from pipeline.stages.assemble import Piece, assemble
from schemas.text import PageText
from tests.unit.pages_of_text import page

TYPES = load_catalogue().types
HEADER = "ỦY BAN NHÂN DÂN  CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nPHƯỜNG TÂN LẬP  Độc lập - Tự do - Hạnh phúc\n"
LONG = "việc thực hiện các nội dung được giao theo quy định của pháp luật và báo cáo kết quả với cơ quan có thẩm quyền"
DECISION = (
    HEADER
    + "Số: 12/QĐ-UBND  Tân Lập, ngày 02 tháng 03 năm 2024\nQUYẾT ĐỊNH\nVề việc trợ cấp xã hội hàng tháng\n"
    + "Căn cứ Luật Tổ chức chính quyền địa phương;\nĐiều 1. Trợ cấp cho ông Tôn Văn Khởi.\n"
)
SIGNED = "Nơi nhận:  TM. ỦY BAN NHÂN DÂN\n- Như Điều 3;  CHỦ TỊCH\n- Lưu: VT.\nLầu Văn Sử\n"
FORM = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nTỜ KHAI ĐĂNG KÝ KHAI SINH\nKính gửi: UBND\n"
CONTRACT = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
    "HỢP ĐỒNG CHUYỂN NHƯỢNG\nQUYỀN SỬ DỤNG ĐẤT\nBÊN CHUYỂN NHƯỢNG (Bên A):\nĐIỀU 4. Thuế do Bên B nộp.\n"
)
FRONT = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSOCIALIST REPUBLIC OF VIET NAM\nCĂN CƯỚC CÔNG DÂN\nCitizen Identity Card\n"
    "Số / No.: {number}\nHọ và tên / Full name:\nLẦU THỊ MỶ\nGiới tính / Sex: Nữ\n"
)
BACK = (
    "Đặc điểm nhận dạng / Personal identification: Nốt ruồi\nNgày, tháng, năm / Date, month, year: 01/01/2022\n{zone}\n"
)
MY, NHU = "094198990066", "079320990007"
ZONE_OF_MY = "IDVNM1989900666094198990066<<7\n9801015F3801013VNM<<<<<<<<<<<2\nLAU<<THI<MY<<<<<<<<<<<<<<<<<<<"


def taken_apart(*texts: str, files: tuple[int, ...] = (), qr: dict[int, str] | None = None) -> tuple[Piece, ...]:
    pages = [page(text, number=n, qr=(qr or {}).get(n)) for n, text in enumerate(texts, 1)]
    return assemble(pages, TYPES, file_starts=files)


def starts(pieces: tuple[Piece, ...]) -> list[int]:
    return [piece.pages[0].number for piece in pieces]


def doubts(pieces: tuple[Piece, ...]) -> set[int]:
    return {cut.page for piece in pieces for cut in piece.cuts if cut.doubtful}


def test_two_papers_of_the_same_type_one_after_another_part() -> None:
    pieces = taken_apart(DECISION + SIGNED, DECISION + SIGNED)
    assert (starts(pieces), doubts(pieces)) == ([1, 2], set())


def test_a_sentence_that_goes_on_over_the_page_break_keeps_a_paper_whole() -> None:
    pieces = taken_apart(DECISION + LONG.capitalize(), LONG + ".\n" + SIGNED)
    assert (starts(pieces), doubts(pieces)) == ([1], set())


def test_articles_that_go_on_keep_a_paper_whole() -> None:
    pieces = taken_apart(DECISION, "Điều 2. Quyết định có hiệu lực từ ngày ký.\n" + SIGNED)
    assert (starts(pieces), doubts(pieces)) == ([1], set())


def test_a_page_number_in_the_middle_of_the_margin_keeps_a_paper_whole() -> None:
    pieces = taken_apart(DECISION + SIGNED, "> 2\nDanh sách người được trợ cấp")
    assert starts(pieces) == [1]


def test_an_appendix_belongs_to_the_decision_before_it() -> None:
    pieces = taken_apart(DECISION + SIGNED, "PHỤ LỤC I\n(Kèm theo Quyết định số 12/QĐ-UBND)\nTôn Văn Khởi", FORM)
    assert (starts(pieces), doubts(pieces)) == ([1, 3], set())


def test_a_plan_issued_with_the_decision_before_it_belongs_to_it_for_all_its_header() -> None:
    plan = HEADER + "KẾ HOẠCH\nPhòng, chống dịch bệnh\n(Kèm theo Quyết định số 12/QĐ-UBND ngày 02 tháng 3 năm 2024)\n"
    pieces = taken_apart(DECISION + SIGNED, plan)
    assert (starts(pieces), doubts(pieces)) == ([1], set())


def test_the_testimony_of_a_notary_belongs_to_its_contract() -> None:
    signed = "BÊN A  BÊN B\n(Ký, ghi rõ họ tên)\n"
    pieces = taken_apart(CONTRACT + signed, "LỜI CHỨNG CỦA CÔNG CHỨNG VIÊN\nSố công chứng: 12\n" + signed)
    assert (starts(pieces), doubts(pieces)) == ([1], set())
    assert pieces[0].classification.type == "land_transfer_contract"


def test_a_title_alone_begins_a_paper_but_asks() -> None:
    pieces = taken_apart(DECISION, "GIẤY KHAI SINH\nSố: 150/2020")
    assert starts(pieces) == [1, 2]
    pieces = taken_apart(DECISION, "GIẤY KHAI SINH\nHọ, chữ đệm, tên: TÔN THẤT KHÁNH NHƯ")
    assert doubts(pieces) == {2}


def test_a_blank_back_stays_with_the_paper_before_it() -> None:
    pieces = taken_apart(DECISION + SIGNED, ". ,", FORM, "")
    assert [[one.number for one in piece.pages] for piece in pieces] == [[1, 2], [3, 4]]


def test_blank_pages_at_the_front_belong_to_the_first_paper() -> None:
    pieces = taken_apart("", FORM)
    assert [[one.number for one in piece.pages] for piece in pieces] == [[1, 2]]


def test_every_page_is_in_exactly_one_piece() -> None:
    pieces = taken_apart("", DECISION, "", FORM, LONG, CONTRACT, "")
    assert [one.number for piece in pieces for one in piece.pages] == [1, 2, 3, 4, 5, 6, 7]


def test_a_page_that_shows_nothing_after_a_signed_paper_asks_and_tells_why() -> None:
    pieces = taken_apart(DECISION + SIGNED, "Sơ đồ vị trí thửa đất số 12 tờ bản đồ 7")
    (cut,) = (cut for piece in pieces[-1:] for cut in piece.cuts)
    assert (cut.page, cut.doubtful) == (2, True)
    assert cut.speaks_for == ("trang trước có chữ ký hoặc nơi nhận",)


def test_a_doubtful_cut_is_told_by_both_papers_beside_it() -> None:
    first, second = taken_apart(DECISION, "GIẤY KHAI SINH\nHọ, chữ đệm, tên: TÔN THẤT KHÁNH NHƯ")
    assert first.cuts == second.cuts


def test_a_certain_cut_is_told_by_the_paper_it_begins() -> None:
    first, second = taken_apart(DECISION + SIGNED, FORM)
    assert (first.cuts, [cut.page for cut in second.cuts]) == ((), [2])
    assert "quốc hiệu, tiêu ngữ ở đầu trang" in second.cuts[0].speaks_for


def test_a_person_moves_the_cuts() -> None:
    pages = [page(text, number=n) for n, text in enumerate((DECISION + SIGNED, FORM, LONG), 1)]
    pieces = assemble(pages, TYPES, cuts=(3,))
    assert (starts(pieces), doubts(pieces)) == ([1, 3], set())


def test_another_file_begins_another_paper_where_nothing_else_speaks() -> None:
    plain = "Sơ đồ vị trí thửa đất số 12 tờ bản đồ 7"
    assert starts(taken_apart(DECISION, plain)) == [1]
    assert starts(taken_apart(DECISION, plain, files=(1, 2))) == [1, 2]


def test_two_pages_of_one_paper_may_come_as_two_files() -> None:
    pieces = taken_apart(DECISION + LONG.capitalize(), "> 2\n" + LONG + ".\n" + SIGNED, files=(1, 2))
    assert (starts(pieces), doubts(pieces)) == ([1], set())


def test_both_sides_of_a_card_are_one_paper() -> None:
    pieces = taken_apart(DECISION + SIGNED, FRONT.format(number=MY), BACK.format(zone=ZONE_OF_MY), FORM)
    assert (starts(pieces), doubts(pieces)) == ([1, 2, 4], set())
    assert pieces[1].classification.type == "citizen_id_card"


def test_both_sides_of_a_card_as_two_photos_are_one_paper() -> None:
    pieces = taken_apart(FRONT.format(number=MY), BACK.format(zone=ZONE_OF_MY), files=(1, 2))
    assert (starts(pieces), doubts(pieces)) == ([1], set())


def test_the_back_of_another_persons_card_is_another_paper() -> None:
    pieces = taken_apart(FRONT.format(number=NHU), BACK.format(zone=ZONE_OF_MY))
    assert (starts(pieces), doubts(pieces)) == ([1, 2], set())


def test_two_whole_cards_are_two_papers() -> None:
    card = FRONT.format(number=MY) + BACK.format(zone=ZONE_OF_MY)
    pieces = taken_apart(card, card)
    assert (starts(pieces), doubts(pieces)) == ([1, 2], set())


def test_a_card_that_lies_on_a_page_with_a_form_is_told() -> None:
    mixed = taken_apart(FORM + FRONT.format(number=MY) + BACK.format(zone=ZONE_OF_MY))
    alone = taken_apart(FRONT.format(number=MY) + BACK.format(zone=ZONE_OF_MY))
    assert [piece.card_among_others for piece in (*mixed, *alone)] == [True, False]


def test_our_cover_sheet_cuts_on_both_sides() -> None:
    code = "hoso:cover:1:H29.12.34-250708-0001"
    pieces = taken_apart(DECISION + LONG.capitalize(), "TỜ BÌA HỒ SƠ", LONG + ".", qr={2: code})
    assert (starts(pieces), doubts(pieces)) == ([1, 2, 3], set())
    assert pieces[1].classification.type == "cover_sheet"


def test_a_secrecy_mark_behind_a_doubtful_cut_does_not_wipe() -> None:
    pieces = taken_apart(DECISION, "MẬT\nBÁO CÁO\nVề việc kiểm tra kho lưu trữ")
    assert doubts(pieces) == {2}
    assert all(TYPES[piece.classification.type].keeping.rule != "secret_stop" for piece in pieces)
    assert pieces[-1].classification.secrecy_doubtful


def test_a_page_that_could_not_be_opened_stays_with_the_paper_it_lies_in() -> None:
    lost = PageText(number=2, width_px=1, height_px=1, dpi=72)
    pieces = assemble([page(DECISION, number=1), lost, page(FORM, number=3)], TYPES)
    assert [[one.number for one in piece.pages] for piece in pieces] == [[1, 2], [3]]


PASSPORT = "HỘ CHIẾU / PASSPORT\nLầu Thị Mỷ\nP<VNMLAU<<THI<MY<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\n"


def test_a_passport_is_cut_out_even_of_a_paper_that_had_not_ended() -> None:
    pieces = taken_apart(DECISION + LONG.capitalize(), PASSPORT, LONG + ".\n" + SIGNED)
    assert starts(pieces)[:2] == [1, 2]
    assert not any(piece.card_among_others for piece in pieces[:2])
