"""Dossiers: taken from the one-stop system or opened here, filled with papers brought, reused and looked up.

The one-stop system (hệ thống một cửa) stays their record; hoso keeps what it needs to file papers and to answer what is
still owed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Literal, Protocol

from pipeline import keys
from pipeline.decisions import deciding, new_decision
from pipeline.dossier_merge import dossier_of_receipt, merge_dossiers
from pipeline.dossier_ports import Dossiers
from pipeline.errors import NotFound, ScanRejected
from pipeline.local_time import local_day
from pipeline.once_only import checklist, reuse_refusals
from pipeline.paper_codes import PaperCodes
from pipeline.ports import ObjectStore
from pipeline.stages.field_values import find_dossier_code
from pipeline.table_ports import Papers, People
from pipeline.validity import certain_date
from schemas.catalog import Catalogue, Procedure, RequiredPaper
from schemas.decisions import LookUp, Reuse
from schemas.dossier import Paper
from schemas.dossiers import Component, Dossier, DossierChange, DossierView
from schemas.once_only import ChecklistRow, Visit
from schemas.people import Actor, Citizen

_FOR_WHO_HANDS_IN = ("applicant", "agent")
"""Roles in which not only the owner of a dossier but also who hands it in for him may stand on a paper."""
_OUTSIDE_THE_LIST = ""


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


class DossierDesk:
    """Opens dossiers and completes them."""

    def __init__(self, store: ObjectStore, tables: DossierTables, catalogue: Catalogue, codes: PaperCodes) -> None:
        """Args: store: where decisions and dossiers' records go first; tables: the database; codes: gives them."""
        self._store, self._tables, self._catalogue, self._codes = store, tables, catalogue, codes

    def open(self, dossier: Dossier) -> DossierChange:
        """Add a dossier, or take over what is new about a known one; the same again changes nothing.

        Papers that were brought under its code already are put into it.

        Raises:
            ScanRejected: bad_dossier_code.
            NotFound: no_such_procedure, of an id that is not in the catalogue.
        """
        if find_dossier_code(dossier.code) != dossier.code:
            raise ScanRejected("bad_dossier_code")
        if dossier.procedure is not None and dossier.procedure not in self._catalogue.procedures:
            raise NotFound("no_such_procedure", dossier.procedure)
        known, now, conflicts = self._tables.dossiers.put(dossier, lambda known: merge_dossiers(known, dossier))
        key = keys.dossier(now.actor.office_id, now.code)
        self._store.put(key, BytesIO(now.model_dump_json().encode()), "application/json")
        self._attach(now, self._tables.papers.of_dossier(now.actor.office_id, now.code))
        outcome: Literal["added", "updated", "unchanged"] = "updated" if known != now else "unchanged"
        return DossierChange(code=now.code, outcome="added" if known is None else outcome, conflicts=conflicts)

    def take_in(self, papers: Iterable[Paper]) -> None:
        """Put papers that are new or have changed into the dossiers they were brought with, and give due codes.

        A receipt that was read with certainty makes its dossier known. Running it again changes nothing.
        """
        for paper in papers:
            self._codes.give(paper)
            told = self._told_by_receipt(paper)
            if told is not None:
                self.open(told)
            elif paper.dossier_code is not None:
                dossier = self._known(paper.actor.office_id, paper.dossier_code)
                if dossier is not None:
                    self._attach(dossier, (paper,))

    def view(self, office_id: str, code: str, conditions: Mapping[str, bool], now: datetime) -> DossierView:
        """The dossier with its papers and the checklist of its procedure on the day of `now`.

        Raises:
            NotFound: no_such_dossier.
        """
        dossier = self._tables.dossiers.get(office_id, code)
        visit = self._visit(dossier, now).model_copy(update={"conditions": dict(conditions)})
        rows: tuple[ChecklistRow, ...] = ()
        if dossier.procedure is not None:
            rows = self._rows(dossier, self._catalogue.procedures[dossier.procedure], visit)
        components = self._tables.dossiers.components(office_id, code)
        given = [self._tables.dossiers.code_of(office_id, one.document_id) for one in components]
        codes = {one.document_id: one.code for one in given if one is not None}
        return DossierView(dossier=dossier, components=components, codes=codes, rows=rows)

    def reuse(self, actor: Actor, code: str, component: str, document_id: str, purpose: str) -> Component:
        """Let a paper on file serve a dossier instead of being brought again: who, when, for what, then the flags.

        Raises:
            NotFound: no_such_dossier, no_such_component, no_such_paper.
            ScanRejected: reuse_refused; the detail lists the reasons.
        """
        dossier, row = self._component(actor.office_id, code, component)
        paper = self._tables.papers.get(actor.office_id, document_id)
        owners = [self._citizen(dossier, number) for number in self._numbers(dossier, row)]
        now = datetime.now(UTC)
        visit = self._visit(dossier, now)
        refusals = [
            reuse_refusals(row, self._catalogue, owner, self._papers_with(dossier, owner, paper), paper, visit)
            for owner in owners
        ]
        if all(refusals):
            fewest = sorted(refusals, key=len)[0]
            raise ScanRejected("reuse_refused", ", ".join(fewest))
        decision = new_decision(Reuse, actor, document_id, dossier_code=code, component=component, purpose=purpose)
        with deciding(self._store, decision):
            self.apply(decision)
        return self._reused(decision)

    def look_up(
        self, actor: Actor, code: str, component: str, outcome: Literal["found", "incomplete", "failed"]
    ) -> LookUp:
        """Record what the officer found in the national database instead of asking for a paper (NQ 66.7/2025).

        Raises:
            NotFound: no_such_dossier, no_such_component.
            ScanRejected: look_up_refused, where no rule lets data take the paper's place today.
        """
        dossier, row = self._component(actor.office_id, code, component)
        today = local_day(datetime.now(UTC))
        rules = self._catalogue.look_ups.values()
        if row.surrendered or not any(r.in_force.holds(today) and {*r.types} & {*row.any_of} for r in rules):
            raise ScanRejected("look_up_refused", component)
        decision = new_decision(LookUp, actor, dossier.code, component=component, outcome=outcome)
        with deciding(self._store, decision):
            self.apply(decision)
        return decision

    def apply(self, decision: Reuse | LookUp) -> None:
        """Write what a decision that is in the store makes of rows; again changes nothing. Raises: NotFound."""
        self._tables.dossiers.note(decision, decision.kind)
        if isinstance(decision, Reuse):
            self._tables.dossiers.attach(self._reused(decision))

    def _reused(self, decision: Reuse) -> Component:
        """The paper in its new place, with the flags and the code of its reuse."""
        paper = self._tables.papers.get(decision.actor.office_id, decision.subject_id)
        of_paper = self._codes.give(paper)
        return Component(
            dossier_code=decision.dossier_code,
            component=decision.component,
            document_id=decision.subject_id,
            actor=decision.actor,
            attached_at=decision.decided_at,
            digitised=paper.object_key is not None,
            reused=1 if of_paper is None else 2,
            reused_code=of_paper.code if of_paper else None,
        )

    # -- papers into dossiers -----------------------------------------------------------------------------------------

    def _known(self, office_id: str, code: str) -> Dossier | None:
        try:
            return self._tables.dossiers.get(office_id, code)
        except NotFound:
            return None

    def _told_by_receipt(self, paper: Paper) -> Dossier | None:
        return dossier_of_receipt(paper, self._catalogue) if paper.type == "receipt_slip" else None

    def _attach(self, dossier: Dossier, papers: Sequence[Paper]) -> None:
        procedure = self._catalogue.procedures.get(dossier.procedure or "")
        for paper in papers:
            component = Component(
                dossier_code=dossier.code,
                component=component_of(procedure, dossier, paper),
                document_id=paper.document_id,
                actor=paper.actor,
                attached_at=paper.filed_at,
                digitised=paper.object_key is not None,
            )
            if paper.rendition_of is not None or paper.state not in ("filed", "needs_review"):
                self._tables.dossiers.detach(component)
            elif is_result(procedure, dossier, paper):
                self._tables.dossiers.attach_result(component)
            else:
                self._tables.dossiers.attach(component)

    def _component(self, office_id: str, code: str, component: str) -> tuple[Dossier, RequiredPaper]:
        dossier = self._tables.dossiers.get(office_id, code)
        procedure = self._catalogue.procedures.get(dossier.procedure or "")
        for row in procedure.papers if procedure else ():
            if row.id == component:
                return dossier, row
        raise NotFound("no_such_component", component)

    # -- checklists ---------------------------------------------------------------------------------------------------

    def _visit(self, dossier: Dossier, now: datetime) -> Visit:
        looked_up = self._tables.dossiers.look_ups(dossier.actor.office_id, dossier.code)
        return Visit(day=local_day(now), dossier_code=dossier.code, looked_up=looked_up)

    def _rows(self, dossier: Dossier, procedure: Procedure, visit: Visit) -> tuple[ChecklistRow, ...]:
        """The owner's rows; a paper that who hands it in may own is taken from him where the owner has none."""
        lists: list[tuple[ChecklistRow, ...]] = []
        for number in (dossier.owner.number, dossier.submitted_by.number if dossier.submitted_by else None):
            if number is not None or not lists:
                citizen = self._citizen(dossier, number)
                papers = self._papers_of(dossier, citizen)
                lists.append(checklist(procedure, self._catalogue, citizen, papers, visit))
        roles = {row.id: row.role for row in procedure.papers}
        merged = []
        for answers in zip(*lists, strict=True):
            shared = roles[answers[0].id] in _FOR_WHO_HANDS_IN
            usable = [row for row in answers if row.status in ("held", "held_unconfirmed")] if shared else []
            merged.append(usable[0] if usable else answers[0])
        return tuple(merged)

    def _numbers(self, dossier: Dossier, row: RequiredPaper) -> list[str | None]:
        """Whose paper may fulfil the row."""
        by = dossier.submitted_by
        shared = by is not None and by.number is not None and row.role in _FOR_WHO_HANDS_IN
        return [dossier.owner.number, *([by.number] if by is not None and shared else [])]

    def _citizen(self, dossier: Dossier, number: str | None) -> Citizen:
        """From the register; somebody it does not know has no papers on file."""
        known = self._tables.people.by_number(dossier.actor.office_id, number) if number else None
        return known or Citizen(citizen_id="", personal_id=number or "", name="")

    def _papers_of(self, dossier: Dossier, citizen: Citizen) -> tuple[Paper, ...]:
        """Papers of the citizen, and what was brought with the dossier."""
        office_id, papers = dossier.actor.office_id, self._tables.papers
        owned = papers.of_citizen(office_id, citizen.citizen_id) if citizen.citizen_id else ()
        brought = papers.of_dossier(office_id, dossier.code)
        return tuple({paper.document_id: paper for paper in (*owned, *brought)}.values())

    def _papers_with(self, dossier: Dossier, citizen: Citizen, paper: Paper) -> tuple[Paper, ...]:
        others = (other for other in self._papers_of(dossier, citizen) if other.document_id != paper.document_id)
        return (*others, paper)


def component_of(procedure: Procedure | None, dossier: Dossier, paper: Paper) -> str:
    """The id of the procedure's paper that this one is; "" when its list names none such."""
    day = local_day(dossier.received_at)
    rows = (
        [row for row in procedure.papers if row.in_force.holds(day) and paper.type in row.any_of] if procedure else []
    )
    roles = {person.role for person in paper.people}
    fitting = [row for row in rows if row.role is None or row.role in roles] or rows
    return fitting[0].id if fitting else _OUTSIDE_THE_LIST


def is_result(procedure: Procedure | None, dossier: Dossier, paper: Paper) -> bool:
    """Whether the paper is what the procedure gives: of such a type, and not asked for or issued since it was asked."""
    if procedure is None or paper.type not in procedure.results:
        return False
    issued = certain_date(paper, "issue_date")
    asked_for = component_of(procedure, dossier, paper) != _OUTSIDE_THE_LIST
    return not asked_for or (issued is not None and issued >= local_day(dossier.received_at))
