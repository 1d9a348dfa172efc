"""`hoso doctor --security`: what a running installation shows to strangers, and what its own people can do too much."""

import os
import re
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sqlalchemy import make_url

from pipeline.access import SHOWING_A_CODE
from pipeline.adapters.database.engine import Database
from pipeline.adapters.database.tables import SCHEMA_VERSION
from pipeline.adapters.exposure import (
    Answer,
    ask_bucket,
    ask_flow_server,
    ask_http,
    ask_postgresql,
    ask_tls,
    clock_is_set,
    host_and_port,
    listening_everywhere,
)
from pipeline.adapters.running import find_running
from pipeline.cli.doctor import Doubt, Wrong, disk_check
from pipeline.passwords import is_easy
from pipeline.settings import SECRETS, Settings
from pipeline.tokens import MOST_DAYS
from pipeline.wiring import open_tables
from schemas.access import Account, ApiToken, LogFilter

_UNUSED = timedelta(days=90)
_CERTIFICATE_DAYS = 30
_SHORTEST_SECRET = 16
_MOST_TOKENS = 1000
_HEADERS = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
_OVER_TLS = {"strict-transport-security": "max-age="}
_CLOSED = ("/api/v1/submissions", "/metrics", "/accounts")
_GIVEN_AWAY = {"minioadmin", "rustfsadmin", "admin", "postgres", "password", "secret", "changeme", "hoso", "test"}
"""What servers are delivered with, or everybody tries first."""
_SECRET_VARIABLES = re.compile(r"HOSO_(DATABASE|LINK_KEY|CENTRE_TOKEN|OIDC_CLIENT_SECRET|(BACKUP_)?S3_\w+_KEY)")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PIN = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)", re.MULTILINE)
_LOCK = Path(__file__).parents[2] / "requirements.lock"


def security_checks() -> dict[str, Callable[[Settings], str]]:
    """The checks by name, from outside to inside."""
    return {
        "address": _address,
        "tls": _tls,
        "redirect": _redirect,
        "headers": _headers,
        "closed pages": _closed_pages,
        "ports": _ports,
        "flow server": _flow_server,
        "object store": _object_store,
        "database": _database,
        "files": _files,
        "secrets": _secrets,
        "object lock": _lock,
        "encryption": disk_check,
        "clock": _clock,
        "versions": _versions,
        "unused accounts": _unused_accounts,
        "administrators": _administrators,
        "codes": _codes,
        "tokens": _tokens,
    }


def _web_url(settings: Settings) -> str:
    running = find_running(settings.home_path)
    return settings.web_url or (running.web_url if running else "")


def _address(settings: Settings) -> str:
    url = _web_url(settings)
    if not url:
        return Doubt("nothing to ask: `hoso up` does not run here and HOSO_WEB_URL is empty")
    host, _ = host_and_port(url)
    if url.startswith("https://"):
        return f"{url}: cookies are Secure and for this host alone (__Host-)"
    if host in _LOOPBACK:
        return f"{url}: this machine alone"
    return Wrong(f"{url} is without TLS: put a proxy before it and say https://… in HOSO_WEB_URL")


def _tls(settings: Settings) -> str:
    url = _web_url(settings)
    if not url.startswith("https://"):
        return "none: nothing leaves this machine" if _is_local(url) else Wrong("none: see address")
    found = ask_tls(*host_and_port(url))
    if found is None:
        return Doubt(f"{url} does not answer from here: ask from a counter's machine")
    if found.old_versions:
        return Wrong(f"{url} still speaks TLS 1.1 or older: allow 1.2 and 1.3 alone in the proxy")
    if not found.trusted:
        return Doubt(f"{found.version}, but this machine does not trust the certificate: do the counters' browsers?")
    left_days = (found.ends_at - datetime.now(UTC)).days if found.ends_at else 0
    if left_days < _CERTIFICATE_DAYS:
        return Doubt(
            f"{found.version}; the certificate ends in {left_days} days: docs/operating.md tells how to renew it"
        )
    return f"{found.version}, nothing older; the certificate holds for {left_days} days"


