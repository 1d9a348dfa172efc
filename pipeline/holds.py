"""Holds: papers of a complaint, a court case or an inspection are destroyed by nobody until the hold is lifted."""

from pipeline.decisions import deciding, new_decision
from pipeline.ports import ObjectStore
from pipeline.table_ports import Tables
from schemas.decisions import Reuse
from schemas.destruction import HoldReason, SetHold
from schemas.dossier import Paper
from schemas.people import Actor
from schemas.records import Change

_MOST = 10_000
"""Holds and liftings of an office that are listed; whether one lies on a paper is asked of all there are."""


class Holds:
    """The holds of an office."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, store: ObjectStore, actor: Actor, subject_id: str, reason: HoldReason, reference: str) -> SetHold:
        """Put a hold on a paper, a dossier or a citizen, by its id.

        Args:
            store: where the decision goes first.
            actor: who does it.
            subject_id: a paper's, a dossier's code, or a citizen's; all papers of the latter two are held.
            reason: what the papers are needed for.
            reference: the number of the case.

        Raises:
            ServiceUnavailable: store_away, database_away.
        """
        return self._note(
            store, new_decision(SetHold, actor, subject_id, held=True, reason=reason, reference=reference)
        )

    def lift(self, store: ObjectStore, actor: Actor, subject_id: str) -> SetHold:
        """Take the hold off. Raises: ServiceUnavailable (store_away, database_away)."""
        return self._note(store, new_decision(SetHold, actor, subject_id, held=False))

    def standing(self, office_id: str) -> dict[str, SetHold]:
        """The holds that stand, by what they lie on, newest first."""
        newest: dict[str, SetHold] = {}
        for decision in self._tables.papers.decided(office_id, "set_hold", _MOST):
            if isinstance(decision, SetHold):
                newest.setdefault(decision.subject_id, decision)
        return {subject: hold for subject, hold in newest.items() if hold.held}

    def is_held(self, paper: Paper) -> bool:
        """Whether a hold lies on the paper, a dossier that it serves, or somebody whose it is."""
        office_id = paper.actor.office_id
        if not self._tables.papers.decided(office_id, "set_hold", 1):
            return False
        on = (paper.document_id, *dossiers_of(self._tables, paper), *owners_of(self._tables, paper))
        return any(self._lies_on(office_id, subject_id) for subject_id in on)

    def _lies_on(self, office_id: str, subject_id: str) -> bool:
        said = [one for one in self._tables.papers.history(office_id, subject_id) if isinstance(one, SetHold)]
        return bool(said) and said[-1].held

    def _note(self, store: ObjectStore, decision: SetHold) -> SetHold:
        with deciding(store, self._tables, decision):
            self._tables.papers.change(decision, ())
        return decision


def dossiers_of(tables: Tables, paper: Paper) -> tuple[str, ...]:
    """The codes of the dossiers that a paper serves: the one it was brought for, and those it was used again in."""
    own = [paper.dossier_code] if paper.dossier_code is not None else []
    history = tables.papers.history(paper.actor.office_id, paper.document_id)
    return tuple(dict.fromkeys([*own, *(one.dossier_code for one in history if isinstance(one, Reuse))]))


def owners_of(tables: Tables, paper: Paper) -> tuple[str, ...]:
    """The register's entries of those whose the paper is for certain, and of those whom they were merged into."""
    office_id = paper.actor.office_id
    (record,) = tables.records.load([Change(mark="", office_id=office_id, kind="paper", subject_id=paper.document_id)])
    entries = [one for one in getattr(record, "entries", None) or () if one is not None]
    known = [tables.people.by_id(office_id, one) for one in entries]
    return tuple(dict.fromkeys([*entries, *(one.citizen_id for one in known if one is not None)]))
