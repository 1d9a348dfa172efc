"""One measure by day as a small picture: bars of counts, a line of shares or times. The page's style colours it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from jinja2 import Environment, StrictUndefined

Kind = Literal["count", "share", "seconds"]
WIDTH, HEIGHT = 340, 150
"""As wide as a phone's screen lets it be, so that its letters are never made smaller."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 8, 10, 24
_BAR_SHARE = 0.76
"""Part of a day's room that its bar fills."""
_STEPS = (1, 2, 5)
_GOAL = 0.8
"""From here on a share of QĐ 766/QĐ-TTg has all its points."""
_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
    Path(__file__).with_name("day_chart.svg").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class DayValue:
    """The value of a day; None: there is nothing to share out, or no time is known."""

    day: date
    value: float | None


@dataclass(frozen=True)
class _Mark:
    """The room of a day: `x` where it begins, `y` of its value, and what is told of it when it is pointed at."""

    x: float
    middle: float
    y: float
    told: str


def day_chart(values: Sequence[DayValue], kind: Kind, label: str, *, goal: bool = False) -> str:
    """An SVG to stand in a page; the same values, the same bytes.

    Args:
        values: a value for each day, in their order.
        kind: shares are 0..1 and drawn as percents; times are seconds; counts are drawn as bars.
        label: what it shows, with its sum: the picture's text for who cannot see it.
        goal: whether the share that has all its points is marked.
    """
    top = 1.0 if kind == "share" else _round_up(max((one.value or 0 for one in values), default=0))
    room = (WIDTH - _LEFT - _RIGHT) / max(1, len(values))

    def y(value: float) -> float:
        return round(_TOP + (1 - value / top) * (HEIGHT - _TOP - _BOTTOM), 1)

    runs: list[list[_Mark]] = [[]]
    for at, one in enumerate(values):
        if one.value is None:
            runs.append([])
            continue
        x = _LEFT + at * room
        told = f"{one.day:%d/%m/%Y}: {as_text(one.value, kind)}"
        runs[-1].append(_Mark(round(x, 1), round(x + room / 2, 1), y(one.value), told))
    return _TEMPLATE.render(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=WIDTH - _RIGHT,
        label=label,
        lines=[(y(part * top), as_text(part * top, kind)) for part in (0, 0.5, 1)],
        goal=y(_GOAL) if goal else None,
        base=y(0),
        bars=kind == "count",
        bar=(round(room * (1 - _BAR_SHARE) / 2, 2), round(room * _BAR_SHARE, 2)),
        room=round(room, 2),
        runs=[run for run in runs if run],
        days=_labels(values, room),
    )


def as_text(value: float, kind: Kind) -> str:
    """A value as people write it: 81 %, 12 giây as `12 s`, 1.250 with the point of Vietnam between thousands."""
    if kind == "share":
        return f"{100 * value:.0f} %"
    whole = f"{value:,.0f}" if value >= _STEPS[-1] or value == int(value) else f"{value:.1f}"
    number = whole.replace(",", "\0").replace(".", ",").replace("\0", ".")
    return f"{number} s" if kind == "seconds" else number


def _round_up(value: float) -> float:
    """The least of 1, 2, 5, 10, 20, 50 ... that is not below, and 2 at least: an axis has a middle."""
    unit = 1
    while True:
        for step in _STEPS:
            if step * unit >= max(value, 2):
                return float(step * unit)
        unit *= 10


def _labels(values: Sequence[DayValue], room: float) -> list[tuple[float, str, str]]:
    """First, middle and last day: where, how set, and the text."""
    if not values:
        return []
    last = len(values) - 1
    places = {0: "start", last // 2: "middle", last: "end"} if last > 1 else {0: "middle", last: "middle"}
    x = {"start": lambda at: at * room, "middle": lambda at: (at + 0.5) * room, "end": lambda at: (at + 1) * room}
    return [(round(_LEFT + x[set_at](at), 1), set_at, f"{values[at].day:%d/%m}") for at, set_at in places.items()]
