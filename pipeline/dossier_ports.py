"""What dossiers ask of the database. Contract tests run on both databases."""

from collections.abc import Callable
from typing import Protocol

from schemas.decided import Decided
from schemas.decisions import LookUp
from schemas.dossiers import Component, Dossier, PaperCode


class Dossiers(Protocol):
    """Dossiers of the office, what is in them, and the codes of digitised papers."""

    def get(self, office_id: str, code: str) -> Dossier:
        """Raises: NotFound (no_such_dossier), for another office's as well."""
        ...

    def put(
        self, dossier: Dossier, merge: Callable[[Dossier], tuple[Dossier, tuple[str, ...]]]
    ) -> tuple[Dossier | None, Dossier, tuple[str, ...]]:
        """Add the dossier, or write what `merge` makes of the known one with the names of what it left as it was.

        Returns the dossier known before (None: it is new), the one on file now, and those names. Of several that add
        the same code at once one adds it and the others merge.
        """
        ...

    def recent(self, office_id: str, limit: int) -> tuple[Dossier, ...]:
        """Those received last, newest first."""
        ...

    def attach(self, component: Component) -> bool:
        """Put a paper into its dossier; whether it was new there. Dossier and paper must be on file.

        One that was brought (reused 0) stands in one place, so it leaves the one it had.
        """
        ...

    def detach(self, component: Component) -> None:
        """Take a paper that was brought out of its dossier again; one that is not in it may be taken out."""
        ...

    def attach_result(self, component: Component) -> str:
        """Put a result into its dossier and return its code `<dossier code>-KQ<n>`, n counted from 1.

        The same paper keeps its code; of several at once each gets its own.
        """
        ...

    def components(self, office_id: str, code: str) -> tuple[Component, ...]:
        """The papers in a dossier, in the order they were attached."""
        ...

    def give_code(self, stem: str, make: Callable[[int], PaperCode]) -> PaperCode:
        """The paper's code: the one it has, else what `make` makes of the next free number under `stem`, from 1.

        Of several papers that ask at once each gets a number of its own.
        """
        ...

    def code_of(self, office_id: str, document_id: str) -> PaperCode | None:
        """The code of a digitised paper, or None when it has none yet."""
        ...

    def note(self, decision: Decided, kind: str) -> None:
        """Write the row of a decision that is in the store and changes no other row; again changes nothing."""
        ...

    def confirmer(self, office_id: str, document_id: str) -> str | None:
        """The actor who last confirmed a paper, or None."""
        ...

    def look_ups(self, office_id: str, code: str) -> tuple[LookUp, ...]:
        """What was looked up in national databases for a dossier, oldest first."""
        ...
