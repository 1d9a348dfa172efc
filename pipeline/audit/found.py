"""Gathers what is found wrong, neighbours together."""

from collections.abc import Iterable
from datetime import date

from schemas.audit import AuditFinding, AuditFindingKind


class Found:
    """The findings of one check."""

    def __init__(self) -> None:
        self._days: list[AuditFinding] = []
        self._numbers: dict[tuple[AuditFindingKind, date | None], list[tuple[int, int]]] = {}

    def entries(self, kind: AuditFindingKind, first: int, last: int, day: date | None = None) -> None:
        """Entries `first` to `last`, of a closed day or of none."""
        self._numbers.setdefault((kind, day), []).append((first, last))

    def day(self, kind: AuditFindingKind, day: date) -> None:
        """A day; again changes nothing."""
        finding = AuditFinding(kind=kind, day=day)
        if finding not in self._days:
            self._days.append(finding)

    def all(self) -> tuple[AuditFinding, ...]:
        """Days first, then entries by their numbers."""
        entries = [
            AuditFinding(kind=kind, first=first, last=last, day=day)
            for (kind, day), spans in self._numbers.items()
            for first, last in _joined(spans)
        ]
        entries.sort(key=lambda finding: (finding.first or 0, finding.kind))
        return (*sorted(self._days, key=lambda finding: str(finding.day)), *entries)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
