"""Which words of a page were read right, where it is known what the page says."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.stages.kept_as_read import apart
from schemas.text import PageText, Word

_EDGE_SIGNS = " .,;:()[]{}\"'“”‘’«»–—-_|*~`…!?"
_ALIKE = 50.0
"""Percent of letters that a cell has in common with its place in the truth, at least."""
_SHORTEST = 3


def right_words(page: PageText, truth: Sequence[str]) -> list[bool | None]:
    """For each word whether it stands in the truth as it was read, marks and case included; signs at its ends not.

    Cells of the page are laid on the most alike part of the truth, the longest first; what finds no place there may
    still stand elsewhere, each true word once.

    Returns:
        None for tokens without a letter or digit: nothing is claimed of them.
    """
    text = unicodedata.normalize("NFC", " ".join(" ".join(truth).split()))
    places = [(match.start(), match.end()) for match in re.finditer(r"\S+", text)]
    true = [_core(text[start:end]) for start, end in places]
    used = [False] * len(true)
    number = {id(word): i for i, word in enumerate(page.words)}
    right: list[bool | None] = [False if _says_something(word) else None for word in page.words]
    for cell in sorted(_cells(page), key=lambda cell: -sum(len(word.text) for word in cell)):
        first, last = _place(" ".join(word.text for word in cell), text, places)
        for i, k in _equal([_core(word.text) for word in cell], true[first:last]):
            if not used[first + k] and right[number[id(cell[i])]] is not None:
                right[number[id(cell[i])]] = used[first + k] = True
    left = Counter(word for word, taken in zip(true, used, strict=True) if not taken)
    for i, word in enumerate(page.words):
        if right[i] is False and left[_core(word.text)] > 0:
            left[_core(word.text)] -= 1
            right[i] = True
    return right


def _core(word: str) -> str:
    return unicodedata.normalize("NFC", word).strip(_EDGE_SIGNS)


def _says_something(word: Word) -> bool:
    return any(c.isalnum() for c in _core(word.text))


def _cells(page: PageText) -> Iterator[list[Word]]:
    for line in page.lines:
        cell = [line.words[0]]
        for word in line.words[1:]:
            if apart(cell[-1], word):
                yield cell
                cell = []
            cell.append(word)
        yield cell


def _place(cell: str, text: str, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The numbers of the true words, end exclusive, among which the cell lies; nothing where it is like none."""
    found = fuzz.partial_ratio_alignment(cell, text) if _SHORTEST <= len(cell) < len(text) else None
    if found is None or found.score < _ALIKE:
        return 0, 0
    touched = [i for i, (start, end) in enumerate(places) if end > found.dest_start and start < found.dest_end]
    return (max(0, touched[0] - 1), touched[-1] + 2) if touched else (0, 0)


def _equal(read: Sequence[str], true: Sequence[str]) -> Iterator[tuple[int, int]]:
    for step in Levenshtein.opcodes(read, true):
        if step.tag == "equal":
            yield from zip(range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=True)
