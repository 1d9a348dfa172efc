"""What object lock keeps, and what it must not keep, on a real server."""

import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from minio import Minio
from minio.datatypes import Object
from minio.error import S3Error
from pydantic import SecretStr

from pipeline.adapters.s3_store import S3Store
from pipeline.cli.doctor import store_check
from pipeline.errors import Misconfigured, NotFound, ServiceUnavailable
from pipeline.settings import Settings
from tests.services.s3 import S3Server, access_to

ARCHIVED = "archive/local/ab12/1-2.v1.pdf"
DECIDED = "decisions/local/ab12/cd34.json"
DOSSIER = "dossiers/local/H29.11.json"
CLOSED = "audit/local/2026-03-02.jsonl"
INTAKE = "intake/local/ab12/original/ef56"


@pytest.fixture
def bucket() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def store(s3: S3Server, bucket: str) -> S3Store:
    return S3Store(f"s3:{s3.url}/{bucket}", access_to(s3), lock_days=1)


@pytest.fixture
def client(s3: S3Server) -> Minio:
    address = s3.url.removeprefix("http://")
    return Minio(endpoint=address, access_key=s3.access_key, secret_key=s3.secret_key, secure=False)


def versions(client: Minio, bucket: str) -> list[Object]:
    """All versions with content, of all keys."""
    found = client.list_objects(bucket_name=bucket, recursive=True, include_version=True)
    return [one for one in found if not one.is_delete_marker]


def content(client: Minio, bucket: str, version: Object) -> bytes:
    response = client.get_object(
        bucket_name=bucket, object_name=str(version.object_name), version_id=version.version_id
    )
    try:
        return bytes(response.read())
    finally:
        response.release_conn()


@pytest.mark.parametrize("key", [ARCHIVED, DECIDED, CLOSED])
def test_what_is_archived_or_decided_stays_readable_after_it_was_deleted(
    store: S3Store, client: Minio, bucket: str, key: str, tmp_path: Path
) -> None:
    store.put(key, io.BytesIO(b"paper"), "application/pdf")
    store.delete(key)
    with pytest.raises(NotFound):
        store.fetch(key, tmp_path / "copy")
    assert [content(client, bucket, one) for one in versions(client, bucket)] == [b"paper"]


def test_a_replaced_record_stays_readable_as_it_was(store: S3Store, client: Minio, bucket: str) -> None:
    store.put(ARCHIVED, io.BytesIO(b"before"), "application/pdf")
    store.put(ARCHIVED, io.BytesIO(b"after"), "application/pdf")
    assert {content(client, bucket, one) for one in versions(client, bucket)} == {b"before", b"after"}


def test_parts_of_an_upload_that_broke_off_are_removed_by_the_server(
    store: S3Store, client: Minio, bucket: str
) -> None:
    for name in (bucket, f"{bucket}-intake"):
        lifecycle = client.get_bucket_lifecycle(bucket_name=name)
        assert lifecycle is not None
        (rule,) = lifecycle.rules
        assert rule.abort_incomplete_multipart_upload is not None
        assert rule.abort_incomplete_multipart_upload.days_after_initiation == 1
        assert rule.expiration is None, "whole objects stay"


@pytest.mark.parametrize("key", [ARCHIVED, DECIDED, CLOSED])
def test_not_even_the_owner_of_the_keys_can_remove_a_locked_version(
    store: S3Store, client: Minio, bucket: str, key: str
) -> None:
    store.put(key, io.BytesIO(b"paper"), "application/pdf")
    (version,) = versions(client, bucket)
    with pytest.raises(S3Error):
        client.remove_object(bucket_name=bucket, object_name=key, version_id=version.version_id)
    assert content(client, bucket, version) == b"paper"


