"""What goes into a package together: dossiers with their papers, a citizen's papers, or all of some days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.local_time import local_day
from pipeline.table_ports import Tables
from schemas.dossier import Paper
from schemas.dossiers import Component, Dossier
from schemas.search import SearchQuery

_PAGE = 100
_NO_DOSSIER = "no-dossier"


@dataclass(frozen=True)
class Folder:
    """Papers that are packed together: a dossier's with their places in it, or others without.

    Attributes:
        name: the folder below `data/`.
        papers: what is packed, in order; the place is None outside a dossier.
        dossier: what is told of it; None: nothing.

    """

    name: str
    papers: tuple[tuple[Paper, Component | None], ...]
    dossier: Dossier | None = None


def of_dossier(tables: Tables, office_id: str, code: str) -> Folder:
    """All papers in a dossier. Raises: NotFound (no_such_dossier)."""
    dossier = tables.dossiers.get(office_id, code)
    inside = tables.dossiers.components(office_id, code)
    return Folder(code, tuple((tables.papers.get(office_id, part.document_id), part) for part in inside), dossier)


def of_citizen(tables: Tables, office_id: str, citizen_id: str) -> Iterator[Folder]:
    """All papers of one citizen. Nothing is told of the dossiers they lie in, which may be another's."""
    held: dict[str, list[Paper]] = {}
    for paper in tables.papers.of_citizen(office_id, citizen_id):
        held.setdefault(paper.dossier_code or _NO_DOSSIER, []).append(paper)
    for name in sorted(held):
        yield Folder(name, tuple((paper, None) for paper in held[name]))


def of_days(tables: Tables, office_id: str, since: date, until: date) -> Iterator[Folder]:
    """The dossiers received on these days, both included, and the papers without a dossier that were filed on them.

    The latter by month, a folder as often as there are more of it.
    """
    for dossier in tables.figures.dossiers_received(office_id, since, until):
        yield of_dossier(tables, office_id, dossier.code)
    after: str | None = None
    while True:
        query = SearchQuery(offices=(office_id,), filed_from=since, filed_until=until, limit=_PAGE, after=after)
        page = tables.search.search(query)
        months: dict[str, list[Paper]] = {}
        for hit in page.hits:
            paper = tables.papers.get(office_id, hit.document_id)
            if paper.dossier_code is None:
                months.setdefault(f"{local_day(paper.filed_at):%Y-%m}", []).append(paper)
        for month, papers in months.items():
            yield Folder(f"{_NO_DOSSIER}/{month}", tuple((paper, None) for paper in papers))
        after = page.next
        if after is None:
            return
