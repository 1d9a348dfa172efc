"""What is known of a dossier from several sides becomes one: the one-stop system before an officer before a receipt."""

from datetime import date, datetime, time
from typing import Any

from pipeline.catalogue import find_procedure
from pipeline.local_time import VIETNAM, local_day
from pipeline.validity import certain_date
from pipeline.vietnamese import fold
from schemas.catalog import Catalogue
from schemas.dossier import Paper
from schemas.dossiers import Dossier, DossierSource, Party

_TRUST: dict[DossierSource, int] = {"receipt": 0, "opened": 1, "imported": 2}
_NEVER_REPLACED = ("procedure", "owner.number")
"""Papers were filed and answers given by these; a person must look where they change."""


def merge_dossiers(known: Dossier, told: Dossier) -> tuple[Dossier, tuple[str, ...]]:
    """The dossier as it is known now, and the names of values that differ and were left as they were.

    What was not known is taken over. Another value replaces one from a source of less or equal trust, except procedure
    and owner. Names that differ only in marks are no conflict.
    """
    conflicts: list[str] = []
    trusted = _TRUST[told.source] >= _TRUST[known.source]

    def settled(name: str, old: Any, new: Any) -> Any:
        if new is None or new == old:
            return old
        if old is None:
            return new
        if name.endswith(".name") and fold(old) == fold(new):
            return new if trusted else old
        if trusted and name not in _NEVER_REPLACED:
            return new
        conflicts.append(name)
        return old

    said = told.model_fields_set
    values: dict[str, Any] = {
        name: settled(name, getattr(known, name), getattr(told, name))
        for name in ("procedure", "channel", "return_by", "due_on")
        if name in said
    }
    values["owner"] = _settled_party("owner", known.owner, told.owner, settled)
    values["submitted_by"] = _settled_party("submitted_by", known.submitted_by, told.submitted_by, settled)
    values["received_at"] = _settled_time(known.received_at, told.received_at, settled)
    if trusted:
        values["source"] = told.source
    return known.model_copy(update=values), tuple(conflicts)


def _settled_party(name: str, known: Party | None, told: Party | None, settled: Any) -> Party | None:
    if known is None or told is None:
        return known or told
    parts = {part: settled(f"{name}.{part}", getattr(known, part), getattr(told, part)) for part in Party.model_fields}
    return Party(**parts)


def _settled_time(known: datetime, told: datetime, settled: Any) -> datetime:
    """A code and a receipt tell the day only; a time of the same day says more."""
    if local_day(known) == local_day(told):
        return max(known, told)
    moment: datetime = settled("received_at", known, told)
    return moment


def day_of_code(code: str) -> datetime:
    """The day of receipt that every dossier code holds as YYMMDD (TT 03/2025/TT-VPCP, Điều 13), at its beginning.

    Raises: ValueError, when these digits are no date.
    """
    return beginning_of(datetime.strptime(code.split("-")[-2], "%y%m%d").date())


def beginning_of(day: date) -> datetime:
    """Midnight of a day in Vietnam."""
    return datetime.combine(day, time(), VIETNAM)


def dossier_of_receipt(paper: Paper, catalogue: Catalogue) -> Dossier | None:
    """The dossier that a receipt speaks of (TT 03/2025/TT-VPCP, Mẫu 01); None unless its code and day are certain."""
    code, received = paper.fields.get("dossier_code"), certain_date(paper, "receipt_date")
    if paper.state != "filed" or code is None or code.needs_review or received is None:
        return None
    owner = next((person for person in paper.people if person.link == "filed"), None)
    return Dossier(
        code=code.value,
        actor=paper.actor,
        source="receipt",
        procedure=_procedure_of(paper, catalogue),
        owner=Party(
            number=owner.personal_id if owner else None, name=owner.name if owner else None, phone=_certain_phone(paper)
        ),
        received_at=beginning_of(received),
        due_on=certain_date(paper, "due_date"),
    )


def _certain_phone(paper: Paper) -> str | None:
    read = paper.fields.get("phone")
    return read.value if read is not None and not read.needs_review else None


def _procedure_of(paper: Paper, catalogue: Catalogue) -> str | None:
    """The procedure under which the receipt was handed in, else the one whose code it shows beyond doubt."""
    if paper.procedure in catalogue.procedures:
        return paper.procedure
    shown = paper.fields.get("procedure_code")
    known = find_procedure(catalogue, shown.value) if shown is not None and not shown.needs_review else None
    return known.id if known is not None else None
