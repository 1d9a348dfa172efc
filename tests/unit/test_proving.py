"""Before something grave one shows again who one is, and loses nothing of what one was about to do."""

import re
from html import unescape

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pipeline import tokens
from pipeline.entrance import Entrance, new_account
from pipeline.passwords import hashed
from pipeline.settings import Settings
from pipeline.web.gate import COOKIE
from pipeline.web.proving import FIELD
from pipeline.wiring import open_tables
from schemas.access import Account, LogFilter, Role
from tests.signing_in import Browser, let_proofs_grow_old, signed_in_client, telephone_of

PASSWORD = "đèn dầu trên sông"  # noqa: S105 (of an invented officer)
NEW = {"login": "lan.nguyen", "name": "Nguyễn Thị “Lan” <b>", "roles": ["reviewer", "counter"]}


def admitted(settings: Settings, client: TestClient, *roles: Role, login: str = "quan") -> Account:
    """Sign in as somebody with a password, who has shown eleven minutes ago that it is he."""
    with open_tables(settings) as tables:
        tables.accounts.add(new_account(login, "Quân", settings.office_id, roles), hashed(PASSWORD), "tests")
        found = tables.accounts.by_login(login)
        assert found
        secret = Entrance(tables.accounts, tables.sessions, 900).admit(found[0], "link")
    client.cookies.set(COOKIE, secret)
    let_proofs_grow_old(settings)
    return found[0]


def fields_of(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return [(unescape(name), unescape(value)) for name, value in found]


def logins(settings: Settings) -> set[str]:
    with open_tables(settings) as tables:
        return {one.login for one in tables.accounts.of_office(settings.office_id)}


def test_who_has_shown_it_lately_is_not_asked(settings: Settings, browser: Browser) -> None:
    client = browser()
    admitted(settings, client, "counter")
    assert client.post("/me/sessions/end", data={"session_id": "x"}).status_code == 403
    assert client.post("/me/sessions/end", data={"session_id": "x", FIELD: PASSWORD}).status_code == 303
    assert client.post("/me/sessions/end", data={"session_id": "x"}).status_code == 303


def test_what_was_typed_is_sent_anew_with_the_password_and_done_once(settings: Settings, browser: Browser) -> None:
    client = browser()
    admitted(settings, client, "administrator")
    page = client.post("/accounts", data=NEW)
    assert (page.status_code, logins(settings)) == (403, {"quan"})
    assert 'action="/accounts"' in page.text
    kept = fields_of(page.text)
    assert kept == [("login", NEW["login"]), ("name", NEW["name"]), ("roles", "reviewer"), ("roles", "counter")]
    sent = {name: [value for key, value in kept if key == name] for name, _ in kept}
    assert client.post("/accounts", data=sent | {FIELD: PASSWORD}).status_code == 200
    assert logins(settings) == {"quan", "lan.nguyen"}


def test_a_wrong_password_does_nothing_loses_nothing_and_is_logged(settings: Settings, browser: Browser) -> None:
    client = browser()
    admitted(settings, client, "administrator")
    page = client.post("/accounts", data=NEW | {FIELD: "một câu khác hẳn"})
    assert "không đúng" in page.text
    assert "một câu khác hẳn" not in page.text
    assert len(fields_of(page.text)) == 4
    assert logins(settings) == {"quan"}
    with open_tables(settings) as tables:
        (entry,) = tables.access_log.find(settings.office_id, LogFilter(actor_id="quan"), 9)
    assert entry.entry.access == "sign_in_refused"


def test_guessing_there_waits_as_it_does_at_the_door(settings: Settings, browser: Browser) -> None:
    client = browser()
    admitted(settings, client, "administrator")
    for _ in range(5):
        client.post("/accounts", data=NEW | {FIELD: "một câu khác hẳn"})
    page = client.post("/accounts", data=NEW | {FIELD: PASSWORD})
    assert "Hãy chờ rồi thử lại" in page.text
    assert logins(settings) == {"quan"}


def test_who_has_a_second_factor_shows_a_code_and_not_the_password(settings: Settings, browser: Browser) -> None:
    client = browser()
    with open_tables(settings) as tables:
        account = new_account("quan", "Quân", settings.office_id, ["administrator"])
        assert tables.accounts.add(account, hashed(PASSWORD), "tests")
    telephone = telephone_of(settings, "quan")
    admitted(settings, client, "administrator")
    assert "one-time-code" in client.post("/accounts", data=NEW).text
    assert client.post("/accounts", data=NEW | {FIELD: PASSWORD}).status_code == 403
    assert logins(settings) == {"quan"}
    assert client.post("/accounts", data=NEW | {FIELD: telephone.code()}).status_code == 200


def test_who_came_by_the_link_of_this_machine_and_has_no_password_is_not_asked(settings: Settings) -> None:
    with signed_in_client(settings, "administrator", purpose=None) as client:
        let_proofs_grow_old(settings)
        assert client.post("/accounts", data=NEW).status_code == 200


def test_who_signs_in_by_the_provider_does_so_again_in_another_tab(settings: Settings, browser: Browser) -> None:
    client = browser()
    with open_tables(settings) as tables:
        account = new_account("dung", "Dũng", settings.office_id, ["administrator"])
        tables.accounts.add(account, None, "tests")
        entrance = Entrance(tables.accounts, tables.sessions, 900)
        client.cookies.set(COOKIE, entrance.enter(account, "provider"))
        let_proofs_grow_old(settings)
        page = client.post("/accounts", data=NEW)
        assert (page.status_code, 'href="/sign-in/provider?' in page.text) == (403, True)
        client.cookies.set(COOKIE, entrance.enter(account, "provider"))  # as the provider's page comes back
        sent = {name: [value for key, value in fields_of(page.text) if key == name] for name in NEW}
        assert client.post("/accounts", data=sent).status_code == 200


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("administrator", "/accounts"),
        ("administrator", "/accounts/none"),
        ("administrator", "/accounts/none/code/off"),
        ("administrator", "/accounts/none/identity"),
        ("administrator", "/accounts/none/link"),
        ("administrator", "/accounts/none/sessions/end"),
        ("administrator", "/accounts/none/state"),
        ("administrator", "/accounts/tokens/end"),
        ("head", "/destructions/none/answer"),
        ("counter", "/me/code"),
        ("counter", "/me/sessions/end"),
    ],
)
def test_what_is_grave_asks_first(settings: Settings, browser: Browser, role: Role, path: str) -> None:
    client = browser()
    admitted(settings, client, role)
    page = client.post(path, data={"x": "y"})
    assert (page.status_code, fields_of(page.text)) == (403, [("x", "y")])


