from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.layout import cells_of, rows_of
from pipeline.stages.syllables import is_syllable
from schemas.text import Box, PageText, Word
from tests.unit.pages_of_text import page


def word(text: str, left: float, top: float, line: int) -> Word:
    return Word(text=text, box=Box(left=left, top=top, right=left + 100, bottom=top + 30), confidence=0.9, line=line)


def test_halves_of_a_line_that_were_read_apart_stand_on_one_row() -> None:
    words = (word("trái,", 100, 200, 0), word("dưới", 100, 300, 1), word("phải", 400, 205, 2))
    rows = rows_of([PageText(number=1, width_px=1000, height_px=1000, dpi=300, words=words)])
    assert [row.text for row in rows] == ["trái, phải", "dưới"]


def test_a_wide_gap_sets_columns_apart() -> None:
    (row,) = rows_of([page("CÔNG TY HOA SEN  CỘNG HÒA XÃ HỘI")])
    assert [cell.text for cell in cells_of(row)] == ["CÔNG TY HOA SEN", "CỘNG HÒA XÃ HỘI"]


def test_a_value_glued_to_its_label_is_a_word_of_its_own() -> None:
    (row,) = rows_of([page("tính:Nam")])
    assert [token.text for token in row.tokens] == ["tính:", "Nam"]
    assert row.tokens[0].box.right == row.tokens[1].box.left


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 900), st.integers(0, 5)), max_size=12))
def test_every_word_stands_on_exactly_one_row(places: list[tuple[float, float, int]]) -> None:
    ordered = sorted(places, key=lambda place: (place[2], place[0]))
    words = tuple(word(str(i), left, top, line) for i, (left, top, line) in enumerate(ordered))
    rows = rows_of([PageText(number=1, width_px=1000, height_px=1000, dpi=300, words=words)])
    assert sorted(int(token.text) for row in rows for token in row.tokens) == list(range(len(places)))


def test_vietnamese_syllables_are_known() -> None:
    words = "Nguyễn Thị Huỳnh Quỳnh Khuê Giang Gìn Yến Oanh Tuấn Phượng Nghĩa Bích Thủy Duyên Hoài Út Ý Quý Kha Thuở"
    assert [word for word in words.split() if not is_syllable(word)] == []


def test_impossible_syllables_are_noticed() -> None:
    assert [word for word in ("HƯỲNH", "Phươl", "Niê", "Tâ", "Bbo", "") if is_syllable(word)] == []
