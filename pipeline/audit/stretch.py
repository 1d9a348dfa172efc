"""A stretch of an office's access log, read piece by piece."""

from collections.abc import Iterator

from pipeline.audit_ports import AuditTrail
from schemas.access import LoggedAccess

_READ = 2_000


def entries_between(trail: AuditTrail, office_id: str, after: int, last: int) -> Iterator[LoggedAccess]:
    """The entries with numbers above `after` and up to `last`, in their order. Raises: ServiceUnavailable."""
    while after < last and (read := trail.read(office_id, after, min(_READ, last - after))):
        yield from (logged for logged in read if logged.number <= last)
        after = read[-1].number
