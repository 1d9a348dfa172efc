"""The work list, calling and the figures, as pages and API give them: who may, what is shown, what is written."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.adapters.database.engine import Database
from pipeline.local_time import local_day
from pipeline.settings import Limits, Settings
from pipeline.work_desk import WorkDesk
from schemas.access import AccessEntry, LogFilter
from schemas.dossiers import Dossier, Party
from schemas.people import Actor
from tests.contract.examples import HUONG_NUMBER, a_field, file, hold, huong, receive
from tests.signing_in import signed_in_client
from tests.unit.desk import Desk

OFFICE, LAN = "phuong-a", "lan"
ACTOR = Actor(office_id=OFFICE, actor_id=LAN)
CODE = "H29.12.34-260302-0001"
NAME, PHONE = "Nguyễn Thị Hường", "0912345678"
NOW = datetime.now(UTC)
TODAY = local_day(NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, office_id=OFFICE, limits=Limits(parsers=1))


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with signed_in_client(settings, "counter", login=LAN) as one:
        yield one


@pytest.fixture
def dossier(client: TestClient) -> str:
    """Hường's dossier, due yesterday, without any paper."""
    body = {
        "code": CODE,
        "procedure": "temporary_residence",
        "owner_number": HUONG_NUMBER,
        "owner_name": NAME,
        "owner_phone": PHONE,
        "due_on": str(TODAY - timedelta(days=1)),
    }
    assert client.post("/api/v1/dossiers", json=body).status_code == 200
    return CODE


def entries(tables: Database) -> list[AccessEntry]:
    return [one.entry for one in tables.access_log.find(OFFICE, LogFilter(), 1000)]


def arrive(client: TestClient, tables: Database) -> str:
    """Hường's declaration, handed in now without a code; the id of the paper."""
    paper = file(
        tables,
        "chữ",
        actor=ACTOR,
        type="residence_declaration",
        type_confidence=0.97,
        people=(huong(role="declarant"),),
        filed_at=NOW,
        object_key="archive/x",
    )
    archive = client.app.state.archive  # type: ignore[attr-defined]  # Starlette's own application
    archive.dossiers.take_in([paper])
    return paper.document_id


def get_stuck(tables: Database, actor: Actor = ACTOR) -> str:
    submission = receive(tables, actor=actor)
    tables.leases.fail(hold(tables, submission), "store_away", None)
    return submission.submission_id


# -- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_tells_what_is_overdue_and_missing(client: TestClient, dossier: str) -> None:
    page = client.get("/work").text
    assert "Quá hẹn 1 ngày" in page
    assert "Tờ khai thay đổi thông tin cư trú" in page
    assert NAME in page
    assert PHONE not in page


def test_who_may_read_no_dossier_sees_none(
    settings: Settings, client: TestClient, dossier: str, tables: Database
) -> None:
    stuck = get_stuck(tables)
    with signed_in_client(settings, "administrator", login="operator") as operator:
        page, work = operator.get("/work").text, operator.get("/api/v1/work").json()
    assert NAME not in page
    assert CODE not in page
    assert stuck in page
    assert (work["due"], work["owing"], len(work["stuck"])) == ([], [], 1)


def test_what_will_be_tried_again_tells_when_and_why_and_asks_nobody(client: TestClient, tables: Database) -> None:
    submission = receive(tables)
    tables.leases.fail(hold(tables, submission), "store_away", 600)
    page, work = client.get("/work").text, client.get("/api/v1/work").json()
    assert "Sẽ tự thử lại lúc" in page
    assert "Kho lưu trữ đang không liên lạc được" in page
    assert "đã thử 1 lần" in page
    assert f"/work/submissions/{submission.submission_id}/retry" not in page
    assert (len(work["waiting"]), work["stuck"]) == (1, [])
    told = client.get(f"/api/v1/submissions/{submission.submission_id}").json()
    assert (told["state"], told["attempts"], told["reason"]["code"]) == ("retrying", 1, "store_away")
    assert told["retry_at"] > told["state_since"]


def test_looking_at_the_list_is_written_down_once_and_not_each_time_it_renews_itself(
    client: TestClient, dossier: str, tables: Database
) -> None:
    client.get("/work")
    client.get("/work/list", headers={"hoso-background": "1"})
    looks = [entry for entry in entries(tables) if entry.subject_id == "work"]
    assert [(entry.access, entry.purpose) for entry in looks] == [("look", "dossier")]


def test_a_paper_that_a_page_shows_for_the_first_time_is_written_down(
    client: TestClient, dossier: str, tables: Database
) -> None:
    client.get("/work")
    paper = arrive(client, tables)
    assert paper in client.get("/work/list", headers={"hoso-background": "1"}).text
    assert paper in {entry.document_id for entry in entries(tables)}


