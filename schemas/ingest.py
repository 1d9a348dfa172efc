"""The answer of `hoso ingest --json`: one line for every paper found and every file refused.

Keys are only ever added, never changed or left out.
"""

from typing import Literal

from schemas.base import Value
from schemas.dossier import Conflict, CopyKind, Evidence, PaperState
from schemas.people import Mention
from schemas.text import Box


class SourcePages(Value):
    """A file and which of its pages (1-based) belong to the paper."""

    path: str
    pages: tuple[int, ...]


class FieldLine(Value):
    """A field as other systems see it."""

    value: str
    confidence: float
    evidence: Evidence
    needs_review: bool
    handwritten: bool = False
    page: int | None = None
    box: Box | None = None
    conflicts: tuple[Conflict, ...] = ()
    candidates: tuple[str, ...] = ()
    parts: dict[str, str] = {}


class PersonLine(Value):
    """An owner of the paper."""

    personal_id: str | None
    name: str | None
    role: str
    link: Literal["filed", "proposed"]
    passport: str | None = None
    tax_code: str | None = None


class IngestLine(Value):
    """One paper or one refused file. Every key is always there, null or empty where there is nothing to say."""

    source: str
    sources: tuple[SourcePages, ...] = ()
    submission_id: str | None = None
    document_id: str | None = None
    source_pages: tuple[int, ...] = ()
    rotations: tuple[int, ...] = ()
    type: str | None = None
    type_confidence: float | None = None
    cues: tuple[str, ...] = ()
    state: PaperState
    reasons: tuple[str, ...] = ()
    fields: dict[str, FieldLine] = {}
    people: tuple[PersonLine, ...] = ()
    mentions: tuple[Mention, ...] = ()
    copy_kind: CopyKind | None = None
    dossier_code: str | None = None
    object_key: str | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    original_key: str | None = None
    original_sha256: str | None = None
    code: str | None = None
    message: str | None = None


class IngestLineWithText(IngestLine):
    """The same with what each source page says, NFC."""

    page_texts: tuple[str, ...] = ()
