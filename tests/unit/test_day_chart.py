"""Small pictures of one measure by day."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from pipeline.day_chart import DayValue, Kind, as_text, day_chart

SVG = "{http://www.w3.org/2000/svg}"
DAY = date(2026, 3, 2)


def drawn(*values: float | None, kind: Kind = "count", goal: bool = False) -> ElementTree.Element:
    days = [DayValue(DAY + timedelta(days=number), value) for number, value in enumerate(values)]
    return ElementTree.fromstring(day_chart(days, kind, "Giấy tờ: 3", goal=goal))  # noqa: S314 (our own)


def of_class(picture: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [one for one in picture.iter() if one.get("class") == name]


def test_the_picture_says_in_words_what_it_shows() -> None:
    picture = drawn(1, 2)
    assert (picture.get("role"), picture.get("aria-label")) == ("img", "Giấy tờ: 3")


def test_bars_are_as_high_as_their_counts() -> None:
    low, high = (float(bar.get("height", 0)) for bar in of_class(drawn(1, 2), "bar"))
    assert high == pytest.approx(2 * low, abs=0.2)


def test_a_line_has_a_gap_where_there_is_nothing_to_share_out() -> None:
    picture = drawn(0.5, 0.6, None, 0.7, kind="share")
    assert len(of_class(picture, "line")) == 1
    assert len(of_class(picture, "dot")) == 1


def test_every_day_tells_its_value_when_it_is_pointed_at() -> None:
    told = [title.text for title in drawn(0.5, None, 1.0, kind="share").iter(f"{SVG}title")]
    assert told == ["02/03/2026: 50 %", "04/03/2026: 100 %"]


def test_only_shares_with_a_goal_show_it() -> None:
    assert [len(of_class(drawn(0.5, kind="share", goal=goal), "goal")) for goal in (True, False)] == [1, 0]


@pytest.mark.parametrize("days", [0, 1, 2, 366])
@pytest.mark.parametrize("kind", ["count", "share", "seconds"])
def test_any_number_of_days_can_be_drawn(days: int, kind: Kind) -> None:
    assert drawn(*[None if number % 3 else 0.5 for number in range(days)], kind=kind) is not None


def test_nothing_is_drawn_outside_of_the_picture() -> None:
    picture = drawn(*range(0, 977, 61))
    _, _, width, height = map(float, (picture.get("viewBox") or "").split())
    for bar in of_class(picture, "bar"):
        x, y, across, down = (float(bar.get(name, 0)) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert x + across <= width
        assert y >= 0
        assert y + down <= height


def test_no_style_stands_in_the_picture_itself() -> None:
    assert "style" not in day_chart([DayValue(DAY, 1)], "count", "x")


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [(0.811, "share", "81 %"), (12.4, "seconds", "12 s"), (2.5, "count", "2,5"), (1250, "count", "1.250")],
)
def test_numbers_are_written_as_in_vietnam(value: float, kind: Kind, text: str) -> None:
    assert as_text(value, kind) == text
