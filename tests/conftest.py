"""Real services, each started once a test process and only when a test asks for it."""

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql

from tests.services.postgresql import running_postgresql
from tests.services.s3 import S3Server, running_s3


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    with running_postgresql() as url:
        yield url


@pytest.fixture
def another_postgresql_url(postgresql_server: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases of the test's own, and gives their URLs."""
    made: list[str] = []

    def make() -> str:
        made.append(f"test_{uuid.uuid4().hex}")
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(made[-1])))
        return f"{postgresql_server.rpartition('/')[0]}/{made[-1]}"

    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        yield make
        for name in made:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def postgresql_url(another_postgresql_url: Callable[[], str]) -> str:
    """The URL of an empty database of the test's own."""
    return another_postgresql_url()


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    with running_s3() as server:
        yield server
