"""A counter's machine hands over to its centre what it has received: later, whole, and once.

Nothing is read here, so nobody decides anything here either that would have to travel: the originals and what was said
when they were handed in are all there is. The centre tells what it has by its own hashes; only then a submission counts
as delivered, and its originals go. Ending this at any point loses nothing: the next run asks the centre how it stands.
"""

import fcntl
import logging
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Protocol

from pydantic import ValidationError

from pipeline import keys
from pipeline.deliveries import DELIVERED, find_receipt, keep_receipt
from pipeline.errors import HosoError, NotFound, ScanRejected, ServiceUnavailable
from pipeline.ports import ObjectStore
from pipeline.settings import Settings
from pipeline.table_ports import Tables
from schemas.base import Value
from schemas.delivery import CentreSeen, Handover, Receipt
from schemas.dossier import Lease, SourceFile, Submission

log = logging.getLogger("hoso")

_AT_ONCE = 200
OnSent = Callable[[int], None]
"""Called with how many more bytes have left."""


class BegunUpload(Value):
    """An upload that waits at the centre, and how much of it is there."""

    upload_id: str
    received_bytes: int


class Centre(Protocol):
    """What the centre is asked.

    Every method raises ServiceUnavailable (centre_away) and Misconfigured (centre_refuses_token, no_hoso_there).
    """

    def receipt(self, delivery_id: str) -> Receipt | None:
        """The receipt of what was taken over before, or None."""
        ...

    def uploads(self) -> dict[str, BegunUpload]:
        """What waits there for this machine, by mark."""
        ...

    def begin(self, path: str, size_bytes: int, mark: str) -> BegunUpload:
        """Begin an upload of a file that was called so. Raises: ScanRejected, as the centre refuses."""
        ...

    def send(self, upload: BegunUpload, data: BinaryIO, size_bytes: int, on_sent: OnSent) -> None:
        """Send what is missing of a file of this size. Raises: ScanRejected, as the centre refuses."""
        ...

    def hand_over(self, submission: Submission, upload_ids: Sequence[str]) -> Receipt:
        """Hand whole uploads over as one submission. Raises: ScanRejected, as the centre refuses."""
        ...


