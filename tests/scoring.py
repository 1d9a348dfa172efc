"""How well papers were read, where the truth is known: of specimens, of retyped scans, or of any like them.

Truth is JSON beside a scan as `tests.specimens` writes it, or retyped lines in `gt/<scan>_p<page>.txt`; what was read
are the lines of `hoso ingest --json --text`. A word, a field or an owner counts only with all its marks.
"""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from schemas.ingest import IngestLineWithText

_T = TypeVar("_T")

_SHORTEST_LINE = 8
"""Shorter lines are found by chance in any text."""


@dataclass(frozen=True)
class PaperTruth:
    """What a scan says. `rotations` are degrees clockwise that set each page upright; `printed`: nothing by hand."""

    file: Path
    type: str
    fields: dict[str, str]
    personal_ids: frozenset[str]
    printed: bool
    rotations: tuple[int, ...]
    level: str
    """How the first page was scanned: clean, office, worn, phone, fax."""
    text: tuple[str, ...]


@dataclass(frozen=True)
class TextScore:
    """Shares 0..1: of the true words that were read, of the read words that are true, and of the true characters.

    Words are counted as a multiset, in any order. A line's characters are compared with the part of the text that is
    most like it.
    """

    recall: float
    precision: float
    characters: float


@dataclass(frozen=True)
class Figures:
    """How a pile of papers was read. Shares are 0..1; `_printed` leaves papers with handwriting out.

    `owner`: papers whose people are exactly the true owners. `wrong_owner`: papers filed for anybody else.
    `silent`: wrong values on papers that nobody is asked to review.
    """

    papers: int
    text_printed: TextScore
    type: float
    fields_printed: float
    silent: int
    owner_printed: float
    wrong_owner: int
    upright: float


def load_papers(folder: Path) -> list[PaperTruth]:
    """The truth of every scan in `folder` that has one, by name."""
    return [_paper_truth(file) for file in sorted(folder.glob("*.json"))]


def load_retyped(folder: Path) -> dict[Path, dict[int, tuple[str, ...]]]:
    """Scan to page to its retyped lines, of every scan in `folder` with pages in `gt`."""
    scans = sorted(folder.glob("*.pdf"))
    truth: dict[Path, dict[int, tuple[str, ...]]] = defaultdict(dict)
    for file in sorted((folder / "gt").glob("*_p*.txt")):
        found = re.match(r"(.+)_p(\d+)", file.name)
        assert found is not None
        scan = next(scan for scan in scans if scan.name.startswith(found[1]))
        lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
        truth[scan][int(found[2])] = tuple(line for line in lines if line)
    return dict(truth)


def score_text(lines: Sequence[str], text: str) -> TextScore:
    """How much of the true lines stands in what was read."""
    wanted, got = _words("\n".join(lines)), _words(text)
    hits = (wanted & got).total()
    flat = _flat(text)
    long = [flat_line for line in lines if len(flat_line := _flat(line)) >= _SHORTEST_LINE]
    errors = sum(_errors(line, flat) for line in long)
    return TextScore(
        recall=hits / max(1, wanted.total()),
        precision=hits / max(1, got.total()),
        characters=1 - errors / max(1, sum(map(len, long))),
    )


def score_retyped(
    truth: Mapping[Path, Mapping[int, Sequence[str]]], read: Iterable[IngestLineWithText]
) -> dict[tuple[Path, int], TextScore]:
    """The score of every retyped page; a page nobody answered for has read nothing."""
    texts: dict[tuple[Path, int], str] = {}
    for line in read:
        texts |= {(Path(line.source), page): text for page, text in _pages(line, line.page_texts)}
    return {
        (scan, page): score_text(lines, texts.get((scan, page), ""))
        for scan, pages in truth.items()
        for page, lines in pages.items()
    }


def score_papers(truths: Sequence[PaperTruth], read: Iterable[IngestLineWithText]) -> Figures:
    """All figures of a pile; a paper in several pieces is judged by its longest."""
    pieces: dict[Path, list[IngestLineWithText]] = defaultdict(list)
    for line in read:
        pieces[Path(line.source)].append(line)
    answers = {truth.file: pieces[truth.file] for truth in truths}
    printed = [truth for truth in truths if truth.printed]
    owned = [truth for truth in printed if truth.personal_ids]
    fields = [right for truth in printed for right in _fields_right(truth, answers[truth.file])]
    turned = [right for truth in truths for right in _pages_upright(truth, answers[truth.file])]
    return Figures(
        papers=len(truths),
        text_printed=mean_text([_text_score(truth, answers[truth.file]) for truth in printed]),
        type=_share([_longest(answers[truth.file]).type == truth.type for truth in truths]),
        fields_printed=_share(fields),
        silent=sum(_silent(truth, answers[truth.file]) for truth in truths),
        owner_printed=_share([_owners(answers[truth.file]) == truth.personal_ids for truth in owned]),
        wrong_owner=sum(_filed_for_another(truth, answers[truth.file]) for truth in truths),
        upright=_share(turned),
    )


