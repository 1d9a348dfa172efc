"""`hoso doctor`: is everything there that hoso needs, and if not, what to do."""

import re
import shutil
import subprocess
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Annotated, Literal, NamedTuple

import cv2
import numpy as np
import typer
from rich.console import Console

from pipeline.adapters.clamd import Clamd
from pipeline.adapters.disk_encryption import ENCRYPTED, Guard, protection_of
from pipeline.adapters.flow_server import find_flow_server
from pipeline.adapters.inbox import open_inbox
from pipeline.adapters.parser_pool import ParserPool
from pipeline.adapters.printing import font_files
from pipeline.adapters.s3_store import S3Store
from pipeline.adapters.tesseract import READINGS
from pipeline.audit.closing import not_closed_since
from pipeline.catalogue import load_catalogue
from pipeline.citizen_requests import CitizenRequests
from pipeline.cli.ask import AsJson
from pipeline.cli.in_transit import in_the_clear
from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.errors import HosoError, Misconfigured, ServiceUnavailable
from pipeline.local_time import local_day
from pipeline.offices import known_offices, logged_offices
from pipeline.pages import ScanFile
from pipeline.retention import check_lock
from pipeline.settings import Settings, load_settings
from pipeline.wiring import open_store, open_sync, open_tables
from pipeline.working_days import known_until

_DOUBTED, _MISCONFIGURED = 65, 78
_MARKS = {"ok": ("green", "ok   "), "doubt": ("yellow", "DOUBT"), "wrong": ("red", "WRONG")}

_GUARDS: dict[Guard, str] = {
    "dm-crypt": "encrypted disk",
    "fscrypt": "encrypted folder",
    "encrypting file system": "encrypted folder",
    "memory": "in memory only, gone when the machine stops",
    "none": "NOT encrypted",
    "not told": "cannot be told from here: ask whoever runs the host or the server",
}
_TO_ENCRYPT = (
    "Whoever takes this disk can read what lies there unencrypted. Install the system on an encrypted disk (LUKS), put "
    "HOSO_HOME and TMPDIR on an encrypted partition (cryptsetup luksFormat), or HOSO_HOME into a gocryptfs folder"
)


class Doubt(str):
    """What a check says where nothing stops, and somebody should think about it all the same."""

    __slots__ = ()


class Wrong(str):
    """What a check says where the operator must act, and the sentence tells how."""

    __slots__ = ()


class Finding(NamedTuple):
    """What a check came to."""

    level: Literal["ok", "doubt", "wrong"]
    says: str


def doctor(
    as_json: AsJson = False,
    security: Annotated[
        bool, typer.Option("--security", help="Look at what strangers and insiders could do; ends with 65 on doubts.")
    ] = False,
) -> None:
    """Check programs, catalogue, store, database and parsers; say what to do about what is wrong."""
    settings = load_settings()
    if security:
        from pipeline.cli.doctor_security import security_checks  # noqa: PLC0415 (it needs the checks of this module)

        levels = _told(security_checks(), settings, as_json=as_json)
    else:
        levels = _told(_checks(), settings, as_json=as_json)
    if "wrong" in levels:
        raise typer.Exit(_MISCONFIGURED)
    if security and "doubt" in levels:
        raise typer.Exit(_DOUBTED)


def _checks() -> dict[str, Callable[[Settings], str]]:
    return {
        "programs": _programs,
        "reading model": _model,
        "catalogue": _catalogue,
        "store": store_check,
        "database": _database,
        "inbox": _inbox,
        "parsers": _parsers,
        "virus scanner": _virus_scanner,
        "print font": _print_font,
        "flow server": _flow_server,
        "disk": disk_check,
        "in transit": _in_transit,
        "requests": _requests,
        "access log": _access_log,
        "centre": _centre,
    }


