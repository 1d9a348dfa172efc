"""Real servers, asked as a stranger would."""

import uuid

import pytest

from pipeline.adapters.exposure import ask_bucket, ask_postgresql
from pipeline.adapters.s3_bucket import S3Bucket
from tests.services.processes import free_port
from tests.services.s3 import S3Server, access_to


@pytest.fixture
def bucket(s3: S3Server) -> str:
    url = f"{s3.url}/{uuid.uuid4().hex}"
    S3Bucket(url, access_to(s3))
    return url


def test_a_bucket_is_closed_to_strangers(bucket: str) -> None:
    assert ask_bucket(bucket) == "refused"


def test_a_postgresql_that_trusts_everybody_is_told(postgresql_url: str) -> None:
    assert ask_postgresql(postgresql_url) == "open"


def test_servers_that_are_away_are_neither_open_nor_closed() -> None:
    port = free_port()
    assert ask_bucket(f"http://127.0.0.1:{port}/hoso") == "away"
    assert ask_postgresql(f"postgresql://hoso:x@127.0.0.1:{port}/hoso") == "away"
