"""A submission's way through real Prefect server, worker, S3 and PostgreSQL."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.services.s3 import S3Server
from tests.system.hoso_up import Up, hoso, hoso_up, process_of, processes_of, wait_until
from tests.system.scans import draw_birth_certificate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, s3: S3Server, postgresql_server: str) -> Iterator[Up]:
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE flow_test"))
    settings = {
        "HOSO_STORE": f"s3:{s3.url}/flow-test",
        "HOSO_S3_ACCESS_KEY": s3.access_key,
        "HOSO_S3_SECRET_KEY": s3.secret_key,
        "HOSO_DATABASE": f"{postgresql_server.rpartition('/')[0]}/flow_test",
        "HOSO_LEASE_S": "3",
    }
    with hoso_up(tmp_path_factory.mktemp("home"), **settings) as running:
        yield running


def start_ingest(up: Up, file: Path) -> subprocess.Popen[str]:
    command = hoso("ingest", "--json", str(file))
    return subprocess.Popen(command, env=up.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def answer(ingest: subprocess.Popen[str]) -> list[dict[str, Any]]:
    out, errors = ingest.communicate(timeout=300)
    assert ingest.returncode == 0, errors
    return [json.loads(line) for line in out.splitlines()]


def worked_on(up: Up) -> bool:
    with psycopg.connect(up.environment["HOSO_DATABASE"]) as connection:
        working = connection.execute("SELECT count(*) FROM submissions WHERE state = 'working'").fetchone()
    return working is not None and working[0] > 0


def test_what_is_handed_in_is_digitised_by_the_worker_and_filed_once(up: Up, tmp_path: Path) -> None:
    file = draw_birth_certificate(tmp_path / "paper.pdf", "Lê Thị Thử Nghiệm")
    first = answer(start_ingest(up, file))
    assert [line["type"] for line in first] == ["birth_certificate"]
    assert first[0]["object_key"]
    again = answer(start_ingest(up, file))
    assert [line["document_id"] for line in again] == [first[0]["document_id"]]
    assert "already_filed" in again[0]["reasons"]
    log = (up.home / "log" / "worker.log").read_text()
    assert "digitise-submission" in log


def test_names_and_numbers_stay_out_of_the_logs(up: Up, tmp_path: Path) -> None:
    answer(start_ingest(up, draw_birth_certificate(tmp_path / "Phạm Văn Kín.pdf", "Phạm Văn Kín")))
    for log in (up.home / "log").iterdir():
        text = log.read_text(errors="replace").lower()
        assert "kín" not in text, log.name
        assert "716/2018" not in text, log.name


def test_what_a_stopped_worker_was_at_is_taken_up_again_and_filed_once(up: Up, tmp_path: Path) -> None:
    file = draw_birth_certificate(tmp_path / "long.pdf", "Trần Văn Dài", pages=12)
    ingest = start_ingest(up, file)
    wait_until(lambda: worked_on(up), 120)
    worker = process_of(up.home, "prefect worker start")
    os.kill(worker, signal.SIGTERM)
    wait_until(lambda: worker not in processes_of(up.home), 60)

    lines = answer(ingest)
    documents = [line["document_id"] for line in lines]
    assert documents
    assert len(set(documents)) == len(documents)
    pages = [page for line in lines for page in line["source_pages"]]
    assert sorted(pages) == list(range(1, 13))


def test_the_inbox_is_received_and_what_is_no_scan_is_put_aside(up: Up, tmp_path: Path) -> None:
    inbox = up.home / "inbox"
    inbox.mkdir(exist_ok=True)
    draw_birth_certificate(tmp_path / "scan.png", "Võ Thị Hộp").rename(inbox / "scan.png")
    (inbox / "notes.pdf").write_text("no scan at all")
    wait_until((inbox / "done" / "scan.png").exists, 180)
    wait_until((inbox / "refused" / "notes.pdf").exists, 30)
    assert (inbox / "refused" / "notes.pdf.txt").read_text().startswith("not_a_scan")
    assert not (inbox / "scan.png").exists()
