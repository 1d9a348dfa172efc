"""What a parser that a hostile file has taken over can still do: nothing outside its own folder, and not for long."""

import json
import os
import socket
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.adapters import parser_child
from pipeline.adapters.parser_pool import ParserPool
from pipeline.adapters.sandbox.confinement import MADE, TAKEN_IN, Confinement
from pipeline.errors import Misconfigured, ScanRejected
from pipeline.pages import PagePart, ScanFile
from pipeline.settings import Limits
from tests.sheets import save, text_page

_BEGIN = """
import os, socket, subprocess, sys
from pathlib import Path
from pipeline.adapters.sandbox.confinement import confine
from pipeline.adapters.sandbox.namespaces import leave_network
from pipeline.adapters.sandbox.syscall_filter import forbid
from pipeline.settings import Limits
folder, port = Path(sys.argv[1]), int(sys.argv[2])

def tried(what):
    try:
        what()
    except OSError as error:
        return type(error).__name__
    return "done"

def connect():
    socket.create_connection(("127.0.0.1", port), 5).close()

PROGRAM = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5)"

def connect_by_a_program():
    if subprocess.run([sys.executable, "-c", PROGRAM, str(port)], stderr=subprocess.DEVNULL).returncode:
        raise ConnectionError
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own" / TAKEN_IN).mkdir(parents=True)
    (tmp_path / "own" / MADE).mkdir()
    return tmp_path / "own"


@pytest.fixture
def port() -> Iterator[int]:
    """Somebody who would answer, if he could be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def said(folder: Path, port: int, code: str) -> str:
    """What a process prints that does this."""
    script = _BEGIN + textwrap.dedent(code)
    ran = subprocess.run(
        [sys.executable, "-c", script, str(folder), str(port)], capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def confined(folder: Path, code: str, port: int = 1) -> str:
    """The same once it is confined as parsers are."""
    return said(folder, port, "held = confine(folder, Limits())\n" + textwrap.dedent(code))


# -- the network ------------------------------------------------------------------------------------------------------


def test_without_confinement_the_network_is_there(folder: Path, port: int) -> None:
    assert said(folder, port, "print(tried(connect), tried(connect_by_a_program))") == "done done"


def test_a_parser_reaches_nobody_nor_do_the_programs_that_it_starts(folder: Path, port: int) -> None:
    told = confined(folder, "print(tried(connect), tried(connect_by_a_program))", port)
    assert told == "PermissionError ConnectionError"


@pytest.mark.parametrize("means", ["forbid", "leave_network"])
def test_each_means_alone_keeps_it_off_the_network_where_it_says_that_it_holds(
    folder: Path, port: int, means: str
) -> None:
    told = said(folder, port, f"print({means}() and 'done' in (tried(connect), tried(connect_by_a_program)))")
    assert told == "False"


def test_the_filter_holds_wherever_this_runs(folder: Path, port: int) -> None:
    assert said(folder, port, "print(forbid())") == "True"


def test_services_of_this_machine_are_out_of_reach_too(folder: Path) -> None:
    assert confined(folder, "print(tried(lambda: socket.socket(socket.AF_UNIX)))") == "PermissionError"


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def files_held(folder: Path) -> None:
    if confined(folder, "print(held.files)") != "True":
        pytest.skip("this kernel has no Landlock, or forbids it")


@pytest.mark.usefixtures("files_held")
def test_a_parser_writes_into_its_own_part_alone(folder: Path) -> None:
    places = (folder / MADE / "a", folder / TAKEN_IN / "a", folder.parent / "a", Path("/var/tmp/hoso-a"))  # noqa: S108
    told = [confined(folder, f"print(tried(lambda: Path({str(place)!r}).write_text('a')))") for place in places]
    assert told == ["done", *["PermissionError"] * 3]


@pytest.mark.usefixtures("files_held")
def test_a_parser_reads_what_it_was_given_and_nothing_of_others(folder: Path) -> None:
    (folder / TAKEN_IN / "scan").write_text("a")
    (folder.parent / "other").write_text("a")
    places = (folder / TAKEN_IN / "scan", folder.parent / "other", Path("/etc/passwd"), Path("/proc/1/environ"))
    told = [confined(folder, f"print(tried(lambda: Path({str(place)!r}).read_bytes()))") for place in places]
    assert told == ["done", *["PermissionError"] * 3]


@pytest.mark.usefixtures("files_held")
def test_a_parser_leaves_no_links_and_runs_nothing_that_it_wrote(folder: Path) -> None:
    made = folder / MADE
    code = f"""
    made = Path({str(made)!r})
    (made / "run").write_text("#!/bin/sh\\n")
    (made / "run").chmod(0o700)
    print(tried(lambda: (made / "link").symlink_to("/etc/passwd")), tried(lambda: subprocess.run([made / "run"])))
    """
    assert confined(folder, code) == "PermissionError PermissionError"


@pytest.mark.usefixtures("files_held")
def test_temporary_files_can_be_made_moved_and_removed(folder: Path) -> None:
    code = f"""
    made = Path({str(folder / MADE)!r})
    (made / "below").mkdir()
    (made / "a").write_text("a")
    (made / "a").replace(made / "below" / "a")
    (made / "below" / "a").unlink()
    (made / "below").rmdir()
    print(sorted(made.iterdir()))
    """
    assert confined(folder, code) == "[]"


# -- processes --------------------------------------------------------------------------------------------------------


def test_nothing_leaves_the_group_by_which_a_parser_is_ended(folder: Path) -> None:
    code = """
    left = subprocess.run([sys.executable, "-c", "import os; os.setsid()"], stderr=subprocess.DEVNULL).returncode
    print(tried(os.setsid), tried(lambda: os.setpgid(0, 0)), left != 0)
    """
    assert confined(folder, code) == "PermissionError PermissionError True"


def test_a_parser_has_no_rights_even_where_root_started_it(folder: Path) -> None:
    code = "print([line.split()[1] for line in open('/proc/self/status') if line.startswith(('CapEff', 'CapPrm'))])"
    assert said(
        folder,
        1,
        "status = open('/proc/self/status')\nconfine(folder, Limits())\n"
        + code.replace("open('/proc/self/status')", "status"),
    ) == str(["0" * 16] * 2)


@pytest.fixture
def scan(tmp_path: Path) -> ScanFile:
    return ScanFile(save(text_page((), size=(200, 300)), tmp_path / "page.png"), "image/png")


@pytest.fixture
def pool() -> Iterator[ParserPool]:
    with ParserPool(Limits(parsers=1, parser_memory_mb=512)) as parsers:
        yield parsers


def taken_over(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str) -> None:
    """Every parser does this in place of what it should: `job` is what it was told."""
    program = folder / "taken-over"
    begin = "import json, os, subprocess, sys, time\njob = json.loads(sys.stdin.readline())\n"
    program.write_text(f"#!{sys.executable}\n{begin}{textwrap.dedent(code)}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(program))


def running(mark: str) -> list[str]:
    """Processes whose command line holds the mark."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if mark in command and int(process.name) != os.getpid():
            found.append(command)
    return found


def test_a_parser_that_starts_processes_without_end_is_ended_with_all_of_them(
    pool: ParserPool, scan: ScanFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = f"600.{os.getpid()}"
    taken_over(monkeypatch, tmp_path, f"while True:\n    subprocess.Popen(['sleep', '{mark}'])\n    time.sleep(0.01)")
    with pytest.raises(ScanRejected) as error:
        pool.count_pages(scan)
    assert error.value.code == "unreadable"
    assert running(mark) == []


def test_a_parser_and_its_programs_have_no_more_memory_together_than_one_may_have(
    pool: ParserPool, scan: ScanFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = f"held_{os.getpid()}"
    taken_over(
        monkeypatch,
        tmp_path,
        f"""
        for _ in range(3):
            hold = "{mark} = b'x' * (250 << 20); import time; time.sleep(600)"
            subprocess.Popen(["{sys.executable}", "-c", hold])
        time.sleep(600)
        """,
    )
    with pytest.raises(ScanRejected):
        pool.count_pages(scan)
    assert running(mark) == []


# -- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        '{"done": {"pages": "many"}}',
        '{"done": []}',
        '{"error": "Misconfigured", "code": "no_such_code"}',
        "[" * 100_000,
        '"done"',
    ],
)
def test_whatever_a_parser_answers_the_file_alone_is_refused(
    pool: ParserPool, scan: ScanFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    (tmp_path / "answer").write_text(answer)
    taken_over(monkeypatch, tmp_path, f"print(open({str(tmp_path / 'answer')!r}).read(), flush=True)")
    with pytest.raises(ScanRejected) as error:
        pool.count_pages(scan)
    assert error.value.code == "unreadable"


def test_a_link_in_place_of_a_picture_is_not_followed(
    pool: ParserPool, scan: ScanFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_over(
        monkeypatch, tmp_path, "os.symlink('/etc/passwd', job['target'])\nprint(json.dumps({'done': {}}), flush=True)"
    )
    with pytest.raises(ScanRejected):
        pool.crop(scan, PagePart(page=1, box=None, dpi=150, rotation_degrees=0), tmp_path / "shown.jpg")
    assert not (tmp_path / "shown.jpg").is_symlink()


def test_what_was_lent_to_a_parser_is_gone_after_the_job(pool: ParserPool, scan: ScanFile) -> None:
    pool.count_pages(scan)
    assert scan.path.stat().st_nlink == 1


# -- where nothing holds ----------------------------------------------------------------------------------------------


def test_a_parser_that_nothing_keeps_off_the_network_opens_no_file(scan: ScanFile) -> None:
    job = {"job": "count", "path": str(scan.path), "media_type": scan.media_type}
    loose = Confinement(network=(), files=False)
    assert parser_child.confined_answer(job, loose, Limits())["code"] == "parser_unconfined"
    allowed = parser_child.confined_answer(job, loose, Limits(unconfined_parsers=True))
    assert allowed == {"done": {"pages": 1}}


def test_the_operator_is_told_that_nothing_holds(
    pool: ParserPool, scan: ScanFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = json.dumps({"error": "Misconfigured", "code": "parser_unconfined", "detail": ""})
    taken_over(monkeypatch, tmp_path, f"print('''{refusal}''', flush=True)")
    with pytest.raises(Misconfigured) as error:
        pool.count_pages(scan)
    assert error.value.code == "parser_unconfined"


def test_a_parser_of_this_machine_says_what_keeps_it_in(pool: ParserPool) -> None:
    assert "filter" in pool.confinement().network
