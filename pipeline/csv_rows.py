"""Lists that people bring as CSV: whatever parts their columns, and whatever their columns are called."""

import csv
import io
import re
from collections.abc import Iterator, Mapping

from pipeline.errors import ScanRejected
from pipeline.vietnamese import fold

Names = Mapping[str, tuple[str, ...]]
"""Our name of a column -> what it may be called besides, folded."""


def csv_rows(text: str, names: Names, titles: Mapping[str, str], needed: str, refusal: str) -> Iterator[dict[str, str]]:
    """The rows of a list by our names of the columns; columns of other names are passed over.

    Args:
        text: CSV with a header, parted by commas, semicolons or tabs; a byte order mark is passed over.
        names: the columns that are understood.
        titles: header as printed -> our name, where the usual headers do not do.
        needed: the column that must be there.
        refusal: the code of the error.

    Raises:
        ScanRejected: `refusal`, without the needed column or where it is no CSV.
    """
    plain = text.lstrip("\ufeff")
    header = plain.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    rows = csv.DictReader(io.StringIO(plain, newline=""), delimiter=separator)
    try:
        found = {title: titles.get(title) or _column(title, names) for title in rows.fieldnames or ()}
        if needed not in found.values():
            raise ScanRejected(refusal)
        for row in rows:
            yield {name: (row[title] or "").strip() for title, name in found.items() if name}
    except csv.Error:
        raise ScanRejected(refusal) from None


def _column(title: str, names: Names) -> str | None:
    folded = re.sub(r"[^a-z0-9]+", " ", fold(title)).strip()
    return next((name for name, titles in names.items() if folded in (name.replace("_", " "), *titles)), None)
