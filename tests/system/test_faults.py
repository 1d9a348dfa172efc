"""Full disks, broken networks, servers that err, locked databases: told clearly, nothing lost, and it goes on after."""

import io
import json
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import psycopg
import pytest

from pipeline.adapters.database.engine import open_database
from pipeline.adapters.s3_bucket import S3Bucket
from pipeline.errors import NotFound, ServiceUnavailable
from tests.contract.examples import ACTOR, a_submission
from tests.services.proxy import Network, network_to
from tests.services.s3 import S3Server, access_to
from tests.system.hoso_up import ROOT, environment_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PAPER = bytes(range(256)) * 400
KEY = "archive/local/ab12/original/cd34"
SLOW_DOWN = b"HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
BROKEN = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
OFTEN = 9
"""More than the client tries again."""


def ends_on_full_disk(folder: Path, which: str) -> list[dict[str, Any]]:
    """How `hoso ingest` ended with room, without, and with room again."""
    program = [sys.executable, "-W", "ignore", "-m", "tests.kill.full_disk", str(folder), which]
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", *program],
        env=environment_of(folder),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
        timeout=500,
    )
    ends: list[dict[str, Any]] = json.loads(done.stdout)
    return ends


@pytest.mark.parametrize("which", ["home", "tmp"])
def test_a_full_disk_is_told_and_the_paper_is_taken_once_there_is_room(tmp_path: Path, which: str) -> None:
    with_room, without, with_room_again = ends_on_full_disk(tmp_path, which)
    assert with_room["code"] == 0
    assert without["code"] == 75
    assert "[disk_full]" in without["errors"]
    assert with_room_again["code"] == 0
    assert len(with_room_again["states"]) == 1


@pytest.fixture
def network(s3: S3Server) -> Iterator[Network]:
    with network_to(s3.url) as network:
        yield network


@pytest.fixture
def bucket(s3: S3Server, network: Network) -> S3Bucket:
    return S3Bucket(f"http://{network.address}/{uuid.uuid4().hex}", access_to(s3))


def away(bucket: S3Bucket, tmp_path: Path, *, putting: bool) -> str:
    """The code by which a put or fetch says that the store does not answer."""
    action = (
        partial(bucket.put, KEY, io.BytesIO(PAPER), "application/pdf")
        if putting
        else partial(bucket.fetch, KEY, tmp_path / "copy")
    )
    with pytest.raises(ServiceUnavailable) as caught:
        action()
    return caught.value.code


def test_an_upload_that_breaks_off_is_not_acknowledged_and_leaves_no_object(
    bucket: S3Bucket, network: Network, tmp_path: Path
) -> None:
    network.cut()
    network.is_cut, network.up_bytes = False, len(PAPER) // 2
    assert away(bucket, tmp_path, putting=True) == "store_away"
    network.cut()
    network.mend()
    assert list(bucket.find("")) == []
    bucket.put(KEY, io.BytesIO(PAPER), "application/pdf")
    assert bucket.fetch(KEY, tmp_path / "copy").size_bytes == len(PAPER)


def test_a_download_that_breaks_off_is_noticed_and_leaves_no_file(
    bucket: S3Bucket, network: Network, tmp_path: Path
) -> None:
    bucket.put(KEY, io.BytesIO(PAPER), "application/pdf")
    network.cut()
    network.is_cut, network.down_bytes = False, len(PAPER) // 2
    assert away(bucket, tmp_path, putting=False) in ("store_away", "object_altered")
    assert not (tmp_path / "copy").exists()
    network.cut()
    network.mend()
    bucket.fetch(KEY, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == PAPER


@pytest.mark.parametrize("answer", [SLOW_DOWN, BROKEN])
def test_a_store_that_errs_for_a_moment_is_asked_again(bucket: S3Bucket, network: Network, answer: bytes) -> None:
    network.cut()
    network.mend()
    network.answers += [answer, answer]
    bucket.put(KEY, io.BytesIO(PAPER), "application/pdf")
    assert network.answers == []


def test_a_store_that_keeps_erring_is_away(bucket: S3Bucket, network: Network, tmp_path: Path) -> None:
    network.cut()
    network.mend()
    network.answers += [BROKEN] * OFTEN
    assert away(bucket, tmp_path, putting=True) == "store_away"


def test_a_cut_network_to_the_store_is_away_and_comes_back(bucket: S3Bucket, network: Network, tmp_path: Path) -> None:
    network.cut()
    assert away(bucket, tmp_path, putting=True) == "store_away"
    network.mend()
    with pytest.raises(NotFound):
        bucket.fetch(KEY, tmp_path / "copy")


# -- databases ---------------------------------------------------------------------------------------------------------


def test_a_database_that_somebody_has_locked_says_so_and_goes_on_after(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hoso.db'}"
    open_database(url).close()
    with mock.patch("pipeline.adapters.database.engine._WAIT_FOR_LOCK_S", 0.2):
        database = open_database(url)
    other = sqlite3.connect(tmp_path / "hoso.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    submission = a_submission()
    with pytest.raises(ServiceUnavailable) as caught:
        database.submissions.receive(submission)
    assert caught.value.code == "database_away"
    other.close()
    database.submissions.receive(submission)
    assert database.submissions.get(ACTOR.office_id, submission.submission_id).state == "received"
    database.close()


def test_a_row_that_somebody_holds_for_ever_is_not_waited_for_for_ever(postgresql_url: str) -> None:
    with mock.patch("pipeline.adapters.database.engine._WAIT_FOR_LOCK_S", 0.2):
        database = open_database(postgresql_url)
    submission = a_submission()
    with psycopg.connect(postgresql_url) as other:
        other.execute("LOCK TABLE submissions IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(ServiceUnavailable) as caught:
            database.submissions.receive(submission)
    assert caught.value.code == "database_away"
    database.submissions.receive(submission)
    assert database.leases.claim(submission.submission_id, "worker", 60) is not None
    database.close()


def test_a_connection_that_the_server_ends_is_made_anew(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    submission = a_submission()
    database.submissions.receive(submission)
    with psycopg.connect(postgresql_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert database.submissions.get(ACTOR.office_id, submission.submission_id).state == "received"
    database.close()


def test_a_transaction_whose_network_is_cut_leaves_nothing_or_all(postgresql_url: str) -> None:
    with network_to(postgresql_url) as network:
        database = open_database(urlsplit(postgresql_url)._replace(netloc=f"hoso@{network.address}").geturl())
        submission = a_submission()
        network.cut()
        with pytest.raises(ServiceUnavailable) as caught:
            database.submissions.receive(submission)
        assert caught.value.code == "database_away"
        network.mend()
        with pytest.raises(NotFound):
            database.submissions.get(ACTOR.office_id, submission.submission_id)
        database.submissions.receive(submission)
        assert database.submissions.get(ACTOR.office_id, submission.submission_id).sources == submission.sources
        database.close()
