"""Objects and rows are checked against each other, and put right where that can be done."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from pipeline import keys
from pipeline.decisions import new_decision
from pipeline.findings import SENTENCES, is_serious
from pipeline.integrity.verify import Verifying
from pipeline.resume import resume
from pipeline.review import Review
from schemas.decisions import SetThreshold
from schemas.dossier import Paper, PaperRecord, Submission
from schemas.integrity import VerifyReport
from schemas.search import SearchQuery
from tests.unit.desk import ACTOR, Desk
from tests.unit.plain_papers import BIRTH, CARD, CHILD_NUMBER
from tests.unit.plain_parsers import scan
from tests.varied_office import fill

OFFICE = ACTOR.office_id
LATER = timedelta(days=2)
_FORGET_PAPER = """
DELETE FROM search_rows WHERE document_id = :id;
DELETE FROM paper_people WHERE document_id = :id;
DELETE FROM paper_pages WHERE document_id = :id;
DELETE FROM papers WHERE document_id = :id
"""


def verified(desk: Desk, *, now: datetime | None = None, repair: bool = True) -> VerifyReport:
    return Verifying(desk.archive, OFFICE, now or datetime.now(UTC), repair=repair).everything(lambda *_: None)


def found(report: VerifyReport) -> list[tuple[str, str, bool]]:
    return [(finding.kind, finding.key, finding.repaired) for finding in report.findings]


def execute(desk: Desk, statement: str, **values: str) -> None:
    with create_engine(f"sqlite:///{desk.folder / 'hoso.db'}").begin() as connection:
        connection.execute(text(statement), values)


def copy_of(paper: Paper) -> str:
    assert paper.object_key
    return paper.object_key


def record_of(paper: Paper) -> str:
    return copy_of(paper).removesuffix("pdf") + "json"


def alter(desk: Desk, key: str) -> None:
    """Change an object's bytes behind the store's back."""
    path: Path = desk.folder / "store" / key
    path.write_bytes(path.read_bytes()[:-1] + b"#")


def test_an_office_in_order_has_no_findings(desk: Desk) -> None:
    fill(desk)
    report = verified(desk)
    assert found(report) == []
    assert report.objects == len([key for key in desk.keys("") if key.split("/")[1] == OFFICE])
    assert found(verified(desk, repair=False)) == []


def test_an_altered_copy_is_found_and_told_whom_to_ask(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    alter(desk, copy_of(paper))
    report = verified(desk)
    assert found(report) == [("object_altered", copy_of(paper), False)]
    assert is_serious(report.findings[0])
    state = desk.tables.checks.state(OFFICE)
    assert state
    assert state.findings == 1


def test_a_finding_is_forgotten_once_it_is_right_again(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    key, whole = copy_of(paper), desk.bytes_of(copy_of(paper))
    desk.store.delete(key)
    assert found(verified(desk)) == [("object_missing", key, False)]
    desk.store.put(key, BytesIO(whole), "application/pdf")
    assert found(verified(desk)) == []
    state = desk.tables.checks.state(OFFICE)
    assert state
    assert state.findings == 0


def test_an_object_that_was_replaced_by_another_is_found(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    desk.store.put(copy_of(paper), BytesIO(b"another copy"), "application/pdf")
    assert found(verified(desk)) == [("object_differs", copy_of(paper), False)]


def test_a_missing_archived_original_is_found(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    desk.store.delete(paper.original_keys[0])
    assert found(verified(desk)) == [("object_missing", paper.original_keys[0], False)]


def test_a_paper_without_a_row_is_filed_again(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    for statement in _FORGET_PAPER.split(";"):
        execute(desk, statement, id=paper.document_id)
    assert found(verified(desk)) == [("row_missing", record_of(paper), True)]
    assert desk.tables.papers.get(OFFICE, paper.document_id) == paper
    citizen = desk.tables.people.by_number(OFFICE, CHILD_NUMBER)
    assert citizen
    assert desk.tables.papers.of_citizen(OFFICE, citizen.citizen_id) == (paper,)
    assert found(verified(desk)) == []


def test_an_acknowledged_submission_without_a_row_waits_again(desk: Desk) -> None:
    submission = desk.receive(scan(BIRTH))
    execute(desk, "DELETE FROM source_files")
    execute(desk, "DELETE FROM submissions")
    report = verified(desk)
    assert found(report) == [("row_missing", keys.submission(OFFICE, submission.submission_id), True)]
    assert desk.tables.leases.waiting(9) == (submission.submission_id,)
    assert desk.seen(submission).sources == submission.sources


def test_a_waiting_submission_without_its_original_is_found(desk: Desk) -> None:
    submission = desk.receive(scan(BIRTH))
    desk.store.delete(submission.sources[0].key)
    assert found(verified(desk)) == [("original_missing", submission.sources[0].key, False)]


def test_a_record_that_is_gone_is_written_again(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    (entry,) = desk.keys(f"register/{OFFICE}/")
    gone = [record_of(paper), entry, keys.submission(OFFICE, paper.submission_id)]
    before = [desk.bytes_of(key) for key in gone]
    for key in gone:
        desk.store.delete(key)
    assert sorted(found(verified(desk))) == sorted(("record_missing", key, True) for key in gone)
    assert [desk.bytes_of(key) for key in gone] == before


def test_a_record_that_says_other_things_than_the_row_is_left_to_people(desk: Desk) -> None:
    """The database may be an older one: then it is the row that is wrong."""
    paper = desk.file(scan(BIRTH))
    record = PaperRecord.model_validate_json(desk.bytes_of(record_of(paper)))
    newer = record.model_copy(update={"paper": paper.model_copy(update={"dossier_code": "H29.12.34-260302-0009"})})
    desk.store.put(record_of(paper), BytesIO(newer.model_dump_json().encode()), "application/json")
    assert found(verified(desk)) == [("record_differs", record_of(paper), False)]
    assert PaperRecord.model_validate_json(desk.bytes_of(record_of(paper))) == newer


def test_a_paper_that_search_has_lost_is_found_again(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    execute(desk, "DELETE FROM search_rows WHERE page = 1")
    assert found(verified(desk)) == [("index_wrong", record_of(paper), True)]
    hits = desk.tables.search.search(SearchQuery(offices=(OFFICE,), words="khai sinh", limit=9)).hits
    assert [hit.document_id for hit in hits] == [paper.document_id]


def test_a_question_that_nobody_is_asked_is_asked_again(desk: Desk) -> None:
    desk.file(scan(BIRTH.replace("Số: 150/2020\n", "")))
    asked = desk.tables.papers.queue(OFFICE, 9)
    execute(desk, "DELETE FROM open_questions")
    assert [finding.kind for finding in verified(desk).findings] == ["index_wrong"]
    assert desk.tables.papers.queue(OFFICE, 9) == asked != ()


def test_a_decision_without_a_row_is_applied(desk: Desk) -> None:
    decision = new_decision(SetThreshold, ACTOR, OFFICE, field_kind="date", confidence=0.5)
    key = keys.decision(OFFICE, OFFICE, decision.decision_id)
    desk.store.put(key, BytesIO(decision.model_dump_json().encode()), "application/json")
    assert found(verified(desk)) == [("decision_unapplied", key, True)]
    assert resume(desk.archive, OFFICE, datetime.now(UTC) + LATER) == 1
    assert desk.tables.papers.decided(OFFICE, "set_threshold", 9) == (decision,)
    assert found(verified(desk)) == []


def test_a_decision_that_is_gone_from_the_store_is_kept_again(desk: Desk) -> None:
    Review(desk.archive).set_threshold(ACTOR, "date", 0.5)
    (key,) = desk.keys(f"decisions/{OFFICE}/")
    before = desk.bytes_of(key)
    desk.store.delete(key)
    assert found(verified(desk)) == [("decision_missing", key, True)]
    assert desk.bytes_of(key) == before


def test_what_an_older_version_of_hoso_left_is_removed(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    left = [copy_of(paper).replace(".v3.", ".v2."), record_of(paper).replace(".v3.", ".v2.")]
    desk.store.put(left[0], BytesIO(b"older copy"), "application/pdf")
    desk.store.put(left[1], BytesIO(desk.bytes_of(record_of(paper))), "application/json")
    assert sorted(found(verified(desk))) == sorted(("leftover", key, True) for key in left)
    assert not {*desk.keys()} & {*left}
    assert desk.tables.papers.get(OFFICE, paper.document_id) == paper


def test_a_file_of_nobody_in_intake_is_removed_after_a_day(desk: Desk) -> None:
    key = f"intake/{OFFICE}/0b5e7a52-7d7e-4c2b-8d6e-000000000000/original/{'a' * 64}"
    desk.store.put(key, BytesIO(b"left by a crash"), "application/pdf")
    assert found(verified(desk)) == [("orphan_intake", key, False)]
    assert found(verified(desk)) == [("orphan_intake", key, False)]
    assert found(verified(desk, now=datetime.now(UTC) + LATER)) == [("orphan_intake", key, True)]
    assert desk.keys("intake/") == []


def test_a_file_of_nobody_in_the_archive_is_told_and_stays(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    key = keys.original(keys.archive(OFFICE, paper.content_sha256), "b" * 64)
    desk.store.put(key, BytesIO(b"?"), "application/pdf")
    report = verified(desk)
    assert found(report) == [("orphan_archive", key, False)]
    assert not is_serious(report.findings[0])
    assert key in desk.keys("archive/")


def test_what_is_being_read_is_not_taken_for_an_orphan(desk: Desk) -> None:
    """Copies and records come before rows."""
    seen: list[VerifyReport] = []
    submission: Submission = desk.receive(scan(BIRTH))
    file = desk.tables.leases.file

    def file_later(*args: object, **named: object) -> bool:
        seen.append(verified(desk))
        return file(*args, **named)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk.tables.leases, "file", file_later)
        desk.archive.process(submission.submission_id)
    assert [found(report) for report in seen] == [[]]


def test_a_dry_run_repairs_nothing(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    desk.store.delete(record_of(paper))
    assert found(verified(desk, repair=False)) == [("record_missing", record_of(paper), False)]
    assert record_of(paper) not in desk.keys("archive/")


def test_samples_go_on_until_all_has_been_looked_at(desk: Desk) -> None:
    for number in range(3):
        desk.file(scan(BIRTH.replace("150/2020", f"{number + 1}/2020")))
    desk.file(scan(CARD))
    verifying = Verifying(desk.archive, OFFICE, datetime.now(UTC))
    reports = [verifying.sample(1, lambda *_: None)]
    while not reports[-1].round_ended:
        reports.append(verifying.sample(1, lambda *_: None))
    whole = verifying.everything(lambda *_: None)
    assert len(reports) > 1
    assert sum(report.objects for report in reports) == whole.objects
    assert verifying.sample(1, lambda *_: None).round_ended is False


def test_every_kind_of_finding_is_explained_in_both_languages() -> None:
    assert all(vi and en and vi != en for vi, en in SENTENCES.values())
