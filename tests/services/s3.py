"""A real S3 server on loopback: Ceph's RADOS gateway over one monitor and one object daemon, all in memory."""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pipeline.adapters.s3_bucket import S3Access
from tests.services.ceph import Ceph
from tests.services.processes import free_port


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
    port = free_port()
    server = S3Server(f"http://127.0.0.1:{port}", uuid.uuid4().hex, uuid.uuid4().hex)
    with tempfile.TemporaryDirectory(prefix="hoso-s3-") as name:
        ceph = Ceph(Path(name), "127.0.0.1", (port, free_port()), "memstore")
        with ceph.running(server.access_key, server.secret_key):
            yield server
