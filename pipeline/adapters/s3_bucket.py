"""Objects in one bucket of an S3 server, through the minio SDK; plain S3 calls only, so any server will do.

An S3 ETag is no content hash for large objects, so our own SHA-256 goes into the metadata and is checked on fetch.
"""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import ENABLED, GOVERNANCE, Filter
from minio.deleteobjects import DeleteObject
from minio.error import MinioException, S3Error
from minio.lifecycleconfig import AbortIncompleteMultipartUpload, LifecycleConfig, Rule
from minio.retention import Retention
from minio.sse import SseS3

from pipeline.adapters.objects import copy_hashed, require_key, written_whole
from pipeline.errors import Misconfigured, NotFound, ServiceUnavailable
from pipeline.ports import StoredObject

_SPOOL_BYTES = 8 << 20
_SIDE_BY_SIDE = 8
_LISTED_AHEAD = 64
_CONNECTIONS = 32
"""Kept open: a few threads ask for our objects while others describe what is listed."""
_LEFT_OVER_DAYS = 1
_HASH_HEADER = "x-amz-meta-sha256"
_REFUSED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
_ABSENT = {"NoSuchKey", "NoSuchObject"}
_BUCKET_IS_OURS = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
_NO_LOCK = {"ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration", "InvalidRequest", "NotImplemented"}
"""What servers say of a bucket that was made without object lock, or where they know none."""


@dataclass(frozen=True)
class S3Access:
    """Who may use a server: its keys are sent to this server only.

    `region` is such as `us-east-1`; `settings` names where the keys come from, for who must correct them.
    """

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    region: str
    settings: str = "HOSO_S3_ACCESS_KEY, HOSO_S3_SECRET_KEY"
    encrypt: bool = False
    """Ask the server to encrypt what it stores (SSE-S3)."""


