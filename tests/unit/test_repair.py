"""Repair of misread marks, on invented sentences and people."""

import gzip
import unicodedata
from pathlib import Path

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters import parser_child
from pipeline.pages import ReadPage
from pipeline.settings import Limits
from pipeline.stages.language import UNKNOWN, load_language, vietnamese
from pipeline.stages.layout import rows_of
from pipeline.stages.repair import repair
from schemas.text import PageText, Word
from tests.language_table import make_table
from tests.sheets import text_page
from tests.specimens.names import PEOPLES
from tests.unit.pages_of_text import page

SURE = 0.98
SENTENCE = "Căn cứ Luật Tổ chức chính quyền địa phương và theo đề nghị của Chủ tịch Ủy ban nhân dân xã"
ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậếềểễệốồổỗộớờởỡợíìỉĩịúùủũụứừửữự"

sentences = st.lists(st.text(ALPHABET, min_size=1, max_size=7), min_size=1, max_size=12).map(" ".join)
lines = st.lists(
    st.text(f"{ALPHABET}{ALPHABET.upper()}0123456789Il|.,:;()/-'†Ðİ", min_size=1, max_size=8), min_size=1, max_size=25
).map(" ".join)
doubts = st.floats(0, 1)
names = st.sampled_from(
    sorted(
        pattern.format(family=family, middle=middle, given=given).strip().replace("  ", " ")
        for people in PEOPLES
        for family in people.families
        for pattern, middles, givens in (people.male, people.female)
        for middle in middles[:4]
        for given in givens
    )
)


def read(text: str, confidence: float = 0.9) -> str:
    return repair(page(text, confidence=confidence)).text


def changed(text: PageText) -> list[Word]:
    return [word for word in text.words if word.read_as is not None]


@pytest.mark.parametrize(
    ("misread", "meant"),
    [
        ("theo thẩm quyên được giao", "theo thẩm quyền được giao"),
        ("Nghị quyêt của Hội đông nhân dân", "Nghị quyết của Hội đồng nhân dân"),
        ("các huyện, thị xã, thành phó trực thuộc", "các huyện, thị xã, thành phố trực thuộc"),
        ("được sửa đôi, bô sung một số điêu", "được sửa đổi, bổ sung một số điều"),
        ("QUYÉT ĐỊNH:", "QUYẾT ĐỊNH:"),
        ("ỦY BAN NHÂN DÂN THÀNH PHÓ", "ỦY BAN NHÂN DÂN THÀNH PHỐ"),
        ("(Kèm theo Quyêt định)", "(Kèm theo Quyết định)"),
    ],
)
def test_marks_that_do_not_fit_their_neighbours_are_mended(misread: str, meant: str) -> None:
    assert read(misread) == meant


def test_a_phrase_torn_by_the_end_of_a_line_is_still_known() -> None:
    assert read("để kịp thời giải\nquyêt hồ sơ") == "để kịp thời giải\nquyết hồ sơ"


def test_a_repair_keeps_reading_reason_confidence_and_place() -> None:
    before = page("theo thẩm quyên{0.7} được giao")
    (word,) = changed(repair(before))
    (old,) = (word for word in before.words if word.text == "quyên")

    assert (word.text, word.read_as, word.reading, word.repair) == ("quyền", "quyên", "quyên", "marks")
    assert (word.confidence, word.box, word.line) == (old.confidence, old.box, old.line)


def test_values_are_taken_from_the_reading_and_not_from_the_repair() -> None:
    rows = rows_of([repair(page("theo thẩm quyên được giao"))])
    assert rows[0].text == "theo thẩm quyên được giao"


def test_pages_come_from_a_parser_repaired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = page("theo thẩm quyên được giao", confidence=0.9).words
    monkeypatch.setattr(parser_child, "read_words", lambda _g, _d, layout, _s: words if layout == "page" else ())
    scan = tmp_path / "scan.png"
    cv2.imwrite(str(scan), text_page())
    job = {"job": "read", "path": str(scan), "media_type": "image/png", "page": 1, "number": 1}
    answer = parser_child.answer_to({**job, "picture": str(tmp_path / "page.jpg")}, Limits())

    assert ReadPage.model_validate(answer["done"]).text.text == "theo thẩm quyền được giao"


def test_a_page_without_errors_is_the_same_page() -> None:
    clean = page(SENTENCE, confidence=0.9)
    assert repair(clean) is clean


