"""What keeping and forgetting ask of the database. Contract tests run on both databases."""

from collections.abc import Collection
from typing import Protocol

from schemas.decisions import AnyDecision


class KeepingRows(Protocol):
    """What was begun and not ended, and taking out of the rows what must not be known any more."""

    def open(self, office_id: str, begun: str, ended: str) -> tuple[AnyDecision, ...]:
        """Decisions of the kind `begun` whose subject has none of the kind `ended`, oldest first.

        Such are destructions that wait, and requests of citizens.
        """
        ...

    def forget(self, office_id: str, document_ids: Collection[str], owners: Collection[str]) -> None:
        """Remove what rows still tell of papers that were destroyed or proved to be secret, in one transaction.

        What was decided about them (but for holds, the destruction itself, and that they are secret), their codes,
        marks and places in dossiers; of a submission of which nothing is left, who handed it in and what its files
        were called; what programs were told of them; of `owners` those entries of the register that nothing hangs on
        any more. Again changes nothing.
        """
        ...

    def tidy(self) -> None:
        """Have nothing of removed rows left in the files, where this is not done by the database itself."""
        ...
