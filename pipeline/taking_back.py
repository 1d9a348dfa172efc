"""An answer taken back: the papers as they were before it, with their questions open again.

Where they lie by now stays: a copy that has left intake does not return, and what was wiped is not there again.
"""

from pipeline import answers
from pipeline.again import read_again
from pipeline.archive import Archive
from pipeline.errors import NotFound, ScanRejected
from pipeline.review_ports import EarlierPaper
from pipeline.table_ports import PaperChange
from schemas.decisions import TakeBack
from schemas.dossier import Paper

_PLACE = ("object_key", "sha256", "size_bytes", "original_keys", "original_sha256s", "excerpts", "signed_copies")
"""Where a paper lies; other papers of its submission may have moved that since."""
_CONFIRMED = ("copy_kind", "confirmed_at")
"""An officer compared the copy since: that stands, whatever the answer was."""


def taken_back(archive: Archive, decision: TakeBack) -> tuple[PaperChange, ...]:
    """What taking a decision back makes of the papers that it had changed.

    Raises:
        ScanRejected: (cannot_undo) it was taken back, is too old, something was changed since, or what it made away
            with is gone.
        ServiceUnavailable: store_away, database_away.
    """
    return tuple(_restored(archive, paper) for paper in unchanged_since(archive, decision))


def unchanged_since(archive: Archive, decision: TakeBack) -> tuple[EarlierPaper, ...]:
    """The papers that a decision changed, if nothing has changed them since. Raises: ScanRejected (cannot_undo)."""
    found = archive.tables.papers.earlier(decision.actor.office_id, decision.undone)
    if not found or any(_said(one.became, one.now) != one.now for one in found):
        raise ScanRejected("cannot_undo", decision.undone)
    return found


def _restored(archive: Archive, earlier: EarlierPaper) -> PaperChange:
    now = earlier.now
    if earlier.was is None:
        return PaperChange(before=now, after=answers.withdrawn(now))
    was = _said(earlier.was, now)
    if earlier.was.object_key is None or now.object_key is not None or was.keeping != "keep":
        return PaperChange(before=now, after=was, texts=earlier.texts)
    try:
        read, texts = read_again(archive, now, was.type)
    except NotFound:
        raise ScanRejected("cannot_undo", now.document_id) from None
    copy = {name: getattr(read, name) for name in ("object_key", "sha256", "size_bytes", "repairs")}
    return PaperChange(before=now, after=was.model_copy(update=copy), texts=texts)


def _said(was: Paper, now: Paper) -> Paper:
    """The paper as it was, where it lies by now and as it was compared since."""
    kept = (*_PLACE, *(_CONFIRMED if now.confirmed_at != was.confirmed_at else ()))
    return was.model_copy(update={name: getattr(now, name) for name in kept})
