"""Step 7a: a doubted value is cut out of its page and read again, alone and in several sizes.

Letters that are misread on the whole page come out otherwise in at least one other size, right ones hardly ever: of
2,250 printed values of made-up papers, many of them worn, 43 were wrong; of the 2,045 that read the same in every size
9 were, all of them names.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from pipeline.pages import Pixels, ReadWords
from pipeline.stages.second_look import Piece, sheet_of, words_by_piece
from schemas.text import Box, Word

SCALES = (0.6, 0.75, 1.0, 1.25, 1.6)
"""Of the page. The first and the last are read worst, and part what is right from what only looks so."""
_READING = "reading.jpg"
_QUALITY = 90


def keep_for_reading(grey: Pixels, folder: Path) -> None:
    """Keep a page beside its picture as the engine saw it.

    Args:
        grey: uint8 (height, width).
        folder: the page's picture; made where it is not there yet.
    """
    folder.mkdir(exist_ok=True)
    cv2.imwrite(str(folder / _READING), grey, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])


def look_again(folder: Path, dpi: int, boxes: Sequence[Box], read_words: ReadWords) -> tuple[tuple[str, ...], ...]:
    """What stands in each box, once for each of `SCALES`; nothing for a page that no engine has read.

    Args:
        folder: the page's picture.
        dpi: of the page.
        boxes: in its pixels.
        read_words: the engine.
    """
    kept = folder / _READING
    if not boxes or not kept.is_file():
        return ((),) * len(boxes)
    grey = np.asarray(cv2.imread(str(kept), cv2.IMREAD_GRAYSCALE), np.uint8)
    pieces = [Piece(box, None) for box in boxes]
    looks = []
    for scale in SCALES:
        sheet = sheet_of(grey, dpi, pieces, scale)
        looks.append(words_by_piece(pieces, sheet, read_words(sheet.pixels, dpi, "block")))
    return tuple(tuple(_text(look[i]) for look in looks) for i in range(len(boxes)))


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in sorted(words, key=lambda word: (word.line, word.box.left)))
