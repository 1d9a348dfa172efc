"""The counter that most tests of the archive stand at, the offices whose dossiers and whose pages are tested."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.adapters.database.engine import Database
from pipeline.settings import Settings
from pipeline.wiring import open_tables
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
