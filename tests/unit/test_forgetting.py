"""No picture of a card is left anywhere once it was compared, nor after its term: store, home folder and database."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.adapters.folder_store import FolderStore
from pipeline.archive import Handing
from pipeline.backup import Backup
from pipeline.comparing import Comparing, Looked
from pipeline.errors import NotFound
from pipeline.letting_go import Terms
from pipeline.review import Review
from pipeline.settings import Limits, Settings
from pipeline.viewing import PageViews
from pipeline.web.app import build_app
from pipeline.web.wording import reason
from schemas.dossier import Paper
from schemas.people import Actor
from tests.signing_in import HERE, link_for
from tests.unit.desk import ACTOR, CATALOGUE, Desk, open_desk
from tests.unit.plain_papers import BIRTH, CARD, CLASSIFIED, HOLDER_NUMBER, LETTER, TITLE_ONLY
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE = ACTOR.office_id
PATTERN = "Vân nền 7f3a·9c21·e07b"
"""Stands in the file of a scan as the pixels of a picture would."""
LATER = datetime.now(UTC) + timedelta(days=31)
CODE = "H29.12.34-260302-0001"


def pictured(first: str, *others: str) -> bytes:
    """A scan with the pattern on its first page."""
    return scan(f"{first}{PATTERN}\n", *others)


def places(folder: Path, pattern: str = PATTERN) -> list[str]:
    """The files below a folder that hold the pattern."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(str(file.relative_to(folder)) for file in files if pattern.encode() in file.read_bytes())


def test_no_byte_of_a_cards_picture_is_left_after_it_was_confirmed(desk: Desk) -> None:
    paper = desk.file(pictured(CARD))
    assert places(desk.folder), "it can be looked at until then"
    desk.archive.confirm(ACTOR, paper.document_id, "original")
    assert places(desk.folder) == []
    assert desk.tables.papers.get(OFFICE, paper.document_id).fields["personal_id"].value


def test_no_byte_of_a_cards_picture_is_left_after_its_dossier_was_compared(desk: Desk) -> None:
    paper = desk.file(pictured(CARD), dossier_code=CODE)
    said = Looked(document_id=paper.document_id, copy_kind="original", pages=(), sha256=None)
    Comparing(desk.archive).compare(ACTOR, CODE, [said])
    assert places(desk.folder) == []


def test_no_byte_of_a_cards_picture_is_left_after_its_term_whatever_is_still_asked(desk: Desk) -> None:
    desk.file(pictured(CARD))
    unsure = desk.file(pictured(CARD.replace(f"No.: {HOLDER_NUMBER}", "No.: 094198990067")))
    assert (unsure.type, unsure.state) == ("citizen_id_card", "needs_review")
    desk.archive.intake.expire(OFFICE, LATER)
    assert places(desk.folder) == []


def test_a_file_of_a_card_and_another_paper_leaves_only_the_other_after_confirmation(desk: Desk) -> None:
    submission = desk.receive(pictured(CARD), scan(BIRTH))
    desk.archive.process(submission.submission_id)
    for paper in desk.tables.papers.of_content(OFFICE, submission.content_sha256):
        desk.archive.confirm(ACTOR, paper.document_id, "original")
    assert places(desk.folder) == []
    assert places(desk.folder, BIRTH), "the other paper's original is archived"


def test_a_card_beside_a_paper_in_doubt_waits_for_that_one(desk: Desk) -> None:
    submission = desk.receive(pictured(CARD, TITLE_ONLY))
    desk.archive.process(submission.submission_id)
    card, other = desk.tables.papers.of_content(OFFICE, submission.content_sha256)
    desk.archive.confirm(ACTOR, card.document_id, "original")
    assert places(desk.folder), "nobody knows yet what the other page is"
    review = Review(desk.archive)
    said = {"kind": "set_type", "subject_id": other.document_id, "type": "birth_certificate"}
    review.decide(review.read(ACTOR, said))
    desk.archive.intake.expire(OFFICE, datetime.now(UTC))
    assert places(desk.folder) == []


def test_what_turns_out_to_be_a_card_after_it_was_confirmed_loses_its_picture_at_once(desk: Desk) -> None:
    paper = desk.file(pictured(LETTER))
    desk.archive.confirm(ACTOR, paper.document_id, "original")
    assert places(desk.folder)
    review = Review(desk.archive)
    said = {"kind": "set_type", "subject_id": paper.document_id, "type": "citizen_id_card"}
    review.decide(review.read(ACTOR, said))
    assert places(desk.folder) == []


