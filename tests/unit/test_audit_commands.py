"""`hoso audit`, as an operator types it, and what the other commands leave in the log."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline import keys
from pipeline.adapters.flow_server import CLOSE_LOG
from pipeline.cli import app
from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from pipeline.local_time import local_day
from pipeline.turns import turn
from schemas.access import AccessEntry, LogFilter
from schemas.dossier import Paper
from tests.unit.desk import ACTOR, NEIGHBOUR, Desk, open_desk
from tests.unit.plain_papers import BIRTH, CHILD, CHILD_NUMBER
from tests.unit.plain_parsers import PlainParsers, scan

CHANGED = 65
DOCUMENT = Path(__file__).parents[2] / "docs" / "audit.md"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("HOSO_HOME", str(tmp_path))
    monkeypatch.setenv("HOSO_OFFICE_ID", ACTOR.office_id)
    monkeypatch.setenv("HOSO_ACTOR_ID", ACTOR.actor_id)
    with open_desk(tmp_path, PlainParsers()) as opened:
        yield opened


@pytest.fixture
def paper(desk: Desk) -> Paper:
    """A birth certificate on file that somebody has looked at twice."""
    filed = desk.file(scan(BIRTH))
    for _ in range(2):
        told("show", filed.document_id)
    return filed


def told(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def accesses(desk: Desk) -> list[str]:
    return [one.entry.access for one in reversed(desk.tables.access_log.find(ACTOR.office_id, LogFilter(), 99))]


def spoil(desk: Desk, statement: str) -> None:
    with sqlite3.connect(desk.folder / "hoso.db") as connection:
        connection.execute(statement)


def child_id(desk: Desk) -> str:
    child = desk.tables.people.by_number(ACTOR.office_id, CHILD_NUMBER)
    assert child
    return child.citizen_id


def test_a_log_that_nobody_touched_is_as_it_was_written(paper: Paper) -> None:
    result = told("audit", "verify", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["entries"], report["findings"]) == (2, [])


def test_a_removed_entry_ends_with_its_own_code_and_its_number(desk: Desk, paper: Paper) -> None:
    spoil(desk, "DELETE FROM access_log WHERE number = 1")
    result = told("audit", "verify")
    assert result.exit_code == CHANGED
    assert "entries 1" in result.stdout
    assert "not in the database any more" in result.stdout


def test_days_that_are_over_can_be_closed_by_command(desk: Desk, paper: Paper) -> None:
    assert "0 days closed" in told("audit", "close").stdout
    yesterday = local_day(paper.filed_at) - timedelta(days=1)
    spoil(desk, "UPDATE access_log SET at = datetime(at, '-1 day')")
    assert "1 days closed" in told("audit", "close").stdout
    assert f"audit/{ACTOR.office_id}/{yesterday}.jsonl" in desk.keys("audit/")


def test_a_day_is_not_closed_while_another_run_closes_it(desk: Desk, paper: Paper) -> None:
    spoil(desk, "UPDATE access_log SET at = datetime(at, '-1 day')")
    with turn(desk.tables.turns, CLOSE_LOG, 60) as mine:
        assert mine
        with pytest.raises(ServiceUnavailable) as caught:
            told("audit", "close")
    assert caught.value.code == "closing_running"
    assert desk.keys("audit/") == []


# -- several offices ---------------------------------------------------------------------------------------------------


def look_next_door(desk: Desk) -> None:
    """Two looks of an office that no account is of any more; nothing is told of it but by the log."""
    entry = AccessEntry(at=datetime.now(UTC), actor=NEIGHBOUR, access="look", document_id="d")
    desk.tables.access_log.write(entry, entry)


def test_every_office_of_the_log_is_checked_and_named_with_what_is_wrong_there(desk: Desk, paper: Paper) -> None:
    look_next_door(desk)
    spoil(desk, "DELETE FROM access_log WHERE office_id = 'phuong-b' AND number = 1")
    result = told("audit", "verify")
    assert result.exit_code == CHANGED
    (wrong,) = [line for line in result.stdout.splitlines() if line.startswith("WRONG")]
    assert wrong.split() == ["WRONG", NEIGHBOUR.office_id, "entry_missing", "entries", "1"]
    assert f"{ACTOR.office_id}: 2 entries" in result.stdout


def test_programs_are_given_one_report_an_office(desk: Desk, paper: Paper) -> None:
    look_next_door(desk)
    reports = list(map(json.loads, told("audit", "verify", "--json").stdout.splitlines()))
    assert [one["head"]["office_id"] for one in reports] == [ACTOR.office_id, NEIGHBOUR.office_id]
    assert [one["findings"] for one in reports] == [[], []]


def test_an_office_whose_log_was_removed_is_known_by_what_the_store_keeps(desk: Desk, paper: Paper) -> None:
    look_next_door(desk)
    told("audit", "close")  # keeps the heads
    spoil(desk, "DELETE FROM access_log WHERE office_id = 'phuong-b'")
    spoil(desk, "DELETE FROM audit_heads WHERE office_id = 'phuong-b'")
    result = told("audit", "verify")
    assert result.exit_code == CHANGED
    assert re.search(rf"WRONG +{NEIGHBOUR.office_id} +entry_missing +entries 1 to 2", result.stdout)


def test_days_of_every_office_of_the_log_are_closed_though_one_of_them_cannot_be(desk: Desk, paper: Paper) -> None:
    look_next_door(desk)
    spoil(desk, "UPDATE access_log SET at = datetime(at, '-2 day')")
    yesterday = local_day(paper.filed_at) - timedelta(days=1)
    altered = keys.audit_day(ACTOR.office_id, yesterday)
    desk.store.put(altered, BytesIO(b"{}"), "application/json")
    with pytest.raises(ServiceUnavailable) as caught:
        told("audit", "close")
    assert caught.value.code == "object_altered"
    assert keys.audit_day(NEIGHBOUR.office_id, yesterday) in desk.keys("audit/")


# -- taking it out -----------------------------------------------------------------------------------------------------


@pytest.fixture
def exported(desk: Desk, paper: Paper, tmp_path: Path) -> Path:
    since = str(local_day(paper.filed_at))
    result = told("audit", "export", str(tmp_path / "log"), "--since", since)
    assert "3 entries, 1 to 3" in result.stdout
    return tmp_path / "log.jsonl"


def script(tmp_path: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """What docs/audit.md says checks the lines without hoso."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    path = tmp_path / "check.py"
    path.write_text(code, "utf-8")
    command = [sys.executable, "-I", str(path), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_was_taken_out_is_proved_by_the_script_of_the_document(exported: Path, tmp_path: Path) -> None:
    checked = script(tmp_path, exported)
    head = json.loads(told("audit", "verify", "--json").stdout)["head"]
    assert checked.returncode == 0
    assert checked.stdout == f"last entry 3, sha256 {head['sha256']}\n"


def test_the_script_of_the_document_finds_an_altered_line(exported: Path, tmp_path: Path) -> None:
    first, *others = exported.read_text("ascii").splitlines(keepends=True)
    exported.write_text(first.replace('"look"', '"print"') + "".join(others), "ascii")
    checked = script(tmp_path, exported)
    assert checked.returncode == 1
    assert "broken before entry 2" in checked.stdout


def test_the_script_of_the_document_finds_a_removed_line(exported: Path, tmp_path: Path) -> None:
    first, _, last = exported.read_text("ascii").splitlines(keepends=True)
    exported.write_text(first + last, "ascii")
    assert "broken before entry 3" in script(tmp_path, exported).stdout


def test_what_was_taken_out_is_for_our_user_alone(exported: Path) -> None:
    assert [path.stat().st_mode & 0o777 for path in (exported, exported.with_suffix(".csv"))] == [0o600, 0o600]


def test_a_file_that_is_there_is_not_written_over(exported: Path) -> None:
    with pytest.raises(ScanRejected):
        told("audit", "export", str(exported.with_suffix("")), "--since", "2026-03-01")


def test_that_the_log_was_taken_out_stands_in_it(desk: Desk, exported: Path) -> None:
    assert accesses(desk)[-1] == "export"


# -- who looked --------------------------------------------------------------------------------------------------------


def test_a_citizen_is_told_who_looked_at_his_papers_in_which_office(desk: Desk, paper: Paper) -> None:
    told("audit", "citizen", child_id(desk))
    result = told("audit", "citizen", child_id(desk), "--json")
    asked, first, *_ = map(json.loads, result.stdout.splitlines())
    assert (asked["access"], asked["purpose"], asked["office"]) == ("look", "audit", ACTOR.office_id)
    assert first["login"] == ACTOR.actor_id
    seen = [json.loads(line) for line in result.stdout.splitlines() if paper.document_id in line]
    assert len(seen) == 2
    assert seen[0]["paper"] == "GIẤY KHAI SINH"


def test_of_somebody_unknown_nothing_is_told(desk: Desk) -> None:
    with pytest.raises(NotFound):
        told("audit", "citizen", "nobody")


# -- an incident -------------------------------------------------------------------------------------------------------


@pytest.fixture
def incident(desk: Desk, paper: Paper, tmp_path: Path) -> Path:
    result = told("audit", "incident", str(tmp_path / "incident"), "--since", "2026-01-01")
    assert CHILD.title() not in result.output
    assert CHILD_NUMBER not in result.output
    return tmp_path / "incident"


def test_the_files_of_an_incident_name_who_saw_which_paper_of_whom(incident: Path, paper: Paper) -> None:
    rows = [json.loads(line) for line in (incident / "accesses.jsonl").read_text("utf-8").splitlines()]
    seen = [row for row in rows if row["document_id"] == paper.document_id]
    assert {row["login"] for row in seen} == {ACTOR.actor_id}
    assert CHILD_NUMBER in {row["number"] for row in seen}
    assert {row["data"] for row in seen} == {"basic"}
    assert not any(row["taken"] for row in seen)


def test_the_files_of_an_incident_are_for_our_user_alone(incident: Path) -> None:
    assert incident.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in incident.iterdir()} == {0o600}


