"""A counter's archive for tests: real folder store and database, with parsers of the test's choice."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.folder_store import FolderStore
from pipeline.archive import Archive, Handing
from pipeline.catalogue import load_catalogue
from pipeline.incoming import IncomingFile
from pipeline.ports import Parsers
from pipeline.settings import Settings
from schemas.dossier import Paper, Submission
from schemas.people import Actor

ACTOR = Actor(office_id="phuong-a", actor_id="lan")
NEIGHBOUR = Actor(office_id="phuong-b", actor_id="minh")
CATALOGUE = load_catalogue()


class Desk:
    """An archive with its parts in reach; `folder` holds all that it keeps.

    Two desks with the same folder are two processes of one office.
    """

    def __init__(self, folder: Path, tables: Database, parsers: Parsers, **settings: Any) -> None:
        self.folder, self.tables, self.parsers = folder, tables, parsers
        self.store = FolderStore(folder / "store")
        self.archive = Archive(Settings(home=folder, **settings), self.store, tables, parsers, CATALOGUE)

    def receive(self, *files: bytes, actor: Actor = ACTOR, **handing: Any) -> Submission:
        """Hand files in together."""
        incoming = [IncomingFile(f"pile/{n}.pdf", BytesIO(data)) for n, data in enumerate(files, 1)]
        return self.archive.receive(incoming, Handing(actor=actor, **handing))

    def file(self, *files: bytes, **handing: Any) -> Paper:
        """Hand files in together and work them off; the one paper they are, as it is on file."""
        submission = self.receive(*files, **handing)
        self.archive.process(submission.submission_id)
        (paper,) = self.tables.papers.of_content(submission.actor.office_id, submission.content_sha256)
        return paper

    def seen(self, submission: Submission) -> Submission:
        """The submission as its row says now."""
        return self.tables.submissions.get(submission.actor.office_id, submission.submission_id)

    def keys(self, prefix: str = "") -> list[str]:
        """Keys of what is in the store."""
        return [stored.key for stored in self.store.find(prefix)]

    def bytes_of(self, key: str) -> bytes:
        """An object's bytes."""
        target = self.folder / "fetched"
        self.store.fetch(key, target)
        return target.read_bytes()

    def end_lease(self, submission: Submission) -> None:
        """Make the time of who works on it run out now."""
        with sqlite3.connect(self.folder / "hoso.db") as connection:
            connection.execute(
                "UPDATE submissions SET lease_expires_at = '2000-01-01 00:00:00.000000' WHERE submission_id = ?",
                (submission.submission_id,),
            )

    def everything(self) -> bytes:
        """All that the store and the database hold, as it lies on disk."""
        files = [*(self.folder / "store").rglob("*"), *self.folder.glob("hoso.db*")]
        return b"\n".join(file.read_bytes() for file in files if file.is_file())


@contextmanager
def open_desk(folder: Path, parsers: Parsers, **settings: Any) -> Iterator[Desk]:
    """A desk that closes its database at the end of the block."""
    tables = open_database(f"sqlite:///{folder / 'hoso.db'}")
    try:
        yield Desk(folder, tables, parsers, **settings)
    finally:
        tables.close()
