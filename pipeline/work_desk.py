"""The work list of an office: what waits, is stuck, due or owed, and calling about what is missing."""

import uuid
from datetime import date, datetime, timedelta
from typing import Literal

from pipeline.archive import Archive
from pipeline.audit.closing import not_closed_since
from pipeline.citizen_requests import CitizenRequests
from pipeline.comparing import Comparing
from pipeline.errors import ScanRejected
from pipeline.local_time import local_day
from schemas.dossier import Paper
from schemas.dossiers import Dossier
from schemas.people import Actor
from schemas.work import (
    Call,
    CallOutcome,
    DueDossier,
    OwingDossier,
    Phone,
    ProposedPaper,
    UncomparedDossier,
    WorkList,
)

SHOWN = 20
"""Most entries of each part of the list."""
_SOON = timedelta(days=3)


class WorkDesk:
    """Shows what is to be done, and has it done."""

    def __init__(self, archive: Archive) -> None:
        """Args: archive: whose work it is."""
        self._archive, self._tables, self._catalogue = archive, archive.tables, archive.catalogue
        self._comparing = Comparing(archive)

    def overview(self, office_id: str, now: datetime, *, with_dossiers: bool) -> WorkList:
        """What there is to do. What was written down of a dossier and holds no more is put right on the way.

        Args:
            office_id: whose work.
            now: the moment at which is asked.
            with_dossiers: whether who asks may read dossiers; without, the list names none.
        """
        work, today = self._tables.work, local_day(now)
        requests = CitizenRequests(self._archive.store, self._tables).open(office_id)
        proposals = self._proposals(office_id, now) if with_dossiers else ()
        due = work.due(office_id, today + _SOON, SHOWN) if with_dossiers else ()
        owing = self._owing(office_id, now) if with_dossiers else ()
        uncompared = self._uncompared(office_id) if with_dossiers else ()
        return WorkList(
            counts=work.counts(office_id, today, today + _SOON),
            proposals=proposals,
            stuck=work.stuck(office_id, SHOWN),
            due=tuple(_due(dossier, today) for dossier in due),
            owing=owing,
            uncompared=uncompared,
            waiting=work.waiting(office_id, SHOWN),
            integrity=self._tables.checks.state(office_id),
            requests_open=len(requests),
            requests_overdue=sum(one.overdue(today) is not None for one in requests),
            log_unclosed_since=not_closed_since(self._tables.audit, office_id, today),
        )

    def missing(self, dossier: Dossier, now: datetime) -> OwingDossier:
        """The papers that a dossier demands today and that are not there, with the last call about them."""
        office_id, code = dossier.actor.office_id, dossier.code
        rows = self._archive.dossiers.view(office_id, code, {}, now).rows
        last = self._tables.calls.last(office_id, [code]).get(code)
        return OwingDossier(dossier=dossier, missing=tuple(row for row in rows if row.demanded), last_call=last)

    def phones(self, dossier: Dossier) -> tuple[Phone, ...]:
        """The numbers to be called about a dossier, each once: what the dossier says, then what its papers say."""
        office_id = dossier.actor.office_id
        by = dossier.submitted_by
        said = [Phone(number=by.phone, whose="submitted_by")] if by is not None and by.phone else []
        said += [Phone(number=dossier.owner.phone, whose="owner")] if dossier.owner.phone else []
        for paper in self._tables.papers.of_dossier(office_id, dossier.code):
            said += self._read_on(paper)
        first: dict[str, Phone] = {}
        for phone in sorted(said, key=lambda phone: not phone.certain):
            first.setdefault(phone.number, phone)
        return tuple(first.values())

    def note_call(self, actor: Actor, code: str, outcome: CallOutcome, brings_on: date | None, now: datetime) -> Call:
        """Write down a call about a dossier.

        Raises:
            NotFound: no_such_dossier.
            ScanRejected: (day_needed) a day is said of another outcome than `will_bring`, or one that has passed.
        """
        self._tables.dossiers.get(actor.office_id, code)
        if brings_on is not None and (outcome != "will_bring" or brings_on < local_day(now)):
            raise ScanRejected("day_needed")
        call = Call(
            call_id=str(uuid.uuid4()),
            dossier_code=code,
            actor=actor,
            called_at=now,
            outcome=outcome,
            brings_on=brings_on,
        )
        self._tables.calls.note(call)
        return call

    def _proposals(self, office_id: str, now: datetime) -> tuple[ProposedPaper, ...]:
        shown = []
        for proposal in self._tables.work.proposals(office_id, SHOWN):
            paper = self._tables.papers.get(office_id, proposal.document_id)
            if not self._archive.dossiers.finding.still_owed(proposal, now):
                self._archive.dossiers.finding.propose(paper, now)
                continue
            title = self._component_title(proposal.dossier_code, office_id, proposal.component)
            shown.append(
                ProposedPaper(proposal=proposal, type=paper.type, filed_at=paper.filed_at, component_title=title)
            )
        return tuple(shown)

    def _component_title(self, code: str, office_id: str, component: str) -> str:
        dossier = self._tables.dossiers.get(office_id, code)
        procedure = self._catalogue.procedures.get(dossier.procedure or "")
        rows = procedure.papers if procedure else ()
        return next((row.title for row in rows if row.id == component), component)

    def _owing(self, office_id: str, now: datetime) -> tuple[OwingDossier, ...]:
        found = [self.missing(dossier, now) for dossier in self._tables.work.owing(office_id, SHOWN)]
        for one in found:
            if not one.missing:
                self._archive.dossiers.mark(one.dossier)
        return tuple(one for one in found if one.missing)

    def _uncompared(self, office_id: str) -> tuple[UncomparedDossier, ...]:
        found = []
        for dossier in self._tables.work.uncompared(office_id, SHOWN):
            papers = self._comparing.papers(office_id, dossier.code)
            waiting = sum(one.stands == "open" for one in papers)
            if waiting:
                found.append(UncomparedDossier(dossier=dossier, papers=waiting))
            else:
                self._archive.dossiers.mark(dossier)
        return tuple(found)

    def _read_on(self, paper: Paper) -> list[Phone]:
        """Numbers that the paper says, of whomever; an officer hears who answers."""
        rules = self._catalogue.types[paper.type].fields
        fields = [paper.fields[rule.name] for rule in rules if rule.kind == "phone" and rule.name in paper.fields]
        return [
            Phone(
                number=field.value,
                whose="paper",
                certain=not field.needs_review,
                document_id=paper.document_id,
                type=paper.type,
            )
            for field in fields
        ]


def _due(dossier: Dossier, today: date) -> DueDossier:
    day = dossier.due_on or today
    when: Literal["overdue", "today", "soon"] = "overdue" if day < today else "today" if day == today else "soon"
    return DueDossier(dossier=dossier, due=when)
