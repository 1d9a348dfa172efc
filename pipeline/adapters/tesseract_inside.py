"""Tesseract inside our own process, by tesserocr: the same words for a third less CPU, where it is installed.

No program is started for a page, its models are read once, and no file lies between us and the engine.
"""

import os
import re
import subprocess
from functools import cache

import tesserocr

from pipeline.adapters.tesseract import READINGS, words_of
from pipeline.errors import Misconfigured, ScanRejected
from pipeline.pages import Layout, Pixels
from schemas.text import Word

_COLUMNS = (
    "level",
    "page",
    "block_num",
    "par_num",
    "line_num",
    "word",
    "left",
    "top",
    "width",
    "height",
    "conf",
    "text",
)
_LIST_TIMEOUT_S = 30


def read_words(grey: Pixels, dpi: int, layout: Layout, timeout_s: float) -> tuple[Word, ...]:
    """Words of a page in the engine's reading order.

    Args:
        grey: uint8 (height, width).
        dpi: resolution, which the engine uses to judge letter sizes.
        layout: what to look for.
        timeout_s: the engine stops after this.

    Raises:
        ScanRejected: unreadable, when the engine fails or takes too long.
        Misconfigured: missing_program.
    """
    reading = READINGS[layout]
    engine = _engine(reading.model)
    height, width = grey.shape
    try:
        engine.SetPageSegMode(reading.segmentation)
        engine.SetVariable("tessedit_char_whitelist", reading.signs)
        engine.SetImageBytes(grey.tobytes(), width, height, 1, width)
        engine.SetSourceResolution(dpi)
        if not engine.Recognize(max(1, round(timeout_s * 1000))):
            raise ScanRejected("unreadable", "time limit")
        rows = [line.split("\t") for line in engine.GetTSVText(0).splitlines()]
    except RuntimeError:
        raise ScanRejected("unreadable") from None
    finally:
        engine.Clear()
    whole = [row for row in rows if len(row) == len(_COLUMNS)]
    return words_of({name: [row[at] for row in whole] for at, name in enumerate(_COLUMNS)})


@cache
def _engine(model: str) -> tesserocr.PyTessBaseAPI:
    """The engine of this process with this model loaded."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        return tesserocr.PyTessBaseAPI(path=_model_folder(), lang=model)
    except RuntimeError:
        raise Misconfigured("missing_program", f"tesseract-ocr-{model}") from None


def _model_folder() -> str:
    """Where the system's Tesseract has its models: the engine in the wheel brings none and does not look there."""
    try:
        listed = subprocess.run(
            ["tesseract", "--list-langs"], capture_output=True, text=True, check=True, timeout=_LIST_TIMEOUT_S
        )
    except (OSError, subprocess.SubprocessError):
        raise Misconfigured("missing_program", "tesseract-ocr") from None
    found = re.search(r'"([^"]+)"', listed.stdout)
    if found is None:
        raise Misconfigured("missing_program", "tesseract-ocr")
    return found[1]
