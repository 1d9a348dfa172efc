"""Hands dossiers back to the one-stop system: which papers are on file for them, with their flags and codes."""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from pipeline.dossier_ports import Dossiers
from pipeline.table_ports import Papers
from pipeline.work_ports import FigureSource
from schemas.catalog import Catalogue
from schemas.dossier import Paper
from schemas.dossiers import Component
from schemas.export import DossierSync, SyncPaper, SyncResult


class ExportTables(Protocol):
    """The database as an export needs it."""

    @property
    def dossiers(self) -> Dossiers:
        """Dossiers and what is in them."""
        ...

    @property
    def papers(self) -> Papers:
        """Papers on file."""
        ...

    @property
    def figures(self) -> FigureSource:
        """Which dossiers were received when."""
        ...


def dossier_sync(tables: ExportTables, catalogue: Catalogue, office_id: str, code: str) -> DossierSync:
    """One dossier. Raises: NotFound (no_such_dossier)."""
    dossier = tables.dossiers.get(office_id, code)
    inside = tables.dossiers.components(office_id, dossier.code)
    with_papers = [(part, tables.papers.get(office_id, part.document_id)) for part in inside]
    return DossierSync(
        dossier_code=dossier.code,
        papers=tuple(_paper(catalogue, *pair) for pair in with_papers if pair[0].result_code is None),
        results=tuple(
            _result(catalogue, part.result_code, paper) for part, paper in with_papers if part.result_code is not None
        ),
        has_digitised=any(part.digitised for part in inside),
        account_verified=None,
    )


def dossiers_sync(
    tables: ExportTables, catalogue: Catalogue, office_id: str, since: date, until: date
) -> Iterator[DossierSync]:
    """The dossiers received on the days from `since` to `until`, both included, oldest first."""
    for dossier in tables.figures.dossiers_received(office_id, since, until):
        yield dossier_sync(tables, catalogue, office_id, dossier.code)


def _paper(catalogue: Catalogue, part: Component, paper: Paper) -> SyncPaper:
    return SyncPaper(
        file_id=paper.document_id,
        file_name=f"{catalogue.title(paper.type)}.pdf",
        deleted=paper.state in ("withdrawn", "destroyed"),
        component_code=_national_code(catalogue, paper),
        download_path=_path(paper),
        digitised=part.digitised,
        reused=part.reused,
        from_national_store=False,
        replaced_by_code=part.reused_code,
    )


def _result(catalogue: Catalogue, code: str, paper: Paper) -> SyncResult:
    return SyncResult(
        title=catalogue.title(paper.type),
        component_code=_national_code(catalogue, paper),
        paper_id=paper.document_id,
        download_path=_path(paper),
        code=code,
    )


def _national_code(catalogue: Catalogue, paper: Paper) -> str:
    known = catalogue.types.get(paper.type)
    return known.national_code if known else ""


def _path(paper: Paper) -> str | None:
    return None if paper.object_key is None else f"/api/v1/papers/{paper.document_id}/pdf"
