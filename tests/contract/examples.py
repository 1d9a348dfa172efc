"""Invented submissions, papers and people, with only what a test cares for to be said."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.adapters.database.engine import Database
from schemas.decisions import Confirm
from schemas.dossier import Field, Lease, Paper, SourceFile, Submission
from schemas.people import Actor, Mention, PersonOnPaper

ACTOR = Actor(office_id="phuong-a", actor_id="lan")
NEIGHBOUR = Actor(office_id="phuong-b", actor_id="minh")
START = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
HUONG_NUMBER, HUONG_OLD_NUMBER = "001190012345", "012345678"


def minutes(count: int) -> datetime:
    """`count` minutes after the first moment of the tests' world."""
    return START + timedelta(minutes=count)


def a_submission(**changes: Any) -> Submission:
    """A submission of one file."""
    source = SourceFile(path="pile/scan.pdf", key="intake/phuong-a/ab12", sha256="ab12", size_bytes=7, media_type="x/y")
    values: dict[str, Any] = {
        "submission_id": uuid.uuid4().hex,
        "actor": ACTOR,
        "sources": (source,),
        "content_sha256": "c0ffee",
        "received_at": START,
        "state_since": START,
    }
    return Submission(**values | changes)


def a_paper(submission: Submission, **changes: Any) -> Paper:
    """A filed paper of one page without fields or people."""
    values: dict[str, Any] = {
        "document_id": uuid.uuid4().hex,
        "submission_id": submission.submission_id,
        "actor": submission.actor,
        "content_sha256": submission.content_sha256,
        "pipeline_version": "1",
        "type": "other",
        "type_confidence": 0.9,
        "state": "filed",
        "keeping": "keep",
        "source_pages": (1,),
        "rotations": (0,),
        "filed_at": START,
    }
    return Paper(**values | changes)


def a_field(value: str) -> Field:
    """A field read by OCR."""
    return Field(value=value, confidence=0.9, evidence="ocr", needs_review=False)


def huong(**changes: Any) -> PersonOnPaper:
    """Nguyễn Thị Hường as the certain owner of a paper."""
    values = {"personal_id": HUONG_NUMBER, "name": "Nguyễn Thị Hường", "role": "owner", "link": "filed"}
    return PersonOnPaper(**values | changes)


def a_mention(name: str) -> Mention:
    """Somebody who is named on a paper."""
    return Mention(personal_id=None, name=name, role="mother")


def a_decision(paper: Paper, **changes: Any) -> Confirm:
    """An officer's word that the paper was compared with its original."""
    values: dict[str, Any] = {
        "decision_id": uuid.uuid4().hex,
        "subject_id": paper.document_id,
        "actor": paper.actor,
        "copy_kind": "original",
        "decided_at": minutes(60),
    }
    return Confirm(**values | changes)


def receive(database: Database, **changes: Any) -> Submission:
    """Hand in a submission."""
    submission = a_submission(**changes)
    database.submissions.receive(submission)
    return submission


def hold(database: Database, submission: Submission, lease_s: float = 60) -> Lease:
    """Claim a submission that is free; `lease_s` 0 gives a lease that has expired already."""
    claimed = database.leases.claim(submission.submission_id, "worker", lease_s)
    assert claimed is not None
    return claimed[0]


def file(database: Database, *texts: str, actor: Actor = ACTOR, **changes: Any) -> Paper:
    """Take one paper with these page texts all the way to being on file."""
    submission = receive(database, actor=actor)
    pages = tuple(range(1, len(texts) + 1)) or (1,)
    paper = a_paper(submission, source_pages=pages, rotations=(0,) * len(pages), **changes)
    lease = hold(database, submission)
    database.leases.file(lease, ((paper, texts),))
    database.leases.finish(lease)
    return paper


Opener = Callable[[], Database]