class S3Bucket:
    """An ObjectStore in one bucket, made when missing.

    Args:
        url: `https://host:port/bucket` (or `http:` on loopback).
        access: whose keys.
        lock_days: above 0 the bucket has versioning and object lock, and `put` can lock.

    Raises:
        Misconfigured: (bad_setting) the URL has another form, or the server refuses the keys; (no_object_lock) the
            bucket is there and has no object lock, which cannot be added to it later.
        ServiceUnavailable: (store_away) the server does not answer.

    """

    def __init__(self, url: str, access: S3Access, lock_days: int = 0) -> None:
        parts = urlsplit(url)
        bucket = parts.path.strip("/")
        if parts.scheme not in ("http", "https") or not parts.netloc or not bucket or "/" in bucket:
            raise Misconfigured("bad_setting", "s3:https://host:port/bucket")
        self.name = bucket
        self._access = access
        self._lock_days = lock_days
        self._client = Minio(
            endpoint=parts.netloc,
            access_key=access.access_key,
            secret_key=access.secret_key,
            secure=parts.scheme == "https",
            region=access.region,
            # The SDK's own pool waits five minutes for a server that is gone.
            http_client=urllib3.PoolManager(
                maxsize=_CONNECTIONS,
                timeout=urllib3.Timeout(connect=5, read=60),
                retries=urllib3.Retry(total=3, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
            ),
        )
        self._make_bucket()

    def put(self, key: str, data: BinaryIO, media_type: str, *, locked: bool = False) -> StoredObject:
        """See ObjectStore. `locked`: nobody can remove this version for as many days as the bucket locks."""
        require_key(key)
        # The hash travels in the header, before the first byte: so the bytes pass through here once.
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as spool:
            sha256, size_bytes = copy_hashed(data.read, spool)
            spool.seek(0)
            stored = StoredObject(key=key, sha256=sha256, size_bytes=size_bytes)
            with _store_errors():
                # Where versions stay, the same bytes again would be another version with a term of its own.
                if self._lock_days and self._describe(key) == stored:
                    return stored
                until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=self._lock_days)
                self._client.put_object(
                    bucket_name=self.name,
                    object_name=key,
                    data=cast(BinaryIO, spool),
                    length=size_bytes,
                    content_type=media_type,
                    metadata={"sha256": sha256},
                    sse=SseS3() if self._access.encrypt else None,
                    retention=Retention(GOVERNANCE, until) if locked and self._lock_days else None,
                )
        return stored

    def fetch(self, key: str, target: Path) -> StoredObject:
        """See ObjectStore."""
        require_key(key)
        with _store_errors():
            response = self._client.get_object(bucket_name=self.name, object_name=key)
            try:
                recorded = response.headers.get(_HASH_HEADER)
                if recorded is None:  # not put by us
                    raise NotFound("no_such_object", key)
                with written_whole(target) as file:
                    sha256, size_bytes = copy_hashed(response.read, file)
                    if sha256 != recorded:
                        raise ServiceUnavailable("object_altered", key)
            finally:
                response.close()
                response.release_conn()
        return StoredObject(key=key, sha256=sha256, size_bytes=size_bytes)

    def find(self, prefix: str) -> Iterator[StoredObject]:
        """See ObjectStore."""
        # A listing tells no metadata, so each object is asked for its hash.
        with _store_errors(), ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
            listed = self._client.list_objects(bucket_name=self.name, prefix=prefix, recursive=True)
            while names := [str(entry.object_name) for entry in islice(listed, _LISTED_AHEAD)]:
                yield from filter(None, threads.map(self._describe, names))

    def delete(self, key: str) -> None:
        """See ObjectStore. Where the bucket keeps versions, those before stay and can be read by their id."""
        require_key(key)
        with _store_errors():
            self._client.remove_object(bucket_name=self.name, object_name=key)

    def erase(self, key: str, *, earlier_only: bool = False) -> bool:
        """See ObjectStore."""
        require_key(key)
        with _store_errors():
            listed = self._client.list_objects(bucket_name=self.name, prefix=key, include_version=True, recursive=True)
            due = [
                DeleteObject(key, one.version_id)
                for one in listed
                if one.object_name == key and not (earlier_only and one.is_latest == "true")
            ]
            refused = self._client.remove_objects(
                bucket_name=self.name, delete_object_list=due, bypass_governance_mode=True
            )
            left = [error for error in refused if error.code not in _ABSENT]
            if left and not earlier_only:
                self._client.remove_object(bucket_name=self.name, object_name=key)
        return not left

    def encryption_of(self, key: str) -> str | None:
        """By what the server says that it has encrypted an object, such as `AES256`; None: it says nothing.

        Raises: NotFound (no_such_object), ServiceUnavailable (store_away).
        """
        with _store_errors():
            stat = self._client.stat_object(bucket_name=self.name, object_name=key)
        return (stat.metadata or {}).get("x-amz-server-side-encryption")

    def _describe(self, key: str) -> StoredObject | None:
        """What the server knows of `key`; None when it was deleted since it was listed, or was not put by us."""
        try:
            stat = self._client.stat_object(bucket_name=self.name, object_name=key)
        except S3Error as error:
            if error.code in _ABSENT:
                return None
            raise
        recorded = (stat.metadata or {}).get(_HASH_HEADER)
        return StoredObject(key=key, sha256=recorded, size_bytes=stat.size or 0) if recorded else None

    def _make_bucket(self) -> None:
        with _store_errors():
            try:
                if not self._client.bucket_exists(bucket_name=self.name):
                    self._client.make_bucket(bucket_name=self.name, object_lock=self._lock_days > 0)
                    self._let_go_of_parts()
            except S3Error as error:
                if error.code in _REFUSED:
                    raise Misconfigured("bad_setting", f"{self._access.settings}: {error.code}") from None
                if error.code not in _BUCKET_IS_OURS:  # another machine may have made it since we asked
                    raise
            if self._lock_days and not self._has_lock():
                raise Misconfigured("no_object_lock", self.name)

    def _let_go_of_parts(self) -> None:
        """Have the server remove parts of uploads that were broken off: nobody sees them, and they may be papers."""
        rule = Rule(
            ENABLED,
            rule_filter=Filter(prefix=""),
            rule_id="broken-uploads",
            abort_incomplete_multipart_upload=AbortIncompleteMultipartUpload(days_after_initiation=_LEFT_OVER_DAYS),
        )
        self._client.set_bucket_lifecycle(bucket_name=self.name, config=LifecycleConfig([rule]))

    def _has_lock(self) -> bool:
        try:
            self._client.get_object_lock_config(bucket_name=self.name)
        except S3Error as error:
            if error.code in _NO_LOCK:
                return False
            raise
        return True


@contextmanager
def _store_errors() -> Iterator[None]:
    """Turn what the SDK and its HTTP client raise into our errors; theirs carry URLs and request ids."""
    try:
        yield
    except S3Error as error:
        if error.code in _ABSENT:
            raise NotFound("no_such_object") from None
        raise ServiceUnavailable("store_away", str(error.code)) from None
    except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        raise ServiceUnavailable("store_away", type(error).__name__) from None