def test_who_may_not_do_it_at_all_is_refused_and_not_asked(settings: Settings, browser: Browser) -> None:
    client = browser()
    admitted(settings, client, "counter")
    assert "not_permitted" in client.post("/accounts", data=NEW).text


def test_a_script_with_a_session_is_told_and_a_program_with_a_token_is_not_asked(
    settings: Settings, browser: Browser
) -> None:
    client = browser()
    account = admitted(settings, client, "administrator", "service")
    assert client.delete("/api/v1/tokens/none").json()["code"] == "show_again"
    with open_tables(settings) as tables:
        made = tokens.issue(tables.tokens, account.actor, account, "one-stop", ["accounts.manage"], 1)
    program = browser()
    answer = program.delete("/api/v1/tokens/none", headers={"authorization": f"Bearer {made[1]}"})
    assert answer.json()["code"] == "no_such_token"


@rules(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(min_size=1, max_size=9), st.text(max_size=30)), max_size=6))
def test_any_fields_come_through_as_they_were(
    settings: Settings, browser: Browser, sent: list[tuple[str, str]]
) -> None:
    client = browser()
    admitted(settings, client, "counter")
    form: dict[str, list[str]] = {}
    for name, value in sent:
        if name != FIELD and name.isprintable() and value.isprintable():
            form.setdefault(name, []).append(value)
    page = client.post("/me/sessions/end", data=form)
    assert page.status_code == 403
    assert sorted(fields_of(page.text)) == sorted((name, one) for name, values in form.items() for one in values)
