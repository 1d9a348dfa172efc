"""The services themselves: they end with their block, and with a test run that is killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.services.postgresql import running_postgresql
from tests.services.processes import ServiceMissing, answers, require_program
from tests.services.s3 import running_s3

_HOLD_BOTH = """
import time
from tests.services.postgresql import running_postgresql
from tests.services.s3 import running_s3
with running_postgresql() as database, running_s3() as s3:
    print(database.split(":")[-1].split("/")[0], s3.url.split(":")[-1], flush=True)
    time.sleep(600)
"""


def test_postgresql_runs_as_long_as_its_block() -> None:
    with running_postgresql() as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_s3_runs_as_long_as_its_block() -> None:
    with running_s3() as server, urllib.request.urlopen(server.url) as answer:  # noqa: S310 (our own http URL)
        assert answer.status == 200
    assert not answers(int(server.url.rpartition(":")[2]))


@pytest.fixture
def folder_for_all() -> Iterator[str]:
    """A folder that the user `postgres` may enter too, and that is removed even if nobody else can clean up."""
    with tempfile.TemporaryDirectory(prefix="hoso-killed-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield folder


def test_nothing_is_left_running_when_the_tests_are_killed(folder_for_all: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD_BOTH],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"TMPDIR": folder_for_all},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    ports = [int(port) for port in holder.stdout.readline().split()]
    assert [answers(port) for port in ports] == [True, True]
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    give_up = time.monotonic() + 20
    while any(answers(port) for port in ports) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert [answers(port) for port in ports] == [False, False]


def test_a_missing_program_is_told_with_its_package() -> None:
    with pytest.raises(ServiceMissing, match=r"apt-get install .* radosgw"):
        require_program("no-such-gateway", "radosgw")
