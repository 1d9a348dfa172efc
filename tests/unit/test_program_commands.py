"""`hoso token` and `hoso hook`, as an operator types them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import tokens
from pipeline.cli import app
from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from pipeline.settings import Settings
from pipeline.wiring import open_tables
from tests.unit.test_hook_sender import Listener


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOSO_HOME", str(tmp_path))
    return tmp_path


def told(*arguments: str) -> str:
    return CliRunner().invoke(app, arguments, catch_exceptions=False).stdout


def add_service() -> None:
    told("account", "add", "one-stop", "--role", "service", "--no-password")


def test_a_token_is_made_and_opens_what_it_names(home: Path) -> None:
    add_service()
    secret = told("token", "add", "one-stop", "--scope", "papers.read").strip()
    assert secret.startswith("hoso_")
    with open_tables(Settings(home=home)) as tables:
        signed = tokens.who(tables.tokens, secret)
    assert signed is not None
    assert signed.permissions == {"papers.read"}


def test_a_list_of_tokens_shows_no_secret() -> None:
    add_service()
    secret = told("token", "add", "one-stop", "--scope", "papers.read", "--name", "The one-stop system").strip()
    shown = told("token", "list")
    assert "The one-stop system" in shown
    assert secret not in shown


def test_a_revoked_token_opens_nothing(home: Path) -> None:
    add_service()
    secret = told("token", "add", "one-stop", "--scope", "papers.read").strip()
    told("token", "revoke", told("token", "list").splitlines()[1].split()[0])
    with open_tables(Settings(home=home)) as tables:
        assert tokens.who(tables.tokens, secret) is None


def test_a_token_is_made_for_no_one_who_is_not_there() -> None:
    with pytest.raises(NotFound, match="no_such_account"):
        told("token", "add", "nobody", "--scope", "papers.read")


def test_a_token_holds_a_year_at_most() -> None:
    add_service()
    assert told("token", "add", "one-stop", "--scope", "papers.read", "--days", "367") == ""


def test_a_webhook_is_added_tried_and_removed() -> None:
    listener = Listener(204, 503)
    try:
        hook_id, secret = told("hook", "add", listener.url).split()
        assert secret.startswith("whsec_")
        told("hook", "test", hook_id)
        with pytest.raises(ServiceUnavailable, match="hook_away"):
            told("hook", "test", hook_id)
        assert listener.url in told("hook", "list")
        told("hook", "remove", hook_id)
        assert listener.url not in told("hook", "list")
    finally:
        listener.close()


def test_a_webhook_elsewhere_must_be_https() -> None:
    with pytest.raises(ScanRejected, match="bad_hook_url"):
        told("hook", "add", "http://one-stop.example/")
