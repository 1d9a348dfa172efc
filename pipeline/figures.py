"""The figures of an office as a table and as CSV, and days whose figures are kept as they were."""

import csv
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Protocol

from pipeline import keys
from pipeline.errors import NotFound
from pipeline.ports import ObjectStore
from pipeline.small_objects import read_object
from schemas.figures import By, Counts, Figures, FigureTable, KeptDay

_TOTAL = "total"
_KEPT_DAYS = 30
"""How far back days are kept that no night has kept, because nothing ran."""


class Counting(Protocol):
    """Who counts: the database, or days that were kept."""

    def count(self, office_id: str, since: date, until: date, by: By) -> dict[str, Counts]:
        """See FigureSource."""
        ...


def figures(source: Counting, office_ids: Iterable[str], since: date, until: date, by: By) -> FigureTable:
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


def keep_days(store: ObjectStore, source: Counting, office_id: str, today: date) -> int:
    """Keep the figures of the thirty days before `today` that are not kept yet; return how many were.

    A day that is kept stays as it is.

    Raises:
        ServiceUnavailable: store_away, database_away.
    """
    known = {stored.key for stored in store.find(keys.figures(office_id))}
    days = [today - timedelta(days=back) for back in range(_KEPT_DAYS, 0, -1)]
    missing = [day for day in days if keys.figures(office_id, day) not in known]
    for day in missing:
        kept = KeptDay(day=day, kept_at=datetime.now(UTC), by_procedure=source.count(office_id, day, day, "procedure"))
        store.put(keys.figures(office_id, day), BytesIO(kept.model_dump_json().encode()), "application/json")
    return len(missing)


class KeptFigures:
    """Counts of days as they were kept; days that were not are left out."""

    def __init__(self, store: ObjectStore) -> None:
        """Args: store: where they lie."""
        self._store = store

    def count(self, office_id: str, since: date, until: date, by: By) -> dict[str, Counts]:
        """See FigureSource. Raises: ServiceUnavailable (store_away, object_altered)."""
        sums: dict[str, Counts] = {}
        for number in range((until - since).days + 1):
            day = since + timedelta(days=number)
            for procedure, counts in self._day(office_id, day).items():
                key = {"day": day.isoformat(), "office": office_id, "procedure": procedure}[by]
                sums[key] = _plus(sums.get(key, Counts()), counts)
        return sums

    def _day(self, office_id: str, day: date) -> dict[str, Counts]:
        try:
            return KeptDay.model_validate_json(read_object(self._store, keys.figures(office_id, day))).by_procedure
        except NotFound:
            return {}


def _plus(one: Counts, other: Counts) -> Counts:
    return Counts(**{name: getattr(one, name) + getattr(other, name) for name in Counts.model_fields})
