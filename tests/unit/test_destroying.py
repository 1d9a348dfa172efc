"""Destroying papers after two people have said so: what goes, what stays, and that nothing brings it back."""

import hashlib
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import Forbidden, Misconfigured, NotFound, ScanRejected
from pipeline.holds import Holds
from pipeline.integrity.verify import Verifying
from pipeline.marking import mark_office
from pipeline.rebuild import rebuild
from pipeline.recording import record_changes
from pipeline.resume import resume
from pipeline.retention import Obligations, check_lock
from pipeline.review import Review
from schemas.destruction import KeepingRule
from schemas.dossier import Paper
from schemas.records import Change
from schemas.search import SearchQuery
from tests.unit.desk import ACTOR, CATALOGUE, Desk
from tests.unit.destructions import (
    HEAD,
    approved,
    asked_by_citizen,
    carry_out,
    certificate,
    destroyed,
    destructions,
    kept_for,
    now,
)
from tests.unit.plain_papers import BIRTH, CHILD, CHILD_NUMBER
from tests.unit.plain_parsers import scan

OFFICE = ACTOR.office_id
SECOND = BIRTH.replace("Số: 150/2020", "Số: 151/2020")


def found(desk: Desk, words: str) -> int:
    return len(desk.tables.search.search(SearchQuery(offices=(OFFICE,), words=words, limit=9)).hits)


def filed_years_ago(desk: Desk, paper: Paper, years: int) -> Paper:
    """The paper as if it had been filed then, in its row and its record."""
    old = paper.model_copy(update={"filed_at": paper.filed_at - timedelta(days=366 * years)})
    with sqlite3.connect(desk.folder / "hoso.db") as connection:
        row = (old.model_dump_json(), str(old.filed_at.replace(tzinfo=None)), old.document_id)
        connection.execute("UPDATE papers SET record = ?, filed_at = ? WHERE document_id = ?", row)
    desk.tables.records.note(Change(mark="old", office_id=OFFICE, kind="paper", subject_id=old.document_id))
    record_changes(desk.store, desk.tables.records, OFFICE)
    return old


def test_who_proposed_a_destruction_cannot_approve_it(desk: Desk) -> None:
    proposal = asked_by_citizen(desk, desk.file(scan(BIRTH)))
    with pytest.raises(Forbidden) as caught:
        destructions(desk).answer(ACTOR, proposal.subject_id, approved=True)
    assert caught.value.code == "own_proposal"


