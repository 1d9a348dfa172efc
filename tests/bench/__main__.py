"""Measure, print the table and draw the chart."""

import argparse
import os
from collections.abc import Sequence
from functools import reduce
from itertools import chain
from operator import add
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.bench.chart import draw
from tests.bench.readers import Reader, Reading, all_readers
from tests.bench.report import Row, row, show
from tests.bench.sample import Paper, corpus_papers, specimen_papers

_PAPERS_A_LEVEL = 8
_TOGETHER = "together"


def main() -> None:
    """Run the benchmark as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--papers", type=int, default=_PAPERS_A_LEVEL, help="papers a capture level")
    parser.add_argument("--all", action="store_true", help="all papers; takes an hour and more")
    parser.add_argument("--chart", type=Path, help="an SVG to draw")
    options = parser.parse_args()
    most = None if options.all else options.papers
    corpus = os.environ.get("HOSO_CORPUS")
    with TemporaryDirectory(prefix="hoso-bench-") as name:
        folder = Path(name)
        groups = corpus_papers(Path(corpus), folder, most) if corpus else specimen_papers(folder, most)
        rows = list(chain.from_iterable(_measure(reader, groups, folder) for reader in all_readers()))
    papers = "printed papers of the corpus and retyped real scans" if corpus else "the project's own printed specimens"
    show(rows, papers)
    if options.chart:
        draw(rows, papers, options.chart)


def _measure(reader: Reader, groups: dict[str, list[Paper]], folder: Path) -> list[Row]:
    """A row for each kind of papers, and one for all."""
    place = folder / reader.name
    readings = {kind: _read(reader, papers, place / kind) for kind, papers in groups.items()}
    every = list(chain.from_iterable(groups.values()))
    # A reader that is started for each paper anyway does the same work again when it has them all.
    whole = _read(reader, every, place / _TOGETHER) if reader.takes_piles else _joined(list(readings.values()))
    rows = [row(reader.name, kind, groups[kind], reading) for kind, reading in readings.items()]
    return [*rows, row(reader.name, _TOGETHER, every, whole)]


def _read(reader: Reader, papers: Sequence[Paper], place: Path) -> Reading:
    place.mkdir(parents=True)
    Console(stderr=True).print(f"{place.parent.name}: {place.name}", style="dim")  # minutes pass until the table
    return reader.read(papers, place)


def _joined(readings: Sequence[Reading]) -> Reading:
    return Reading(
        texts={file: text for reading in readings for file, text in reading.texts.items()},
        copies_kb=sum(reading.copies_kb for reading in readings),
        copied_pages=sum(reading.copied_pages for reading in readings),
        unread=sum(reading.unread for reading in readings),
        cost=reduce(add, (reading.cost for reading in readings)),
    )


if __name__ == "__main__":
    main()
