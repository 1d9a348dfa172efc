"""Which words of a page stay as they were read, whatever the language says: names, places, numbers and codes.

A name pulled to a more common word is worse than a missing mark, because nobody sees that it is wrong. So everything
that may be a name or a place is kept, at the price of some words that could have been mended.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.stages.language import vietnamese
from pipeline.stages.layout import COLUMN_GAP
from pipeline.stages.person_names import FAMILY_BEGINNINGS
from pipeline.vietnamese import fold
from schemas.text import PageText, Word

ONE_WORD = re.compile(r"([(\[\"'“‘«*–—-]*)([^\W\d_]+)([.,;:!?)\]\"'”’»*–—-]*)")
"""A word with its punctuation. Digits, other signs and signs inside do not match: `†ôi` lacks a letter, not a mark."""

_LEADS = frozenset({"ông", "bà", "anh", "chị", "cháu", "em", "cô", "chú", "bác", "chí"})
"""Words after which a capital begins a name."""
_PLACES = frozenset(
    {"phuong", "xa", "huyen", "quan", "tinh", "pho", "tran", "thon", "ap", "ban", "buon", "bon", "lang", "xom", "khom"}
    | {"sok", "plei", "khu", "to", "duong", "ngo", "ngach", "hem", "cho", "song", "ho", "nui", "cau", "kinh"}
)
"""Kinds of places, folded, after which a capital begins a place's name."""
_PLACES_IN_CAPITALS = frozenset({"phường", "xã", "huyện", "quận", "tỉnh", "phố", "trấn"})
_PLACE_PAIRS_IN_CAPITALS = frozenset({("thanh", "pho"), ("thi", "tran"), ("thi", "xa"), ("dac", "khu")})
_LONGEST_PLACE = 4
_LONGEST_NAME = 6
_LONG_RUN = 3
"""So many words with a capital in a row are a name: institutions and laws go on in small letters after one or two."""
_EVERYDAY_COUNT = 2500
"""Two words in capitals that are neighbours so often in official texts begin no name: `CHỦ TỊCH`, `VĂN PHÒNG`."""
_MIDDLE_NAMES = frozenset({"van", "thi"})
"""Folded; neighbours of family names so often that counts say nothing: `NGUYÊN VĂN`."""


def kept_as_read(page: PageText) -> list[set[int]]:
    """For each line of the page, the numbers of its words, from 0, that must not be changed."""
    kept: list[set[int]] = []
    goes_on = False
    for line in page.lines:
        kept.append(_kept_in(line.words, goes_on=goes_on))
        last = line.words[-1]
        named = len(line.words) - 1 in kept[-1] or _is_title(_core(last))
        goes_on = named and last.reading[-1].isalpha()
    return kept


def _kept_in(words: Sequence[Word], *, goes_on: bool) -> set[int]:
    """Of one line; `goes_on`: the line above it may have ended within a name."""
    kept = {i for i, word in enumerate(words) if not _is_plain(word)}
    kept.update(_values(words))
    for run in _runs(words):
        kept.update(_name_in(words, run))
        for i, number in enumerate(run):
            if i and _is_place_lead(words, number - 1):
                kept.update(run[i : i + _LONGEST_PLACE])
        lead = run[0] - 1
        if (lead < 0 and goes_on) or (lead >= 0 and (_is_lead(words[lead]) or _is_place_lead(words, lead))):
            kept.update(run[:_LONGEST_NAME])
    return kept


def _is_plain(word: Word) -> bool:
    found = ONE_WORD.fullmatch(word.reading)
    if found is None or len(found[2]) < 2:
        return False
    return found[2].islower() or found[2].isupper() or _is_title(found[2])


def _is_title(core: str) -> bool:
    return core[:1].isupper() and core[1:].islower()


def _core(word: Word) -> str:
    return word.reading.strip(" .,;:()[]\"'“”‘’-–—*_|")


def _runs(words: Sequence[Word]) -> Iterator[list[int]]:
    """Neighbours that begin with a capital, with no sign and no wide gap between them."""
    run: list[int] = []
    for i, word in enumerate(words):
        core = _core(word)
        ended = run and (
            words[i - 1].reading[-1] in ",;:.)" or apart(words[i - 1], word) or not word.reading[0].isalpha()
        )
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


def _name_in(words: Sequence[Word], run: Sequence[int]) -> Sequence[int]:
    """The part of a run of capitals that may be a name: in a run all in capitals it may begin anywhere."""
    cores = [_core(words[i]) for i in run]
    if all(core.isupper() for core in cores):
        start = next((i for i in range(len(run)) if _may_begin_name(cores, i)), len(run))
        return run[start : start + _LONGEST_NAME]
    at_end = run[0] == len(words) - 1
    if len(run) >= _LONG_RUN or (_is_family(cores[0]) and (len(run) > 1 or at_end)):
        return run
    return ()


def _is_family(core: str) -> bool:
    return fold(core) in FAMILY_BEGINNINGS or core == "Y" or core[1:2] in ("'", "’")


def _may_begin_name(cores: Sequence[str], i: int) -> bool:
    pairs = pairwise(cores[max(0, i - 1) : i + 2])
    return _is_family(cores[i]) and not any(_is_everyday(first, second) for first, second in pairs)


def _is_everyday(first: str, second: str) -> bool:
    together = vietnamese().most_together(fold(first), fold(second))
    return fold(second) not in _MIDDLE_NAMES and together >= _EVERYDAY_COUNT


def _is_lead(word: Word) -> bool:
    return _core(word).lower() in _LEADS and word.reading[-1] not in ",;."


def _is_place_lead(words: Sequence[Word], i: int) -> bool:
    """Whether word `i` is a kind of place. In capitals, where all is capital, the marks or the word before must fit."""
    core = _core(words[i])
    if words[i].reading[-1] in ",;.:":
        return False
    if len(core) > 1 and core.isupper():
        before = fold(_core(words[i - 1])) if i else ""
        following = fold(_core(words[i + 1])) if i + 1 < len(words) else ""
        return (
            core.lower() in _PLACES_IN_CAPITALS or (before, fold(core)) in _PLACE_PAIRS_IN_CAPITALS
        ) and following != "hoi"
    return fold(core) in _PLACES


def _values(words: Sequence[Word]) -> Iterator[int]:
    """Words with a capital after a colon: what stands in a form."""
    colon = next((i for i, word in enumerate(words) if word.reading.endswith(":")), len(words))
    return (i for i in range(colon + 1, len(words)) if _core(words[i])[:1].isupper())
