"""Whether two papers on file are scans of one paper, and which of several scans is the best.

Key fields decide and veto: certificates of brothers and sisters are 97 % alike in their words and are different papers.
A register extract has a number and a date of its own and so is a paper of its own; a certified copy carries those of
its original and is a rendition of it, with another kind of copy.
"""

from collections.abc import Iterable
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.stages.layout import letters
from schemas.base import Value
from schemas.catalog import DocumentType
from schemas.dossier import Field, Paper
from schemas.people import PersonOnPaper

_NOT_COMPARED = ("text", "address", "qr", "mrz", "phone")
"""Kinds that are read too freely to part or join papers."""
_NUMBERS = ("document_number", "serial")
_OFFICES_ALIKE, _OFFICES_APART = 85.0, 60.0
_MISREAD = 0.7
"""From this likeness on two values, one of them in doubt, may be one: a sign or two of a date or number is misread."""
_TEXTS_APART = 0.5
"""Under this likeness of their words two scans are not taken for one paper, not even as a question."""
_COPY_ORDER = ("original", "register_extract", "certified_copy", None, "photocopy")


class Likeness(Value):
    """What comparing two papers gave; `agree` and `differ` name the fields that decided."""

    verdict: Literal["same", "different", "ask"]
    agree: tuple[str, ...] = ()
    differ: tuple[str, ...] = ()


def same_key(paper: Paper) -> str | None:
    """Under which scans of one paper are found: its type, number and date of issue; None without both."""
    number = next((paper.fields[name].value for name in _NUMBERS if name in paper.fields), None)
    issued = paper.fields.get("issue_date")
    return f"{paper.type}|{letters(number)}|{issued.value}" if number and issued else None


def compare_papers(first: Paper, second: Paper, kind: DocumentType, alike: float | None = None) -> Likeness:
    """Whether two papers of type `kind` are one.

    Args:
        first: one of them.
        second: the other.
        kind: the type; papers of two types are different ones.
        alike: likeness of their words, 0..1, where both are kept. It can only speak against.

    Returns:
        `same` only when number, date of issue and owners agree, and everything else that was read of both, all of it
        without doubt; `different` when a value read surely on both differs or too little agrees; else `ask`.

    """
    if first.type != second.type or first.type != kind.id:
        return Likeness(verdict="different")
    found = [_compare_field(rule.name, rule.kind, first, second) for rule in kind.fields]
    agree = tuple(name for name, said in found if said == "agree")
    differ = tuple(name for name, said in found if said == "differ")
    owners = _compare_owners(first, second)
    if differ or owners == "differ" or (alike is not None and alike < _TEXTS_APART):
        return Likeness(verdict="different", agree=agree, differ=differ)
    doubted = any(said in ("doubt", "far") for _, said in found) or owners != "agree"
    numbered = any(rule.name in agree for rule in kind.fields if rule.kind in _NUMBERS)
    dated = "issue_date" in agree
    if numbered and dated and not doubted:
        return Likeness(verdict="same", agree=agree)
    near = {name for name, said in found if said in ("agree", "doubt")}
    keys = any(rule.name in near for rule in kind.fields if rule.kind in _NUMBERS) + ("issue_date" in near)
    ask = keys == 2 or (owners == "agree" and keys > 0)
    return Likeness(verdict="ask" if ask else "different", agree=agree)


def better_first(renditions: Iterable[Paper]) -> list[Paper]:
    """Scans of one paper, the one that counts first.

    A confirmed one goes before others, since a counter may rely on it; then the kind of copy, then one that asks
    nothing, then the better read (its worst page), then the newer.
    """
    return sorted(
        renditions,
        key=lambda paper: (
            paper.confirmed_at is None,
            _COPY_ORDER.index(paper.copy_kind),
            paper.state != "filed",
            -min((page.grade or 0.0 for page in paper.grades), default=0.0),
            -paper.filed_at.timestamp(),
            paper.document_id,
        ),
    )


def _compare_field(name: str, kind: str, first: Paper, second: Paper) -> tuple[str, str]:
    """How a field compares: `agree` and `differ` were read surely on both; `doubt`: they may be one value; `far`: one
    would have to be badly misread; `absent`: not on both, or not compared.
    """
    one, other = first.fields.get(name), second.fields.get(name)
    if one is None or other is None or kind in _NOT_COMPARED:
        return name, "absent"
    sure = not (one.needs_review or other.needs_review)
    if kind == "organisation":
        alike = fuzz.partial_ratio(letters(one.value), letters(other.value))
        said = "agree" if alike >= _OFFICES_ALIKE else "differ" if alike < _OFFICES_APART else "doubt"
    else:
        said = "agree" if _same_value(kind, one, other) else "differ"
    if sure or said == "doubt":
        return name, said
    close = Levenshtein.normalized_similarity(letters(one.value), letters(other.value)) >= _MISREAD
    return name, "doubt" if close else "far"


def _same_value(kind: str, one: Field, other: Field) -> bool:
    if kind == "date":  # a year alone agrees with a date of that year
        return one.value.startswith(other.value) or other.value.startswith(one.value)
    return letters(one.value) == letters(other.value)


def _compare_owners(first: Paper, second: Paper) -> str:
    """Whether they are the same people in the same roles; `doubt` where one is not certain on both."""
    ours, theirs = ({person.role: person for person in paper.people} for paper in (first, second))
    if not ours or ours.keys() != theirs.keys():
        return "doubt"
    said = {_compare_person(ours[role], theirs[role]) for role in ours}
    return "differ" if "differ" in said else "doubt" if "doubt" in said else "agree"


def _compare_person(one: PersonOnPaper, other: PersonOnPaper) -> str:
    if one.link != "filed" or other.link != "filed":
        return "doubt"
    if one.number and other.number:
        return "agree" if one.number == other.number else "differ"
    return "doubt"
