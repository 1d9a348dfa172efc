"""Whether a backup is worth anything: what was restored from it on trial must answer as an office asks."""

from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import NotFound, ServiceUnavailable
from pipeline.ports import ObjectStore
from pipeline.snapshots import Rows
from pipeline.table_ports import Tables
from schemas.dossier import OFF_FILE, Paper
from schemas.search import SearchQuery

_ASKED = 200


def wrong_answers(store: ObjectStore, tables: Tables, rows: Rows) -> tuple[int, tuple[str, ...]]:
    """Ask about papers picked at random: is its copy whole, does its owner have it, is it found by his number.

    Returns:
        How many papers were asked about, and the ids of those whose answers were not right.

    Raises:
        ServiceUnavailable: store_away, database_away.

    """
    asked = rows.some_papers(_ASKED)
    wrong = []
    for office_id, document_id in asked:
        paper = tables.papers.get(office_id, document_id)
        if not (_has_copy(store, paper) and _is_found(tables, paper)):
            wrong.append(document_id)
    return len(asked), tuple(wrong)


def _has_copy(store: ObjectStore, paper: Paper) -> bool:
    if paper.object_key is None or paper.state in OFF_FILE:
        return True
    with TemporaryDirectory(prefix="hoso-trial-") as folder:
        try:
            return store.fetch(paper.object_key, Path(folder) / "copy").sha256 == paper.sha256
        except NotFound:
            return False
        except ServiceUnavailable as error:
            if error.code != "object_altered":
                raise
            return False


def _is_found(tables: Tables, paper: Paper) -> bool:
    if paper.state in OFF_FILE:
        return True
    office_id = paper.actor.office_id
    for person in paper.people:
        if person.link != "filed" or person.number is None or person.citizen_id is not None:
            continue  # nobody filed it by number
        citizen = tables.people.by_number(office_id, person.number)
        if citizen is None or not tables.search.search(SearchQuery(offices=(office_id,), words=person.number)).hits:
            return False
        held = tables.papers.of_citizen(office_id, citizen.citizen_id)
        if paper.document_id not in {one.document_id for one in held}:
            return False
    return True