def mean_text(scores: Sequence[TextScore]) -> TextScore:
    """The mean of scores, each page or paper weighing the same."""
    count = max(1, len(scores))
    return TextScore(
        recall=sum(score.recall for score in scores) / count,
        precision=sum(score.precision for score in scores) / count,
        characters=sum(score.characters for score in scores) / count,
    )


def _paper_truth(file: Path) -> PaperTruth:
    truth = json.loads(file.read_text(encoding="utf-8"))
    return PaperTruth(
        file=file.with_name(truth["file"]),
        type=truth["type"],
        fields=truth["fields"],
        personal_ids=frozenset(truth["personal_ids"]),
        printed=not truth["hand"],
        rotations=tuple(page["rotate"] for page in truth["pages"]),
        level=truth["pages"][0]["level"],
        text=tuple(truth["text"]),
    )


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _flat(text: str) -> str:
    return " ".join(_nfc(text).split())


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[\w/]+", _nfc(text)))


def _errors(line: str, text: str) -> int:
    at = fuzz.partial_ratio_alignment(line, text)
    part = text[at.dest_start : at.dest_end] if at else ""
    return min(len(line), Levenshtein.distance(line, part))


def _share(right: Sequence[bool]) -> float:
    return sum(right) / max(1, len(right))


def _pages(line: IngestLineWithText, values: Sequence[_T]) -> list[tuple[int, _T]]:
    return list(zip(line.source_pages, values, strict=True)) if values else []


def _longest(pieces: Sequence[IngestLineWithText]) -> IngestLineWithText:
    nothing = IngestLineWithText(source="", state="rejected")
    return max(pieces, key=lambda piece: len(piece.source_pages), default=nothing)


def _text_score(truth: PaperTruth, pieces: Sequence[IngestLineWithText]) -> TextScore:
    return score_text(truth.text, "\n".join(text for piece in pieces for text in piece.page_texts))


def same_value(name: str, wanted: str, value: str) -> bool:
    """Case, spaces, stops and commas do not matter, but in codes; areas are compared as numbers."""
    if name in {"qr", "mrz"}:
        return value.strip() == wanted.strip()
    if name == "area_m2":
        numbers = [re.match(r"\d+(?:[.,]\d+)?", text.strip()) for text in (wanted, value)]
        return len({float(number[0].replace(",", ".")) if number else None for number in numbers}) == 1
    plain = [re.sub(r"[\s.,]+", " ", _nfc(text)).strip().casefold() for text in (wanted, value)]
    return plain[0] == plain[1]


def _fields_right(truth: PaperTruth, pieces: Sequence[IngestLineWithText]) -> list[bool]:
    got = _longest(pieces).fields
    return [name in got and same_value(name, wanted, got[name].value) for name, wanted in truth.fields.items()]


def _silent(truth: PaperTruth, pieces: Sequence[IngestLineWithText]) -> int:
    line = _longest(pieces)
    if line.state != "filed":
        return 0
    read = {name: line.fields[name].value for name in truth.fields if name in line.fields}
    return sum(not same_value(name, truth.fields[name], value) for name, value in read.items())


def _pages_upright(truth: PaperTruth, pieces: Sequence[IngestLineWithText]) -> list[bool]:
    turned = dict(pair for piece in pieces for pair in _pages(piece, piece.rotations))
    return [turned.get(page) == wanted for page, wanted in enumerate(truth.rotations, 1)]


def _owners(pieces: Sequence[IngestLineWithText]) -> frozenset[str]:
    return frozenset(person.personal_id for person in _longest(pieces).people if person.personal_id)


def _filed_for_another(truth: PaperTruth, pieces: Sequence[IngestLineWithText]) -> bool:
    people = [person for piece in pieces for person in piece.people]
    return any(p.link == "filed" and p.personal_id and p.personal_id not in truth.personal_ids for p in people)
