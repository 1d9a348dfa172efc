"""What `hoso ingest` was given: files named one by one, files found in folders, and paths that lead nowhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Unit:
    """Files that make one submission. `named` is False for a file that was found in a folder."""

    paths: tuple[Path, ...]
    named: bool

    @property
    def source(self) -> str:
        """How the unit is called in answers: its first path as given."""
        return str(self.paths[0])


def units(paths: Sequence[Path], *, together: bool) -> tuple[list[Unit], list[Path]]:
    """Split what was given into submissions.

    Args:
        paths: files and folders; folders are searched to the bottom, in order of name, hidden files left out.
        together: all files make one submission.

    Returns:
        The submissions in order, and the paths that do not exist.
    """
    missing = [path for path in paths if not path.exists()]
    found = [unit for path in paths if path.exists() for unit in _units_of(path)]
    if together and found:
        files = tuple(path for unit in found for path in unit.paths)
        found = [Unit(files, named=True)]
    return found, missing


def _units_of(path: Path) -> Iterator[Unit]:
    if not path.is_dir():
        yield Unit((path,), named=True)
        return
    for below in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in below.relative_to(path).parts)
        if below.is_file() and not hidden:
            yield Unit((below,), named=False)
