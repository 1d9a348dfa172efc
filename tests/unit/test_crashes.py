"""What workers, officers' decisions and web processes leave when they die between two steps, and who completes it."""

import io
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import gettempdir
from unittest import mock

import pytest

from pipeline.adapters.folder_store import FolderStore
from pipeline.adapters.scratch import own_scratch
from pipeline.decisions import deciding, new_decision
from pipeline.dossiers import DossierDesk
from pipeline.incoming import IncomingFile
from pipeline.resume import resume
from pipeline.review import Review
from pipeline.uploads import WaitingUploads
from schemas.decisions import Confirm
from schemas.dossiers import Dossier, Party
from tests.kill.victims import Victims
from tests.unit.desk import ACTOR, Desk
from tests.unit.plain_papers import BIRTH, CHILD, CHILD_NUMBER
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE, CODE = ACTOR.office_id, "H29.12.34-260302-0001"
SESSION = "a" * 64


class Crash(BaseException):
    """The process is gone."""


@pytest.fixture(scope="module")
def victims() -> Victims:
    return Victims()


def die_putting(home: Path) -> None:
    """Dies by the step at which it is killed, at the latest when the object is half written."""
    FolderStore(home / "store").put("archive/a", io.BytesIO(b"a citizen's paper"), "text/plain")


def die_working(home: Path) -> None:
    """Dies with a scan in its temporary folder."""
    with own_scratch():
        Path(gettempdir(), "scan").write_bytes(b"a citizen's paper")
        die_putting(home)


def start_scratch(_: Path) -> None:
    with own_scratch():
        return


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def die(victims: Victims, doing: Callable[[Path], None], home: Path, kind: str) -> None:
    """Let one die when it first reaches a step of this kind."""
    calm = home / "calm"
    calm.mkdir()
    steps = victims.run(doing, calm, {}).kinds
    assert victims.run(doing, home, {}, steps.index(kind) + 1).was_killed


def test_what_a_dead_process_has_half_written_goes_with_the_next_start(victims: Victims, tmp_path: Path) -> None:
    die(victims, die_putting, tmp_path, "half write")
    drafts = files_of(tmp_path / "store" / ".drafts")
    assert [draft.read_bytes() for draft in drafts] == [b"a citizen"[:8]]
    FolderStore(tmp_path / "store")
    assert files_of(tmp_path / "store" / ".drafts") == []


def test_what_is_being_written_is_not_taken_for_a_dead_ones(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            FolderStore(tmp_path)  # another process starts now
            return super().read(size)

    store.put("archive/a", Slow(b"paper"), "text/plain")
    assert store.fetch("archive/a", tmp_path / "copy").size_bytes == len(b"paper")


def test_temporary_files_of_a_dead_process_go_with_the_next_start(victims: Victims, tmp_path: Path) -> None:
    die(victims, die_working, tmp_path, "half write")
    assert [path.read_bytes() for path in files_of(tmp_path / "tmp") if path.name == "scan"] == [b"a citizen's paper"]
    victims.run(start_scratch, tmp_path, {})
    assert files_of(tmp_path / "tmp") == []


def test_the_dossier_gets_papers_whose_worker_died_after_filing_them(desk: Desk, parsers: PlainParsers) -> None:
    now = datetime.now(UTC)
    desk.archive.dossiers.open(
        Dossier(code=CODE, actor=ACTOR, source="opened", received_at=now, owner=Party(number=CHILD_NUMBER))
    )
    submission = desk.receive(scan(BIRTH), dossier_code=CODE)
    with mock.patch.object(DossierDesk, "take_in", side_effect=Crash), pytest.raises(Crash):
        desk.archive.process(submission.submission_id)
    assert desk.seen(submission).state == "working"
    assert desk.tables.dossiers.components(OFFICE, CODE) == ()
    parsers.calls.clear()
    with closing(sqlite3.connect(desk.folder / "hoso.db")) as database, database:
        database.execute("UPDATE submissions SET lease_expires_at = received_at")  # as time passes
    desk.archive.process(submission.submission_id)
    assert desk.seen(submission).state == "done"
    assert len(desk.tables.dossiers.components(OFFICE, CODE)) == 1
    assert parsers.calls == []


def test_a_decision_whose_officer_only_got_as_far_as_its_mark_is_kept_among_the_decisions(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    decision = new_decision(Confirm, ACTOR, paper.document_id, copy_kind="original")
    with (
        mock.patch("pipeline.decisions.keep", side_effect=Crash),
        pytest.raises(Crash),
        deciding(desk.store, desk.tables, decision),
    ):
        pass
    assert desk.keys("decisions/") == []
    resume(desk.archive, OFFICE, datetime.now(UTC) + timedelta(hours=1))
    assert desk.keys("decisions/") == [f"decisions/{OFFICE}/{paper.document_id}/{decision.decision_id}.json"]


def test_files_that_were_handed_in_together_are_not_handed_in_alone_after_a_crash(tmp_path: Path) -> None:
    received: list[int] = []

    def receive(files: Sequence[IncomingFile]) -> str:
        received.append(len(files))
        return "submission-1"

    def waiting() -> WaitingUploads:
        return WaitingUploads(tmp_path, 1000, mock.Mock())

    uploads = waiting()
    ids = [uploads.begin(SESSION, name, 4).upload_id for name in ("a.pdf", "b.pdf")]
    for one in ids:
        uploads.append(SESSION, one, 0, b"scan")
    with mock.patch.object(WaitingUploads, "_forget", side_effect=Crash), pytest.raises(Crash):
        uploads.hand_in(SESSION, ids, receive)
    after = waiting()
    assert after.of_session(SESSION) == ()
    for again in (ids, ids[1:]):
        assert after.hand_in(SESSION, again, receive) == "submission-1"
    assert received == [2]


def test_a_secret_paper_is_wiped_though_the_process_died_after_writing_its_rows(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    review = Review(desk.archive)
    said = {"kind": "set_secrecy", "subject_id": paper.document_id, "secret": True}
    with mock.patch("pipeline.settling.clear_away", side_effect=Crash), pytest.raises(Crash):
        review.decide(review.read(ACTOR, said))
    assert desk.tables.papers.get(OFFICE, paper.document_id).state == "rejected"
    assert CHILD.encode() in desk.everything()
    resume(desk.archive, OFFICE, datetime.now(UTC) + timedelta(hours=1))
    assert [key for key in (*desk.keys("archive/"), *desk.keys("intake/")) if not key.endswith(".json")] == []


def test_a_dossier_hears_of_papers_cut_anew_though_the_process_died_after_writing_their_rows(desk: Desk) -> None:
    now = datetime.now(UTC)
    desk.archive.dossiers.open(
        Dossier(code=CODE, actor=ACTOR, source="opened", received_at=now, owner=Party(number=CHILD_NUMBER))
    )
    submission = desk.receive(scan(BIRTH, "second page"), dossier_code=CODE)
    desk.archive.process(submission.submission_id)
    review = Review(desk.archive)
    said = {"kind": "set_cuts", "subject_id": submission.submission_id, "first_pages": [1, 2]}
    with mock.patch.object(DossierDesk, "take_in", side_effect=Crash), pytest.raises(Crash):
        review.decide(review.read(ACTOR, said))
    resume(desk.archive, OFFICE, datetime.now(UTC) + timedelta(hours=1))
    papers = desk.tables.papers.of_content(OFFICE, submission.content_sha256)
    inside = {one.document_id for one in desk.tables.dossiers.components(OFFICE, CODE)}
    assert len(papers) == 2
    assert inside == {paper.document_id for paper in papers}
