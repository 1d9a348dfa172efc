"""Destroying papers while others answer, crash, sign or hold: nothing comes back, and what must be kept stays."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

import pipeline.destroying
from pipeline import keys
from pipeline.destroying import Destructions, carry_out_all
from pipeline.errors import NotFound, ServiceUnavailable
from pipeline.holds import Holds
from pipeline.marking import mark_office
from pipeline.resume import resume
from pipeline.review import Review
from pipeline.settling import Settling
from schemas.decisions import PaperDecision
from schemas.dossier import Paper
from tests.unit.desk import ACTOR, CATALOGUE, Desk
from tests.unit.destructions import OFFICE, approved, carry_out, certificate, destroyed, destructions, kept_for, now
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import scan
from tests.unit.test_destroying import SECOND, filed_years_ago

OTHER_NAME = "Lò Thị Mường Khương"
AN_HOUR = timedelta(hours=1)


def corrected(desk: Desk, paper: Paper) -> PaperDecision:
    """An officer's correction of the name on a paper."""
    said = {"kind": "set_field", "subject_id": paper.document_id, "name": "full_name", "value": OTHER_NAME}
    return Review(desk.archive).read(ACTOR, said)


def crashing(desk: Desk, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something whose process dies before it writes rows."""
    with monkeypatch.context() as crash:
        crash.setattr(desk.tables.papers, "change", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            act()


def test_an_answer_that_a_crash_has_left_waiting_does_not_come_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = desk.file(scan(BIRTH))
    destruction_id = approved(desk, paper)
    crashing(desk, monkeypatch, lambda: Review(desk.archive).decide(corrected(desk, paper)))
    assert carry_out(desk, destruction_id)
    resume(desk.archive, OFFICE, datetime.now(UTC) + AN_HOUR)
    assert now(desk, paper).fields == {}
    assert OTHER_NAME.encode() not in desk.everything()
    assert desk.keys("unapplied/") == []


def test_an_answer_that_was_checked_before_the_destruction_changes_nothing_after_it(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    decision = corrected(desk, paper)
    destroyed(desk, paper)
    with pytest.raises(NotFound) as caught:
        Settling(desk.archive).apply(decision)
    assert caught.value.code == "paper_destroyed"
    assert now(desk, paper).fields == {}


def test_a_crash_does_not_change_what_was_decided_nor_what_the_certificate_proves(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = desk.file(scan(BIRTH))
    record = str(paper.object_key).removesuffix("pdf") + "json"
    was = hashlib.sha256(desk.bytes_of(record)).hexdigest()
    destruction_id = approved(desk, paper)
    crashing(desk, monkeypatch, lambda: carry_out(desk, destruction_id))
    (kept,) = desk.keys(f"decisions/{OFFICE}/{paper.document_id}/")
    decided = desk.bytes_of(kept)
    assert carry_out(desk, destruction_id)
    assert desk.bytes_of(kept) == decided
    (certified,) = certificate(desk, destruction_id).papers
    assert was in {one.sha256 for one in certified.objects}


def test_a_hold_that_comes_after_a_paper_was_begun_does_not_stop_half_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = desk.file(scan(BIRTH))
    destruction_id = approved(desk, paper)
    crashing(desk, monkeypatch, lambda: carry_out(desk, destruction_id))
    Holds(desk.tables).put(desk.store, ACTOR, paper.document_id, "lawsuit", "")
    assert carry_out(desk, destruction_id)
    assert certificate(desk, destruction_id).spared == ()
    assert now(desk, paper).state == "destroyed"


def test_what_another_destruction_took_before_is_not_told_as_spared(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    first, second = approved(desk, paper), approved(desk, paper)
    assert carry_out(desk, first)
    assert carry_out(desk, second)
    proof = certificate(desk, second)
    assert (proof.papers, proof.spared, proof.gone_before) == ((), (), (paper.document_id,))


def test_two_papers_of_one_file_both_keep_the_word_of_their_destruction(desk: Desk) -> None:
    submission = desk.receive(scan(BIRTH, SECOND))
    desk.archive.process(submission.submission_id)
    papers = desk.tables.papers.of_content(OFFICE, submission.content_sha256)
    destroyed(desk, *papers)
    left = [len(desk.keys(f"decisions/{OFFICE}/{paper.document_id}/")) for paper in papers]
    assert left == [1, 1]
    assert [key for key in desk.keys("archive/") if not key.endswith(".json")] == []


def test_what_a_crash_left_unnamed_beside_the_last_paper_of_a_file_goes_with_it(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    key = keys.signed(keys.archive(OFFICE, paper.content_sha256), "ab" * 32)
    desk.store.put(key, BytesIO(b"%PDF-1.7 signed, and its decision never kept"), "application/pdf")
    destruction_id = destroyed(desk, paper)
    assert key not in desk.keys("archive/")
    assert key in {one.key for one in certificate(desk, destruction_id).papers[0].objects}


def test_a_destruction_that_fails_keeps_no_other_from_being_carried_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = desk.file(scan(BIRTH)), desk.file(scan(SECOND))
    ids = [approved(desk, first), approved(desk, second)]
    carried_out = Destructions.carry_out

    def failing(self: Destructions, office_id: str, destruction_id: str, told: Callable[[int, int], None]) -> bool:
        if destruction_id == ids[0]:
            raise ServiceUnavailable("object_altered")
        return carried_out(self, office_id, destruction_id, told)

    monkeypatch.setattr(Destructions, "carry_out", failing)
    carry_out_all(desk.archive, str, OFFICE)
    assert (now(desk, first).state, now(desk, second).state) == (first.state, "destroyed")


def test_what_is_due_is_never_more_than_can_be_proposed_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (BIRTH, SECOND):
        filed_years_ago(desk, desk.file(scan(text)), 7)
    catalogue = CATALOGUE.model_copy(update={"types": kept_for(5)})
    monkeypatch.setattr(desk.archive, "catalogue", catalogue)
    monkeypatch.setattr(pipeline.destroying, "AT_ONCE", 1)
    mark_office(desk.tables, catalogue, OFFICE, datetime.now(UTC).date())
    due = destructions(desk).due(OFFICE, datetime.now(UTC))
    assert len(due) == 1
    assert destructions(desk).propose(ACTOR, [one.document_id for one in due], "keeping_over").papers == due


def test_the_log_of_a_paper_tells_that_it_was_destroyed_and_by_whom(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    destroyed(desk, paper)
    told = [
        one.entry.actor.actor_id
        for one in desk.tables.audit.read(OFFICE, 0, 99)
        if one.entry.access == "decide" and one.entry.document_id == paper.document_id
    ]
    assert told == ["hoa"]
