"""Codes of digitised papers: the third of the four steps sao chụp, bóc tách dữ liệu, cấp mã, lưu (TT 01/2023, Điều 7).

A code is given when an officer has confirmed the copy: before that the paper counts for nothing, and a code would name
something that may yet be taken apart.
"""

from datetime import UTC, datetime

from pipeline.dossier_ports import Dossiers
from pipeline.local_time import local_day
from pipeline.validity import validity
from schemas.catalog import Catalogue, DocumentType
from schemas.dossier import Paper
from schemas.dossiers import PaperCode, Party
from schemas.people import Actor, PersonOnPaper

_ANY = 0
"""Stands for every count in the stem, by which papers alike are counted."""


class PaperCodes:
    """Gives each confirmed paper its code once."""

    def __init__(self, dossiers: Dossiers, catalogue: Catalogue, template: str) -> None:
        """Args: template: as `Settings.paper_code`."""
        self._dossiers, self._catalogue, self._template = dossiers, catalogue, template

    def give(self, paper: Paper) -> PaperCode | None:
        """The paper's code, given now if it has none; None while it is not confirmed, in review, or not kept.

        It is given in the name of the officer who confirmed the paper.

        Parts that are not known stay empty; where the owner has no number his name stands beside the code (TT 01/2023,
        Điều 10).

        Raises:
            ServiceUnavailable: database_away; running it again completes it.
        """
        kind = self._catalogue.types[paper.type]
        kept = kind.keeping.rule in ("keep", "fields_only")
        if paper.confirmed_at is None or paper.state != "filed" or not kept:
            return None
        now, office_id = datetime.now(UTC), paper.actor.office_id
        by = self._dossiers.confirmer(office_id, paper.document_id) or paper.actor.actor_id
        actor = Actor(office_id=office_id, actor_id=by)
        stem = self._write(kind, paper, _ANY)
        return self._dossiers.give_code(stem, lambda count: self._code(actor, kind, paper, now, count))

    def _code(self, actor: Actor, kind: DocumentType, paper: Paper, now: datetime, count: int) -> PaperCode:
        owner, term = _owner(paper), validity(kind, paper, local_day(now))
        return PaperCode(
            code=self._write(kind, paper, count),
            document_id=paper.document_id,
            actor=actor,
            given_at=now,
            title=kind.title.printed,
            summary=_summary(kind, paper),
            permanent=term.rule == "permanent",
            valid_until=term.until,
            scope=_said(paper, kind.reuse.purpose_field) or kind.validity.scope,
            owner=Party(name=owner.name) if owner is not None and owner.personal_id is None else None,
        )

    def _write(self, kind: DocumentType, paper: Paper, count: int) -> str:
        owner = _owner(paper)
        return self._template.format(
            owner=(owner.personal_id if owner else None) or "",
            type=kind.national_code,
            number=_said(paper, "document_number"),
            office=paper.actor.office_id,
            dossier=paper.dossier_code or "",
            count=count,
        )


def _owner(paper: Paper) -> PersonOnPaper | None:
    """The first owner that is certain."""
    return next((person for person in paper.people if person.link == "filed"), None)


def _summary(kind: DocumentType, paper: Paper) -> str:
    """Trích yếu: what the paper says it is about, else its title with its number."""
    number = _said(paper, "document_number")
    return _said(paper, "subject") or " ".join(filter(None, (kind.title.printed, number and f"số {number}")))


def _said(paper: Paper, name: str | None) -> str:
    """A value that nobody needs to look at again, or nothing."""
    field = paper.fields.get(name) if name is not None else None
    return "" if field is None or field.needs_review else field.value
