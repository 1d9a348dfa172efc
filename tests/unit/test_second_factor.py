"""The second factor: codes of a telephone, who has to show them, and how they are set up and taken off."""

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from typer.testing import CliRunner

from pipeline.adapters.database.engine import Database
from pipeline.cli.account import app as account_command
from pipeline.entrance import new_account
from pipeline.errors import Forbidden
from pipeline.passwords import hashed
from pipeline.second_factor import STEP_S, SecondFactor, step_of
from pipeline.settings import Settings
from pipeline.wiring import open_tables
from schemas.access import Account, LogFilter, Role
from tests.signing_in import Browser, Telephone, link_for, signed_in_client, telephone_of

PASSWORD = "đèn dầu trên sông"  # noqa: S105 (of an invented officer)
RFC_SECRET = b"12345678901234567890"


def add(settings: Settings, *roles: Role, login: str = "quan") -> Account:
    with open_tables(settings) as tables:
        account = new_account(login, "Quân", settings.office_id, roles or ["administrator"])
        assert tables.accounts.add(account, hashed(PASSWORD), "tests")
    return account


def password_of(client: TestClient, login: str = "quan", back: str = "/me") -> str:
    answer = client.post("/sign-in", data={"login": login, "password": PASSWORD, "next": back})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def show(client: TestClient, code: str) -> int:
    return int(client.post("/sign-in/code", data={"code": code, "next": "/me"}).status_code)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.mark.parametrize(
    ("at_s", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(at_s: int, code: str) -> None:
    """RFC 6238, appendix B: the last six digits."""
    assert step_of(RFC_SECRET, code, at_s) == at_s // STEP_S


@given(st.integers(0, 2**35), st.integers(-3, 3))
def test_a_code_is_taken_one_step_either_side_and_no_further(at_s: int, moved: int) -> None:
    code = Telephone("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").code_at(at_s)
    found = step_of(RFC_SECRET, code, max(at_s + moved * STEP_S, 0))
    if abs(moved) <= 1:
        assert found is not None
    else:  # Another step may have the same six digits.
        assert found != at_s // STEP_S or at_s < 3 * STEP_S


@given(st.text())
def test_whatever_else_is_typed_is_no_code(typed: str) -> None:
    digits = "".join(typed.split())
    assert step_of(RFC_SECRET, typed, 59) is None or (len(digits), digits.isascii()) == (6, True)


def test_the_first_page_of_an_administrator_sets_up_his_codes(settings: Settings, browser: Browser) -> None:
    add(settings)
    client = browser()
    assert password_of(client) == "/me"
    assert client.get("/accounts").headers["location"] == "/me/code"
    assert client.get("/api/v1/tokens").json()["code"] == "code_first"
    telephone = Telephone.from_page(client.get("/me/code").text)
    assert client.post("/me/code", data={"code": wrong(telephone.code())}).status_code == 403
    assert client.get("/accounts").status_code == 303
    early, late = telephone.code(), telephone.code(1)
    assert client.post("/me/code", data={"code": f" {early[:3]} {early[3:]}"}).status_code == 303
    assert client.get("/accounts").status_code == 200
    client.post("/sign-out")
    assert password_of(client, back="/accounts") == "/sign-in/code?next=%2Faccounts"
    assert client.get("/accounts").headers["location"].startswith("/sign-in?")
    assert show(client, late) == 303
    assert client.get("/accounts").status_code == 200


@pytest.mark.parametrize(
    ("role", "led"), [("administrator", True), ("head", True), ("counter", False), ("auditor", False)]
)
def test_administrators_and_heads_have_to_set_up_codes_and_others_may(
    settings: Settings, browser: Browser, role: Role, led: bool
) -> None:
    add(settings, role)
    client = browser()
    password_of(client)
    assert (client.get("/me").status_code == 303) == led
    assert client.get("/me/code").status_code == 200


def test_who_becomes_an_administrator_sets_up_codes_before_he_goes_on(settings: Settings, browser: Browser) -> None:
    account = add(settings, "counter")
    client = browser()
    password_of(client)
    assert client.get("/me").status_code == 200
    with open_tables(settings) as tables:
        tables.accounts.change(account.model_copy(update={"roles": ("administrator",)}))
    assert client.get("/me").headers["location"] == "/me/code"


def test_a_link_of_this_machine_lets_an_administrator_in_without_codes(settings: Settings) -> None:
    with signed_in_client(settings, "administrator", purpose=None) as client:
        assert client.get("/accounts").status_code == 200


def test_not_even_a_link_spares_the_code_of_who_has_set_one_up(settings: Settings, browser: Browser) -> None:
    add(settings)
    telephone = telephone_of(settings, "quan")
    client = browser()
    answer = client.get("/", params={"token": link_for(settings, login="quan")})
    assert answer.headers["location"] == "/sign-in/code"
    assert client.get("/me").status_code == 303
    assert show(client, telephone.code()) == 303
    assert client.get("/me").status_code == 200


def test_a_code_is_never_taken_twice(settings: Settings, browser: Browser) -> None:
    add(settings)
    code = telephone_of(settings, "quan").code()
    first, second = browser(), browser()
    password_of(first)
    password_of(second)
    assert (show(first, code), show(second, code)) == (303, 403)
    assert second.get("/me").status_code == 303


def test_after_five_wrong_codes_even_the_right_one_waits_and_a_password_makes_it_no_shorter(
    settings: Settings, browser: Browser
) -> None:
    add(settings)
    telephone = telephone_of(settings, "quan")
    client = browser()
    for _ in range(5):
        password_of(client)
        assert show(client, wrong(telephone.code())) == 403
    password_of(client)
    assert show(client, telephone.code()) == 429
    with open_tables(settings) as tables:
        entries = tables.access_log.find(settings.office_id, LogFilter(actor_id="quan"), 9)
    assert {one.entry.access for one in entries} == {"sign_in_refused"}


def test_without_half_a_session_no_code_opens_anything(settings: Settings, browser: Browser) -> None:
    add(settings)
    code = telephone_of(settings, "quan").code()
    client = browser()
    assert client.post("/sign-in/code", data={"code": code}).headers["location"] == "/sign-in"
    password_of(client)
    assert show(client, code) == 303


def test_the_picture_and_the_letters_tell_the_same_secret(settings: Settings, browser: Browser) -> None:
    add(settings)
    client = browser()
    password_of(client)
    page = client.get("/me/code").text
    told = urlsplit(read_qr(page))
    assert (told.scheme, told.netloc) == ("otpauth", "totp")
    assert Telephone(parse_qs(told.query)["secret"][0]).code() == Telephone.from_page(page).code()
    assert "style=" not in page


def read_qr(page: str) -> str:
    """What a camera reads of the drawing on the page."""
    side = int(page.split('viewBox="-4 -4 ')[1].split(maxsplit=1)[0])
    modules = np.full((side, side), 255, np.uint8)
    for square in page.split('<path d="M')[1].split('"', maxsplit=1)[0].split("M"):
        x, y = square.removesuffix("h1v1h-1z").split()
        modules[int(y) + 4, int(x) + 4] = 0
    (code,) = zxingcpp.read_barcodes(np.kron(modules, np.ones((6, 6), np.uint8)))
    return code.text


def test_neither_database_nor_log_tells_the_secret(settings: Settings, browser: Browser) -> None:
    add(settings)
    client = browser()
    password_of(client)
    telephone = Telephone.from_page(client.get("/me/code").text)
    client.post("/me/code", data={"code": telephone.code()})
    with open_tables(settings) as tables:
        account = tables.accounts.of_office(settings.office_id)[0]
        salt = tables.accounts.factor(account.office_id, account.account_id)
        assert salt
        ours, others = (SecondFactor(tables.accounts, tables.tries, one) for one in (key(settings), b"another's"))
        assert Telephone(ours.offer(account, salt, "hoso").secret).code() == telephone.code()
        assert Telephone(others.offer(account, salt, "hoso").secret).code() != telephone.code()


def key(settings: Settings) -> bytes:
    return (settings.home_path / "run" / "link.key").read_bytes()


def test_an_administrator_takes_anothers_codes_off_and_not_his_own(settings: Settings, browser: Browser) -> None:
    account = add(settings, "head", login="tu")
    telephone_of(settings, "tu")
    with signed_in_client(settings, "administrator", purpose=None, login="admin") as admin:
        assert "code/off" in admin.get(f"/accounts/{account.account_id}").text
        assert admin.post(f"/accounts/{account.account_id}/code/off").status_code == 303
        assert "code/off" not in admin.get(f"/accounts/{account.account_id}").text
        with open_tables(settings) as tables:
            own = tables.accounts.by_login("admin")
            log = tables.access_log.find(settings.office_id, LogFilter(actor_id="admin"), 9)
            (entry,) = [one for one in log if one.entry.access == "account"]
        assert own
        assert entry.entry.subject_id == account.account_id
        assert admin.post(f"/accounts/{own[0].account_id}/code/off").status_code == 403
    client = browser()
    assert password_of(client, "tu") == "/me"
    assert client.get("/me").headers["location"] == "/me/code"


def test_the_operator_takes_codes_off_by_a_command(
    settings: Settings, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSO_HOME", str(settings.home_path))
    add(settings)
    telephone_of(settings, "quan")
    assert password_of(browser()) != "/me"
    assert CliRunner().invoke(account_command, ["code-off", "quan"]).exit_code == 0
    assert password_of(browser()) == "/me"


def test_codes_of_another_secret_of_the_installation_are_not_taken(tables: Database) -> None:
    account = new_account("quan", "Quân", "phuong-a", ["administrator"])
    tables.accounts.add(account, None, "tests")
    for name, taken in (("one", True), ("another", False)):
        tables.accounts.set_factor("phuong-a", account.account_id, "salt", 0)
        here = SecondFactor(tables.accounts, tables.tries, name.encode())
        code = Telephone(SecondFactor(tables.accounts, tables.tries, b"one").offer(account, "salt", "x").secret).code()
        if taken:
            here.show(account, code, "10.0.0.7")
        else:
            with pytest.raises(Forbidden, match="wrong_code"):
                here.show(account, code, "10.0.0.7")
