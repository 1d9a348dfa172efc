"""`hoso backlog` by itself: broken off at any moment, it goes on, and no file is taken twice."""

import csv
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.sheets import save, text_page
from tests.system.command import run
from tests.system.hoso_up import environment_of, hoso, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
HELD = 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Empty sheets, the quickest scans there are, each of another size."""
    held = tmp_path / "held"
    for number in range(HELD):
        place = held / str(2019 + number % 2)
        place.mkdir(parents=True, exist_ok=True)
        save(text_page((), size=(700, 500 + number)), place / f"{number}.png")
    return held


def journal_lines(home: Path) -> int:
    return sum(len(file.read_bytes().splitlines()) for file in (home / "backlog").glob("*.jsonl"))


def test_what_was_killed_goes_on_and_takes_no_file_twice(folder: Path, tmp_path: Path) -> None:
    home, report = tmp_path / "home", tmp_path / "report.csv"
    environment = environment_of(home, HOSO_PARSERS="1", HOSO_LEASE_S="1")
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    with subprocess.Popen(hoso("backlog", "--inline", str(folder)), env=environment) as killed:
        wait_until(lambda: journal_lines(home) >= 1, 240)
        killed.kill()
    left = HELD - journal_lines(home)
    assert left
    again = ("backlog", "--inline", "--json", "--report", report, folder)
    told = run(home, *again, HOSO_PARSERS="1", HOSO_LEASE_S="1")
    while told.code == 75:  # what the killed one held is free when its lease has expired
        told = run(home, *again, HOSO_PARSERS="1", HOSO_LEASE_S="1")
    assert told.code == 0, told.errors
    assert (told.value["taken"], told.value["known"]) == (HELD, 0)
    with sqlite3.connect(home / "hoso.db") as database:
        received = database.execute("SELECT count(*), count(DISTINCT content_sha256) FROM submissions").fetchone()
    assert received == (HELD, HELD)
    with report.open(encoding="utf-8-sig", newline="") as rows:
        assert {row["outcome"] for row in csv.DictReader(rows)} == {"taken"}
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")) == before


def test_a_folder_that_is_not_there_and_a_list_that_is_none_are_told(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("a,b\n1,2\n")
    assert run(tmp_path / "home", "backlog", tmp_path / "nowhere").code == 66
    refused = run(tmp_path / "home", "backlog", folder, "--index", tmp_path / "list.csv")
    assert (refused.code, "bad_index" in refused.errors) == (65, True)
