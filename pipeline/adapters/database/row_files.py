"""The files in which a backup holds rows: names and kinds of the columns first, then a line of JSON a row."""

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from schemas.backup import SavedTable

_COMPRESSION = 3


def file_of(folder: Path, table: str) -> Path:
    """Where a table's rows are in a folder."""
    return folder / f"{table}.jsonl.gz"


def open_to_write(path: Path) -> IO[str]:
    """A new file of rows."""
    return cast(IO[str], gzip.open(path, "wt", encoding="utf-8", compresslevel=_COMPRESSION))


@contextmanager
def reading(path: Path) -> Iterator[tuple[list[tuple[str, str]], IO[str]]]:
    """Names and kinds of the columns, and the file at its first row."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        columns: list[tuple[str, str]] = json.loads(next(file))
        yield columns, cast(IO[str], file)


def write_line(file: IO[str], values: Sequence[Any]) -> None:
    """A row, or the columns."""
    file.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n")


def described(path: Path, name: str, rows: int, revision: int = 0) -> SavedTable:
    """What a manifest says of a file that is whole."""
    with path.open("rb") as written:
        sha256 = hashlib.file_digest(written, "sha256").hexdigest()
    return SavedTable(name=name, rows=rows, sha256=sha256, size_bytes=path.stat().st_size, revision=revision)
