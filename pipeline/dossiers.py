"""Dossiers: taken from the one-stop system or opened here, filled with papers brought, reused and looked up.

The one-stop system (hệ thống một cửa) stays their record; hoso keeps what it needs to file papers and to answer what is
still owed.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from pipeline.decisions import deciding, new_decision
from pipeline.dossier_finding import DossierFinding
from pipeline.dossier_lists import DossierLists, DossierTables
from pipeline.dossier_merge import dossier_of_receipt, merge_dossiers
from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from pipeline.local_time import local_day
from pipeline.once_only import reuse_refusals
from pipeline.paper_codes import PaperCodes
from pipeline.ports import ObjectStore
from pipeline.recording import record_changes
from pipeline.stages.certain import is_wiped
from pipeline.stages.field_values import find_dossier_code, parse
from pipeline.table_ports import PaperChange
from pipeline.validity import certain_date
from schemas.catalog import Catalogue, Procedure, RequiredPaper
from schemas.decisions import LookUp, Reuse, SetDossier
from schemas.dossier import Paper
from schemas.dossiers import Component, Dossier, DossierChange, DossierView, Party
from schemas.people import Actor

log = logging.getLogger("hoso")

_OUTSIDE_THE_LIST = ""
_MOST_TRIES = 5
"""How often a paper's row is tried to be written while others keep changing it."""