def test_nothing_is_destroyed_before_somebody_else_has_approved(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    proposal = asked_by_citizen(desk, paper)
    assert not carry_out(desk, proposal.subject_id)
    assert now(desk, paper) == paper


def test_a_refused_destruction_is_never_carried_out(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    proposal = asked_by_citizen(desk, paper)
    destructions(desk).answer(HEAD, proposal.subject_id, approved=False)
    assert not carry_out(desk, proposal.subject_id)
    assert now(desk, paper) == paper
    assert destructions(desk).standing(OFFICE) == ()


def test_a_destruction_is_answered_once(desk: Desk) -> None:
    destruction_id = approved(desk, desk.file(scan(BIRTH)))
    with pytest.raises(ScanRejected) as caught:
        destructions(desk).answer(HEAD, destruction_id, approved=False)
    assert caught.value.code == "destruction_answered"


def test_the_neighbour_knows_nothing_of_a_destruction(desk: Desk) -> None:
    destruction_id = approved(desk, desk.file(scan(BIRTH)))
    with pytest.raises(NotFound):
        destructions(desk).get("phuong-b", destruction_id)


def test_no_byte_and_no_word_of_a_destroyed_paper_is_left_in_store_or_database(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH), handed_in_by=CHILD_NUMBER)
    review = Review(desk.archive)
    said = {"kind": "set_field", "subject_id": paper.document_id, "name": "full_name", "value": CHILD}
    review.decide(review.read(ACTOR, said))
    told = (CHILD, CHILD.title(), CHILD_NUMBER, scan(BIRTH).decode()[-40:])
    assert all(one.encode() in desk.everything() for one in (CHILD_NUMBER, told[-1]))
    destroyed(desk, paper)
    left = desk.everything()
    assert [one for one in told if one.encode() in left] == []
    assert b"quang" not in left.lower(), "not in the index either"


def test_what_stays_of_a_destroyed_paper_is_that_it_was_there(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    destruction_id = destroyed(desk, paper)
    stub = now(desk, paper)
    assert (stub.state, stub.type, stub.destruction_id) == ("destroyed", paper.type, destruction_id)
    assert (stub.fields, stub.people, stub.object_key, stub.original_keys) == ({}, (), None, ())
    assert found(desk, CHILD) == found(desk, CHILD_NUMBER) == 0
    assert desk.tables.people.by_number(OFFICE, CHILD_NUMBER) is None


def test_the_certificate_proves_what_was_destroyed_by_whom_and_why(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    copy = hashlib.sha256(desk.bytes_of(str(paper.object_key))).hexdigest()
    destruction_id = destroyed(desk, paper)
    proof = certificate(desk, destruction_id)
    (certified,) = proof.papers
    assert (proof.proposed_by, proof.approved_by) == (ACTOR, HEAD)
    assert (certified.document_id, certified.rule, certified.pages) == (paper.document_id, "nothing", 1)
    assert {copy, hashlib.sha256(scan(BIRTH)).hexdigest()} <= {one.sha256 for one in certified.objects}
    assert CHILD_NUMBER not in proof.model_dump_json()


def test_a_destroyed_paper_is_not_brought_back_by_check_or_rebuild(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    destroyed(desk, paper)
    stub = now(desk, paper)
    report = Verifying(desk.archive, OFFICE, datetime.now(UTC)).everything(lambda *_: None)
    assert report.findings == ()
    rebuild(desk.store, desk.tables.records, desk.tables.restoring, lambda *_: None, replace=True)
    assert now(desk, paper) == stub
    assert found(desk, CHILD) == 0
    assert destructions(desk).ended(OFFICE, 9)[0].spared == ()


def test_a_paper_that_lies_in_the_same_file_keeps_its_pages_alone(desk: Desk) -> None:
    submission = desk.receive(scan(BIRTH, SECOND))
    desk.archive.process(submission.submission_id)
    first, second = desk.tables.papers.of_content(OFFICE, submission.content_sha256)
    destroyed(desk, first)
    left = now(desk, second)
    (original,) = left.original_keys
    assert desk.bytes_of(original) == scan(SECOND)
    assert b"150/2020" not in desk.everything()
    assert b"151/2020" in desk.everything()


def test_of_two_files_handed_in_together_only_the_destroyed_papers_own_goes(desk: Desk) -> None:
    submission = desk.receive(scan(BIRTH), scan(SECOND))
    desk.archive.process(submission.submission_id)
    first, second = desk.tables.papers.of_content(OFFICE, submission.content_sha256)
    destruction_id = destroyed(desk, first)
    (certified,) = certificate(desk, destruction_id).papers
    gone = {one.sha256 for one in certified.objects}
    assert hashlib.sha256(scan(BIRTH)).hexdigest() in gone
    assert hashlib.sha256(scan(SECOND)).hexdigest() not in gone
    assert [desk.bytes_of(key) for key in now(desk, second).original_keys] == [scan(SECOND)]
    assert b"150/2020" not in desk.everything()


def test_a_paper_under_a_hold_is_not_proposed(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    Holds(desk.tables).put(desk.store, ACTOR, paper.document_id, "complaint", "12/KN")
    with pytest.raises(Forbidden) as caught:
        asked_by_citizen(desk, paper)
    assert caught.value.code == "must_be_kept"


def test_a_hold_on_a_citizen_that_comes_after_the_approval_spares_the_paper(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    destruction_id = approved(desk, paper)
    citizen = desk.tables.people.by_number(OFFICE, CHILD_NUMBER)
    assert citizen
    Holds(desk.tables).put(desk.store, ACTOR, citizen.citizen_id, "lawsuit", "")
    assert carry_out(desk, destruction_id)
    assert now(desk, paper) == paper
    assert certificate(desk, destruction_id).spared == (paper.document_id,)


def test_a_hold_that_is_lifted_holds_no_more(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    holds = Holds(desk.tables)
    holds.put(desk.store, ACTOR, paper.document_id, "inspection", "")
    assert holds.is_held(paper)
    holds.lift(desk.store, HEAD, paper.document_id)
    assert not holds.is_held(paper)
    assert holds.standing(OFFICE) == {}


def test_a_crash_in_the_middle_leaves_the_rest_to_the_next_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = desk.file(scan(BIRTH))
    destruction_id = approved(desk, paper)
    with monkeypatch.context() as crash:
        crash.setattr(desk.tables.keeping, "forget", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            carry_out(desk, destruction_id)
    assert carry_out(desk, destruction_id)
    assert CHILD_NUMBER.encode() not in desk.everything()
    assert [one.document_id for one in certificate(desk, destruction_id).papers] == [paper.document_id]


def test_a_destruction_whose_rows_a_crash_left_unwritten_is_resumed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = desk.file(scan(BIRTH))
    destruction_id = approved(desk, paper)
    with monkeypatch.context() as crash:
        crash.setattr(desk.tables.papers, "change", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            carry_out(desk, destruction_id)
    assert now(desk, paper) == paper
    resume(desk.archive, OFFICE, datetime.now(UTC) + timedelta(hours=1))
    assert now(desk, paper).state == "destroyed"
    assert carry_out(desk, destruction_id)
    assert len(certificate(desk, destruction_id).papers) == 1


def test_a_destroyed_paper_takes_no_answer(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    destroyed(desk, paper)
    review = Review(desk.archive)
    said = {"kind": "set_field", "subject_id": paper.document_id, "name": "full_name", "value": CHILD}
    with pytest.raises(NotFound) as caught:
        review.decide(review.read(ACTOR, said))
    assert caught.value.code == "paper_destroyed"
    with pytest.raises(NotFound):
        desk.archive.confirm(ACTOR, paper.document_id, "original")


def rule_of(desk: Desk, paper: Paper, years: int | None, today: datetime) -> KeepingRule:
    return Obligations(desk.tables, kept_for(years), today.date()).of(paper).rule


def test_a_paper_may_go_when_its_term_is_over_and_not_before(desk: Desk) -> None:
    paper, today = desk.file(scan(BIRTH)), datetime.now(UTC)
    assert rule_of(desk, paper, 5, today) == "term"
    assert rule_of(desk, paper, 5, today + timedelta(days=365 * 7)) == "over"
    assert rule_of(desk, paper, None, today + timedelta(days=365 * 99)) == "permanent"
    assert Obligations(desk.tables, CATALOGUE.types, today.date()).of(paper).rule == "nothing"


def test_papers_whose_term_is_over_are_due_once_the_night_has_marked_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = filed_years_ago(desk, desk.file(scan(BIRTH)), 7)
    catalogue = CATALOGUE.model_copy(update={"types": kept_for(5)})
    monkeypatch.setattr(desk.archive, "catalogue", catalogue)
    mark_office(desk.tables, catalogue, OFFICE, datetime.now(UTC).date())
    (due,) = destructions(desk).due(OFFICE, datetime.now(UTC))
    assert (due.document_id, due.rule, due.source) == (paper.document_id, "over", "a list of terms")
    destructions(desk).propose(ACTOR, [due.document_id], "keeping_over")
    assert destructions(desk).due(OFFICE, datetime.now(UTC)) == (), "it is proposed already"


def test_what_no_rule_lets_go_is_not_proposed_for_its_term(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        destructions(desk).propose(ACTOR, [desk.file(scan(BIRTH)).document_id], "keeping_over")


def test_a_lock_that_outlasts_the_shortest_term_is_refused() -> None:
    check_lock(kept_for(2), 730)
    with pytest.raises(Misconfigured) as caught:
        check_lock(kept_for(2), 731)
    assert caught.value.code == "lock_outlasts_keeping"


@pytest.mark.parametrize("kind", ["destroy", "propose_destruction", "answer_destruction", "end_destruction"])
def test_no_step_of_a_destruction_is_taken_as_one_persons_answer_about_a_paper(desk: Desk, kind: str) -> None:
    paper = desk.file(scan(BIRTH))
    said = {"kind": kind, "subject_id": paper.document_id, "destruction_id": "x", "type": paper.type, "objects": ()}
    with pytest.raises(ScanRejected) as caught:
        Review(desk.archive).read(ACTOR, said | {"approved": True, "reason": "citizen_request", "papers": ()})
    assert caught.value.code == "bad_answer"
    assert now(desk, paper) == paper
