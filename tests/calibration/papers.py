"""Pages to learn from and to measure on: specimens that were read whole and worn, and papers with known answers."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.adapters.tesseract_inside import read_words
from pipeline.media import HEAD_BYTES, media_type
from pipeline.pages import Layout, Pixels, RawPage
from pipeline.settings import Limits
from pipeline.stages.clean import clean
from pipeline.stages.extract import LookAgain
from pipeline.stages.handwriting import mark_handwriting
from pipeline.stages.look_again import keep_for_reading, look_again
from pipeline.stages.open import open_page
from pipeline.stages.recognise import recognise
from pipeline.stages.repair import repair
from schemas.text import PageText, Word
from tests.scoring import PaperTruth, load_papers, load_retyped

WEARS = ("none", "coarse", "coarser", "thin", "thick", "packed", "fax", "soft")
"""What is done to a specimen besides its own scanning: fewer pixels, less or more ink, strong JPEG, noise, blur."""

_LIMITS = Limits()


@dataclass(frozen=True)
class ReadPaper:
    """A paper's pages after repair, with the engine's confidences; `paper` is None for a retyped page.

    `pictures` are where its pages were kept for later looks.
    """

    source: str
    pages: tuple[PageText, ...]
    pictures: tuple[Path, ...]
    text: tuple[str, ...]
    paper: PaperTruth | None


def read_papers(folder: Path, wears: Sequence[str], kept: Path) -> Iterator[ReadPaper]:
    """Read all papers of a folder that have their truth beside them, each worn in one of `wears` in turn.

    Args:
        folder: as `tests.specimens` writes it.
        wears: of `WEARS`.
        kept: a folder for what was read, so that a second run need not read it again.
    """
    for i, truth in enumerate(load_papers(folder)):
        wear = wears[i % len(wears)]
        pages = tuple(_read(truth.file, n, wear, kept) for n in range(1, len(truth.rotations) + 1))
        pictures = tuple(_kept(truth.file, page.number, wear, kept) for page in pages)
        yield ReadPaper(truth.file.stem, pages, pictures, truth.text, truth)


def read_retyped(folder: Path, kept: Path) -> Iterator[ReadPaper]:
    """Read the pages of real scans that were retyped, without the captions of digital signatures, which were not."""
    for scan, pages in load_retyped(folder).items():
        for number, lines in pages.items():
            page = _without_captions(_read(scan, number, "none", kept))
            yield ReadPaper(scan.stem, (page,), (_kept(scan, number, "none", kept),), lines, None)


def looks_at(paper: ReadPaper) -> LookAgain:
    """Reads parts of the paper's pages again."""
    pages = {page.number: (page.dpi, picture) for page, picture in zip(paper.pages, paper.pictures, strict=True)}
    return lambda page, boxes: look_again(pages[page][1], pages[page][0], boxes, _engine)


def _engine(grey: Pixels, dpi: int, layout: Layout) -> tuple[Word, ...]:
    return read_words(grey, dpi, layout, _LIMITS.page_timeout_s)


def _kept(file: Path, number: int, wear: str, kept: Path) -> Path:
    return kept / hashlib.sha256(f"{file.absolute()}/{number}/{wear}".encode()).hexdigest()


def _read(file: Path, number: int, wear: str, kept: Path) -> PageText:
    picture = _kept(file, number, wear, kept)
    found = picture.with_suffix(".json")
    if found.is_file():
        return PageText.model_validate(json.loads(found.read_text(encoding="utf-8")))
    with file.open("rb") as data:
        kind = media_type(data.read(HEAD_BYTES))
    raw = open_page(file, kind or "", number, _LIMITS)
    page, text = recognise(clean(_worn(raw, wear)), number, _engine)
    text = repair(mark_handwriting(page, text))
    kept.mkdir(parents=True, exist_ok=True)
    keep_for_reading(page.grey, picture)
    found.write_text(text.model_dump_json(), encoding="utf-8")
    return text


def _worn(page: RawPage, wear: str) -> RawPage:
    """The page as a worse device would give it."""
    at_dpi = {"coarse": 150, "coarser": 120, "packed": 200, "fax": 150}.get(wear, page.dpi)
    size = at_dpi / page.dpi
    pixels = page.pixels if size >= 1 else cv2.resize(page.pixels, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
    worn = _inked(np.asarray(pixels, np.uint8), wear)
    return RawPage(pixels=np.ascontiguousarray(worn), dpi=min(at_dpi, page.dpi), dpi_known=page.dpi_known)


def _inked(pixels: Pixels, wear: str) -> Pixels:
    worn: NDArray[Any] | None = pixels
    match wear:
        case "thin":
            thin = cv2.dilate(cv2.GaussianBlur(pixels, (0, 0), 0.8), np.ones((2, 2), np.uint8))
            worn = cv2.convertScaleAbs(thin, alpha=0.6, beta=100)
        case "thick":
            worn = cv2.erode(pixels, np.ones((3, 3), np.uint8))
        case "packed":
            packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 18])[1]
            worn = cv2.imdecode(packed, cv2.IMREAD_COLOR)
        case "fax":
            noise = np.random.default_rng(0).normal(0, 18, pixels.shape[:2])
            bits = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY) + noise > 150
            worn = cv2.cvtColor(np.where(bits, 255, 0).astype(np.uint8), cv2.COLOR_GRAY2BGR)
        case "soft":
            worn = cv2.GaussianBlur(pixels, (0, 0), 2.3)
    return np.asarray(worn, np.uint8)


_CAPTION = ("ký:", "ký bởi", "email:", "cơ quan:", "+07:00", "sao y;")


def _without_captions(page: PageText) -> PageText:
    lines = (line for line in page.lines if not any(sign in line.text.lower() for sign in _CAPTION))
    return page.with_words(word for line in lines for word in line.words)
