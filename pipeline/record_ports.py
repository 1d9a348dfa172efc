"""What keeping records in step with rows asks of the database. Contract tests run on both databases."""

from collections.abc import Sequence
from typing import Protocol

from schemas.decided import Decided
from schemas.dossier import PaperRecord, Submission
from schemas.records import Change, CodeRecord, DossierRecord, RegisterEntry

Record = Submission | RegisterEntry | PaperRecord | DossierRecord | CodeRecord


class Records(Protocol):
    """Rows that have changed since their record was written. What changes a row notes it in the same transaction."""

    def changed(self, office_id: str | None, limit: int) -> tuple[Change, ...]:
        """Changes of rows of the office, or of all offices, that no record says yet, in any order."""
        ...

    def load(self, changes: Sequence[Change]) -> tuple[Record | None, ...]:
        """What the rows of each of these say now; None: they are gone."""
        ...

    def recorded(self, changes: Sequence[Change]) -> bool:
        """Forget these changes: their records are in the store.

        False where somebody else has recorded one of them in the meantime. It is then noted as changed once more: who
        wrote its record last may have written what was read first.
        """
        ...

    def note(self, change: Change) -> None:
        """Have the record of these rows written anew."""
        ...


class Restoring(Protocol):
    """Makes rows of what lies in the store. Accounts, sessions, visits and the like have no records and stay."""

    def is_empty(self) -> bool:
        """Whether nothing at all was ever handed in."""
        ...

    def begin(self) -> None:
        """Remove all rows that can be made of records, and note that they are being made, until `end`."""
        ...

    def is_under_way(self) -> bool:
        """Whether they were begun to be made, and not ended."""
        ...

    def end(self) -> None:
        """All rows have been made."""
        ...

    def restore(self, records: Sequence[Record | Decided]) -> int:
        """Add the rows of these where they are not there, in one transaction, and tell how many had none.

        A submission comes before its papers, a dossier before and again after its papers, a merged entry of the
        register again after the one it was merged into. What is there is left as it is.

        A submission that was not done is `received` again, and papers of such a one are passed over: they will be filed
        when it is worked off. One that has no record itself is made of its paper. An owner whose entry is not known is
        looked for by number, and entered.
        """
        ...
