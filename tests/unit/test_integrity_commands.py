"""`hoso verify` and `hoso rebuild`, as an operator types them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.errors import Misconfigured
from tests.unit.desk import ACTOR, Desk, open_desk
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import PlainParsers, scan

NOT_AS_IT_SHOULD_BE = 65


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("HOSO_HOME", str(tmp_path))
    monkeypatch.setenv("HOSO_OFFICE_ID", ACTOR.office_id)
    with open_desk(tmp_path, PlainParsers()) as opened:
        yield opened


def told(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def test_all_is_well_with_what_was_just_filed(desk: Desk) -> None:
    desk.file(scan(BIRTH))
    result = told("verify")
    assert result.exit_code == 0
    assert "; 0 findings" in result.stdout


def test_what_was_repaired_is_told_and_no_reason_to_call_anybody(desk: Desk) -> None:
    desk.file(scan(BIRTH))
    (entry,) = desk.keys("register/")
    desk.store.delete(entry)
    result = told("verify", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["findings"] == [{"kind": "record_missing", "key": entry, "repaired": True}]
    assert desk.keys("register/") == [entry]


def test_an_altered_object_ends_with_its_own_code_and_says_what_to_do(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    assert paper.object_key
    (desk.folder / "store" / paper.object_key).write_bytes(b"something else")
    result = told("verify", "--dry-run")
    assert result.exit_code == NOT_AS_IT_SHOULD_BE
    assert paper.object_key in result.stdout
    assert "hoso restore --only KEY" in result.stdout


def test_a_sample_says_whether_it_has_come_round(desk: Desk) -> None:
    desk.file(scan(BIRTH))
    assert "the next sample goes on" in told("verify", "--sample", "1").stdout
    assert json.loads(told("verify", "--sample", "999", "--json").stdout)["round_ended"] is True


def test_a_database_is_rebuilt_where_another_is_named(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = desk.file(scan(BIRTH))
    monkeypatch.setenv("HOSO_DATABASE", f"sqlite:///{tmp_path / 'new.db'}")
    result = told("rebuild")
    assert result.exit_code == 0
    assert "accounts" in result.stdout
    assert json.loads(told("show", paper.document_id, "--json").stdout)["document_id"] == paper.document_id


def test_rows_that_are_there_are_only_replaced_when_told_twice(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    with pytest.raises(Misconfigured):
        told("rebuild")
    declined = CliRunner().invoke(app, ("rebuild", "--replace"), input="n\n")
    assert declined.exit_code == 1
    assert json.loads(told("rebuild", "--replace", "--yes", "--json").stdout)["papers"] == 1
    assert desk.tables.papers.get(ACTOR.office_id, paper.document_id) == paper
