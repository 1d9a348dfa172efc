"""What is written down of a paper that was read: its record, and as much of it as may be kept."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipeline import PIPELINE_VERSION, keys
from pipeline.digitise import DigitisedPaper
from pipeline.keeping import Original
from pipeline.ports import StoredObject
from pipeline.renditions import ReadPaper
from pipeline.stages.questions import questions_of
from schemas.dossier import Paper, Submission


def as_kept(paper: Paper, texts: tuple[str, ...]) -> ReadPaper:
    """A paper and its words as policy lets us keep them: all, its fields only, or only that it was shown."""
    if paper.keeping == "keep":
        return paper, texts
    wordless = paper.model_copy(update={"repairs": ()})
    shown_only = paper.keeping != "fields_only"
    unsaid: dict[str, object] = {"fields": {}, "questions": (), "signatures": None}
    return (wordless.model_copy(update=unsaid) if shown_only else wordless), tuple("" for _ in texts)


def paper_of(
    digitised: DigitisedPaper,
    submission: Submission,
    copy: StoredObject | None,
    originals: Sequence[Original],
    filed_at: datetime,
) -> Paper:
    """The record of a paper that was read; `copy` None: no picture of it may be kept, or none could be made."""
    paper = Paper(
        document_id=document_id_of(submission, digitised.pages),
        submission_id=submission.submission_id,
        actor=submission.actor,
        content_sha256=submission.content_sha256,
        pipeline_version=PIPELINE_VERSION,
        type=digitised.classification.type,
        type_confidence=digitised.classification.confidence,
        cues=digitised.classification.cues,
        other_types=() if digitised.classification.certain else digitised.classification.others,
        state=digitised.settled.state,
        reasons=digitised.settled.reasons,
        keeping=digitised.document_type.keeping.rule,
        fields=digitised.fields,
        people=digitised.identification.people,
        mentions=digitised.identification.mentions,
        issues=digitised.issues,
        source_pages=digitised.pages,
        pages_by_file=digitised.pages_by_file,
        cuts=digitised.cuts,
        rotations=digitised.rotations,
        grades=digitised.grades,
        repairs=digitised.repairs,
        **_kept(digitised, copy, originals),
        dossier_code=digitised.dossier_code or submission.dossier_code,
        procedure=submission.procedure,
        filed_at=filed_at,
        copy_kind=digitised.copy_kind.kind if digitised.copy_kind else None,
        copy_kind_read=digitised.copy_kind,
        signatures=digitised.signatures,
    )
    return paper.model_copy(update={"questions": questions_of(paper, digitised.document_type)})


def _kept(digitised: DigitisedPaper, copy: StoredObject | None, originals: Sequence[Original]) -> dict[str, Any]:
    """Where what may be kept of a paper lies: its copy, its originals, and what was cut out of them."""
    may_be_kept = digitised.document_type.keeping.rule == "keep"
    lie = [original.lies(for_kept=may_be_kept) for original in originals]
    return {
        "object_key": copy.key if copy else None,
        "sha256": copy.sha256 if copy else None,
        "size_bytes": copy.size_bytes if copy else None,
        "original_keys": tuple(source.key for source in lie),
        "original_sha256s": tuple(source.sha256 for source in lie),
        "excerpts": tuple(one.excerpt for one in originals if one.excerpt is not None and may_be_kept),
    }


def document_id_of(submission: Submission, pages: tuple[int, ...]) -> str:
    """The same for the same content, pages and office, so that a second run finds the first one's row."""
    name = f"{submission.actor.office_id}/{submission.content_sha256}/{keys.page_label(pages)}"
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))
