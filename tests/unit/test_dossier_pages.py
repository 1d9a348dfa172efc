"""The pages of dossiers and the API of comparing: what they show, who may, and that every look is traced."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.entrance import Entrance
from pipeline.passwords import hashed
from pipeline.settings import Settings
from pipeline.web.gate import COOKIE
from pipeline.wiring import open_tables
from schemas.access import AccessEntry, LogFilter, Role
from schemas.people import Actor
from tests.signing_in import let_proofs_grow_old, signed_in_client
from tests.unit.desk import open_desk
from tests.unit.dossier_office import a_dossier
from tests.unit.plain_papers import BIRTH, FORM_BY_HAND
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE, CODE, OTHER = "office-1", "H29.12.34-261120-0001", "H29.12.34-261120-0002"
LAN = Actor(office_id=OFFICE, actor_id="lan")


@contextmanager
def counter(folder: Path, *roles: Role, office_id: str = OFFICE) -> Iterator[TestClient]:
    settings = Settings(home=folder, office_id=office_id, office_name="UBND phường Tân An")
    with signed_in_client(settings, *roles, purpose=None, login=f"of-{office_id}") as client:
        client.app.state.archive.parsers = PlainParsers()  # type: ignore[attr-defined]
        yield client


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An office with a dossier of two papers, and another that is empty."""
    with open_desk(tmp_path, PlainParsers()) as desk:
        for code in (CODE, OTHER):
            desk.archive.dossiers.open(a_dossier(code=code, actor=LAN, procedure="birth_registration"))
        for paper in (BIRTH, FORM_BY_HAND):
            desk.file(scan(paper), actor=LAN, dossier_code=CODE)
    return tmp_path


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    with counter(home) as client:
        yield client


def to_compare(client: TestClient) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = client.get(f"/api/v1/dossiers/{CODE}/comparison").json()
    return shown


def looked(one: dict[str, Any], **said: str) -> dict[str, Any]:
    pages = list(range(1, one["pages"] + 1))
    return {"document_id": one["paper"]["document_id"], "sha256": one["sha256"], "pages": pages} | said


