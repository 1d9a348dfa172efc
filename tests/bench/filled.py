"""Databases with many papers, filled once and kept for the next run."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from rich.console import Console

from pipeline.adapters.database.engine import Database, open_database
from schemas.catalog import Catalogue
from tests.bench import search_filling, search_papers
from tests.bench.search_papers import MadeCitizen, make_papers
from tests.services.postgresql import running_postgresql

SEED = 1
DATABASES = ("SQLite", "PostgreSQL")


@dataclass(frozen=True)
class Size:
    """What a database is filled with."""

    citizens: int
    papers: int

    @property
    def label(self) -> str:
        """Names the filling; another one whenever what makes the rows has changed. Tables are migrated on opening."""
        made_by = [Path(module.__file__ or "").read_bytes() for module in (search_papers, search_filling)]
        return f"{self.citizens}-{self.papers}-{hashlib.sha256(b''.join(made_by)).hexdigest()[:12]}"


@contextmanager
def filled(
    name: str, folder: Path, size: Size, citizens: Sequence[MadeCitizen], catalogue: Catalogue
) -> Iterator[Database]:
    """A database of this size, which stays under `folder` for the next run.

    Args:
        name: one of DATABASES.
        folder: where fillings lie.
        size: how many people and papers.
        citizens: the people.
        catalogue: the types of the papers.

    """
    place = folder / size.label
    done = place / name
    with _server(name, place) as url:
        start = time.monotonic()
        database = open_database(url)
        _tell(f"{done.name}: tables ready", start)
        try:
            if not done.exists():
                start = time.monotonic()
                papers = make_papers(citizens, tuple(catalogue.types.values()), size.papers, SEED)
                search_filling.fill(url, citizens, papers)
                done.touch()
                _tell(f"{done.name}: filled with {size.papers:,} papers", start)
            if name == "PostgreSQL":
                _settle(url)
            yield database
        finally:
            database.close()


def disk_bytes(name: str, folder: Path, size: Size) -> int:
    """What a filled database takes on disk."""
    place = folder / size.label
    files = (place / "postgresql").rglob("*") if name == "PostgreSQL" else place.glob("hoso.db*")
    return sum(file.stat().st_size for file in files if file.is_file())


@contextmanager
def _server(name: str, folder: Path) -> Iterator[str]:
    folder.mkdir(parents=True, exist_ok=True)
    if name == "SQLite":
        yield f"sqlite:///{folder / 'hoso.db'}"
        return
    with running_postgresql(folder / "postgresql") as url:
        yield url


def _settle(url: str) -> None:
    """Do what autovacuum does in the first night after much was filed, or after an upgrade."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _tell(what: str, start: float) -> None:
    Console(stderr=True).print(f"{what} in {time.monotonic() - start:.0f} s", style="dim")
