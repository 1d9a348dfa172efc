"""The nightly look at all papers of an office: whose validity is over or nearly so, and which need be kept no longer.

A mark is for lists: whether a paper may be used is decided anew each time, and nothing is removed by a mark.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from pipeline.retention import Obligations
from pipeline.table_ports import Tables
from pipeline.validity import validity
from schemas.catalog import Catalogue, DocumentType
from schemas.dossier import Paper
from schemas.marks import PaperMark

_AT_ONCE = 500
"""Papers in one transaction."""
_SOON = timedelta(days=30)
_ON_FILE = ("filed", "needs_review")


def mark_office(tables: Tables, catalogue: Catalogue, office_id: str, today: date) -> int:
    """Give every paper of the office its marks of today; return how many papers were looked at.

    Running it again gives the same marks; one that is cut off leaves the rest as the last night left it.

    Raises:
        ServiceUnavailable: database_away.
    """
    after, seen = "", 0
    while papers := tables.marks.papers(office_id, after, _AT_ONCE):
        marks = [mark for paper in papers for mark in _marks(tables, catalogue.types, paper, today)]
        tables.marks.replace(office_id, [paper.document_id for paper in papers], marks)
        after, seen = papers[-1].document_id, seen + len(papers)
    return seen


def _marks(tables: Tables, types: Mapping[str, DocumentType], paper: Paper, today: date) -> Iterator[PaperMark]:
    kind = types.get(paper.type)
    if kind is None or paper.state not in _ON_FILE or paper.rendition_of is not None:
        return
    holds = validity(kind, paper, today)
    if holds.until is not None and holds.state == "expired":
        yield PaperMark(document_id=paper.document_id, kind="expired", day=holds.until)
    elif holds.until is not None and holds.state == "valid" and holds.until <= today + _SOON:
        yield PaperMark(document_id=paper.document_id, kind="expiring", day=holds.until)
    if kind.retention is None:  # no term, so it is never over
        return
    obligation = Obligations(tables, types, today).of(paper)
    if obligation.rule == "over" and obligation.until is not None:
        yield PaperMark(document_id=paper.document_id, kind="keeping_over", day=obligation.until)
