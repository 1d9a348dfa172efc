"""What goes when a paper is destroyed: every object that tells something of it."""

import re
from collections.abc import Iterator, Sequence

from pipeline import keys
from pipeline.intake import own_originals
from pipeline.ports import ObjectStore, StoredObject
from pipeline.table_ports import Tables
from schemas.destruction import Destroy, DestroyedObject, SetHold
from schemas.dossier import Paper


def shown_with(tables: Tables, paper: Paper) -> tuple[Paper, ...]:
    """The paper, and those that people had cut otherwise and that show the same pages."""
    beside = tables.papers.of_content(paper.actor.office_id, paper.content_sha256, withdrawn=True)
    pages = set(paper.source_pages)
    others = [one for one in beside if one.state == "withdrawn" and pages & set(one.source_pages)]
    return (paper, *others)


def objects_of(
    store: ObjectStore, tables: Tables, shown: Sequence[Paper], decision_id: str
) -> Iterator[DestroyedObject]:
    """All objects that tell something of papers, as they lie in the store now.

    Args:
        store: where they lie.
        tables: what is known of the papers.
        shown: as `shown_with` gives them.
        decision_id: by which they go; it stays.

    Raises:
        ServiceUnavailable: store_away, database_away.
    """
    office_id = shown[0].actor.office_id
    yield from map(_as_destroyed, _beside(store, tables, shown))
    for one in shown:
        yield from map(_as_destroyed, said_of(store, tables, office_id, one.document_id, decision_id))
        yield from map(_as_destroyed, store.find(keys.paper_code(office_id, one.document_id)))


def said_of(
    store: ObjectStore, tables: Tables, office_id: str, document_id: str, decision_id: str
) -> Iterator[StoredObject]:
    """What was decided about a paper, but for holds and its destruction. Raises: ServiceUnavailable."""
    history = tables.papers.history(office_id, document_id)
    stay = {said.decision_id for said in history if isinstance(said, SetHold | Destroy)} | {decision_id}
    for stored in store.find(keys.decision(office_id, document_id)):
        if stored.key.rpartition("/")[2].removesuffix(".json") not in stay:
            yield stored


def _beside(store: ObjectStore, tables: Tables, shown: Sequence[Paper]) -> Iterator[StoredObject]:
    """Copies, records and files; of the last paper of its files also what a crash has left there unnamed."""
    paper = shown[0]
    office_id = paper.actor.office_id
    archive = keys.archive(office_id, paper.content_sha256)
    intake = keys.intake(office_id, paper.submission_id)
    own = _named_by_pages((archive, intake), shown)
    submission = tables.submissions.get(office_id, paper.submission_id)
    named = {key for one in shown for key in (*one.copy_keys, *own_originals(one, submission))}
    of_content = tables.papers.of_content(office_id, paper.content_sha256, withdrawn=True)
    others = [one for one in of_content if one not in shown]
    stubs = _named_by_pages((archive,), others)  # of those that were destroyed before
    signed, signed_of_others = keys.signed(archive), {key for one in others for key in one.copy_keys}
    is_last = all(one.state == "destroyed" for one in others)
    for folder in (archive, intake):
        for stored in store.find(folder):
            # Which paper a signed copy shows that a crash has left unnamed, nobody knows.
            unnamed = stored.key.startswith(signed) and stored.key not in signed_of_others
            left = is_last and not stubs.fullmatch(stored.key)
            if own.fullmatch(stored.key) or stored.key in named or unnamed or left:
                yield stored


def _named_by_pages(folders: Sequence[str], papers: Sequence[Paper]) -> re.Pattern[str]:
    """Copies and records of papers in these folders, whichever version of hoso has made them."""
    inside = "|".join(map(re.escape, folders))
    labels = "|".join(re.escape(keys.page_label(one.source_pages)) for one in papers)
    return re.compile(rf"(?:{inside})(?:{labels})\.(?!\d).*")


def _as_destroyed(stored: StoredObject) -> DestroyedObject:
    return DestroyedObject(key=stored.key, sha256=stored.sha256, size_bytes=stored.size_bytes)
