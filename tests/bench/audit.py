"""How long it takes to note an access: alone, and when several of one office do so at once.

python -m tests.bench.audit
"""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from pipeline.adapters.database.engine import Database, open_database
from schemas.access import AccessEntry
from schemas.people import Actor
from tests.services.postgresql import running_postgresql

_EACH = 300
_AT_ONCE = 8
_console = Console(highlight=False, width=120)
_ACTOR = Actor(office_id="phuong-a", actor_id="lan")


def main() -> None:
    """Print milliseconds an entry, median and 95th percentile, on both databases."""
    with TemporaryDirectory(prefix="hoso-bench-") as name, running_postgresql() as server:
        for kind, url in (("SQLite", f"sqlite:///{Path(name) / 'hoso.db'}"), ("PostgreSQL", server)):
            database = open_database(url)
            _tell(f"{kind}, alone", _noted(database))
            begin = threading.Barrier(_AT_ONCE)
            with ThreadPoolExecutor(_AT_ONCE) as threads:
                each = threads.map(lambda _, to=database, at=begin: _noted(to, at), range(_AT_ONCE))
                _tell(f"{kind}, {_AT_ONCE} at once", [one for noted in each for one in noted])
            database.close()


def _noted(database: Database, begin: threading.Barrier | None = None) -> list[float]:
    """Milliseconds of each write."""
    if begin is not None:
        begin.wait()
    taken = []
    for number in range(_EACH):
        at = datetime.now(UTC)
        entry = AccessEntry(at=at, actor=_ACTOR, access="look", purpose="visit", document_id=f"{number:032}")
        begun = time.perf_counter()
        database.access_log.write(entry)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def _tell(what: str, taken: list[float]) -> None:
    slow = statistics.quantiles(taken, n=20)[-1]
    _console.print(f"{what}: {statistics.median(taken):.2f} ms median, {slow:.2f} ms 95th percentile")


if __name__ == "__main__":
    main()