def _told(checks: dict[str, Callable[[Settings], str]], settings: Settings, *, as_json: bool) -> set[str]:
    """Print what the checks come to, and return the levels there are."""
    results = {name: _result(check, settings) for name, check in checks.items()}
    if as_json:
        told = {name: {"ok": one.level != "wrong", **one._asdict()} for name, one in results.items()}
        write_stdout(as_json_line(told))
    else:
        console = Console(highlight=False)
        for name, one in results.items():
            colour, mark = _MARKS[one.level]
            console.print(f"[{colour}]{mark}[/] {name:<15}", end=" ")
            console.print(one.says, markup=False)
    return {one.level for one in results.values()}


def _result(check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        says = check(settings)
    except HosoError as error:
        return Finding("wrong", f"{error.message('en')} [{error.code}]")
    return Finding("wrong" if isinstance(says, Wrong) else "doubt" if isinstance(says, Doubt) else "ok", says)


def _programs(_: Settings) -> str:
    packages = {"tesseract": "tesseract-ocr", "pdftoppm": "poppler-utils", "pdfinfo": "poppler-utils"}
    missing = sorted({package for program, package in packages.items() if shutil.which(program) is None})
    if missing:
        raise Misconfigured("missing_program", "apt-get install " + " ".join(missing))
    return ", ".join(packages)


def _model(_: Settings) -> str:
    try:
        listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise Misconfigured("missing_program", "apt-get install tesseract-ocr") from None
    models = sorted({reading.model for reading in READINGS.values()})
    missing = [f"tesseract-ocr-{model}" for model in models if model not in listed.split()]
    if missing:
        raise Misconfigured("missing_program", "apt-get install " + " ".join(missing))
    return ", ".join(models)


def _print_font(_: Settings) -> str:
    return font_files()[0].stem


def _catalogue(settings: Settings) -> str:
    catalogue = load_catalogue(settings.catalogue)
    return f"{len(catalogue.types)} types of papers, {len(catalogue.procedures)} procedures"


def store_check(settings: Settings) -> str:
    """Whether objects can be put, fetched and deleted, and where; on an S3 server also how long they are locked.

    Raises:
        Misconfigured: bad_setting, no_object_lock, intake_misplaced, lock_outlasts_keeping, no_server_encryption.
        ServiceUnavailable: store_away, object_altered.

    """
    store = open_store(settings)
    key = f"doctor/{uuid.uuid4()}"
    with TemporaryDirectory() as folder:
        store.put(key, BytesIO(b"doctor"), "text/plain")
        store.fetch(key, Path(folder) / "read")
        store.delete(key)
    if not isinstance(store, S3Store):
        return settings.store_url
    if store.misplaced():
        raise Misconfigured("intake_misplaced")
    check_lock(load_catalogue(settings.catalogue).types, settings.s3_lock_days)
    encryption = store.encryption() or "not encrypted by the server as far as it tells"
    lock = f"object lock for {settings.s3_lock_days} days" if settings.s3_lock_days else "no object lock"
    return f"{settings.store_url}, {encryption}, {lock}"


def _database(settings: Settings) -> str:
    with open_tables(settings) as tables:
        tables.submissions.recent(settings.office_id, 1)
    return settings.database_url.split("@")[-1]


def _inbox(settings: Settings) -> str:
    with open_tables(settings) as tables:
        offices = known_offices(settings, tables)
    inbox = open_inbox(settings.inbox_path, settings.office_id, offices, load_catalogue(settings.catalogue))
    if inbox.unknown:
        names = ", ".join(_said(folder) for folder in inbox.unknown)
        return Doubt(f"no office and no procedure is called like these folders, so nothing is taken from them: {names}")
    return f"{settings.inbox_path}, {len(inbox.folders) - 1} folders of offices and procedures"


def _said(folder: Path) -> str:
    """The name of a folder where it looks like an id; others may be people's."""
    return folder.name if re.fullmatch(r"[a-z0-9._-]{1,64}", folder.name) else "?"


def _parsers(settings: Settings) -> str:
    with TemporaryDirectory() as folder, ParserPool(settings.limits) as parsers:
        page = Path(folder) / "page.png"
        cv2.imwrite(str(page), np.full((400, 300), 255, np.uint8))
        parsers.look(ScanFile(page, "image/png"), 1, None)
        held = parsers.confinement()
    says = f"{settings.limits.parsers} side by side, {settings.limits.parser_memory_mb} MB each"
    if not held.network:
        return Doubt(f"{says}. NOTHING keeps them off the network, as HOSO_UNCONFINED_PARSERS allows")
    says = f"{says}; no network ({' and '.join(held.network)})"
    if not held.files:
        return Doubt(f"{says}. They could open files of others: the kernel has no Landlock (Linux 5.19), or forbids it")
    return f"{says}, no files but their own (Landlock)"


def _virus_scanner(settings: Settings) -> str:
    return Clamd(settings.clamd).version() if settings.clamd else "none: files are not looked through (HOSO_CLAMD)"


def disk_check(settings: Settings) -> str:
    """Which of the folders that hold citizens' papers are encrypted. hoso does not encrypt them itself.

    Its key would lie beside what it guards, or somebody would have to type it at every start: the operating system does
    both better.
    """
    kept, temporary = _folders(settings), Path(gettempdir())
    guarded = {folder: protection_of(folder) for folder in (*kept, temporary)}
    says = "; ".join(f"{folder}: {_GUARDS[found.guard]} ({found.through})" for folder, found in guarded.items())
    is_safe = all(guarded[folder].guard in ENCRYPTED for folder in kept)
    if is_safe and guarded[temporary].guard in (*ENCRYPTED, "memory"):
        return says
    return Doubt(f"{says}. {_TO_ENCRYPT}")


def _in_transit(settings: Settings) -> str:
    plain = in_the_clear(settings)
    if plain:
        return Doubt(f"not encrypted on the way: {', '.join(plain)}. Whoever is on that network can read papers")
    return "nothing leaves this machine unencrypted"


def _requests(settings: Settings) -> str:
    """What citizens asked about their data, and whether its deadlines can be counted."""
    today = local_day(datetime.now(UTC))
    with open_tables(settings) as tables:
        found = CitizenRequests(open_store(settings), tables).open(settings.office_id)
    overdue = sum(one.overdue(today) is not None for one in found)
    told = f"{len(found)} open, {overdue} overdue; holidays are known until {known_until()}"
    return Doubt(f"{told}: hoso request list") if overdue or known_until() < today.year else told


def _access_log(settings: Settings) -> str:
    """Whether the nights close the days of every office's access log."""
    today = local_day(datetime.now(UTC))
    with open_tables(settings) as tables:
        since = {one: not_closed_since(tables.audit, one, today) for one in logged_offices(settings, tables)}
    late = ", ".join(f"{office_id} since {day}" for office_id, day in since.items() if day is not None)
    if late:
        return Doubt(f"days are not closed: {late}. hoso audit close closes them or tells why not; hoso audit verify")
    return "no day waits too long to be closed"


def _folders(settings: Settings) -> tuple[Path, ...]:
    """Where papers lie on this machine for good."""
    found = [settings.home_path, settings.inbox_path]
    if settings.store_url.startswith("file:"):
        found.append(Path(settings.store_url.removeprefix("file:")))
    if settings.database_url.startswith("sqlite:///"):
        found.append(Path(settings.database_url.removeprefix("sqlite:///")).parent)
    return tuple(dict.fromkeys(found))


def _centre(settings: Settings) -> str:
    if settings.reads_here:
        return "none: papers are read on this machine"
    with open_sync(settings) as syncing:
        try:
            syncing.try_centre()
        except ServiceUnavailable as error:
            return Doubt(f"{error.message('en')} [{error.code}]")
    return f"{settings.centre_url} answers"


def _flow_server(settings: Settings) -> str:
    server = find_flow_server(settings.home_path)
    if server is None:
        return "none: `hoso ingest` works by itself"
    with server:
        if not server.is_ready():
            raise Misconfigured("flow_server_away")
    return "answers"
