"""The administrator's pages: adding accounts, roles, locking out, links, identities and sessions."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from pipeline import tokens
from pipeline.entrance import new_account
from pipeline.passwords import hashed
from pipeline.settings import Settings
from pipeline.web.app import build_app
from pipeline.wiring import open_tables
from schemas.access import Account, LogFilter
from tests.signing_in import HERE, signed_in_client

SUBJECT = "https://id.example 7"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    secret = SecretStr("of the client")
    return Settings(home=tmp_path, oidc_issuer="https://id.example", oidc_client_id="hoso", oidc_client_secret=secret)


@pytest.fixture
def admin(settings: Settings) -> Iterator[TestClient]:
    with signed_in_client(settings, "administrator", purpose=None, login="admin") as client:
        yield client


def known(settings: Settings, login: str) -> Account:
    with open_tables(settings) as tables:
        found = tables.accounts.by_login(login)
    assert found
    return found[0]


def add(settings: Settings, login: str = "lan", office_id: str = "local") -> Account:
    with open_tables(settings) as tables:
        account = new_account(login, "Nguyễn Thị Lan", office_id, ["counter"])
        assert tables.accounts.add(account, hashed("đèn dầu trên sông"), "tests")
    return account


def linked(settings: Settings, page: str) -> int:
    """What the link on a page of the administrator opens, in another browser."""
    (secret,) = re.findall(r"token=([\w-]+)", page)
    with TestClient(build_app(settings), base_url=HERE, follow_redirects=False) as browser:
        browser.get("/", params={"token": secret})
        return int(browser.get("/me/password").status_code)


def test_an_account_is_added_with_a_link_to_a_password_of_its_own(settings: Settings, admin: TestClient) -> None:
    said = {"login": " Lan.Nguyen", "name": "Nguyễn Thị Lan", "roles": ["reviewer", "counter"]}
    page = admin.post("/accounts", data=said)
    assert known(settings, "lan.nguyen").roles == ("counter", "reviewer")
    assert known(settings, "lan.nguyen").must_change
    assert linked(settings, page.text) == 200


@pytest.mark.parametrize(
    "said",
    [
        {"login": "", "name": "Lan", "roles": ["counter"]},
        {"login": "nguyễn lan", "name": "Lan", "roles": ["counter"]},
        {"login": "lan", "name": "Lan", "roles": ["king"]},
        {"login": "lan", "name": "Lan"},
    ],
)
def test_an_account_without_login_or_role_is_not_added(settings: Settings, admin: TestClient, said: object) -> None:
    assert admin.post("/accounts", data=said).status_code == 422
    with open_tables(settings) as tables:
        assert len(tables.accounts.of_office(None)) == 1


def test_a_login_that_is_taken_is_told(settings: Settings, admin: TestClient) -> None:
    add(settings)
    answer = admin.post("/accounts", data={"login": "lan", "name": "Lan", "roles": ["counter"]})
    assert (answer.status_code, "Tên đăng nhập này đã có" in answer.text) == (422, True)


def test_name_and_roles_are_changed_and_the_change_is_in_the_log(settings: Settings, admin: TestClient) -> None:
    account = add(settings)
    admin.post(f"/accounts/{account.account_id}", data={"name": "Lan", "roles": ["head"]})
    assert (known(settings, "lan").name, known(settings, "lan").roles) == ("Lan", ("head",))
    with open_tables(settings) as tables:
        (entry, *_) = tables.access_log.find("local", LogFilter(actor_id="admin"), 9)
    assert (entry.entry.access, entry.entry.subject_id) == ("account", account.account_id)


def test_an_account_is_disabled_and_enabled_again(settings: Settings, admin: TestClient) -> None:
    account = add(settings)
    admin.post(f"/accounts/{account.account_id}/state", data={"state": "disabled"})
    assert known(settings, "lan").disabled_at is not None
    admin.post(f"/accounts/{account.account_id}/state", data={"state": "enabled"})
    assert known(settings, "lan").disabled_at is None


def test_nobody_locks_himself_out(settings: Settings, admin: TestClient) -> None:
    own = known(settings, "admin").account_id
    answers = [
        admin.post(f"/accounts/{own}/state", data={"state": "disabled"}),
        admin.post(f"/accounts/{own}", data={"name": "Admin", "roles": ["counter"]}),
        admin.post(f"/accounts/{own}/link"),
    ]
    assert [one.status_code for one in answers] == [403, 403, 403]
    assert all("own_account" in one.text for one in answers)


def test_a_forgotten_password_is_taken_away_for_a_link(settings: Settings, admin: TestClient) -> None:
    account = add(settings)
    page = admin.post(f"/accounts/{account.account_id}/link").text
    with open_tables(settings) as tables:
        assert tables.accounts.by_login("lan") == (account.model_copy(update={"must_change": True}), None)
    assert linked(settings, page) == 200


def test_an_identity_that_waits_is_bound_and_waits_no_more(settings: Settings, admin: TestClient) -> None:
    account = add(settings)
    with open_tables(settings) as tables:
        tables.newcomers.add(SUBJECT, "Lan")
        assert "Lan" in admin.get("/accounts").text
        admin.post(f"/accounts/{account.account_id}/identity", data={"subject": SUBJECT})
        assert tables.newcomers.waiting() == ()
        assert known(settings, "lan").oidc_subject == SUBJECT
        admin.post(f"/accounts/{account.account_id}/identity")
        assert known(settings, "lan").oidc_subject is None


def test_an_identity_that_never_came_is_not_bound(settings: Settings, admin: TestClient) -> None:
    account = add(settings)
    answer = admin.post(f"/accounts/{account.account_id}/identity", data={"subject": SUBJECT})
    assert answer.status_code == 404
    assert known(settings, "lan").oidc_subject is None


def test_the_tokens_of_programs_are_shown_and_ended(settings: Settings, admin: TestClient) -> None:
    with open_tables(settings) as tables:
        service = new_account("one-stop", "Một cửa điện tử", "local", ["service"])
        assert tables.accounts.add(service, None, "tests")
        token, secret = tokens.issue(tables.tokens, service.actor, service, "Cổng tỉnh", ["papers.receive"], 30)
    page = admin.get("/accounts").text
    for told in ("Cổng tỉnh", "Một cửa điện tử", "tiếp nhận giấy tờ", "chưa dùng"):
        assert told in page
    assert secret not in page
    assert admin.post("/accounts/tokens/end", data={"token_id": token.token_id}).status_code == 303
    assert "Cổng tỉnh" not in admin.get("/accounts").text
    with open_tables(settings) as tables:
        assert tokens.who(tables.tokens, secret) is None


def test_an_administrator_ends_anothers_session(settings: Settings, admin: TestClient) -> None:
    with signed_in_client(settings, login="minh") as other, open_tables(settings) as tables:
        minh = known(settings, "minh")
        account_id = minh.account_id
        session = tables.sessions.of_account(minh.office_id, account_id)[0].session_id
        assert session in admin.get(f"/accounts/{account_id}").text
        admin.post(f"/accounts/{account_id}/sessions/end", data={"session_id": session})
        assert other.get("/me").status_code == 303


def test_accounts_of_another_office_are_not_there(settings: Settings, admin: TestClient) -> None:
    account = add(settings, "far", "elsewhere")
    assert "far" not in admin.get("/accounts").text
    assert admin.get(f"/accounts/{account.account_id}").status_code == 404
    assert admin.post(f"/accounts/{account.account_id}/link").status_code == 404
