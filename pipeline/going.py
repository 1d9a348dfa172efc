"""What goes when a paper is destroyed or proves to be secret: every object that tells something of it."""

import re
from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from pipeline import keys
from pipeline.bulk import fetch_each
from pipeline.holds import owners_of
from pipeline.intake import own_originals
from pipeline.ports import ObjectStore, StoredObject
from pipeline.recording import change_of, put_record
from pipeline.stages.certain import is_gone, is_wiped
from pipeline.table_ports import Tables
from schemas.decisions import Wiping, outlasts_wiping, read_decision
from schemas.destruction import Destroy, DestroyedObject, Listed, SetHold
from schemas.dossier import Paper
from schemas.records import Change


def shown_with(tables: Tables, paper: Paper) -> tuple[Paper, ...]:
    """The paper, and those that people had cut otherwise and that show the same pages."""
    beside = tables.papers.of_content(paper.actor.office_id, paper.content_sha256, withdrawn=True)
    pages = set(paper.source_pages)
    others = [one for one in beside if one.state == "withdrawn" and pages & set(one.source_pages)]
    return (paper, *others)


def listed_now(tables: Tables, shown: Sequence[Paper]) -> Listed:
    """That these papers' objects are listed from now on; to be asked before the store is.

    Raises: ServiceUnavailable (database_away).
    """
    newest = tables.audit.head(shown[0].actor.office_id)
    return Listed(papers=tuple(one.document_id for one in shown), entry=newest.number)


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


def wiping_of(store: ObjectStore, tables: Tables, paper: Paper) -> Wiping:
    """What goes with a paper that a person calls secret, as it lies there now. Raises: ServiceUnavailable."""
    office_id, shown = paper.actor.office_id, shown_with(tables, paper)
    listed = listed_now(tables, shown)
    said = [stored for one in shown for stored in _said_of_secret(store, office_id, one.document_id)]
    owners = [owner for one in shown for owner in owners_of(tables, one)]
    # What is in no list has no owners in the register's eyes any more, though it may have put them there.
    numbers = [person.number or person.passport for one in shown for person in one.people if person.link == "filed"]
    known = [tables.people.by_number(office_id, number) for number in numbers if number]
    owners += [one.citizen_id for one in known if one is not None]
    objects = tuple(map(_as_destroyed, said))
    return Wiping(objects=objects, owners=tuple(dict.fromkeys(owners)), listed=listed)


def forget_wiped(store: ObjectStore, tables: Tables, papers: Sequence[Paper], owners: Sequence[str]) -> bool:
    """Remove what is still known of papers that are wiped; again changes nothing.

    Args:
        store: where decisions, codes and records lie.
        tables: the database, which has them wiped already.
        papers: all papers of one submission, of which at least one is wiped.
        owners: the register's entries that go when nothing hangs on them any more.

    Returns:
        Whether nothing is left; not where the server holds locked versions until their term ends.

    Raises:
        ServiceUnavailable: store_away, database_away.
    """
    gone, one = [paper for paper in papers if is_wiped(paper)], papers[0]
    office_id = one.actor.office_id
    archive, intake = keys.archive(office_id, one.content_sha256), keys.intake(office_id, one.submission_id)
    due = [stored.key for paper in gone for stored in _said_of_secret(store, office_id, paper.document_id)]
    due += [each.key for paper in gone for each in store.find(keys.paper_code(office_id, paper.document_id))]
    tables.keeping.forget(office_id, [paper.document_id for paper in gone], owners)
    submission = Change(mark="", office_id=office_id, kind="submission", subject_id=one.submission_id)
    for record in tables.records.load([*map(change_of, gone), submission]):
        if record is not None:
            put_record(store, record)
    stubs = {keys.paper(archive, paper.source_pages, "json") for paper in gone}
    if all(map(is_gone, papers)):  # its record named who handed it in, and the files
        stubs.add(keys.submission(office_id, one.submission_id))
    own = _named_by_pages((archive, intake), gone)
    due += [each.key for folder in (archive, intake) for each in store.find(folder) if own.fullmatch(each.key)]
    whole = True
    for key in dict.fromkeys((*due, *stubs)):
        whole &= store.erase(key, earlier_only=key in stubs)
    return whole


def _said_of_secret(store: ObjectStore, office_id: str, document_id: str) -> Iterator[StoredObject]:
    """What was decided about a paper, but for holds, its destruction, and that it is secret."""
    found = {stored.key: stored for stored in store.find(keys.decision(office_id, document_id))}
    for fetched in fetch_each(store, found, wanted=".json"):
        if not _stays(fetched.data):
            yield found[fetched.key]


def _stays(decided: bytes | None) -> bool:
    """Whether a decision stays. It says so itself: its row may not be written yet."""
    try:
        decision = read_decision.validate_json(decided or b"")
    except ValidationError:
        return False
    return outlasts_wiping(decision)


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
    is_last = all(map(is_gone, others))
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
