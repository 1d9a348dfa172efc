"""A throw-away PostgreSQL on loopback, from Debian's binaries. It does not sync to disk: quick, not for crash tests."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.services.processes import free_port, require_program, running, wait_until

_USER = "hoso"


@contextmanager
def running_postgresql(kept: Path | None = None) -> Iterator[str]:
    """The URL of a PostgreSQL that stops with the block: `postgresql://hoso@127.0.0.1:port/postgres`.

    Args:
        kept: a folder for its data, with what an earlier run left there; None: new, empty and gone afterwards.
    """
    initdb, postgres = postgresql_program("initdb"), postgresql_program("postgres")
    user = postgresql_user()
    with tempfile.TemporaryDirectory(prefix="hoso-postgresql-") as folder:
        data, log = (kept or Path(folder)) / "data", Path(folder, "log")
        if user is not None:
            Path(folder).chmod(0o755)
        if not data.exists():
            data.mkdir(mode=0o700, parents=True)
            if user is not None:
                shutil.chown(data, user)
            options = ["--auth=trust", f"--username={_USER}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
            with running([initdb, "-D", str(data), *options], log, user=user) as making:
                making.wait()
        port = free_port()
        settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        url = f"postgresql://{_USER}@127.0.0.1:{port}/postgres"
        # SIGQUIT is PostgreSQL's immediate stop, SIGINT the fast one; SIGTERM would wait for clients.
        with running([postgres, "-D", str(data), *arguments], log, user=user, kill_signal="QUIT") as server:
            wait_until(lambda: _accepts(url), server, log)
            yield url
            server.send_signal(signal.SIGINT)


def postgresql_program(name: str) -> str:
    """The path of a program of the newest PostgreSQL. Raises: ServiceMissing."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return require_program(name, "postgresql", str(folders[-1]) if folders else "")


def postgresql_user() -> str | None:
    """Whom the server runs as when we are root, which it refuses; Debian's package brings the user."""
    return "postgres" if os.geteuid() == 0 else None


def _accepts(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True
