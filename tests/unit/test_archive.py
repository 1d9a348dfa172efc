"""Receiving and filing: originals are safe first, objects come before rows, and the same content is filed once."""

import hashlib
import io
from pathlib import Path

import pytest

from pipeline.archive import Handing
from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from pipeline.incoming import IncomingFile
from schemas.decisions import Confirm
from schemas.dossier import PaperRecord, Submission
from tests.unit.desk import ACTOR, NEIGHBOUR, Desk, open_desk
from tests.unit.plain_papers import BIRTH, CHILD_NUMBER, HOLDER_NUMBER, LETTER
from tests.unit.plain_parsers import PlainParsers, scan

SCAN = scan(BIRTH)


class Endless(io.RawIOBase):
    """A PDF that never ends; it counts what was read of it."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "nobody may ask for all of it"
        self.read_bytes += size
        return b"%PDF-1.7".ljust(size, b"\0")


def receive_stream(desk: Desk, stream: object) -> Submission:
    return desk.archive.receive([IncomingFile("a.pdf", stream)], Handing(actor=ACTOR))  # type: ignore[arg-type]


def test_what_is_received_lies_in_intake_byte_for_byte(desk: Desk) -> None:
    submission = desk.receive(SCAN)
    (source,) = submission.sources
    assert source.key.startswith(f"intake/phuong-a/{submission.submission_id}/")
    assert desk.bytes_of(source.key) == SCAN
    assert source.sha256 == hashlib.sha256(SCAN).hexdigest()
    assert source.size_bytes == len(SCAN)


def test_what_was_handed_in_is_recorded_beside_its_originals(desk: Desk) -> None:
    submission = desk.receive(SCAN, lane="backlog", dossier_code="H29.12.34-260302-0001")
    (key,) = desk.keys("submissions/")
    assert key == f"submissions/phuong-a/{submission.submission_id}.json"
    assert Submission.model_validate_json(desk.bytes_of(key)) == desk.seen(submission)


def test_no_parser_sees_a_file_before_it_has_been_received(desk: Desk, parsers: PlainParsers) -> None:
    desk.receive(SCAN)
    assert parsers.calls == []


def test_an_original_is_safe_while_its_pages_are_read(desk: Desk, parsers: PlainParsers) -> None:
    submission = desk.receive(SCAN)
    kept: list[bytes] = []
    parsers.before_reading = lambda _: kept.append(desk.bytes_of(submission.sources[0].key))
    desk.archive.process(submission.submission_id)
    assert kept == [SCAN]


def test_files_handed_in_together_are_one_submission(desk: Desk) -> None:
    submission = desk.receive(SCAN, scan(LETTER))
    assert [desk.bytes_of(source.key) for source in submission.sources] == [SCAN, scan(LETTER)]


@pytest.mark.parametrize(("data", "code"), [(b"GIF89a and so on", "not_a_scan"), (b"", "empty_file")])
def test_nothing_is_kept_of_what_is_no_scan(desk: Desk, data: bytes, code: str) -> None:
    with pytest.raises(ScanRejected) as error:
        desk.receive(SCAN, data)
    assert error.value.code == code
    assert desk.keys() == []
    assert desk.tables.submissions.recent("phuong-a", 1) == ()


def test_too_large_a_file_is_refused_before_its_end(tmp_path: Path) -> None:
    endless = Endless()
    with open_desk(tmp_path, PlainParsers(), limits={"max_file_mb": 1}) as desk:
        with pytest.raises(ScanRejected) as error:
            receive_stream(desk, endless)
        assert error.value.code == "too_large"
        assert endless.read_bytes <= 2 << 20
        assert desk.keys() == []


def test_a_refused_file_leaves_nothing_on_local_disk(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spool))
    with pytest.raises(ScanRejected):
        desk.receive(SCAN, b"no scan")
    assert list(spool.iterdir()) == []


def test_the_same_content_is_one_submission_of_an_office(desk: Desk) -> None:
    first = desk.receive(SCAN)
    assert desk.receive(SCAN).submission_id == first.submission_id
    assert desk.keys("intake/") == [first.sources[0].key]


def test_content_that_is_on_file_is_not_taken_in_again(desk: Desk, parsers: PlainParsers) -> None:
    desk.file(SCAN)
    before, calls = desk.keys(), len(parsers.calls)
    again = desk.receive(SCAN)
    assert again.state == "done"
    assert desk.archive.process(again.submission_id) is None
    assert (desk.keys(), len(parsers.calls)) == (before, calls)


def test_the_same_content_in_another_order_is_another_submission(desk: Desk) -> None:
    first = desk.receive(SCAN, scan(LETTER))
    assert desk.receive(scan(LETTER), SCAN).submission_id != first.submission_id


def test_another_office_has_its_own_submission_and_papers_of_the_same_content(desk: Desk) -> None:
    ours, theirs = desk.file(SCAN), desk.file(SCAN, actor=NEIGHBOUR)
    assert ours.submission_id != theirs.submission_id
    assert ours.document_id != theirs.document_id
    with pytest.raises(NotFound):
        desk.tables.papers.get("phuong-b", ours.document_id)


def test_a_file_that_could_not_be_read_may_be_handed_in_again(desk: Desk) -> None:
    broken = scan("This page cannot be opened.")
    first = desk.receive(broken)
    assert desk.archive.process(first.submission_id) == ()
    assert desk.seen(first).reason == "damaged"
    assert desk.receive(broken).submission_id != first.submission_id


def test_the_original_of_a_refused_file_is_kept(desk: Desk) -> None:
    broken = scan("This page cannot be opened.")
    submission = desk.receive(broken)
    desk.archive.process(submission.submission_id)
    assert desk.bytes_of(submission.sources[0].key) == broken


def test_the_original_of_a_kept_paper_moves_to_the_archive_unaltered(desk: Desk) -> None:
    paper = desk.file(SCAN)
    (key,) = paper.original_keys
    assert key.startswith(f"archive/phuong-a/{paper.content_sha256}/original/")
    assert desk.bytes_of(key) == SCAN
    assert paper.original_sha256s == (hashlib.sha256(SCAN).hexdigest(),)
    assert desk.keys("intake/") == []


def test_a_paper_on_file_has_its_copy_and_its_record_in_the_store(desk: Desk) -> None:
    paper = desk.file(SCAN)
    assert paper.object_key is not None
    assert hashlib.sha256(desk.bytes_of(paper.object_key)).hexdigest() == paper.sha256
    assert len(desk.bytes_of(paper.object_key)) == paper.size_bytes
    record = PaperRecord.model_validate_json(desk.bytes_of(paper.object_key.replace(".pdf", ".json")))
    assert record.paper == paper
    assert record.page_texts == desk.tables.papers.page_texts("phuong-a", paper.document_id)


def test_the_same_content_has_the_same_ids_and_keys_in_every_home(tmp_path: Path) -> None:
    papers = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with open_desk(tmp_path / name, PlainParsers()) as desk:
            papers.append(desk.file(SCAN))
    one, two = papers
    assert (one.document_id, one.object_key, one.sha256) == (two.document_id, two.object_key, two.sha256)
    assert one.submission_id != two.submission_id


def test_a_copy_is_handed_out_as_it_is_filed(desk: Desk, tmp_path: Path) -> None:
    paper = desk.file(SCAN)
    desk.archive.fetch_copy("phuong-a", paper.document_id, tmp_path / "out.pdf")
    assert hashlib.sha256((tmp_path / "out.pdf").read_bytes()).hexdigest() == paper.sha256


def test_a_copy_is_not_handed_out_to_another_office(desk: Desk, tmp_path: Path) -> None:
    paper = desk.file(SCAN)
    with pytest.raises(NotFound):
        desk.archive.fetch_copy("phuong-b", paper.document_id, tmp_path / "out.pdf")
    assert not (tmp_path / "out.pdf").exists()


def test_whoever_hands_a_paper_in_does_not_become_its_owner(desk: Desk) -> None:
    paper = desk.file(SCAN, handed_in_by=HOLDER_NUMBER)
    assert (paper.state, "person_mismatch" in paper.reasons) == ("needs_review", True)
    assert [(person.personal_id, person.link) for person in paper.people] == [(CHILD_NUMBER, "proposed")]


def test_a_paper_of_nobody_is_proposed_to_whoever_handed_it_in(desk: Desk) -> None:
    paper = desk.file(scan(LETTER), handed_in_by=HOLDER_NUMBER)
    assert [(person.personal_id, person.link) for person in paper.people] == [(HOLDER_NUMBER, "proposed")]
    assert paper.state == "needs_review"


def test_a_paper_that_its_owner_hands_in_is_filed(desk: Desk) -> None:
    paper = desk.file(SCAN, handed_in_by=CHILD_NUMBER)
    assert (paper.state, paper.reasons, paper.people[0].link) == ("filed", (), "filed")


def test_dossier_and_procedure_stand_on_the_paper(desk: Desk) -> None:
    paper = desk.file(SCAN, dossier_code="H26.41.31-250925-7803", procedure="birth_registration")
    assert (paper.dossier_code, paper.procedure) == ("H26.41.31-250925-7803", "birth_registration")


def test_progress_is_told_page_by_page(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    submission = desk.receive(scan(BIRTH, LETTER, LETTER))
    desk.archive.process(submission.submission_id, lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_an_unknown_submission_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound) as error:
        desk.archive.process("nobody-handed-this-in")
    assert error.value.code == "no_such_submission"


def test_a_confirmation_is_written_to_the_store_and_then_to_the_row(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = desk.file(SCAN)
    there_before: list[str] = []
    decide = desk.tables.papers.decide

    def watched(decision: Confirm) -> object:
        there_before.extend(desk.keys("decisions/"))
        return decide(decision)

    monkeypatch.setattr(desk.tables.papers, "decide", watched)
    confirmed = desk.archive.confirm(ACTOR, paper.document_id, "certified_copy")
    (key,) = there_before
    decision = Confirm.model_validate_json(desk.bytes_of(key))
    assert (decision.subject_id, decision.actor, decision.copy_kind) == (paper.document_id, ACTOR, "certified_copy")
    assert (confirmed.copy_kind, confirmed.confirmed_at) == ("certified_copy", decision.decided_at)


def test_a_decision_that_cannot_be_kept_changes_no_row(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = desk.file(SCAN)

    def away(*_: object) -> None:
        raise ServiceUnavailable("store_away")

    monkeypatch.setattr(desk.store, "put", away)
    with pytest.raises(ServiceUnavailable):
        desk.archive.confirm(ACTOR, paper.document_id, "original")
    assert desk.tables.papers.get("phuong-a", paper.document_id).confirmed_at is None


def test_another_office_cannot_confirm_a_paper(desk: Desk) -> None:
    paper = desk.file(SCAN)
    with pytest.raises(NotFound):
        desk.archive.confirm(NEIGHBOUR, paper.document_id, "original")
    assert desk.keys("decisions/") == []
    assert desk.tables.papers.get("phuong-a", paper.document_id).confirmed_at is None


def test_a_second_confirmation_keeps_the_first_ones_record(desk: Desk) -> None:
    paper = desk.file(SCAN)
    desk.archive.confirm(ACTOR, paper.document_id, "photocopy")
    desk.archive.confirm(ACTOR, paper.document_id, "original")
    assert len(desk.keys("decisions/")) == 2
    assert desk.tables.papers.get("phuong-a", paper.document_id).copy_kind == "original"
