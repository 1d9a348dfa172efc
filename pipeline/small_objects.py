"""An object of the store that is small enough to be held in memory."""

from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.ports import ObjectStore


def read_object(store: ObjectStore, key: str) -> bytes:
    """Its bytes, compared with their hash.

    Raises:
        NotFound: no_such_object.
        ServiceUnavailable: store_away, object_altered.
    """
    with TemporaryDirectory(prefix="hoso-object-") as folder:
        target = Path(folder) / "object"
        store.fetch(key, target)
        return target.read_bytes()
