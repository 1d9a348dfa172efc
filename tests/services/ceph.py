"""Ceph on one machine: a monitor, an object daemon and the S3 gateway, as commands to run."""

import subprocess
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

from tests.services.processes import answers, require_program, running, wait_until

_PACKAGES = "radosgw ceph-mon ceph-osd ceph-common"
_PROGRAMS = ("monmaptool", "ceph-mon", "ceph", "ceph-osd", "radosgw-admin", "radosgw")

_CONFIGURATION = """
[global]
fsid = {fsid}
mon host = [v2:{address}:{mon_port}/0]
public addr = {address}
cluster addr = {address}
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
run dir = {folder}
admin socket = {folder}/$name.$pid.asok
pid file =
log file = {folder}/$name.log
keyring = {folder}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
paxos propose interval = 0.05
paxos min wait = 0.02
[mon.a]
mon data = {folder}/mon
mon data avail crit = 1
[osd]
osd data = {folder}/osd
osd objectstore = {kind}
memstore device bytes = 4294967296
bluestore block size = 21474836480
osd memory target = 939524096
[client.rgw.a]
# The gateway asks for tickets unless it is told again.
auth client required = none
ms mon client mode = crc
ms client mode = crc
rgw frontends = beast endpoint={address}:{port}
rgw data = {folder}/rgw
"""

StoreKind = Literal["memstore", "bluestore"]
"""Where objects lie: in memory, or in a file that takes only the room that is written (at most 20 GB)."""


class Ceph:
    """One cluster in a folder. Making it anew over what lies there changes nothing but the configuration."""

    def __init__(self, folder: Path, address: str, ports: tuple[int, int], kind: StoreKind) -> None:
        """Args: folder: exists; address: of this machine; ports: of the gateway and the monitor."""
        self._monmaptool, self._mon, self._ceph, self._osd, self._admin, self._gateway = (
            require_program(name, _PACKAGES) for name in _PROGRAMS
        )
        self._folder, self._log = folder, folder / "log"
        self._address, self._port = address, ports[0]
        fsid = _kept(folder / "fsid")
        self._monitor_at = ["--fsid", fsid, "--addv", "a", f"[v2:{address}:{ports[1]}]", "--enable-all-features"]
        configuration = folder / "ceph.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                folder=folder, fsid=fsid, address=address, port=ports[0], mon_port=ports[1], kind=kind
            )
        )
        for part in ("mon", "osd", "rgw"):
            (folder / part).mkdir(exist_ok=True)
        (folder / "keyring").touch()
        self._use = ["-c", str(configuration)]

    @property
    def monitor(self) -> Sequence[str]:
        """The command of the monitor, in the foreground."""
        return [self._mon, *self._use, "-i", "a", "-f"]

    @property
    def object_daemon(self) -> Sequence[str]:
        """The command of the object daemon; it needs the monitor."""
        return [self._osd, *self._use, "-i", "0", "-f"]

    @property
    def gateway(self) -> Sequence[str]:
        """The command of the S3 server; it needs both others."""
        return [self._gateway, *self._use, "-n", "client.rgw.a", "-f"]

    def is_well(self) -> bool:
        """Whether the gateway answers."""
        return answers(self._port, self._address)

    @contextmanager
    def running(self, access_key: str, secret_key: str) -> Iterator[None]:
        """Run all three while the context lasts; what is not there yet is made, with one user who has these keys."""
        with ExitStack() as daemons:
            self._make_monitor()
            daemons.enter_context(running(self.monitor, self._log))
            self._make_object_daemon()
            daemons.enter_context(running(self.object_daemon, self._log))
            gateway = daemons.enter_context(running(self.gateway, self._log))
            wait_until(self.is_well, gateway, self._log)
            user = ["user", "create", "--uid=hoso", "--display-name=hoso"]
            keys = [f"--access-key={access_key}", f"--secret={secret_key}"]
            self._once("user", [self._admin, *self._use, "-n", "client.rgw.a", *user, *keys])
            yield

    def _make_monitor(self) -> None:
        monmap = str(self._folder / "monmap")
        self._once("monitor", [self._monmaptool, "--create", "--clobber", *self._monitor_at, monmap])
        self._once("monitor-data", [self._mon, *self._use, "--mkfs", "-i", "a", "--monmap", monmap])

    def _make_object_daemon(self) -> None:
        osd_id = _kept(self._folder / "osd-id")
        self._once("osd", [self._ceph, *self._use, "--connect-timeout", "30", "osd", "new", osd_id, "0"])
        self._once("osd-data", [self._osd, *self._use, "-i", "0", "--mkfs", "--osd-uuid", osd_id])

    def _once(self, step: str, command: Sequence[str]) -> None:
        done = self._folder / f"{step}.done"
        if not done.exists():
            with self._log.open("ab") as log:
                subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=60, check=True)
            done.touch()


def _kept(file: Path) -> str:
    if not file.exists():
        file.write_text(str(uuid.uuid4()))
    return file.read_text()
