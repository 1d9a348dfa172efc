"""The pages and the API of a visit: in pairs, without what is needed and with it; and what is written down."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.adapters.database.engine import Database
from pipeline.settings import Settings
from schemas.access import AccessEntry, LogFilter
from schemas.people import Actor
from tests.contract.examples import HUONG_NUMBER, a_field, file, huong
from tests.signing_in import signed_in_client

OFFICE, LAN = "phuong-a", "lan"
ACTOR = Actor(office_id=OFFICE, actor_id=LAN)
CODE = "H29.12.34-260302-0001"
FORM = {"procedure": "temporary_residence", "said": HUONG_NUMBER, "presence": "in_person", "reason": "hand_in"}


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with signed_in_client(settings, "counter", purpose=None, login=LAN) as one:
        yield one


@pytest.fixture
def papers(tables: Database) -> dict[str, str]:
    """Document ids of Hường's papers by type."""
    roles = {"land_use_certificate": "land_user", "marriage_certificate": "spouse_1", "health_certificate": "examined"}
    return {
        kind: file(
            tables, "x", type=kind, people=(huong(role=role),), fields={"document_number": a_field(f"{kind}-số")}
        ).document_id
        for kind, role in roles.items()
    }


def open_visit(client: TestClient, **changes: str) -> str:
    """The page's address."""
    answer = client.post("/visits", data=FORM | changes)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def entries(tables: Database) -> list[AccessEntry]:
    """The log, oldest first."""
    return [logged.entry for logged in reversed(tables.access_log.find(OFFICE, LogFilter(), 1000))]


def seen(tables: Database, access: str) -> set[str | None]:
    return {entry.document_id for entry in entries(tables) if entry.access == access}


# -- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/visit", "/visits/none", "/visits/none/who-looked", "/api/v1/visits/none"])
def test_without_the_permission_no_citizen_is_opened(settings: Settings, path: str) -> None:
    with signed_in_client(settings, "reviewer", "head", "auditor", "administrator") as client:
        assert "not_permitted" in client.get(path).text


def test_with_the_permission_the_counter_begins_with_the_citizen(client: TestClient) -> None:
    assert client.get("/").headers["location"] == "/visit"
    assert client.get("/visit").status_code == 200


def test_the_page_of_a_visit_opens_for_the_session_that_holds_it(client: TestClient, papers: dict[str, str]) -> None:
    page = client.get(open_visit(client))
    assert page.status_code == 200
    assert "Nguyễn Thị Hường" in page.text


def test_it_opens_for_no_other_session_of_the_same_officer(settings: Settings, client: TestClient) -> None:
    address = open_visit(client, name="Nguyễn Thị Hường")
    with signed_in_client(settings, "counter", login=LAN) as other:
        refused = other.get(address)
    assert refused.status_code == 403
    assert "visit_over" in refused.text
    assert "Hường" not in refused.text


def test_it_opens_for_no_other_office(settings: Settings, client: TestClient) -> None:
    address = open_visit(client, name="Nguyễn Thị Hường")
    elsewhere = settings.model_copy(update={"office_id": "phuong-b"})
    with signed_in_client(elsewhere, "counter", login="minh") as other:
        assert other.get(address).status_code == 404


@pytest.mark.parametrize("way", ["close", "sign out", "another purpose"])
def test_an_ended_visit_opens_for_nobody(client: TestClient, tables: Database, way: str) -> None:
    address = open_visit(client, name="Nguyễn Thị Hường")
    match way:
        case "close":
            assert client.post(f"{address}/close").headers["location"] == "/visit"
        case "sign out":
            client.post("/sign-out")
        case _:
            client.post("/purpose", data={"purpose": "citizen_request"})
    assert client.get(address).status_code in (303, 403)
    assert tables.visits.get(OFFICE, address.rpartition("/")[2]).closed_at is not None


# -- opening ----------------------------------------------------------------------------------------------------------


def test_a_qr_code_alone_opens_nobody(client: TestClient, papers: dict[str, str]) -> None:
    said = f"{HUONG_NUMBER}||Nguyễn Thị Hường|17051990|Nữ|Hà Nội|01012022"
    answer = client.post(
        "/visits", data={name: value for name, value in FORM.items() if name != "presence"} | {"said": said}
    )
    assert answer.status_code == 422
    assert "Hãy ghi căn cứ để xem giấy tờ" in answer.text
    assert "temporary_residence" in answer.text


