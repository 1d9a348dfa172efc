"""The figures of an office as a table, as CSV and as a picture."""

import csv
from collections.abc import Iterable
from datetime import date
from io import StringIO

from pipeline.table_ports import FigureSource
from schemas.figures import By, Counts, Figures, FigureTable

_TOTAL = "total"


def figures(source: FigureSource, office_ids: Iterable[str], since: date, until: date, by: By) -> FigureTable:
    """The figures of these offices together, of the days from `since` to `until`, both included."""
    sums: dict[str, Counts] = {}
    for office_id in office_ids:
        for key, counts in source.count(office_id, since, until, by).items():
            sums[key] = _plus(sums[key], counts) if key in sums else counts
    total = Counts()
    for counts in sums.values():
        total = _plus(total, counts)
    rows = tuple(Figures(key=key, **sums[key].model_dump()) for key in sorted(sums))
    return FigureTable(since=since, until=until, by=by, rows=rows, total=Figures(key=_TOTAL, **total.model_dump()))


def as_csv(table: FigureTable) -> str:
    """The rows and, last, the total; shares 0..1 with a point, empty where there is nothing to share out."""
    text = StringIO()
    records = [row.model_dump() for row in (*table.rows, table.total)]
    names = [table.by, *(name for name in records[0] if name != "key")]
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    for record in records:
        writer.writerow({table.by: record.pop("key"), **record})
    return text.getvalue()


def _plus(one: Counts, other: Counts) -> Counts:
    return Counts(**{name: getattr(one, name) + getattr(other, name) for name in Counts.model_fields})
