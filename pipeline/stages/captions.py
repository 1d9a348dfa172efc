"""Captions drawn over a scan, as electronic signatures are: their letters are exact, and replace what was read there.

The engine reads them badly, since they often stand on a seal or across print.
"""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from rapidfuzz import fuzz

from pipeline.stages.clean import CleanPage
from schemas.text import Box, Line, PageText, Word

_LEAST_LIKENESS = 60
"""Of the reading to the captions, 0..100: over a seal real ones have 75 and more, other words at their place 40."""


def with_captions(text: PageText, captions: Sequence[Word], page: CleanPage) -> PageText:
    """A page's reading with its captions letter by letter; as it was, where the engine read other words there.

    Where it read nothing it does not speak against them.

    Args:
        text: what the engine read on the clean page.
        captions: words drawn on the page as it came, in its pixels.
        page: the clean page. One that was turned or flattened keeps its reading: signers place captions upright.
    """
    if not captions or page.rotation_degrees or page.verdict == "photo":
        return text
    lines = [[_levelled(word, page) for word in group] for _, group in groupby(captions, key=lambda word: word.line)]
    places = [Line(words=tuple(line)).box for line in lines]
    home = [_home(word.box, places) for word in text.words]
    read = ["".join(w.reading for w, at in zip(text.words, home, strict=True) if at == n) for n in range(len(lines))]
    told = ["".join(word.text for word in line) if read[n] else "" for n, line in enumerate(lines)]
    if any(read) and fuzz.ratio("".join(told).lower(), "".join(read).lower()) < _LEAST_LIKENESS:
        return text
    return text.with_words(_in_order(text.words, home, lines))


def _levelled(word: Word, page: CleanPage) -> Word:
    """The word where the clean page has it, as wide and as high."""
    box, scale = word.box, page.dpi / page.scan.dpi
    middle = np.array([[(box.left + box.right) / 2, (box.top + box.bottom) / 2]])
    ((x, y),) = (page.scan.placement.on_page(middle) * scale).tolist()
    across, down = box.width / 2 * scale, box.height / 2 * scale
    return word.model_copy(update={"box": Box(left=x - across, top=y - down, right=x + across, bottom=y + down)})


def _home(box: Box, places: Sequence[Box]) -> int | None:
    """Which of the places the middle of the box lies in, the first; None for none."""
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    inside = (
        at for at, place in enumerate(places) if place.left <= x <= place.right and place.top <= y <= place.bottom
    )
    return next(inside, None)


def _in_order(
    words: Sequence[Word], home: Sequence[int | None], captions: Sequence[Sequence[Word]]
) -> tuple[Word, ...]:
    """The words with each caption's line before the line where its reading began, or at the end, lines counted anew."""
    waiting = dict(enumerate(captions))
    lines: list[Sequence[Word]] = []
    for _, group in groupby(zip(words, home, strict=True), key=lambda pair: pair[0].line):
        line = list(group)
        lines.extend(waiting.pop(at) for _, at in line if at in waiting)
        lines.append([word for word, at in line if at is None])
    lines.extend(waiting.values())
    kept = [line for line in lines if line]
    return tuple(word.model_copy(update={"line": number}) for number, line in enumerate(kept) for word in line)
