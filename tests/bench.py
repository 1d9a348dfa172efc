"""`make bench`: hoso and bare Tesseract on the same papers in one run: words, characters, CPU, size.

The papers are those of `HOSO_CORPUS` (its `dossiers`), else the project's own specimens. CPU seconds count all that
were started for it; the machine may be busy with other things, so read the ratios first.
"""

import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from pipeline.media import HEAD_BYTES, media_type
from schemas.ingest import IngestLineWithText
from tests.scoring import PaperTruth, TextScore, load_papers, mean_text, score_text
from tests.specimens import make_specimens

_HOSO = Path(sys.executable).with_name("hoso")
_SPECIMENS = 36
_DPI = "300"


@dataclass(frozen=True)
class Run:
    """What one reader made of the papers: text a paper, and what it cost."""

    texts: dict[Path, str]
    cpu_s: float
    wall_s: float
    copies_kb: float | None


def main() -> None:
    """Measure and print."""
    corpus = os.environ.get("HOSO_CORPUS")
    with TemporaryDirectory(prefix="hoso-bench-") as folder:
        if corpus:
            papers = Path(corpus) / "dossiers"
        else:
            papers = Path(folder) / "specimens"
            make_specimens(papers, seed=1, count=_SPECIMENS)
        truths = load_papers(papers)
        files = [truth.file for truth in truths]
        runs = {
            "hoso, all steps": _measured(lambda: _hoso(files, Path(folder) / "home")),
            f"tesseract -l vie at {_DPI} dpi": _measured(lambda: _bare_tesseract(files, Path(folder))),
        }
        _print(truths, runs, "corpus dossiers" if corpus else "own specimens")


def _measured(read: Callable[[], tuple[dict[Path, str], float | None]]) -> Run:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    texts, copies_kb = read()
    after, wall_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - start
    return Run(texts, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall_s, copies_kb)


def _hoso(files: Sequence[Path], home: Path) -> tuple[dict[Path, str], float]:
    command: list[Path | str] = [_HOSO, "ingest", "--inline", "--json", "--text", *files]
    answer = subprocess.run(command, env={**os.environ, "HOSO_HOME": str(home)}, capture_output=True, check=True)
    lines = [IngestLineWithText.model_validate_json(line) for line in answer.stdout.splitlines()]
    texts: dict[Path, str] = defaultdict(str)
    for line in lines:
        texts[Path(line.source)] += "\n".join(line.page_texts) + "\n"
    return texts, sum(line.size_bytes or 0 for line in lines) / 1000


def _bare_tesseract(files: Sequence[Path], folder: Path) -> tuple[dict[Path, str], None]:
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    texts = {}
    for file in files:
        pictures = [file]
        if media_type(file.read_bytes()[:HEAD_BYTES]) == "application/pdf":
            pages = folder / f"{file.stem}-page"
            subprocess.run(["pdftoppm", "-r", _DPI, file, pages], check=True)
            pictures = sorted(folder.glob(f"{pages.name}*.ppm"))
        read = [
            subprocess.run(["tesseract", picture, "-", "-l", "vie"], env=environment, capture_output=True, check=True)
            for picture in pictures
        ]
        texts[file] = "\n".join(page.stdout.decode() for page in read)
    return texts, None


def _print(truths: Sequence[PaperTruth], runs: dict[str, Run], papers: str) -> None:
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    pages = sum(len(truth.rotations) for truth in truths)
    table = Table("reader", "words", "characters", "CPU s a page", "pages a minute", "kB a page")
    for reader, run in runs.items():
        score = _score(truths, run)
        size = "-" if run.copies_kb is None else f"{run.copies_kb / pages:.0f}"
        costs = (f"{run.cpu_s / pages:.2f}", f"{pages / run.wall_s * 60:.0f}", size)
        table.add_row(reader, f"{score.recall:.4f}", f"{score.characters:.4f}", *costs)
    console.print(f"{len(truths)} papers, {pages} pages: {papers}; {os.cpu_count()} cores")
    console.print(table)
    console.print(_by_level(truths, runs))
    first, second = runs.values()
    console.print(f"CPU of hoso to bare Tesseract: {first.cpu_s / second.cpu_s:.2f}")


def _by_level(truths: Sequence[PaperTruth], runs: dict[str, Run]) -> Table:
    """Words read, by how a paper was scanned."""
    levels: dict[str, list[PaperTruth]] = defaultdict(list)
    for truth in truths:
        levels[truth.level + ("" if truth.printed else ", by hand")].append(truth)
    table = Table("words read of", "papers", *runs)
    for level, some in sorted(levels.items()):
        table.add_row(level, str(len(some)), *(f"{_score(some, run).recall:.4f}" for run in runs.values()))
    return table


def _score(truths: Iterable[PaperTruth], run: Run) -> TextScore:
    return mean_text([score_text(truth.text, run.texts.get(truth.file, "")) for truth in truths])


if __name__ == "__main__":
    main()
