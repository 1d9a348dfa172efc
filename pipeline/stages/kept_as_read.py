"""Which words of a page stay as they were read, whatever the language says: names, places, numbers and codes.

A name pulled to a more common word is worse than a missing mark, because nobody sees that it is wrong. So everything
that may be a name or a place is kept, at the price of some words that could have been mended.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.stages.language import vietnamese
from pipeline.stages.layout import COLUMN_GAP
from pipeline.stages.person_names import FAMILY_BEGINNINGS
from pipeline.vietnamese import fold
from schemas.text import Line, Word

ONE_WORD = re.compile(r"([(\[\"'“‘«*–—-]*)([^\W\d_]+)([.,;:!?)\]\"'”’»*–—-]*)")
"""A word with its punctuation. Digits, other signs and signs inside do not match: `†ôi` lacks a letter, not a mark."""

_LEADS = frozenset("ông bà anh chị cháu em cô chú bác".split())
"""Words after which a capital begins a name."""
_PLACES = frozenset(
    "phuong xa huyen quan tinh pho tran thon ap ban buon bon lang xom khom sok plei khu to duong ngo ngach hem hat"
    " cho song ho nui cau kinh".split()
)
"""Kinds of places, folded, after which a capital begins a place's name."""
_PLACES_IN_CAPITALS = frozenset("phường xã huyện quận tỉnh phố trấn".split())
_PLACE_PAIRS_IN_CAPITALS = frozenset({("thanh", "pho"), ("thi", "tran"), ("thi", "xa"), ("dac", "khu")})
_LONGEST_PLACE = 4
_LONGEST_NAME = 6
_LONG_RUN = 3
"""So many words with a capital in a row are a name: institutions and laws go on in small letters after one or two."""
_EVERYDAY_COUNT = 2500
"""Two words in capitals that are neighbours so often in official texts begin no name: `CHỦ TỊCH`, `VĂN PHÒNG`."""
_MIDDLE_NAMES = frozenset({"van", "thi"})
"""Folded; neighbours of family names so often that counts say nothing: `NGUYÊN VĂN`."""


def kept_as_read(line: Line, before: Line | None) -> set[int]:
    """Numbers of the words of the line, from 0, that must not be changed.

    Args:
        line: the words.
        before: the line above it in reading order, from which a name may run on.
    """
    words = line.words
    kept = {i for i, word in enumerate(words) if not _is_plain(word)}
    for run in _runs(words):
        if _is_name(words, run):
            kept.update(run)
        for i, number in enumerate(run):
            if i and _is_place_lead(words, number - 1):
                kept.update(run[i : i + _LONGEST_PLACE])
        lead = run[0] - 1
        if lead >= 0 and (_is_lead(words[lead]) or _is_place_lead(words, lead)):
            kept.update(run)
        if lead < 0 and before is not None and _runs_on(before.words[-1]):
            kept.update(run)
    kept.update(_values(words))
    return kept


def _is_plain(word: Word) -> bool:
    found = ONE_WORD.fullmatch(word.text)
    if found is None or len(found[2]) < 2:
        return False
    return found[2].islower() or found[2].isupper() or _is_title(found[2])


def _is_title(core: str) -> bool:
    return core[:1].isupper() and core[1:].islower()


def _core(word: Word) -> str:
    return word.text.strip(" .,;:()[]\"'“”‘’-–—*_|")


def _runs(words: Sequence[Word]) -> Iterator[list[int]]:
    """Neighbours that begin with a capital, with no sign and no wide gap between them."""
    run: list[int] = []
    for i, word in enumerate(words):
        core = _core(word)
        ended = run and (words[i - 1].text[-1] in ",;:.)" or apart(words[i - 1], word) or not word.text[0].isalpha())
        if run and (ended or not core[:1].isupper()):
            yield run
            run = []
        if core[:1].isupper():
            run.append(i)
    if run:
        yield run


def apart(left: Word, right: Word) -> bool:
    """Whether a wide gap sets two words of a line in different columns."""
    return right.box.left - left.box.right > COLUMN_GAP * max(1.0, right.box.height)


def _is_name(words: Sequence[Word], run: Sequence[int]) -> bool:
    cores = [_core(words[i]) for i in run]
    capitals = all(core.isupper() for core in cores)
    if not 2 <= len(run) <= _LONGEST_NAME:
        return len(run) > 1 and not capitals
    family = fold(cores[0]) in FAMILY_BEGINNINGS or cores[0] == "Y" or cores[0][1:2] in tuple("'’")
    if capitals:
        return family and not _is_everyday(cores[0], cores[1])
    return family or len(run) >= _LONG_RUN


def _is_everyday(first: str, second: str) -> bool:
    together = vietnamese().most_together(fold(first), fold(second))
    return fold(second) not in _MIDDLE_NAMES and together >= _EVERYDAY_COUNT


def _runs_on(last: Word) -> bool:
    """Whether the last word of a line may be the beginning of a name: with a capital, and no sign after it."""
    return _is_title(_core(last)) and last.text[-1].isalpha()


def _is_lead(word: Word) -> bool:
    return _core(word).lower() in _LEADS and word.text[-1] not in ",;."


def _is_place_lead(words: Sequence[Word], i: int) -> bool:
    """Whether word `i` is a kind of place. In capitals, where all is capital, the marks or the word before must fit."""
    core = _core(words[i])
    if words[i].text[-1] in ",;.:":
        return False
    if len(core) > 1 and core.isupper():
        before = fold(_core(words[i - 1])) if i else ""
        following = fold(_core(words[i + 1])) if i + 1 < len(words) else ""
        return (core.lower() in _PLACES_IN_CAPITALS or (before, fold(core)) in _PLACE_PAIRS_IN_CAPITALS) and following != "hoi"
    return fold(core) in _PLACES


def _values(words: Sequence[Word]) -> Iterator[int]:
    """Words with a capital after a colon: what stands in a form."""
    colon = next((i for i, word in enumerate(words) if word.text.endswith(":")), len(words))
    return (i for i in range(colon + 1, len(words)) if _core(words[i])[:1].isupper())
