"""Folders that outlast a power cut: a name in a folder is safe only once the folder itself has been written down."""

import os
from pathlib import Path


def make_folders(folder: Path) -> None:
    """Make a folder and those it lies in, each durable before anything is put into it, and for our user alone."""
    if folder.is_dir():
        return
    make_folders(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names in a folder. Raises: OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
