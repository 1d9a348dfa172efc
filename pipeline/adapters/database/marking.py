"""Notes that rows have changed, in the transaction that changes them, so that their record follows."""

import uuid

from sqlalchemy import Connection, insert

from pipeline.adapters.database.record_tables import changed_rows
from schemas.records import RecordKind


def mark_changed(connection: Connection, office_id: str, kind: RecordKind, subject_id: str) -> None:
    """Note that the rows of a subject have changed."""
    row = {"mark": uuid.uuid4().hex, "office_id": office_id, "kind": kind, "subject_id": subject_id}
    connection.execute(insert(changed_rows).values(row))
