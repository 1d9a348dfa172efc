"""What was handed in, how far it is read and what waits, as the database knows it.

Contract tests run on both databases.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from schemas.dossier import PageRange, Submission
from schemas.dossiers import Dossier
from schemas.figures import By, Counts, DayOfWork
from schemas.paging import TimePlace
from schemas.work import Call, DossierNeeds, Proposal, UnfinishedWork, WorkCounts


class Submissions(Protocol):
    """Our own table of what was handed in: the truth about how far the work is (Prefect is only the engine)."""

    def receive(self, submission: Submission) -> None:
        """Add a submission in state `received`. Its originals must already be in the store."""
        ...

    def get(self, office_id: str, submission_id: str) -> Submission:
        """Raises: NotFound (no_such_submission), for another office's as well."""
        ...

    def find_content(self, office_id: str, content_sha256: str) -> Submission | None:
        """The office's newest submission of this content that is not refused (state done with a reason), or None."""
        ...

    def recent(
        self, office_id: str, limit: int, actor_id: str | None = None, after: TimePlace | None = None
    ) -> tuple[Submission, ...]:
        """Newest first; only an actor's; those behind a place, by the time of receipt."""
        ...


class Work(Protocol):
    """What waits. Every list is of one office and shows at most `limit`."""

    def counts(self, office_id: str, today: date, soon: date) -> WorkCounts:
        """How much waits on the day `today`; dossiers due after it and until `soon` are due soon."""
        ...

    def stuck(self, office_id: str, limit: int) -> tuple[UnfinishedWork, ...]:
        """Submissions that are stuck, those first that are so for longest."""
        ...

    def waiting(self, office_id: str, limit: int) -> tuple[UnfinishedWork, ...]:
        """Submissions that are received, being read or to be tried again, those first that are so for longest."""
        ...

    def retry(self, office_id: str, submission_id: str) -> bool:
        """Have a stuck submission wait to be read again, as if it had just come.

        False, and nothing changes, where it is not stuck.

        Raises: NotFound (no_such_submission), for another office's as well.
        """
        ...

    def due(self, office_id: str, until: date, limit: int) -> tuple[Dossier, ...]:
        """Open dossiers that are due until this day, the earliest first."""
        ...

    def owing(self, office_id: str, limit: int) -> tuple[Dossier, ...]:
        """Open dossiers that owe papers, those first that do so for longest."""
        ...

    def uncompared(self, office_id: str, limit: int) -> tuple[Dossier, ...]:
        """Open dossiers with papers nobody has compared, those first that wait for longest."""
        ...

    def open_of(self, office_id: str, numbers: Iterable[str]) -> tuple[Dossier, ...]:
        """Open dossiers whose owner, or who handed them in, has one of these numbers; the oldest first."""
        ...

    def mark(self, office_id: str, code: str, needs: DossierNeeds) -> None:
        """Write what is known of a dossier's needs. Since when it owes or waits is kept while it goes on to."""
        ...

    def propose(self, proposal: Proposal) -> bool:
        """Add a proposal; False, and nothing is written, where this paper was proposed for this dossier before."""
        ...

    def proposals(self, office_id: str, limit: int) -> tuple[Proposal, ...]:
        """Proposals that nobody has answered, the newest first."""
        ...

    def answer(self, office_id: str, document_id: str, code: str) -> None:
        """The proposal of a paper for a dossier is answered: it is listed no more, and cannot be made again."""
        ...

    def withdraw(self, office_id: str, document_id: str) -> None:
        """Forget the paper's proposals that nobody has answered: it has become another."""
        ...

    def days(self, office_id: str, since: date, until: date) -> tuple[DayOfWork, ...]:
        """What waited and was answered on each of these days, both ends included, in their order."""
        ...

    def answer_s(self, office_id: str, since: date, until: date) -> float | None:
        """The median time of all answers of these days, in seconds; None where no time is known."""
        ...


class Calls(Protocol):
    """Who was called about a dossier."""

    def note(self, call: Call) -> None:
        """Add a call."""
        ...

    def of_dossier(self, office_id: str, code: str) -> tuple[Call, ...]:
        """The calls about a dossier, the newest first."""
        ...

    def last(self, office_id: str, codes: Iterable[str]) -> dict[str, Call]:
        """The newest call about each of these dossiers, by code; none for those nobody called about."""
        ...


class PageRanges(Protocol):
    """Ranges of pages of a large submission, which several workers read. They are gone when the submission is done."""

    def cut(self, submission: Submission, ranges: Sequence[tuple[int, int]]) -> None:
        """Have pages read by ranges (first, last). One that is cut already stays as it was cut."""
        ...

    def claim(self, submission_id: str, owner: str, lease_s: float) -> tuple[PageRange, Submission] | None:
        """Take the first range that is not read and that nobody is reading, or whose lease has expired.

        None when there is none. Of several who claim at once each gets another.
        """
        ...

    def renew(self, held: PageRange, lease_s: float) -> None:
        """Extend the lease. Raises: ServiceUnavailable (lease_lost)."""
        ...

    def finish(self, held: PageRange) -> None:
        """Its pages have been read and lie in the store. Raises: ServiceUnavailable (lease_lost)."""
        ...

    def release(self, held: PageRange) -> None:
        """Give the range back for others to read at once. Raises: ServiceUnavailable (lease_lost)."""
        ...

    def pages_left(self, submission_id: str) -> int:
        """How many pages lie in ranges that are not read, whoever reads them."""
        ...


class FigureSource(Protocol):
    """Counts for the figures of an office."""

    def count(self, office_id: str, since: date, until: date, by: By) -> dict[str, Counts]:
        """What is counted on the days from `since` to `until`, both included: a day's, the office's, or a procedure's
        counts by key (`Figures.key`). Days are those at the counters.
        """
        ...

    def dossiers_received(
        self, office_id: str, since: date, until: date, limit: int | None = None, after: TimePlace | None = None
    ) -> tuple[Dossier, ...]:
        """The dossiers received on these days, oldest first: at most `limit`, those behind a place."""
        ...
