"""Builds the archive out of its parts: the one place that knows which URL scheme means which adapter."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pipeline.adapters.audit_folder import AuditFolder
from pipeline.adapters.centre import CentreApi
from pipeline.adapters.clamd import Clamd
from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.folder_store import FolderStore
from pipeline.adapters.parser_pool import ParserPool
from pipeline.adapters.s3_bucket import S3Access, S3Bucket
from pipeline.adapters.s3_store import S3Store
from pipeline.adapters.scratch import own_scratch
from pipeline.adapters.signing.roots import load_roots
from pipeline.archive import Archive
from pipeline.audit_ports import AuditCopy
from pipeline.catalogue import load_catalogue
from pipeline.errors import Misconfigured
from pipeline.ports import ObjectStore
from pipeline.register import RegisterBook
from pipeline.retention import check_lock
from pipeline.settings import Settings
from pipeline.signing import SigningMeans
from pipeline.signing_ports import Signer
from pipeline.sync import Sync


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
            access = S3Access(
                settings.s3_access_key.get_secret_value(),
                settings.s3_secret_key.get_secret_value(),
                settings.s3_region,
                encrypt=settings.s3_encrypt,
            )
            return S3Store(rest, access, settings.s3_lock_days)
    raise Misconfigured("bad_setting", "HOSO_STORE: file:/path or s3:https://host/bucket")


def open_backup(settings: Settings, target: str) -> ObjectStore:
    """The backup at `target`: a folder, or `s3:https://host:port/bucket`, which has keys of its own.

    Raises:
        Misconfigured: (bad_setting) it lies inside the store, whose objects it would then copy into itself.
        ServiceUnavailable: store_away.
    """
    if target.startswith("s3:"):
        access = S3Access(
            settings.backup_s3_access_key.get_secret_value(),
            settings.backup_s3_secret_key.get_secret_value(),
            settings.s3_region,
            "HOSO_BACKUP_S3_ACCESS_KEY, HOSO_BACKUP_S3_SECRET_KEY",
        )
        return S3Bucket(target.removeprefix("s3:"), access)
    folder = Path(target).expanduser().absolute()
    scheme, _, root = settings.store_url.partition(":")
    if scheme == "file" and folder.is_relative_to(Path(root).absolute()):
        raise Misconfigured("bad_setting", "the backup would lie inside HOSO_STORE")
    return FolderStore(folder)


def open_audit_copy(settings: Settings) -> AuditCopy | None:
    """The place elsewhere that keeps the ends of the access log, if the settings name one."""
    return AuditFolder(Path(settings.audit_copy).expanduser()) if settings.audit_copy else None


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
        yield RegisterBook(store, tables)


@contextmanager
def open_sync(settings: Settings) -> Iterator[Sync]:
    """What hands over to the centre that the settings name.

    Raises:
        Misconfigured: no_centre, and as the parts do.
        ServiceUnavailable: store_away, database_away.
    """
    token = settings.centre_token.get_secret_value()
    if not (settings.centre_url and token):
        raise Misconfigured("no_centre")
    store = open_store(settings)
    with open_tables(settings) as tables, CentreApi(settings.centre_url, token) as centre:
        yield Sync(settings, store, tables, centre)


@contextmanager
def open_archive(settings: Settings) -> Iterator[Archive]:
    """The whole archive; its parser processes start when first needed and end with it, as its temporary files do.

    Raises:
        Misconfigured, ServiceUnavailable: as its parts do.
    """
    catalogue = load_catalogue(settings.catalogue)
    check_lock(catalogue.types, settings.s3_lock_days)
    store = open_store(settings)
    viruses = Clamd(settings.clamd) if settings.clamd else None
    roots = load_roots(settings.trusted_roots)
    with own_scratch(), open_tables(settings) as tables, ParserPool(settings.limits, roots, viruses) as parsers:
        yield Archive(settings, store, tables, parsers, catalogue)


def signing_means(settings: Settings) -> SigningMeans | None:
    """What copies are signed with; None where they are not.

    Raises:
        Misconfigured: (bad_setting) what the kind of key needs is not set.
    """
    if not settings.signs:
        return None
    # pyHanko takes half a second to import, which no command and no office without signing should wait for.
    from pipeline.adapters.signing.cms import PadesSealer  # noqa: PLC0415
    from pipeline.adapters.signing.mark import draw_mark  # noqa: PLC0415

    def draw(converter: str, office_id: str, at: datetime) -> bytes:
        return draw_mark(converter, settings.office_called(office_id), at)

    return SigningMeans(
        sealer=PadesSealer(settings.timestamp_url),
        signer=_signer(settings),
        draw=draw,
        corner="left" if settings.mark_place == "officer" else "right",
        trusts=bool(load_roots(settings.trusted_roots)),
    )


def _signer(settings: Settings) -> Signer | None:
    """The key that this server reaches; None: it is on a token at the counter."""
    if settings.signing == "token":
        if not settings.web_url:
            raise Misconfigured("bad_setting", "HOSO_WEB_URL: hoso signer answers this address alone")
        return None
    if settings.signing == "key":
        if settings.signing_key is None:
            raise Misconfigured("bad_setting", "HOSO_SIGNING_KEY")
        from pipeline.adapters.signing.software_key import SoftwareKey  # noqa: PLC0415

        return SoftwareKey(settings.signing_key, settings.signing_passphrase.get_secret_value())
    if not (settings.signing_service and settings.signing_credential):
        raise Misconfigured("bad_setting", "HOSO_SIGNING_SERVICE, HOSO_SIGNING_CREDENTIAL")
    from pipeline.adapters.signing.service import SigningService  # noqa: PLC0415

    token = settings.signing_service_token.get_secret_value()
    return SigningService(settings.signing_service, token, settings.signing_credential)
