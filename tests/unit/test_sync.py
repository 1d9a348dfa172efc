"""A counter's machine hands over what waits: to a centre that answers as the test wants, from a real store and SQLite.

`tests/system/test_sync.py` has a real centre, cut connections and kills.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pytest

from pipeline.deliveries import keep_receipt
from pipeline.errors import Misconfigured, ScanRejected, ServiceUnavailable
from pipeline.settings import Settings, load_settings
from pipeline.sync import BegunUpload, Sync, last_try
from schemas.delivery import Handover, Receipt
from schemas.dossier import Submission
from tests.unit.desk import ACTOR, NEIGHBOUR, Desk, open_desk
from tests.unit.plain_parsers import PlainParsers

SCANS = tuple(b"%PDF-1.7 " + str(number).encode() for number in range(3))
CENTRE = "https://centre.example"


class PlainCentre:
    """A centre in memory. `refuses` raises for a submission; `sha256s` are what it says to have, where it is wrong."""

    def __init__(self) -> None:
        self.begun: dict[str, BegunUpload] = {}
        self.data: dict[str, bytes] = {}
        self.taken: list[Submission] = []
        self.receipts: dict[str, Receipt] = {}
        self.sha256s: tuple[str, ...] | None = None
        self.refuses: Callable[[Submission], None] = lambda _: None
        self.is_away = False

    def receipt(self, delivery_id: str) -> Receipt | None:
        return self.receipts.get(delivery_id)

    def uploads(self) -> dict[str, BegunUpload]:
        if self.is_away:
            raise ServiceUnavailable("centre_away")
        return {
            mark: one.model_copy(update={"received_bytes": len(self.data[one.upload_id])})
            for mark, one in self.begun.items()
        }

    def begin(self, path: str, size_bytes: int, mark: str) -> BegunUpload:
        self.begun[mark] = BegunUpload(upload_id=mark, received_bytes=0)
        self.data[mark] = b""
        return self.begun[mark]

    def send(self, upload: BegunUpload, data: BinaryIO, size_bytes: int, on_sent: Callable[[int], None]) -> None:
        data.seek(upload.received_bytes)
        self.data[upload.upload_id] += data.read()

    def hand_over(self, submission: Submission, upload_ids: Sequence[str]) -> Receipt:
        self.refuses(submission)
        self.taken.append(submission)
        receipt = Receipt(
            delivery_id=submission.submission_id,
            submission_id=f"there-{len(self.taken)}",
            sha256s=self.sha256s or tuple(source.sha256 for source in submission.sources),
            received_at=submission.received_at,
            received_by=submission.actor.actor_id,
            taken_at=datetime.now(UTC),
        )
        self.receipts[submission.submission_id] = receipt
        return receipt


class Counter:
    """A counter's machine, and the centre that it hands over to."""

    def __init__(self, desk: Desk, delivered_days: int = 0) -> None:
        self.desk, self.centre = desk, PlainCentre()
        office_id = ACTOR.office_id
        settings = Settings(home=desk.folder, office_id=office_id, centre_url=CENTRE, delivered_days=delivered_days)
        self.syncing = Sync(settings, desk.store, desk.tables, self.centre)

    def sync(self, *, again: bool = False) -> list[Handover]:
        return list(self.syncing.run(lambda _: None, again=again))


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    with open_desk(tmp_path, PlainParsers(), centre_url=CENTRE) as desk:
        yield Counter(desk)


def states(told: list[Handover]) -> list[str]:
    return [one.state for one in told]


def test_what_waits_is_handed_over_oldest_first_with_what_was_said_of_it(counter: Counter) -> None:
    received = [counter.desk.receive(scan, channel="post", dossier_code=f"H29-{n}") for n, scan in enumerate(SCANS)]
    assert states(counter.sync()) == ["delivered"] * 3
    assert counter.centre.taken == received


def test_every_original_of_a_submission_arrives_byte_for_byte(counter: Counter) -> None:
    submission = counter.desk.receive(*SCANS)
    counter.sync()
    assert [counter.centre.data[f"{submission.submission_id}/{n}"] for n in range(3)] == list(SCANS)


def test_what_was_delivered_is_done_and_leaves_this_machine(counter: Counter) -> None:
    submission = counter.desk.receive(SCANS[0])
    counter.sync()
    seen = counter.desk.seen(submission)
    assert (seen.state, seen.reason) == ("done", "delivered")
    assert counter.desk.keys("intake") == []
    assert counter.desk.keys("deliveries") == [f"deliveries/{ACTOR.office_id}/{submission.submission_id}.json"]


def test_nothing_is_handed_over_twice(counter: Counter) -> None:
    counter.desk.receive(SCANS[0])
    counter.sync()
    assert counter.sync(again=True) == []
    assert len(counter.centre.taken) == 1


def test_what_was_delivered_stays_for_as_long_as_the_settings_say(tmp_path: Path) -> None:
    with open_desk(tmp_path, PlainParsers(), centre_url=CENTRE) as desk:
        counter = Counter(desk, delivered_days=1)
        desk.receive(SCANS[0])
        counter.sync()
        assert len(desk.keys("intake")) == 1


def test_originals_stay_where_the_centre_says_to_have_something_else(counter: Counter) -> None:
    submission = counter.desk.receive(SCANS[0])
    counter.centre.sha256s = ("0" * 64,)
    (told,) = counter.sync()
    assert (told.state, told.code) == ("refused", "receipt_differs")
    assert counter.desk.seen(submission).state == "stuck"
    assert counter.desk.bytes_of(submission.sources[0].key) == SCANS[0]


