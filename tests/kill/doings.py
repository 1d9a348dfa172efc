"""What victims do: hand papers in, answer questions, put right what another has left; by the product's own doors."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

import pipeline.wiring
from flows.batch import receive_file
from pipeline.adapters.hot_folder import HotFolder
from pipeline.archive import Archive, Handing
from pipeline.cli import main
from pipeline.resume import resume
from pipeline.review import Review
from pipeline.settings import load_settings
from pipeline.wiring import open_archive
from tests.kill.papers import write_pair, write_pile
from tests.kill.readings import RememberedReadings, untold

DOSSIER = "H29.12.34-260302-0001"
_AT_ONCE = 50
_MUCH_LATER = timedelta(days=31)


@contextmanager
def _remembering(home: Path) -> Iterator[None]:
    """Papers are read out of memory, which lies beside the homes."""
    RememberedReadings.folder = home.parent / "readings"
    RememberedReadings.folder.mkdir(exist_ok=True)
    setattr(pipeline.wiring, "ParserPool", RememberedReadings)  # noqa: B010 (mypy: it is another class)
    yield


@contextmanager
def _archive(home: Path) -> Iterator[Archive]:
    with _remembering(home), open_archive(load_settings()) as archive:
        yield archive


def hoso(home: Path, *words: str | Path) -> None:
    """A command of hoso in this process. Raises: SystemExit, when the command fails."""
    sys.argv = ["hoso", *map(str, words)]
    try:
        with _remembering(home):
            main()
    except SystemExit as end:
        if end.code:
            raise


def _tell(home: Path, said: str) -> None:
    """Somebody is told that this is done; from now on it may not be lost."""
    untold.deep = True
    with (home / "told.txt").open("a") as told:
        told.write(said + "\n")
    untold.deep = False


def told(home: Path) -> list[str]:
    """What was told, in order."""
    try:
        return (home / "told.txt").read_text().splitlines()
    except FileNotFoundError:
        return []


# -- handing in --------------------------------------------------------------------------------------------------------


def open_office(home: Path) -> None:
    """A new home with a dossier that papers will be brought for."""
    write_pile(home / "pile")
    hoso(home, "dossier", "open", DOSSIER, "--procedure", "birth_registration", "--owner", "079320990007")


def ingest(home: Path) -> None:
    """`hoso ingest` of two files that belong together."""
    hoso(home, "ingest", "--json", "--inline", "--together", "--dossier", DOSSIER, *sorted((home / "pile").iterdir()))


def take_inbox(home: Path) -> None:
    """The scan folder's files, one after the other, received and read."""
    inbox = home / "inbox"
    inbox.mkdir(exist_ok=True)
    untold.deep = True
    for file in sorted((home / "pile").iterdir()):
        draft = inbox / f".{file.name}"
        if not any((inbox / where / file.name).exists() for where in (".", "done")):
            draft.write_bytes(file.read_bytes())
            draft.rename(inbox / file.name)
    untold.deep = False
    with _archive(home) as archive:
        folder, handing = HotFolder(inbox), Handing(actor=load_settings().actor)
        for file in folder.settled(lambda: None):
            received = receive_file(archive, handing, folder, file)
            if received is not None:
                archive.process(received)


# -- deciding ----------------------------------------------------------------------------------------------------------


def file_papers(home: Path) -> None:
    """An office in which the pile is on file, and a pair of papers in one file."""
    open_office(home)
    ingest(home)
    hoso(home, "ingest", "--json", "--inline", "--dossier", DOSSIER, write_pair(home / "pair"))


def decide(home: Path) -> None:
    """An officer's answers, one after the other; one that somebody was told of is not given again."""
    with _archive(home) as archive:
        for name, step in _steps(archive):
            if name not in told(home):
                step()
                _tell(home, name)


def _steps(archive: Archive) -> Sequence[tuple[str, Callable[[], object]]]:
    actor, review, papers = load_settings().actor, Review(archive), archive.tables.papers
    pair, pile = archive.tables.submissions.recent(actor.office_id, 2)
    unsure = papers.of_content(actor.office_id, pile.content_sha256)[-1].document_id
    one = archive.document_id(pair, (1,))
    other = archive.document_id(pair, (2,))

    def say(kind: str, about: str, **said: object) -> Callable[[], object]:
        return lambda: review.decide(review.read(actor, {"kind": kind, "subject_id": about, **said}))

    return (
        ("number", say("set_field", unsure, name="document_number", value="152/2020")),
        ("type", say("set_type", one, type="marital_status_confirmation")),
        ("type back", say("set_type", one, type="birth_certificate")),
        ("confirm", lambda: archive.confirm(actor, other, "original")),
        ("detach", lambda: archive.dossiers.detach(actor, DOSSIER, other)),
        ("attach", lambda: archive.dossiers.attach(actor, DOSSIER, "", other)),
        ("phone", lambda: archive.dossiers.set_phone(actor, DOSSIER, "0912345678")),
        ("cut", say("set_cuts", pair.submission_id, first_pages=[1])),
        ("cut back", say("set_cuts", pair.submission_id, first_pages=[1, 2])),
        ("secret", say("set_secrecy", unsure, secret=True)),
    )


# -- afterwards --------------------------------------------------------------------------------------------------------


def recover(home: Path) -> None:
    """The next start: what the dead held is free by now, and is taken up; what was decided is written."""
    _let_leases_pass()
    with _archive(home) as archive:
        office_id, now = load_settings().office_id, datetime.now(UTC)
        for submission_id in archive.tables.leases.waiting(_AT_ONCE):
            archive.process(submission_id)
        resume(archive, office_id, now + timedelta(hours=1))
        archive.expire_intake(office_id, now)


def sweep_much_later(home: Path) -> None:
    """The sweep when time limits are over."""
    with _archive(home) as archive:
        archive.expire_intake(load_settings().office_id, datetime.now(UTC) + _MUCH_LATER)


def _let_leases_pass() -> None:
    """As if the time of every lease were over: what held them is dead."""
    engine = create_engine(load_settings().database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        connection.execute(text("UPDATE submissions SET lease_expires_at = received_at WHERE state = 'working'"))
    engine.dispose()
