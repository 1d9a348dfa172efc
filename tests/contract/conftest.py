"""Every implementation of each port, so that one suite runs on all of them."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.folder_store import FolderStore
from pipeline.adapters.s3_bucket import S3Bucket
from pipeline.adapters.s3_store import S3Store
from pipeline.ports import ObjectStore
from tests.contract.statements import forbidden, watched
from tests.services.s3 import S3Server, access_to


@pytest.fixture(params=["folder", "s3", "s3 with object lock", "one bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "store")
    server: S3Server = request.getfixturevalue("s3")
    if request.param == "one bucket":
        return S3Bucket(f"{server.url}/{uuid.uuid4().hex}", access_to(server))
    lock_days = 1 if request.param == "s3 with object lock" else 0
    return S3Store(f"s3:{server.url}/{uuid.uuid4().hex}", access_to(server), lock_days)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'home' / 'hoso.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def open_another(database_url: str) -> Iterator[Callable[[], Database]]:
    """Opens the test's database once more, as another process would."""
    opened: list[Database] = []

    def open_one() -> Database:
        opened.append(open_database(database_url))
        return opened[-1]

    yield open_one
    for database in opened:
        database.close()


@pytest.fixture
def database(open_another: Callable[[], Database]) -> Database:
    return open_another()


@pytest.fixture(autouse=True)
def every_statement_names_its_office() -> Iterator[None]:
    """What reads or changes rows of offices says of which, in every contract test on every database."""
    with watched() as found:
        yield
    assert forbidden(found) == set(), "tests/contract/statements.py tells who may ask without an office"
