"""All of docker-compose.yml as processes of one machine: real stores on disk, Prefect, two workers, web, TLS proxy.

Images are Docker's alone, so three programs are Debian's: PostgreSQL and Caddy are older than in the compose file, and
Ceph stands for its S3 server. All else is the compose file's own: see `compose`.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.services.processes import answers, require_program
from tests.topology.certificate import make_certificate, trusting
from tests.topology.compose import ROOT, SERVICES, Place, config_of, grace_s_of, program, secrets_of
from tests.topology.part import Part, Start, Tender
from tests.topology.stores import Postgres, start_s3

PROXY_PORT = 8443
_CHECK_S = 15


class Topology:
    """What runs, by name: `postgres`, `s3`, `prefect`, `worker-1`, `worker-2`, `web` and `proxy`.

    All of it has one loopback address made from its folder, and each worker but the first one of its own, as machines
    have; so every port is the one of the compose file, and several topologies do not meet.
    """

    def __init__(self, folder: Path, workers: int, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.parts: dict[str, Part] = {}
        number = int.from_bytes(hashlib.sha256(str(folder).encode()).digest()[:2], "big")
        self._net = f"127.{16 + (number >> 8) % 224}.{number & 255}"
        self.address = f"{self._net}.1"
        self.url = f"https://{self.address}:{PROXY_PORT}"
        self.certificate = folder / "secrets" / "tls_certificate.pem"
        self.inbox = folder / "inbox"
        self._settings = settings
        self._workers = [f"worker-{number}" for number in range(1, workers + 1)]

    def environment(self, name: str = "web") -> dict[str, str]:
        """The environment of a part of our own, for programs to be run beside it; see `command`."""
        service = _service(name)
        credentials = {"CREDENTIALS_DIRECTORY": str(self._home(name) / "secrets")}
        base = {key: value for key, value in os.environ.items() if not key.startswith(("HOSO_", "PREFECT_"))}
        path = f"{Path(sys.executable).parent}:{base['PATH']}"
        ours = dict(program(service, self.place(name)).environment)
        return {**base, "PATH": path, "PYTHONPATH": str(ROOT), **credentials, **ours, **self._settings}

    def hoso(self, *arguments: str) -> str:
        """Run a `hoso` command in the web process's environment; what it prints. Raises: CalledProcessError."""
        done = subprocess.run(
            self.command("hoso", *arguments), env=self.environment(), stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout.strip()

    def command(self, *program_and_arguments: str) -> Sequence[str]:
        """The command line of a program as `docker compose run` starts it, for the environment of a part."""
        place = self.place("web")
        return [*(place.put(part) for part in SERVICES["web"]["entrypoint"]), *program_and_arguments]

    def client(self) -> httpx.Client:
        """An HTTP client at the proxy that knows its certificate and follows redirects."""
        return httpx.Client(
            base_url=self.url, verify=trusting(self.certificate), trust_env=False, follow_redirects=True, timeout=30
        )

    def place(self, name: str) -> Place:
        """Where a part runs."""
        home = self._home(name)
        machine = self._workers.index(name) + 1 if name in self._workers else 1
        folders = {
            "/run/secrets": home / "secrets",
            "/var/lib/hoso": home,
            "/var/tmp": home / "tmp",  # noqa: S108 (a container's own)
            "/srv/inbox": self.inbox,
            "/srv/backup": self.folder / "backup",
            "/srv/roots": self.folder / "roots",
        }
        return Place(f"{self._net}.{machine}", self.address, folders, {"HOSO_WEB_URL": self.url})

    def start(self) -> None:
        """Bring up everything: what others need first, and what needs the same at the same time."""
        for folder in (self.inbox, self.folder / "backup", self.folder / "roots", self.folder / "log"):
            folder.mkdir(exist_ok=True)
        make_certificate(self.certificate, self.certificate.with_name("tls_key.pem"), self.address)
        subprocess.run([ROOT / ".ci" / "make-secrets", self.folder / "secrets"], check=True)
        for stage in (["postgres", "s3"], ["prefect"], [*self._workers, "web"], ["proxy"]):
            for name in stage:
                self._give_secrets(name)
                self.parts[name] = Part(name, self._start_of(name), self.folder / "log")
                self.parts[name].want()
            for name in stage:
                self.parts[name].wait_until_well()

    def stop(self) -> None:
        """Stop everything, the newest first."""
        for part in reversed(self.parts.values()):
            part.stop()

    def pids(self) -> set[int]:
        """Every process of the topology."""
        return set().union(*(part.pids() for part in self.parts.values()))

    def _start_of(self, name: str) -> Start:
        match name:
            case "postgres":
                return Postgres(self._home(name), self.place(name), self._home(name) / "secrets").start()
            case "s3":
                return start_s3(self._home(name), self.place(name), self._home(name) / "secrets")
            case "proxy":
                return self._start_of_proxy()
        service = _service(name)
        environment = self.environment(name)
        said = program(service, self.place(name))

        def is_well() -> bool:
            return _succeeds(said.check, environment)

        return Start([said.command], environment, is_well, grace_s=grace_s_of(service))

    def _start_of_proxy(self) -> Start:
        home = self._home("proxy")
        routes = home / "Caddyfile"
        routes.write_text(self.place("proxy").put(config_of("proxy")))
        caddy = require_program("caddy", "caddy")
        command = [caddy, "run", "--config", str(routes), "--adapter", "caddyfile"]
        environment = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
        return Start([command], environment, lambda: answers(PROXY_PORT, self.address), grace_s=grace_s_of("proxy"))

    def _give_secrets(self, name: str) -> None:
        """Write the secrets a part is given, which may name other parts, into its own folder."""
        given = self._home(name) / "secrets"
        for folder in (given, self._home(name) / "tmp"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for secret, file in secrets_of(_service(name)).items():
            text = (self.folder / "secrets" / file).read_text()
            (given / secret).write_text(self.place(name).put(text))

    def _home(self, name: str) -> Path:
        return self.folder / name


@contextmanager
def running_topology(folder: Path, settings: Mapping[str, str] | None = None, workers: int = 2) -> Iterator[Topology]:
    """All of it, well, from the beginning of the block to its end; no process is left then.

    Args:
        folder: takes all data; what an earlier topology left there is used again. When root asks, everybody must be
            able to enter it and the folders above: PostgreSQL runs as a user of its own.
        settings: variables for our own programs, over those of the compose file, such as `HOSO_LEASE_S`.
        workers: how many.
    """
    folder.mkdir(parents=True, exist_ok=True)
    topology = Topology(folder.resolve(), workers, settings or {})
    tender = Tender(topology.parts)
    tender.start()
    try:
        topology.start()
        yield topology
    finally:
        try:
            topology.stop()
        finally:
            tender.close()


def _service(name: str) -> str:
    return name.partition("-")[0]


def _succeeds(check: Sequence[str], environment: Mapping[str, str]) -> bool:
    try:
        done = subprocess.run(check, env=environment, timeout=_CHECK_S, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
