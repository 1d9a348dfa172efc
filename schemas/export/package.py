"""What lies beside the papers of a package, in JSON: for whoever opens it without hoso, also after many years.

The names follow what TT 05/2025/TT-BNV asks of a dossier and Phụ lục VI of NĐ 30/2020/NĐ-CP of a document, as far as
hoso knows it. What hoso cannot know stays null, and the archive that takes the package over fills it in: how long it is
kept, who may see it, how many sheets there are and in which condition, the code of the dossier on paper, its key words,
how far it can be relied on, and whether it is backed up.
"""

from datetime import date, datetime

from pydantic.json_schema import GenerateJsonSchema

from schemas.base import Value
from schemas.dossier import Channel, CopyKind, Evidence, InvalidState, PaperState
from schemas.dossiers import Party
from schemas.signing import SignatureLevel


class PackagedFile(Value):
    """A file of the package: where it lies below the folder of this JSON file, and what it is."""

    path: str
    sha256: str
    size_bytes: int
    media_type: str


class PackagedField(Value):
    """A value of a paper; `confidence` is the probability, 0..1, that it is what the paper says.

    `evidence` is where it was read, `officer` that a person said so. `needs_review`: nobody has looked at it yet.
    """

    value: str
    confidence: float
    evidence: Evidence
    needs_review: bool


class PackagedPerson(Value):
    """Whose a paper is. `certain` false: nobody has said so yet."""

    number: str | None
    name: str | None
    role: str
    certain: bool


class PackagedSignature(Value):
    """The signed copy of a paper. `subject`, `issuer` (RFC 4514) and `serial` (decimal) are its certificate's.

    `converter` signed at `signed_at`; `stamped_at` is what an authority of time stamps says, null where none was asked.
    """

    file: PackagedFile
    converter: str
    signed_at: datetime
    stamped_at: datetime | None
    subject: str
    issuer: str
    serial: str
    level: SignatureLevel


class PackagedPaper(Value):
    """One paper. `file` null: its picture may not be kept, or there is none.

    `confirmed_at` null: nobody has compared the copy with the original (NĐ 107/2021/NĐ-CP, Art 21a). `signed` null:
    nobody has signed it since. `code`, `summary`, `permanent`, `valid_until` and `scope` are those of the digitised
    paper (TT 01/2023/TT-VPCP, Art 9, 10), null where it has none yet. `pages` counts pictures; `content_sha256` is the
    hash over the files as they were handed in.
    """

    document_id: str
    code: str | None
    type: str
    title: str
    national_code: str
    summary: str | None
    permanent: bool | None
    valid_until: date | None
    scope: str | None
    state: PaperState
    invalid_state: InvalidState | None
    invalid_from: date | None
    copy_kind: CopyKind | None
    confirmed_at: datetime | None
    filed_at: datetime
    dossier_code: str | None
    fields: dict[str, PackagedField]
    owners: tuple[PackagedPerson, ...]
    pages: int
    file: PackagedFile | None
    signed: PackagedSignature | None = None
    originals: tuple[PackagedFile, ...]
    content_sha256: str
    pipeline_version: str


class PackagedPlace(Value):
    """A paper in the dossier: `record` is the JSON file of it, the rest as in the sync schema.

    `reused` is 0 for a paper brought with this dossier, 1 for one that was on file, 2 for one with a code of its own.
    """

    record: str
    component: str
    digitised: bool
    reused: int
    reused_code: str | None
    result_code: str | None


class PackagedDossier(Value):
    """One dossier, as TT 05/2025/TT-BNV describes it.

    `code` is the one-stop system's and is kept in the archive (TT 13/2023/TT-BNV). `ended_at` is when its last result
    was put on file, null where there is none. `documents` and `pages` count what is in the package.
    """

    code: str
    title: str | None
    procedure_code: str | None
    owner: Party
    submitted_by: Party | None
    channel: Channel
    received_at: datetime
    ended_at: datetime | None
    language: str
    documents: int
    pages: int
    papers: tuple[PackagedPlace, ...]
    retention: str | None = None
    access_level: str | None = None
    keywords: str | None = None
    sheets: int | None = None
    physical_condition: str | None = None
    reliability: str | None = None
    paper_dossier_code: str | None = None
    backup_state: str | None = None


def package_schemas() -> dict[str, dict[str, object]]:
    """The JSON Schema of each kind of file, by its name beside this module and in the package."""
    kinds: dict[str, type[Value]] = {"dossier": PackagedDossier, "paper": PackagedPaper}
    return {
        f"package_{name}.schema.json": {
            "$schema": GenerateJsonSchema.schema_dialect,
            **kind.model_json_schema(mode="serialization"),
        }
        for name, kind in kinds.items()
    }