def test_a_crash_between_confirmation_and_removal_is_made_up_for_by_the_sweep(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = desk.file(pictured(CARD))
    with monkeypatch.context() as crash:
        crash.setattr(desk.store, "delete", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.archive.confirm(ACTOR, paper.document_id, "original")
    assert places(desk.folder)
    desk.archive.intake.expire(OFFICE, datetime.now(UTC))
    assert places(desk.folder) == []


def test_a_secret_paper_is_wiped_before_anybody_is_told_of_it(desk: Desk) -> None:
    submission = desk.receive(pictured(CLASSIFIED))
    desk.archive.process(submission.submission_id)
    assert places(desk.folder) == []
    assert desk.seen(submission).reason == "secret_paper"


def test_a_paper_that_an_officer_finds_secret_is_wiped_at_once(desk: Desk) -> None:
    paper = desk.file(pictured(BIRTH))
    assert places(desk.folder)
    review = Review(desk.archive)
    review.decide(review.read(ACTOR, {"kind": "set_secrecy", "subject_id": paper.document_id, "secret": True}))
    assert places(desk.folder) == []


def test_who_hands_a_secret_paper_in_is_told_what_to_do(desk: Desk) -> None:
    assert "bản giấy" in reason("secret_paper", "vi")
    assert "delete what scanner or computer still hold" in reason("secret_paper", "en")


def test_the_picture_of_a_card_is_not_held_in_memory_either(desk: Desk) -> None:
    paper, views = desk.file(pictured(CARD)), PageViews(desk.archive)
    assert views.original(OFFICE, paper.document_id, 1, 320)
    desk.archive.confirm(ACTOR, paper.document_id, "original")
    with pytest.raises(NotFound) as caught:
        views.original(OFFICE, paper.document_id, 1, 320)
    assert caught.value.code == "no_original_kept"


def test_a_backup_lets_go_of_a_cards_picture_with_its_term(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("backup")
    backup = Backup(desk.store, desk.tables.rows, FolderStore(folder))
    paper = desk.file(pictured(CARD))
    backup.take(Terms(keep_days=1, intake_days=30), lambda *_: None)
    assert places(folder)
    desk.archive.confirm(ACTOR, paper.document_id, "original")
    backup.take(Terms(keep_days=1, intake_days=30), lambda *_: None)
    assert places(folder) == [], "of one day one snapshot is kept, and that names it no more"


def test_of_a_paper_that_is_only_shown_nothing_that_it_says_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = CATALOGUE.types["birth_certificate"]
    shown = kind.model_copy(update={"keeping": kind.keeping.model_copy(update={"rule": "show_only"})})
    catalogue = CATALOGUE.model_copy(update={"types": {**CATALOGUE.types, kind.id: shown}})
    monkeypatch.setattr(desk.archive, "catalogue", catalogue)
    paper = desk.file(pictured(BIRTH))
    assert paper.fields == {}
    desk.archive.confirm(ACTOR, paper.document_id, "original")
    assert places(desk.folder) == []


def test_cards_and_passports_keep_their_fields_only_as_the_catalogue_comes() -> None:
    rules = {name: CATALOGUE.types[name].keeping.rule for name in ("citizen_id_card", "passport", "birth_certificate")}
    assert rules == {"citizen_id_card": "fields_only", "passport": "fields_only", "birth_certificate": "keep"}


# -- through the web, as an officer does it ---------------------------------------------------------------------------


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    app = build_app(Settings(home=tmp_path, office_id=OFFICE, limits=Limits(parsers=1)))
    with TestClient(app, base_url=HERE):
        app.state.archive.parsers = PlainParsers()
        yield app


def uploaded(client: TestClient, data: bytes) -> str:
    """The id of a whole upload."""
    name = base64.b64encode(b"scan.pdf").decode()
    tus = {"tus-resumable": "1.0.0"}
    begun = client.post(
        "/api/v1/uploads", headers=tus | {"upload-length": str(len(data)), "upload-metadata": f"filename {name}"}
    )
    address = begun.headers["location"]
    piece = tus | {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
    assert client.patch(address, headers=piece, content=data).status_code == 204
    return str(address).rpartition("/")[2]


def test_nothing_of_a_card_is_left_of_what_was_uploaded_looked_at_and_confirmed(app: FastAPI, tmp_path: Path) -> None:
    archive, data = app.state.archive, pictured(CARD)
    settings: Settings = app.state.settings
    client = TestClient(app, base_url=HERE, headers={"origin": HERE}, follow_redirects=False)
    client.get("/", params={"token": link_for(settings, "counter", "reviewer")})
    client.post("/purpose", data={"purpose": "citizen_request"})
    upload_id = uploaded(client, data)
    assert places(tmp_path), "it lies at the counter"
    uploads = app.state.receiving.uploads
    (session_id,) = uploads.sessions()
    actor = Actor(office_id=OFFICE, actor_id="officer")
    submission_id = uploads.hand_in(
        session_id, [upload_id], lambda files: archive.receive(files, Handing(actor=actor)).submission_id
    )
    with open_desk(tmp_path, PlainParsers()) as desk:  # a worker beside the web process
        desk.archive.process(submission_id)
    submission = archive.tables.submissions.get(OFFICE, submission_id)
    paper: Paper = archive.tables.papers.of_content(OFFICE, submission.content_sha256)[0]
    assert client.get(f"/papers/{paper.document_id}/originals/1/page").status_code == 200
    assert client.post(f"/api/v1/papers/{paper.document_id}/confirmation", json={}).status_code == 200
    assert places(tmp_path) == []
    assert client.get(f"/papers/{paper.document_id}/originals/1/page").status_code == 404
