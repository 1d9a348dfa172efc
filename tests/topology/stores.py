"""PostgreSQL and S3 of the topology: both write to disk before they answer, both survive being killed."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from tests.services.ceph import Ceph
from tests.services.postgresql import postgresql_program, postgresql_user
from tests.services.processes import ServiceMissing
from tests.topology.compose import SERVICES, Place, config_of, grace_s_of
from tests.topology.part import Start

POSTGRES_PORT, S3_PORT = 5432, 9000
_MONITOR_PORT = 3300
_MAKING_S = 120


class Postgres:
    """A cluster made as the image of the compose file makes one: its options, its script of roles and databases."""

    def __init__(self, folder: Path, place: Place, secrets: Path) -> None:
        """Args: folder: for the data; place: whose `/run/secrets` is known; secrets: that folder."""
        self._data, self._log = folder / "data", folder / "making.log"
        self._socket = folder / "socket"
        self._place, self._secrets = place, secrets
        user = postgresql_user()
        # The kernel forgets a parent's death signal when the user changes, so it is said again: end at once.
        guard = ["setpriv", "--pdeathsig", "QUIT"]
        self._as_user = [*guard, "--reuid", user, "--regid", user, "--clear-groups", "--"] if user else [*guard, "--"]
        for part in (folder, self._data, self._socket, secrets):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
            if user:
                shutil.chown(part, user)
        self._require_reachable(folder)

    def start(self) -> Start:
        """Make the cluster where there is none, and tell how to start it."""
        if not (self._data / "PG_VERSION").exists():
            self._make()
        return Start(
            commands=[self._server(f"--listen_addresses={self._place.address}")],
            environment=os.environ,
            is_well=self._accepts,
            stop_signal=signal.Signals[SERVICES["postgres"]["stop_signal"]],
            grace_s=grace_s_of("postgres"),
        )

    def _server(self, *options: str) -> Sequence[str]:
        postgres = postgresql_program("postgres")
        listen = [f"--port={POSTGRES_PORT}", f"--unix_socket_directories={self._socket}"]
        return [*self._as_user, postgres, "-D", str(self._data), *listen, *options]

    def _make(self) -> None:
        options: list[str] = SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
        account = ["--username=postgres", f"--pwfile={self._secrets / 'postgres_password'}"]
        making = [postgresql_program("initdb"), "-D", str(self._data), "--encoding=UTF8", "--locale=C.UTF-8"]
        with self._log.open("ab") as log:
            command = [*self._as_user, *making, *account, *options]
            subprocess.run(command, stdout=log, stderr=log, timeout=_MAKING_S, check=True)
            # As the image does it: a server that can be reached by its socket only runs the script.
            alone = self._server("--listen_addresses=")
            with subprocess.Popen(alone, stdout=log, stderr=log, start_new_session=True) as server:
                try:
                    self._run_script()
                finally:
                    server.send_signal(signal.SIGINT)
        with (self._data / "pg_hba.conf").open("a") as access:
            access.write("host all all all scram-sha-256\n")

    def _run_script(self) -> None:
        there = {"PGHOST": str(self._socket), "PGPORT": str(POSTGRES_PORT), "PGDATABASE": "postgres"}
        ready = [postgresql_program("pg_isready"), "--quiet", "--username=postgres", "--timeout=1"]
        last = time.monotonic() + _MAKING_S
        while subprocess.run(ready, env=os.environ | there, check=False).returncode and time.monotonic() < last:
            time.sleep(0.1)
        script = self._place.put(config_of("postgres"))
        subprocess.run(["bash", "-e"], input=script, text=True, env=os.environ | there, timeout=_MAKING_S, check=True)

    def _accepts(self) -> bool:
        password = (self._secrets / "postgres_password").read_text()
        try:
            psycopg.connect(
                host=self._place.address, user="postgres", password=password, dbname="postgres", connect_timeout=2
            ).close()
        except psycopg.OperationalError:
            return False
        return True

    def _require_reachable(self, folder: Path) -> None:
        reach = [*self._as_user, "test", "-w", str(folder)]
        if subprocess.run(reach, check=False).returncode:
            raise ServiceMissing(f"the user {postgresql_user()} cannot enter {folder}: choose a folder open to all")


def start_s3(folder: Path, place: Place, secrets: Path) -> Start:
    """Make an S3 server with the keys of the secrets where there is none, and tell how to start it.

    It stands for the one of the compose file, which is not to be had outside Docker: another program, the same calls.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ceph = Ceph(folder, place.address, (S3_PORT, _MONITOR_PORT), "bluestore")
    with ceph.running(*((secrets / f"hoso_s3_{key}").read_text() for key in ("access_key", "secret_key"))):
        pass
    daemons = [ceph.monitor, ceph.object_daemon, ceph.gateway]
    return Start(daemons, os.environ, ceph.is_well, grace_s=grace_s_of("s3"))
