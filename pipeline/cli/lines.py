"""Turns papers and refusals into the lines of `hoso ingest --json`."""

import json
import sys
from collections.abc import Mapping

from pipeline.cli.sources import Unit
from pipeline.errors import HosoError
from schemas.base import Value
from schemas.dossier import Paper, Submission
from schemas.ingest import FieldLine, IngestLine, IngestLineWithText, PersonLine, SourcePages


def paper_line(
    unit: Unit, submission: Submission, paper: Paper, *, already_filed: bool, texts: tuple[str, ...] | None
) -> IngestLine:
    """The line of one paper. `texts` None leaves `page_texts` out."""
    reasons = (*paper.reasons, "already_filed") if already_filed else paper.reasons
    values = {
        "source": unit.source,
        "sources": _sources(unit, paper),
        "submission_id": submission.submission_id,
        "document_id": paper.document_id,
        "source_pages": paper.source_pages,
        "rotations": paper.rotations,
        "type": paper.type,
        "type_confidence": paper.type_confidence,
        "cues": paper.cues,
        "state": paper.state,
        "reasons": reasons,
        "fields": {
            name: FieldLine.model_validate(field.model_dump(include=set(FieldLine.model_fields)))
            for name, field in paper.fields.items()
        },
        "people": tuple(
            PersonLine(**person.model_dump(include=set(PersonLine.model_fields))) for person in paper.people
        ),
        "mentions": paper.mentions,
        "copy_kind": paper.copy_kind,
        "dossier_code": paper.dossier_code,
        "object_key": paper.object_key,
        "sha256": paper.sha256,
        "size_bytes": paper.size_bytes,
        "original_key": paper.original_keys[0] if paper.original_keys else None,
        "original_sha256": paper.original_sha256s[0] if paper.original_sha256s else None,
    }
    if texts is None:
        return IngestLine.model_validate(values)
    return IngestLineWithText.model_validate({**values, "page_texts": texts})


def refused_line(
    source: str, code: str, language: str, *, text: bool, detail: str = "", submission: Submission | None = None
) -> IngestLine:
    """The line of a file that was refused; what had been accepted keeps its original. `text` adds `page_texts`."""
    original = submission.sources[0] if submission and code != "secret_paper" else None
    return (IngestLineWithText if text else IngestLine)(
        source=source,
        submission_id=submission.submission_id if submission else None,
        state="rejected",
        reasons=(code,),
        original_key=original.key if original else None,
        original_sha256=original.sha256 if original else None,
        code=code,
        message=HosoError(code, detail).message(language),
    )


def as_json_line(told: Value | Mapping[str, object]) -> str:
    """One ASCII-escaped JSON object without a line break."""
    return json.dumps(told.model_dump(mode="json") if isinstance(told, Value) else told, ensure_ascii=True)


def write_stdout(line: str) -> None:
    """Write one line, whole, and at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _sources(unit: Unit, paper: Paper) -> tuple[SourcePages, ...]:
    if len(unit.paths) == 1:
        return (SourcePages(path=unit.source, pages=paper.source_pages),)
    return tuple(
        SourcePages(path=str(path), pages=pages)
        for path, pages in zip(unit.paths, paper.pages_by_file, strict=False)
        if pages
    )
