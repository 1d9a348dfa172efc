"""The scheduled hand-over: nothing on a machine that reads, and no failure while the centre is away."""

from pathlib import Path

import pytest

import flows.sync
from pipeline.errors import Misconfigured
from pipeline.sync import last_try
from tests.services.processes import free_port
from tests.unit.desk import ACTOR, open_desk
from tests.unit.plain_parsers import PlainParsers


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOSO_HOME", str(tmp_path))
    monkeypatch.setenv("HOSO_OFFICE_ID", ACTOR.office_id)
    return tmp_path


def test_a_machine_that_reads_hands_nothing_over(home: Path) -> None:
    flows.sync.hand_over()
    assert last_try(home) is None


def test_a_centre_that_is_away_is_noted_and_no_failure(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSO_CENTRE_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("HOSO_CENTRE_TOKEN", "hoso_secret")
    with open_desk(home, PlainParsers()) as desk:
        submission = desk.receive(b"%PDF-1.7")
        flows.sync.hand_over()
        assert desk.seen(submission).state == "received"
    seen = last_try(home)
    assert seen is not None
    assert seen.code == "centre_away"


def test_a_centre_without_a_token_fails_the_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSO_CENTRE_URL", "https://centre.example")
    with pytest.raises(Misconfigured) as error:
        flows.sync.hand_over()
    assert error.value.code == "no_centre"