class Sync:
    """Hands over what waits on this machine."""

    def __init__(self, settings: Settings, store: ObjectStore, tables: Tables, centre: Centre) -> None:
        """Args: what it is built of; `wiring.open_sync` does it."""
        self._settings, self._office_id = settings, settings.office_id
        self._store, self._tables, self._centre = store, tables, centre

    def try_centre(self) -> None:
        """Raises: ServiceUnavailable (centre_away), Misconfigured (centre_refuses_token, no_hoso_there)."""
        self._centre.uploads()

    def waiting_bytes(self, *, again: bool) -> int:
        """How many bytes of originals are to be sent; see `run` for `again`."""
        submissions = (self._submission(one) for one in self._waiting(again=again))
        return sum(source.size_bytes for one in submissions for source in one.sources)

    def run(self, on_sent: OnSent, *, again: bool) -> Iterator[Handover]:
        """Hand over all that waits, oldest first, and tell of each; then remove what need not stay here.

        Args:
            on_sent: told of bytes as they leave.
            again: also what the centre has refused before.

        Raises:
            ServiceUnavailable: centre_away, sync_running; store_away or database_away here. The next run goes on.
            Misconfigured: centre_refuses_token, no_hoso_there.

        """
        with _alone(self._settings.home_path):
            try:
                yield from self._run(on_sent, again=again)
            except HosoError as error:
                _note(self._settings.home_path, error.code)
                raise
            _note(self._settings.home_path, None)
            self._remove_delivered(datetime.now(UTC))

    def _run(self, on_sent: OnSent, *, again: bool) -> Iterator[Handover]:
        begun, tried = self._centre.uploads(), set[str]()
        for submission_id in self._of_others():
            yield self._refused(submission_id, ScanRejected("other_office"))
        while left := [one for one in self._waiting(again=again) if one not in tried]:
            for submission_id in left:
                tried.add(submission_id)
                yield self._hand_over(self._submission(submission_id), begun, on_sent)

    def _waiting(self, *, again: bool) -> list[str]:
        work = self._tables.work
        found = list(work.waiting(self._office_id, _AT_ONCE))
        found += work.stuck(self._office_id, _AT_ONCE) if again else ()
        return [one.submission_id for one in found]

    def _of_others(self) -> list[str]:
        """What waits here for other offices: at the centre it would become our own office's."""
        return [one for one in self._tables.leases.waiting(_AT_ONCE) if not self._is_ours(one)]

    def _is_ours(self, submission_id: str) -> bool:
        try:
            self._submission(submission_id)
        except NotFound:
            return False
        return True

    def _submission(self, submission_id: str) -> Submission:
        return self._tables.submissions.get(self._office_id, submission_id)

    def _hand_over(self, submission: Submission, begun: dict[str, BegunUpload], on_sent: OnSent) -> Handover:
        try:
            receipt = self._receipt(submission, begun, on_sent)
            if receipt.sha256s != tuple(source.sha256 for source in submission.sources):
                raise ScanRejected("receipt_differs")
        except (ScanRejected, NotFound) as error:
            return self._refused(submission.submission_id, error)
        except ServiceUnavailable as error:
            if error.code != "object_altered":
                raise
            return self._refused(submission.submission_id, error)
        keep_receipt(self._store, self._office_id, receipt)
        self._end(submission.submission_id, lambda lease: self._tables.leases.finish(lease, DELIVERED))
        log.info("delivered %s as %s", submission.submission_id, receipt.submission_id)
        return Handover(
            submission_id=submission.submission_id, state="delivered", centre_submission_id=receipt.submission_id
        )

    def _refused(self, submission_id: str, error: HosoError) -> Handover:
        """It stays, and stands among what is stuck until somebody has it tried again."""
        log.warning("not delivered %s: %s", submission_id, error.code)
        self._end(submission_id, lambda lease: self._tables.leases.fail(lease, error.code, None))
        return Handover(
            submission_id=submission_id,
            state="refused",
            code=error.code,
            message=error.message(self._settings.language),
        )

    def _end(self, submission_id: str, write: Callable[[Lease], object]) -> None:
        """Write what became of it. Where a run that died holds it still, a later one finds the receipt and does so."""
        owner = f"sync:{os.uname().nodename}:{os.getpid()}"
        claimed = self._tables.leases.claim(submission_id, owner, self._settings.lease_s)
        if claimed is not None:
            write(claimed[0])

    def _receipt(self, submission: Submission, begun: dict[str, BegunUpload], on_sent: OnSent) -> Receipt:
        """The centre's receipt: kept here before a crash, told there before one, or of now."""
        known = find_receipt(self._store, self._office_id, submission.submission_id)
        known = known or self._centre.receipt(submission.submission_id)
        if known is not None:
            return known
        with TemporaryDirectory(prefix="hoso-sync-") as folder:
            uploads = []
            for number, source in enumerate(submission.sources):
                mark = f"{submission.submission_id}/{number}"
                uploads.append(self._upload(source, mark, begun.get(mark), Path(folder) / "original", on_sent))
            return self._centre.hand_over(submission, uploads)

    def _upload(self, source: SourceFile, mark: str, begun: BegunUpload | None, target: Path, on_sent: OnSent) -> str:
        self._store.fetch(source.key, target)
        upload = begun or self._centre.begin(source.path, source.size_bytes, mark)
        on_sent(upload.received_bytes)
        if upload.received_bytes < source.size_bytes:
            with target.open("rb") as data:
                self._centre.send(upload, data, source.size_bytes, on_sent)
        return upload.upload_id

    def _remove_delivered(self, now: datetime) -> None:
        """Empty intake of what the centre has: at once, unless the settings say for how long it stays."""
        limit = now - timedelta(days=self._settings.delivered_days)
        stored = list(self._store.find(keys.intake(self._office_id)))
        gone = {inside for inside in {one.key.split("/")[2] for one in stored} if self._was_delivered(inside, limit)}
        for one in stored:
            if one.key.split("/")[2] in gone:
                self._store.delete(one.key)

    def _was_delivered(self, submission_id: str, limit: datetime) -> bool:
        try:
            submission = self._submission(submission_id)
        except NotFound:  # it is being received at this moment: its objects come before its row
            return False
        return (submission.state, submission.reason) == ("done", DELIVERED) and submission.state_since <= limit


def last_try(home: Path) -> CentreSeen | None:
    """How the last run ended; None: none has."""
    try:
        return CentreSeen.model_validate_json(_seen(home).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _note(home: Path, code: str | None) -> None:
    now, before = datetime.now(UTC), last_try(home)
    since = before.since if before is not None and before.code == code else now
    draft = _seen(home).with_suffix(f".{uuid.uuid4().hex}")
    draft.write_text(CentreSeen(tried_at=now, code=code, since=since).model_dump_json(), encoding="ascii")
    draft.replace(_seen(home))


def _seen(home: Path) -> Path:
    return home / "run" / "centre.json"


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """While no other run of this home is at work. Raises: ServiceUnavailable (sync_running)."""
    folder = home / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "sync.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServiceUnavailable("sync_running") from None
        yield
