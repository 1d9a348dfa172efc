"""Steps 2 to 9: files in, pages as they are done, papers with their PDFs out. No storage, no clock."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.errors import ScanRejected
from pipeline.pages import ReadPage, ScanFile
from pipeline.ports import Parsers
from pipeline.stages.assemble import Piece, assemble
from pipeline.stages.classify import Classification
from pipeline.stages.confidence import grade
from pipeline.stages.copy_kind import read_copy_kind
from pipeline.stages.extract import extract
from pipeline.stages.field_values import find_dossier_code
from pipeline.stages.identify import Identification, bear_out, identify
from pipeline.stages.learnt import ask_sooner
from pipeline.stages.questions import CARD, CUT
from pipeline.stages.settle import Settled, settle
from pipeline.table_ports import People
from schemas.catalog import Catalogue, DocumentType
from schemas.dossier import CopyKindRead, Cut, Field, Issue, PageGrade, Paper, RepairedWord
from schemas.signing import FoundSignature
from schemas.text import Box, PageText

RECEIPT = "receipt_slip"
"""The type of the official receipt of a dossier (TT 03/2025/TT-VPCP, Mẫu số 01)."""
ACTIVE = "active_content"
"""Code of an issue of a paper whose original could act where it is opened. Nobody is asked: the copy does nothing."""
_DIED = "unreadable"
"""Code of a page whose parser died or took too long: it may have been in want of what others used just then."""

PageOrLoss = ReadPage | ScanRejected
"""What became of a page: it was read, or it is lost, and why."""


@dataclass(frozen=True)
class Scan:
    """What is to be digitised together: files in a private folder, and who handed them in for which office."""

    files: tuple[ScanFile, ...]
    office_id: str
    handed_in_by: str | None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """The confidence under which each kind of field asks in this office, besides what hoso asks by itself."""
    page_counts: tuple[int, ...] | None = None
    """How many pages each file has, where they have been counted."""
    read: Mapping[int, PageOrLoss] = field(default_factory=dict)
    """Pages that were read before, by their number in the submission."""


@dataclass(frozen=True)
class KnownPaper:
    """The pages of a paper, counted over the submission from 1, and what it is."""

    pages: tuple[int, ...]
    classification: Classification


@dataclass(frozen=True)
class PagesDone:
    """Progress: how many pages have been read, of how many."""

    done: int
    total: int


@dataclass(frozen=True)
class DigitisedPaper:
    """One paper: what it is, what it says, whose it is, and its searchable copy.

    `copy` is None where no picture may be kept, where a page is lost and the copy would not be whole, or where the copy
    did not prove to look like its pages. `dossier_code` is that of the cover sheet or receipt that lies before the
    paper or is the paper; None without one.
    """

    classification: Classification
    document_type: DocumentType
    fields: dict[str, Field]
    identification: Identification
    settled: Settled
    cuts: tuple[Cut, ...]
    dossier_code: str | None
    pages: tuple[int, ...]
    pages_by_file: tuple[tuple[int, ...], ...]
    rotations: tuple[int, ...]
    grades: tuple[PageGrade, ...]
    repairs: tuple[RepairedWord, ...]
    texts: tuple[str, ...]
    issues: tuple[Issue, ...]
    copy: Path | None
    copy_kind: CopyKindRead | None
    signatures: tuple[FoundSignature, ...] = ()


def digitise(
    scan: Scan,
    parsers: Parsers,
    people: People,
    catalogue: Catalogue,
    folder: Path,
    cuts: tuple[int, ...] | None = None,
) -> Generator[PagesDone | DigitisedPaper, None, None]:
    """Digitise files that were handed in together.

    Args:
        scan: the files.
        parsers: where files are opened and pages read.
        people: the register of citizens.
        catalogue: the types of papers.
        folder: a private folder for page pictures and PDFs; the caller removes it.
        cuts: the pages on which papers begin, where a person has said so.

    Yields:
        `PagesDone` after each page, then each paper in order.

    Raises:
        ScanRejected: a file cannot be opened, or none of its pages.
    """
    places = places_of(scan.files, scan.page_counts or count_pages(scan.files, parsers))
    outcomes = dict(scan.read)
    yield PagesDone(len(outcomes), len(places))
    unread = {number: place for number, place in enumerate(places, 1) if number not in outcomes}
    with closing(read_pages(unread, parsers, folder)) as reading:
        for number, outcome in reading:
            outcomes[number] = outcome
            yield PagesDone(len(outcomes), len(places))
    pages, world = _without_lost(outcomes), _world(scan, parsers, people, catalogue, folder)
    file_starts = [number for number, (_, page) in enumerate(places, 1) if page == 1]
    dossier_code: str | None = None
    for piece in assemble(_texts(pages, len(places)), catalogue.types, cuts, file_starts):
        paper = _understand(piece, pages, places, world)
        dossier_code = _told_code(piece, paper) or dossier_code
        yield replace(paper, dossier_code=dossier_code)


def originals_may_act(paper: Paper) -> bool:
    """Whether whoever downloads an original of a paper on file must be warned of what it holds."""
    return any(issue.code == ACTIVE for issue in paper.issues)


def digitise_as(
    scan: Scan, known: KnownPaper, parsers: Parsers, people: People, catalogue: Catalogue, folder: Path
) -> DigitisedPaper:
    """Digitise one paper again, of which a person has said what it is.

    Args:
        scan: the files of its submission.
        known: which of their pages it has, and its type.
        parsers: where files are opened and pages read.
        people: the register of citizens.
        catalogue: the types of papers.
        folder: a private folder for page pictures and PDFs; the caller removes it.

    Raises:
        ScanRejected: a file cannot be opened, or none of the pages.
    """
    places = places_of(scan.files, count_pages(scan.files, parsers))
    pages = _without_lost(dict(read_pages({n: places[n - 1] for n in known.pages}, parsers, folder)))
    texts = _texts(pages, len(places))
    piece = Piece(pages=tuple(texts[number - 1] for number in known.pages), classification=known.classification)
    return _understand(piece, pages, places, _world(scan, parsers, people, catalogue, folder))


@dataclass(frozen=True)
class _World:
    """All that a paper is understood with; `active` are those of its files that could act where they are opened."""

    scan: Scan
    parsers: Parsers
    people: People
    catalogue: Catalogue
    folder: Path
    active: frozenset[ScanFile]
    signatures: tuple[FoundSignature, ...]


def _world(scan: Scan, parsers: Parsers, people: People, catalogue: Catalogue, folder: Path) -> _World:
    active = frozenset(file for file in scan.files if _may_act(file, parsers))
    return _World(scan, parsers, people, catalogue, folder, active, _signatures(scan.files, parsers))


def _may_act(file: ScanFile, parsers: Parsers) -> bool:
    try:
        return parsers.holds_active_content(file)
    except ScanRejected:  # nobody can tell, and whoever downloads it should know
        return True


def _signatures(files: Sequence[ScanFile], parsers: Parsers) -> tuple[FoundSignature, ...]:
    """Those on all files. Where a parser dies over them they cannot be checked, and the papers are read anyhow."""
    found: list[FoundSignature] = []
    for number, file in enumerate(files, 1):
        try:
            found += (one.model_copy(update={"file": number}) for one in parsers.signatures(file))
        except ScanRejected:
            found.append(FoundSignature(file=number, state="unchecked", trouble="unreadable"))
    return tuple(found)


def count_pages(files: Sequence[ScanFile], parsers: Parsers) -> tuple[int, ...]:
    """How many pages each file has. Raises: ScanRejected, as `Parsers.count_pages` does."""
    return tuple(parsers.count_pages(file) for file in files)


def places_of(files: Sequence[ScanFile], page_counts: Sequence[int]) -> list[tuple[ScanFile, int]]:
    """Where each page of the submission is: its file, and its number (1-based) in that."""
    counted = zip(files, page_counts, strict=True)
    return [(file, page) for file, count in counted for page in range(1, count + 1)]


def read_pages(
    wanted: Mapping[int, tuple[ScanFile, int]], parsers: Parsers, folder: Path
) -> Generator[tuple[int, PageOrLoss], None, None]:
    """Read pages side by side, and alone once more those that killed their parser.

    Args:
        wanted: where each page is, by its number in the submission.
        parsers: where files are opened and pages read.
        folder: a private folder for page pictures.

    Yields:
        Each page's number and what became of it, as soon as that is known. Closing ends the reading after the pages at
        hand.
    """
    died = []
    with ThreadPoolExecutor(parsers.side_by_side) as threads:

        def read(number: int) -> PageOrLoss:
            try:
                return parsers.read_page(*wanted[number], number, folder / f"page-{number}")
            except ScanRejected as error:
                return error

        reading = {threads.submit(read, number): number for number in wanted}
        try:
            for finished in as_completed(reading):
                number, outcome = reading[finished], finished.result()
                if isinstance(outcome, ScanRejected) and outcome.code == _DIED:
                    died.append(number)
                else:
                    yield number, outcome
        finally:
            for waiting in reading:
                waiting.cancel()
    for number in sorted(died):
        yield number, read(number)


def _without_lost(outcomes: Mapping[int, PageOrLoss]) -> dict[int, ReadPage]:
    """The pages that were read. Raises: ScanRejected, where none was."""
    lost = [outcome for outcome in outcomes.values() if isinstance(outcome, ScanRejected)]
    if len(lost) == len(outcomes):
        raise lost[0]
    return {number: outcome for number, outcome in outcomes.items() if isinstance(outcome, ReadPage)}


def _texts(pages: dict[int, ReadPage], total: int) -> tuple[PageText, ...]:
    """One text a page; a lost page is an empty one, so that it stays with the paper it lies in."""
    empty = PageText(number=1, width_px=1, height_px=1, dpi=72)
    return tuple(
        pages[number].text if number in pages else empty.model_copy(update={"number": number})
        for number in range(1, total + 1)
    )


def _understand(
    piece: Piece, pages: dict[int, ReadPage], places: Sequence[tuple[ScanFile, int]], world: _World
) -> DigitisedPaper:
    numbers = tuple(page.number for page in piece.pages)
    document_type = world.catalogue.types[piece.classification.type]
    read = extract(piece.pages, document_type, lambda page, boxes: _look_again(pages[page], boxes, world.parsers))
    fields = ask_sooner(read, document_type, world.scan.thresholds)
    identification = identify(document_type, fields, world.people, world.scan.office_id, world.scan.handed_in_by)
    fields = bear_out(fields, identification)
    settled = settle(piece.classification, document_type, fields, identification)
    copy, flaws = _render(document_type, numbers, pages, world)
    troubles = (*_issues(numbers, pages), *flaws)
    more = tuple(dict.fromkeys((*_asking(piece), *(issue.code for issue in troubles))))
    by_file = _pages_by_file(numbers, places, world.scan.files)
    if more:
        state = "needs_review" if settled.state == "filed" else settled.state
        settled = Settled(state=state, reasons=(*settled.reasons, *more))
    return DigitisedPaper(
        classification=piece.classification,
        document_type=document_type,
        fields=fields,
        identification=identification,
        settled=settled,
        cuts=piece.cuts,
        dossier_code=None,
        pages=numbers,
        pages_by_file=by_file,
        rotations=tuple(pages[n].rotation_degrees if n in pages else 0 for n in numbers),
        grades=tuple(
            PageGrade(page=n, verdict=pages[n].verdict, grade=grade(pages[n].text), dpi=pages[n].text.dpi)
            for n in numbers
            if n in pages
        ),
        repairs=tuple(repaired for page in piece.pages for repaired in _repairs(page)),
        texts=tuple(page.text for page in piece.pages),
        issues=(*troubles, *_warnings({places[number - 1][0] for number in numbers}, world)),
        copy=copy,
        copy_kind=read_copy_kind(piece.pages),
        signatures=tuple(one for one in world.signatures if by_file[one.file - 1]),
    )


def _look_again(page: ReadPage, boxes: Sequence[Box], parsers: Parsers) -> Sequence[Sequence[str]]:
    """What stands in the boxes when read anew; nothing where that fails, since a person then looks."""
    try:
        return parsers.read_again(page, boxes)
    except ScanRejected:
        return ((),) * len(boxes)


def _repairs(page: PageText) -> Iterator[RepairedWord]:
    for word in page.words:
        if word.read_as is not None and word.repair is not None:
            yield RepairedWord(page=page.number, read_as=word.read_as, text=word.text, reason=word.repair)


def _asking(piece: Piece) -> tuple[str, ...]:
    """Why a person must look at how the stack was taken apart."""
    doubtful = any(cut.doubtful for cut in piece.cuts)
    return (*([CUT] if doubtful else []), *([CARD] if piece.card_among_others else []))


def _told_code(piece: Piece, paper: DigitisedPaper) -> str | None:
    """The dossier code that one of our sheets, or an official receipt, gives to itself and to what follows it."""
    if piece.sheet is not None:
        return piece.sheet.dossier_code
    if paper.document_type.id != RECEIPT or not paper.classification.certain:
        return None
    coded = (find_dossier_code(code.text) for page in piece.pages for code in page.codes)
    printed = paper.fields.get("dossier_code")
    certain = printed.value if printed is not None and not printed.needs_review else None
    return next((code for code in coded if code is not None), certain)


def _render(
    document_type: DocumentType, numbers: tuple[int, ...], pages: dict[int, ReadPage], world: _World
) -> tuple[Path | None, tuple[Issue, ...]]:
    """The searchable copy, if there may be one; a copy that does not prove itself is an issue, and there is none."""
    whole = all(number in pages for number in numbers)
    if document_type.keeping.rule != "keep" or not whole:
        return None, ()
    copy = world.folder / f"paper-{numbers[0]}.pdf"
    try:
        world.parsers.render([pages[number] for number in numbers], copy)
    except ScanRejected:
        return None, (Issue(stage="render", code="copy_unproven"),)
    return copy, ()


def _pages_by_file(
    numbers: Sequence[int], places: Sequence[tuple[ScanFile, int]], files: Sequence[ScanFile]
) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(places[n - 1][1] for n in numbers if places[n - 1][0] is file) for file in files)


def _issues(numbers: Sequence[int], pages: dict[int, ReadPage]) -> tuple[Issue, ...]:
    lost = [Issue(stage="open", code="page_lost", page=n) for n in numbers if n not in pages]
    unread = [
        Issue(stage="recognise", code=issue, page=n)
        for n in numbers
        if n in pages and (issue := pages[n].issue) is not None
    ]
    return (*lost, *unread)


def _warnings(files: set[ScanFile], world: _World) -> tuple[Issue, ...]:
    """What whoever downloads an original of the paper must know."""
    return (Issue(stage="open", code=ACTIVE),) if files & world.active else ()
