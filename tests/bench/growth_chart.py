"""The picture of growth: asking, filing and disk against the number of papers, both axes logarithmic."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

_STYLES = {"SQLite": ("#b3261e", "o", -12), "PostgreSQL": ("#1f4e79", "s", 6)}
"""Colour, marker, and how far in points a value stands above its marker."""
Told = tuple[dict[str, float], float, int]


def draw(grown: Mapping[tuple[str, int], Told], file: Path) -> None:
    """Draw into an SVG.

    Args:
        grown: by database and number of papers: p95 of each question in ms, papers filed a second, bytes on disk.
        file: where to; the same values give the same bytes.

    """
    mpl.rcParams.update({"svg.hashsalt": "hoso", "svg.fonttype": "none", "font.size": 8, "font.family": "sans-serif"})
    questions = list(next(iter(grown.values()))[0])
    figure = Figure(figsize=(13, 6.5), layout="constrained")
    plots = list(figure.subplots(2, 4).flat)
    for axes, question in zip(plots, questions, strict=False):
        _plot(axes, f"{question}, p95 ms", {key: told[0][question] for key, told in grown.items()})
    _plot(plots[len(questions)], "papers filed a second", {key: told[1] for key, told in grown.items()})
    _plot(plots[len(questions) + 1], "disk, MB", {key: told[2] / 1e6 for key, told in grown.items()})
    for axes in plots[len(questions) + 2 :]:
        axes.set_axis_off()
    handles, labels = plots[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower right", fontsize=10, frameon=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, format="svg", metadata={"Date": None})


def _plot(axes: Axes, title: str, values: Mapping[tuple[str, int], float]) -> None:
    for name, (colour, marker, above) in _STYLES.items():
        points = sorted((papers, value) for (database, papers), value in values.items() if database == name)
        axes.plot(*zip(*points, strict=True), color=colour, marker=marker, label=name)
        for papers, value in points:
            said = f"{value:,.0f}"
            axes.annotate(said, (papers, value), (0, above), textcoords="offset points", ha="center", color=colour)
    axes.set_xscale("log")
    axes.set_yscale("log")
    sizes = sorted({papers for _, papers in values})
    axes.set_xticks(sizes, [f"{papers:,}" for papers in sizes])
    axes.set_xticks([], minor=True)
    axes.yaxis.set_major_formatter(NullFormatter())  # each point tells its value
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.margins(0.2, 0.3)
    axes.set_title(title, fontsize=9, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
