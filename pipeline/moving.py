"""Out of intake: what a paper's copy and record become once a person has settled what it is. Object first, row last."""

import logging
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline import keys
from pipeline.answers import without_copy
from pipeline.ports import ObjectStore
from pipeline.stages.certain import is_certain, may_stay
from pipeline.stages.questions import CUT
from pipeline.table_ports import PaperChange
from schemas.dossier import Paper, PaperRecord

log = logging.getLogger("hoso")

_OWN = ("json", "pdf")


def is_settled_to_keep(paper: Paper) -> bool:
    """Whether the paper is certain, and may be kept."""
    return may_stay(paper) and is_certain(paper)


def may_be_archived(paper: Paper, papers: Sequence[Paper]) -> bool:
    """Whether a paper's copy may leave intake.

    Where one of `papers`, those of its submission, may not be kept, a doubtful cut anywhere holds all of them back, as
    it does when they are filed (`keeping.py`).
    """
    mixed = any(not may_stay(other) for other in papers)
    held_back = mixed and any(CUT in other.reasons for other in papers)
    return is_settled_to_keep(paper) and not held_back


def with_copy(store: ObjectStore, paper: Paper, papers: Sequence[Paper]) -> Paper:
    """Put the copy of a paper where it belongs by now; return the paper as it lies there.

    What it leaves stays until `clear_away`, after the row has been written. Running it again changes nothing.

    Args:
        store: where it lies.
        paper: one of `papers`.
        papers: all papers of the submission, withdrawn ones included.

    Raises:
        ServiceUnavailable: store_away.
    """
    if not may_stay(paper) or shows_what_may_not_be_kept(paper, papers):
        return without_copy(paper)
    archive = keys.archive(paper.actor.office_id, paper.content_sha256)
    counting = [one for one in papers if one.state != "withdrawn"]
    if paper.object_key is None or paper.object_key.startswith(archive) or not may_be_archived(paper, counting):
        return paper
    key = f"{archive}{paper.object_key.rpartition('/')[2]}"
    copy_object(store, paper.object_key, key, "application/pdf")
    return paper.model_copy(update={"object_key": key})


def shows_what_may_not_be_kept(paper: Paper, papers: Sequence[Paper]) -> bool:
    """Whether the paper was cut otherwise, and a page of it proved to be of a paper that may not be kept."""
    pages = set(paper.source_pages)
    others = (one for one in papers if one.state != "withdrawn" and not may_stay(one))
    return paper.state == "withdrawn" and any(pages & set(one.source_pages) for one in others)


def put_record(store: ObjectStore, paper: Paper, texts: tuple[str, ...], papers: Sequence[Paper]) -> None:
    """Put a paper's record beside its objects. Raises: ServiceUnavailable (store_away)."""
    archive = keys.archive(paper.actor.office_id, paper.content_sha256)
    counting = [one for one in papers if one.state != "withdrawn"]
    lies_there = paper.object_key is not None and paper.object_key.startswith(archive)
    archived = lies_there or not may_stay(paper) or may_be_archived(paper, counting)
    folder = archive if archived else keys.intake(paper.actor.office_id, paper.submission_id)
    record = PaperRecord(paper=paper, page_texts=texts).model_dump_json().encode()
    store.put(keys.paper(folder, paper.source_pages, "json"), BytesIO(record), "application/json")


def clear_away(store: ObjectStore, changes: Sequence[PaperChange], papers: Sequence[Paper]) -> None:
    """Remove what papers pointed to before, and neither they nor any of `papers`, the submission's, point to now.

    Of a rejected paper nothing stays that shows it, whatever it pointed to before. A crash before this leaves orphans
    until the decision is applied again.
    """
    held = {key for paper in papers for key in (*paper.copy_keys, *paper.original_keys)}
    held |= {key for change in changes for key in (*change.after.copy_keys, *change.after.original_keys)}
    for change in changes:
        left, paper = change.before, change.after
        due = {*left.copy_keys, *left.original_keys} if left else set()
        archive = keys.archive(paper.actor.office_id, paper.content_sha256)
        intake = keys.intake(paper.actor.office_id, paper.submission_id)
        in_archive = keys.paper(archive, paper.source_pages, "json")
        if paper.state == "rejected":
            due |= {keys.paper(folder, paper.source_pages, kind) for folder in (archive, intake) for kind in _OWN}
            beside = (keys.original(archive, ""), keys.original(intake, ""), keys.signed(archive))
            due |= {one.key for folder in beside for one in store.find(folder)}
        elif any(store.find(in_archive)):
            due |= {keys.paper(intake, paper.source_pages, kind) for kind in _OWN}
        if left and left.object_key and not may_stay(paper):  # no row names what a signing left that failed half way
            due |= {one.key for one in store.find(keys.signed(archive))}
        for key in due - held:
            if key is not None and not store.erase(key):
                log.warning("locked %s: it can be read by its version until its term ends", key)


def copy_object(store: ObjectStore, source: str, target: str, media_type: str) -> None:
    """Put the bytes of `source` under `target` too. Raises: NotFound (no_such_object), ServiceUnavailable."""
    with TemporaryDirectory(prefix="hoso-move-") as folder:
        file = Path(folder) / "object"
        store.fetch(source, file)
        with file.open("rb") as data:
            store.put(target, data, media_type)
