"""The missing paper finds its dossier: what came without a code is proposed to the dossiers that owe just this."""

from collections.abc import Iterable
from datetime import datetime

from pipeline.dossier_lists import DossierLists, DossierTables
from pipeline.local_time import local_day
from pipeline.stages.certain import is_certain
from schemas.catalog import Catalogue
from schemas.dossier import Paper
from schemas.dossiers import Dossier
from schemas.people import Citizen
from schemas.work import Proposal


class DossierFinding:
    """Proposes dossiers for papers; an officer decides."""

    def __init__(self, tables: DossierTables, catalogue: Catalogue, lists: DossierLists) -> None:
        """Args: tables: the database; catalogue: the procedures; lists: what dossiers still ask for."""
        self._tables, self._catalogue, self._lists = tables, catalogue, lists

    def propose(self, paper: Paper, now: datetime) -> tuple[Dossier, ...]:
        """Propose a paper to dossiers, and take back what was proposed before it became what it is now.

        A paper is proposed where it certainly is what it is taken for, was handed in without a code on or after the day
        of the dossier's receipt, and is owned by a party of the dossier, whose procedure demands just this type and has
        it from nowhere else. What somebody has answered before is not asked again.

        Returns: all open dossiers of the paper's owners: it may be used for them in any case.
        """
        office_id = paper.actor.office_id
        self._tables.work.withdraw(office_id, paper.document_id)
        owners = list(self._owners(paper))
        numbers = [number for owner in owners for number in owner.numbers]
        known = self._tables.work.open_of(office_id, numbers) if numbers else ()
        if _is_homeless(paper):
            for dossier in known:
                component = self._owed(dossier, paper, owners, now)
                if component is not None:
                    self._tables.work.propose(_proposal(paper, dossier, component, now))
        return known

    def never_again(self, paper: Paper, dossier: Dossier, now: datetime) -> None:
        """A person has said that the paper was not brought for this dossier."""
        self._tables.work.propose(_proposal(paper, dossier, "", now))
        self._tables.work.answer(paper.actor.office_id, paper.document_id, dossier.code)

    def still_owed(self, proposal: Proposal, now: datetime) -> bool:
        """Whether the paper still has no dossier, and the dossier still demands it."""
        office_id = proposal.actor.office_id
        paper = self._tables.papers.get(office_id, proposal.document_id)
        dossier = self._tables.dossiers.get(office_id, proposal.dossier_code)
        return _is_homeless(paper) and self._owed(dossier, paper, list(self._owners(paper)), now) == proposal.component

    def _owners(self, paper: Paper) -> Iterable[Citizen]:
        """The register's entries of the paper's certain owners."""
        office_id, people = paper.actor.office_id, self._tables.people
        for person in paper.people:
            if person.link == "filed":
                by_id = people.by_id(office_id, person.citizen_id) if person.citizen_id else None
                found = by_id or (people.by_number(office_id, person.number) if person.number else None)
                if found is not None:
                    yield found

    def _owed(self, dossier: Dossier, paper: Paper, owners: Iterable[Citizen], now: datetime) -> str | None:
        """The component that the dossier demands and this paper is; None: it demands no such paper."""
        procedure = self._catalogue.procedures.get(dossier.procedure or "")
        if procedure is None or local_day(paper.filed_at) < local_day(dossier.received_at):
            return None
        roles = {person.role for person in paper.people if any(owner.owns_as(person) for owner in owners)}
        fitting = {
            row.id for row in procedure.papers if paper.type in row.any_of and (row.role is None or row.role in roles)
        }
        demanded = [row.id for row in self._lists.rows(dossier, now, {}, without=paper.document_id) if row.demanded]
        return next((one for one in demanded if one in fitting), None)


def _proposal(paper: Paper, dossier: Dossier, component: str, now: datetime) -> Proposal:
    return Proposal(
        document_id=paper.document_id,
        dossier_code=dossier.code,
        component=component,
        actor=paper.actor,
        proposed_at=now,
    )


def _is_homeless(paper: Paper) -> bool:
    on_file = paper.state in ("filed", "needs_review") and paper.rendition_of is None
    return on_file and paper.dossier_code is None and is_certain(paper)
