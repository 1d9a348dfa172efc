"""Verdicts in words."""

from typing import get_args

from pipeline.page_quality import ADVICE, VERDICTS, LookVerdict, alike_pages
from schemas.dossier import PageGrade


def test_every_verdict_has_its_words_in_both_languages_and_all_but_good_an_advice() -> None:
    assert set(VERDICTS) == set(get_args(LookVerdict))
    assert set(VERDICTS) - set(ADVICE) == {"good"}
    assert all(vi != en for vi, en in (*VERDICTS.values(), *ADVICE.values()))


def test_pages_are_told_by_verdict_with_the_grade_of_the_worst() -> None:
    grades = [
        PageGrade(page=1, verdict="good", grade=0.97),
        PageGrade(page=2, verdict="blurred", grade=0.6),
        PageGrade(page=3, verdict="good", grade=0.91),
        PageGrade(page=4, verdict="blank"),
    ]
    assert [(alike.pages, alike.verdict, alike.grade) for alike in alike_pages(grades)] == [
        ((1, 3), "good", 0.91),
        ((2,), "blurred", 0.6),
        ((4,), "blank", None),
    ]
