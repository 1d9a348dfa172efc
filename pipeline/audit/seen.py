"""Who looked at a citizen's papers, in names in place of ids; for the citizen himself and for who answers him."""

from collections.abc import Callable, Iterable

from pipeline.errors import NotFound
from pipeline.table_ports import Tables
from schemas.access import LoggedAccess
from schemas.audit import SeenEntry
from schemas.catalog import Catalogue, DocumentType

Title = Callable[[DocumentType], str]


def printed_title(kind: DocumentType) -> str:
    """What papers of a type are called, as they print it."""
    return kind.title.printed


class Seen:
    """Puts entries of one office's log into names."""

    def __init__(self, tables: Tables, catalogue: Catalogue, office_id: str, office: str, title: Title | None) -> None:
        """Args: office: what people call it; title: what papers of a type are called for who asks, None: he may not
        know what papers there are.
        """
        self._tables, self._catalogue, self._office_id, self._office = tables, catalogue, office_id, office
        self._title = title
        self._officers = {one.login: one.name for one in tables.accounts.of_office(office_id)}
        self._procedures: dict[str, str | None] = {}
        self._papers: dict[str, str | None] = {}

    def of_citizen(self, citizen_id: str, limit: int, before: int | None = None) -> tuple[SeenEntry, ...]:
        """What concerned the citizen or a paper filed under him, newest first, below the number `before`."""
        return tuple(self._named(self._tables.access_log.of_citizen(self._office_id, citizen_id, limit, before)))

    def _named(self, entries: Iterable[LoggedAccess]) -> Iterable[SeenEntry]:
        for logged in entries:
            entry = logged.entry
            login = entry.actor.actor_id
            yield SeenEntry(
                number=logged.number,
                at=entry.at,
                office=self._office,
                login=login,
                officer=self._officers.get(login, login),
                access=entry.access,
                purpose=entry.purpose,
                procedure=self._procedure(entry.visit_id) if entry.visit_id else None,
                document_id=entry.document_id,
                paper=self._paper(entry.document_id, self._title) if entry.document_id and self._title else None,
            )

    def _procedure(self, visit_id: str) -> str | None:
        if visit_id not in self._procedures:
            self._procedures[visit_id] = self._load_procedure(visit_id)
        return self._procedures[visit_id]

    def _load_procedure(self, visit_id: str) -> str | None:
        try:
            visit = self._tables.visits.get(self._office_id, visit_id)
        except NotFound:
            return None
        procedure = self._catalogue.procedures.get(visit.procedure)
        return procedure.title if procedure else None

    def _paper(self, document_id: str, title: Title) -> str | None:
        if document_id not in self._papers:
            self._papers[document_id] = self._load_title(document_id, title)
        return self._papers[document_id]

    def _load_title(self, document_id: str, title: Title) -> str | None:
        try:
            paper = self._tables.papers.get(self._office_id, document_id)
        except NotFound:  # the log outlives the papers
            return None
        kind = self._catalogue.types.get(paper.type)
        return title(kind) if kind else paper.type
