"""A parser's own folder: the files it may read are put there, and what it makes is taken from there."""

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from pipeline.adapters.sandbox.confinement import MADE, TAKEN_IN
from pipeline.errors import DISK_FULL, ScanRejected, ServiceUnavailable


class ParserFolder:
    """One parser's. Not for several threads at once, as the parser is not."""

    def __init__(self, parent: Path) -> None:
        """Args: parent: a private folder of this process."""
        self.path = Path(mkdtemp(dir=parent))
        self._taken_in, self._made = self.path / TAKEN_IN, self.path / MADE
        self._taken_in.mkdir()
        self._made.mkdir()

    @property
    def made(self) -> Path:
        """Where the parser's temporary files are, too."""
        return self._made

    def take_in(self, reads: Mapping[str, Path]) -> dict[str, str]:
        """Where the parser finds these files and folders of files, until `clear`.

        Raises:
            ScanRejected: (unreadable) one of them was put away meanwhile.
            ServiceUnavailable: disk_full.
        """
        places = {name: self._taken_in / name for name in reads}
        with _told_plainly():
            for name, path in reads.items():
                _lend(path, places[name])
        return {name: str(place) for name, place in places.items()}

    def places_for(self, writes: Mapping[str, Path]) -> dict[str, str]:
        """Where the parser is to write what becomes these files or folders. Their endings stay as they are."""
        return {name: str(self._made / f"{name}{target.suffix}") for name, target in writes.items()}

    def hand_over(self, writes: Mapping[str, Path]) -> bool:
        """Move what the parser has made to where it belongs; False where it left anything but files and folders.

        A parser that a file has taken over might leave a link: whoever reads that would read something else.

        Raises:
            ScanRejected: (unreadable) where it belongs is no longer there.
            ServiceUnavailable: disk_full.
        """
        with _told_plainly():
            places = {writes[name]: Path(made) for name, made in self.places_for(writes).items()}
            if not all(map(_is_plain, places.values())):
                return False
            for target, made in places.items():
                if target.is_dir():
                    shutil.rmtree(target)  # an attempt before may have left its own
                shutil.move(made, target)
        return True

    def clear(self) -> None:
        """Remove what was taken in for a job, and all that the parser has left."""
        for part in (self._taken_in, self._made):
            part.chmod(0o700)  # it may have locked us out
            for left in part.iterdir():
                _remove(left)

    def remove(self) -> None:
        """Remove all of it; the parser has ended."""
        shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise ServiceUnavailable("disk_full") from None
        raise ScanRejected("unreadable") from None


def _lend(path: Path, place: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, place, copy_function=_link)
    else:
        _link(str(path), str(place))


def _link(source: str, place: str) -> None:
    """The same bytes under another name; a copy from another disk, or of another user's file."""
    if Path(source).stat().st_uid == os.geteuid():
        try:
            os.link(source, place)
        except OSError:
            shutil.copyfile(source, place)
    else:
        shutil.copyfile(source, place)


def _is_plain(made: Path) -> bool:
    try:
        kind = made.lstat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(kind):
        return all(map(_is_plain, made.iterdir()))
    return stat.S_ISREG(kind)


def _remove(left: Path) -> None:
    if left.is_dir() and not left.is_symlink():
        shutil.rmtree(left, ignore_errors=True)
    else:
        left.unlink(missing_ok=True)