def test_what_was_written_down_of_a_dossier_and_holds_no_more_is_put_right(
    client: TestClient, dossier: str, tables: Database
) -> None:
    assert tables.work.owing(OFFICE, 9)
    for kind, role in (("residence_declaration", "declarant"), ("construction_permit", "investor")):
        file(tables, "x", actor=ACTOR, type=kind, people=(huong(role=role),), dossier_code=CODE, object_key="archive/x")
    assert client.get("/api/v1/work").json()["owing"] == []
    assert tables.work.owing(OFFICE, 9) == ()


# -- trying again -----------------------------------------------------------------------------------------------------


def test_a_stuck_submission_is_read_again(client: TestClient, tables: Database) -> None:
    stuck = get_stuck(tables)
    assert client.post(f"/api/v1/work/submissions/{stuck}/retry").json() == {"retried": True}


def test_what_is_not_stuck_is_not_tried_again(client: TestClient, tables: Database) -> None:
    waiting = receive(tables, actor=ACTOR).submission_id
    assert client.post(f"/api/v1/work/submissions/{waiting}/retry").json() == {"retried": False}


@pytest.mark.parametrize(("role", "status"), [("head", 403), ("reviewer", 403), ("administrator", 303)])
def test_trying_again_is_for_who_may(settings: Settings, tables: Database, role: str, status: int) -> None:
    stuck = get_stuck(tables)
    with signed_in_client(settings, role, login="somebody") as one:  # type: ignore[arg-type]  # a role by name
        assert one.get("/work").status_code == 200
        assert one.post(f"/work/submissions/{stuck}/retry").status_code == status


# -- proposals --------------------------------------------------------------------------------------------------------


def test_an_accepted_proposal_puts_the_paper_into_the_dossier_and_is_written_down(
    client: TestClient, dossier: str, tables: Database
) -> None:
    paper = arrive(client, tables)
    assert "Giấy vừa đến có thể thuộc hồ sơ" in client.get("/work").text
    form = {"code": CODE, "component": "application", "answer": "accept"}
    assert client.post(f"/work/proposals/{paper}", data=form).status_code == 303
    (component,) = tables.dossiers.components(OFFICE, CODE)
    assert (component.document_id, component.component) == (paper, "application")
    decided, traced, *_ = entries(tables)
    assert (traced.access, traced.document_id, traced.subject_id) == ("change", paper, CODE)
    assert (decided.access, decided.document_id) == ("decide", paper)


def test_a_declined_proposal_is_not_shown_again(client: TestClient, dossier: str, tables: Database) -> None:
    paper = arrive(client, tables)
    client.post(f"/work/proposals/{paper}", data={"code": CODE, "component": "application", "answer": "decline"})
    assert paper not in client.get("/work").text
    assert tables.dossiers.components(OFFICE, CODE) == ()


def test_a_proposal_that_was_met_otherwise_is_shown_no_more(client: TestClient, dossier: str, tables: Database) -> None:
    paper = arrive(client, tables)
    other = arrive(client, tables)
    body = {"component": "application", "document_id": other}
    assert client.post(f"/api/v1/dossiers/{CODE}/papers", json=body).status_code == 200
    assert paper not in client.get("/work").text


def test_only_who_may_write_dossiers_answers(
    settings: Settings, client: TestClient, dossier: str, tables: Database
) -> None:
    paper = arrive(client, tables)
    with signed_in_client(settings, "head", login="head") as head:
        assert "Đưa vào hồ sơ" not in head.get("/work").text
        form = {"code": CODE, "component": "application", "answer": "accept"}
        assert head.post(f"/work/proposals/{paper}", data=form).status_code == 403
    assert "Đưa vào hồ sơ" in client.get("/work").text


# -- calling ----------------------------------------------------------------------------------------------------------


def test_who_is_called_and_about_what_is_shown_and_the_look_written_down(
    client: TestClient, dossier: str, tables: Database
) -> None:
    page = client.get(f"/dossiers/{CODE}/call").text
    assert "0912 345 678" in page
    assert "Tờ khai thay đổi thông tin cư trú" in page
    newest = entries(tables)[0]
    assert (newest.access, newest.subject_id, newest.purpose) == ("look", CODE, "dossier")


def test_a_number_on_a_paper_of_the_dossier_is_shown_with_its_doubt(
    client: TestClient, dossier: str, tables: Database
) -> None:
    read = a_field("0988112233").model_copy(update={"needs_review": True})
    file(tables, "x", actor=ACTOR, type="residence_declaration", fields={"phone": read}, dossier_code=CODE)
    page = client.get(f"/dossiers/{CODE}/call").text
    assert "0988 112 233" in page
    assert "chưa chắc" in page
    assert page.index("0912 345 678") < page.index("0988 112 233")


