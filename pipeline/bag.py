"""Writes a bag (BagIt, RFC 8493): files with the list of their hashes, which any machine can check by `sha256sum`."""

import hashlib
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.errors import ScanRejected

_VERSION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


class Bag:
    """A bag that is being filled in a folder of its own.

    What is in it is below `data/`; what tells of it lies beside. Paths are ASCII without spaces, so no manifest needs
    to encode them.
    """

    def __init__(self, folder: Path) -> None:
        """Args: folder: an empty one."""
        self._folder = folder
        self._payload: dict[str, str] = {}
        self._size_bytes = 0

    def add(self, path: str, write: Callable[[Path], object]) -> tuple[str, int]:
        """Have `write` write the file `path` below `data/`; return its SHA-256 and its size in bytes."""
        target = self._folder / "data" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target)
        sha256, size_bytes = _sha256(target), target.stat().st_size
        self._payload[f"data/{path}"] = sha256
        self._size_bytes += size_bytes
        return sha256, size_bytes

    def finish(self, info: Mapping[str, str], beside: Mapping[str, str]) -> None:
        """Write what tells of the bag.

        Args:
            info: of `bag-info.txt`, one line each; the count of the payload is added.
            beside: further texts, by path.

        """
        (self._folder / "data").mkdir(exist_ok=True)
        counted = {**info, "Payload-Oxum": f"{self._size_bytes}.{len(self._payload)}"}
        texts = {
            "bagit.txt": _VERSION,
            "bag-info.txt": "".join(f"{label}: {said}\n" for label, said in counted.items()),
            "manifest-sha256.txt": _manifest(self._payload),
            **beside,
        }
        for path, content in texts.items():
            target = self._folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
        tags = {path: _sha256(self._folder / path) for path in texts}
        (self._folder / "tagmanifest-sha256.txt").write_text(_manifest(tags), encoding="utf-8")


def place_bag(folder: Path, target: Path) -> None:
    """Put a finished bag where it is wanted, whole: as a folder, or as a `.zip` or `.tar` of its name.

    Raises:
        ScanRejected: (target_taken) something is there already.

    """
    if target.exists():
        raise ScanRejected("target_taken")
    draft = folder.with_name("draft")
    match target.suffix:
        case ".zip":
            # Scans do not become smaller by being compressed again.
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as packed:
                for path in sorted(folder.rglob("*")):
                    packed.write(path, Path(target.stem) / path.relative_to(folder))
        case ".tar":
            with tarfile.open(draft, "w") as tape:
                tape.add(folder, target.stem)
        case _:
            draft = folder
    draft.rename(target)


def _manifest(hashes: Mapping[str, str]) -> str:
    return "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(hashes.items()))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
