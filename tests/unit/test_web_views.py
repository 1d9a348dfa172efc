"""What the pages show of papers and hits."""

import re
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline.stages.identify
import pipeline.stages.settle
from pipeline.error_messages import MESSAGES
from pipeline.vietnamese import nfc
from pipeline.web.views import Viewer, mark
from pipeline.web.wording import Language, reason, sentence, words
from schemas.dossier import PageGrade
from tests.contract.examples import a_paper, a_submission
from tests.unit.desk import CATALOGUE


def hits(passage: str, query: str) -> list[str]:
    return [piece.text for piece in mark(passage, query) if piece.hit]


def test_a_word_typed_without_marks_is_marked_where_it_has_them() -> None:
    assert hits("Họ tên: Đặng Thị Huệ", "dang hue") == ["Đặng", "Huệ"]


def test_part_of_a_word_is_not_marked() -> None:
    assert hits("Hoàng Anh", "oang hoan ") == []


def test_the_beginning_of_a_word_is_marked_while_it_is_typed() -> None:
    assert hits("Hoàng Anh", "ang hoan") == ["Hoàng"]


def test_a_code_is_marked_only_where_it_stands_whole() -> None:
    assert hits("Ngày 12/3/2018, số 716/2018", "716/2018") == ["716", "2018"]


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


@pytest.mark.parametrize(("language", "text"), [("vi", "mờ"), ("en", "blurred")])
def test_pages_are_shown_by_verdict_with_what_to_do(language: Language, text: str) -> None:
    paper = a_paper(a_submission()).model_copy(
        update={
            "grades": (PageGrade(page=1, verdict="good", grade=0.98), PageGrade(page=2, verdict="blurred", grade=0.5))
        }
    )
    good, blurred = Viewer(CATALOGUE, language).paper(paper).grades
    assert (good.pages_text, good.advice) == ("1", "")
    assert (blurred.pages_text, blurred.text, blurred.grade) == ("2", text, 0.5)


def test_no_two_values_of_a_type_are_called_alike() -> None:
    viewer = Viewer(CATALOGUE, "vi")
    for kind in CATALOGUE.types.values():
        called = [viewer.label(kind.id, rule.name) for rule in kind.fields if not rule.witness]
        assert len(set(called)) == len(called), (kind.id, sorted(called))


def test_a_value_whose_label_names_nothing_is_called_by_a_name() -> None:
    assert Viewer(CATALOGUE, "vi").label("land_transfer_contract", "issue_date") == "Ngày lập văn bản"
