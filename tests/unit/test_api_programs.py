"""Programs and the API: tokens, idempotency keys, entity tags, download links; in pairs, with and without."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline import tokens
from pipeline.entrance import new_account
from pipeline.errors import ScanRejected
from pipeline.settings import Settings
from pipeline.tickets import ticket_secret
from pipeline.web.app import build_app
from pipeline.wiring import open_tables
from schemas.access import AccessEntry, LogFilter, Permission, Role
from schemas.dossier import Paper
from schemas.people import Actor
from tests.signing_in import HERE, signed_in_client
from tests.unit.desk import open_desk
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE, CODE = "office-1", "H29.12.34-261120-0001"
EVERY_SCOPE: tuple[Permission, ...] = ("dossiers.read", "dossiers.write", "papers.read", "papers.receive")
BODY = {"code": CODE, "procedure": "1.001612"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, office_id=OFFICE)


@pytest.fixture
def paper(settings: Settings) -> Paper:
    with open_desk(settings.home_path, PlainParsers()) as desk:
        return desk.file(scan(BIRTH), actor=Actor(office_id=OFFICE, actor_id="lan"))


@pytest.fixture
def program(settings: Settings) -> Iterator[TestClient]:
    """The API as a program with a token sees it."""
    with TestClient(build_app(settings), base_url=HERE, headers=bearer(settings)) as client:
        yield client


def bearer(
    settings: Settings, *scopes: Permission, roles: tuple[Role, ...] = ("service",), days: int = 90
) -> dict[str, str]:
    with open_tables(settings) as tables:
        tables.accounts.add(new_account("one-stop", "One-stop", OFFICE, roles), None, "tests")
        account = tables.accounts.of_office(OFFICE)[0]
        _, secret = tokens.issue(tables.tokens, settings.actor, account, "test", scopes or EVERY_SCOPE, days)
    return {"authorization": f"Bearer {secret}"}


def logged(settings: Settings) -> list[AccessEntry]:
    with open_tables(settings) as tables:
        return [one.entry for one in tables.access_log.find(OFFICE, LogFilter(), 99)]


def test_a_token_lets_a_program_in_without_a_session_or_an_origin(program: TestClient) -> None:
    assert program.post("/api/v1/dossiers", json=BODY).status_code == 200


@pytest.mark.parametrize("shown", ["Bearer hoso_made-up", "Bearer ", "Basic aG9zbzpob3Nv"])
def test_what_is_no_token_lets_nobody_in(settings: Settings, program: TestClient, shown: str) -> None:
    answer = program.get("/api/v1/submissions", headers={"authorization": shown})
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_may_do_what_its_scopes_name_and_nothing_else(settings: Settings, program: TestClient) -> None:
    reading = bearer(settings, "papers.read")
    assert program.get("/api/v1/papers/none", headers=reading).json()["code"] == "no_such_paper"
    assert program.get("/api/v1/submissions", headers=reading).json()["code"] == "not_permitted"


def test_a_token_is_given_to_services_only_and_never_more_than_their_roles_permit(settings: Settings) -> None:
    with pytest.raises(ScanRejected, match="bad_scope"):
        bearer(settings, "accounts.manage")
    with open_tables(settings) as tables:
        account = tables.accounts.of_office(OFFICE)[0].model_copy(update={"roles": ("counter",)})
        with pytest.raises(ScanRejected, match="not_a_service"):
            tokens.issue(tables.tokens, settings.actor, account, "test", ["papers.read"], 1)


def test_what_a_program_looks_at_is_logged_as_integration_for_the_dossier_it_names(
    settings: Settings, paper: Paper, program: TestClient
) -> None:
    program.get(f"/api/v1/papers/{paper.document_id}", headers={"hoso-on-behalf": CODE})
    (entry,) = logged(settings)
    assert (entry.access, entry.purpose, entry.document_id, entry.subject_id) == (
        "look",
        "integration",
        paper.document_id,
        CODE,
    )


def test_whom_a_program_asks_for_is_a_dossier_and_no_name(settings: Settings, program: TestClient) -> None:
    answer = program.get("/api/v1/submissions", headers={"hoso-on-behalf": "Nguyen Van A"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")


def test_a_token_opens_no_page(settings: Settings, program: TestClient) -> None:
    assert program.get("/search", follow_redirects=False).headers["location"].startswith("/sign-in")


def test_a_token_is_made_listed_and_revoked_by_the_api(settings: Settings) -> None:
    with signed_in_client(settings, "administrator", "service", purpose=None) as admin:
        account_id = app_account(settings)
        body = {"account_id": account_id, "name": "One-stop", "scopes": ["papers.read"]}
        made = admin.post("/api/v1/tokens", json=body).json()
        assert made["secret"].startswith("hoso_")
        shown = {"authorization": f"Bearer {made['secret']}"}
        assert admin.get("/api/v1/papers/none", headers=shown).status_code == 404
        listed = admin.get("/api/v1/tokens").json()
        assert [one["token_id"] for one in listed["tokens"]] == [made["token"]["token_id"]]
        assert made["secret"] not in json.dumps(listed)
        assert admin.delete(f"/api/v1/tokens/{made['token']['token_id']}").status_code == 204
        assert admin.get("/api/v1/papers/none", headers=shown).status_code == 401


def app_account(settings: Settings) -> str:
    with open_tables(settings) as tables:
        return tables.accounts.of_office(OFFICE)[0].account_id


def test_a_request_sent_twice_is_done_once_and_answered_alike(program: TestClient) -> None:
    key = {"idempotency-key": "6f9b2e"}
    first, again = (program.post("/api/v1/dossiers", json=BODY, headers=key) for _ in range(2))
    assert first.json()["outcome"] == "added"
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["idempotency-replayed"] == "true"


def test_without_a_key_it_is_done_twice(program: TestClient) -> None:
    answers = [program.post("/api/v1/dossiers", json=BODY).json()["outcome"] for _ in range(2)]
    assert answers == ["added", "unchanged"]


def test_a_key_serves_one_request(program: TestClient) -> None:
    key = {"idempotency-key": "6f9b2e"}
    program.post("/api/v1/dossiers", json=BODY, headers=key)
    other = program.post("/api/v1/dossiers", json={"code": CODE}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_used")


def test_an_upload_that_is_sent_again_is_known_though_its_form_is_parted_otherwise(program: TestClient) -> None:
    def send(boundary: str) -> Any:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
        body = head.encode() + scan(BIRTH) * 5000 + f"\r\n--{boundary}--\r\n".encode()
        kind = {"content-type": f"multipart/form-data; boundary={boundary}", "idempotency-key": "upload-1"}
        return program.post("/api/v1/submissions", content=body, headers=kind)

    first, again = send("one"), send("another")
    assert first.status_code == 202, first.text
    assert again.json()["submission_id"] == first.json()["submission_id"]
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("key", ["", "x" * 201, "hai từ".encode().decode("latin-1")])
def test_a_key_of_another_form_is_refused(program: TestClient, key: str) -> None:
    headers = {"idempotency-key": key.encode("latin-1")}
    answer = program.post("/api/v1/dossiers", json=BODY, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_key")


def test_a_refusal_is_kept_as_well(program: TestClient) -> None:
    key = {"idempotency-key": "6f9b2e"}
    answers = [program.post("/api/v1/dossiers", json={"code": "H29"}, headers=key) for _ in range(2)]
    assert [answer.json()["code"] for answer in answers] == ["bad_dossier_code"] * 2
    assert "idempotency-replayed" in answers[1].headers


def test_of_requests_sent_at_once_one_is_done(program: TestClient) -> None:
    def send(_: int) -> Any:
        return program.post("/api/v1/dossiers", json=BODY, headers={"idempotency-key": "6f9b2e"})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    told = [answer.json() for answer in answers]
    assert {one.get("outcome", one.get("code")) for one in told} <= {"added", "being_answered"}
    assert all(answer.status_code in (200, 409) for answer in answers)


def test_a_secret_is_neither_kept_nor_told_twice_nor_made_twice(settings: Settings) -> None:
    with signed_in_client(settings, "administrator", purpose=None) as admin:
        body, key = {"url": "https://one-stop.example/hoso"}, {"idempotency-key": "hook-1"}
        made = admin.post("/api/v1/webhooks", json=body, headers=key).json()
        again = admin.post("/api/v1/webhooks", json=body, headers=key)
        assert (again.status_code, again.json()["code"]) == (409, "shown_once")
        assert [one["hook_id"] for one in admin.get("/api/v1/webhooks").json()["webhooks"]] == [
            made["webhook"]["hook_id"]
        ]


def test_what_was_fetched_before_is_not_sent_again_until_it_changes(
    settings: Settings, paper: Paper, program: TestClient
) -> None:
    path = f"/api/v1/submissions/{paper.submission_id}"
    tag = program.get(path).headers["etag"]
    same = program.get(path, headers={"if-none-match": f'"other", {tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert program.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_without_the_scope_to_read_papers_a_submission_tells_how_far_it_is_and_no_more(
    settings: Settings, paper: Paper, program: TestClient
) -> None:
    path = f"/api/v1/submissions/{paper.submission_id}"
    whole = program.get(path).json()
    receiving = program.get(path, headers=bearer(settings, "papers.receive")).json()
    assert (len(whole["papers"]), receiving["papers"], receiving["files"]) == (1, [], [])
    assert receiving["state"] == whole["state"] == "done"


def test_a_file_is_tagged_by_its_content(paper: Paper, program: TestClient) -> None:
    path = f"/api/v1/papers/{paper.document_id}/pdf"
    tag = program.get(path).headers["etag"]
    assert tag == f'"{paper.sha256}"'
    assert program.get(path, headers={"if-none-match": tag}).status_code == 304


def test_what_somebody_else_changed_is_not_confirmed_by_who_saw_it_before(settings: Settings, paper: Paper) -> None:
    path, looked_at = f"/api/v1/papers/{paper.document_id}", {"sha256": paper.sha256, "pages": [1]}
    with signed_in_client(settings, "counter") as officer:
        tag = officer.get(path).headers["etag"]
        first, late = (
            officer.post(f"{path}/confirmation", json={**looked_at, "copy_kind": kind}, headers={"if-match": tag})
            for kind in ("original", "photocopy")
        )
    assert first.status_code == 200
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")


def link(program: TestClient, paper: Paper, **wanted: Any) -> str:
    answer = program.post(f"/api/v1/papers/{paper.document_id}/links", json=wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"]).removeprefix(HERE)


def test_a_link_gives_its_file_without_signing_in_and_is_logged(
    settings: Settings, paper: Paper, program: TestClient
) -> None:
    url = link(program, paper)
    program.headers.pop("authorization")
    answer = program.get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    entry = logged(settings)[0]
    assert (entry.access, entry.purpose, entry.actor.actor_id) == ("download", "integration", "one-stop")


@pytest.mark.parametrize("spoil", [lambda url: url[:-2] + "AA", lambda url: url.replace("/downloads/", "/downloads/x")])
def test_a_link_that_was_altered_gives_nothing(paper: Paper, program: TestClient, spoil: Callable[[str], str]) -> None:
    answer = program.get(spoil(link(program, paper)))
    assert (answer.status_code, answer.json()["code"]) == (403, "bad_ticket")


def test_a_link_whose_time_is_over_gives_nothing(
    paper: Paper, program: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = link(program, paper, seconds=1)

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.fromtimestamp(datetime.now(UTC).timestamp() + 2, tz)

    monkeypatch.setattr("pipeline.tickets.datetime", Later)
    assert program.get(url).status_code == 403


def test_a_link_of_a_disabled_account_gives_nothing(settings: Settings, paper: Paper, program: TestClient) -> None:
    url = link(program, paper)
    with open_tables(settings) as tables:
        account = tables.accounts.of_office(OFFICE)[0]
        tables.accounts.change(account.model_copy(update={"disabled_at": account.created_at}))
    assert program.get(url).status_code == 403


def test_the_secret_of_links_is_made_once_and_is_its_owners_only(settings: Settings) -> None:
    first = ticket_secret(settings)
    assert ticket_secret(settings) == first
    assert (settings.home_path / "run" / "link.key").stat().st_mode & 0o777 == 0o600


def test_submissions_are_listed_page_by_page(settings: Settings, paper: Paper, program: TestClient) -> None:
    with open_desk(settings.home_path, PlainParsers()) as desk:
        other = desk.file(scan(BIRTH, "trang hai"), actor=Actor(office_id=OFFICE, actor_id="lan"))
    first = program.get("/api/v1/submissions", params={"limit": 1}).json()
    second = program.get("/api/v1/submissions", params={"limit": 1, "after": first["next"]}).json()
    ids = [one["submission_id"] for one in (*first["submissions"], *second["submissions"])]
    assert ids == [other.submission_id, paper.submission_id]
    assert second["next"] is None