def test_the_counts_of_an_incident_count_papers_and_citizens_once(incident: Path) -> None:
    counts = json.loads((incident / "counts.json").read_text("utf-8"))
    assert (counts["papers"], counts["papers_by_kind"]) == (1, {"basic": 1})
    assert counts["citizens"] >= 1


def test_the_draft_of_the_notice_marks_what_only_a_person_knows(incident: Path) -> None:
    draft = (incident / "bao-cao.md").read_text("utf-8")
    assert draft.count("[CẦN ĐIỀN: ") >= 8
    assert "72 giờ" in draft
    assert "nguyên vẹn" in draft
    assert "| Cơ bản | 1 |" in draft


def test_the_draft_says_when_the_log_itself_was_changed(desk: Desk, paper: Paper, tmp_path: Path) -> None:
    spoil(desk, "UPDATE access_log SET actor_id = 'minh' WHERE number = 1")
    told("audit", "incident", str(tmp_path / "incident"), "--since", "2026-01-01")
    assert "có dấu hiệu bị thay đổi" in (tmp_path / "incident" / "bao-cao.md").read_text("utf-8")


@pytest.mark.parametrize("asked", [("--account", "minh"), ("--citizen", "another"), ("--until", "2026-01-02")])
def test_an_incident_is_of_those_and_then_that_are_asked_for(
    desk: Desk, paper: Paper, tmp_path: Path, asked: tuple[str, str]
) -> None:
    told("audit", "incident", str(tmp_path / "incident"), "--since", "2026-01-01", *asked)
    assert (tmp_path / "incident" / "accesses.jsonl").read_text("utf-8") == ""


