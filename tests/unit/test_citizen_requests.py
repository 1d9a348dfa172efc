"""Requests of citizens: deadlines by the law, what is told to be late, and what each kind of request does."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.citizen_requests import CitizenRequests, deadlines_of
from pipeline.cli import app
from pipeline.entrance import new_account
from pipeline.errors import HosoError, ScanRejected
from pipeline.holds import Holds
from pipeline.local_time import local_day
from pipeline.passwords import hashed
from pipeline.register import RegisterBook
from pipeline.settings import load_settings
from pipeline.work_desk import WorkDesk
from pipeline.working_days import after_working_days, is_working_day, known_until
from schemas.access import LogFilter, Role
from schemas.citizen_requests import RequestKind
from tests.signing_in import telephone_of
from tests.unit.desk import ACTOR, Desk, open_desk
from tests.unit.plain_papers import BIRTH, CHILD, CHILD_NUMBER
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE = ACTOR.office_id
PASSWORD = "đèn dầu trên sông"  # noqa: S105 (of an invented officer)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("HOSO_HOME", str(tmp_path))
    monkeypatch.setenv("HOSO_OFFICE_ID", OFFICE)
    monkeypatch.setenv("HOSO_ACTOR_ID", ACTOR.actor_id)
    with open_desk(tmp_path, PlainParsers()) as opened:
        yield opened


def told(*arguments: str, typed: str = "") -> Result:
    result = CliRunner().invoke(app, arguments, input=f"{typed}\n" if typed else None, catch_exceptions=True)
    assert result.exit_code == 0, result.exception
    return result


def added(desk: Desk, kind: RequestKind, *options: str) -> str:
    """The id of a request of the child, taken down by command."""
    return told("request", "add", kind, "--citizen", CHILD_NUMBER, *options).stdout.split("\t")[0]


def account(desk: Desk, login: str, role: Role) -> str:
    assert desk.tables.accounts.add(new_account(login, login.title(), OFFICE, [role]), hashed(PASSWORD), "tests")
    return login


def code_of(result: Result) -> str:
    assert isinstance(result.exception, HosoError), result.output
    return result.exception.code


def shown(login: str) -> str:
    """What somebody types who is asked for a password and a code of a telephone, which begins with this."""
    return f"{PASSWORD}\n{telephone_of(load_settings(), login).code()}"


def requests(desk: Desk) -> CitizenRequests:
    return CitizenRequests(desk.store, desk.tables)


@pytest.mark.parametrize(
    ("received", "answer_by"),
    [
        (date(2026, 11, 23), date(2026, 11, 25)),  # Monday: Wednesday
        (date(2026, 11, 20), date(2026, 11, 24)),  # Friday: over the weekend
        (date(2026, 2, 13), date(2026, 2, 24)),  # the Friday before Tết
        (date(2027, 4, 29), date(2027, 5, 5)),  # 30 April, and Monday for 1 May on a Saturday
        (date(2030, 1, 31), date(2030, 2, 8)),  # Tết by Vietnam's calendar, a day before China's
    ],
)
def test_a_request_is_answered_within_two_working_days(received: date, answer_by: date) -> None:
    assert deadlines_of("see", received).answer_by == answer_by


@pytest.mark.parametrize(("kind", "days"), [("see", 10), ("correct", 10), ("delete", 15)])
def test_a_request_is_done_within_days_of_its_kind(kind: RequestKind, days: int) -> None:
    received = date(2026, 11, 23)
    assert deadlines_of(kind, received).act_by == received + timedelta(days=days)


def test_the_day_a_request_comes_in_does_not_count() -> None:
    assert after_working_days(date(2026, 11, 23), 1) == date(2026, 11, 24)


def test_holidays_are_known_of_the_next_years_and_are_no_weekends() -> None:
    known = [date(2026, 1, 1) + timedelta(days=day) for day in range((known_until() - 2026 + 1) * 365)]
    closed = [day for day in known if not is_working_day(day) and day.weekday() < 5]
    assert known_until() >= 2030
    for year in range(2026, 2031):
        assert 8 <= sum(day.year == year for day in closed) <= 12


def test_of_a_year_that_is_not_known_only_weekends_are_off() -> None:
    assert is_working_day(date(2040, 1, 2))
    assert not is_working_day(date(2040, 1, 1))


def test_a_request_is_late_from_the_day_after_its_deadline(desk: Desk) -> None:
    desk.file(scan(BIRTH))
    request = requests(desk).get(OFFICE, added(desk, "see", "--received", "2026-03-02"))
    due = request.deadlines
    assert request.overdue(due.answer_by) is None
    assert request.overdue(due.answer_by + timedelta(days=1)) == "answer"
    answered = requests(desk).answer(ACTOR, request.asked.subject_id)
    assert answered.overdue(due.act_by) is None
    assert answered.overdue(due.act_by + timedelta(days=1)) == "act"
    ended = requests(desk).end(ACTOR, request.asked.subject_id, "done")
    assert ended.overdue(due.act_by + timedelta(days=99)) is None


def test_late_requests_are_told_on_the_work_list_and_in_the_metrics(desk: Desk) -> None:
    desk.file(scan(BIRTH))
    added(desk, "see", "--received", "2026-03-02")
    added(desk, "see")
    work = WorkDesk(desk.archive).overview(OFFICE, datetime.now(UTC), with_dossiers=True)
    assert (work.requests_open, work.requests_overdue) == (2, 1)
    assert desk.tables.load.measure().requests_overdue == 1
    assert "OVERDUE: act" in told("request", "list").stdout


def test_a_closed_request_leaves_the_list_and_is_not_closed_again(desk: Desk) -> None:
    desk.file(scan(BIRTH))
    request_id = added(desk, "correct")
    told("request", "answer", request_id)
    told("request", "close", request_id, "--outcome", "partly")
    assert told("request", "list").stdout == ""
    assert json.loads(told("request", "list", "--all", "--json").stdout)["ended"]["outcome"] == "partly"
    with pytest.raises(ScanRejected) as caught:
        requests(desk).end(ACTOR, request_id, "done")
    assert caught.value.code == "request_ended"


def test_who_asks_to_see_gets_all_that_is_held_and_who_looked(desk: Desk, tmp_path: Path) -> None:
    paper = desk.file(scan(BIRTH))
    request_id = added(desk, "see")
    told("request", "see", request_id, str(tmp_path / "package"))
    data = tmp_path / "package" / "data"
    (record,) = data.rglob("*-birth_certificate.json")
    assert json.loads(record.read_text("utf-8"))["fields"]["full_name"]["value"].casefold() == CHILD.casefold()
    assert json.loads((data / "register.json").read_text("utf-8"))["personal_id"] == CHILD_NUMBER
    rows = list(csv.reader((data / "who-looked.csv").read_text("utf-8-sig").splitlines()))
    assert [ACTOR.actor_id, "export", "citizen_request", paper.document_id] == rows[1][1:]


def test_who_asks_to_delete_is_told_what_must_be_kept_and_why(desk: Desk) -> None:
    free, held = desk.file(scan(BIRTH)), desk.file(scan(BIRTH.replace("150/2020", "151/2020")))
    Holds(desk.tables).put(desk.store, ACTOR, held.document_id, "lawsuit", "")
    lines = told("request", "papers", added(desk, "delete")).stdout.splitlines()
    rules = {line.split("\t")[0]: line.split("\t")[2] for line in lines}
    assert rules == {free.document_id: "nothing", held.document_id: "held"}


def test_a_request_to_delete_is_carried_out_once_a_second_person_approves(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    request_id = added(desk, "delete")
    hoa, minh = account(desk, "hoa", "head"), account(desk, "minh", "head")
    proposed = told("request", "delete", request_id, "--login", hoa, typed=shown(hoa))
    destruction_id = proposed.stdout.split("\t")[1]
    same = CliRunner().invoke(app, ["destroy", "approve", destruction_id, "--login", hoa], input=f"{shown(hoa)}\n")
    assert code_of(same) == "own_proposal"
    told("destroy", "approve", destruction_id, "--login", minh, typed=shown(minh))
    assert desk.tables.papers.get(OFFICE, paper.document_id).state == "destroyed"
    assert json.loads(told("destroy", "certificate", destruction_id).stdout)["reason"] == "citizen_request"
    logged = desk.tables.access_log.find(OFFICE, LogFilter(document_id=paper.document_id), 9)
    assert "change" in {one.entry.access for one in logged}


def test_where_nothing_may_go_who_asks_to_delete_is_still_told_why(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    Holds(desk.tables).put(desk.store, ACTOR, paper.document_id, "lawsuit", "")
    command = ["request", "delete", added(desk, "delete"), "--login", account(desk, "hoa", "head")]
    result = CliRunner().invoke(app, command, input=f"{shown('hoa')}\n")
    assert isinstance(result.exception, ScanRejected)
    assert f"kept\t{paper.document_id}\t{paper.type}\t" in result.stdout


def test_a_request_comes_in_on_no_day_that_is_still_to_come(desk: Desk) -> None:
    desk.file(scan(BIRTH))
    later = local_day(datetime.now(UTC)) + timedelta(days=2)
    command = ["request", "add", "see", "--citizen", CHILD_NUMBER, "--received", later.isoformat()]
    assert CliRunner().invoke(app, command).exit_code != 0
    assert requests(desk).open(OFFICE) == ()


def test_a_head_shows_a_code_at_the_terminal_as_well(desk: Desk) -> None:
    desk.file(scan(BIRTH))
    command = ["request", "delete", added(desk, "delete"), "--login", account(desk, "hoa", "head")]
    assert code_of(CliRunner().invoke(app, command, input=f"{PASSWORD}\n")) == "code_not_set_up"
    telephone_of(load_settings(), "hoa")
    assert code_of(CliRunner().invoke(app, command, input=f"{PASSWORD}\n000\n")) == "wrong_code"
    assert desk.tables.keeping.open(OFFICE, "propose_destruction", "end_destruction") == ()
    told(*command, typed=shown("hoa"))


def test_who_has_not_the_right_proposes_nothing_at_the_terminal(desk: Desk) -> None:
    desk.file(scan(BIRTH))
    command = ["request", "delete", added(desk, "delete"), "--login", account(desk, "hoa", "reviewer")]
    assert code_of(CliRunner().invoke(app, command, input=f"{PASSWORD}\n")) == "not_permitted"
    assert desk.tables.keeping.open(OFFICE, "propose_destruction", "end_destruction") == ()


def test_who_has_not_the_password_proposes_nothing_at_the_terminal(desk: Desk) -> None:
    desk.file(scan(BIRTH))
    command = ["request", "delete", added(desk, "delete"), "--login", account(desk, "hoa", "head")]
    typed = shown("hoa").replace(PASSWORD, "another password of hers")
    assert code_of(CliRunner().invoke(app, command, input=f"{typed}\n")) == "wrong_password"
    assert desk.tables.keeping.open(OFFICE, "propose_destruction", "end_destruction") == ()


def test_a_hold_is_put_listed_and_lifted_by_command(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    told("hold", "set", "--paper", paper.document_id, "--reason", "complaint", "--reference", "12/KN")
    assert told("hold", "list").stdout.startswith(f"{paper.document_id}\tcomplaint\t12/KN\t")
    told("hold", "lift", "--paper", paper.document_id)
    assert told("hold", "list").stdout == ""


def test_a_hold_on_a_citizen_who_was_merged_since_is_lifted_by_the_number_of_the_one_who_stayed(desk: Desk) -> None:
    other = BIRTH.replace(CHILD_NUMBER, "079320990015").replace("150/2020", "151/2020")
    papers = [desk.file(scan(BIRTH)), desk.file(scan(other))]
    told("hold", "set", "--citizen", CHILD_NUMBER, "--reason", "lawsuit")
    stays, merged = (desk.tables.people.by_number(OFFICE, number) for number in ("079320990015", CHILD_NUMBER))
    assert stays
    assert merged
    RegisterBook(desk.store, desk.tables).merge(ACTOR, stays.citizen_id, merged.citizen_id)
    told("hold", "lift", "--citizen", "079320990015")
    assert told("hold", "list").stdout == ""
    assert [Holds(desk.tables).is_held(desk.tables.papers.get(OFFICE, one.document_id)) for one in papers] == [
        False
    ] * 2


def test_today_is_the_day_at_the_counter(desk: Desk) -> None:
    desk.file(scan(BIRTH))
    request = requests(desk).get(OFFICE, added(desk, "see"))
    assert abs((request.asked.received_on - local_day(datetime.now(UTC))).days) <= 1
