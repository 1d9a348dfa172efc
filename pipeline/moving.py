"""Out of intake: what a paper's objects become once a person has settled what it is. Object first, row last."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline import keys
from pipeline.ports import ObjectStore, PaperChange
from pipeline.stages.classify import OTHER, TYPE_CERTAIN
from pipeline.stages.questions import CARD, CUT, SECRECY, UNCUT
from schemas.dossier import Excerpt, Paper, PaperRecord, Submission


def may_be_archived(paper: Paper) -> bool:
    """Whether a paper leaves intake: it may be kept, its type is certain, its bounds too, and it is not suspect."""
    certain = "type" in paper.answered or (paper.type != OTHER and paper.type_confidence >= TYPE_CERTAIN)
    return paper.keeping == "keep" and certain and not {CUT, SECRECY, CARD, UNCUT} & set(paper.reasons)


def move_copy(store: ObjectStore, paper: Paper, texts: tuple[str, ...]) -> Paper:
    """Put copy and record of a paper where they belong by now; return the paper as it lies there.

    What it leaves stays until `clear_away`, after the row has been written. Running it again changes nothing.

    Raises:
        ServiceUnavailable: store_away.
    """
    archive = keys.archive(paper.actor.office_id, paper.content_sha256)
    stays = paper.keeping == "keep" and not may_be_archived(paper)
    if paper.keeping != "keep":
        paper = paper.model_copy(update={"object_key": None, "sha256": None, "size_bytes": None})
    elif paper.object_key is not None and not stays and not paper.object_key.startswith(archive):
        key = f"{archive}{paper.object_key.rpartition('/')[2]}"
        _copy(store, paper.object_key, key, "application/pdf")
        paper = paper.model_copy(update={"object_key": key})
    record = PaperRecord(paper=paper, page_texts=texts).model_dump_json().encode()
    folder = keys.intake(paper.actor.office_id, paper.submission_id) if stays else archive
    store.put(keys.paper(folder, paper.source_pages, "json"), BytesIO(record), "application/json")
    return paper


def originals_after(store: ObjectStore, submission: Submission, papers: Sequence[Paper]) -> dict[str, str | None]:
    """Where the originals of a submission are to lie: old keys to new ones, None for those that may no longer be kept.

    They are put into the archive once all papers of the submission may be. One that lies there already goes when a
    page of it turns out to be of a paper that may not be kept; one in intake stays there with its time limit.
    """
    archive = keys.archive(submission.actor.office_id, submission.content_sha256)
    held = {key: sha for paper in papers for key, sha in zip(paper.original_keys, paper.original_sha256s, strict=True)}
    counting = [paper for paper in papers if paper.state != "withdrawn"]
    others = [paper for paper in counting if paper.keeping != "keep"]
    if others:
        excerpts = {excerpt.sha256: excerpt for paper in papers for excerpt in paper.excerpts}
        archived = ((key, sha256) for key, sha256 in held.items() if key.startswith(archive))
        return {
            key: None
            for key, sha256 in archived
            if any(_shows(submission, sha256, excerpts.get(sha256), paper) for paper in others)
        }
    if not all(may_be_archived(paper) for paper in counting):
        return {}
    media_types = {source.sha256: source.media_type for source in submission.sources}
    moved: dict[str, str | None] = {}
    for key, sha256 in held.items():
        if not key.startswith(archive):
            target = keys.original(archive, sha256)
            _copy(store, key, target, media_types.get(sha256, "application/octet-stream"))
            moved[key] = target
    return moved


def _shows(submission: Submission, sha256: str, excerpt: Excerpt | None, paper: Paper) -> bool:
    """Whether a kept original, or an excerpt of one, has a page of the paper."""
    if not paper.pages_by_file:
        return True
    whole = excerpt.original_sha256 if excerpt is not None else sha256
    pages = {
        page
        for source, numbers in zip(submission.sources, paper.pages_by_file, strict=True)
        for page in numbers
        if source.sha256 == whole
    }
    return bool(pages if excerpt is None else pages & set(excerpt.pages))


def with_originals(paper: Paper, places: Mapping[str, str | None]) -> Paper:
    """The paper with its originals where `originals_after` says."""
    pairs = zip(paper.original_keys, paper.original_sha256s, strict=True)
    held = [(places.get(key, key), sha256) for key, sha256 in pairs]
    return paper.model_copy(
        update={
            "original_keys": tuple(key for key, _ in held if key is not None),
            "original_sha256s": tuple(sha256 for key, sha256 in held if key is not None),
            "excerpts": tuple(one for one in paper.excerpts if one.sha256 in {sha for key, sha in held if key}),
        }
    )


def clear_away(store: ObjectStore, changes: Sequence[PaperChange]) -> None:
    """Remove the objects that papers pointed to before and do not now; a crash before this leaves orphans."""
    for change in changes:
        left, paper = change.before, change.after
        if left is None:
            continue
        for key in {left.object_key, *left.original_keys} - {paper.object_key, *paper.original_keys, None}:
            store.delete(str(key))
        if paper.state == "rejected":
            folder = keys.archive(paper.actor.office_id, paper.content_sha256)
            store.delete(keys.paper(folder, paper.source_pages, "json"))
        if paper.keeping != "keep" or may_be_archived(paper):
            folder = keys.intake(paper.actor.office_id, paper.submission_id)
            store.delete(keys.paper(folder, paper.source_pages, "json"))


def _copy(store: ObjectStore, source: str, target: str, media_type: str) -> None:
    with TemporaryDirectory(prefix="hoso-move-") as folder:
        file = Path(folder) / "object"
        store.fetch(source, file)
        with file.open("rb") as data:
            store.put(target, data, media_type)
