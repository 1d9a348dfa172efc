"""What one piece of work costs the processor here: a quick look, a page read and filed, a run of a flow."""

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.adapters.parser_pool import ParserPool
from pipeline.media import HEAD_BYTES, media_type
from pipeline.pages import ScanFile
from pipeline.settings import Limits
from tests.memory import descendants
from tests.specimens import Level, make_specimens
from tests.system.hoso_up import environment_of, hoso

_SEED = 11
_LEVELS: tuple[Level, ...] = ("clean", "office")


@dataclass(frozen=True)
class ServiceTimes:
    """Processor seconds: of a look at a page (one value a page), of a page read and filed, and of a run's start.

    `start_s` is what a run costs before its first page: loading the flow, and starting two parsers.
    """

    looks_s: tuple[float, ...]
    read_s: float
    start_s: float


def measure(papers: int) -> ServiceTimes:
    """Measure on specimens of a page or two each. Args: papers: how many."""
    with TemporaryDirectory(prefix="hoso-times-") as name:
        folder = Path(name)
        made = make_specimens(folder, _SEED, papers, levels=_LEVELS)
        files = [folder / one.file for one in made]
        one_s = _cpu_of_ingest(folder / "one", files[:1])
        all_s = _cpu_of_ingest(folder / "all", files)
        pages = sum(len(one.pages) for one in made[1:])
        read_s = (all_s - one_s) / pages
        parsers_s = one_s - len(made[0].pages) * read_s - _cpu_of_ingest(folder / "none", [])
        return ServiceTimes(_looks(files), read_s, _cpu_of(_LOAD_FLOW) + parsers_s)


_LOAD_FLOW = [sys.executable, "-c", "import flows.digitise"]


def _looks(files: Sequence[Path]) -> tuple[float, ...]:
    took = []
    with ParserPool(Limits(parsers=1)) as parsers, TemporaryDirectory() as folder:
        for warmed, file in enumerate([files[0], *files]):
            scan = ScanFile(file, media_type(file.read_bytes()[:HEAD_BYTES]) or "")
            before = _children_cpu_s()
            parsers.look(scan, 1, Path(folder) / "thumbnail.jpg")
            took += [_children_cpu_s() - before] if warmed else []
    return tuple(took)


def _children_cpu_s() -> float:
    """Processor time of the processes that we started and that live."""
    return sum(map(_cpu_ticks, descendants(os.getpid()))) / os.sysconf("SC_CLK_TCK")


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _cpu_of_ingest(home: Path, files: Sequence[Path]) -> float:
    home.mkdir()
    # An empty folder: a call that has all to load and nothing to read.
    command = hoso("ingest", "--json", "--inline", *map(str, files or [home]))
    return _cpu_of(command, environment_of(home, HOSO_PARSERS="2"))


def _cpu_of(command: Sequence[str], environment: dict[str, str] | None = None) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