def test_the_same_wrong_word_is_left_alone_when_the_engine_is_sure() -> None:
    assert read("theo thẩm quyên được giao", SURE) == "theo thẩm quyên được giao"


def test_both_customs_of_placing_a_tone_are_left_alone() -> None:
    assert read("Cộng hoà xã hội và cộng hòa xã hội") == "Cộng hoà xã hội và cộng hòa xã hội"


@pytest.mark.parametrize(
    "line",
    [
        "Nơi sinh: Tô Hiêu, Hai Phong",
        "Cấp cho ông Đô Văn Quyêt",
        "Trân Thị Quyên",
        "tại phường Thanh Xuân Băc",
        "xã Ia Đăng, huyện Chư Pưh, tỉnh Gia Lai",
        "ỦY BAN NHÂN DÂN PHƯỜNG ĐÔNG HAI",
        "Người khai H'Quyêt Niê",
        "CHỦ TỊCH NGUYỄN CÔNG QUYÊN",
        "Số: 12/QĐ-UBND",
        "†ôi tên là",
        "đ) d) e)",
    ],
)
def test_names_places_and_codes_are_left_as_read(line: str) -> None:
    assert read(line, 0.5) == line


def test_a_name_that_runs_on_to_the_next_line_is_left_as_read() -> None:
    assert read("theo đơn của chị Nguyễn Thị\nQuyêt nộp ngày hôm nay", 0.5).split()[6] == "Quyêt"


@pytest.mark.parametrize(("misread", "meant"), [("tháng I1 năm", "tháng 11 năm"), ("Điều 2l.", "Điều 21.")])
def test_a_letter_beside_a_digit_becomes_a_one_where_a_number_must_stand(misread: str, meant: str) -> None:
    (word,) = changed(repair(page(misread)))
    assert read(misread) == meant
    assert word.repair == "digits"


@pytest.mark.parametrize("line", ["ngày 27I05/2021", "thửa I1", "mã hồ sơ I1", "khu l5", "tháng II năm"])
def test_letters_in_codes_and_dates_stay_letters(line: str) -> None:
    assert read(line) == line


@given(names, st.sampled_from(["{}", "Họ và tên: {}", "Cấp cho ông {} giấy phép", "theo đơn của {} nộp"]), doubts)
def test_no_name_of_any_people_is_changed(name: str, sentence: str, confidence: float) -> None:
    text = repair(page(sentence.format(name), confidence=confidence)).text
    assert name in text


@given(sentences)
def test_surely_read_text_is_never_changed(text: str) -> None:
    sure = page(text, confidence=SURE)
    assert repair(sure) is sure


@given(lines, doubts)
def test_repairing_twice_changes_nothing_more(text: str, confidence: float) -> None:
    once = repair(page(text, confidence=confidence))
    assert repair(once) == once


@given(lines, doubts)
def test_digits_stay_and_text_stays_composed(text: str, confidence: float) -> None:
    before = page(text, confidence=confidence)
    for old, new in zip(before.words, repair(before).words, strict=True):
        assert new.reading == old.text
        assert [c for c in old.text if c.isdigit()] == [
            c for c, read_as in zip(new.text, old.text, strict=True) if read_as.isdigit()
        ]
        if new.text != old.text:
            assert unicodedata.is_normalized("NFC", new.text)


def test_syllables_outside_the_table_have_no_number() -> None:
    assert vietnamese().number("quyết") != UNKNOWN
    assert vietnamese().number("qxyz") == UNKNOWN


def test_the_table_is_made_of_counts(tmp_path: Path) -> None:
    write_counts(tmp_path / "syllables.tsv.gz", "quyết\t900\nquyệt\t40\nđịnh\t1000\n")
    write_counts(tmp_path / "pairs.tsv.gz", "quyết\tđịnh\t800\nquyết\tlạ\t5\n")
    make_table(tmp_path, tmp_path / "table.npz")
    language = load_language(tmp_path / "table.npz")

    assert language.differing_in_marks("quyêt") == ["quyết", "quyệt"]
    assert (language.most_together("quyet", "dinh"), language.most_together("dinh", "quyet")) == (800, 0)


def write_counts(file: Path, rows: str) -> None:
    with gzip.open(file, "wt", encoding="utf-8") as target:
        target.write(rows)
