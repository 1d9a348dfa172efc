"""The table of what was measured: each reader on each kind of papers, beside hoso."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from tests.bench.readers import Reading
from tests.bench.sample import Paper
from tests.scoring import mean_text, score_text


@dataclass(frozen=True)
class Row:
    """One reader on one kind of papers. `words` and `characters` are shares 0..1 of the true ones that were read."""

    reader: str
    kind: str
    papers: int
    pages: int
    unread: int
    words: float
    characters: float
    cpu_s_a_page: float
    pages_a_minute: float
    kb_a_page: float | None
    process_mb: float
    tree_mb: float


def row(reader: str, kind: str, papers: Sequence[Paper], reading: Reading) -> Row:
    """What a reading is worth and what it cost, by the page."""
    score = mean_text([score_text(paper.text, reading.texts.get(paper.file, "")) for paper in papers])
    pages = sum(paper.pages for paper in papers)
    return Row(
        reader=reader,
        kind=kind,
        papers=len(papers),
        pages=pages,
        unread=reading.unread,
        words=score.recall,
        characters=score.characters,
        cpu_s_a_page=reading.cost.cpu_s / pages,
        pages_a_minute=60 * pages / reading.cost.wall_s,
        kb_a_page=reading.copies_kb / reading.copied_pages if reading.copied_pages else None,
        process_mb=reading.cost.process_mb,
        tree_mb=reading.cost.tree_mb,
    )


def show(rows: Sequence[Row], papers: str) -> None:
    """Print all rows, and how much dearer the others are than hoso, which comes first of each kind."""
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    table = Table("papers", "reader", title=f"{papers}; {os.cpu_count()} cores", title_justify="left")
    for column in ("words", "characters", "CPU s/page", "x hoso", "pages/min", "kB/page", "x hoso", "MB 1", "MB all"):
        table.add_column(column, justify="right")
    for kind in dict.fromkeys(row.kind for row in rows):
        first, *others = [row for row in rows if row.kind == kind]
        title = f"{kind}: {first.papers} papers, {first.pages} pages"
        table.add_row(title, *_cells(first, first))
        for other in others:
            table.add_row("", *_cells(other, first))
        table.add_section()
    console.print(table)
    console.print(
        "MB 1: most that one process had resident (VmHWM). MB all: most that all its processes had at one time (PSS,\n"
        "sampled). hoso has all papers of a row in one run; the others start once a paper, one paper a core."
    )
    for row in rows:
        if row.unread:
            console.print(f"{row.reader} gave up on {row.unread} of {row.papers} papers: {row.kind}")


def _cells(row: Row, hoso: Row) -> tuple[str, ...]:
    size = ("-", "-")
    if row.kb_a_page is not None and hoso.kb_a_page:
        size = (f"{row.kb_a_page:.0f}", f"{row.kb_a_page / hoso.kb_a_page:.1f}")
    return (
        row.reader,
        f"{row.words:.4f}",
        f"{row.characters:.4f}",
        f"{row.cpu_s_a_page:.2f}",
        f"{row.cpu_s_a_page / hoso.cpu_s_a_page:.1f}",
        f"{row.pages_a_minute:.0f}",
        *size,
        f"{row.process_mb:.0f}",
        f"{row.tree_mb:.0f}",
    )
