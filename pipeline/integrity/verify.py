"""Looks at all parts of an office's store, or at the next ones."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from pipeline.archive import Archive
from pipeline.integrity.intake import look_at_intake
from pipeline.integrity.papers import look_at_archive
from pipeline.integrity.part import AREAS, Part
from pipeline.integrity.records import look_at_decisions, look_at_records
from schemas.integrity import VerifyReport

_HEX = "0123456789abcdef"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_IN_A_PART = 64
"""About so many submissions are looked at at once."""
OnChecked = Callable[[int, int, int], None]
"""Called with parts done, parts in all, and objects compared."""


@dataclass(frozen=True)
class Verifying:
    """What to check: an office, as of `now`. Repairs are made unless `repair` is False."""

    archive: Archive
    office_id: str
    now: datetime
    repair: bool = True

    def everything(self, on_checked: OnChecked) -> VerifyReport:
        """Check all there is. Raises: ServiceUnavailable (store_away, database_away)."""
        return self._check(list(self._parts()), on_checked, None)

    def sample(self, objects: int, on_checked: OnChecked) -> VerifyReport:
        """Check about so many objects, going on where the last sample ended. Raises: as `everything`."""
        place = self.archive.tables.checks.place(self.office_id)
        return self._check([part for part in self._parts() if part.place > place], on_checked, objects)

    def _check(self, parts: Sequence[Part], on_checked: OnChecked, most: int | None) -> VerifyReport:
        checks, done, objects = self.archive.tables.checks, list[Part](), 0
        for part in parts:
            part.record_changes()
            self._look(part)
            part.record_changes()
            done.append(part)
            objects += part.objects
            left = [one for one in part.found if not one.repaired]
            checks.note(self.office_id, "" if part is parts[-1] else part.place, part.folder, left, objects)
            on_checked(len(done), len(parts), objects)
            if most is not None and objects >= most:
                break
        return VerifyReport(
            objects=objects,
            size_bytes=sum(part.size_bytes for part in done),
            rows=sum(part.rows for part in done),
            findings=tuple(finding for part in done for finding in part.found),
            round_ended=len(done) == len(parts),
        )

    def _look(self, part: Part) -> None:
        match part.area:
            case "archive":
                look_at_archive(part)
            case "intake":
                look_at_intake(part, self.now)
            case "decisions":
                look_at_decisions(part)
            case "destructions":
                part.compared(part.listed())
            case _:
                look_at_records(part)

    def _parts(self) -> Iterator[Part]:
        """All parts in their order. Ids and hashes are spread evenly; codes of dossiers go by their first letter."""
        digits, contents = 0, self.archive.tables.inventory.contents(self.office_id)
        while contents / len(_HEX) ** digits > _IN_A_PART:
            digits += 1
        evenly = ["".join(prefix) for prefix in product(_HEX, repeat=digits)]
        for area in AREAS:
            by_letter = digits > 0 and area in ("dossiers", "decisions")
            for prefix in _LETTERS if by_letter else evenly:
                yield Part(self.archive, self.office_id, (area, prefix), repair=self.repair)
