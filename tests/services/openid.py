"""A real OpenID provider on loopback: Django OAuth Toolkit in a process of its own."""

import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.services.processes import answers, free_port, running, wait_until

PROVIDER_PASSWORD = "thuyền về bến cũ"  # noqa: S105 (of invented people)
PEOPLE = {"dung": ("Dũng", "Phạm Văn"), "nga": ("Nga", "Lý Thị")}
"""Login at the provider -> given and family name."""


class Provider(NamedTuple):
    """Where the provider is, and as whom hoso asks it."""

    issuer: str
    client_id: str
    client_secret: str


@contextmanager
def running_openid_provider(our_address: str) -> Iterator[Provider]:
    """A new provider that knows `PEOPLE` and a hoso at `our_address`, and stops with the block."""
    port = free_port()
    provider = Provider(f"http://127.0.0.1:{port}/o", uuid.uuid4().hex, uuid.uuid4().hex)
    with tempfile.TemporaryDirectory(prefix="hoso-openid-") as name:
        log = Path(name, "log")
        command = [sys.executable, "-m", "tests.services.openid_process", name, str(port)]
        with running([*command, provider.client_id, provider.client_secret, our_address], log) as process:
            wait_until(lambda: answers(port), process, log)
            yield provider