def test_a_call_is_kept_and_shown_in_the_list(client: TestClient, dossier: str, tables: Database) -> None:
    day = TODAY + timedelta(days=2)
    form = {"outcome": "will_bring", "brings_on": str(day)}
    assert client.post(f"/dossiers/{CODE}/calls", data=form).headers["location"] == "/work"
    (call,) = tables.calls.of_dossier(OFFICE, CODE)
    assert (call.outcome, call.brings_on, call.actor) == ("will_bring", day, ACTOR)
    assert f"Hẹn mang giấy đến, hẹn ngày {day:%d/%m/%Y}" in client.get("/work").text
    assert client.get(f"/api/v1/dossiers/{CODE}/calls").json()[0]["outcome"] == "will_bring"


@pytest.mark.parametrize("day", [str(TODAY - timedelta(days=1)), "mai"])
def test_a_day_that_cannot_be_is_told_and_nothing_kept(
    client: TestClient, dossier: str, tables: Database, day: str
) -> None:
    answer = client.post(f"/dossiers/{CODE}/calls", data={"outcome": "will_bring", "brings_on": day})
    assert answer.status_code == 422
    assert "Ngày hẹn nộp" in answer.text
    assert tables.calls.of_dossier(OFFICE, CODE) == ()


def test_a_phone_number_is_added_by_who_calls(client: TestClient, dossier: str) -> None:
    saved = client.post(f"/dossiers/{CODE}/phone", data={"phone": "0977 888 999"})
    assert saved.headers["location"] == f"/dossiers/{CODE}/call"
    assert "0977 888 999" in client.get(f"/dossiers/{CODE}/call").text
    refused = client.post(f"/dossiers/{CODE}/phone", data={"phone": "chị Hường"})
    assert refused.status_code == 422
    assert "Số điện thoại không đúng" in refused.text


def test_a_number_that_stands_in_several_places_is_shown_once(desk: Desk) -> None:
    party = Party(name=NAME, phone=PHONE)
    dossier = Dossier(code=CODE, actor=ACTOR, source="opened", owner=party, submitted_by=party, received_at=NOW)
    assert [one.whose for one in WorkDesk(desk.archive).phones(dossier)] == ["submitted_by"]


# -- figures ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def head(settings: Settings, tables: Database) -> Iterator[TestClient]:
    """The head of an office where one paper was filed today, for a procedure."""
    file(tables, "x", actor=ACTOR, filed_at=NOW, procedure="birth_registration")
    with signed_in_client(settings, "head", login="head") as one:
        yield one


def test_the_figures_of_the_last_thirty_days_are_shown_at_first(head: TestClient) -> None:
    page = head.get("/figures").text
    assert f'value="{TODAY - timedelta(days=29)}"' in page
    assert page.count('role="img"') == 6
    assert "Đăng ký khai sinh" in page


def test_every_picture_has_its_sum_in_words(head: TestClient) -> None:
    label = f"Giấy tờ mỗi ngày, từ {TODAY - timedelta(days=6):%d/%m/%Y} đến {TODAY:%d/%m/%Y}: 1"
    assert f'aria-label="{label}"' in head.get("/figures", params={"days": 7}).text


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({"since": "2026-01-05", "until": "2026-02-03"}, date(2026, 1, 5), date(2026, 2, 3)),
        ({"since": "2026-02-03", "until": "2026-01-05"}, date(2026, 1, 5), date(2026, 2, 3)),
        ({"since": "2020-01-01", "until": "2026-01-05"}, date(2025, 1, 4), date(2026, 1, 5)),
    ],
)
def test_days_are_chosen_freely_a_year_at_most(
    head: TestClient, asked: dict[str, str], first: date, last: date
) -> None:
    page = head.get("/figures", params=asked).text
    assert f'name="since" type="date" value="{first}"' in page
    assert f"since={first}&until={last}&by=procedure" in page.replace("&amp;", "&")


def test_days_that_are_none_are_refused(head: TestClient) -> None:
    assert head.get("/figures", params={"since": "hôm qua"}).status_code == 422


def test_without_the_permission_no_figures_are_shown(client: TestClient) -> None:
    assert client.get("/figures").status_code == 403


def test_folders_of_the_inbox_that_nobody_knows_are_told(client: TestClient, settings: Settings) -> None:
    assert "strange-folders" not in client.get("/work").text
    (settings.inbox_path / "phuong-x").mkdir(parents=True)
    (settings.inbox_path / "phuong-x" / "a.pdf").write_text("scan")
    for page in ("/work", "/work/list"):
        assert "Hộp quét có 1 thư mục" in client.get(page).text
