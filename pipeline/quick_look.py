"""A quick look at pages as they are handed in: a verdict in a second, while scanner and citizen are still there.

The full reading and a person decide what a paper is. A quick look speaks up only where there is no doubt, so what it
cannot tell is `good`.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from pipeline.errors import NotFound, ScanRejected
from pipeline.page_quality import LookVerdict
from pipeline.pages import PageLook, ScanFile
from pipeline.ports import Parsers
from pipeline.stages.card_sides import CardSides, find_card
from pipeline.stages.classify import OTHER, Classification, classify
from pipeline.stages.copy_kind import read_copy_kind
from pipeline.stages.page_marks import PageMarks, mark_pages
from pipeline.stages.titles import OPEN
from schemas.base import Value
from schemas.catalog import Catalogue, DocumentType, Procedure
from schemas.text import PageText

_WORTH_TELLING = 0.6
"""Under this confidence a type is no guess worth showing."""
_MOST_WORDS_OF_A_SIDE = 120
"""One side of a card has up to 90, and a seal or a guilloche may be read as some more."""
_MOST_MISREAD_DIGITS = 2
"""Of a number that is printed only; those of codes and machine-readable zones are right."""
_CARD = "citizen_id_card"
_BESIDE_EVERY_LIST = frozenset(
    {
        _CARD, "passport", "authorization_letter",
        "cover_sheet", "receipt_slip", "supplement_request", "refusal_slip", "extension_letter", "stop_notice",
        "control_slip", "dossier_register",
    }
)  # fmt: skip
"""Papers that go with any dossier: who asks and by what right, and the slips of TT 03/2025/TT-VPCP, Phụ lục I."""
_LACKS_NOTHING_ELSE: frozenset[LookVerdict] = frozenset({"good", "low_resolution", "photo"})


class QuickLook(Value):
    """What a quick look tells of page `page` (1-based) of a file.

    `type` is the best guess, None without one; `type_certain` tells whether it needs no person. `size_mm` (width,
    height) is that of the upright page, taking a file that names no resolution for A4; None where the page cannot be
    opened. `card`: the sides of an identity card on the page. It holds a citizen's number: for memory alone.
    """

    page: int
    verdict: LookVerdict
    type: str | None = None
    type_certain: bool = False
    size_mm: tuple[int, int] | None = None
    card: CardSides | None = None
    may_hide_a_side: bool = False
    """Whether a side of a card might lie here without having been made out."""


def look_at_file(
    scan: ScanFile, procedure_id: str | None, parsers: Parsers, catalogue: Catalogue, thumbnails: Path | None
) -> Iterator[QuickLook]:
    """Take a quick look at every page of a file that has just arrived.

    Args:
        scan: the file.
        procedure_id: an id of the catalogue: what the papers are for; None while nobody has said so.
        parsers: where files are opened and pages read.
        catalogue: the types of papers and the procedures.
        thumbnails: a private folder, where `<page>.jpg` is a small picture of each page that could be opened and bears
            no secrecy mark; the caller removes it. None for no pictures.

    Returns:
        The looks in the order of the pages, each as soon as it and those before it are done.

    Raises:
        NotFound: no_such_procedure.
        ScanRejected: encrypted, damaged, no_pages, too_many_pages, page_too_large: nothing of the file can be seen. A
            page that cannot be opened is a verdict, not an error.
    """
    if procedure_id is not None and procedure_id not in catalogue.procedures:
        raise NotFound("no_such_procedure", procedure_id)
    procedure = catalogue.procedures[procedure_id] if procedure_id is not None else None
    pages = parsers.count_pages(scan)
    look = partial(_look, scan, parsers=parsers, judge=_Judge(catalogue, procedure), thumbnails=thumbnails)
    return _side_by_side(look, pages, parsers.side_by_side)


def with_missing_backs(looks: Sequence[QuickLook]) -> tuple[QuickLook, ...]:
    """The looks with the verdict `back_side_missing` where an identity card shows its front, and its back is nowhere.

    While another page may turn out to be the back, since its number or all of it was not made out, nothing is missing.
    The back may also come later: give the looks as they were taken, each time one more is there.

    Args:
        looks: at all pages that are handed in together, in any order.
    """
    return tuple(
        look.model_copy(update={"verdict": "back_side_missing"}) if _lacks_back(look, looks) else look for look in looks
    )


def _side_by_side(look: "partial[QuickLook]", pages: int, most: int) -> Iterator[QuickLook]:
    with ThreadPoolExecutor(most) as threads:
        yield from threads.map(look, range(1, pages + 1))


def _look(scan: ScanFile, page: int, *, parsers: Parsers, judge: "_Judge", thumbnails: Path | None) -> QuickLook:
    thumbnail = thumbnails / f"{page}.jpg" if thumbnails is not None else None
    try:
        seen = parsers.look(scan, page, thumbnail)
    except ScanRejected:
        _drop(thumbnail)
        return QuickLook(page=page, verdict="unreadable", may_hide_a_side=True)
    look = judge.look(page, seen)
    if look.verdict == "secret":
        _drop(thumbnail)
    return look


def _drop(thumbnail: Path | None) -> None:
    if thumbnail is not None:
        thumbnail.unlink(missing_ok=True)


class _Judge:
    """What a page that was seen means for a procedure."""

    def __init__(self, catalogue: Catalogue, procedure: Procedure | None) -> None:
        self._types = catalogue.types
        self._procedure = procedure
        self._accepted = _accepted(procedure) if procedure is not None and procedure.verified else None

    def look(self, page: int, seen: PageLook) -> QuickLook:
        found, card = classify([seen.text], self._types), find_card(seen.text)
        told = found.type != OTHER and found.confidence >= _WORTH_TELLING
        return QuickLook(
            page=page,
            verdict=self._verdict(found, seen),
            type=found.type if told else None,
            type_certain=found.certain,
            size_mm=_size_mm(seen.text),
            card=card,
            may_hide_a_side=card is None and not found.certain and _may_hide_a_side(seen),
        )

    def _verdict(self, found: Classification, seen: PageLook) -> LookVerdict:
        if found.certain:
            kind = self._types[found.type]
            if kind.keeping.rule == "secret_stop":
                return "secret"
            if self._is_foreign(kind, seen.text):
                return "not_of_this_procedure"
            if seen.verdict in _LACKS_NOTHING_ELSE and self._is_wrong_copy(kind, seen.text):
                return "wrong_copy"
        return seen.verdict

    def _is_foreign(self, kind: DocumentType, text: PageText) -> bool:
        """Whether the page begins a paper that the procedure's list, if that was verified, does not name.

        Papers of which only the genre is known (a decision, a report, `ĐƠN …`) may prove anything.
        """
        if not self._accepted or kind.id in self._accepted or kind.is_administrative or _is_open(kind):
            return False
        (marks,) = mark_pages([text], self._types)
        return marks is not None and _begins(marks, kind)

    def _is_wrong_copy(self, kind: DocumentType, text: PageText) -> bool:
        """Whether the paper says that it is a copy of a kind that no row of the procedure takes it as."""
        if self._procedure is None or not self._accepted or kind.id in self._procedure.results:
            return False
        rows = [row for row in self._procedure.papers if kind.id in row.any_of]
        read = read_copy_kind([text]) if rows and all(row.verified for row in rows) else None
        return read is not None and not any(read.kind in row.copy_kinds for row in rows)


def _accepted(procedure: Procedure) -> frozenset[str]:
    """The types that have a place in a dossier of the procedure, whatever the day and the case; none: any has."""
    listed = {type_id for row in procedure.papers for type_id in row.any_of}
    if not listed or OTHER in listed:
        return frozenset()
    return frozenset({*listed, *procedure.results, *_BESIDE_EVERY_LIST})


def _is_open(kind: DocumentType) -> bool:
    return any(title.endswith(OPEN) for title in (kind.title.printed, *kind.title.variants))


def _begins(marks: PageMarks, kind: DocumentType) -> bool:
    """Whether a paper of this type begins on the page: by its own title, and not as part of another paper."""
    titled = marks.heading is not None and marks.heading.type == kind.id
    return titled and marks.belongs_to_another is None and marks.issued_with is None


def _size_mm(text: PageText) -> tuple[int, int]:
    width, height = (round(side * 25.4 / text.dpi) for side in (text.width_px, text.height_px))
    return width, height


def _may_hide_a_side(seen: PageLook) -> bool:
    if seen.verdict == "blank":
        return False
    return seen.verdict in ("blurred", "too_dark") or len(seen.text.words) <= _MOST_WORDS_OF_A_SIDE


def _lacks_back(look: QuickLook, looks: Sequence[QuickLook]) -> bool:
    """Only an identity card for certain: passports and driving licences have the same labels as its front."""
    if look.card is None or not look.type_certain or look.type != _CARD or look.verdict not in _LACKS_NOTHING_ELSE:
        return False
    if look.card.sides != {"front"}:
        return False
    return not any(_may_be_back(other, look.card) for other in looks if other is not look)


def _may_be_back(other: QuickLook, front: CardSides) -> bool:
    if other.may_hide_a_side:
        return True
    if other.card is None or "back" not in other.card.sides:
        return False
    pairs = [(mine, its) for mine in front.numbers for its in other.card.numbers]
    return not pairs or any(Levenshtein.distance(mine, its) <= _MOST_MISREAD_DIGITS for mine, its in pairs)
