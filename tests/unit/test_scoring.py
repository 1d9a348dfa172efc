"""The measures that floors and benchmarks rest on."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schemas.ingest import FieldLine, IngestLineWithText, PersonLine
from tests.scoring import PaperTruth, load_papers, load_retyped, score_papers, score_retyped, score_text
from tests.specimens import make_specimens

TRUTH = PaperTruth(
    level="clean",
    file=Path("pile/a.pdf"),
    type="birth_certificate",
    fields={"full_name": "Lê Thị Mai", "issue_date": "2020-01-31"},
    personal_ids=frozenset({"079190990012"}),
    printed=True,
    rotations=(0, 180),
    text=("GIẤY KHAI SINH", "Họ, chữ đệm, tên: LÊ THỊ MAI"),
)


def field(value: str) -> FieldLine:
    return FieldLine(value=value, confidence=0.9, evidence="ocr", needs_review=False)


def answer(**changes: Any) -> IngestLineWithText:
    """What a run without fault says of the truth above."""
    values: dict[str, Any] = {
        "source": "pile/a.pdf",
        "source_pages": (1, 2),
        "rotations": (0, 180),
        "type": "birth_certificate",
        "state": "filed",
        "fields": {"full_name": field("LÊ THỊ MAI"), "issue_date": field("2020-01-31")},
        "people": (PersonLine(personal_id="079190990012", name="LÊ THỊ MAI", role="child", link="filed"),),
        "page_texts": TRUTH.text,
    }
    return IngestLineWithText.model_validate(values | changes)


def test_a_paper_read_without_fault_scores_full() -> None:
    figures = score_papers([TRUTH], [answer()])
    shares = (figures.type, figures.fields_printed, figures.owner_printed, figures.upright)
    assert shares == (1, 1, 1, 1)
    assert (figures.text_printed.recall, figures.text_printed.characters) == (1, 1)
    assert (figures.silent, figures.wrong_owner) == (0, 0)


def test_a_paper_without_an_answer_scores_nothing() -> None:
    figures = score_papers([TRUTH], [])
    shares = (figures.type, figures.fields_printed, figures.owner_printed, figures.upright)
    assert shares == (0, 0, 0, 0)
    assert (figures.text_printed.recall, figures.text_printed.characters) == (0, 0)


def test_a_lost_mark_is_a_wrong_word() -> None:
    assert score_text(["Lê Thị Mai"], "Le Thị Mai").recall == pytest.approx(2 / 3)


def test_a_wrong_letter_costs_its_share_of_the_characters() -> None:
    assert score_text(["GIẤY KHAI SINH"], "x GIẤY KHAI SIMH y").characters == pytest.approx(13 / 14)


def test_words_that_were_made_up_cost_precision_and_no_recall() -> None:
    score = score_text(["GIẤY KHAI SINH"], "GIẤY KHAI SINH a b c")
    assert (score.recall, score.precision) == (1, 0.5)


def test_text_in_decomposed_form_is_the_same_text() -> None:
    assert score_text(["Lê Thị Mai"], "Le\u0302 Thi\u0323 Mai").recall == 1


def test_a_paper_filed_for_another_is_a_wrong_owner() -> None:
    stranger = PersonLine(personal_id="079190990099", name=None, role="child", link="filed")
    assert score_papers([TRUTH], [answer(people=(stranger,))]).wrong_owner == 1


def test_a_paper_proposed_to_another_is_none() -> None:
    stranger = PersonLine(personal_id="079190990099", name=None, role="child", link="proposed")
    figures = score_papers([TRUTH], [answer(people=(stranger,))])
    assert (figures.wrong_owner, figures.owner_printed) == (0, 0)


@pytest.mark.parametrize(("state", "silent"), [("filed", 1), ("needs_review", 0)])
def test_a_wrong_value_is_silent_where_nobody_is_asked(state: str, silent: int) -> None:
    wrong = {"full_name": field("Lê Thị Mại"), "issue_date": field("2020-01-31")}
    figures = score_papers([TRUTH], [answer(fields=wrong, state=state)])
    assert (figures.silent, figures.fields_printed) == (silent, 0.5)


@pytest.mark.parametrize(("value", "right"), [("655 m²", 1), ("655,0", 1), ("65.5", 0), ("một mảnh", 0)])
def test_an_area_is_compared_as_a_number(value: str, right: int) -> None:
    truth = replace(TRUTH, fields={"area_m2": "655.0"})
    assert score_papers([truth], [answer(fields={"area_m2": field(value)})]).fields_printed == right


def test_a_page_left_upside_down_is_not_upright() -> None:
    assert score_papers([TRUTH], [answer(rotations=(0, 0))]).upright == 0.5


def test_a_page_is_scored_by_its_own_number() -> None:
    truth = {Path("pile/a.pdf"): {2: ["Họ, chữ đệm, tên: LÊ THỊ MAI"]}}
    assert score_retyped(truth, [answer()])[Path("pile/a.pdf"), 2].recall == 1


def test_the_truth_of_specimens_can_be_read(tmp_path: Path) -> None:
    (made,) = make_specimens(tmp_path, 1, 1, ("receipt_slip",), ("clean",))
    (truth,) = load_papers(tmp_path)
    assert (truth.file, truth.type, truth.text) == (tmp_path / made.file, made.type, made.text)


def test_retyped_pages_are_found_by_the_beginning_of_their_scans_name(tmp_path: Path) -> None:
    (tmp_path / "gt").mkdir()
    (tmp_path / "decision_12.signed.pdf").touch()
    (tmp_path / "gt" / "decision_12_p3.txt").write_text("QUYẾT ĐỊNH\n\n  Điều 1.  \n")
    assert load_retyped(tmp_path) == {tmp_path / "decision_12.signed.pdf": {3: ("QUYẾT ĐỊNH", "Điều 1.")}}
