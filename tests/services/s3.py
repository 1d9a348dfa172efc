"""A real S3 server on loopback: Ceph's RADOS gateway over one monitor and one object daemon, all in memory."""

import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from pipeline.adapters.s3_bucket import S3Access
from tests.services.processes import answers, free_port, require_program, running, wait_until

_PACKAGES = "radosgw ceph-mon ceph-osd ceph-common"

_CONFIGURATION = """
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon_port}/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
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
osd objectstore = memstore
memstore device bytes = 4294967296
[client.rgw.a]
# The gateway asks for tickets unless it is told again.
auth client required = none
ms mon client mode = crc
ms client mode = crc
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw data = {folder}/rgw
"""


class S3Server(NamedTuple):
    """Where the server is and who may use it: `url` is `http://127.0.0.1:port`."""

    url: str
    access_key: str
    secret_key: str


def access_to(server: S3Server) -> S3Access:
    """Its keys, as a store takes them."""
    return S3Access(server.access_key, server.secret_key, "us-east-1")


@contextmanager
def running_s3() -> Iterator[S3Server]:
    """A new, empty S3 server that stops with the block."""
    programs = ("monmaptool", "ceph-mon", "ceph", "ceph-osd", "radosgw-admin", "radosgw")
    monmaptool, mon, ceph, osd, admin, gateway = (require_program(name, _PACKAGES) for name in programs)
    server = S3Server(f"http://127.0.0.1:{free_port()}", uuid.uuid4().hex, uuid.uuid4().hex)
    with tempfile.TemporaryDirectory(prefix="hoso-s3-") as name, ExitStack() as daemons:
        folder, log = Path(name), Path(name, "log")
        fsid, mon_port = str(uuid.uuid4()), free_port()
        configuration, port = folder / "ceph.conf", int(server.url.rpartition(":")[2])
        configuration.write_text(_CONFIGURATION.format(folder=folder, fsid=fsid, mon_port=mon_port, port=port))
        for part in ("mon", "osd", "rgw"):
            (folder / part).mkdir()
        (folder / "keyring").touch()
        use = ["-c", str(configuration)]

        monitors = ["--create", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{mon_port}]", "--enable-all-features"]
        _run([monmaptool, *monitors, str(folder / "monmap")], log)
        _run([mon, *use, "--mkfs", "-i", "a", "--monmap", str(folder / "monmap")], log)
        daemons.enter_context(running([mon, *use, "-i", "a", "-f"], log, kill_signal="KILL"))
        osd_id = str(uuid.uuid4())
        _run([ceph, *use, "--connect-timeout", "30", "osd", "new", osd_id, "0"], log)
        _run([osd, *use, "-i", "0", "--mkfs", "--osd-uuid", osd_id], log)
        daemons.enter_context(running([osd, *use, "-i", "0", "-f"], log))
        rgw = daemons.enter_context(running([gateway, *use, "-n", "client.rgw.a", "-f"], log))
        wait_until(lambda: answers(port), rgw, log)
        keys = [f"--access-key={server.access_key}", f"--secret={server.secret_key}"]
        user = ["user", "create", "--uid=hoso", "--display-name=hoso"]
        _run([admin, *use, "-n", "client.rgw.a", *user, *keys], log)
        yield server


def _run(command: Sequence[str], log: Path) -> None:
    with log.open("ab") as output:
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=60, check=True)