def test_a_form_that_comes_back_keeps_what_was_said(client: TestClient, papers: dict[str, str]) -> None:
    answer = client.post("/visits", data=FORM | {"presence": "authority", "by_name": "Lê Thị Mai"})
    assert answer.status_code == 422
    assert 'value="Lê Thị Mai"' in answer.text
    assert 'value="temporary_residence" required checked' in answer.text


def test_finding_shows_birth_year_and_the_end_of_the_number_only(client: TestClient, tables: Database) -> None:
    file(tables, "x", people=(huong(date_of_birth="1990-05-17"),))
    part = client.post("/visit/find", data={"said": "nguyen thi huong"}).text
    assert "sinh 1990 · số cuối 2345" in part
    assert HUONG_NUMBER not in part
    assert [entry.access for entry in entries(tables)][-1:] == ["search"]


def test_looking_for_somebody_else_is_not_done_for_the_open_visits_sake(
    client: TestClient, tables: Database, papers: dict[str, str]
) -> None:
    open_visit(client)
    client.post("/visit/find", data={"said": "nguyen thi huong"})
    assert (entries(tables)[-1].access, entries(tables)[-1].visit_id) == ("search", None)


# -- within a visit ---------------------------------------------------------------------------------------------------


def test_opening_and_looking_are_written_down_with_the_visit(
    client: TestClient, tables: Database, papers: dict[str, str]
) -> None:
    address = open_visit(client)
    client.get(address)
    opened, looked = [entry for entry in entries(tables) if entry.access in ("open_citizen", "look")]
    assert opened.purpose == looked.purpose == "visit"
    assert opened.visit_id == looked.visit_id == address.rpartition("/")[2]
    assert looked.document_id == papers["land_use_certificate"]


def test_what_does_not_matter_is_folded_away_until_it_is_unfolded(
    client: TestClient, tables: Database, papers: dict[str, str]
) -> None:
    address = open_visit(client)
    folded = client.get(address).text
    assert papers["land_use_certificate"] in folded
    assert papers["marriage_certificate"] not in folded
    assert papers["marriage_certificate"] not in seen(tables, "look")
    assert papers["marriage_certificate"] in client.post(f"{address}/others").text
    assert papers["marriage_certificate"] in seen(tables, "look")


def test_sensitive_papers_are_neither_named_nor_opened_without_a_reason(
    client: TestClient, tables: Database, papers: dict[str, str]
) -> None:
    address, health = open_visit(client), papers["health_certificate"]
    for page in (
        client.get(address),
        client.post(f"{address}/others"),
        client.post(f"{address}/sensitive", data={"kind": "health", "reason": " "}),
    ):
        assert "Giấy tờ sức khỏe (1)" in page.text
        assert health not in page.text
        assert "Giấy khám sức khỏe" not in page.text
    assert seen(tables, "look_sensitive") == set()


def test_with_a_reason_they_are_shown_once_and_traced_by_themselves(
    client: TestClient, tables: Database, papers: dict[str, str]
) -> None:
    address, health = open_visit(client), papers["health_certificate"]
    page = client.post(f"{address}/sensitive", data={"kind": "health", "reason": "đổi giấy phép lái xe"})
    assert health in page.text
    assert seen(tables, "look_sensitive") == {health}
    assert health not in client.get(address).text


def test_a_refused_reuse_says_why_in_words(client: TestClient, papers: dict[str, str]) -> None:
    address = open_visit(client)
    body = {"component": "dwelling", "document_id": papers["land_use_certificate"], "code": CODE}
    page = client.post(f"{address}/uses", data=body)
    assert page.status_code == 422
    assert "Chưa dùng lại được: cần đối chiếu với bản chính" in page.text


def test_a_reuse_without_a_dossier_asks_for_its_code(client: TestClient, papers: dict[str, str]) -> None:
    address = open_visit(client)
    page = client.post(f"{address}/uses", data={"component": "dwelling", "document_id": papers["land_use_certificate"]})
    assert (page.status_code, "Mã hồ sơ không đúng dạng" in page.text) == (422, True)


