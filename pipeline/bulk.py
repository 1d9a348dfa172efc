"""Many objects of the store one after the other, several of them on their way at once."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import NotFound, ServiceUnavailable
from pipeline.ports import ObjectStore, StoredObject

_AT_ONCE = 8
_IN_HAND = 64
"""So many are asked for before the first of them is handed on: memory stays small, and no thread waits."""


@dataclass(frozen=True)
class Fetched:
    """What became of fetching an object: its bytes if they were wanted, or what is wrong with it.

    `stored` None: it is gone, or its bytes are not those that were put (`altered`).
    """

    key: str
    stored: StoredObject | None
    data: bytes | None = None
    altered: bool = False


def fetch_each(store: ObjectStore, keys: Iterable[str], *, wanted: str) -> Iterator[Fetched]:
    """Fetch objects and compare each with its hash, in the order of `keys`.

    Args:
        store: where they are.
        keys: of any number.
        wanted: objects of this ending are handed on with their bytes; of others the bytes are only compared.

    Raises:
        ServiceUnavailable: store_away.
    """
    waiting = iter(keys)
    with TemporaryDirectory(prefix="hoso-bulk-") as folder, ThreadPoolExecutor(_AT_ONCE) as threads:
        while batch := list(islice(waiting, _IN_HAND)):
            targets = [Path(folder) / str(number) for number in range(len(batch))]
            yield from threads.map(lambda key, target: _fetch(store, key, target, wanted), batch, targets)


def _fetch(store: ObjectStore, key: str, target: Path, wanted: str) -> Fetched:
    try:
        stored = store.fetch(key, target)
    except NotFound:
        return Fetched(key, None)
    except ServiceUnavailable as error:
        if error.code != "object_altered":
            raise
        return Fetched(key, None, altered=True)
    try:
        return Fetched(key, stored, target.read_bytes() if key.endswith(wanted) else None)
    finally:
        target.unlink()