def test_what_was_noted_late_hides_nothing_from_an_incident_or_an_export(
    desk: Desk, paper: Paper, tmp_path: Path
) -> None:
    """Such as by a sweep, in the time at which it was done: it stands behind entries of later times."""
    late = desk.tables.audit.read(ACTOR.office_id, 0, 1)[0].entry
    desk.tables.access_log.write(late.model_copy(update={"at": late.at - timedelta(days=1), "document_id": "late"}))
    since = str(local_day(paper.filed_at))
    told("audit", "incident", str(tmp_path / "report"), "--since", since)
    assert paper.document_id in (tmp_path / "report" / "accesses.jsonl").read_text("utf-8")
    told("audit", "export", str(tmp_path / "out"), "--since", since)
    assert (tmp_path / "out.jsonl").read_text("utf-8").count(paper.document_id) == 2


def test_what_concerned_one_citizen_is_found_by_his_papers(desk: Desk, paper: Paper, tmp_path: Path) -> None:
    told("audit", "incident", str(tmp_path / "incident"), "--since", "2026-01-01", "--citizen", child_id(desk))
    assert paper.document_id in (tmp_path / "incident" / "accesses.csv").read_text("utf-8")


# -- what others leave -------------------------------------------------------------------------------------------------


def test_a_decision_is_in_the_log_with_the_hash_of_its_record(desk: Desk, paper: Paper) -> None:
    told("confirm", paper.document_id)
    logged = desk.tables.access_log.find(ACTOR.office_id, LogFilter(document_id=paper.document_id), 1)[0].entry
    (stored,) = desk.store.find("decisions/")
    assert (logged.access, logged.object_sha256) == ("decide", stored.sha256)
    assert stored.key.endswith(f"{logged.subject_id}.json")


