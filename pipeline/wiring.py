"""Builds the archive out of its parts: the one place that knows which URL scheme means which adapter."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.folder_store import FolderStore
from pipeline.adapters.parser_pool import ParserPool
from pipeline.adapters.s3_store import S3Store
from pipeline.adapters.scratch import own_scratch
from pipeline.archive import Archive
from pipeline.catalogue import load_catalogue
from pipeline.errors import Misconfigured
from pipeline.ports import ObjectStore
from pipeline.register import RegisterBook
from pipeline.settings import Settings


def open_store(settings: Settings) -> ObjectStore:
    """The object store that the settings name.

    Raises:
        Misconfigured: (bad_setting) the URL has no known scheme.
        ServiceUnavailable: store_away.
    """
    scheme, _, rest = settings.store_url.partition(":")
    match scheme:
        case "file":
            return FolderStore(Path(rest))
        case "s3":
            return S3Store(
                rest,
                settings.s3_access_key.get_secret_value(),
                settings.s3_secret_key.get_secret_value(),
                settings.s3_region,
            )
    raise Misconfigured("bad_setting", "HOSO_STORE: file:/path or s3:https://host/bucket")


@contextmanager
def open_tables(settings: Settings) -> Iterator[Database]:
    """The database that the settings name, closed afterwards. Raises: Misconfigured, ServiceUnavailable."""
    database = open_database(settings.database_url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def open_register(settings: Settings) -> Iterator[RegisterBook]:
    """The register of citizens for those who may change it. Raises: Misconfigured, ServiceUnavailable."""
    store = open_store(settings)
    with open_tables(settings) as tables:
        yield RegisterBook(store, tables.papers, tables.people, tables.register)


@contextmanager
def open_archive(settings: Settings) -> Iterator[Archive]:
    """The whole archive; its parser processes start when first needed and end with it, as its temporary files do.

    Raises:
        Misconfigured, ServiceUnavailable: as its parts do.
    """
    catalogue = load_catalogue(settings.catalogue)
    store = open_store(settings)
    with own_scratch(), open_tables(settings) as tables, ParserPool(settings.limits) as parsers:
        yield Archive(settings, store, tables, parsers, catalogue)
