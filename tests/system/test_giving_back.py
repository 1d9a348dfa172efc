"""Workers that are told to stop, and several that read one submission: real processes of `hoso up`.

Leases last ten minutes here, so what is taken up sooner was given back.
"""

import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.command import ingest
from tests.system.hoso_up import Up, environment_of, hoso, hoso_up, process_of, processes_of, wait_until
from tests.system.scans import draw_birth_certificate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SETTINGS = {"HOSO_LEASE_S": "600", "HOSO_ALONE_PAGES": "4"}
PAGES = 8


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with hoso_up(tmp_path_factory.mktemp("home"), **SETTINGS) as running:
        yield running


def rows(home: Path, query: str) -> list[Any]:
    """What the database says; nothing as long as it is only being made."""
    if not (home / "hoso.db").exists():
        return []
    with sqlite3.connect(home / "hoso.db") as connection:
        is_made = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'page_ranges'").fetchone()
        return connection.execute(query).fetchall() if is_made else []


def reading(home: Path) -> bool:
    return bool(rows(home, "SELECT 1 FROM submissions WHERE state = 'working' AND pages_total > 0"))


def readers(home: Path) -> set[int]:
    """The processes that have claimed ranges of pages."""
    owners = rows(home, "SELECT lease_owner FROM page_ranges WHERE lease_owner IS NOT NULL")
    return {int(owner.split(":")[1]) for (owner,) in owners}


def start_ingest(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(hoso("ingest", "--json", *arguments), env=environment, stdout=subprocess.PIPE, text=True)


def test_two_processes_read_one_submission_as_one_alone_would(up: Up, tmp_path: Path) -> None:
    file = draw_birth_certificate(tmp_path / "pile.pdf", "Lê Thị Cùng Đọc", pages=PAGES)
    work = start_ingest(dict(up.environment), str(file))
    wait_until(lambda: len(readers(up.home)) == 1, 240)
    (holder,) = readers(up.home)
    os.kill(holder, signal.SIGSTOP)  # on a busy machine it would be done before another has started
    wait_until(lambda: len(readers(up.home)) > 1, 240)
    os.kill(holder, signal.SIGCONT)
    out, _ = work.communicate(timeout=300)
    assert work.returncode == 0
    alone = ingest(tmp_path / "alone", file)
    shared = [json.loads(line) for line in out.splitlines()]
    assert [line["sha256"] for line in shared] == [line["sha256"] for line in alone.lines]
    assert sorted(page for line in shared for page in line["source_pages"]) == list(range(1, PAGES + 1))


def test_what_a_worker_was_at_when_told_to_stop_is_taken_up_at_once(up: Up, tmp_path: Path) -> None:
    file = draw_birth_certificate(tmp_path / "long.pdf", "Trần Văn Dừng", pages=PAGES)
    work = start_ingest(dict(up.environment), str(file))
    wait_until(lambda: reading(up.home), 240)
    worker = process_of(up.home, "flows.worker")
    os.kill(worker, signal.SIGTERM)
    wait_until(lambda: worker not in processes_of(up.home), 120)
    out, _ = work.communicate(timeout=400)
    assert work.returncode == 0
    pages = [page for line in out.splitlines() for page in json.loads(line)["source_pages"]]
    assert sorted(pages) == list(range(1, PAGES + 1))


def test_a_command_that_is_told_to_stop_gives_back_what_it_was_at(tmp_path: Path) -> None:
    home = tmp_path / "home"
    file = draw_birth_certificate(tmp_path / "long.pdf", "Phạm Thị Lệnh", pages=PAGES)
    work = start_ingest(environment_of(home, **SETTINGS), "--inline", str(file))
    wait_until(lambda: reading(home), 120)
    work.send_signal(signal.SIGTERM)
    work.communicate(timeout=120)
    assert work.returncode == 75
    assert rows(home, "SELECT state, attempts FROM submissions") == [("received", 0)]
    assert processes_of(home) == {}
