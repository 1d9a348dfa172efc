"""Power cuts: the system calls of a real run are recorded, and what was not synced by then is taken away again.

A cut keeps what was synced. Of the rest each write and each change of a folder may or may not have reached the disk, in
any order; only a rename happens whole. The recording is strace's, so that SQLite's own syncing is tried as well.
"""

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.services.processes import require_program

_CALLS = "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,ftruncate"
_LONGEST_BYTES = 1 << 24
_LINE = re.compile(r"(\d+) +(.*)")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)")
_CALL = re.compile(r"(\w+)\((.*)\) += +(-?\d+)")
_FILE = re.compile(r"(\d+)<([^>]*)>")
_QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


class Call(NamedTuple):
    """A system call that succeeded: its name, the files it names, the bytes it carries, and its numbers."""

    name: str
    paths: tuple[str, ...]
    data: bytes
    numbers: tuple[int, ...]
    options: str


def record(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> list[Call]:
    """Run a program to its end and return the calls by which it changed files below `folder`."""
    strace = require_program("strace", "strace")
    log = folder / "calls.txt"
    options = [
        "-f",
        "--seccomp-bpf",
        "-y",
        "-xx",
        "-s",
        str(_LONGEST_BYTES),
        "-e",
        f"trace={_CALLS}",
        "-e",
        "signal=none",
    ]
    subprocess.run([strace, *options, "-o", str(log), *command], env=environment, check=True, timeout=240)
    calls = [call for line in _whole_lines(log) if (call := _read(line)) is not None]
    log.unlink()
    return [call for call in calls if any(path == str(folder) or path.startswith(f"{folder}/") for path in call.paths)]


def doing_command(name: str, home: Path) -> list[str]:
    """A program that does one of `doings` in this home."""
    return [
        sys.executable,
        "-c",
        f"import tests.kill.doings as d; from pathlib import Path; d.{name}(Path({str(home)!r}))",
    ]


def _whole_lines(log: Path) -> Iterator[str]:
    """Calls without their process; one that was interrupted by another's counts when it ends."""
    begun: dict[str, str] = {}
    with log.open(encoding="ascii") as lines:
        for line in lines:
            found = _LINE.fullmatch(line.rstrip("\n"))
            if found is None:
                continue
            process, said = found.groups()
            if said.endswith("<unfinished ...>"):
                begun[process] = said.removesuffix("<unfinished ...>")
            elif (rest := _RESUMED.match(said)) is not None:
                yield begun.pop(process, "") + rest.group(1)
            else:
                yield said


def _read(line: str) -> Call | None:
    found = _CALL.match(line)
    if found is None or int(found.group(3)) < 0:
        return None
    name, said, result = found.groups()
    opened = [_unquoted(path) for _, path in _FILE.findall(said) if not path.startswith("\\x2f\\x64\\x65\\x76")]
    quoted = [bytes.fromhex(text.replace("\\x", "")) for text in _QUOTED.findall(said)]
    numbers = tuple(int(part) for part in _QUOTED.sub("", said).split(", ") if part.lstrip("-").isdigit())
    if name in ("write", "pwrite64"):
        return Call(name, tuple(opened), (quoted or [b""])[0][: int(result)], numbers, "")
    if name in ("fsync", "fdatasync", "ftruncate"):
        return Call(name, tuple(opened), b"", numbers, "")
    return Call(name, tuple(path.decode() for path in quoted), b"", numbers, said)


def _unquoted(path: str) -> str:
    return bytes.fromhex(path.replace("\\x", "")).decode() if path.startswith("\\x") else path


@dataclass
class _File:
    """A file's writes, of which the first `synced` are on disk for sure."""

    writes: list[tuple[int | None, bytes]] = field(default_factory=list)
    size_bytes: int = 0
    synced: int = 0


@dataclass
class _Change:
    """A change of folders: a name comes (`file`, or a folder), or goes, or both in one."""

    comes: str | None
    goes: str | None
    file: _File | None
    synced: bool = False

    def folders(self) -> set[str]:
        return {os.path.dirname(name) for name in (self.comes, self.goes) if name}  # noqa: PTH120 (only a text)


class Disk:
    """What a disk holds after some calls, for sure and perhaps."""

    def __init__(self, root: Path) -> None:
        """Args: root: the folder that is looked at; it was empty before the first call."""
        self._root = str(root)
        self._changes: list[_Change] = []
        self._names: dict[str, _File | None] = {}

    def do(self, call: Call) -> None:
        """Take in one more call."""
        paths = [path for path in call.paths if path.startswith(self._root)]
        match call.name:
            case "openat":
                self._open(paths[-1], call.options)
            case "mkdir":
                self._change(paths[-1], None, None)
            case "rename" | "renameat" | "renameat2":
                self._change(paths[-1], paths[0], self._names[paths[0]])
            case "unlink" | "unlinkat":
                self._change(None, paths[-1], None)
            case "write" | "pwrite64":
                self._write(paths[0], call)
            case "ftruncate":
                self._file_at(paths[0]).writes.append((None, b"\0" * call.numbers[-1]))
            case "fsync" | "fdatasync":
                self._sync(paths[0])

    def after_a_cut(self, target: Path, chance: random.Random) -> None:
        """Write into `target` what is found there when the power is back."""
        names: dict[str, _File | None] = {}
        for change in self._changes:
            if not (change.synced or chance.random() < 0.5):
                continue
            if change.goes is not None:
                names.pop(change.goes, None)
            if change.comes is not None:
                names[change.comes] = change.file
        for name in sorted(names):
            path = target / name.removeprefix(self._root).lstrip("/")
            file = names[name]
            if not path.parent.is_dir():
                continue  # the folder never came to be
            if file is None:
                path.mkdir(exist_ok=True)
            else:
                path.write_bytes(_content(file, chance))

    def _open(self, path: str, options: str) -> None:
        if "O_CREAT" in options and path not in self._names:
            self._change(path, None, _File())
        elif "O_TRUNC" in options:
            file = self._file_at(path)
            file.writes.append((None, b""))
            file.size_bytes = 0

    def _change(self, comes: str | None, goes: str | None, file: _File | None) -> None:
        self._changes.append(_Change(comes, goes, file))
        if goes is not None:
            self._names.pop(goes, None)
        if comes is not None:
            self._names[comes] = file

    def _file_at(self, path: str) -> _File:
        file = self._names[path]
        assert file is not None, path
        return file

    def _write(self, path: str, call: Call) -> None:
        file = self._file_at(path)
        at = call.numbers[-1] if call.name == "pwrite64" else file.size_bytes
        file.writes.append((at, call.data))
        file.size_bytes = max(file.size_bytes, at + len(call.data))

    def _sync(self, path: str) -> None:
        file = self._names.get(path)
        if file is not None:
            file.synced = len(file.writes)
            return
        for change in self._changes:
            change.synced = change.synced or path in change.folders()


def _content(file: _File, chance: random.Random) -> bytes:
    content = bytearray()
    for number, (at, data) in enumerate(file.writes):
        if number >= file.synced and chance.random() < 0.5:
            continue
        if at is None:  # it was cut to the length of `data`
            del content[len(data) :]
            continue
        content.extend(b"\0" * (at - len(content)))
        content[at : at + len(data)] = data
    return bytes(content)