def test_an_answer_leads_back_to_the_visit(client: TestClient, papers: dict[str, str]) -> None:
    address = open_visit(client, procedure="birth_registration")
    answer = client.post(f"{address}/answers", data={"condition": "by_proxy", "answer": "no"})
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert "Không cần" in client.get(address).text


def test_known_values_are_traced_as_such(client: TestClient, tables: Database, papers: dict[str, str]) -> None:
    address = open_visit(client, procedure="land_change")
    page = client.post(f"{address}/known", data={"form": "land_change_application"})
    assert 'data-copy="Nguyễn Thị Hường"' in page.text
    assert "prefill" in {entry.access for entry in entries(tables)}


# -- the strip, and who looked ----------------------------------------------------------------------------------------


def test_the_open_visit_is_shown_on_every_page_of_who_may_open_citizens(
    client: TestClient, papers: dict[str, str]
) -> None:
    assert "visit-strip" not in client.get("/receive").text
    open_visit(client)
    for path in ("/receive", "/search", "/visit"):
        assert "Nguyễn Thị Hường" in client.get(path).text


def test_it_is_not_shown_to_who_may_no_more(client: TestClient, tables: Database, papers: dict[str, str]) -> None:
    open_visit(client)
    (account,) = tables.accounts.of_office(OFFICE)
    tables.accounts.change(account.model_copy(update={"roles": ("reviewer",)}))
    assert "Nguyễn Thị Hường" not in client.get("/search").text


def test_who_looked_names_officers_and_procedures_and_no_sensitive_paper(
    client: TestClient, tables: Database, papers: dict[str, str]
) -> None:
    address = open_visit(client)
    client.get(address)
    client.post(f"{address}/sensitive", data={"kind": "health", "reason": "đổi giấy phép lái xe"})
    page = client.get(f"{address}/who-looked").text
    assert "<td>Lan</td>" in page
    assert "Tiếp công dân làm thủ tục: Đăng ký tạm trú" in page
    assert "Xem giấy tờ nhạy cảm: Giấy tờ sức khỏe" in page
    assert "Giấy khám sức khỏe" not in page


def test_printing_who_looked_is_written_down(client: TestClient, tables: Database, papers: dict[str, str]) -> None:
    address = open_visit(client)
    assert client.post(f"{address}/who-looked/printed").status_code == 204
    assert entries(tables)[-1].access == "print"


# -- the API ----------------------------------------------------------------------------------------------------------


def api_body(**changes: Any) -> dict[str, Any]:
    showing = {"presence": "in_person"}
    return {"procedure": "birth_registration", "reason": "advice", "said": HUONG_NUMBER, "showing": showing} | changes


def test_a_program_opens_answers_and_closes_a_visit(client: TestClient, papers: dict[str, str]) -> None:
    opened = client.post("/api/v1/visits", json=api_body())
    assert opened.status_code == 201
    address = f"/api/v1/visits/{opened.json()['visit']['visit_id']}"
    answered = client.post(f"{address}/answers", json={"by_proxy": True}).json()
    assert {row["id"]: row["applies"] for row in answered["rows"]}["authorization"] == "yes"
    assert client.post(f"{address}/dossier", json={"code": CODE}).json()["visit"]["dossier_code"] == CODE
    assert client.post(f"{address}/close").status_code == 204
    assert client.get(address).json()["code"] == "visit_over"


def test_the_api_counts_sensitive_papers_and_names_none(client: TestClient, papers: dict[str, str]) -> None:
    view = client.post("/api/v1/visits", json=api_body())
    assert view.json()["sensitive_papers"] == {"health": 1}
    assert papers["health_certificate"] not in view.text


def test_the_api_opens_nobody_without_presence(client: TestClient) -> None:
    body = api_body()
    del body["showing"]
    assert client.post("/api/v1/visits", json=body).status_code == 422
    incomplete = client.post("/api/v1/visits", json=api_body(showing={"presence": "authority"}))
    assert incomplete.json()["code"] == "showing_incomplete"
