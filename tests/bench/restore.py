"""`make bench-restore`: how long 100,000 papers take to be backed up and brought back, and where the time goes."""

import argparse
import hashlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.adapters.database.engine import open_database, open_rows
from pipeline.adapters.folder_store import FolderStore
from pipeline.backup import Backup
from pipeline.catalogue import load_catalogue
from pipeline.letting_go import Terms
from pipeline.restore import Restore
from schemas.search import Hit, SearchQuery
from tests.bench import search_filling
from tests.bench.search_papers import ACTOR, make_citizens, make_papers
from tests.services.postgresql import running_postgresql

_COPY_BYTES = 20_000
_RECORD_BYTES = 3_000
_PAPERS_A_CITIZEN = 10
_WORDS = ("khai sinh", "nguyen thi", "dat o", "tran van 1987")


class _Watch:
    """Notes how long each step took, by the wall and by our processor."""

    def __init__(self) -> None:
        self.took: list[tuple[str, float, float]] = []

    def time(self, step: str, work: Callable[[], Any]) -> Any:
        """Do the work and note it."""
        wall, processor = time.perf_counter(), time.process_time()
        done = work()
        self.took.append((step, time.perf_counter() - wall, time.process_time() - processor))
        return done


def main() -> None:
    """Fill, back up, restore into SQLite and into PostgreSQL, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.restore", description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=None, help="where it all lies meanwhile; 10 GB")
    options = parser.parse_args()
    watch = _Watch()
    with TemporaryDirectory(prefix="hoso-bench-", dir=options.folder) as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'hoso.db'}"
        _fill(url, folder / "store", options.papers)
        store, target = FolderStore(folder / "store"), FolderStore(folder / "backup")
        database = open_database(url)
        rows, terms = database.rows, Terms(keep_days=30, intake_days=30)
        (folder / "rows").mkdir()
        watch.time("rows alone, saved", lambda: rows.save(folder / "rows"))
        watch.time("backup, the first", lambda: Backup(store, rows, target).take(terms, _quiet))
        watch.time("backup, nothing new", lambda: Backup(store, rows, target).take(terms, _quiet))
        database.close()
        expected = _answers(url)
        shutil.rmtree(folder / "store")
        _restore(watch, target, f"sqlite:///{folder / 'restored.db'}", folder / "one", expected)
        shutil.rmtree(folder / "one")
        with running_postgresql() as server:
            _restore(watch, target, server, folder / "two", expected)
    _show(watch, options.papers)


def _restore(watch: _Watch, backup: FolderStore, url: str, folder: Path, expected: list[tuple[Hit, ...]]) -> None:
    name = url.partition(":")[0]
    store = FolderStore(folder)
    with open_rows(url) as rows:

        class Timed:
            """The rows, with a watch at the one step that is theirs."""

            save, without_wiped, some_papers = rows.save, rows.without_wiped, rows.some_papers
            require_fillable = rows.require_fillable

            def load(self, *given: Any) -> None:
                """See Rows."""
                watch.time(f"restore into {name}: of it rows and search", lambda: rows.load(*given))

        watch.time(f"restore into {name}, all", lambda: Restore(backup, store).everything(Timed(), None, _quiet))
    if _answers(url) != expected:
        raise SystemExit(f"{name} answers otherwise than before")


def _answers(url: str) -> list[tuple[Hit, ...]]:
    database = open_database(url)
    found = [database.search.search(SearchQuery(offices=(ACTOR.office_id,), words=words)).hits for words in _WORDS]
    database.close()
    return found


def _fill(url: str, root: Path, papers: int) -> None:
    """Rows as filing writes them, and two objects a paper, put without waiting for the disk."""
    open_database(url).close()
    catalogue, citizens = load_catalogue(), make_citizens(papers // _PAPERS_A_CITIZEN, 1)
    search_filling.fill(url, citizens, make_papers(citizens, list(catalogue.types.values()), papers, 1))
    rng = Random(1)  # noqa: S311 (bytes that do not compress)
    for _ in range(papers):
        folder = root / "archive/phuong-a" / f"{rng.getrandbits(256):064x}"
        folder.mkdir(parents=True)
        for file, size in (("1.v1.pdf", _COPY_BYTES), ("1.v1.json", _RECORD_BYTES)):
            data = rng.randbytes(size)
            (folder / file).write_bytes(data)
            (folder / f"{file}.sha256").write_text(f"{hashlib.sha256(data).hexdigest()}  {file}\n")


def _show(watch: _Watch, papers: int) -> None:
    table = Table(
        "step", title=f"{papers:,} papers, {2 * papers:,} objects in a folder", box=None, title_justify="left"
    )
    for column in ("seconds", "of our processor", "papers a second"):
        table.add_column(column, justify="right")
    for step, wall, processor in watch.took:
        table.add_row(step, f"{wall:,.1f}", f"{processor:,.1f}", f"{papers / wall:,.0f}")
    Console(highlight=False, width=120).print(table)


def _quiet(*_: int) -> None:
    pass


if __name__ == "__main__":
    main()