class DossierDesk:
    """Opens dossiers and completes them."""

    def __init__(
        self,
        store: ObjectStore,
        tables: DossierTables,
        catalogue: Catalogue,
        codes: PaperCodes,
        *,
        signatures: bool = False,
    ) -> None:
        """Prepare the desk.

        Args:
            store: where decisions and dossiers' records go first.
            tables: the database.
            catalogue: the procedures.
            codes: gives codes to papers.
            signatures: a copy must be signed to count as held.
        """
        self.signatures = signatures
        self._store, self._tables, self._catalogue, self._codes = store, tables, catalogue, codes
        self._lists = DossierLists(tables, catalogue, signatures=signatures)
        self.finding = DossierFinding(tables, catalogue, self._lists)

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
        self._attach(now, self._tables.papers.of_dossier(now.actor.office_id, now.code))
        self.mark(now)
        record_changes(self._store, self._tables.records, now.actor.office_id)
        outcome: Literal["added", "updated", "unchanged"] = "updated" if known != now else "unchanged"
        return DossierChange(code=now.code, outcome="added" if known is None else outcome, conflicts=conflicts)

    def take_in(self, papers: Iterable[Paper]) -> None:
        """Put papers that are new or have changed into the dossiers they were brought with, and give due codes.

        A receipt that was read with certainty makes its dossier known. Running it again changes nothing.
        """
        touched: dict[str, Dossier] = {}
        for paper in papers:
            self._codes.give(paper)
            touched |= {dossier.code: dossier for dossier in self.finding.propose(paper, datetime.now(UTC))}
            told = self._told_by_receipt(paper)
            if told is not None:
                self.open(told)
            elif paper.dossier_code is not None:
                dossier = self._known(paper.actor.office_id, paper.dossier_code)
                if dossier is not None:
                    self._attach(dossier, (paper,))
                    touched[dossier.code] = dossier
        for dossier in touched.values():
            self.mark(dossier)

    def view(self, office_id: str, code: str, conditions: Mapping[str, bool], now: datetime) -> DossierView:
        """The dossier with its papers and the checklist of its procedure on the day of `now`.

        Raises:
            NotFound: no_such_dossier.
        """
        dossier = self._tables.dossiers.get(office_id, code)
        rows = self._lists.rows(dossier, now, conditions)
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
        visit = self._lists.visit(dossier, datetime.now(UTC))
        refusals = [
            reuse_refusals(row, self._catalogue, owner, self._lists.papers_with(dossier, owner, paper), paper, visit)
            for owner in self._lists.owners(dossier, row)
        ]
        if all(refusals):
            fewest = sorted(refusals, key=len)[0]
            raise ScanRejected("reuse_refused", ", ".join(fewest))
        decision = new_decision(Reuse, actor, document_id, dossier_code=code, component=component, purpose=purpose)
        with deciding(self._store, self._tables, decision):
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
        with deciding(self._store, self._tables, decision):
            self.apply(decision)
        return decision

    def attach(self, actor: Actor, code: str, component: str, document_id: str) -> Paper:
        """Put a paper that was brought for a dossier into it by hand, as one of its components; "" is outside the list.

        Raises:
            NotFound: no_such_dossier, no_such_component, no_such_paper.
            ScanRejected: cannot_attach, where it is not of a type that is asked for, not on file, or only another scan
                of one that is; of_another_dossier, where it was brought with one.
            ServiceUnavailable: store_away, database_away, paper_changed.
        """
        self._tables.dossiers.get(actor.office_id, code)
        paper = self._tables.papers.get(actor.office_id, document_id)
        outside = component == _OUTSIDE_THE_LIST
        fits = outside or paper.type in self._component(actor.office_id, code, component)[1].any_of
        if not fits or paper.state not in ("filed", "needs_review") or paper.rendition_of is not None:
            raise ScanRejected("cannot_attach", document_id)
        if paper.dossier_code not in (None, code):
            raise ScanRejected("of_another_dossier", document_id)
        return self._set_dossier(new_decision(SetDossier, actor, document_id, dossier_code=code, component=component))

    def detach(self, actor: Actor, code: str, document_id: str) -> Paper:
        """Say that a paper was not brought for a dossier: it leaves it, and is not proposed for it again.

        Raises:
            NotFound: no_such_dossier, no_such_paper.
            ScanRejected: secret_paper.
            ServiceUnavailable: store_away, database_away, paper_changed.
        """
        self._tables.dossiers.get(actor.office_id, code)
        self._readable(actor.office_id, document_id)
        return self._set_dossier(new_decision(SetDossier, actor, document_id, dossier_code=code, component=None))

    def set_phone(self, actor: Actor, code: str, phone: str) -> Dossier:
        """Keep a telephone number of who handed the dossier in, else of its owner.

        Raises:
            NotFound: no_such_dossier.
            ScanRejected: bad_phone.
        """
        parsed = parse("phone", phone)
        if parsed is None:
            raise ScanRejected("bad_phone")

        def with_phone(known: Dossier) -> tuple[Dossier, tuple[str, ...]]:
            who = "submitted_by" if known.submitted_by is not None else "owner"
            party: Party = getattr(known, who)
            return known.model_copy(update={who: party.model_copy(update={"phone": parsed.value})}), ()

        known = self._tables.dossiers.get(actor.office_id, code)
        _, now, _ = self._tables.dossiers.put(known, with_phone)
        record_changes(self._store, self._tables.records, actor.office_id)
        return now

    def mark(self, dossier: Dossier) -> None:
        """Write anew what is known of a dossier's needs. Running it again changes nothing."""
        needs = self._lists.needs(dossier, datetime.now(UTC))
        self._tables.work.mark(dossier.actor.office_id, dossier.code, needs)

    def mark_each(self, office_id: str, codes: Iterable[str]) -> None:
        """Write anew what is known of the needs of those of these dossiers that are here."""
        for code in codes:
            dossier = self._known(office_id, code)
            if dossier is not None:
                self.mark(dossier)

    def apply(self, decision: Reuse | LookUp | SetDossier) -> None:
        """Write what a decision that is in the store makes of rows; again changes nothing.

        Raises:
            NotFound: no_such_paper, no_such_dossier.
            ScanRejected: secret_paper, of a paper that was wiped.
            ServiceUnavailable: paper_changed, when others keep changing the paper.
        """
        if isinstance(decision, SetDossier):
            self._apply_dossier(decision)
            return
        if isinstance(decision, Reuse):
            self._readable(decision.actor.office_id, decision.subject_id)
        self._tables.dossiers.note(decision, decision.kind)
        if isinstance(decision, Reuse):
            self._tables.dossiers.attach(self._reused(decision))
        code = decision.dossier_code if isinstance(decision, Reuse) else decision.subject_id
        self.mark(self._tables.dossiers.get(decision.actor.office_id, code))

    def _set_dossier(self, decision: SetDossier) -> Paper:
        with deciding(self._store, self._tables, decision):
            self.apply(decision)
        log.info("decided %s %s", decision.kind, decision.subject_id)
        return self._tables.papers.get(decision.actor.office_id, decision.subject_id)

    def _apply_dossier(self, decision: SetDossier) -> None:
        office_id, code = decision.actor.office_id, decision.dossier_code
        dossier = self._tables.dossiers.get(office_id, code)
        for _ in range(_MOST_TRIES):
            paper = self._readable(office_id, decision.subject_id)
            after = _placed(paper, decision)
            changes = () if after == paper else (PaperChange(before=paper, after=after),)
            if self._tables.papers.change(decision, changes):
                break
        else:
            raise ServiceUnavailable("paper_changed", decision.subject_id)
        if decision.component is None:
            self._tables.dossiers.detach(_brought(dossier, paper, _OUTSIDE_THE_LIST))
            self.finding.never_again(paper, dossier, decision.decided_at)
            self.mark(dossier)
        self._tables.work.answer(office_id, paper.document_id, code)
        self.take_in((after,))

    def _readable(self, office_id: str, document_id: str) -> Paper:
        """A paper about which something may be said. Raises: NotFound (no_such_paper); ScanRejected (secret_paper)."""
        paper = self._tables.papers.get(office_id, document_id)
        if is_wiped(paper):
            raise ScanRejected("secret_paper", document_id)
        return paper

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
            component = _brought(dossier, paper, component_of(procedure, dossier, paper))
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


def _brought(dossier: Dossier, paper: Paper, component: str) -> Component:
    """A paper in its place in the dossier that it was brought with."""
    return Component(
        dossier_code=dossier.code,
        component=component,
        document_id=paper.document_id,
        actor=paper.actor,
        attached_at=paper.filed_at,
        digitised=paper.object_key is not None,
    )


def _placed(paper: Paper, decision: SetDossier) -> Paper:
    """The paper as brought for the decision's dossier, or not for it."""
    if decision.component is not None:
        return paper.model_copy(update={"dossier_code": decision.dossier_code, "component": decision.component})
    if paper.dossier_code == decision.dossier_code:
        return paper.model_copy(update={"dossier_code": None, "component": None})
    return paper


def component_of(procedure: Procedure | None, dossier: Dossier, paper: Paper) -> str:
    """The id of the procedure's paper that this one is; "" when its list names none such. A person's word holds."""
    listed = [row.id for row in procedure.papers] if procedure else []
    if paper.component is not None and paper.component in (*listed, _OUTSIDE_THE_LIST):
        return paper.component
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
