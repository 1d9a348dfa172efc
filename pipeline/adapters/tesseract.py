"""Tesseract by pytesseract: the engine that is always there.

Pixels go to it as an uncompressed grey file: handed over as an array, pytesseract would first make a PNG of it, which
costs as much as a third of the reading.
"""

import os
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import ascii_uppercase, digits
from tempfile import TemporaryDirectory
from typing import NamedTuple

import cv2
import pytesseract

from pipeline.errors import Misconfigured, ScanRejected
from pipeline.pages import Layout, Pixels
from schemas.text import Box, Word

_LANGUAGE = "vie"


class Reading(NamedTuple):
    """How Tesseract reads: its model, its page segmentation mode, and the only signs there can be ("": all)."""

    model: str
    segmentation: int
    signs: str = ""


READINGS: dict[Layout, Reading] = {
    "page": Reading(_LANGUAGE, 3),
    "block": Reading(_LANGUAGE, 6),
    # The English model, which comes with the program, reads bare digits and capitals better than the Vietnamese one.
    "zone": Reading("eng", 6, f"{ascii_uppercase}{digits}<"),
    "digits": Reading("eng", 7, digits),
}


def read_words(
    grey: Pixels, dpi: int, layout: Layout, timeout_s: float, folder: Path | None = None
) -> tuple[Word, ...]:
    """Words of a page in the engine's reading order.

    Args:
        grey: uint8 (height, width).
        dpi: resolution, which the engine uses to judge letter sizes.
        layout: what to look for.
        timeout_s: the engine is stopped after this.
        folder: where the page's file may lie meanwhile; default: the system's temporary folder.

    Raises:
        ScanRejected: unreadable, when the engine fails or takes too long.
        Misconfigured: missing_program.
    """
    reading = READINGS[layout]
    only = f" -c tessedit_char_whitelist={reading.signs}" if reading.signs else ""
    os.environ["OMP_THREAD_LIMIT"] = "1"  # pages run side by side; threads inside one page cost five times the CPU
    with TemporaryDirectory(dir=folder) as private:
        picture = Path(private) / "page.pgm"
        cv2.imwrite(str(picture), grey)
        try:
            table = pytesseract.image_to_data(
                str(picture),
                lang=reading.model,
                config=f"--psm {reading.segmentation} --dpi {dpi}{only}",
                output_type=pytesseract.Output.DICT,
                timeout=timeout_s,
            )
        except pytesseract.TesseractNotFoundError:
            raise Misconfigured("missing_program", "tesseract-ocr") from None
        except pytesseract.TesseractError as error:
            if f"{reading.model}.traineddata" in str(error):
                raise Misconfigured("missing_program", f"tesseract-ocr-{reading.model}") from None
            raise ScanRejected("unreadable") from None
        except RuntimeError:  # pytesseract's word for a timeout
            raise ScanRejected("unreadable", "time limit") from None
    return words_of(table)


def words_of(table: Mapping[str, Sequence[int | float | str]]) -> tuple[Word, ...]:
    """Words of Tesseract's table, whose columns are named as in its TSV output."""
    words: list[Word] = []
    line, last = -1, None
    for row, text in enumerate(table["text"]):
        token = unicodedata.normalize("NFC", str(text).strip())
        if not token:
            continue
        place = (table["block_num"][row], table["par_num"][row], table["line_num"][row])
        if place != last:
            line, last = line + 1, place
        left, top = float(table["left"][row]), float(table["top"][row])
        box = Box(left=left, top=top, right=left + float(table["width"][row]), bottom=top + float(table["height"][row]))
        confidence = min(1.0, max(0.0, float(table["conf"][row]) / 100))
        words.append(Word(text=token, box=box, confidence=confidence, line=line))
    return tuple(words)
