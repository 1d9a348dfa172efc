"""Uploads in waiting, on a real disk."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import HosoError, NotFound, ScanRejected, ServiceUnavailable
from pipeline.incoming import IncomingFile
from pipeline.uploads import KEPT, Circumstances, WaitingUploads

MINE, ANOTHERS = "a" * 64, "b" * 64
LIMIT_BYTES = 1000


class Desk:
    """What receives, and the folder to which scans go back."""

    def __init__(self) -> None:
        self.received: list[list[tuple[str, bytes]]] = []
        self.given_back: list[tuple[str, bytes]] = []

    def receive(self, files: Sequence[IncomingFile]) -> str:
        self.received.append([(file.path, file.stream.read()) for file in files])
        return f"submission-{len(self.received)}"

    def give_back(self, data: Path, name: str) -> None:
        self.given_back.append((name, data.read_bytes()))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def uploads(tmp_path: Path, desk: Desk) -> WaitingUploads:
    return WaitingUploads(tmp_path / "uploads", LIMIT_BYTES, desk.give_back)


def whole(uploads: WaitingUploads, content: bytes = b"scan", name: str = "a.pdf", *, from_folder: bool = False) -> str:
    upload = uploads.begin(MINE, name, len(content), from_folder=from_folder)
    return uploads.append(MINE, upload.upload_id, 0, content).upload_id


def refused(code: str, error: type[HosoError], call: object) -> None:
    assert callable(call)
    with pytest.raises(error) as caught:
        call()
    assert caught.value.code == code


def test_a_session_has_a_bound_of_waiting_bytes_of_its_own(uploads: WaitingUploads) -> None:
    for number in range(20):
        uploads.begin(MINE, f"{number}.pdf", LIMIT_BYTES)
    refused("too_many_uploads", ScanRejected, lambda: uploads.begin(MINE, "more.pdf", 1))
    uploads.begin(ANOTHERS, "a.pdf", LIMIT_BYTES)


def test_a_session_has_a_bound_of_waiting_files(uploads: WaitingUploads) -> None:
    for number in range(500):
        uploads.begin(MINE, f"{number}.pdf", 1)
    refused("too_many_uploads", ScanRejected, lambda: uploads.begin(MINE, "more.pdf", 1))
    uploads.remove(MINE, uploads.of_session(MINE)[0].upload_id)
    uploads.begin(MINE, "more.pdf", 1)


def test_pieces_add_up_to_the_file(uploads: WaitingUploads) -> None:
    upload_id = uploads.begin(MINE, "a.pdf", 6).upload_id
    assert uploads.append(MINE, upload_id, 0, b"one").received_bytes == 3
    assert uploads.append(MINE, upload_id, 3, b"two").is_whole
    assert uploads.data(MINE, upload_id).read_bytes() == b"onetwo"


@pytest.mark.parametrize("offset_bytes", [0, 5])
def test_a_piece_that_does_not_follow_is_refused(uploads: WaitingUploads, offset_bytes: int) -> None:
    upload_id = uploads.begin(MINE, "a.pdf", 6).upload_id
    uploads.append(MINE, upload_id, 0, b"one")
    refused("upload_moved", ScanRejected, lambda: uploads.append(MINE, upload_id, offset_bytes, b"x"))
    assert uploads.data(MINE, upload_id).read_bytes() == b"one"


def test_of_two_connections_at_one_place_one_goes_on(uploads: WaitingUploads) -> None:
    upload_id = uploads.begin(MINE, "a.pdf", 100).upload_id
    outcomes: list[str] = []

    def append(letter: bytes) -> None:
        try:
            uploads.append(MINE, upload_id, 0, letter * 50)
            outcomes.append("taken")
        except ScanRejected as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=append, args=(letter,)) for letter in (b"a", b"b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["taken", "upload_moved"]
    assert uploads.data(MINE, upload_id).read_bytes() in (b"a" * 50, b"b" * 50)


def test_no_more_comes_in_than_was_said(uploads: WaitingUploads) -> None:
    upload_id = uploads.begin(MINE, "a.pdf", 3).upload_id
    refused("too_large", ScanRejected, lambda: uploads.append(MINE, upload_id, 0, b"four"))


def test_a_file_beyond_the_limit_is_refused_before_a_byte_is_sent(uploads: WaitingUploads) -> None:
    refused("too_large", ScanRejected, lambda: uploads.begin(MINE, "a.pdf", LIMIT_BYTES + 1))
    refused("empty_file", ScanRejected, lambda: uploads.begin(MINE, "a.pdf", 0))
    assert uploads.of_session(MINE) == ()


def test_a_full_disk_says_so(uploads: WaitingUploads) -> None:
    upload_id = uploads.begin(MINE, "a.pdf", 4).upload_id
    data = uploads.data(MINE, upload_id)
    data.unlink()
    data.symlink_to("/dev/full")
    refused("disk_full", ServiceUnavailable, lambda: uploads.append(MINE, upload_id, 0, b"scan"))


def test_an_upload_is_there_for_its_own_session(uploads: WaitingUploads) -> None:
    upload_id = whole(uploads)
    assert [one.upload_id for one in uploads.of_session(MINE)] == [upload_id]
    assert uploads.get(MINE, upload_id).is_whole


def test_an_upload_is_not_there_for_another_session(uploads: WaitingUploads, desk: Desk) -> None:
    upload_id = whole(uploads)
    assert uploads.of_session(ANOTHERS) == ()
    refused("no_such_upload", NotFound, lambda: uploads.get(ANOTHERS, upload_id))
    refused("no_such_upload", NotFound, lambda: uploads.append(ANOTHERS, upload_id, 4, b"x"))
    refused("no_such_upload", NotFound, lambda: uploads.remove(ANOTHERS, upload_id))
    refused("no_such_upload", NotFound, lambda: uploads.hand_in(ANOTHERS, [upload_id], desk.receive))


@pytest.mark.parametrize("upload_id", ["..", "../" + "b" * 64, "", "handed", "circumstances.json"])
def test_no_id_leads_out_of_the_session(uploads: WaitingUploads, upload_id: str) -> None:
    whole(uploads)
    refused("no_such_upload", NotFound, lambda: uploads.get(MINE, upload_id))


def test_files_are_for_our_user_alone(uploads: WaitingUploads) -> None:
    data = uploads.data(MINE, whole(uploads))
    assert (data.stat().st_mode & 0o077, data.parent.stat().st_mode & 0o077) == (0, 0)


def test_uploads_stand_in_the_order_in_which_they_began(uploads: WaitingUploads) -> None:
    ids = [whole(uploads, name=name) for name in ("c", "a", "b")]
    assert [one.upload_id for one in uploads.of_session(MINE)] == ids


def test_what_is_handed_in_together_is_received_together_in_order(uploads: WaitingUploads, desk: Desk) -> None:
    ids = [whole(uploads, b"front", "1.png"), whole(uploads, b"back", "2.png")]
    assert uploads.hand_in(MINE, ids, desk.receive) == "submission-1"
    assert desk.received == [[("1.png", b"front"), ("2.png", b"back")]]
    assert uploads.of_session(MINE) == ()


def test_the_same_uploads_twice_are_one_submission(uploads: WaitingUploads, desk: Desk) -> None:
    upload_id = whole(uploads)
    first = uploads.hand_in(MINE, [upload_id], desk.receive)
    assert uploads.hand_in(MINE, [upload_id], desk.receive) == first
    assert len(desk.received) == 1


def test_two_presses_at_one_moment_are_one_submission(uploads: WaitingUploads, desk: Desk) -> None:
    upload_id = whole(uploads)
    both_are_here, answers = threading.Barrier(2), []

    def press() -> None:
        both_are_here.wait()
        answers.append(uploads.hand_in(MINE, [upload_id], desk.receive))

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["submission-1", "submission-1"]
    assert len(desk.received) == 1


def test_what_became_part_of_something_else_cannot_be_handed_in_again(uploads: WaitingUploads, desk: Desk) -> None:
    first, second = whole(uploads), whole(uploads)
    uploads.hand_in(MINE, [first], desk.receive)
    refused("no_such_upload", NotFound, lambda: uploads.hand_in(MINE, [first, second], desk.receive))
    assert [one.upload_id for one in uploads.of_session(MINE)] == [second]


def test_half_a_file_is_not_handed_in(uploads: WaitingUploads, desk: Desk) -> None:
    upload_id = uploads.begin(MINE, "a.pdf", 6).upload_id
    refused("upload_unfinished", ScanRejected, lambda: uploads.hand_in(MINE, [upload_id], desk.receive))
    assert desk.received == []


def test_what_is_refused_keeps_waiting(uploads: WaitingUploads) -> None:
    upload_id = whole(uploads)

    def refuse(_: Sequence[IncomingFile]) -> str:
        raise ScanRejected("not_a_scan")

    refused("not_a_scan", ScanRejected, lambda: uploads.hand_in(MINE, [upload_id], refuse))
    assert uploads.get(MINE, upload_id).is_whole


def test_wiping_leaves_nothing_of_one_session_and_all_of_the_others(uploads: WaitingUploads, tmp_path: Path) -> None:
    whole(uploads)
    uploads.set_circumstances(MINE, Circumstances(name="Hồ Thị Mai"))
    others = uploads.begin(ANOTHERS, "b.pdf", 4)
    uploads.wipe(MINE)
    assert uploads.sessions() == (ANOTHERS,)
    assert uploads.of_session(ANOTHERS) == (others,)


def test_a_session_that_ends_while_it_hands_in_loses_nothing(uploads: WaitingUploads, desk: Desk) -> None:
    upload_id = whole(uploads)

    def receive(files: Sequence[IncomingFile]) -> str:
        submission_id = desk.receive(files)
        uploads.wipe(MINE)
        return submission_id

    assert uploads.hand_in(MINE, [upload_id], receive) == "submission-1"
    assert uploads.sessions() == ()


@pytest.mark.parametrize("end", ["removed", "wiped", "expired"])
def test_what_came_from_the_scan_folder_goes_back_to_it(uploads: WaitingUploads, desk: Desk, end: str) -> None:
    upload_id = whole(uploads, b"scan", "SCAN_1.pdf", from_folder=True)
    if end == "removed":
        uploads.remove(MINE, upload_id)
    elif end == "wiped":
        uploads.wipe(MINE)
    else:
        uploads.expire(uploads.get(MINE, upload_id).expires_at)
    assert desk.given_back == [("SCAN_1.pdf", b"scan")]
    assert uploads.of_session(MINE) == ()


def test_what_came_from_the_scan_folder_and_was_handed_in_does_not_go_back(uploads: WaitingUploads, desk: Desk) -> None:
    uploads.hand_in(MINE, [whole(uploads, from_folder=True)], desk.receive)
    uploads.wipe(MINE)
    assert desk.given_back == []


def test_what_the_scan_folder_does_not_take_back_stays(tmp_path: Path) -> None:
    def away(*_: object) -> None:
        raise PermissionError

    uploads = WaitingUploads(tmp_path, LIMIT_BYTES, away)
    kept = whole(uploads, from_folder=True)
    gone = whole(uploads)
    uploads.wipe(MINE)
    assert uploads.get(MINE, kept).is_whole
    refused("no_such_upload", NotFound, lambda: uploads.get(MINE, gone))


def test_an_upload_expires_when_nobody_touched_it_for_long(uploads: WaitingUploads) -> None:
    upload = uploads.get(MINE, whole(uploads))
    uploads.expire(upload.touched_at + KEPT - timedelta(seconds=1))
    assert uploads.get(MINE, upload.upload_id) == upload
    uploads.expire(upload.touched_at + KEPT)
    refused("no_such_upload", NotFound, lambda: uploads.get(MINE, upload.upload_id))


def test_circumstances_are_kept_until_they_are_said_anew(uploads: WaitingUploads) -> None:
    assert uploads.circumstances(MINE) == Circumstances()
    told = Circumstances(dossier_code="H29.12.34-260620-0007", handed_in_by="001189000664", channel="post")
    uploads.set_circumstances(MINE, told)
    assert uploads.circumstances(MINE) == told
    assert uploads.circumstances(ANOTHERS) == Circumstances()
