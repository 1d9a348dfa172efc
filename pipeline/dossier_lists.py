"""What the procedure of a dossier still asks for, and what of it is known to be owed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pipeline.access_ports import AccessLog
from pipeline.dossier_ports import Dossiers
from pipeline.local_time import local_day
from pipeline.once_only import checklist
from pipeline.record_ports import Records
from pipeline.stages.assemble import COVER_SHEET
from pipeline.stages.questions import copy_trouble
from pipeline.table_ports import Papers, People
from pipeline.work_ports import Work
from schemas.catalog import Catalogue, RequiredPaper
from schemas.dossier import Paper
from schemas.dossiers import Dossier
from schemas.once_only import ChecklistRow, Visit
from schemas.people import Citizen
from schemas.work import DossierNeeds

_FOR_WHO_HANDS_IN = ("applicant", "agent")
"""Roles in which not only the owner of a dossier but also who hands it in for him may stand on a paper."""


class DossierTables(Protocol):
    """The database as dossiers need it."""

    @property
    def dossiers(self) -> Dossiers:
        """Dossiers."""
        ...

    @property
    def papers(self) -> Papers:
        """Papers on file."""
        ...

    @property
    def people(self) -> People:
        """The register of citizens."""
        ...

    @property
    def records(self) -> Records:
        """What is recorded of them."""
        ...

    @property
    def access_log(self) -> AccessLog:
        """Who decided what."""
        ...

    @property
    def work(self) -> Work:
        """What waits."""
        ...


class DossierLists:
    """The checklists of dossiers."""

    def __init__(self, tables: DossierTables, catalogue: Catalogue, *, signatures: bool) -> None:
        """Prepare the lists.

        Args:
            tables: the database.
            catalogue: procedures, types of papers and rules of look-ups.
            signatures: a copy must be signed to count as held.
        """
        self._tables, self._catalogue, self._signatures = tables, catalogue, signatures

    def rows(
        self, dossier: Dossier, now: datetime, conditions: Mapping[str, bool], without: str = ""
    ) -> tuple[ChecklistRow, ...]:
        """The owner's rows on the day of `now`; a paper that who hands it in may own is taken from him where the owner
        has none. () without a known procedure.

        Args:
            dossier: whose list it is.
            now: the moment at which is asked.
            conditions: answers by condition id.
            without: document id of a paper that is not counted.

        Raises:
            NotFound: no_such_condition.
        """
        procedure = self._catalogue.procedures.get(dossier.procedure or "")
        if procedure is None:
            return ()
        visit = self.visit(dossier, now).model_copy(update={"conditions": dict(conditions)})
        lists: list[tuple[ChecklistRow, ...]] = []
        for number in (dossier.owner.number, dossier.submitted_by.number if dossier.submitted_by else None):
            if number is not None or not lists:
                citizen = self.citizen(dossier, number)
                papers = [one for one in self._papers_of(dossier, citizen) if one.document_id != without]
                lists.append(checklist(procedure, self._catalogue, citizen, papers, visit))
        roles = {row.id: row.role for row in procedure.papers}
        merged = []
        for answers in zip(*lists, strict=True):
            shared = roles[answers[0].id] in _FOR_WHO_HANDS_IN
            usable = [row for row in answers if row.status in ("held", "held_unconfirmed")] if shared else []
            merged.append(usable[0] if usable else answers[0])
        return tuple(merged)

    def needs(self, dossier: Dossier, now: datetime) -> DossierNeeds:
        """What is known of a dossier beside its papers, as of `now`."""
        office_id = dossier.actor.office_id
        components = self._tables.dossiers.components(office_id, dossier.code)
        return DossierNeeds(
            open=not any(one.result_code for one in components),
            owes=any(row.demanded for row in self.rows(dossier, now, {})),
            uncompared=any(_is_uncompared(paper) for paper in self._tables.papers.of_dossier(office_id, dossier.code)),
        )

    def visit(self, dossier: Dossier, now: datetime) -> Visit:
        """The occasion on which papers are asked for."""
        looked_up = self._tables.dossiers.look_ups(dossier.actor.office_id, dossier.code)
        return Visit(day=local_day(now), dossier_code=dossier.code, looked_up=looked_up, signatures=self._signatures)

    def owners(self, dossier: Dossier, row: RequiredPaper) -> list[Citizen]:
        """Whose paper may fulfil the row."""
        by = dossier.submitted_by
        shared = by is not None and by.number is not None and row.role in _FOR_WHO_HANDS_IN
        numbers = [dossier.owner.number, *([by.number] if by is not None and shared else [])]
        return [self.citizen(dossier, number) for number in numbers]

    def citizen(self, dossier: Dossier, number: str | None) -> Citizen:
        """From the register; somebody it does not know has no papers on file."""
        known = self._tables.people.by_number(dossier.actor.office_id, number) if number else None
        return known or Citizen(citizen_id="", personal_id=number or "", name="")

    def papers_with(self, dossier: Dossier, citizen: Citizen, paper: Paper) -> tuple[Paper, ...]:
        """Papers of the citizen, what was brought with the dossier, and `paper` last."""
        others = (other for other in self._papers_of(dossier, citizen) if other.document_id != paper.document_id)
        return (*others, paper)

    def _papers_of(self, dossier: Dossier, citizen: Citizen) -> Sequence[Paper]:
        office_id, papers = dossier.actor.office_id, self._tables.papers
        owned = papers.of_citizen(office_id, citizen.citizen_id) if citizen.citizen_id else ()
        brought = papers.of_dossier(office_id, dossier.code)
        return tuple({paper.document_id: paper for paper in (*owned, *brought)}.values())


def _is_uncompared(paper: Paper) -> bool:
    """Whether it was brought to be kept, and nobody has compared it. What is in doubt must be settled first."""
    settled = paper.state == "filed" and paper.rendition_of is None and paper.type != COVER_SHEET
    kept = paper.keeping == "fields_only" or (paper.keeping == "keep" and paper.object_key is not None)
    return settled and kept and paper.confirmed_at is None and copy_trouble(paper) is None
