"""The picture of what was measured, with its numbers in it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.bench.report import Row

_COLOURS = ("#b3261e", "#1f4e79", "#5b9bd5", "#a6a6a6")
_MEASURES: tuple[tuple[str, str, Callable[[Row], float | None]], ...] = (
    ("words not read, %", "{:.1f}", lambda row: 100 * (1 - row.words)),
    ("characters not read, %", "{:.1f}", lambda row: 100 * (1 - row.characters)),
    ("CPU seconds a page", "{:.1f}", lambda row: row.cpu_s_a_page),
    ("pages a minute, all cores", "{:.0f}", lambda row: row.pages_a_minute),
    ("kB a page of the searchable copy", "{:.0f}", lambda row: row.kb_a_page),
    ("MB at most, all processes", "{:.0f}", lambda row: row.tree_mb),
)
_BAR_SHARE = 0.84
"""Part of the room of a kind of papers that its bars fill."""


def draw(rows: Sequence[Row], papers: str, file: Path) -> None:
    """Draw all rows into an SVG; the same rows give the same bytes."""
    mpl.rcParams.update({"svg.hashsalt": "hoso", "svg.fonttype": "none", "font.size": 7, "font.family": "sans-serif"})
    kinds = list(dict.fromkeys(row.kind for row in rows))
    figure = Figure(figsize=(13, 9), layout="constrained")
    for axes, (title, form, measure) in zip(figure.subplots(3, 2).flat, _MEASURES, strict=True):
        _draw_measure(axes, rows, kinds, measure, form)
        axes.set_title(title, fontsize=9, loc="left")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), fontsize=9, frameon=False)
    figure.suptitle(papers, fontsize=10)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, format="svg", metadata={"Date": None})


def _draw_measure(
    axes: Axes, rows: Sequence[Row], kinds: Sequence[str], measure: Callable[[Row], float | None], form: str
) -> None:
    readers = list(dict.fromkeys(row.reader for row in rows))
    width = _BAR_SHARE / len(readers)
    for at, (reader, colour) in enumerate(zip(readers, _COLOURS, strict=True)):
        values = {row.kind: measure(row) for row in rows if row.reader == reader}
        places = [number + (at + 0.5) * width - _BAR_SHARE / 2 for number in range(len(kinds))]
        bars = axes.bar(places, [values[kind] or 0 for kind in kinds], width, color=colour, label=reader)
        told = ["" if (value := values[kind]) is None else form.format(value) for kind in kinds]
        axes.bar_label(bars, told, padding=1, fontsize=6)
    axes.set_xticks(range(len(kinds)), kinds)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(y=0.15)
