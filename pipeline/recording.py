"""Keeps the records in the store in step with the rows, so that the database can be made anew from the store alone.

A paper's record lies in the store before its row, and a decision before anything that follows from it. What only the
database knows, such as what the register makes of a paper's owners, is written after the row has changed: the change is
noted in the same transaction, so a crash in between only leaves it to the next one who records.
"""

from io import BytesIO

from pipeline import keys
from pipeline.ports import ObjectStore
from pipeline.record_ports import Record, Records
from schemas.dossier import Paper, PaperRecord, Submission
from schemas.records import CodeRecord, DossierRecord, RegisterEntry

_AT_ONCE = 200
_MOST_TRIES = 5
"""How often is looked again where others change the same things; what is left then waits for the next one."""


def record_changes(store: ObjectStore, records: Records, office_id: str | None) -> int:
    """Write the records of all rows of the office, or of all offices, that have changed; return how many.

    Again changes nothing.

    Raises:
        ServiceUnavailable: store_away, database_away; the next one who records does the rest.
    """
    written, tries = 0, 0
    while tries < _MOST_TRIES and (changes := records.changed(office_id, _AT_ONCE)):
        subjects = list({(one.kind, one.subject_id): one for one in changes}.values())
        for change, record in zip(subjects, records.load(subjects), strict=True):
            if record is not None:
                put_record(store, record)
            elif change.kind == "citizen":
                store.delete(keys.register_entry(change.office_id, change.subject_id))
        tries += not records.recorded(changes)
        written += len(subjects)
    return written


def put_record(store: ObjectStore, record: Record) -> None:
    """Put a record where it belongs. Raises: ServiceUnavailable (store_away)."""
    store.put(record_key(store, record), BytesIO(record.model_dump_json().encode()), "application/json")


def record_key(store: ObjectStore, record: Record) -> str:
    """Where a record lies: a paper's beside its copy, in intake only as long as that does."""
    match record:
        case PaperRecord(paper=paper):
            return _paper_key(store, paper)
        case Submission(actor=actor):
            return keys.submission(actor.office_id, record.submission_id)
        case RegisterEntry(actor=actor):
            return keys.register_entry(actor.office_id, record.citizen_id)
        case DossierRecord(dossier=dossier):
            return keys.dossier(dossier.actor.office_id, dossier.code)
        case CodeRecord(code=code):
            return keys.paper_code(code.actor.office_id, code.document_id)


def _paper_key(store: ObjectStore, paper: Paper) -> str:
    archive = keys.archive(paper.actor.office_id, paper.content_sha256)
    archived = keys.paper(archive, paper.source_pages, "json")
    has_copy_there = paper.object_key is not None and paper.object_key.startswith(archive)
    # Nothing else of these is in intake, whose time limit would take the record along.
    settled = paper.keeping != "keep" or paper.state in ("withdrawn", "rejected")
    if has_copy_there or settled or any(store.find(archived)):
        return archived
    return keys.paper(keys.intake(paper.actor.office_id, paper.submission_id), paper.source_pages, "json")
