"""The object store on an S3 server: two buckets, since what must be deletable and what must not differ in kind.

Intake expires by law, so its bucket has neither versions nor locks and a deleted object is gone. The other bucket can
have both: what is archived, what people decided and the closed days of the access log then stay for a term, whoever has
the keys (QCVN 12:2026/BCA asks archives of electronic documents for storage that cannot be overwritten, levels 3 to 5
for such logs).
"""

import heapq
import uuid
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from pipeline.adapters.s3_bucket import S3Access, S3Bucket
from pipeline.errors import Misconfigured
from pipeline.ports import StoredObject

_PASSING = ("intake/", "unapplied/", "doctor/", "audit-head/")
"""Folders of what is there for a time only."""
_LOCKED = ("archive/", "decisions/", "destructions/", "audit/")
"""Folders of what is only ever added. Records of papers are replaced; each version of them stays for its own term."""


class S3Store:
    """An ObjectStore in `<bucket>` and, for what passes, `<bucket>-intake`; both are made when missing.

    Args:
        url: `s3:https://host:port/bucket` (or `s3:http:` on loopback).
        access: whose keys.
        lock_days: for how many days nobody may remove what is archived, decided or closed: GOVERNANCE mode, so that a
            destruction that the law asks for stays possible to who has that right of the server. 0: no lock.

    Raises:
        Misconfigured, ServiceUnavailable: as S3Bucket does.

    """

    def __init__(self, url: str, access: S3Access, lock_days: int = 0) -> None:
        url = url.removeprefix("s3:").rstrip("/")
        self._lasting = S3Bucket(url, access, lock_days)
        self._passing = S3Bucket(f"{url}-intake", access)
        self._encrypt = access.encrypt

    def put(self, key: str, data: BinaryIO, media_type: str) -> StoredObject:
        """See ObjectStore."""
        return self._of(key).put(key, data, media_type, locked=key.startswith(_LOCKED))

    def fetch(self, key: str, target: Path) -> StoredObject:
        """See ObjectStore."""
        return self._of(key).fetch(key, target)

    def find(self, prefix: str) -> Iterator[StoredObject]:
        """See ObjectStore."""
        if prefix.startswith(_PASSING):
            return self._passing.find(prefix)
        if not any(folder.startswith(prefix) for folder in _PASSING):
            return self._lasting.find(prefix)
        return heapq.merge(self._lasting.find(prefix), self._passing.find(prefix), key=lambda found: found.key)

    def delete(self, key: str) -> None:
        """See ObjectStore. A locked version stays and can be read by its id; the key alone leads to nothing."""
        self._of(key).delete(key)

    def erase(self, key: str, *, earlier_only: bool = False) -> bool:
        """See ObjectStore. It takes the right to bypass governance (`s3:BypassGovernanceRetention`)."""
        return self._of(key).erase(key, earlier_only=earlier_only)

    def encryption(self) -> str | None:
        """By what the server encrypts what it stores, as it says of an object put for that; None: it says nothing.

        Raises:
            Misconfigured: (no_server_encryption) it is to encrypt, and does not.
            ServiceUnavailable: store_away.
        """
        said = []
        for bucket in (self._lasting, self._passing):
            key = f"doctor/{uuid.uuid4()}"
            bucket.put(key, BytesIO(b"doctor"), "text/plain")
            said.append(bucket.encryption_of(key))
            bucket.erase(key)
        if self._encrypt and None in said:
            raise Misconfigured("no_server_encryption")
        return said[0] if said[0] == said[1] else None

    def misplaced(self) -> bool:
        """Whether something that must be deletable lies in the bucket of what lasts."""
        return any(next(self._lasting.find(folder), None) for folder in _PASSING)

    def _of(self, key: str) -> S3Bucket:
        return self._passing if key.startswith(_PASSING) else self._lasting
