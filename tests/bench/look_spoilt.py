"""Specimens as they are and as counters get them too: blurred, cut, blank, without a back, for another procedure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pipeline.page_quality import LookVerdict
from pipeline.pages import ScanFile
from pipeline.settings import Limits
from pipeline.stages.open import open_page
from schemas.catalog import Catalogue
from tests.specimens import Specimen
from tests.specimens.marks import Pixels
from tests.specimens.sheet import px

CARD = "citizen_id_card"
_MEDIA = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".tif": "image/tiff"}
_DPI = 300
_BLUR_MM = 0.45
"""A sheet that moved, or lay off the glass."""
_CUT_SHARE = 0.4
"""Of the page's width, from the left: through most lines, and through cards."""
_BETWEEN_SIDES_MM = 112
"""On the page of a card its front lies above this height, its back below."""


@dataclass(frozen=True)
class Case:
    """A file whose first `pages` pages deserve a verdict, handed in for a procedure or for none."""

    kind: str
    wanted: LookVerdict
    file: Path
    procedure: str | None
    pages: int


def cases_of(file: Path, specimen: Specimen, catalogue: Catalogue) -> Iterator[Case]:
    """All cases of one specimen; what must be made for them is written beside it."""
    level, own = specimen.pages[0].level, _procedure(specimen.type, catalogue, takes=True)
    if level == "phone":
        yield Case("photographed", "photo", file, own, specimen.page_count)
        return
    yield Case(f"as scanned, {level}", "good", file, own, specimen.page_count)
    other = _procedure(specimen.type, catalogue, takes=False)
    if other is not None and catalogue.types[specimen.type].is_administrative:
        yield Case("for another procedure, known by genre only", "good", file, other, specimen.page_count)
    elif other is not None:
        yield Case("for another procedure", "not_of_this_procedure", file, other, 1)
    if level == "office":
        yield _spoilt("blurred", file, specimen, _blurred)
        yield _spoilt("cut", file, specimen, _cut)
        yield _spoilt("blank", file, specimen, _blank)
    if specimen.type == CARD:
        yield _spoilt("back_side_missing", file, specimen, _without_back)


def _procedure(type_id: str, catalogue: Catalogue, *, takes: bool) -> str | None:
    """The first procedure with a verified list that takes papers of the type, or that does not."""
    for one in catalogue.procedures.values():
        listed = {*one.results, *(name for row in one.papers for name in row.any_of)}
        if one.verified and one.papers and (type_id in listed) == takes and type_id not in _FOR_ALL:
            return one.id
    return None


_FOR_ALL = (CARD, "passport", "receipt_slip")


def _spoilt(verdict: LookVerdict, file: Path, specimen: Specimen, spoil: Callable[[Pixels], Pixels]) -> Case:
    raw = open_page(ScanFile(file, _MEDIA[file.suffix]).path, _MEDIA[file.suffix], 1, Limits())
    upright = np.rot90(raw.pixels, -specimen.pages[0].rotate // 90)
    made = file.with_name(f"{verdict}-{file.stem}.png")
    page = spoil(np.ascontiguousarray(upright))
    Image.fromarray(page[:, :, ::-1]).save(made, dpi=(raw.dpi, raw.dpi), compress_level=1)
    return Case(verdict.replace("_", " "), verdict, made, None, 1)


def _blurred(page: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), _BLUR_MM * _DPI / 25.4), np.uint8)


def _cut(page: Pixels) -> Pixels:
    return np.ascontiguousarray(page[:, round(_CUT_SHARE * page.shape[1]) :])


def _blank(page: Pixels) -> Pixels:
    """The sheet's own margin, grain and all, over and over."""
    height, width = page.shape[:2]
    margin = page[px(4) : px(12), px(30) : px(130)]
    times = (height // margin.shape[0] + 1, width // margin.shape[1] + 1, 1)
    return np.ascontiguousarray(np.tile(margin, times)[:height, :width])


def _without_back(page: Pixels) -> Pixels:
    front = page.copy()
    front[page.shape[0] * _BETWEEN_SIDES_MM // 297 :] = np.median(page[:: px(4), :: px(4)], axis=(0, 1))
    return front
