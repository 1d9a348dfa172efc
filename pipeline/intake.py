"""The intake area: what of a submission is left there, and for how long."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline import keys
from pipeline.errors import NotFound
from pipeline.ports import ObjectStore
from pipeline.table_ports import Tables
from schemas.dossier import Paper, Submission


class Intake:
    """Empties the intake area of what need not, or may not, lie there any longer."""

    def __init__(self, store: ObjectStore, tables: Tables, days: int) -> None:
        """Args: days: how long originals that may not be archived are kept after their submission is done."""
        self._store, self._tables, self._days = store, tables, days

    def leave(self, submission: Submission, papers: Sequence[Paper]) -> None:
        """Remove what now lies in the archive. A crash before this leaves it to `expire`."""
        kept = {key for paper in papers for key in paper.original_keys}
        for source in submission.sources:
            if source.key not in kept:
                self._store.delete(source.key)
        self.leave_pages(submission)

    def leave_pages(self, submission: Submission) -> int:
        """Remove the pages that were read by ranges; return how many objects."""
        return self._remove(keys.read_pages(keys.intake(submission.actor.office_id, submission.submission_id)))

    def empty(self, submission: Submission) -> int:
        """Remove all there is of a submission; return how many objects."""
        return self._remove(keys.intake(submission.actor.office_id, submission.submission_id))

    def expire(self, office_id: str, now: datetime) -> int:
        """Remove objects that are older than the limit and wait for nobody; return how many.

        What belongs to a submission that is still to be worked off, or to a paper that waits for review, stays, and
        so does what no row tells of. A secret paper goes at once, and pages that a reader brought too late.
        """
        limit = now - timedelta(days=self._days)
        inside: dict[str, set[str]] = {}
        for stored in self._store.find(keys.intake(office_id)):
            _, _, submission_id, part, *_ = stored.key.split("/")
            inside.setdefault(submission_id, set()).add(part)
        removed = 0
        for submission_id, parts in inside.items():
            try:
                submission = self._tables.submissions.get(office_id, submission_id)
            except NotFound:  # it is just being received, or a crash came before its row
                continue
            due = submission.state == "done" and submission.state_since < limit and not self._in_review(submission)
            if due or submission.reason == "secret_paper":
                removed += self.empty(submission)
            elif submission.state == "done" and "pages" in parts:
                removed += self.leave_pages(submission)
        return removed

    def _in_review(self, submission: Submission) -> bool:
        papers = self._tables.papers.of_content(submission.actor.office_id, submission.content_sha256)
        return any(paper.state == "needs_review" for paper in papers)

    def _remove(self, folder: str) -> int:
        stored = list(self._store.find(folder))
        for one in stored:
            self._store.delete(one.key)
        return len(stored)
