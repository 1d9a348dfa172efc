"""The list that goes with scans an office holds already."""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from pipeline.catalogue import find_procedure
from pipeline.csv_rows import csv_rows
from pipeline.errors import ScanRejected
from pipeline.stages.field_values import find_dossier_code, parse
from pipeline.vietnamese import fold, nfc
from schemas.backlog import IndexRow
from schemas.catalog import Catalogue

COLUMNS: dict[str, tuple[str, ...]] = {
    "file": ("tep", "ten tep", "tap tin", "ten tap tin", "duong dan", "ten file", "path", "filename"),
    "dossier_code": ("ma ho so", "so ho so", "ma so ho so"),
    "owner_number": ("so dinh danh", "so dinh danh chu ho so", "cccd", "so cccd", "ma dinh danh", "ma so thue"),
    "day": ("ngay", "ngay cap", "ngay ban hanh", "date"),
    "type": ("loai", "loai giay to", "ten giay to", "ten loai giay to"),
    "procedure": ("ma thu tuc", "ma tthc", "ma thu tuc hanh chinh", "thu tuc"),
}
"""What each column may be called, folded, besides its own name."""

FAULTS = frozenset({"bad_index_row", "bad_dossier_code", "listed_twice"})
"""Why a file is refused for its row; a list that was corrected may say otherwise."""


class Index(NamedTuple):
    """The rows of a list by file, and the files whose row cannot be used, with the code of why."""

    rows: Mapping[str, IndexRow]
    refused: Mapping[str, str]


def read_index(text: str, catalogue: Catalogue) -> Index:
    """Read a list. A row that cannot be used costs its own file alone.

    Raises:
        ScanRejected: (bad_index) its column of files is missing, or it is no CSV.
    """
    rows: dict[str, IndexRow] = {}
    refused: dict[str, str] = {}
    for said in csv_rows(text, COLUMNS, {}, "file", "bad_index"):
        file = as_listed(said["file"])
        if not file:
            continue
        try:
            row = _row(file, said, catalogue)
        except ScanRejected as error:
            refused[file] = error.code
            continue
        if rows.setdefault(file, row) != row:
            refused[file] = "listed_twice"
    return Index({file: row for file, row in rows.items() if file not in refused}, refused)


def as_listed(path: str) -> str:
    """A path below the folder as lists and folders are compared: slashes, composed letters, nothing before it."""
    return nfc(path.strip()).replace("\\", "/").removeprefix("./").lstrip("/")


def _row(file: str, said: Mapping[str, str], catalogue: Catalogue) -> IndexRow:
    known = {name: nfc(value) for name, value in said.items() if value}
    code = known.get("dossier_code", "").upper()
    if code and find_dossier_code(code) != code:
        raise ScanRejected("bad_dossier_code")
    procedure = find_procedure(catalogue, known["procedure"]) if "procedure" in known else None
    if "procedure" in known and procedure is None:
        raise ScanRejected("bad_index_row", "procedure")
    number = re.sub(r"[\s.]", "", known.get("owner_number", "")).upper()
    return IndexRow(
        file=file,
        dossier_code=code or None,
        owner_number=number or None,
        day=_day(known["day"]) if "day" in known else None,
        type=_type(known["type"], catalogue) if "type" in known else None,
        procedure=procedure.id if procedure else None,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        read = parse("date", text)
    if read is None:
        raise ScanRejected("bad_index_row", "day")
    try:
        return date.fromisoformat(read.value)
    except ValueError:
        raise ScanRejected("bad_index_row", "day") from None


def _type(text: str, catalogue: Catalogue) -> str:
    """The type of this id, or whose papers are called so."""
    if text in catalogue.types:
        return text
    wanted = fold(text)
    for name, kind in catalogue.types.items():
        if wanted in {fold(title) for title in (kind.title.printed, *kind.title.variants)}:
            return name
    raise ScanRejected("bad_index_row", "type")
