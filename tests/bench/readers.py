"""The programs that are compared, each run as its users run it, on all cores."""

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PIL import Image

from pipeline.stages.open import A4_LONG_SIDE_INCHES
from schemas.ingest import IngestLineWithText
from tests.bench.cost import Cost, Meter
from tests.bench.sample import Paper
from tests.system.hoso_up import ROOT, hoso

_DPI = "300"
_LEAST_CLAIMED_DPI = 100
"""Phones write 72 without meaning it."""
_ALL_CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Reading:
    """What a reader made of papers: the text of each, and what it cost.

    `copies_kb` is the size of all searchable copies, and `copied_pages` are the pages in them: hoso keeps no picture of
    some papers, bare Tesseract of none. `unread` counts papers that the reader gave up on.
    """

    texts: dict[Path, str]
    copies_kb: float
    copied_pages: int
    unread: int
    cost: Cost


@dataclass(frozen=True)
class Reader:
    """`read` has papers read, in a folder of its own. `takes_piles`: one start serves any number of papers."""

    name: str
    takes_piles: bool
    read: Callable[[Sequence[Paper], Path], Reading]


def all_readers() -> tuple[Reader, ...]:
    """All of them, ours first."""
    return (
        Reader("hoso", takes_piles=True, read=_hoso),
        Reader("OCRmyPDF --rotate-pages --deskew", False, partial(_ocrmypdf, ("--rotate-pages", "--deskew"))),
        Reader("OCRmyPDF", False, partial(_ocrmypdf, ())),
        Reader("bare Tesseract", False, _tesseract),
    )


def _hoso(papers: Sequence[Paper], folder: Path) -> Reading:
    answers = folder / "answers"
    command: list[str | Path] = [*hoso("ingest", "--inline", "--json", "--text"), *(paper.file for paper in papers)]
    with Meter() as meter:
        meter.run(command, answers, {"HOSO_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)})
    lines = [IngestLineWithText.model_validate_json(line) for line in answers.read_text("utf-8").splitlines()]
    texts: dict[Path, str] = defaultdict(str)
    for line in lines:
        texts[Path(line.source)] += "\n".join(line.page_texts) + "\n"
    copied = [line for line in lines if line.size_bytes]
    return Reading(
        texts=dict(texts),
        copies_kb=sum(line.size_bytes or 0 for line in copied) / 1000,
        copied_pages=sum(len(line.source_pages) for line in copied),
        unread=sum(line.state == "rejected" for line in lines),
        cost=meter.cost,
    )


def _ocrmypdf(options: Sequence[str], papers: Sequence[Paper], folder: Path) -> Reading:
    def read(meter: Meter, paper: Paper, place: Path) -> str | None:
        fixed = ["-l", "vie", "--pdfa-backend", "internal", "--jobs", "1", "--quiet"]
        text, copy = place / "text.txt", place / "copy.pdf"
        told = [*fixed, *options, *_needed(paper)]
        command: list[str | Path] = [sys.executable, "-m", "ocrmypdf", *told, "--sidecar", text, paper.file, copy]
        meter.run(command, place / "out")
        return text.read_text("utf-8") if copy.exists() else None

    reading = _one_by_one(read, papers, folder)
    copies_kb = sum(copy.stat().st_size for copy in folder.glob("*/copy.pdf")) / 1000
    copied_pages = sum(paper.pages for paper in papers if paper.file in reading.texts)
    return replace(reading, copies_kb=copies_kb, copied_pages=copied_pages)


def _needed(paper: Paper) -> list[str]:
    """What OCRmyPDF must be told to take a paper at all: of signed scans, and of photos without a resolution."""
    if paper.file.suffix == ".pdf":
        return ["--force-ocr", "--invalidate-digital-signatures"] if paper.has_text else []
    with Image.open(paper.file) as image:
        claimed = float(image.info.get("dpi", (0, 0))[0])
        guess = round(max(image.size) / A4_LONG_SIDE_INCHES)
    return [] if claimed >= _LEAST_CLAIMED_DPI else ["--image-dpi", str(guess)]


def _tesseract(papers: Sequence[Paper], folder: Path) -> Reading:
    def read(meter: Meter, paper: Paper, place: Path) -> str | None:
        pictures = [paper.file]
        if paper.file.suffix == ".pdf":
            meter.run(["pdftoppm", "-r", _DPI, paper.file, place / "page"], place / "out")
            pictures = sorted(place.glob("page*.ppm"))
        for number, picture in enumerate(pictures):
            meter.run(["tesseract", picture, "-", "-l", "vie"], place / f"{number:03}.txt")
        return "\n".join(text.read_text("utf-8") for text in sorted(place.glob("*.txt")))

    return _one_by_one(read, papers, folder)


def _one_by_one(read: Callable[[Meter, Paper, Path], str | None], papers: Sequence[Paper], folder: Path) -> Reading:
    """Have each paper read by a start of its own, as many side by side as there are cores."""

    def work(numbered: tuple[int, Paper]) -> str | None:
        place = folder / str(numbered[0])
        place.mkdir(parents=True)
        return read(meter, numbered[1], place)

    with Meter() as meter, ThreadPoolExecutor(_ALL_CORES) as threads:
        texts = list(threads.map(work, enumerate(papers)))
    read_papers = {paper.file: text for paper, text in zip(papers, texts, strict=True) if text is not None}
    unread = len(papers) - len(read_papers)
    return Reading(read_papers, copies_kb=0.0, copied_pages=0, unread=unread, cost=meter.cost)