def _redirect(settings: Settings) -> str:
    url = _web_url(settings)
    if not url.startswith("https://"):
        return "none: see address"
    host, _ = host_and_port(url)
    answer = ask_http(f"http://{host}/sign-in")
    if answer is None:
        return "port 80 is closed"
    if answer.status in (301, 302, 307, 308) and answer.headers.get("location", "").startswith("https://"):
        return "http leads to https"
    return Wrong(f"http://{host} answers without TLS: close port 80 or have the proxy redirect it")


def _headers(settings: Settings) -> str:
    url = _web_url(settings)
    answer = ask_http(f"{url}/sign-in") if url else None
    if answer is None:
        return Doubt("the page does not answer from here")
    wanted = _HEADERS | (_OVER_TLS if url.startswith("https://") else {})
    wrong = sorted(name for name, said in wanted.items() if said not in answer.headers.get(name, ""))
    if "unsafe" in answer.headers.get("content-security-policy", ""):
        wrong.append("content-security-policy")
    return (
        Wrong(f"a proxy removes or changes {', '.join(wrong)}: pass hoso's headers on")
        if wrong
        else "as hoso sets them"
    )


def _closed_pages(settings: Settings) -> str:
    url = _web_url(settings)
    answers = {path: ask_http(f"{url}{path}") for path in _CLOSED} if url else {}
    if not answers or None in answers.values():
        return Doubt("the pages do not answer from here")
    through = [path for path, one in answers.items() if one is not None and one.status not in (303, 401)]
    return (
        Wrong(f"answered without signing in: {', '.join(through)}") if through else "nobody gets in without signing in"
    )


def _ports(settings: Settings) -> str:
    """Servers of this machine that are meant for it alone."""
    urls = [_flow_server_url(settings), settings.store_url.removeprefix("s3:"), settings.database_url]
    ours = {port for url in urls if url.startswith(("http", "postgresql")) for port in [_port(url)] if _is_local(url)}
    exposed = sorted(ours & listening_everywhere())
    if exposed:
        return Wrong(f"listen on all addresses: {', '.join(map(str, exposed))}; bind them to 127.0.0.1 or a firewall")
    return "what serves this machine alone is heard on it alone" if ours else "no server of ours is on this machine"


def _flow_server(settings: Settings) -> str:
    url = _flow_server_url(settings)
    if not url:
        return "none runs"
    if url.startswith("http://") and not _is_inner(url):
        return Doubt(f"{url}: without TLS between machines; reach it through the proxy (docs/operating.md)")
    return _told(ask_flow_server(url), url, "set PREFECT_SERVER_API_AUTH_STRING: whoever reaches it runs programs")


def _object_store(settings: Settings) -> str:
    if not settings.store_url.startswith("s3:"):
        return "a folder: see files"
    url = settings.store_url.removeprefix("s3:").rstrip("/")
    keys = [settings.s3_access_key.get_secret_value(), settings.s3_secret_key.get_secret_value()]
    if any(_is_weak(key) for key in keys[1:]) or keys[0] in _GIVEN_AWAY or not keys[0]:
        return Wrong("its keys are those it came with, or short: make others (.ci/make-secrets)")
    if url.startswith("http://") and not _is_inner(url):
        return Doubt(f"{url}: papers go over the network unencrypted; use https")
    answers: set[Answer] = {ask_bucket(url), ask_bucket(f"{url}-intake")}
    answer: Answer = "open" if "open" in answers else "away" if "away" in answers else "refused"
    return _told(answer, url, "close the bucket: whoever reaches it reads every paper")


def _database(settings: Settings) -> str:
    if not settings.database_url.startswith("postgresql"):
        return "a file: see files"
    url = make_url(settings.database_url)
    where = f"{url.host}/{url.database}"
    if _is_weak(str(url.password or "")):
        return Wrong(f"{where}: its password is empty, short or known: ALTER ROLE {url.username} PASSWORD '…'")
    if not _is_inner(settings.database_url) and url.query.get("sslmode") not in ("verify-full", "verify-ca"):
        return Doubt(f"{where}: without checked TLS between machines; add ?sslmode=verify-full")
    return _told(ask_postgresql(settings.database_url), where, "pg_hba.conf trusts strangers: ask for scram-sha-256")


