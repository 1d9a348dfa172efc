"""Keeps the records in the store in step with the rows, so that the database can be made anew from the store alone.

A paper's record lies in the store before its row, and a decision before anything that follows from it. What only the
database knows, such as what the register makes of a paper's owners, is written after the row has changed: the change is
noted in the same transaction, so a crash in between only leaves it to the next one who records.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO

from pipeline import keys
from pipeline.ports import ObjectStore
from pipeline.record_ports import Record, Records
from schemas.dossier import OFF_FILE, Paper, PaperRecord, Submission
from schemas.records import Change, CodeRecord, DossierRecord, RegisterEntry

_AT_ONCE = 100
_SIDE_BY_SIDE = 8
"""Records wait for disks and networks more than for a processor."""
_MOST_TRIES = 5
"""How often is looked again where others change the same things; what is left then waits for the next one."""


def record_changes(store: ObjectStore, records: Records, office_id: str) -> int:
    """Write the records of rows of the office that have changed, a hundred at most; return how many.

    Somebody waits for whoever records what he has changed. An upgrade notes all rows as changed: for `catch_up`.

    Raises:
        ServiceUnavailable: store_away, database_away; the next one who records does the rest.
    """
    return catch_up(store, records, office_id, _AT_ONCE)


def catch_up(store: ObjectStore, records: Records, office_id: str | None, most: int | None = None) -> int:
    """Write the records of rows of the office, or of all offices, that have changed; return how many.

    Again changes nothing.

    Args:
        store: where records lie.
        records: what has changed.
        office_id: whose rows; None: everybody's.
        most: changes to look at; None: all.

    Raises:
        ServiceUnavailable: store_away, database_away; the next one who records does the rest.
    """
    written, seen, tries = 0, 0, 0
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
        while tries < _MOST_TRIES and (most is None or seen < most):
            changes = records.changed(office_id, _AT_ONCE if most is None else min(_AT_ONCE, most - seen))
            if not changes:
                break
            subjects = list({(one.kind, one.subject_id): one for one in changes}.values())
            list(threads.map(partial(_record, store), subjects, records.load(subjects)))
            tries += not records.recorded(changes)
            written, seen = written + len(subjects), seen + len(changes)
    return written


def _record(store: ObjectStore, change: Change, record: Record | None) -> None:
    if record is not None:
        put_record(store, record)
    elif change.kind == "citizen":
        store.erase(keys.register_entry(change.office_id, change.subject_id))


def change_of(paper: Paper) -> Change:
    """What to note of a paper whose record is to be written anew."""
    return Change(mark=uuid.uuid4().hex, office_id=paper.actor.office_id, kind="paper", subject_id=paper.document_id)


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
    settled = paper.keeping != "keep" or paper.state in OFF_FILE
    if has_copy_there or settled or any(store.find(archived)):
        return archived
    return keys.paper(keys.intake(paper.actor.office_id, paper.submission_id), paper.source_pages, "json")
