"""Every route with every role and with nobody signed in, as the routes themselves say: in pairs, without and with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.entrance import Entrance, new_account
from pipeline.settings import Limits, Settings
from pipeline.web.app import build_app
from pipeline.web.gate import COOKIE
from pipeline.web.upload_api import VERSION
from schemas.access import Account, Role
from tests.permissions import ROLES, Asked, routes_of, table
from tests.signing_in import HERE

_NOT_SIGNED_IN, _REFUSED = (303, 401), 403
_BEYOND_RIGHTS = ("not_signed_in", "not_permitted")


class Office:
    """A web process, and sessions of accounts with one role each."""

    def __init__(self, app: FastAPI, client: TestClient) -> None:
        self.routes, self._client = routes_of(app), client
        self._entrance: Entrance = app.state.entrance
        tables = app.state.archive.tables
        self._sessions = tables.sessions
        self._accounts: dict[Role, Account] = {role: new_account(role, role.title(), "local", [role]) for role in ROLES}
        for account in self._accounts.values():
            assert tables.accounts.add(account, None, "tests")

    def ask(self, route: Asked, role: Role | None) -> tuple[int, str]:
        """Ask for a route with made-up ids: the status, and a code that tells of rights if there is one."""
        self._client.cookies.clear()
        if role is not None:  # Each time anew: some routes end the session.
            secret = self._entrance.enter(self._accounts[role], "link")
            self._client.cookies.set(COOKIE, secret)
            signed = self._entrance.who(secret, by_person=True)
            assert signed
            self._sessions.set_purpose(signed.session_id, "citizen_request", None)
        address = route.address(dict.fromkeys(route.parameters(), "none"))
        answer = self._client.request(route.method, address)
        refused = answer.status_code in (401, 403)
        return answer.status_code, next((code for code in _BEYOND_RIGHTS if refused and code in answer.text), "")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    app = build_app(Settings(home=tmp_path_factory.mktemp("home"), limits=Limits(parsers=1)))
    # Uploads first of all refuse who does not speak their protocol.
    headers = {"origin": HERE, "tus-resumable": VERSION}
    with TestClient(app, base_url=HERE, headers=headers, follow_redirects=False) as client:
        yield Office(app, client)


def test_nobody_gets_in_without_a_session_except_where_all_may(office: Office) -> None:
    closed = [route for route in office.routes if not route.is_open]
    assert len(closed) > 30
    through = [route for route in closed if office.ask(route, None)[0] not in _NOT_SIGNED_IN]
    assert through == []


@pytest.mark.parametrize("role", ROLES)
def test_without_the_permission_every_route_refuses(office: Office, role: Role) -> None:
    wanting = [route for route in office.routes if not route.admits(role)]
    assert wanting
    answers = {route: office.ask(route, role) for route in wanting}
    assert {route: answer for route, answer in answers.items() if answer != (_REFUSED, "not_permitted")} == {}


@pytest.mark.parametrize("role", ROLES)
def test_with_the_permission_no_route_refuses_for_want_of_it(office: Office, role: Role) -> None:
    admitted = [route for route in office.routes if route.admits(role)]
    assert admitted
    answers = {route: office.ask(route, role) for route in admitted}
    assert {route: answer for route, answer in answers.items() if answer[1] or answer[0] == 500} == {}


def test_the_table_in_the_documents_is_that_of_the_routes(office: Office) -> None:
    written = Path(__file__).parents[2] / "docs" / "permissions.md"
    assert written.read_text() == table(office.routes), "make permissions"
