"""Rows that have changed are known until their record is written, on both databases."""

from sqlalchemy import Table

from pipeline.adapters.database.engine import Database
from pipeline.adapters.database.restoring import EMPTIED
from pipeline.adapters.database.tables import metadata
from pipeline.record_ports import Record
from schemas.dossier import PaperRecord, Submission
from schemas.records import Change, DossierRecord, RecordKind, RegisterEntry
from tests.contract.examples import (
    ACTOR,
    HUONG_NUMBER,
    HUONG_OLD_NUMBER,
    NEIGHBOUR,
    a_decision,
    file,
    hold,
    huong,
    receive,
)
from tests.unit.dossier_office import CODE, a_dossier

OFFICE = ACTOR.office_id


def record_all(database: Database) -> None:
    database.records.recorded(database.records.changed(None, 999))


def changed(database: Database, office_id: str | None = OFFICE) -> set[tuple[RecordKind, str]]:
    return {(change.kind, change.subject_id) for change in database.records.changed(office_id, 999)}


def loaded(database: Database, kind: RecordKind, subject_id: str) -> Record | None:
    (record,) = database.records.load([Change(mark="", office_id=OFFICE, kind=kind, subject_id=subject_id)])
    return record


def test_a_filed_paper_its_owner_and_its_submission_are_changed(database: Database) -> None:
    paper = file(database, "x", people=(huong(),))
    owner = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert owner
    entries = {("paper", paper.document_id), ("citizen", owner.citizen_id), ("submission", paper.submission_id)}
    assert changed(database) == entries
    assert changed(database, NEIGHBOUR.office_id) == set()


def test_what_is_recorded_is_changed_no_more(database: Database) -> None:
    file(database, "x")
    assert database.records.recorded(database.records.changed(OFFICE, 999))
    assert changed(database) == set()


def test_a_confirmed_paper_is_changed_once(database: Database) -> None:
    paper = file(database, "x")
    record_all(database)
    decision = a_decision(paper)
    database.papers.decide(decision)
    assert changed(database) == {("paper", paper.document_id)}
    record_all(database)
    database.papers.decide(decision)
    assert changed(database) == set()


def test_what_changed_while_it_was_recorded_is_recorded_again(database: Database) -> None:
    paper = file(database, "x")
    seen = database.records.changed(OFFICE, 999)
    database.papers.decide(a_decision(paper))
    assert database.records.recorded(seen)
    assert changed(database) == {("paper", paper.document_id)}


def test_who_was_overtaken_by_another_recorder_writes_it_once_more(database: Database) -> None:
    paper = file(database, "x")
    seen = database.records.changed(OFFICE, 999)
    assert database.records.recorded(seen)
    assert not database.records.recorded(seen)
    assert ("paper", paper.document_id) in changed(database)


def test_a_submission_is_recorded_when_it_is_done(database: Database) -> None:
    submission = receive(database)
    record_all(database)
    database.leases.finish(hold(database, submission), "damaged")
    assert changed(database) == {("submission", submission.submission_id)}
    record = loaded(database, "submission", submission.submission_id)
    assert isinstance(record, Submission)
    assert (record.state, record.reason) == ("done", "damaged")


def test_a_record_tells_what_the_register_makes_of_a_papers_owners(database: Database) -> None:
    paper = file(database, "x", "y", people=(huong(old_number=HUONG_OLD_NUMBER), huong(link="proposed")))
    owner = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert owner
    record = loaded(database, "paper", paper.document_id)
    entries = (owner.citizen_id, None)
    assert record == PaperRecord(paper=paper, page_texts=("x", "y"), entries=entries, first_state="filed")
    entry = loaded(database, "citizen", owner.citizen_id)
    assert isinstance(entry, RegisterEntry)
    assert set(entry.numbers) == {HUONG_NUMBER, HUONG_OLD_NUMBER}


def test_a_dossier_is_changed_by_what_is_put_into_it(database: Database) -> None:
    dossier = a_dossier()
    database.dossiers.put(dossier, lambda known: (known, ()))
    assert changed(database) == {("dossier", CODE)}
    record_all(database)
    database.dossiers.put(dossier, lambda known: (known, ()))
    assert changed(database) == set()
    record = loaded(database, "dossier", CODE)
    assert record == DossierRecord(dossier=dossier, open_since=dossier.received_at)


def test_the_same_paper_and_number_enter_an_owner_under_the_same_id(database: Database) -> None:
    paper = file(database, "x", people=(huong(),))
    owner = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert owner
    database.restoring.begin()
    database.restoring.restore([PaperRecord(paper=paper, page_texts=("x",))])
    again = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert again == owner


def test_a_paper_that_is_there_is_not_restored_over(database: Database) -> None:
    paper = file(database, "x")
    other = paper.model_copy(update={"type": "birth_certificate"})
    assert database.restoring.restore([PaperRecord(paper=other, page_texts=("y",))]) == 0
    assert database.papers.get(OFFICE, paper.document_id) == paper


def test_a_paper_of_a_submission_that_is_not_done_is_left_to_who_reads_it(database: Database) -> None:
    paper = file(database, "x")
    submission = database.submissions.get(OFFICE, paper.submission_id)
    database.restoring.begin()
    waiting = submission.model_copy(update={"state": "working"})
    assert database.restoring.restore([waiting, PaperRecord(paper=paper, page_texts=("x",))]) == 1
    assert database.submissions.get(OFFICE, submission.submission_id).state == "received"
    assert database.papers.of_content(OFFICE, paper.content_sha256) == ()


def test_nothing_that_refers_to_a_papers_rows_is_left_when_they_are_removed() -> None:
    emptied: set[str] = set()
    for table in EMPTIED:
        left = [other.name for other in metadata.tables.values() if _refers_to(other, table) and other is not table]
        assert set(left) <= emptied, table.name
        emptied.add(table.name)


def _refers_to(table: Table, other: Table) -> bool:
    return any(key.column.table is other for key in table.foreign_keys)


def test_a_rebuild_is_known_to_be_under_way_until_it_has_ended(database: Database) -> None:
    file(database, "x")
    assert not database.restoring.is_empty()
    database.restoring.begin()
    assert (database.restoring.is_empty(), database.restoring.is_under_way()) == (True, True)
    database.restoring.end()
    assert not database.restoring.is_under_way()
