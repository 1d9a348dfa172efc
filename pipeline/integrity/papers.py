"""Papers: each row has its objects and its record, and each object in the archive its row."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from pipeline import keys
from pipeline.integrity.part import Part
from pipeline.integrity.signatures import look_at_signature
from pipeline.ports import StoredObject
from pipeline.rebuild import PAPER_KEY
from pipeline.recording import record_key
from schemas.dossier import Paper, PaperRecord
from schemas.integrity import FiledPaper, FindingKind
from schemas.records import Change


@dataclass
class _Content:
    """What lies in the archive of one content, and what rows say of it; papers' records by key."""

    papers: list[FiledPaper] = field(default_factory=list)
    objects: dict[str, StoredObject] = field(default_factory=dict)
    records: dict[str, bytes] = field(default_factory=dict)
    being_read: bool = False


def look_at_archive(part: Part) -> None:
    """Compare papers with their objects, their records and their search rows, and objects with papers.

    Signatures of signed copies are checked, too: against what they cover, whatever the rows say of it.
    """
    contents = _looked_up(part, part.prefix, count=True)
    for name, content in sorted(contents.items()):
        if any(_wrong(part, content)):
            part.record_changes()
            now = _looked_up(part, name, count=False).get(name, _Content())
            for kind, key, subject in list(_wrong(part, now)):
                if not part.is_noted(key):
                    _put_right(part, kind, key, subject)
        for filed in content.papers:
            look_at_signature(part, filed.record.paper)


def _looked_up(part: Part, prefix: str, *, count: bool) -> dict[str, _Content]:
    """Contents by their hash; `count`: compare objects with their hashes, too (those in intake are another part's).

    Rows come first: whatever they name has been there before them.
    """
    contents: dict[str, _Content] = defaultdict(_Content)
    inventory, office_id = part.archive.tables.inventory, part.office_id
    for submission in inventory.submissions(office_id, prefix, by="content"):
        contents[submission.content_sha256].being_read |= submission.state != "done"
    for paper in inventory.papers(office_id, prefix):
        contents[paper.record.paper.content_sha256].papers.append(paper)
        part.rows += count
    objects = part.listed(f"archive/{office_id}/{prefix}")
    in_intake = {
        key: one
        for content in contents.values()
        for paper in content.papers
        for key in _keys_in_intake(part, paper.record)
        for one in part.archive.store.find(key)
        if one.key == key
    }
    records = (part.compared(objects) if count else _records(part, objects)) | _records(part, in_intake)
    for key, stored in objects.items():
        contents[key.split("/")[2]].objects[key] = stored
    for content in contents.values():
        for paper in content.papers:
            content.objects |= {key: in_intake[key] for key in _keys_in_intake(part, paper.record) if key in in_intake}
        content.records = {key: records[key] for key in content.objects if key in records}
    return contents


def _records(part: Part, names: Iterable[str]) -> dict[str, bytes]:
    read = ((key, part.fetched(key)) for key in names if key.endswith(".json"))
    return {key: data for key, data in read if data is not None}


def _keys_in_intake(part: Part, record: PaperRecord) -> list[str]:
    intake = keys.intake(part.office_id, record.paper.submission_id)
    own = [record_key(part.archive.store, record), record.paper.object_key or ""]
    return [key for key in own if key.startswith(intake)]


# -- what is wrong ----------------------------------------------------------------------------------------------------

_Wrong = tuple[FindingKind, str, Paper | PaperRecord | None]
"""A finding, the object's key, and whom it is about."""


def _wrong(part: Part, content: _Content) -> Iterator[_Wrong]:
    for filed in content.papers:
        yield from _wrong_objects(part, filed.record.paper, content)
        yield from _wrong_record(part, filed, content)
    if not content.being_read:
        yield from _without_rows(part, content)


