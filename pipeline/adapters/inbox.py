"""The folder that scanners write to, with folders in it for other offices and for procedures.

`inbox/` is the installation's own office; `inbox/<procedure>/`, `inbox/<office>/` and `inbox/<office>/<procedure>/` say
what papers in them are about. A folder whose name says anything else, or could be both, is left alone: papers filed
under a wrong office would be seen by people who may not see them.
"""

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple, get_args

from pipeline.adapters.hot_folder import HotFolder, Outcome
from pipeline.catalogue import find_procedure
from pipeline.errors import Misconfigured
from schemas.catalog import Catalogue


class ScanFolder(NamedTuple):
    """A folder whose files are handed in for an office; `procedure` is the id of what they are about, if it is said."""

    files: HotFolder
    office_id: str
    procedure: str | None


class Inbox(NamedTuple):
    """The folders that are taken from, the installation's own first, and those that nobody knows the meaning of."""

    folders: tuple[ScanFolder, ...]
    unknown: tuple[Path, ...]


def open_inbox(path: Path, own_office: str, offices: Collection[str], catalogue: Catalogue) -> Inbox:
    """Look through the inbox.

    Args:
        path: the inbox, made when it is not there.
        own_office: whose papers lie in it where no folder says otherwise.
        offices: the offices that a folder may be of.
        catalogue: the procedures that a folder may be of.

    Raises:
        Misconfigured: (inbox_closed) files cannot be moved out of it, so that they would be taken again and again.
    """
    root = ScanFolder(HotFolder(path), own_office, None)
    if not _is_open(path):
        raise Misconfigured("inbox_closed")
    found = list(_within(path, own_office, offices, catalogue))
    folders = [one for one in found if isinstance(one, ScanFolder)]
    return Inbox((root, *folders), tuple(one for one in found if isinstance(one, Path)))


def _within(path: Path, office_id: str, offices: Collection[str], catalogue: Catalogue) -> Iterator[ScanFolder | Path]:
    """What the folders inside one are for; those that nobody knows the meaning of as they are."""
    for below in _folders_in(path):
        procedure = _procedure(below, catalogue)
        if not _is_open(below) or (below.name in offices) == (procedure is not None):
            yield below
        elif procedure is not None:
            yield ScanFolder(HotFolder(below), office_id, procedure)
            yield from _folders_in(below)
        else:
            yield ScanFolder(HotFolder(below), below.name, None)
            yield from _within(below, below.name, (), catalogue)


def _folders_in(path: Path) -> Iterator[Path]:
    """Folders that hold anything and are neither hidden nor links nor where we put files ourselves, by name."""
    for below in sorted(path.iterdir()):
        if below.name.startswith(".") or below.name in get_args(Outcome) or below.is_symlink() or not below.is_dir():
            continue
        if not _is_open(below) or any(below.iterdir()):
            yield below


def _procedure(folder: Path, catalogue: Catalogue) -> str | None:
    known = find_procedure(catalogue, folder.name)
    return known.id if known else None


def _is_open(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.W_OK | os.X_OK)
