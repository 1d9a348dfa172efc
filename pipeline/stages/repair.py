"""Step 4b: mend what engines most often get wrong in Vietnamese print: marks, and digits read as letters.

Words that differ only in marks compete for each place; what they say together (language.py) is weighed against what the
engine read. Names, places, numbers and codes take part as they are (kept_as_read.py). A repaired word keeps its reading
and its confidence, and values of fields are taken from readings (layout.py): no repair makes a paper look surer.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from pipeline.stages.kept_as_read import ONE_WORD, apart, kept_as_read
from pipeline.stages.language import Logs, Numbers, vietnamese
from pipeline.vietnamese import fold, nfc
from schemas.text import PageText, Word

_SURE = 0.975
"""Words read with at least this confidence are never changed. Wrong marks were as sure as 0.96 on real scans."""
_PRICE = 3.0
"""What a changed mark costs at confidence 0, in natural logarithms of probability: one in twenty words.

This, the next two and the weights in language.py mend as much as they can of 74 scans (16,900 words, 180 with wrong
marks) without changing a right word there; lower prices mend hardly more and change some. Of 7,400 words of other state
papers they changed one that was right.
"""
_PRICE_OF_CONFIDENCE = 6.0
"""What confidence 1 adds to the price of a changed mark."""
_STACKED = 0.6
"""Share of the price where a hat and a tone should stand on one letter: `quyêt` for `quyết`, `PHÓ` for `PHỐ`.

Of 124 words with wrong marks on real scans 109 are of this kind.
"""
_HATS = frozenset("\u0302\u0306\u031b")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_NEARLY_NUMBER = re.compile(r"(?:[Il|]\d|\d[Il|])[.,;:)]*")
"""One digit and a letter that looks like 1. In longer ones, as in `27I05`, the letter may be a slash."""
_ONES = str.maketrans("Il|", "111")
_BEFORE_NUMBERS = frozenset({"ngay", "thang", "dieu", "khoan"})
"""Words, folded, that a number follows."""


@dataclass(frozen=True)
class _Place:
    """A place in a run of words: the spellings that compete for it, the one read first, and what each costs."""

    index: int
    spellings: tuple[str, ...]
    numbers: Numbers
    prices: Logs


def repair(page: PageText) -> PageText:
    """The page with its words mended; the same page where there is nothing to mend.

    Args:
        page: as recognised.

    Returns:
        As many words in the same boxes. A changed one has its original in `read_as` and the reason in `repair`.
        A digit is never changed; a letter becomes one only in `I1` and its like after a day, month, article or clause.
    """
    words = list(page.words)
    for places in _runs(page):
        for place, chosen in zip(places, _best(places), strict=True):
            if chosen:
                words[place.index] = _mended(words[place.index], place.spellings[chosen])
    for i, (before, word) in enumerate(pairwise(page.words), 1):
        words[i] = _with_digits(before, word) or words[i]
    return page if words == list(page.words) else page.with_words(words)


def _runs(page: PageText) -> Iterator[list[_Place]]:
    """Words that follow each other without a sign or a number between them, over the ends of lines too."""
    run: list[_Place] = []
    index = 0
    for line, kept in zip(page.lines, kept_as_read(page), strict=True):
        for i, word in enumerate(line.words):
            found = ONE_WORD.fullmatch(word.text)
            if run and (found is None or found[1] or (i and apart(line.words[i - 1], word))):
                yield run
                run = []
            if found is not None:
                run.append(_place(index, word, found[2], changeable=i not in kept and word.read_as is None))
                if found[3]:
                    yield run
                    run = []
            index += 1
    if run:
        yield run


def _place(index: int, word: Word, core: str, *, changeable: bool) -> _Place:
    read = nfc(core.lower())
    language = vietnamese()
    others = language.differing_in_marks(read) if changeable and word.confidence < _SURE else []
    spellings = (read, *others)
    return _Place(
        index,
        spellings,
        np.array([language.number(spelling) for spelling in spellings]),
        np.array([_marks(read, spelling) * _price(word.confidence) for spelling in spellings]),
    )


def _price(confidence: float) -> float:
    return _PRICE + _PRICE_OF_CONFIDENCE * confidence


def _best(places: Sequence[_Place]) -> list[int]:
    """Which spelling of each place makes the run most probable (Viterbi)."""
    language = vietnamese()
    scores = language.log_alone(places[0].numbers) - places[0].prices
    ways: list[Numbers] = []
    for before, place in pairwise(places):
        reached = scores[:, None] + language.log_after(before.numbers, place.numbers)
        ways.append(reached.argmax(axis=0))
        scores = reached.max(axis=0) - place.prices
    chosen = [int(scores.argmax())]
    for way in reversed(ways):
        chosen.append(int(way[chosen[-1]]))
    return chosen[::-1]


@lru_cache(maxsize=1 << 16)
def _marks(read: str, spelling: str) -> float:
    """How many marks two words of the same letters differ in, by what each costs."""
    return sum(_letter_price(one, other) for one, other in zip(read, spelling, strict=True) if one != other)


def _letter_price(read: str, meant: str) -> float:
    one, other = (unicodedata.normalize("NFD", letter) for letter in (read, meant))
    if one[0] != other[0]:
        return 2.0  # d and đ, whose stroke no engine loses lightly
    hats = [{c for c in letter if c in _HATS} for letter in (one, other)]
    tones = [{c for c in letter if c in _TONES} for letter in (one, other)]
    price = float((hats[0] != hats[1]) + (tones[0] != tones[1]))
    return price * _STACKED if hats[1] and tones[1] else price


def _mended(word: Word, spelling: str) -> Word:
    read = word.text
    shown = spelling.upper() if read.isupper() else spelling if read.islower() else spelling.capitalize()
    return word.model_copy(
        update={"text": ONE_WORD.sub(rf"\g<1>{shown}\g<3>", read), "read_as": read, "repair": "marks"}
    )


def _with_digits(before: Word, word: Word) -> Word | None:
    if not _NEARLY_NUMBER.fullmatch(word.text) or fold(before.reading) not in _BEFORE_NUMBERS:
        return None
    return word.model_copy(update={"text": word.text.translate(_ONES), "read_as": word.text, "repair": "digits"})
