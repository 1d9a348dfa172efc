"""What is done at the command line stands in the access log as what is done on the pages does."""

from collections.abc import Iterable
from datetime import UTC, datetime

from pipeline.table_ports import Tables
from schemas.access import Access, AccessEntry, Purpose
from schemas.people import Actor


def note(
    actor: Actor,
    tables: Tables,
    access: Access,
    *,
    purpose: Purpose | None = None,
    citizen_id: str | None = None,
    document_ids: Iterable[str] = (),
    subject_id: str | None = None,
) -> None:
    """Write to the log, in the name of who does it: one entry for each paper, or one.

    Before anything is shown. Raises: ServiceUnavailable (database_away).
    """
    entry = AccessEntry(
        at=datetime.now(UTC),
        actor=actor,
        access=access,
        purpose=purpose,
        citizen_id=citizen_id,
        subject_id=subject_id,
    )
    each = [entry.model_copy(update={"document_id": document_id}) for document_id in document_ids]
    tables.access_log.write(*each or [entry])
