"""What only one store can get wrong: a folder's paths and crashes, an S3 server's answers."""

import io
import multiprocessing
import os
import subprocess
import uuid
from contextlib import suppress
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from minio import Minio

from pipeline.adapters.folder_store import FolderStore
from pipeline.adapters.s3_bucket import S3Access
from pipeline.adapters.s3_store import S3Store
from pipeline.errors import HosoError, Misconfigured, ServiceUnavailable
from tests.services.processes import free_port
from tests.services.s3 import S3Server, access_to

KEY = "archive/local/ab12/1.v1.pdf"
CRASHED = 42


@given(key=st.text(st.sampled_from("a.b/\\~\0 -%:") | st.characters(), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_key_reaches_outside_the_folder(key: str, tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "outer" / "store")
    store.put("known", io.BytesIO(b"x"), "text/plain")
    for action in (
        lambda: store.put(key, io.BytesIO(b"x"), "text/plain"),
        lambda: store.fetch(key, tmp_path / "copy"),
        lambda: list(store.find(key)),
        lambda: store.delete(key),
    ):
        with suppress(HosoError):
            action()
    assert {path.name for path in tmp_path.iterdir()} <= {"outer", "copy"}
    assert [path.name for path in (tmp_path / "outer").iterdir()] == ["store"]


def _put_and_crash_at(root: Path, sync: int) -> None:
    real_sync, calls = os.fsync, 0

    def sync_or_crash(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == sync:
            os._exit(CRASHED)
        real_sync(descriptor)

    with mock.patch("os.fsync", sync_or_crash):
        FolderStore(root).put(KEY, io.BytesIO(b"new bytes"), "text/plain")


def _crash(root: Path, sync: int) -> bool:
    """Put in another process that dies at its `sync`-th fsync; False when it needed fewer."""
    process = multiprocessing.get_context("fork").Process(target=_put_and_crash_at, args=(root, sync))
    process.start()
    process.join()
    assert process.exitcode in (0, CRASHED)
    return process.exitcode == CRASHED


def test_a_crash_while_replacing_leaves_one_whole_version(tmp_path: Path) -> None:
    sync = 1
    while True:
        root = tmp_path / str(sync)
        store = FolderStore(root)
        store.put(KEY, io.BytesIO(b"old"), "text/plain")
        if not _crash(root, sync):
            break
        fetched = store.fetch(KEY, tmp_path / "copy")
        assert (tmp_path / "copy").read_bytes() in (b"old", b"new bytes")
        assert list(store.find("")) == [fetched]
        sync += 1
    assert sync > 4  # file, hash file, folder before the object, folder after it


def test_a_crash_while_putting_leaves_all_or_nothing(tmp_path: Path) -> None:
    sync = 1
    while _crash(tmp_path / str(sync), sync):
        found = list(FolderStore(tmp_path / str(sync)).find(""))
        assert [entry.size_bytes for entry in found] in ([], [len(b"new bytes")])
        sync += 1
    assert sync > 4


def test_an_altered_file_is_told_by_its_hash(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "store")
    store.put(KEY, io.BytesIO(b"paper"), "text/plain")
    (tmp_path / "store" / KEY).write_bytes(b"forge")
    with pytest.raises(ServiceUnavailable) as caught:
        store.fetch(KEY, tmp_path / "copy")
    assert caught.value.code == "object_altered"
    assert not (tmp_path / "copy").exists()


def test_the_hash_file_satisfies_sha256sum(tmp_path: Path) -> None:
    FolderStore(tmp_path).put(KEY, io.BytesIO(b"paper"), "text/plain")
    check = ["sha256sum", "--check", "--strict", "1.v1.pdf.sha256"]
    assert subprocess.run(check, cwd=(tmp_path / KEY).parent, check=False, capture_output=True).returncode == 0


def test_a_file_that_was_not_put_is_no_object(tmp_path: Path) -> None:
    (tmp_path / "stray").write_bytes(b"x")
    assert list(FolderStore(tmp_path).find("")) == []


def test_a_folder_that_cannot_be_used_is_a_store_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(ServiceUnavailable) as caught:
        FolderStore(tmp_path / "file" / "store").put(KEY, io.BytesIO(b"x"), "text/plain")
    assert caught.value.code == "store_away"


def test_files_are_for_our_user_alone(tmp_path: Path) -> None:
    FolderStore(tmp_path / "store").put(KEY, io.BytesIO(b"x"), "text/plain")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "store").rglob("*.pdf*"))
    assert (tmp_path / "store").stat().st_mode & 0o077 == 0


def test_an_altered_s3_object_is_told_by_its_hash(s3: S3Server, tmp_path: Path) -> None:
    bucket = uuid.uuid4().hex
    store = S3Store(f"s3:{s3.url}/{bucket}", access_to(s3))
    sha256 = store.put(KEY, io.BytesIO(b"paper"), "text/plain").sha256
    client = Minio(
        endpoint=s3.url.removeprefix("http://"), access_key=s3.access_key, secret_key=s3.secret_key, secure=False
    )
    forged: dict[str, str | list[str] | tuple[str]] = {"sha256": sha256}
    client.put_object(bucket_name=bucket, object_name=KEY, data=io.BytesIO(b"forge"), length=5, metadata=forged)
    with pytest.raises(ServiceUnavailable) as caught:
        store.fetch(KEY, tmp_path / "copy")
    assert caught.value.code == "object_altered"
    assert not (tmp_path / "copy").exists()


def test_an_existing_bucket_is_used(s3: S3Server) -> None:
    url = f"s3:{s3.url}/{uuid.uuid4().hex}"
    stored = S3Store(url, access_to(s3)).put(KEY, io.BytesIO(b"x"), "text/plain")
    assert list(S3Store(url, access_to(s3)).find("")) == [stored]


def test_a_wrong_secret_is_for_the_operator(s3: S3Server) -> None:
    with pytest.raises(Misconfigured):
        S3Store(f"s3:{s3.url}/{uuid.uuid4().hex}", S3Access(s3.access_key, "not the secret", "us-east-1"))


def test_a_server_that_does_not_answer_is_away() -> None:
    with pytest.raises(ServiceUnavailable) as caught:
        S3Store(f"s3:http://127.0.0.1:{free_port()}/bucket", S3Access("key", "secret", "us-east-1"))
    assert caught.value.code == "store_away"


@pytest.mark.parametrize("url", ["s3:", "s3:https://host", "s3:ftp://host/bucket", "s3:https://host/a/b", "file:/x"])
def test_an_s3_url_of_another_form_is_for_the_operator(url: str) -> None:
    with pytest.raises(Misconfigured):
        S3Store(url, S3Access("key", "secret", "us-east-1"))
