"""What a running installation shows to who has no key: asked from outside, as an attacker on the network would."""

import ctypes
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import httpx
import psycopg
from sqlalchemy import make_url

_TIMEOUT_S = 5.0
_NO_FILE = "/nonexistent"
"""A file of passwords that is not there: the one in the home of who asks would let him in."""
_LISTENS = "0A"
"""A TCP socket's state in /proc/net/tcp."""
_ALL_ADDRESSES = ("00000000", "0" * 32)
_TIME_ERROR = 5
"""What adjtimex(2) returns of a clock that nobody sets right."""
_TIMEX_BYTES = 512
"""More than any `struct timex` has."""
Answer = Literal["refused", "open", "away"]
"""`open`: it did what was asked without knowing who asks."""


class Tls(NamedTuple):
    """What a server shows before anything is sent. `trusted`: by the certificates that this system knows."""

    version: str
    trusted: bool
    ends_at: datetime | None
    old_versions: bool


class Http(NamedTuple):
    """Status and headers (small letters) of an answer."""

    status: int
    headers: dict[str, str]


def ask_http(url: str) -> Http | None:
    """The answer to a GET without a key or cookie, redirects not followed; None: nobody answers.

    Whose certificate it is is not looked at: `ask_tls` does that.
    """
    try:
        with httpx.Client(verify=False, timeout=_TIMEOUT_S, trust_env=False) as client:  # noqa: S501
            answer = client.get(url)
    except httpx.HTTPError:
        return None
    return Http(answer.status_code, {name.lower(): value for name, value in answer.headers.items()})


def ask_tls(host: str, port: int) -> Tls | None:
    """How a server speaks TLS; None: nobody does there."""
    trusting, any_at_all, old = ssl.create_default_context(), _unchecked(), _unchecked()
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    try:
        with _spoken(host, port, trusting) as spoken:
            said, trusted = spoken.getpeercert() or {}, True
            ends_at = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(said["notAfter"])), UTC)
            version = spoken.version() or ""
    except ssl.SSLCertVerificationError:
        with _spoken(host, port, any_at_all) as spoken:
            version, trusted, ends_at = spoken.version() or "", False, None
    except OSError:
        return None
    try:
        _spoken(host, port, old).close()
    except OSError:
        return Tls(version, trusted, ends_at, old_versions=False)
    return Tls(version, trusted, ends_at, old_versions=True)


def ask_flow_server(api_url: str) -> Answer:
    """Whether a Prefect server lets strangers see and start runs."""
    try:
        with httpx.Client(timeout=_TIMEOUT_S, trust_env=False) as client:
            status = client.post(f"{api_url.rstrip('/')}/flow_runs/count", json={}).status_code
    except httpx.HTTPError:
        return "away"
    return "refused" if status in (401, 403) else "open"


def ask_bucket(url: str) -> Answer:
    """Whether an S3 server lists a bucket to strangers; `url` is `https://host:port/bucket`."""
    answer = ask_http(f"{url}?list-type=2&max-keys=1")
    if answer is None:
        return "away"
    return "open" if answer.status == httpx.codes.OK else "refused"


def ask_postgresql(url: str) -> Answer:
    """Whether PostgreSQL lets our role in without its password."""
    parsed = make_url(url)
    try:
        psycopg.connect(
            host=parsed.host or "",
            port=parsed.port or 5432,
            user=parsed.username or "",
            dbname=parsed.database or "",
            password="",
            passfile=_NO_FILE,
            connect_timeout=int(_TIMEOUT_S),
        ).close()
    except psycopg.OperationalError as error:
        said = str(error)
        return "refused" if "password" in said or "no pg_hba.conf entry" in said else "away"
    return "open"


def listening_everywhere(proc: Path = Path("/proc")) -> frozenset[int]:
    """The ports of this machine that listen on all its addresses, whoever does."""
    return frozenset(port for name in ("tcp", "tcp6") for port in _open_ports(proc / "net" / name))


def clock_is_set() -> bool | None:
    """Whether something keeps this machine's clock right, as the kernel knows it; None: it does not tell."""
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else bool(state != _TIME_ERROR)


def host_and_port(url: str) -> tuple[str, int]:
    """Where a URL of http or https leads."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _unchecked() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _spoken(host: str, port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    raw = socket.create_connection((host, port), _TIMEOUT_S)
    try:
        return context.wrap_socket(raw, server_hostname=host)
    except OSError:
        raw.close()
        raise


def _open_ports(table: Path) -> Iterator[int]:
    """The lines of proc_net(5): the second field is address and port in hexadecimal, the fourth the state."""
    try:
        lines = table.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return
    for line in lines:
        fields = line.split()
        address, _, port = fields[1].partition(":")
        if fields[3] == _LISTENS and address in _ALL_ADDRESSES:
            yield int(port, 16)
