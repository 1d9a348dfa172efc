"""Lists of dossiers from the one-stop system: CSV with its headers, or rows as JSON, become dossiers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.catalogue import find_procedure
from pipeline.csv_rows import csv_rows
from pipeline.dossier_merge import beginning_of, day_of_code
from pipeline.dossiers import DossierDesk
from pipeline.errors import ScanRejected
from pipeline.local_time import VIETNAM
from pipeline.stages.field_values import find_dossier_code, parse
from pipeline.vietnamese import fold, nfc
from schemas.catalog import Catalogue
from schemas.dossiers import Dossier, DossierChange, DossierSource, ImportReport, Party, RefusedRow
from schemas.people import Actor

COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("ma ho so", "so ho so", "ma so ho so"),
    "procedure": ("ma thu tuc", "ma tthc", "ma thu tuc hanh chinh", "thu tuc"),
    "owner_name": ("chu ho so", "ten chu ho so", "ho ten chu ho so", "ho va ten chu ho so"),
    "owner_number": ("so dinh danh", "so dinh danh chu ho so", "cccd", "so cccd", "ma dinh danh", "ma so thue"),
    "owner_phone": (
        "so dien thoai",
        "dien thoai",
        "sdt",
        "so dien thoai chu ho so",
        "dien thoai chu ho so",
        "sdt chu ho so",
    ),
    "submitted_by_name": ("nguoi nop", "ten nguoi nop", "ho ten nguoi nop", "nguoi nop ho so"),
    "submitted_by_number": ("so dinh danh nguoi nop", "cccd nguoi nop"),
    "submitted_by_phone": ("so dien thoai nguoi nop", "dien thoai nguoi nop", "sdt nguoi nop"),
    "channel": ("hinh thuc nop", "kenh nop", "hinh thuc tiep nhan", "kenh tiep nhan"),
    "return_by": ("hinh thuc tra", "hinh thuc tra ket qua", "hinh thuc nhan ket qua"),
    "received_at": ("ngay tiep nhan", "ngay nhan", "ngay nop", "thoi gian tiep nhan"),
    "due_on": ("ngay hen tra", "ngay hen tra ket qua", "han tra", "thoi han giai quyet"),
}
"""What each column may be called, folded, besides its own name."""
_WAYS = {
    "counter": ("counter", "truc tiep", "tai quay", "tai bo phan mot cua"),
    "post": ("post", "buu chinh", "buu dien", "qua buu chinh cong ich"),
    "online": ("online", "truc tuyen", "qua mang", "dien tu"),
}
_DATES = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y")
_ISO_MOMENT = TypeAdapter(datetime)


def read_csv(text: str, columns: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The rows of a list by our names of the columns; columns of other names are passed over.

    Args:
        text: CSV with a header, parted by commas, semicolons or tabs.
        columns: header as printed -> our name, where the usual headers do not do.

    Raises:
        ScanRejected: bad_import, without a column of codes.
    """
    return csv_rows(text, COLUMNS, columns, "code", "bad_import")


def import_dossiers(
    desk: DossierDesk, catalogue: Catalogue, actor: Actor, rows: Iterable[Mapping[str, str | None]]
) -> ImportReport:
    """Add or update one dossier a row; importing the same list again changes nothing.

    A row that cannot be taken stops no other; it is told by its number.
    """
    changes: list[DossierChange] = []
    refused: list[RefusedRow] = []
    for number, row in enumerate(rows, start=1):
        try:
            changes.append(desk.open(dossier_of(row, catalogue, actor, "imported")))
        except ScanRejected as error:
            refused.append(RefusedRow(row=number, code=error.code))
    return ImportReport(dossiers=tuple(changes), refused=tuple(refused))


def dossier_of(row: Mapping[str, str | None], catalogue: Catalogue, actor: Actor, source: DossierSource) -> Dossier:
    """The dossier that values by the names of `COLUMNS` describe; empty ones are unknown.

    A procedure that the catalogue does not know is left out. Without a time of receipt the day in the code is taken.

    Raises:
        ScanRejected: bad_dossier_code; bad_import, where a way or a date cannot be understood.
    """
    said = {name: nfc(value.strip()) for name, value in row.items() if value and value.strip()}
    code = said.get("code", "").upper()
    if find_dossier_code(code) != code:
        raise ScanRejected("bad_dossier_code")
    procedure = find_procedure(catalogue, said.get("procedure", ""))
    known: dict[str, Any] = {name: _way(said[name]) for name in ("channel", "return_by") if name in said}
    if procedure is not None:
        known["procedure"] = procedure.id
    if "due_on" in said:
        known["due_on"] = _local_day(_moment(said["due_on"]))
    if (submitted_by := _party(said, "submitted_by")) != Party():
        known["submitted_by"] = submitted_by
    try:
        received = _moment(said["received_at"]) if "received_at" in said else day_of_code(code)
        return Dossier(
            code=code, actor=actor, source=source, owner=_party(said, "owner"), received_at=received, **known
        )
    except (ValueError, ValidationError):
        raise ScanRejected("bad_dossier_code") from None


def _local_day(moment: datetime) -> date:
    try:
        return moment.astimezone(VIETNAM).date()
    except OverflowError:  # a day before the year 1 or after 9999 here, though not in the zone that was said
        raise ScanRejected("bad_import") from None


def _party(said: Mapping[str, str], who: str) -> Party:
    number = re.sub(r"\s", "", said.get(f"{who}_number", ""))
    phone = parse("phone", said.get(f"{who}_phone", ""))
    return Party(number=number or None, name=said.get(f"{who}_name"), phone=phone.value if phone else None)


def _way(text: str) -> str:
    folded = re.sub(r"[^a-z]+", " ", fold(text)).strip()
    for way, words in _WAYS.items():
        if folded in words:
            return way
    raise ScanRejected("bad_import")


def _moment(text: str) -> datetime:
    """A time as lists write it, of Vietnam where it names no zone; a day is its beginning."""
    for form in _DATES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
    try:
        day = date.fromisoformat(text)
    except ValueError:
        try:
            moment = _ISO_MOMENT.validate_python(text)
        except ValidationError:
            raise ScanRejected("bad_import") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
    return beginning_of(day)