def test_tokens_webhooks_and_backups_are_in_the_log(desk: Desk, tmp_path: Path) -> None:
    told("account", "add", "one-stop", "--role", "service", "--no-password")
    told("token", "add", "one-stop", "--scope", "papers.read")
    told("hook", "add", "http://localhost:9/hook")
    told("backup", str(tmp_path / "backup"))
    assert accesses(desk) == ["account", "token", "hook", "backup"]


def test_what_is_looked_at_from_a_terminal_is_in_the_log(desk: Desk, paper: Paper) -> None:
    told("search", "khai sinh")
    told("citizen", CHILD_NUMBER)
    told("checklist", "birth_registration", "--citizen", CHILD_NUMBER)
    assert accesses(desk)[2:] == ["search", "open_citizen", "open_citizen"]


def test_a_restore_takes_closed_days_back_and_tells_what_is_lost(
    desk: Desk, paper: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told("backup", str(tmp_path / "backup"))
    told("show", paper.document_id)
    monkeypatch.setenv("HOSO_AUDIT_COPY", str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()
    told("audit", "close")
    monkeypatch.setenv("HOSO_DATABASE", f"sqlite:///{tmp_path / 'new' / 'hoso.db'}")
    assert told("restore", str(tmp_path / "backup"), "--database-only").exit_code == 0
    result = told("audit", "verify", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert [(one["kind"], one["first"], one["last"]) for one in report["findings"]] == [("lost_before_restore", 4, 4)]
    assert report["head"]["number"] == 5


def test_a_database_that_was_brought_back_by_other_means_can_say_so(desk: Desk, paper: Paper) -> None:
    told("audit", "close")  # keeps the head
    spoil(desk, "DELETE FROM access_log WHERE number = 2")
    spoil(desk, "UPDATE audit_heads SET number = 1, sha256 = (SELECT previous FROM access_log WHERE number = 1)")
    assert told("audit", "verify").exit_code == CHANGED
    assert "1 are lost" in told("audit", "restored").stdout
    report = json.loads(told("audit", "verify", "--json").stdout)
    assert "lost_before_restore" in {one["kind"] for one in report["findings"]}


def test_a_rebuild_brings_the_closed_days_back(desk: Desk, paper: Paper, tmp_path: Path) -> None:
    spoil(desk, "DELETE FROM access_log")
    spoil(desk, "DELETE FROM audit_heads")
    assert told("rebuild", "--replace", "--yes").exit_code == 0
    assert accesses(desk) == ["rebuild"]
    assert told("audit", "verify").exit_code == 0
