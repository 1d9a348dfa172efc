"""Whether two names are one: as written, but for marks, or but for one letter that was read wrongly."""

from collections.abc import Iterable
from typing import Literal

from rapidfuzz.distance import Levenshtein

from pipeline.vietnamese import fold, nfc, place_tone

Likeness = Literal["same", "unmarked", "near", "different"]
_CLOSEST: tuple[Likeness, ...] = ("same", "unmarked", "near", "different")
_LIKE_ORGANISATION = 0.9
"""An organisation's long name is one although a few letters differ: its tax code says which it is."""


def folded_name(name: str) -> str:
    """The key by which names are looked up: small letters without marks, single spaces."""
    return " ".join(fold(name).split())


def likeness(read: str, known: str, *, organisation: bool = False) -> Likeness:
    """How like two names are.

    Args:
        read: as read from a paper.
        known: as the register has it.
        organisation: more than one letter may differ.

    Returns:
        `same`: but for case, spaces and where the tone stands; `unmarked`: one of them is written without any marks;
        `near`: other marks, or one letter more, less or another with the same marks; else `different`.

    """
    one, other = _marked(read), _marked(known)
    if one == other:
        return "same"
    bare_one, bare_other = folded_name(read), folded_name(known)
    unmarked = bare_one == one or bare_other == other
    if bare_one == bare_other:
        return "unmarked" if unmarked else "near"
    if organisation:
        return "near" if Levenshtein.normalized_similarity(bare_one, bare_other) >= _LIKE_ORGANISATION else "different"
    compared = (bare_one, bare_other) if unmarked else (one, other)
    return "near" if Levenshtein.distance(*compared, score_cutoff=1) <= 1 else "different"


def closest(read: str, known: Iterable[str], *, organisation: bool = False) -> Likeness:
    """How like the name is to the one it is most like; `different` where there is none."""
    found = (likeness(read, name, organisation=organisation) for name in known)
    return min(found, key=_CLOSEST.index, default="different")


def _marked(name: str) -> str:
    return " ".join(place_tone(word) for word in nfc(name).lower().split())
