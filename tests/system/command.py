"""Running one `hoso` command of this source tree to its end."""

import json
import resource
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from tests.system.hoso_up import environment_of, hoso

_LONGEST_S = 600.0


class Told(NamedTuple):
    """How a command ended. `cpu_s` counts its child processes too."""

    code: int
    out: str
    errors: str
    cpu_s: float

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its answers: every line of stdout is one JSON object."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def value(self) -> Any:
        """Its answer where that is one JSON value."""
        (line,) = self.lines
        return line


def run(home: Path, *arguments: str | Path, **settings: str) -> Told:
    """A command with this home, to its end; its files are named as given."""
    before = _cpu_s()
    done = subprocess.run(
        hoso(*map(str, arguments)),
        env=environment_of(home, **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_LONGEST_S,
    )
    return Told(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"), _cpu_s() - before)


def ingest(home: Path, *arguments: str | Path, **settings: str) -> Told:
    """`hoso ingest --json --inline`."""
    return run(home, "ingest", "--json", "--inline", *arguments, **settings)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
