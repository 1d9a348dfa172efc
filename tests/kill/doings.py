"""What victims do: hand papers in, answer questions, put right what another has left; by the product's own doors."""

import base64
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from httpx import Response
from sqlalchemy import create_engine, text
from starlette.testclient import TestClient

import pipeline.wiring
from flows.batch import receive_file
from pipeline.adapters.hot_folder import HotFolder, settled
from pipeline.archive import Archive, Handing
from pipeline.cli import main
from pipeline.incoming import IncomingFile
from pipeline.paper_records import document_id_of
from pipeline.recording import catch_up
from pipeline.resume import resume
from pipeline.review import Review
from pipeline.settings import load_settings
from pipeline.web.app import build_app
from pipeline.wiring import open_archive
from tests.kill.papers import write_pair, write_pile
from tests.kill.readings import RememberedReadings, untold
from tests.signing_in import HERE, link_for

DOSSIER = "H29.12.34-260302-0001"
_AT_ONCE = 50
_POLL_S = 0.05
_COOKIES = "cookies.json"
_PIECE_BYTES = 100_000
_TUS = {"tus-resumable": "1.0.0"}
_PATCH = _TUS | {"content-type": "application/offset+octet-stream"}
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
        for file in settled([folder], lambda: None)[0]:
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
    one = document_id_of(pair, (1,))
    other = document_id_of(pair, (2,))

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
        catch_up(archive.store, archive.tables.records, office_id)
        archive.intake.expire(office_id, now)


def sweep_much_later(home: Path) -> None:
    """The sweep when time limits are over."""
    with _archive(home) as archive:
        archive.intake.expire(load_settings().office_id, datetime.now(UTC) + _MUCH_LATER)


def _let_leases_pass() -> None:
    """As if the time of every lease were over: what held them is dead."""
    engine = create_engine(load_settings().database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        connection.execute(text("UPDATE submissions SET lease_expires_at = received_at WHERE state = 'working'"))
    engine.dispose()


# -- uploading ---------------------------------------------------------------------------------------------------------


def open_session(home: Path) -> None:
    """An office with an officer who has signed in; the browser keeps its cookie."""
    open_office(home)
    with _browser(home) as client:
        client.get("/", params={"token": link_for(load_settings(), "counter")})
        (home / _COOKIES).write_text(json.dumps(dict(client.cookies)))


def upload(home: Path) -> None:
    """What a browser does with two files: upload them piece by piece, hand them in together, wait until they are read.

    It remembers its uploads as resumable clients do, and asks how far they are before it goes on.
    """
    with _browser(home) as client:
        client.cookies.update(json.loads((home / _COOKIES).read_text()))
        addresses = [_uploaded(client, home, file) for file in sorted((home / "pile").iterdir())]
        asked = {"uploads": [address.rpartition("/")[2] for address in addresses], "dossier_code": DOSSIER}
        submission = _expect(client.post("/api/v1/submissions", json=asked), 202).json()
        _tell(home, f"received {submission['submission_id']}")
        while submission["state"] != "done":
            time.sleep(_POLL_S)
            submission = _expect(client.get(f"/api/v1/submissions/{submission['submission_id']}"), 200).json()
    received = {line for line in told(home) if line.startswith("received")}
    assert len(received) == 1, "handed in once, and received as two"


def _uploaded(client: TestClient, home: Path, file: Path) -> str:
    """The address of the upload of a file, all of whose bytes are there; what was acknowledged must still be there."""
    content, name = file.read_bytes(), file.name
    known = [line.split() for line in told(home) if line.startswith(f"{name} ")]
    if any(line.startswith("received") for line in told(home)):
        return known[-1][1]
    acknowledged = int(known[-1][2]) if known else 0
    if known:
        address, offset = known[-1][1], int(client.head(known[-1][1], headers=_TUS).headers.get("upload-offset", "-1"))
    else:
        began = client.post("/api/v1/uploads", headers=_TUS | _about(name, len(content)))
        address, offset = _expect(began, 201).headers["location"], 0
        _tell(home, f"{name} {address} 0")
    if offset < 0 and acknowledged == len(content):
        return address  # it was handed in, and nobody could be told
    assert offset >= acknowledged, f"{acknowledged} bytes were acknowledged, {offset} are there"
    while offset < len(content):
        piece = content[offset : offset + _PIECE_BYTES]
        sent = client.patch(address, headers=_PATCH | {"upload-offset": str(offset)}, content=piece)
        offset = int(_expect(sent, 204).headers["upload-offset"])
        _tell(home, f"{name} {address} {offset}")
    return address


def _about(name: str, size_bytes: int) -> dict[str, str]:
    told_name = base64.b64encode(name.encode()).decode()
    return {"upload-length": str(size_bytes), "upload-metadata": f"filename {told_name}"}


def _expect(answer: Response, status: int) -> Response:
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    return answer


@contextmanager
def _browser(home: Path) -> Iterator[TestClient]:
    with (
        _remembering(home),
        TestClient(build_app(load_settings()), base_url=HERE, headers={"origin": HERE}) as client,
    ):
        yield client


# -- until the power is cut --------------------------------------------------------------------------------------------


def work_until_the_power_is_cut(home: Path) -> None:
    """Papers are received, read, filed and confirmed; of each, somebody is told."""
    actor = load_settings().actor
    with _archive(home) as archive:
        for file in sorted((home / "pile").iterdir()):
            with file.open("rb") as stream:
                submission = archive.receive([IncomingFile(file.name, stream)], Handing(actor=actor))
            _tell(home, f"received {submission.sources[0].sha256}")
            for paper, _ in archive.process(submission.submission_id) or ():
                _tell(home, f"filed {paper.document_id}")
                archive.confirm(actor, paper.document_id, "original")
                _tell(home, f"confirmed {paper.document_id}")
