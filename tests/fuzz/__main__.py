"""Gives spoilt files to the parsers and tells what became of them.

    python -m tests.fuzz [NUMBER] [--from FIRST] [--keep FOLDER]

Number N is the same file whenever it is made of the same seeds, so one that failed can be made again by
`python -m tests.fuzz 1 --from N`. Ends with 1 where this process met anything but our own errors, or waited too long.
"""

import argparse
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from heapq import nlargest
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track

from pipeline.adapters.parser_pool import ParserPool
from pipeline.adapters.parser_process import ParserProcess
from pipeline.errors import HosoError
from pipeline.media import HEAD_BYTES, scan_type
from pipeline.pages import ScanFile
from pipeline.settings import Limits
from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import all_seeds

_PAGE_TIMEOUT_S = 20.0
_ASKED = 3
"""Each file is counted, looked through and looked at; a parser that dies is asked twice."""
_PARSER_LOST = "unreadable"
_SLOWEST = 8


class _CountingPool(ParserPool):
    """Counts the parsers it starts."""

    started = 0

    def _start(self) -> ParserProcess:
        self.started += 1
        return super()._start()


@dataclass
class _Tally:
    """What became of the files tried so far."""

    refused: Counter[str] = field(default_factory=Counter)
    read: int = 0
    crashes: list[int] = field(default_factory=list)
    hangs: list[int] = field(default_factory=list)
    lasted_s: list[tuple[float, str]] = field(default_factory=list)


class Fuzzing:
    """Tries files by their numbers."""

    def __init__(self, pool: ParserPool, folder: Path, keep: Path) -> None:
        """Args: folder: for the files while they are tried; keep: for those that failed, or cost a parser its life."""
        self._pool, self._folder, self._keep = pool, folder, keep
        self._seeds = all_seeds()
        self._names = sorted(self._seeds)
        self.tally = _Tally()

    def data(self, number: int) -> tuple[str, bytes]:
        """File `number`: the name of its seed, and its bytes."""
        name = self._names[number % len(self._names)]
        return name, mutated(self._seeds[name], list(self._seeds.values()), number)

    def attempt(self, number: int) -> None:
        """Try file `number`."""
        name, data = self.data(number)
        file = self._folder / str(number)
        file.write_bytes(data)
        code, begun_s = "", time.monotonic()
        try:
            self._read(file, data)
            self.tally.read += 1
        except HosoError as error:
            code = error.code
            self.tally.refused[code] += 1
        except Exception:  # noqa: BLE001 (this is what is looked for)
            code = "crash"
            self.tally.crashes.append(number)
        lasted_s = time.monotonic() - begun_s
        if lasted_s > _ASKED * _PAGE_TIMEOUT_S * 2:
            self.tally.hangs.append(number)
        self.tally.lasted_s.append((lasted_s, f"{number} {name} {code or 'read'}"))
        if code in ("crash", _PARSER_LOST) or number in self.tally.hangs:
            (self._keep / f"{number}-{code or 'hang'}-{name}").write_bytes(data)
        file.unlink()

    def _read(self, file: Path, data: bytes) -> None:
        scan = ScanFile(file, scan_type(data[:HEAD_BYTES]))
        self._pool.holds_active_content(scan)
        self._pool.count_pages(scan)
        self._pool.look(scan, 1, file.with_suffix(".jpg"))
        file.with_suffix(".jpg").unlink(missing_ok=True)


def main(arguments: Sequence[str]) -> int:
    """Try the files, print what became of them; 1 for crashes or hangs."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("number", nargs="?", type=int, default=10_000)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path(".hoso/fuzz"))
    asked = parser.parse_args(arguments)
    asked.keep.mkdir(parents=True, exist_ok=True)
    limits = Limits(parsers=os.cpu_count() or 1, page_timeout_s=_PAGE_TIMEOUT_S)
    console = Console(stderr=True)
    with TemporaryDirectory(prefix="hoso-fuzz-") as folder, _CountingPool(limits) as pool:
        fuzzing = Fuzzing(pool, Path(folder), asked.keep)
        numbers = range(asked.first, asked.first + asked.number)
        with ThreadPoolExecutor(limits.parsers) as threads:
            for _ in track(threads.map(fuzzing.attempt, numbers), "Trying", asked.number, console=console):
                pass
        started = pool.started
    _tell(fuzzing.tally, asked.number, started, asked.keep)
    return 1 if fuzzing.tally.crashes or fuzzing.tally.hangs else 0


def _tell(tally: _Tally, tried: int, started: int, keep: Path) -> None:
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    refused = ", ".join(f"{code} {count}" for code, count in tally.refused.most_common()) or "none"
    lines = {
        "files tried": tried,
        "read": tally.read,
        "refused": f"{tally.refused.total()}: {refused}",
        "crashes of this process": tally.crashes or 0,
        "hangs": tally.hangs or 0,
        "parsers started": started,
        "slowest": "; ".join(f"{lasted_s:.1f} s ({file})" for lasted_s, file in nlargest(_SLOWEST, tally.lasted_s)),
        "peak memory of a child": f"{peak_mb:.0f} MB",
        "kept": f"{len(list(keep.iterdir()))} files in {keep}",
    }
    for name, value in lines.items():
        print(f"{name:<24} {value}")  # noqa: T201 (a command's answer)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
