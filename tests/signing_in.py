"""Accounts for tests, and browsers and clients that are signed in."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.testclient import TestClient

from pipeline.entrance import Entrance, new_account
from pipeline.settings import Settings
from pipeline.web.app import build_app
from pipeline.wiring import open_tables
from schemas.access import Purpose, Role

HERE = "http://127.0.0.1:8460"
EVERY_ROLE: tuple[Role, ...] = ("counter", "reviewer", "head", "administrator")


def link_for(settings: Settings, *roles: Role, login: str = "officer") -> str:
    """The secret of a one-time link of an account with these roles, which is added when it is not there."""
    with open_tables(settings) as tables:
        tables.accounts.add(new_account(login, login.title(), settings.office_id, roles or EVERY_ROLE), None, "tests")
        return Entrance(tables.accounts, tables.sessions, settings.idle_minutes * 60).issue_link(login)


@contextmanager
def signed_in_client(
    settings: Settings, *roles: Role, purpose: Purpose | None = "citizen_request", login: str = "officer"
) -> Iterator[TestClient]:
    """The web process as an officer with these roles sees it, who has said why he looks."""
    with TestClient(build_app(settings), base_url=HERE, headers={"origin": HERE}, follow_redirects=False) as client:
        client.get("/", params={"token": link_for(settings, *roles, login=login)})
        if purpose:
            client.post("/purpose", data={"purpose": purpose})
        yield client
