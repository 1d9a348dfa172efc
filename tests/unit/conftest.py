"""The counter that most tests of the archive stand at, the offices whose dossiers and whose pages are tested."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.adapters.database.engine import Database
from pipeline.adapters.signing.software_key import SoftwareKey
from pipeline.settings import Settings
from pipeline.web.app import build_app
from pipeline.wiring import open_tables
from tests.services.authority import PASSPHRASE, Authority, Issued
from tests.signing_in import HERE, Browser
from tests.unit.desk import Desk, open_desk
from tests.unit.dossier_office import Office, open_office
from tests.unit.plain_parsers import PlainParsers


@pytest.fixture
def parsers() -> PlainParsers:
    return PlainParsers()


@pytest.fixture
def desk(tmp_path: Path, parsers: PlainParsers) -> Iterator[Desk]:
    with open_desk(tmp_path, parsers) as opened:
        yield opened


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path) as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The office whose pages are tested."""
    return Settings(home=tmp_path, office_id="phuong-a")


@pytest.fixture
def tables(settings: Settings) -> Iterator[Database]:
    with open_tables(settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Whose certificates the tests sign with."""
    return Authority()


@pytest.fixture(scope="session")
def issued(authority: Authority) -> Issued:
    return authority.issue(kind="ec")


@pytest.fixture(scope="session")
def key(authority: Authority, issued: Issued, tmp_path_factory: pytest.TempPathFactory) -> SoftwareKey:
    return SoftwareKey(authority.key_file(tmp_path_factory.mktemp("key") / "key.p12", issued), PASSPHRASE)


@pytest.fixture
def browser(settings: Settings) -> Iterator[Browser]:
    """Opens the pages as a browser in which nobody is signed in yet; several are several browsers."""
    app: FastAPI = build_app(settings)
    with TestClient(app, base_url=HERE):
        yield lambda: TestClient(app, base_url=HERE, headers={"origin": HERE}, follow_redirects=False)
