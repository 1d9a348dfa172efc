"""What `hoso up` tells other commands of this home: that it is running, and where.

`run/up.json` in the home is readable by its owner only, since it holds the password of the flow server. The lock on
`run/up.lock` is what says "running": the system drops it with the process, however that ends, so a file that was left
behind is never believed and a process number that was given out again cannot deceive.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import Field, ValidationError

from pipeline.errors import Misconfigured
from schemas.base import Value


class Running(Value):
    """The `hoso up` of a home.

    `prefect_auth` is `user:password` for the flow server at `prefect_api_url`; it is made anew at each start.
    """

    pid: int
    prefect_api_url: str
    prefect_auth: str = Field(repr=False)
    web_url: str


def find_running(home: Path) -> Running | None:
    """The `hoso up` that runs with this home now and is ready, or None."""
    folder = home / "run"
    try:
        with (folder / "up.lock").open("rb") as lock:
            if _take(lock.fileno(), fcntl.LOCK_SH):
                return None
        return Running.model_validate_json((folder / "up.json").read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


@contextmanager
def hold_home(home: Path) -> Iterator[None]:
    """Be the one `hoso up` of this home while the context lasts; what was announced is withdrawn at its end.

    Raises:
        Misconfigured: `already_running`, another one has this home.

    """
    folder = home / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "up.lock").open("wb") as lock:
        # One who looks holds the lock for a moment, so the first refusal is not believed.
        last = time.monotonic() + 1
        while not _take(lock.fileno(), fcntl.LOCK_EX):
            if time.monotonic() > last:
                raise Misconfigured("already_running")
            time.sleep(0.05)
        try:
            yield
        finally:
            (folder / "up.json").unlink(missing_ok=True)


def announce(home: Path, running: Running) -> None:
    """Write `run/up.json` whole or not at all. The caller holds the home."""
    draft = home / "run" / "up.json.new"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(running.model_dump_json())
    draft.rename(draft.with_name("up.json"))


def _take(descriptor: int, kind: int) -> bool:
    """Whether the lock could be had at once."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
