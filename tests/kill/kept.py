"""All that a home keeps, read without the product: every object's bytes, every row."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from minio import Minio
from sqlalchemy import MetaData, create_engine, select

from pipeline.settings import Settings

Row = dict[str, Any]
_HASH_SUFFIX = ".sha256"
_HASH_HEADER = "x-amz-meta-sha256"


class Kept(NamedTuple):
    """What lies in store and database.

    Attributes:
        objects: SHA-256 of the bytes as they are, by key.
        altered: keys whose bytes are not what their recorded hash says, or which have none.
        strays: files in the store's folder that are neither object nor hash. (A hash without its object says nothing
            of anybody, and waits for the object to be put again.)
        rows: the tables' rows, by table.
    """

    objects: Mapping[str, str]
    altered: tuple[str, ...]
    strays: tuple[str, ...]
    rows: Mapping[str, tuple[Row, ...]]

    def papers(self) -> list[dict[str, Any]]:
        """The records of the papers on file."""
        return [json.loads(row["record"]) for row in self.rows["papers"]]


def read_kept(settings: Settings) -> Kept:
    """Read store and database of these settings."""
    scheme, _, rest = settings.store_url.partition(":")
    objects, altered, strays = _in_folder(Path(rest)) if scheme == "file" else _in_buckets(settings, rest)
    return Kept(objects, altered, strays, _rows(settings.database_url))


def _in_folder(root: Path) -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]:
    files = {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}
    hashes = {name: path for name, path in files.items() if name.endswith(_HASH_SUFFIX)}
    hidden = [name for name in files if "/." in f"/{name}" and name != ".lock"]
    objects = {name: path for name, path in files.items() if name not in hashes and name not in hidden}
    objects.pop(".lock", None)
    found = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in objects.items()}
    said = {name: hashes[name + _HASH_SUFFIX].read_text() for name in objects if name + _HASH_SUFFIX in hashes}
    altered = tuple(name for name in objects if found[name] not in said.get(name, ""))
    return found, altered, tuple(sorted(hidden))


def _in_buckets(settings: Settings, url: str) -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]:
    """Objects of the bucket, and of the one beside it for what passes."""
    parts = urlsplit(url)
    keys = settings.s3_access_key.get_secret_value(), settings.s3_secret_key.get_secret_value()
    client = Minio(parts.netloc, *keys, secure=parts.scheme == "https", region=settings.s3_region)
    found, altered = {}, []
    bucket = parts.path.strip("/")
    for name in (bucket, f"{bucket}-intake"):
        for entry in client.list_objects(name, recursive=True):
            key = str(entry.object_name)
            answer = client.get_object(name, key)
            try:
                found[key] = hashlib.sha256(answer.read()).hexdigest()
                if answer.headers.get(_HASH_HEADER) != found[key]:
                    altered.append(key)
            finally:
                answer.close()
                answer.release_conn()
    return found, tuple(altered), ()


def _rows(url: str) -> dict[str, tuple[Row, ...]]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        tables = MetaData()
        tables.reflect(engine)
        with engine.connect() as connection:
            return {
                name: tuple(dict(row) for row in connection.execute(select(table)).mappings())
                for name, table in tables.tables.items()
                if not name.startswith("search_index")
            }
    finally:
        engine.dispose()
