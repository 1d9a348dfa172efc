"""`make up-real`: docker-compose.yml as processes, until Ctrl-C.

python -m tests.topology FOLDER
"""

import shlex
import signal
import sys
from pathlib import Path

from pipeline.adapters.running import hold_home
from tests.topology import Topology, running_topology

_ADMINISTRATOR = "admin"


def main() -> None:
    """Run it; what it has on file is there again at the next start."""
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with hold_home(folder):
            _say(f"Starting PostgreSQL, S3, Prefect, two workers, web and proxy; data and logs lie in {folder}")
            with running_topology(folder) as topology:
                _tell(topology)
                signal.pause()
    except KeyboardInterrupt:
        _say("Stopped.")


def _tell(topology: Topology) -> None:
    if _ADMINISTRATOR not in topology.hoso("account", "list"):
        topology.hoso("account", "add", _ADMINISTRATOR, "--role", "administrator", "--role", "counter", "--no-password")
    _say(f"Counter pages      {topology.url} (certificate of its own: {topology.certificate})")
    _say(f"Sign in once with  {topology.hoso('link', _ADMINISTRATOR)}")
    _say(f"Scan folder        {topology.inbox}")
    _say(f"Commands           {_runner(topology)} hoso doctor")
    for name, part in topology.parts.items():
        _say(f"  {name:<10} pid {part.pid}, log {part.log}")
    _say("Ctrl-C stops all of it.")


def _runner(topology: Topology) -> Path:
    """Write a script that runs a program as `docker compose run` would, for the operator's own shell."""
    ours = ("HOSO_", "PREFECT_", "CREDENTIALS_", "PATH", "PYTHONPATH", "TMPDIR")
    said = (f"{name}={value}" for name, value in topology.environment().items() if name.startswith(ours))
    script = topology.folder / "as-web"
    script.write_text(f'#!/bin/sh\nexec env {shlex.join([*said, *topology.command()])} "$@"\n')
    script.chmod(0o700)
    return script


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (a program for people)


if __name__ == "__main__":
    main()