def _files(settings: Settings) -> str:
    """Only our user reads what lies on this machine; scanners may write to the inbox."""
    folders = [settings.home_path, *_outside(settings)]
    wide = [f"chmod 700 {one}" for one in folders if _mode(one) & 0o077]
    wide += [f"chmod 770 {settings.inbox_path}"] if _mode(settings.inbox_path) & 0o007 else []
    secrets = Path(os.environ.get("CREDENTIALS_DIRECTORY", SECRETS))
    written = [one for one in (secrets, *_below(secrets), *_below(settings.home_path / "run")) if _mode(one) & 0o022]
    wide += [f"chmod go-w {one}" for one in written]
    if wide:
        return Wrong(f"others of this machine can read or change them: {'; '.join(wide)}")
    return ", ".join(map(str, folders)) + ": for our user alone"


def _secrets(settings: Settings) -> str:
    shown = sorted(name for name in os.environ if _SECRET_VARIABLES.fullmatch(name) and "@" in _value(name))
    weak = [
        name
        for name, said in (
            ("HOSO_LINK_KEY", settings.link_key),
            ("HOSO_OIDC_CLIENT_SECRET", settings.oidc_client_secret),
            ("HOSO_BACKUP_S3_SECRET_KEY", settings.backup_s3_secret_key),
        )
        if said.get_secret_value() and _is_weak(said.get_secret_value())
    ]
    auth = os.environ.get("PREFECT_API_AUTH_STRING", "").partition(":")[2]
    weak += ["PREFECT_API_AUTH_STRING"] if auth and _is_weak(auth) else []
    if weak:
        return Wrong(f"short or easy to guess: {', '.join(weak)}; make others (.ci/make-secrets)")
    if shown:
        return Doubt(f"in the environment, where child processes see them: {', '.join(shown)}; use files instead")
    return "none is short, and none is in the environment"


def _lock(settings: Settings) -> str:
    if not settings.store_url.startswith("s3:"):
        return Doubt("none: who has this machine can remove papers; only the backup elsewhere helps")
    if not settings.s3_lock_days:
        return Doubt("none: who has the keys can remove papers; HOSO_S3_LOCK_DAYS, before the first start, forbids it")
    return f"what is archived stays for {settings.s3_lock_days} days, whoever has the keys"


def _clock(_: Settings) -> str:
    is_set = clock_is_set()
    if is_set is None:
        return Doubt("the system does not tell whether its clock is kept right")
    if not is_set:
        return Doubt("nothing keeps this machine's clock right: apt-get install systemd-timesyncd, or chrony")
    return "kept right"


def _versions(_: Settings) -> str:
    said = f"hoso {version('hoso')}, tables {SCHEMA_VERSION}"
    if not _LOCK.is_file():
        return Doubt(f"{said}; the lock file is not beside the program, so its packages cannot be compared")
    pins: dict[str, set[str | None]] = {}  # of some a version for each Python
    for name, pinned in _PIN.findall(_LOCK.read_text(encoding="ascii")):
        pins.setdefault(name, {None}).add(pinned)
    other = [f"{name} {_installed(name)}" for name, pinned in pins.items() if _installed(name) not in pinned]
    if other:
        return Doubt(f"{said}; other versions than the lock has: {', '.join(other)}: make setup")
    return f"{said}, {len(pins)} packages as locked"


def _unused_accounts(settings: Settings) -> str:
    with open_tables(settings) as tables:
        idle = [one.login for one in _active(tables) if not _was_used(tables, one)]
    if idle:
        return Doubt(f"did nothing for 90 days: {', '.join(idle)}; hoso account disable LOGIN")
    return "none"


def _administrators(settings: Settings) -> str:
    with open_tables(settings) as tables:
        found = [one for one in _active(tables) if "administrator" in one.roles]
    both = [one.login for one in found if len(one.roles) > 1]
    if not found:
        return Doubt("none: hoso account add LOGIN --role administrator")
    if both:
        return Doubt(f"also do an officer's work: {', '.join(both)}; give them a second account for it")
    return f"{len(found)}, none with another role"


