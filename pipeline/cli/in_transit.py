"""What goes between machines unencrypted: to the database, the store, and the browsers."""

from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from pipeline.errors import Misconfigured
from pipeline.settings import Settings

_LOOPBACK = ("", "localhost", "127.0.0.1", "::1")
_ENCRYPTED = ("require", "verify-ca", "verify-full")
"""`sslmode`s of PostgreSQL that never fall back to a plain connection."""


def in_the_clear(settings: Settings) -> tuple[str, ...]:
    """Which connections leave this machine without TLS being demanded; () where none does.

    Raises:
        Misconfigured: (bad_setting) the database's address has another form.
    """
    found = []
    if not _is_database_guarded(settings.database_url):
        found.append("HOSO_DATABASE without sslmode=verify-full")
    if settings.store_url.startswith("s3:"):
        store = urlsplit(settings.store_url.removeprefix("s3:"))
        if store.scheme != "https" and not _is_here(store.hostname or ""):
            found.append("HOSO_STORE by http")
    return tuple(found)


def _is_database_guarded(url: str) -> bool:
    try:
        database = make_url(url)
    except ArgumentError:
        raise Misconfigured("bad_setting", "HOSO_DATABASE") from None
    host = database.host or database.query.get("host", "")
    is_far = database.get_backend_name() == "postgresql" and not _is_here(str(host))
    return not is_far or database.query.get("sslmode") in _ENCRYPTED


def _is_here(host: str) -> bool:
    return host in _LOOPBACK or host.startswith("/")
