"""Accounts for tests, and browsers and clients that are signed in."""

import re
import time
from base64 import b32decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import create_engine, update
from starlette.testclient import TestClient

from pipeline.adapters.database.access_tables import accounts, sessions
from pipeline.entrance import Entrance, new_account
from pipeline.second_factor import STEP_S, SecondFactor
from pipeline.settings import Settings
from pipeline.tickets import ticket_secret
from pipeline.web.app import build_app
from pipeline.wiring import open_tables
from schemas.access import Purpose, Role

HERE = "http://127.0.0.1:8460"
Browser = Callable[[], TestClient]
EVERY_ROLE: tuple[Role, ...] = ("counter", "reviewer", "head", "administrator")


def link_for(settings: Settings, *roles: Role, login: str = "officer") -> str:
    """The secret of a one-time link of an account with these roles, which is added when it is not there."""
    with open_tables(settings) as tables:
        tables.accounts.add(new_account(login, login.title(), settings.office_id, roles or EVERY_ROLE), None, "tests")
        return Entrance(tables.accounts, tables.sessions, settings.idle_minutes * 60).issue_link(login)


class Telephone:
    """Shows the codes of a secret, as it is typed in: base 32, in groups."""

    def __init__(self, secret: str) -> None:
        self._codes = TOTP(b32decode("".join(secret.split())), 6, SHA1(), STEP_S)  # noqa: S303 (as telephones do)

    @classmethod
    def from_page(cls, html: str) -> "Telephone":
        """That of somebody who types what the page of setting up shows."""
        return cls("".join(re.findall(r"<span>([A-Z2-7]{4})</span>", html)))

    def code(self, steps: int = 0) -> str:
        """The code of now, or of one step later: each is taken once, and nobody waits for the next."""
        return self.code_at(int(time.time()) + steps * STEP_S)

    def code_at(self, at_s: int) -> str:
        """The code of a moment in Unix seconds."""
        return self._codes.generate(at_s).decode()


def telephone_of(settings: Settings, login: str) -> Telephone:
    """A telephone for an account, which shows codes from now on; none was shown yet."""
    with open_tables(settings) as tables:
        found = tables.accounts.by_login(login)
        assert found
        tables.accounts.set_factor(found[0].office_id, found[0].account_id, "of tests", 0)
        factor = SecondFactor(tables.accounts, tables.tries, ticket_secret(settings))
        return Telephone(factor.offer(found[0], "of tests", "hoso").secret)


def let_proofs_grow_old(settings: Settings) -> None:
    """All sessions have shown eleven minutes ago that they are their people's; codes of then are none of now."""
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(update(sessions).values(proven_at=datetime.now(UTC) - timedelta(minutes=11)))
        connection.execute(update(accounts).where(accounts.c.factor_salt.is_not(None)).values(factor_step=0))
    engine.dispose()


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
