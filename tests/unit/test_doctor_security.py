"""`hoso doctor --security`: real servers on loopback that are shut or open, and offices with good and bad habits."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

import pytest
import typer
from pydantic import SecretStr

from pipeline import tokens
from pipeline.adapters.exposure import ask_flow_server, ask_http, ask_tls, clock_is_set, listening_everywhere
from pipeline.adapters.hot_folder import HotFolder
from pipeline.cli import doctor_security
from pipeline.cli.doctor import Doubt, Wrong, doctor
from pipeline.cli.doctor_security import security_checks
from pipeline.entrance import new_account
from pipeline.passwords import hashed
from pipeline.settings import Settings
from pipeline.wiring import open_tables
from schemas.access import AccessEntry, Role
from tests.services.processes import free_port
from tests.signing_in import telephone_of
from tests.topology.certificate import make_certificate

CHECKS = security_checks()
LONG_AGO = datetime.now(UTC) - timedelta(days=100)
STRONG = "6f0d4f4f3c118f0e6f0c1c1e5d579a35"  # of no server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return Settings(home=home)


class Answers(BaseHTTPRequestHandler):
    """Answers every request with the server's status and headers."""

    def do_GET(self) -> None:
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        for name, value in self.server.told.items():  # type: ignore[attr-defined]
            self.send_header(name, value)
        self.end_headers()

    do_POST = do_GET  # noqa: N815 (http.server's name)

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def serving(status: int = 200, told: dict[str, str] | None = None, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a server that answers so."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.status, server.told = status, told or {}  # type: ignore[attr-defined]
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    pair = tmp_path / "tls" / "certificate.pem", tmp_path / "tls" / "key.pem"
    make_certificate(*pair, "127.0.0.1")
    return pair


def server_side(certificate: tuple[Path, Path], *, old: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    if old:
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def test_a_proxy_with_new_tls_alone_and_a_known_certificate_is_well(
    settings: Settings, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with serving(tls=server_side(certificate)) as url:
        says = CHECKS["tls"](settings.model_copy(update={"web_url": url}))
    assert type(says) is str
    assert says.startswith("TLSv1.3, nothing older")


def test_a_certificate_that_this_machine_does_not_know_is_doubted(
    settings: Settings, certificate: tuple[Path, Path]
) -> None:
    with serving(tls=server_side(certificate)) as url:
        assert isinstance(CHECKS["tls"](settings.model_copy(update={"web_url": url})), Doubt)


def test_a_proxy_that_still_speaks_old_tls_is_wrong(settings: Settings, certificate: tuple[Path, Path]) -> None:
    with serving(tls=server_side(certificate, old=True)) as url:
        assert isinstance(CHECKS["tls"](settings.model_copy(update={"web_url": url})), Wrong)


def test_nobody_there_is_told_and_not_taken_for_well(settings: Settings) -> None:
    port = free_port()
    assert ask_tls("127.0.0.1", port) is None
    assert ask_http(f"http://127.0.0.1:{port}") is None
    nowhere = settings.model_copy(update={"web_url": f"https://127.0.0.1:{port}"})
    for name in ("tls", "headers", "closed pages"):
        assert isinstance(CHECKS[name](nowhere), Doubt), name


def test_an_address_without_tls_is_wrong_unless_it_is_this_machine(settings: Settings) -> None:
    assert isinstance(CHECKS["address"](settings.model_copy(update={"web_url": "http://hoso.example"})), Wrong)
    assert type(CHECKS["address"](settings.model_copy(update={"web_url": "http://127.0.0.1:8460"}))) is str


def test_headers_that_a_proxy_took_away_are_named(settings: Settings) -> None:
    with serving(told=doctor_security._HEADERS) as url:
        assert type(CHECKS["headers"](settings.model_copy(update={"web_url": url}))) is str
    less = {name: said for name, said in doctor_security._HEADERS.items() if name != "x-frame-options"}
    with serving(told=less) as url:
        says = CHECKS["headers"](settings.model_copy(update={"web_url": url}))
    assert isinstance(says, Wrong)
    assert "x-frame-options" in says


@pytest.mark.parametrize(("status", "level"), [(401, str), (200, Wrong)])
def test_pages_that_answer_without_signing_in_are_wrong(settings: Settings, status: int, level: type[str]) -> None:
    with serving(status) as url:
        assert type(CHECKS["closed pages"](settings.model_copy(update={"web_url": url}))) is level


@pytest.mark.parametrize(("status", "answer"), [(401, "refused"), (403, "refused"), (200, "open")])
def test_a_flow_server_is_asked_as_a_stranger(status: int, answer: str) -> None:
    with serving(status) as url:
        assert ask_flow_server(f"{url}/api") == answer
    assert ask_flow_server(f"http://127.0.0.1:{free_port()}/api") == "away"


def test_a_port_that_listens_on_all_addresses_is_seen_and_one_of_loopback_is_not() -> None:
    with socket.create_server(("0.0.0.0", 0)) as wide, socket.create_server(("127.0.0.1", 0)) as narrow:  # noqa: S104
        heard = listening_everywhere()
        assert wide.getsockname()[1] in heard
        assert narrow.getsockname()[1] not in heard


def test_a_server_of_ours_that_listens_on_all_addresses_is_wrong(settings: Settings) -> None:
    with socket.create_server(("0.0.0.0", 0)) as wide:  # noqa: S104
        url = f"postgresql://hoso:{STRONG}@127.0.0.1:{wide.getsockname()[1]}/hoso"
        assert isinstance(CHECKS["ports"](settings.model_copy(update={"database": url})), Wrong)


def test_a_home_that_others_can_read_is_wrong_and_told_how_to_shut(settings: Settings) -> None:
    assert type(CHECKS["files"](settings)) is str
    settings.home_path.chmod(0o755)
    says = CHECKS["files"](settings)
    assert isinstance(says, Wrong)
    assert f"chmod 700 {settings.home_path}" in says


def test_an_inbox_that_hoso_makes_itself_is_shut_to_others(settings: Settings) -> None:
    HotFolder(settings.inbox_path)
    assert type(CHECKS["files"](settings)) is str
    settings.inbox_path.chmod(0o775)
    assert f"chmod 770 {settings.inbox_path}" in CHECKS["files"](settings)


@pytest.mark.parametrize("password", ["", "hoso", "password12345678"])
def test_a_weak_password_of_the_database_is_wrong(settings: Settings, password: str) -> None:
    weak = settings.model_copy(update={"database": f"postgresql://hoso:{password}@127.0.0.1:{free_port()}/hoso"})
    assert isinstance(CHECKS["database"](weak), Wrong)
    strong = settings.model_copy(update={"database": f"postgresql://hoso:{STRONG}@127.0.0.1:{free_port()}/hoso"})
    assert isinstance(CHECKS["database"](strong), Doubt)  # nobody answers


def test_a_database_on_another_machine_is_doubted_without_checked_tls(settings: Settings) -> None:
    far = settings.model_copy(update={"database": f"postgresql://hoso:{STRONG}@db.example.vn/hoso"})
    assert "sslmode=verify-full" in CHECKS["database"](far)


def test_keys_that_a_store_came_with_are_wrong(settings: Settings) -> None:
    keys = {"s3_access_key": SecretStr("minioadmin"), "s3_secret_key": SecretStr("minioadmin")}
    given = settings.model_copy(update={"store": f"s3:http://127.0.0.1:{free_port()}/hoso", **keys})
    assert isinstance(CHECKS["object store"](given), Wrong)


def test_a_secret_in_the_environment_is_doubted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(CHECKS["secrets"](settings)) is str
    monkeypatch.setenv("HOSO_S3_SECRET_KEY", STRONG)
    assert "HOSO_S3_SECRET_KEY" in CHECKS["secrets"](settings)
    assert STRONG not in CHECKS["secrets"](settings)


def test_a_short_link_key_is_wrong(settings: Settings) -> None:
    assert isinstance(CHECKS["secrets"](settings.model_copy(update={"link_key": SecretStr("key")})), Wrong)


@pytest.mark.parametrize(("is_set", "level"), [(True, str), (False, Doubt), (None, Doubt)])
def test_a_clock_that_nobody_sets_is_doubted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, is_set: bool | None, level: type[str]
) -> None:
    assert clock_is_set() in (True, False, None)  # of this machine
    monkeypatch.setattr(doctor_security, "clock_is_set", lambda: is_set)
    assert type(CHECKS["clock"](settings)) is level


def add(settings: Settings, login: str, *roles: Role) -> None:
    with open_tables(settings) as tables:
        account = new_account(login, login.title(), "local", roles).model_copy(update={"created_at": LONG_AGO})
        assert tables.accounts.add(account, None, "tests")


def test_a_package_of_another_version_than_any_the_lock_has_is_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, installed = tmp_path / "requirements.lock", version("numpy")
    monkeypatch.setattr(doctor_security, "_LOCK", lock)
    lock.write_text(f"numpy==1.0 ; python_version < '3.2' \\\nnumpy=={installed} ; python_version > '3.2' \\\n")
    assert type(CHECKS["versions"](settings)) is str
    lock.write_text("numpy==1.0 \\\n")
    told = CHECKS["versions"](settings)
    assert isinstance(told, Doubt)
    assert f"numpy {installed}" in told


def test_an_account_that_did_nothing_for_90_days_is_named(settings: Settings) -> None:
    add(settings, "lan", "counter")
    assert "lan" in CHECKS["unused accounts"](settings)
    with open_tables(settings) as tables:
        account = tables.accounts.of_office("local")[0]
        tables.access_log.write(AccessEntry(at=datetime.now(UTC), actor=account.actor, access="sign_in"))
    assert CHECKS["unused accounts"](settings) == "none"


def test_an_administrator_with_another_role_is_named(settings: Settings) -> None:
    assert isinstance(CHECKS["administrators"](settings), Doubt)  # there is none
    add(settings, "quan", "administrator")
    assert type(CHECKS["administrators"](settings)) is str
    add(settings, "minh", "administrator", "counter")
    assert "minh" in CHECKS["administrators"](settings)


def test_heads_and_administrators_without_codes_are_named(settings: Settings) -> None:
    add(settings, "lan", "counter")
    assert type(CHECKS["codes"](settings)) is str
    add(settings, "hoa", "head")
    add(settings, "quan", "administrator")
    add(settings, "minh", "head")  # comes by a provider
    with open_tables(settings) as tables:
        for one in tables.accounts.of_office("local"):
            if one.login != "minh":
                tables.accounts.set_password("local", one.account_id, hashed(STRONG), must_change=False)
    told = CHECKS["codes"](settings)
    assert isinstance(told, Doubt)
    assert [login for login in ("hoa", "lan", "minh", "quan") if login in told] == ["hoa", "quan"]
    telephone_of(settings, "hoa")
    telephone_of(settings, "quan")
    assert type(CHECKS["codes"](settings)) is str


def test_a_token_without_an_end_is_wrong_and_an_unused_one_doubted(settings: Settings) -> None:
    add(settings, "one-stop", "service")
    with open_tables(settings) as tables:
        account = tables.accounts.of_office("local")[0]
        token, _ = tokens.issue(tables.tokens, account.actor, account, "one-stop", ["papers.read"], 90)
        assert type(CHECKS["tokens"](settings)) is str
        tables.tokens.add(token.model_copy(update={"token_id": "old", "made_at": LONG_AGO}), "a")
        assert "old" in CHECKS["tokens"](settings)
        endless = datetime.now(UTC) + timedelta(days=4000)
        tables.tokens.add(token.model_copy(update={"token_id": "endless", "expires_at": endless}), "b")
        assert isinstance(CHECKS["tokens"](settings), Wrong)


@pytest.mark.parametrize(
    ("says", "code"), [("well", 0), (Doubt("think"), 65), (Wrong("act"), 78)], ids=["well", "doubt", "wrong"]
)
def test_the_exit_code_tells_how_it_stands(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    says: str,
    code: int,
) -> None:
    checks: dict[str, Callable[[Settings], str]] = {"one": lambda _: says}
    monkeypatch.setattr("pipeline.cli.doctor_security.security_checks", lambda: checks)
    monkeypatch.setenv("HOSO_HOME", str(settings.home_path))
    ended = 0
    try:
        doctor(as_json=True, security=True)
    except typer.Exit as end:
        ended = end.exit_code
    assert ended == code
    told = json.loads(capsys.readouterr().out)["one"]
    assert (told["says"], told["ok"]) == (says, code != 78)
