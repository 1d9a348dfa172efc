"""The figures of an office as a picture: lines by day, bars by office or procedure."""

from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from schemas.figures import Figures, FigureTable

_WIDTH, _HEIGHT = 880, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 16, 36, 28
_MEASURES = (
    ("Tỷ lệ số hóa", "digitisation_rate", "#1f4e79"),
    ("Tỷ lệ sử dụng lại", "reuse_rate", "#2e7d32"),
    ("Không phải hỏi lại", "automation_rate", "#b3741e"),
    ("Trường đọc sai", "field_error", "#b3261e"),
)
_MOST_LABELS = 8
_LONGEST_LABEL = 24
_BAR_SHARE = 0.8
"""Part of the room of a key that its bars fill."""
_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(
    Path(__file__).with_name("figures.svg").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class _Bar:
    x: float
    y: float
    width: float
    height: float
    told: str


@dataclass
class _Line:
    name: str
    colour: str
    total: float | None
    runs: list[str] = field(default_factory=list)
    """Points of a line without a gap; a day without a share has none."""
    bars: list[_Bar] = field(default_factory=list)


@dataclass(frozen=True)
class _Label:
    x: float
    text: str


def chart(table: FigureTable) -> str:
    """An SVG of the shares of each row, 0 to 100 %, with the totals in its legend; the same table, the same bytes."""
    lines = [_line(table, number) for number in range(len(_MEASURES))]
    step = max(1, -(-len(table.rows) // _MOST_LABELS))
    labels = [
        _Label(round(_x(table, at), 1), row.key[:_LONGEST_LABEL] or "?")
        for at, row in enumerate(table.rows)
        if at % step == 0
    ]
    return _TEMPLATE.render(width=_WIDTH, height=_HEIGHT, left=_LEFT, right=_RIGHT, lines=lines, labels=labels, y=_y)


def _line(table: FigureTable, number: int) -> _Line:
    name, measure, colour = _MEASURES[number]
    line = _Line(name, colour, getattr(table.total, measure))
    if table.by == "day":
        line.runs = _runs(table, measure)
    else:
        line.bars = [bar for at, row in enumerate(table.rows) if (bar := _bar(table, at, row, number)) is not None]
    return line


def _runs(table: FigureTable, measure: str) -> list[str]:
    runs: list[list[str]] = [[]]
    for at, row in enumerate(table.rows):
        share: float | None = getattr(row, measure)
        if share is None:
            runs.append([])
        else:
            runs[-1].append(f"{_x(table, at):.1f},{_y(share)}")
    return [" ".join(run) for run in runs if run]


def _bar(table: FigureTable, at: int, row: Figures, number: int) -> _Bar | None:
    _, measure, _ = _MEASURES[number]
    share: float | None = getattr(row, measure)
    if share is None:
        return None
    width = _BAR_SHARE * _room(table) / len(_MEASURES)
    left = _x(table, at) + (number - len(_MEASURES) / 2) * width
    told = f"{row.key or '?'}: {100 * share:.1f} %"
    return _Bar(round(left, 1), _y(share), round(width, 1), round(_y(0) - _y(share), 1), told)


def _room(table: FigureTable) -> float:
    """Width of a row's place."""
    return (_WIDTH - _LEFT - _RIGHT) / max(1, len(table.rows))


def _x(table: FigureTable, at: int) -> float:
    return _LEFT + (at + 0.5) * _room(table)


def _y(share: float) -> float:
    return round(_TOP + (1 - share) * (_HEIGHT - _TOP - _BOTTOM), 1)
