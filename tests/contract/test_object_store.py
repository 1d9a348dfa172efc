"""The promises of ObjectStore."""

import hashlib
import io
import threading
from pathlib import Path

import pytest

from pipeline.errors import HosoError, NotFound
from pipeline.ports import ObjectStore

KEY = "archive/local/ab12/1-2.v1.pdf"


def test_what_was_put_is_fetched_byte_for_byte(store: ObjectStore, tmp_path: Path) -> None:
    store.put(KEY, io.BytesIO(b"\x00bytes\xff"), "application/pdf")
    store.fetch(KEY, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"\x00bytes\xff"


def test_put_fetch_and_find_tell_the_same_hash_and_size(store: ObjectStore, tmp_path: Path) -> None:
    stored = store.put(KEY, io.BytesIO(b"paper"), "application/pdf")
    assert (stored.key, stored.sha256, stored.size_bytes) == (KEY, hashlib.sha256(b"paper").hexdigest(), 5)
    assert store.fetch(KEY, tmp_path / "copy") == stored
    assert list(store.find(KEY)) == [stored]


def test_an_object_may_be_empty(store: ObjectStore, tmp_path: Path) -> None:
    store.put(KEY, io.BytesIO(), "text/plain")
    assert store.fetch(KEY, tmp_path / "copy").size_bytes == 0


def test_data_is_read_from_its_present_position(store: ObjectStore, tmp_path: Path) -> None:
    data = io.BytesIO(b"head-tail")
    data.seek(5)
    store.put(KEY, data, "text/plain")
    store.fetch(KEY, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"tail"


def test_a_source_that_cannot_be_rewound_is_stored_whole(store: ObjectStore, tmp_path: Path) -> None:
    content = b"0123456789abcdef" * (1 << 20)  # 16 MiB: more than S3 takes in one part

    class Stream(io.RawIOBase):
        def __init__(self) -> None:
            self._rest = memoryview(content)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            view = memoryview(buffer)  # type: ignore[arg-type]
            count = min(len(view), len(self._rest))
            view[:count], self._rest = self._rest[:count], self._rest[count:]
            return count

    store.put(KEY, io.BufferedReader(Stream()), "application/pdf")
    store.fetch(KEY, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == content


def test_putting_the_same_bytes_twice_is_allowed(store: ObjectStore) -> None:
    first = store.put(KEY, io.BytesIO(b"same"), "text/plain")
    assert store.put(KEY, io.BytesIO(b"same"), "text/plain") == first
    assert list(store.find("")) == [first]


def test_other_bytes_replace_the_object_whole(store: ObjectStore, tmp_path: Path) -> None:
    store.put(KEY, io.BytesIO(b"the longer first version"), "text/plain")
    second = store.put(KEY, io.BytesIO(b"second"), "text/plain")
    assert store.fetch(KEY, tmp_path / "copy") == second
    assert (tmp_path / "copy").read_bytes() == b"second"
    assert list(store.find("")) == [second]


def test_a_reader_never_sees_half_an_object(store: ObjectStore, tmp_path: Path) -> None:
    versions = [b"a" * 3_000_000, b"b" * 3_000_000]
    store.put(KEY, io.BytesIO(versions[0]), "text/plain")

    def replace() -> None:
        for turn in range(6):
            store.put(KEY, io.BytesIO(versions[turn % 2]), "text/plain")

    writer = threading.Thread(target=replace)
    writer.start()
    seen = set()
    while writer.is_alive():
        store.fetch(KEY, tmp_path / "copy")
        seen.add((tmp_path / "copy").read_bytes())
    writer.join()
    assert seen
    assert seen <= set(versions)


def test_fetching_what_is_not_there_is_not_found(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        store.fetch("archive/local/none", tmp_path / "copy")
    assert caught.value.code == "no_such_object"
    assert not (tmp_path / "copy").exists()


def test_find_gives_the_keys_with_the_prefix_in_their_order(store: ObjectStore) -> None:
    for key in ("b/1", "a/b/2", "a/b-c", "a/b/1", "a/c"):
        store.put(key, io.BytesIO(b"x"), "text/plain")
    assert [found.key for found in store.find("a/b")] == ["a/b-c", "a/b/1", "a/b/2"]
    assert [found.key for found in store.find("a/")] == ["a/b-c", "a/b/1", "a/b/2", "a/c"]
    assert [found.key for found in store.find("")] == ["a/b-c", "a/b/1", "a/b/2", "a/c", "b/1"]


def test_finding_many_keeps_their_order(store: ObjectStore) -> None:
    keys = [f"archive/many/{number:03d}" for number in range(150)]
    for key in keys:
        store.put(key, io.BytesIO(key.encode()), "text/plain")
    assert [found.key for found in store.find("archive/many/")] == keys


@pytest.mark.parametrize("prefix", ["none", "none/at/all", "../", "/", "a//b"])
def test_finding_nothing_is_no_error(store: ObjectStore, prefix: str) -> None:
    store.put("a/b", io.BytesIO(b"x"), "text/plain")
    assert list(store.find(prefix)) == []


def test_a_deleted_object_is_gone(store: ObjectStore, tmp_path: Path) -> None:
    store.put(KEY, io.BytesIO(b"x"), "text/plain")
    store.delete(KEY)
    assert list(store.find("")) == []
    with pytest.raises(NotFound):
        store.fetch(KEY, tmp_path / "copy")


def test_deleting_what_is_not_there_is_allowed(store: ObjectStore) -> None:
    store.delete(KEY)
    assert list(store.find("")) == []


def test_a_deleted_key_can_be_used_again(store: ObjectStore, tmp_path: Path) -> None:
    store.put(KEY, io.BytesIO(b"old"), "text/plain")
    store.delete(KEY)
    assert store.fetch(store.put(KEY, io.BytesIO(b"new"), "text/plain").key, tmp_path / "copy").size_bytes == 3


def test_an_erased_object_is_gone_with_its_earlier_versions(store: ObjectStore, tmp_path: Path) -> None:
    store.put(KEY, io.BytesIO(b"before"), "text/plain")
    store.put(KEY, io.BytesIO(b"after"), "text/plain")
    assert store.erase(KEY)
    assert list(store.find("")) == []
    with pytest.raises(NotFound):
        store.fetch(KEY, tmp_path / "copy")


def test_erasing_only_what_was_earlier_leaves_the_object_as_it_is(store: ObjectStore, tmp_path: Path) -> None:
    store.put(KEY, io.BytesIO(b"before"), "text/plain")
    now = store.put(KEY, io.BytesIO(b"after"), "text/plain")
    assert store.erase(KEY, earlier_only=True)
    assert store.fetch(KEY, tmp_path / "copy") == now


def test_erasing_leaves_objects_whose_keys_only_begin_alike(store: ObjectStore) -> None:
    beside = store.put(f"{KEY}.json", io.BytesIO(b"another"), "text/plain")
    assert store.erase(KEY)
    assert list(store.find("")) == [beside]


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "a//b", "a/", "../a", "a/../b", "a/./b", ".a", "a/.put-x", "a b", "Đỗ", "a\0b", "a.sha256"],
)
def test_a_key_that_is_no_plain_ascii_path_is_refused(store: ObjectStore, key: str, tmp_path: Path) -> None:
    with pytest.raises(HosoError):
        store.put(key, io.BytesIO(b"x"), "text/plain")
    with pytest.raises(HosoError):
        store.fetch(key, tmp_path / "copy")
    with pytest.raises(HosoError):
        store.delete(key)
    assert list(store.find("")) == []