def refuse_first(centre: PlainCentre) -> None:
    def refuses(submission: Submission) -> None:
        if submission.sources[0].size_bytes == len(SCANS[0]):
            raise ScanRejected("bad_received_at")

    centre.refuses = refuses


def test_a_refusal_is_told_with_its_reason_and_holds_nothing_up(counter: Counter) -> None:
    refused, other = counter.desk.receive(SCANS[0]), counter.desk.receive(SCANS[1] + b"longer")
    refuse_first(counter.centre)
    assert states(counter.sync()) == ["refused", "delivered"]
    assert (counter.desk.seen(refused).state, counter.desk.seen(refused).reason) == ("stuck", "bad_received_at")
    assert counter.desk.seen(other).reason == "delivered"
    assert counter.desk.bytes_of(refused.sources[0].key) == SCANS[0]


def test_what_was_refused_is_tried_again_only_where_somebody_asks(counter: Counter) -> None:
    counter.desk.receive(SCANS[0])
    refuse_first(counter.centre)
    counter.sync()
    counter.centre.refuses = lambda _: None
    assert counter.sync() == []
    assert states(counter.sync(again=True)) == ["delivered"]


def test_an_original_that_is_no_longer_whole_is_told_and_holds_nothing_up(counter: Counter) -> None:
    altered, other = counter.desk.receive(SCANS[0]), counter.desk.receive(SCANS[1])
    (counter.desk.folder / "store" / altered.sources[0].key).write_bytes(b"%PDF-1.7 altered")
    assert states(counter.sync()) == ["refused", "delivered"]
    assert counter.desk.seen(altered).reason == "object_altered"
    assert counter.desk.seen(other).reason == "delivered"


def test_an_upload_goes_on_where_it_was(counter: Counter) -> None:
    submission = counter.desk.receive(SCANS[0])
    mark = f"{submission.submission_id}/0"
    counter.centre.begin("a.pdf", len(SCANS[0]), mark)
    counter.centre.data[mark] = SCANS[0][:4]
    sent: list[int] = []
    list(counter.syncing.run(sent.append, again=False))
    assert counter.centre.data[mark] == SCANS[0]
    assert sent[0] == 4


def test_a_receipt_that_was_given_before_a_crash_is_asked_for_instead_of_sending_again(counter: Counter) -> None:
    submission = counter.desk.receive(SCANS[0])
    counter.centre.hand_over(submission, ())
    assert states(counter.sync()) == ["delivered"]
    assert counter.centre.data == {}
    assert len(counter.centre.taken) == 1


def test_a_receipt_that_lies_here_already_is_not_asked_for_again(counter: Counter) -> None:
    submission = counter.desk.receive(SCANS[0])
    keep_receipt(counter.desk.store, ACTOR.office_id, counter.centre.hand_over(submission, ()))
    counter.centre.receipts.clear()
    assert states(counter.sync()) == ["delivered"]
    assert counter.centre.data == {}


def test_nothing_is_read_here(counter: Counter) -> None:
    submission = counter.desk.receive(SCANS[0])
    assert counter.desk.archive.process(submission.submission_id) is None
    assert counter.desk.seen(submission).state == "received"


def test_while_the_centre_is_away_everything_waits_and_the_home_says_since_when(counter: Counter) -> None:
    submission = counter.desk.receive(SCANS[0])
    counter.centre.is_away = True
    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            counter.sync()
    seen = last_try(counter.desk.folder)
    assert seen is not None
    assert seen.code == "centre_away"
    assert seen.since < seen.tried_at
    assert counter.desk.seen(submission).state == "received"


def test_once_the_centre_answers_the_home_says_so(counter: Counter) -> None:
    counter.centre.is_away = True
    with pytest.raises(ServiceUnavailable):
        counter.sync()
    counter.centre.is_away = False
    counter.sync()
    seen = last_try(counter.desk.folder)
    assert seen is not None
    assert seen.code is None
    assert seen.since == seen.tried_at


def test_another_run_of_the_same_home_is_refused(counter: Counter) -> None:
    counter.desk.receive(SCANS[0])
    counter.desk.receive(SCANS[1])
    running = counter.syncing.run(lambda _: None, again=False)
    next(running)
    with pytest.raises(ServiceUnavailable) as error:
        counter.sync()
    assert error.value.code == "sync_running"
    assert len(list(running)) == 1


def test_another_offices_papers_stay_here_and_are_told(counter: Counter) -> None:
    neighbours = counter.desk.receive(SCANS[0], actor=NEIGHBOUR)
    (told,) = counter.sync()
    assert (told.state, told.code) == ("refused", "other_office")
    assert counter.centre.data == {}
    assert (counter.desk.seen(neighbours).state, counter.desk.seen(neighbours).reason) == ("stuck", "other_office")
    assert counter.desk.bytes_of(neighbours.sources[0].key) == SCANS[0]


@pytest.mark.parametrize("url", ["http://centre.example", "https://centre.example/path", "https://a:b@centre.example"])
def test_a_centre_is_reached_by_https_or_on_this_machine(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSO_CENTRE_URL", url)
    with pytest.raises(Misconfigured) as error:
        load_settings()
    assert error.value.detail == "HOSO_CENTRE_URL"
