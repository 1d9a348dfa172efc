"""`make bench-growth`: what ten and a hundred times as many papers cost: asking, filing and disk, on both databases."""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

from rich.console import Console
from rich.table import Table

from pipeline.adapters.database.engine import Database
from pipeline.catalogue import load_catalogue
from schemas.catalog import Catalogue
from schemas.dossier import Paper, SourceFile, Submission
from tests.bench.filled import DATABASES, SEED, Size, disk_bytes, filled
from tests.bench.growth_chart import draw
from tests.bench.search import all_questions, asked_ms, quantile
from tests.bench.search_papers import ACTOR, MadeCitizen, MadePaper, make_citizens, make_papers

_SIZES = (10_000, 100_000, 1_000_000)
_PAPERS_A_CITIZEN = 10
_QUESTIONS = (
    "checklist of a procedure",
    "citizen page",
    "search: personal number",
    "search: name without marks",
    "search: name and words",
)
_FILED = 200
_LEASE_S = 60.0


@dataclass(frozen=True)
class Grown:
    """One database at one size. Times are the 95th of a hundred, in milliseconds."""

    database: str
    papers: int
    p95_ms: dict[str, float]
    filed_a_second: float
    disk_bytes: int


def main() -> None:
    """Fill what is not filled yet, ask and file, print the table, draw the chart."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__)
    parser.add_argument("--papers", type=int, nargs="+", default=_SIZES)
    parser.add_argument("--times", type=int, default=200, help="how often each question is asked")
    parser.add_argument("--folder", type=Path, default=Path(".hoso/bench-search"), help="where filled databases stay")
    parser.add_argument("--chart", type=Path, help="an SVG to draw")
    options = parser.parse_args()
    catalogue, grown = load_catalogue(), []
    for papers in options.papers:
        size = Size(papers // _PAPERS_A_CITIZEN, papers)
        citizens = make_citizens(size.citizens, SEED)
        for name in DATABASES:
            with filled(name, options.folder.absolute(), size, citizens, catalogue) as database:
                told = _measure(database, citizens, catalogue, options.times)
            grown.append(Grown(name, papers, *told, disk_bytes(name, options.folder.absolute(), size)))
    _show(grown, options.times)
    if options.chart:
        draw(
            {(row.database, row.papers): (row.p95_ms, row.filed_a_second, row.disk_bytes) for row in grown},
            options.chart,
        )


def _measure(
    database: Database, citizens: Sequence[MadeCitizen], catalogue: Catalogue, times: int
) -> tuple[dict[str, float], float]:
    questions = all_questions(citizens, catalogue)
    p95 = {said: quantile(asked_ms(database, questions[said], times), 95) for said in _QUESTIONS}
    new = make_papers(citizens, tuple(catalogue.types.values()), _FILED, SystemRandom().getrandbits(32))
    return p95, _filing_rate(database, list(new))


def _filing_rate(database: Database, papers: Sequence[MadePaper]) -> float:
    """Papers filed a second through the ports, in submissions of one: rows, register and search index."""
    handed_in = [(_submission(paper), _record(paper), (paper.text,)) for paper in papers]
    start = time.perf_counter()
    for submission, paper, texts in handed_in:
        database.submissions.receive(submission)
        claimed = database.leases.claim(submission.submission_id, "bench", _LEASE_S)
        assert claimed is not None
        assert database.leases.file(claimed[0], ((paper, texts),))
        database.leases.finish(claimed[0])
    return len(papers) / (time.perf_counter() - start)


def _submission(paper: MadePaper) -> Submission:
    content = paper.document_id * 2
    source = SourceFile(path="1.pdf", key=f"intake/x/{content}", sha256=content, size_bytes=1, media_type="image/png")
    return Submission(
        submission_id=paper.document_id,
        actor=ACTOR,
        sources=(source,),
        content_sha256=content,
        received_at=paper.filed_at,
        state_since=paper.filed_at,
    )


def _record(paper: MadePaper) -> Paper:
    said = {"submission_id": paper.document_id, "content_sha256": paper.document_id * 2}
    return Paper.model_validate_json(paper.record).model_copy(update=said)


def _show(grown: Sequence[Grown], times: int) -> None:
    title = f"p95 in ms of {times} askings each; filing one paper a transaction, not synced on PostgreSQL"
    table = Table("database", "papers", title=title, title_justify="left")
    for column in (*_QUESTIONS, "filed a second", "disk, MB", "kB a paper"):
        table.add_column(column, justify="right")
    for row in grown:
        table.add_row(*_cells(row))
    Console(width=180, highlight=False).print(table)


def _cells(row: Grown) -> Iterator[str]:
    yield from (row.database, f"{row.papers:,}")
    yield from (f"{row.p95_ms[question]:.1f}" for question in _QUESTIONS)
    yield from (f"{row.filed_a_second:.0f}", f"{row.disk_bytes / 1e6:.0f}", f"{row.disk_bytes / 1e3 / row.papers:.1f}")


if __name__ == "__main__":
    main()