def _wrong_objects(part: Part, paper: Paper, content: _Content) -> Iterator[_Wrong]:
    """A copy must be there; originals in intake go with their time limit."""
    archive = keys.archive(part.office_id, paper.content_sha256)
    named = [(paper.object_key, paper.sha256)] if paper.object_key is not None else []
    originals = zip(paper.original_keys, paper.original_sha256s, strict=True)
    named += [(one.key, one.sha256) for one in paper.signed_copies]
    for key, sha256 in [*named, *((key, sha) for key, sha in originals if key.startswith(archive))]:
        stored = content.objects.get(str(key))
        if stored is None:
            yield "object_missing", str(key), None
        elif stored.sha256 != sha256:
            yield "object_differs", str(key), None


def _wrong_record(part: Part, filed: FiledPaper, content: _Content) -> Iterator[_Wrong]:
    paper = filed.record.paper
    key = record_key(part.archive.store, filed.record)
    if not filed.indexed:
        yield "index_wrong", key, paper
    elif key not in content.objects:
        yield "record_missing", key, paper
    elif key in content.records:
        record = _parsed(content.records[key])
        if record is None:
            yield "record_unreadable", key, paper
        elif record != filed.record:
            yield "record_differs", key, None


def _without_rows(part: Part, content: _Content) -> Iterator[_Wrong]:
    """Objects in the archive that no row names."""
    papers = [filed.record.paper for filed in content.papers]
    named = {key for paper in papers for key in (*paper.copy_keys, *paper.original_keys)}
    named |= {record_key(part.archive.store, filed.record) for filed in content.papers}
    unnamed = [key for key in content.objects if key not in named]
    lost = {key: record for key in unnamed if (record := _lost(content.records.get(key), papers)) is not None}
    belonging = {key for record in lost.values() for key in (*record.paper.copy_keys, *record.paper.original_keys)}
    for key in unnamed:
        if key in lost:
            yield "row_missing", key, lost[key]
        elif key not in belonging:
            yield ("leftover" if _is_leftover(key, papers) else "orphan_archive"), key, None


def _lost(data: bytes | None, papers: list[Paper]) -> PaperRecord | None:
    """The record of a paper that is not on file, though its pages are no other paper's."""
    record = _parsed(data) if data is not None else None
    if record is None:
        return None
    pages = {page for paper in papers if paper.state != "withdrawn" for page in paper.source_pages}
    on_file = {paper.document_id for paper in papers}
    return None if record.paper.document_id in on_file or pages & set(record.paper.source_pages) else record


def _is_leftover(key: str, papers: list[Paper]) -> bool:
    """Whether an older version of hoso has made it of pages that a newer one has read since."""
    parts = PAPER_KEY.fullmatch(key.rpartition(".")[0] + ".json")
    versions = [int(paper.pipeline_version) for paper in papers if paper.state != "withdrawn"]
    return parts is not None and bool(versions) and int(parts["version"]) < min(versions)


def _parsed(data: bytes) -> PaperRecord | None:
    try:
        return PaperRecord.model_validate_json(data)
    except ValidationError:
        return None


# -- putting it right -------------------------------------------------------------------------------------------------


def _put_right(part: Part, kind: FindingKind, key: str, subject: Paper | PaperRecord | None) -> None:
    tables = part.archive.tables
    match kind, subject:
        case "row_missing", PaperRecord():
            part.note(kind, key, lambda: _file_again(part, subject))
        case "index_wrong", Paper():
            part.note(kind, key, lambda: tables.inventory.mend(part.office_id, subject.document_id))
        case (("record_missing" | "record_unreadable"), Paper()):
            change = Change(mark="", office_id=part.office_id, kind="paper", subject_id=subject.document_id)
            part.note(kind, key, lambda: tables.records.note(change))
        case "leftover", None:
            part.note(kind, key, lambda: part.archive.store.delete(key))
        case _:
            part.note(kind, key)


def _file_again(part: Part, record: PaperRecord) -> None:
    """The row, and the paper's place in its dossier: as when a crash came between object and row."""
    if part.archive.tables.restoring.restore([record]):
        part.archive.dossiers.take_in([record.paper])
