"""What a person at a terminal sees, and what a pipe does not get."""

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from tests.sheets import save, text_page
from tests.system.command import run
from tests.system.conftest import Filed
from tests.system.hoso_up import environment_of, hoso

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def on_a_terminal(home: Path, *arguments: str) -> str:
    """All that a command writes to a terminal of 160 columns."""
    leader, follower = pty.openpty()
    environment = environment_of(home, TERM="xterm", COLUMNS="160", LINES="40")
    with subprocess.Popen(hoso(*arguments), env=environment, stdin=follower, stdout=follower, stderr=follower) as shown:
        os.close(follower)
        seen = b""
        while block := _read(leader):
            seen += block
        shown.wait()
    os.close(leader)
    return seen.decode("utf-8")


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 4096)
    except OSError:  # Linux says so when the last program has left the terminal.
        return b""


def lines_left(seen: str) -> list[str]:
    """The lines that stand on the terminal in the end, without colours and what was drawn over."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen).replace("\r\n", "\n")
    return [line.rpartition("\r")[2] for line in plain.split("\n")]


def sheet(path: Path, shade: int) -> Path:
    page = text_page((), size=(700, 500))
    page[:50, :50] = shade
    return save(page, path)


def test_on_a_terminal_a_bar_tells_pages_papers_and_time_left(tmp_path: Path) -> None:
    seen = on_a_terminal(tmp_path / "home", "ingest", "--inline", str(sheet(tmp_path / "a.png", 9)))
    assert re.search(r"\d/1 pages, \d papers", seen)
    assert "left" in seen


def test_after_the_bar_one_line_a_paper_stays(tmp_path: Path) -> None:
    files = [sheet(tmp_path / f"{name}.png", shade) for name, shade in (("a", 9), ("b", 99))]
    refused = tmp_path / "c.pdf"
    refused.write_text("no scan")
    seen = on_a_terminal(tmp_path / "home", "ingest", "--inline", *map(str, files), str(refused))
    told = [line for line in lines_left(seen) if str(tmp_path) in line]
    words = [re.match(r"needs review|refused", line) for line in told]
    assert [word and word[0] for word in words] == ["needs review", "needs review", "refused"]
    assert all(str(file) in line for file, line in zip([*files, refused], told, strict=True))


def test_without_a_terminal_there_is_one_line_a_paper_and_no_bar(tmp_path: Path) -> None:
    told = run(tmp_path / "home", "ingest", "--inline", sheet(tmp_path / "a.png", 9))
    assert len(told.out.splitlines()) == 1
    assert "\x1b" not in told.out + told.errors
    assert told.errors == ""


def test_with_json_the_bar_keeps_off_stdout(filed: Filed) -> None:
    told = run(filed.home, "ingest", "--inline", "--json", filed.scan(filed.card))
    assert len(told.lines) == 1
    assert told.errors == ""
