"""Scans that an office holds already: the list that goes with them, and what became of each.

The list is CSV in UTF-8, parted by commas, semicolons or tabs, one file a row. Its columns may be called as here or by
their Vietnamese names (`pipeline/backlog_index.py`); others are passed over.
"""

from datetime import date
from typing import Literal

from schemas.base import Value

BacklogOutcome = Literal["taken", "known", "refused", "unfinished", "no_file"]
"""`known`: the office had this content before, and it was not taken again. `unfinished`: it is safe and not read yet;
running the command again goes on. `no_file`: a row of the list whose file is not there."""
Difference = Literal["owner", "type", "date", "dossier_code"]
"""What the list says otherwise than the papers: `date` is their date of issue."""


class IndexRow(Value):
    """A row of the list. Everything but `file` may be left out.

    `file` is the path below the folder, with slashes. `owner_number` is compared with the papers and never decides
    whose they are; `type` (its id) and `day`, a date of issue, are compared as well. `dossier_code` and `procedure`
    (its id) are what the papers are filed with.
    """

    file: str
    dossier_code: str | None = None
    owner_number: str | None = None
    day: date | None = None
    type: str | None = None
    procedure: str | None = None


class BacklogEntry(Value):
    """What became of one file; with `row`, size and time it tells whether the file must be looked at again.

    `code` tells why it was refused or is unfinished; `papers` how many were found in it.
    """

    file: str
    size_bytes: int
    changed_ns: int
    row: IndexRow | None
    outcome: BacklogOutcome
    code: str | None = None
    submission_id: str | None = None
    papers: int = 0
    differs: tuple[Difference, ...] = ()


class BacklogReport(Value):
    """How many files came to what; `not_listed` of them are in no row of the list that was given."""

    taken: int
    known: int
    refused: int
    unfinished: int
    no_file: int
    not_listed: int
    differing: int
