"""The intake area: what of a submission is left there, and for how long."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from pipeline import keys
from pipeline.errors import NotFound
from pipeline.ports import ObjectStore
from pipeline.stages.certain import loses_pictures, needs_no_pictures
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

    def let_go(self, papers: Iterable[Paper]) -> int:
        """Remove the pictures of those of the papers that need none any more; return how many objects.

        A file that another paper of the submission still needs stays until that paper is settled too. What a crash
        before this has left goes with `expire`.
        """
        done = {
            (paper.actor.office_id, paper.submission_id)
            for paper in papers
            if paper.keeping != "keep" and needs_no_pictures(paper)
        }
        submissions = [self._tables.submissions.get(*one) for one in sorted(done)]
        return sum(self._let_go(submission, self._papers_of(submission)) for submission in submissions)

    def _let_go(self, submission: Submission, papers: Sequence[Paper]) -> int:
        """Remove from intake all pictures that none of `papers`, all of a submission, needs."""
        needed = {key for paper in papers if not needs_no_pictures(paper) for key in own_originals(paper, submission)}
        needed |= {paper.object_key for paper in papers if paper.object_key is not None}
        folder = keys.intake(submission.actor.office_id, submission.submission_id)
        due = [
            stored.key
            for stored in self._store.find(folder)
            if stored.key not in needed and not stored.key.endswith(".json")
        ]
        for key in due:
            self._store.delete(key)
        return len(due)

    def expire(self, office_id: str, now: datetime) -> int:
        """Remove objects that are older than the limit and wait for nobody; return how many.

        What belongs to a submission that is still to be worked off, or to a paper that waits for review and may be
        kept once that is over, stays, and so does what no row tells of. A secret paper goes at once, and so do pages
        that a reader brought too late and pictures that no paper needs any more.
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
            removed += self._expire(submission, parts, limit)
        return removed

    def _expire(self, submission: Submission, parts: set[str], limit: datetime) -> int:
        if submission.reason == "secret_paper":
            return self.empty(submission)
        if submission.state != "done":
            return 0
        papers = self._papers_of(submission)
        # Of a card no picture stays beyond the limit, whatever is still asked about it.
        waiting = any(paper.state == "needs_review" and not loses_pictures(paper) for paper in papers)
        if submission.state_since < limit and not waiting:
            return self.empty(submission)
        late = self.leave_pages(submission) if "pages" in parts else 0
        is_over = any(loses_pictures(paper) and needs_no_pictures(paper) for paper in papers)
        return late + (self._let_go(submission, papers) if is_over else 0)

    def _papers_of(self, submission: Submission) -> Sequence[Paper]:
        return self._tables.papers.of_content(submission.actor.office_id, submission.content_sha256, withdrawn=True)

    def _remove(self, folder: str) -> int:
        stored = list(self._store.find(folder))
        for one in stored:
            self._store.delete(one.key)
        return len(stored)


def own_originals(paper: Paper, submission: Submission) -> set[str]:
    """The keys of those originals that show the paper; it names all files that came with it.

    Of papers filed before it was known which files they are on, all.
    """
    if not paper.pages_by_file:
        return set(paper.original_keys)
    own = {source.sha256 for source, pages in zip(submission.sources, paper.pages_by_file, strict=False) if pages}
    own |= {excerpt.sha256 for excerpt in paper.excerpts if excerpt.original_sha256 in own}
    return {key for key, sha256 in zip(paper.original_keys, paper.original_sha256s, strict=True) if sha256 in own}
