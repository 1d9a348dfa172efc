"""What schedules ask of the database. Contract tests run on both databases."""

from collections.abc import Collection, Iterable
from typing import Protocol

from schemas.dossier import Paper
from schemas.marks import MarkKind, PaperMark


class Turns(Protocol):
    """Whose turn it is to do what only one may do at a time, on whatever machine it runs."""

    def claim(self, name: str, owner: str, lease_s: float) -> bool:
        """Take the turn `name` for `lease_s` seconds, or keep it that long; False while another owner has it.

        Of several who claim at once exactly one gets it.
        """
        ...

    def give_back(self, name: str, owner: str) -> None:
        """End the turn; one that another owner has by now stays that one's."""
        ...


class Marks(Protocol):
    """Marks on papers of an office."""

    def papers(self, office_id: str, after: str, limit: int) -> tuple[Paper, ...]:
        """Papers in the order of their ids, those behind the id `after`, at most `limit`; "" begins."""
        ...

    def replace(self, office_id: str, document_ids: Collection[str], marks: Iterable[PaperMark]) -> None:
        """Give these papers these marks in place of all that they have."""
        ...

    def counts(self, office_id: str) -> dict[MarkKind, int]:
        """How many papers have each mark; kinds that none has are left out."""
        ...

    def listed(self, office_id: str, kind: MarkKind, limit: int) -> tuple[PaperMark, ...]:
        """Marks of a kind, the earliest day first."""
        ...