def test_what_two_people_have_approved_is_erased_from_under_its_lock(
    store: S3Store, client: Minio, bucket: str
) -> None:
    store.put(ARCHIVED, io.BytesIO(b"before"), "application/pdf")
    store.put(ARCHIVED, io.BytesIO(b"paper"), "application/pdf")
    store.delete(ARCHIVED)
    assert store.erase(ARCHIVED)
    assert versions(client, bucket) == []


def test_erasing_what_was_earlier_leaves_one_version(store: S3Store, client: Minio, bucket: str) -> None:
    for said in (b"before", b"after"):
        store.put(ARCHIVED, io.BytesIO(said), "application/json")
    assert store.erase(ARCHIVED, earlier_only=True)
    assert [content(client, bucket, one) for one in versions(client, bucket)] == [b"after"]


def test_a_server_that_does_not_encrypt_is_told_where_it_should(s3: S3Server, bucket: str) -> None:
    told = S3Store(f"s3:{s3.url}/{bucket}", access_to(s3))
    assert told.encryption() is None, "this one has no keys to do it with"
    with pytest.raises((Misconfigured, ServiceUnavailable)):
        S3Store(f"s3:{s3.url}/{bucket}", replace(access_to(s3), encrypt=True)).encryption()


def test_a_dossiers_record_has_versions_and_no_lock(store: S3Store, client: Minio, bucket: str) -> None:
    store.put(DOSSIER, io.BytesIO(b"before"), "application/json")
    store.put(DOSSIER, io.BytesIO(b"after"), "application/json")
    assert len(versions(client, bucket)) == 2
    for version in versions(client, bucket):
        client.remove_object(bucket_name=bucket, object_name=DOSSIER, version_id=version.version_id)
    assert versions(client, bucket) == []


def test_the_same_bytes_again_make_no_other_version(store: S3Store, client: Minio, bucket: str) -> None:
    for _ in range(2):
        store.put(ARCHIVED, io.BytesIO(b"paper"), "application/pdf")
    assert len(versions(client, bucket)) == 1


def _delete(store: S3Store) -> None:
    store.delete(INTAKE)


def _replace(store: S3Store) -> None:
    store.put(INTAKE, io.BytesIO(b""), "image/jpeg")


@pytest.mark.parametrize("change", [_delete, _replace])
def test_nothing_is_left_of_intake_that_was_deleted_or_replaced(
    store: S3Store, client: Minio, bucket: str, change: Callable[[S3Store], None]
) -> None:
    store.put(INTAKE, io.BytesIO(b"identity card"), "image/jpeg")
    change(store)
    left = [*versions(client, bucket), *versions(client, f"{bucket}-intake")]
    contents = [content(client, str(one.bucket_name), one) for one in left]
    assert b"identity card" not in contents


def test_a_bucket_that_was_made_without_lock_is_for_the_operator(s3: S3Server, bucket: str) -> None:
    S3Store(f"s3:{s3.url}/{bucket}", access_to(s3))
    with pytest.raises(Misconfigured) as caught:
        S3Store(f"s3:{s3.url}/{bucket}", access_to(s3), lock_days=1)
    assert caught.value.code == "no_object_lock"


def test_intake_in_the_bucket_of_what_lasts_is_told(s3: S3Server, store: S3Store, client: Minio, bucket: str) -> None:
    store.put(INTAKE, io.BytesIO(b"scan"), "image/jpeg")
    assert not store.misplaced()
    hashed: dict[str, str | list[str] | tuple[str]] = {"sha256": "0" * 64}
    client.put_object(bucket_name=bucket, object_name=INTAKE, data=io.BytesIO(b"scan"), length=4, metadata=hashed)
    assert store.misplaced()


def test_doctor_says_what_the_bucket_has(s3: S3Server, bucket: str) -> None:
    keys: dict[str, Any] = {"s3_access_key": SecretStr(s3.access_key), "s3_secret_key": SecretStr(s3.secret_key)}
    settings = Settings(store=f"s3:{s3.url}/{bucket}", s3_lock_days=7, **keys)
    assert store_check(settings).endswith("object lock for 7 days")