def _codes(settings: Settings) -> str:
    """Whom a provider alone lets in has no password here, and shows there what the provider asks for."""
    with open_tables(settings) as tables:
        without = [one for one in _active(tables) if not one.has_factor and not SHOWING_A_CODE.isdisjoint(one.roles)]
        known = [(one.login, tables.accounts.by_login(one.login)) for one in without]
    by_password = [login for login, found in known if found is not None and found[1] is not None]
    if by_password:
        return Doubt(f"a password alone: {', '.join(by_password)}; they set up codes at their next sign-in on the page")
    return "every administrator and head with a password shows codes as well"


def _tokens(settings: Settings) -> str:
    now = datetime.now(UTC)
    with open_tables(settings) as tables:
        offices = {one.office_id for one in tables.accounts.of_office(None)}
        found = [one for office_id in sorted(offices) for one in tables.tokens.of_office(office_id, _MOST_TOKENS)]
    valid = [one for one in found if one.revoked_at is None and one.expires_at > now]
    endless = [one.token_id for one in valid if one.expires_at - now > timedelta(days=MOST_DAYS)]
    idle = [one.token_id for one in valid if _last_used(one) < now - _UNUSED]
    if endless:
        return Wrong(f"hold for longer than {MOST_DAYS} days: {', '.join(endless)}; hoso token revoke ID")
    if idle:
        return Doubt(f"not used for 90 days: {', '.join(idle)}; hoso token revoke ID")
    return f"{len(valid)} valid, each with an end and in use"


def _told(answer: Answer, where: str, what_to_do: str) -> str:
    if answer == "open":
        return Wrong(f"{where} lets strangers in: {what_to_do}")
    return Doubt(f"{where} does not answer from here") if answer == "away" else f"{where} refuses strangers"


def _flow_server_url(settings: Settings) -> str:
    running = find_running(settings.home_path)
    return os.environ.get("PREFECT_API_URL") or (running.prefect_api_url if running else "")


def _is_weak(secret: str) -> bool:
    return len(secret) < _SHORTEST_SECRET or secret.lower() in _GIVEN_AWAY or is_easy(secret)


def _is_local(url: str) -> bool:
    return not url or (make_url(url).host or "") in _LOOPBACK


def _is_inner(url: str) -> bool:
    """This machine, or a service of the compose file: its inner network has names without dots, and no strangers."""
    host = make_url(url).host or ""
    return host in _LOOPBACK or not re.search(r"[.:]", host)


def _port(url: str) -> int:
    parsed = make_url(url)
    return parsed.port or {"https": 443, "http": 80}.get(parsed.drivername, 5432)


def _outside(settings: Settings) -> Iterator[Path]:
    """Folders of papers and rows that do not lie in the home."""
    kept = {"file:": settings.store_url, "sqlite:///": settings.database_url}
    for scheme, url in kept.items():
        if url.startswith(scheme):
            path = Path(url.removeprefix(scheme))
            folder = path.parent if scheme == "sqlite:///" else path
            if not folder.is_relative_to(settings.home_path):
                yield folder


def _below(folder: Path) -> tuple[Path, ...]:
    return tuple(one for one in folder.iterdir() if one.is_file()) if folder.is_dir() else ()


def _mode(path: Path) -> int:
    """The permission bits; none of what is not there."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0


def _value(name: str) -> str:
    """A variable's value; of all but the database's address any value is a secret."""
    return os.environ[name] if name == "HOSO_DATABASE" else "@"


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _active(tables: Database) -> tuple[Account, ...]:
    return tuple(one for one in tables.accounts.of_office(None) if one.disabled_at is None)


def _was_used(tables: Database, account: Account) -> bool:
    """Whether an account is new, or has done anything that the log tells, in its 90 days."""
    since = datetime.now(UTC) - _UNUSED
    if account.created_at > since:
        return True
    return bool(tables.access_log.find(account.office_id, LogFilter(actor_id=account.login, since=since), 1))


def _last_used(token: ApiToken) -> datetime:
    return token.used_at or token.made_at
