"""What the pages show of papers and hits."""

import re
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline.stages.identify
import pipeline.stages.settle
from pipeline.errors import MESSAGES
from pipeline.vietnamese import nfc
from pipeline.web.views import mark
from pipeline.web.wording import reason, sentence, words


def hits(passage: str, query: str) -> list[str]:
    return [piece.text for piece in mark(passage, query) if piece.hit]


def test_a_word_typed_without_marks_is_marked_where_it_has_them() -> None:
    assert hits("Họ tên: Đặng Thị Huệ", "dang hue") == ["Đặng", "Huệ"]


def test_part_of_a_word_is_not_marked() -> None:
    assert hits("Hoàng Anh", "ang hoan") == []


def test_a_document_number_is_marked_in_its_parts() -> None:
    assert hits("Số 716/2018 ngày 5", "716/2018") == ["716", "2018"]


@given(st.text(), st.text())
def test_marking_loses_nothing_of_the_passage(passage: str, query: str) -> None:
    assert "".join(piece.text for piece in mark(passage, query)) == nfc(passage)


@pytest.mark.parametrize("stage", [pipeline.stages.settle, pipeline.stages.identify])
def test_every_reason_that_a_stage_gives_has_its_own_sentence(stage: ModuleType) -> None:
    source = Path(str(stage.__file__)).read_text(encoding="utf-8")
    codes = set(
        re.findall(r'"((?:owner|type|field)_[a-z]+|person_mismatch|secret_paper|handwriting|handwritten)"', source)
    )
    unexplained = {code for code in codes if reason(code, "vi") == reason("not_thought_of_yet", "vi")}
    assert codes
    assert not unexplained


def test_an_unknown_reason_still_gives_a_sentence() -> None:
    assert reason("not_thought_of_yet", "vi")


def test_every_error_has_its_sentence_in_both_languages() -> None:
    for code in MESSAGES:
        assert sentence(code, "vi") != sentence(code, "en")


def test_both_languages_have_the_same_words() -> None:
    assert words("vi").keys() == words("en").keys()
