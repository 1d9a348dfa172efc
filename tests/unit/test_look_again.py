"""A doubted value is read again: what that settles, and what it does not."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters import tesseract
from pipeline.catalogue import load_catalogue
from pipeline.pages import Layout, Pixels
from pipeline.stages.extract import extract
from pipeline.stages.look_again import SCALES, keep_for_reading, look_again
from schemas.dossier import Field
from schemas.text import Box, Line, Word
from tests.sheets import DPI, TEXT, text_page
from tests.unit.fields_of_text import BIRTH
from tests.unit.pages_of_text import page

TYPES = load_catalogue().types


def engine(grey: Pixels, dpi: int, layout: Layout) -> tuple[Word, ...]:
    return tesseract.read_words(grey, dpi, layout, 60)


def reads(*texts: str) -> Callable[[int, Sequence[Box]], Sequence[Sequence[str]]]:
    """Later looks that read these texts in every box."""
    return lambda _, boxes: (texts,) * len(boxes)


def fields(text: str, *texts: str, kind: str = "birth_certificate") -> dict[str, Field]:
    return extract([page(text)], TYPES[kind], reads(*texts))


def test_each_box_is_read_once_in_every_size(tmp_path: Path) -> None:
    grey = np.ascontiguousarray(text_page(TEXT[:3])[:, :, 0])
    words = engine(grey, DPI, "page")
    lines = [Line(words=tuple(word for word in words if word.line == number)) for number in (0, 2)]
    keep_for_reading(grey, tmp_path)
    looks = look_again(tmp_path, DPI, [line.box for line in lines], engine)
    assert [len(texts) for texts in looks] == [len(SCALES)] * 2
    assert [max(set(texts), key=texts.count) for texts in looks] == [line.text for line in lines]


def test_a_page_that_no_engine_has_read_gives_nothing(tmp_path: Path) -> None:
    assert look_again(tmp_path, DPI, [Box(left=0, top=0, right=9, bottom=9)], engine) == ((),)


def test_a_doubted_value_that_reads_the_same_in_every_size_asks_nobody() -> None:
    unclear = BIRTH.replace("43/2019", "43/2017{0.7}")
    assert fields(unclear)["document_number"].needs_review
    assert not fields(unclear, *["43/2017"] * 5)["document_number"].needs_review


def test_a_doubted_value_that_reads_otherwise_asks_and_shows_the_other_readings() -> None:
    number = fields(BIRTH.replace("43/2019", "43/2017{0.7}"), "48/2017", "43/2017", "48/2017", "nichts")[
        "document_number"
    ]
    assert (number.value, number.needs_review, number.candidates) == ("43/2017", True, ("48/2017",))


@pytest.mark.parametrize("name", ["LÒ THỊ SƯƠI{0.5}", "HƯỲNH THỊ{0.7} MAI"], ids=["uncommon", "no name"])
def test_a_name_that_the_engine_may_have_made_up_asks_however_often_it_is_read(name: str) -> None:
    read = name.replace("{0.5}", "").replace("{0.7}", "")
    assert fields(BIRTH.replace("PHAN VĂN TÁM", name), *[read] * 5)["full_name"].needs_review


def test_a_name_put_together_from_two_lines_asks_however_often_it_is_read() -> None:
    text = """
GIẤY CHỨNG NHẬN KẾT HÔN
Họ, chữ đệm, tên vợ: Nông Thị  Họ, chữ đệm, tên chồng: Ma Văn Thắng
Hạnh  Ngày, tháng, năm sinh: 13/01/1992
"""
    name = fields(text, *["Nông Thị Hạnh"] * 5, kind="marriage_certificate")["wife_name"]
    assert (name.value, name.needs_review) == ("Nông Thị Hạnh", True)


def test_a_value_that_something_contradicts_asks_however_often_it_is_read() -> None:
    wrong = BIRTH.replace("079219012345", "079218012345")
    assert fields(wrong, *["079218012345"] * 5)["personal_id"].needs_review


def test_the_number_of_a_decision_may_be_by_pen_and_asks_however_often_it_is_read() -> None:
    text = "ỦY BAN NHÂN DÂN\nPHƯỜNG AN HÒA\nSố: 822/QĐ-UBND{0.6}\nQUYẾT ĐỊNH\nĐiều 1. Giao"
    number = fields(text, *["822/QĐ-UBND"] * 5, kind="decision").get("document_number")
    assert number is None or number.needs_review


def test_what_is_certain_is_not_looked_at_again() -> None:
    asked: list[Box] = []

    def look(page: int, boxes: Sequence[Box]) -> Sequence[Sequence[str]]:
        asked.extend(boxes)
        return ((),) * len(boxes)

    extract([page(BIRTH)], TYPES["birth_certificate"], look)
    assert not asked