def confirmed(client: TestClient, *said: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/dossiers/{CODE}/confirmation", json={"papers": list(said)})


def traces(client: TestClient) -> tuple[AccessEntry, ...]:
    """The office's newest entries, newest first."""
    log = client.app.state.archive.tables.access_log  # type: ignore[attr-defined]
    return tuple(logged.entry for logged in log.find(OFFICE, LogFilter(), 20))


# Finding and opening


@pytest.mark.parametrize(
    "typed", [CODE, f" {CODE.lower()} ", f"hoso:missing:1:{CODE}", f"https://mot-cua.example/{CODE}|x"]
)
def test_a_code_as_typed_or_read_leads_to_its_dossier(client: TestClient, typed: str) -> None:
    answer = client.post("/dossiers/find", data={"code": typed})
    assert (answer.status_code, answer.headers.get("location")) == (303, f"/dossiers/{CODE}")


def test_a_code_that_cannot_be_one_is_refused_with_what_was_entered_kept(client: TestClient) -> None:
    answer = client.post("/dossiers", data={"code": "nonsense", "owner_name": "Trần Văn Mới"})
    assert answer.status_code == 422
    assert "Mã hồ sơ không đúng dạng." in answer.text
    assert 'value="Trần Văn Mới"' in answer.text


def test_a_dossier_of_another_office_is_not_found(home: Path) -> None:
    with counter(home, office_id="office-2") as client:
        assert client.get(f"/dossiers/{CODE}").status_code == 404
        assert CODE not in client.get("/dossiers").text


def test_papers_are_received_for_the_dossier_from_which_one_comes(client: TestClient) -> None:
    answer = client.post(f"/dossiers/{CODE}/receive")
    assert (answer.status_code, answer.headers["location"]) == (303, "/receive")
    assert CODE in client.get("/receive").text


# Comparing


def test_one_request_says_of_every_paper_what_it_is(client: TestClient) -> None:
    first, second = to_compare(client)
    answer = confirmed(client, looked(first, copy_kind="certified_copy"), looked(second, trouble="copy_incomplete"))
    told = answer.json()["papers"]
    assert told[0]["copy_kind"] == "certified_copy"
    assert told[0]["confirmed_at"] is not None
    assert told[1]["confirmed_at"] is None
    assert [reason["code"] for reason in told[1]["reasons"]][-1] == "copy_incomplete"


def test_what_was_not_looked_at_is_refused_with_its_code(client: TestClient) -> None:
    first, _ = to_compare(client)
    answer = confirmed(client, looked(first, copy_kind="original") | {"pages": []})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_looked_at")


def test_a_comparison_is_taken_back_by_its_id(client: TestClient) -> None:
    first, _ = to_compare(client)
    decision_id = confirmed(client, looked(first, copy_kind="original")).json()["decision_id"]
    undo = f"/api/v1/dossiers/{CODE}/confirmation/undo"
    assert client.post(undo, json={"decision_id": decision_id}).status_code == 204
    assert client.post(undo, json={"decision_id": decision_id}).json()["code"] == "cannot_undo"
    assert to_compare(client)[0]["stands"] == "open"


def test_an_undo_is_offered_to_the_officer_who_recorded_it(client: TestClient, home: Path) -> None:
    first, _ = to_compare(client)
    confirmed(client, looked(first, copy_kind="original"))
    assert "take-back" in client.get(f"/dossiers/{CODE}").text
    with signed_in_client(Settings(home=home, office_id=OFFICE), login="colleague") as other:
        assert "take-back" not in other.get(f"/dossiers/{CODE}").text


def long_there(settings: Settings, client: TestClient, login: str) -> None:
    """Go on as somebody with a password, who has not shown it for eleven minutes."""
    with open_tables(settings) as tables:
        found = tables.accounts.by_login(login)
        assert found
        tables.accounts.set_password(OFFICE, found[0].account_id, hashed("đèn dầu trên sông"), must_change=False)
        secret = Entrance(tables.accounts, tables.sessions, 900).admit(found[0], "link")
    client.cookies.clear()
    client.cookies.set(COOKIE, secret)
    let_proofs_grow_old(settings)


def test_anothers_comparison_is_not_taken_back_before_one_shows_who_one_is_and_ones_own_is(
    client: TestClient, home: Path
) -> None:
    first, _ = to_compare(client)
    said = {"decision_id": confirmed(client, looked(first, copy_kind="original")).json()["decision_id"]}
    settings = Settings(home=home, office_id=OFFICE)
    with signed_in_client(settings, login="colleague") as other:
        long_there(settings, other, "colleague")
        asked = other.post(f"/dossiers/{CODE}/take-back", data=said)
        assert (asked.status_code, said["decision_id"] in asked.text) == (403, True)
        by_script = other.post(f"/api/v1/dossiers/{CODE}/confirmation/undo", json=said)
        assert by_script.json()["code"] == "show_again"
    assert to_compare(client)[0]["stands"] != "open"
    long_there(settings, client, f"of-{OFFICE}")
    assert client.post(f"/dossiers/{CODE}/take-back", data=said).status_code == 303
    assert to_compare(client)[0]["stands"] == "open"


# The slip


def test_the_slip_is_a_pdf_by_page_and_by_api(client: TestClient) -> None:
    for answer in (client.post(f"/dossiers/{CODE}/slip"), client.get(f"/api/v1/dossiers/{CODE}/slip")):
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF")


def test_a_condition_that_was_answered_counts_on_what_is_printed(client: TestClient) -> None:
    with_answer = client.post(f"/dossiers/{CODE}/missing", data={"answer": ["by_proxy:no", ""]})
    assert with_answer.content != client.post(f"/dossiers/{CODE}/missing").content
    assert client.post(f"/dossiers/{CODE}/missing", data={"answer": "nothing:yes"}).status_code == 404


# Who may


@pytest.mark.parametrize(
    ("role", "page", "compare", "open_new"),
    [
        ("counter", 200, 200, 303),
        ("reviewer", 200, 403, 403),
        ("head", 200, 403, 403),
        ("auditor", 403, 403, 403),
        ("administrator", 403, 403, 403),
    ],
)
def test_each_role_may_what_it_is_for(home: Path, role: Role, page: int, compare: int, open_new: int) -> None:
    with counter(home, role) as client:
        assert client.get("/dossiers").status_code == page
        assert client.get(f"/dossiers/{CODE}").status_code == page
        assert client.post(f"/dossiers/{CODE}/slip").status_code == page
        assert client.get(f"/dossiers/{CODE}/compare").status_code == compare
        assert client.get(f"/api/v1/dossiers/{CODE}/comparison").status_code == compare
        new = {"code": "H29.12.34-261120-0009"}
        assert client.post("/dossiers", data=new).status_code == open_new


def test_who_may_not_confirm_writes_nothing(home: Path) -> None:
    with counter(home) as client:
        (first, _) = to_compare(client)
    with signed_in_client(Settings(home=home, office_id=OFFICE), "reviewer", login="reviewer") as reviewer:
        assert confirmed(reviewer, looked(first, copy_kind="original")).status_code == 403
    with counter(home) as client:
        assert to_compare(client)[0]["stands"] == "open"


# The trace


@pytest.mark.parametrize(
    ("method", "path", "access"),
    [
        ("GET", f"/dossiers/{CODE}", "look"),
        ("GET", f"/dossiers/{CODE}/compare", "look"),
        ("GET", f"/api/v1/dossiers/{CODE}/comparison", "look"),
        ("POST", f"/dossiers/{CODE}/slip", "print"),
        ("GET", f"/api/v1/dossiers/{CODE}/slip", "print"),
    ],
)
def test_each_look_names_the_papers_the_dossier_and_the_purpose(
    client: TestClient, method: str, path: str, access: str
) -> None:
    ids = {one["paper"]["document_id"] for one in to_compare(client)}
    before = len(traces(client))
    assert client.request(method, path).status_code == 200
    new = traces(client)[: len(traces(client)) - before]
    assert {(entry.access, entry.subject_id, entry.purpose) for entry in new} == {(access, CODE, "dossier")}
    assert {entry.document_id for entry in new} == ids


def test_the_pages_of_what_is_compared_belong_to_the_look_at_all_of_it(client: TestClient) -> None:
    client.get(f"/dossiers/{CODE}/compare")
    before = len(traces(client))
    for one in to_compare(client):
        answer = client.get(f"/papers/{one['paper']['document_id']}/pages/1/page?for=dossier")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    looks = traces(client)[: len(traces(client)) - before]
    assert [entry.subject_id for entry in looks] == [CODE] * len(looks)  # of the API's list alone


def test_a_confirmation_is_traced(client: TestClient) -> None:
    first, _ = to_compare(client)
    document_id = first["paper"]["document_id"]
    confirmed(client, looked(first, copy_kind="original"))
    decided, traced, *_ = traces(client)
    assert (traced.access, traced.document_id) == ("change", document_id)
    assert decided.access == "decide"
