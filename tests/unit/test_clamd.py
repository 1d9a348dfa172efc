"""Files that were handed in go to ClamAV's daemon first, where one is named; without an answer none is opened."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.adapters.clamd import Clamd
from pipeline.adapters.parser_pool import ParserPool
from pipeline.cli.doctor import _virus_scanner
from pipeline.errors import ScanRejected, ServiceUnavailable
from pipeline.pages import ScanFile
from pipeline.settings import Limits, Settings
from pipeline.web.service import Readiness
from tests.services.clamd import EICAR, VERSION, ClamdServer, running_clamd
from tests.services.processes import free_port
from tests.sheets import save
from tests.unit.desk import open_desk
from tests.unit.plain_parsers import PlainParsers


@pytest.fixture
def server() -> Iterator[ClamdServer]:
    with running_clamd() as running:
        yield running


@pytest.fixture
def nowhere() -> str:
    return f"tcp:127.0.0.1:{free_port()}"


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    return save(np.full((300, 200, 3), 255, np.uint8), tmp_path / "blank.png")


def file_of(data: bytes, folder: Path) -> Path:
    file = folder / "file"
    file.write_bytes(data)
    return file


def test_every_byte_of_a_file_is_looked_through(server: ClamdServer, tmp_path: Path) -> None:
    data = bytes(range(256)) * 4096
    Clamd(server.address).check(file_of(data, tmp_path))
    assert server.streams == [data]


def test_a_file_in_which_something_is_found_is_refused_with_its_name(server: ClamdServer, tmp_path: Path) -> None:
    with pytest.raises(ScanRejected) as error:
        Clamd(server.address).check(file_of(b"%PDF-1.7\n" + EICAR, tmp_path))
    assert (error.value.code, error.value.detail) == ("infected", "Eicar-Test-Signature")


def test_a_daemon_on_a_unix_socket_is_asked_too(tmp_path: Path) -> None:
    with running_clamd(tmp_path / "clamd.ctl") as server, pytest.raises(ScanRejected):
        Clamd(server.address).check(file_of(EICAR, tmp_path))


def test_a_daemon_that_is_away_lets_nothing_pass(nowhere: str, tmp_path: Path) -> None:
    with pytest.raises(ServiceUnavailable) as error:
        Clamd(nowhere).check(file_of(b"harmless", tmp_path))
    assert error.value.code == "virus_scanner_away"


def test_a_daemon_that_takes_no_file_of_this_size_lets_nothing_pass(tmp_path: Path) -> None:
    with running_clamd(most_bytes=1000) as server, pytest.raises(ServiceUnavailable):
        Clamd(server.address).check(file_of(bytes(1 << 20), tmp_path))


def test_a_file_that_passed_is_sent_once(server: ClamdServer, tmp_path: Path) -> None:
    scanner, file = Clamd(server.address), file_of(b"harmless", tmp_path)
    scanner.check(file)
    scanner.check(file)
    assert len(server.streams) == 1


def test_a_file_that_was_changed_is_sent_again(server: ClamdServer, tmp_path: Path) -> None:
    scanner, file = Clamd(server.address), file_of(b"harmless", tmp_path)
    scanner.check(file)
    file.write_bytes(EICAR)
    with pytest.raises(ScanRejected):
        scanner.check(file)


def test_a_daemon_tells_its_version(server: ClamdServer) -> None:
    assert Clamd(server.address).version() == VERSION


def test_doctor_says_who_looks_files_through(server: ClamdServer, nowhere: str, tmp_path: Path) -> None:
    assert _virus_scanner(Settings(home=tmp_path, clamd=server.address)) == VERSION
    assert _virus_scanner(Settings(home=tmp_path)).startswith("none")
    with pytest.raises(ServiceUnavailable):
        _virus_scanner(Settings(home=tmp_path, clamd=nowhere))


@pytest.mark.parametrize("address", ["127.0.0.1:3310", "tcp:3310", "unix:clamd.ctl", "http://127.0.0.1:3310"])
def test_an_address_that_names_no_daemon_is_a_wrong_setting(address: str) -> None:
    with pytest.raises(ValidationError):
        Settings(clamd=address)


@given(st.text(max_size=80))
def test_any_answer_but_yes_is_a_refusal(said: str) -> None:
    with pytest.raises((ScanRejected, ServiceUnavailable)):
        Clamd("tcp:127.0.0.1:1").judge(said if said != "stream: OK" else "")


def test_no_parser_opens_a_file_before_it_was_looked_through(nowhere: str, blank: Path) -> None:
    with ParserPool(Limits(parsers=1), viruses=Clamd(nowhere)) as pool:
        for ask in (pool.count_pages, pool.read_codes, lambda scan: pool.look(scan, 1, None)):
            with pytest.raises(ServiceUnavailable):
                ask(ScanFile(blank, "image/png"))


def test_what_is_archived_can_be_looked_at_while_the_scanner_is_away(nowhere: str, blank: Path) -> None:
    with ParserPool(Limits(parsers=1), viruses=Clamd(nowhere)) as pool:
        assert not pool.holds_active_content(ScanFile(blank, "image/png"))


def test_papers_wait_while_the_scanner_is_away_and_are_read_when_it_is_back(
    blank: Path, tmp_path: Path, nowhere: str
) -> None:
    with ParserPool(Limits(parsers=1), viruses=Clamd(nowhere)) as away, open_desk(tmp_path, away) as desk:
        submission = desk.receive(blank.read_bytes())
        with pytest.raises(ServiceUnavailable):
            desk.archive.process(submission.submission_id)
        seen = desk.seen(submission)
        assert (seen.state, seen.reason) == ("retrying", "virus_scanner_away")
        assert desk.keys("archive/") == []


def test_an_infected_file_is_refused_and_nothing_archived(tmp_path: Path, server: ClamdServer, blank: Path) -> None:
    with ParserPool(Limits(parsers=1), viruses=Clamd(server.address)) as pool, open_desk(tmp_path, pool) as desk:
        submission = desk.receive(blank.read_bytes() + EICAR)
        assert desk.archive.process(submission.submission_id) == ()
        seen = desk.seen(submission)
        assert (seen.state, seen.reason) == ("done", "infected")
        assert desk.keys("archive/") == []


def test_the_counter_stays_ready_to_receive_while_the_scanner_is_away(nowhere: str, tmp_path: Path) -> None:
    with ParserPool(Limits(parsers=1), viruses=Clamd(nowhere)) as pool, open_desk(tmp_path, PlainParsers()) as desk:
        desk.archive.parsers = pool
        readiness = Readiness(desk.archive)
        assert "parser" not in readiness.away()
        readiness.close()
