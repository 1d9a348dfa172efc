"""What checking objects against rows asks of the database. Contract tests run on both databases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from schemas.dossier import Submission
from schemas.integrity import FiledPaper, Finding, IntegrityState
from schemas.records import RecordKind


class Inventory(Protocol):
    """What is on file, part by part, and putting its index right.

    Prefixes are of lower-case hexadecimal digits where nothing else is said.
    """

    def contents(self, office_id: str) -> int:
        """How many submissions there are."""
        ...

    def papers(self, office_id: str, prefix: str) -> tuple[FiledPaper, ...]:
        """All papers, withdrawn ones too, whose content's hash begins with `prefix`."""
        ...

    def submissions(self, office_id: str, prefix: str, by: Literal["id", "content"]) -> tuple[Submission, ...]:
        """The submissions whose id, or whose content's hash, begins with `prefix`."""
        ...

    def ids(self, office_id: str, kind: RecordKind | Literal["decision"], prefix: str) -> frozenset[str]:
        """Ids of a kind that begin with `prefix`, of any letters; of decisions `<subject>/<decision>`."""
        ...

    def mend(self, office_id: str, document_id: str) -> None:
        """Write a paper's search rows and open questions anew. Raises: NotFound (no_such_paper)."""
        ...


class Checks(Protocol):
    """How far an office has been checked, and what was found and not put right."""

    def place(self, office_id: str) -> str:
        """Where the rotation goes on; "": at its beginning."""
        ...

    def note(self, office_id: str, place: str, part: str, found: Sequence[Finding], objects: int) -> None:
        """The part of the store whose keys begin with `part` was checked, and the rotation stands at `place`.

        What was found there before and is not found any more is forgotten; what is found again stays since when it
        was. A `place` of "" ends a round.
        """
        ...

    def found_at(self, office_id: str, finding: Finding) -> datetime | None:
        """Since when this has been known."""
        ...

    def state(self, office_id: str) -> IntegrityState | None:
        """What the last check says; None: there was none."""
        ...
