"""An office's dossiers for tests, over a real folder store and SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.folder_store import FolderStore
from pipeline.catalogue import load_catalogue
from pipeline.dossiers import DossierDesk
from pipeline.local_time import VIETNAM
from pipeline.paper_codes import PaperCodes
from pipeline.settings import Settings
from schemas.catalog import Catalogue
from schemas.dossier import Field, Paper
from schemas.dossiers import Dossier, DossierChange, Party
from tests.contract.examples import ACTOR, HUONG_NUMBER, a_decision, file, huong

OFFICE, CODE, OTHER_CODE = ACTOR.office_id, "H29.12.34-260302-0001", "H29.12.34-260302-0002"
# Without look-ups, so that no claim depends on the day on which the test runs.
CATALOGUE = load_catalogue().model_copy(update={"look_ups": {}})
NOW = datetime(2026, 3, 10, tzinfo=UTC)


class Office:
    """A desk with its parts in reach."""

    def __init__(self, folder: Path, tables: Database, catalogue: Catalogue) -> None:
        self.store, self.tables, self.catalogue = FolderStore(folder / "store"), tables, catalogue
        self.codes = PaperCodes(tables.dossiers, catalogue, Settings().paper_code)
        self.desk = DossierDesk(self.store, tables, catalogue, self.codes)

    def open(self, **changes: Any) -> DossierChange:
        return self.desk.open(a_dossier(**changes))

    def file(self, kind: str, role: str, *, confirmed: bool = True, **changes: Any) -> Paper:
        """A paper of Hường's on file, and in its dossier where it names one."""
        whole: dict[str, Any] = {"people": (huong(role=role),), "sha256": "ab", "object_key": "archive/x"}
        paper = file(self.tables, "text", **({"type": kind, "fields": dated("2026-02-20")} | whole | changes))
        if confirmed:
            paper = self.tables.papers.decide(a_decision(paper))
        self.desk.take_in([paper])
        return paper

    def status(self, code: str, row_id: str) -> str:
        """What the checklist says of one row."""
        rows = self.desk.view(OFFICE, code, {}, NOW).rows
        return next(row.status for row in rows if row.id == row_id)


@contextmanager
def open_office(folder: Path, catalogue: Catalogue = CATALOGUE) -> Iterator[Office]:
    """An office that closes its database at the end of the block."""
    tables = open_database(f"sqlite:///{folder / 'hoso.db'}")
    try:
        yield Office(folder, tables, catalogue)
    finally:
        tables.close()


def a_dossier(**changes: Any) -> Dossier:
    values: dict[str, Any] = {
        "code": CODE,
        "actor": ACTOR,
        "source": "opened",
        "procedure": "temporary_residence",
        "owner": Party(number=HUONG_NUMBER, name="Nguyễn Thị Hường"),
        "received_at": datetime(2026, 3, 2, 8, tzinfo=VIETNAM),
    }
    return Dossier(**values | changes)


def sure(value: str) -> Field:
    return Field(value=value, confidence=0.99, evidence="ocr", needs_review=False)


def dated(day: str) -> dict[str, Field]:
    return {"issue_date": sure(day), "document_number": sure("5/2026")}
