"""The nightly look at all papers of an office: whose validity is over or nearly so, and which need be kept no longer.

A mark is for lists: whether a paper may be used is decided anew each time, and nothing is removed by a mark.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from pipeline.local_time import local_day
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
    over = _kept_until(types, [paper])
    if over is None or over > today:  # the others of its dossier can only make it later
        return
    over = _end_of_dossier(tables, types, paper)
    if over is not None and over <= today:
        yield PaperMark(document_id=paper.document_id, kind="keeping_over", day=over)


def _end_of_dossier(tables: Tables, types: Mapping[str, DocumentType], paper: Paper) -> date | None:
    """The first day on which the paper need be kept no longer, with all of its dossier; None while that is not known.

    A dossier takes the longest term of what is in it (Luật Lưu trữ 33/2024/QH15, Điều 15). While it has no result its
    matter has not ended.
    """
    if paper.dossier_code is None:
        return _kept_until(types, [paper])
    office_id = paper.actor.office_id
    if not any(one.result_code for one in tables.dossiers.components(office_id, paper.dossier_code)):
        return None
    return _kept_until(types, [paper, *tables.papers.of_dossier(office_id, paper.dossier_code)])


def _kept_until(types: Mapping[str, DocumentType], papers: Sequence[Paper]) -> date | None:
    """The first day after the longest term of these papers, counted from the end of the year the last was filed in.

    None: one is kept permanently, or no source tells its term.
    """
    years = 0
    for paper in papers:
        kind = types.get(paper.type)
        if kind is None or kind.retention is None or kind.retention.years is None:
            return None
        years = max(years, kind.retention.years)
    last = max(local_day(paper.filed_at) for paper in papers)
    return date(last.year + years + 1, 1, 1)
