"""Confidences as probabilities: what makes a word surer or less sure, and the grade of a page."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.confidence import WORD_FEATURES, grade, weigh, word_features
from pipeline.stages.layout import rows_of
from pipeline.stages.repair import repair
from schemas.text import PageText
from tests.calibration.regression import calibration_error, fit, reliability
from tests.calibration.truth import right_words
from tests.unit.pages_of_text import page

SENTENCE = "theo quy định của pháp luật về thẩm quyền của Ủy ban nhân dân xã"


def sure(text: str, word: str, confidence: float = 0.9) -> float:
    """How sure a word is on a page read by the engine with this confidence."""
    weighed = weigh(page(text, confidence=confidence))
    return next(one.confidence for one in weighed.words if one.text == word)


def test_a_word_whose_marks_fit_its_neighbours_is_surer_than_one_whose_marks_do_not() -> None:
    assert sure("theo thẩm quyền được giao", "quyền") > sure("theo thẩm quyên được giao", "quyên") + 0.1


def test_a_word_that_fits_is_nearly_certain_though_the_engine_doubts_it() -> None:
    assert sure(SENTENCE.replace("định", "định{0.5}"), "định") > 0.9


def test_what_is_no_syllable_is_less_sure_than_one() -> None:
    assert sure("theo quy định của pháp luật", "pháp") > sure("theo quy định của phqáp luật", "phqáp")


def test_a_better_read_word_is_surer() -> None:
    assert sure("Số định danh 079190012345", "079190012345") > sure("Số định danh 079190012345{0.4}", "079190012345")


def test_a_number_on_a_badly_read_line_is_less_sure() -> None:
    bad = "Số{0.3} định{0.4} danh{0.2} 079190012345{0.9}"
    assert sure("Số định danh 079190012345{0.9}", "079190012345") > sure(bad, "079190012345")


def test_writing_by_hand_is_less_sure_than_print() -> None:
    pen = weigh(page("Họ tên Mai", confidence=0.9, pen={"Mai"})).words[-1]
    assert pen.confidence < sure("Họ tên Mai", "Mai")


def test_the_reading_of_a_repaired_word_is_as_unsure_as_its_repair_is_sure() -> None:
    weighed = weigh(repair(page(f"{SENTENCE} theo thẩm quyên được giao", confidence=0.9)))
    word = next(word for word in weighed.words if word.repair)
    (token,) = (token for row in rows_of([weighed]) for token in row.tokens if token.word.repair)
    assert token.text == "quyên"
    assert token.confidence == pytest.approx(1 - word.confidence)


def test_a_page_without_words_stays_as_it_is() -> None:
    empty = page("")
    assert weigh(empty) is empty


@given(st.lists(st.text("aăeêioôơuưnghtTĐ0123456789/.,:(-|", min_size=1, max_size=8), min_size=1, max_size=20))
def test_every_token_gets_a_probability_and_nothing_else_changes(tokens: list[str]) -> None:
    before = page(" ".join(tokens), confidence=0.7)
    after = weigh(before)
    assert [word.text for word in after.words] == [word.text for word in before.words]
    assert all(0 < word.confidence < 1 for word in after.words)
    if before.words:
        assert word_features(before).shape == (len(before.words), len(WORD_FEATURES))


def test_a_grade_is_that_of_the_worst_tenth_of_the_lines() -> None:
    lines = ["một hai{0.9} ba"] * 18 + ["xấu{0.2}", "xấu{0.4}"]
    assert grade(page("\n".join(lines))) == pytest.approx(0.3)


def test_a_short_page_is_graded_by_its_worst_line() -> None:
    assert grade(page("rõ{0.9}\nmờ{0.5}\n—{0.1}")) == pytest.approx(0.5)


def test_a_signature_does_not_spoil_the_grade_of_the_print() -> None:
    assert grade(page("rõ{0.9}\nx»§»{0.1}", pen={"x»§»"})) == pytest.approx(0.9)


def test_a_page_without_lines_has_no_grade() -> None:
    assert grade(page("")) is None


def told(read: str, true: str) -> list[bool | None]:
    return right_words(page(read), [true])


def test_a_word_is_right_with_all_its_marks_only() -> None:
    assert told("Nguyễn Văn Tam", "Nguyễn Văn Tám") == [True, True, False]


def test_signs_at_the_ends_of_words_do_not_count_and_lone_ones_are_no_words() -> None:
    assert told("Số: | 12/QĐ-UBND.", "Số 12/QĐ-UBND") == [True, None, True]


def test_a_true_word_makes_one_read_word_right() -> None:
    assert told("xã xã", "xã") == [True, False]


def test_columns_read_in_another_order_are_right_all_the_same() -> None:
    right = right_words(page("trên bên trái  trên bên phải"), ["trên bên phải", "trên bên trái"])
    assert right == [True] * 6


def test_weights_are_found_that_say_how_often_each_case_is_true() -> None:
    features = np.array([[1.0, 0.0]] * 100 + [[1.0, 1.0]] * 100)
    right = np.array([True] * 50 + [False] * 50 + [True] * 90 + [False] * 10)
    said = 1 / (1 + np.exp(-features @ fit(features, right, 0.001)))
    assert said[[0, -1]] == pytest.approx([0.5, 0.9], abs=0.01)


def test_the_calibration_error_is_the_distance_of_what_is_said_from_what_is_true() -> None:
    said = np.array([0.95] * 10 + [0.25] * 10)
    right = np.array([True] * 9 + [False] + [True] * 5 + [False] * 5)
    assert calibration_error(said, right) == pytest.approx((0.05 + 0.25) / 2)
    assert [one.count for one in reliability(said, right)] == [10, 10]


def test_weighing_keeps_the_lines_in_step_with_the_words() -> None:
    weighed: PageText = weigh(page("một hai\nba bốn", confidence=0.5))
    assert [word for line in weighed.lines for word in line.words] == list(weighed.words)
