"""Records of submissions, register, dossiers and codes, and decisions: each is one object and has its row."""

from functools import partial
from io import BytesIO

from pydantic import ValidationError

from pipeline import keys
from pipeline.integrity.part import Part
from pipeline.record_ports import Record
from schemas.dossier import Submission
from schemas.records import Change, CodeRecord, DossierRecord, RecordKind, RegisterEntry

_AnyRecord = type[Submission] | type[RegisterEntry] | type[DossierRecord] | type[CodeRecord]
_KINDS: dict[str, tuple[RecordKind, _AnyRecord]] = {
    "submissions": ("submission", Submission),
    "register": ("citizen", RegisterEntry),
    "dossiers": ("dossier", DossierRecord),
    "codes": ("code", CodeRecord),
}


def look_at_records(part: Part) -> None:
    """Compare the records of a part with their rows."""
    kind, _ = _KINDS[part.area]
    office_id = part.office_id
    objects = part.compared(part.listed())
    ids = part.archive.tables.inventory.ids(office_id, kind, part.prefix)
    part.rows += len(ids)
    folder = f"{part.area}/{office_id}/"
    named = {key.removeprefix(folder).removesuffix(".json") for key in objects}
    subjects = [Change(mark="", office_id=office_id, kind=kind, subject_id=one) for one in sorted(ids | named)]
    for subject, row in zip(subjects, part.archive.tables.records.load(subjects), strict=True):
        key = f"{folder}{subject.subject_id}.json"
        if not part.is_noted(key) and not _agree(row, _parsed(part, objects.get(key))):
            _look_again(part, subject, key)


def _look_again(part: Part, subject: Change, key: str) -> None:
    """Compare a record with its row once more, and put right what still differs."""
    part.record_changes()
    data = part.fetched(key)
    row, record = part.archive.tables.records.load([subject])[0], _parsed(part, data)
    if _agree(row, record):
        return
    tables = part.archive.tables
    if data is not None and record is None:
        part.note("record_unreadable", key, (lambda: tables.records.note(subject)) if row is not None else None)
    elif record is None:
        part.note("record_missing", key, lambda: tables.records.note(subject))
    elif row is None:
        part.note("row_missing", key, lambda: tables.restoring.restore([record]))
    else:
        part.note("record_differs", key)


def _agree(row: Record | None, record: Record | None) -> bool:
    """Whether row and record say the same; a submission's record is of when it was received, or done."""
    if isinstance(row, Submission) and record is not None and row.state != "done":
        return True
    return row == record


def _parsed(part: Part, data: bytes | None) -> Record | None:
    try:
        return _KINDS[part.area][1].model_validate_json(data) if data is not None else None
    except ValidationError:
        return None


def look_at_decisions(part: Part) -> None:
    """Compare decisions with their rows."""
    store, tables, office_id = part.archive.store, part.archive.tables, part.office_id
    ids = tables.inventory.ids(office_id, "decision", part.prefix)
    part.rows += len(ids)
    objects = part.compared(part.listed())
    folder = f"{part.area}/{office_id}/"
    named = {key.removeprefix(folder).removesuffix(".json") for key in objects}
    for name in sorted(named - ids):
        decision_id, key = name.rpartition("/")[2], f"{folder}{name}.json"
        mark = keys.unapplied(office_id, decision_id)
        waits = any(store.find(mark)) or name in tables.inventory.ids(office_id, "decision", name.partition("/")[0])
        if not waits:
            part.note("decision_unapplied", key, partial(store.put, mark, BytesIO(objects[key]), "application/json"))
    for name in sorted(ids - named):
        key = f"{folder}{name}.json"
        if not part.is_noted(key) and not any(store.find(key)):
            record = tables.papers.decision(office_id, name.rpartition("/")[2]).model_dump_json().encode()
            part.note("decision_missing", key, partial(store.put, key, BytesIO(record), "application/json"))
