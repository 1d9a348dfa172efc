"""Holds: papers of a complaint, a court case or an inspection are destroyed by nobody until the hold is lifted."""

from pipeline.decisions import deciding, new_decision
from pipeline.ports import ObjectStore
from pipeline.table_ports import Tables
from schemas.destruction import HoldReason, SetHold
from schemas.dossier import Paper
from schemas.people import Actor
from schemas.records import Change

_MOST = 10_000
"""Holds and liftings of an office that are looked at; there are few of them."""


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
        """Whether a hold lies on the paper, its dossier, or somebody whose it is."""
        office_id = paper.actor.office_id
        held = self.standing(office_id)
        return bool(held) and not held.keys().isdisjoint(
            {paper.document_id, paper.dossier_code or "", *owners_of(self._tables, paper)}
        )

    def _note(self, store: ObjectStore, decision: SetHold) -> SetHold:
        with deciding(store, self._tables, decision):
            self._tables.papers.change(decision, ())
        return decision


def owners_of(tables: Tables, paper: Paper) -> tuple[str, ...]:
    """The register's entries of those whose the paper is for certain, and of those whom they were merged into."""
    office_id = paper.actor.office_id
    (record,) = tables.records.load([Change(mark="", office_id=office_id, kind="paper", subject_id=paper.document_id)])
    entries = [one for one in getattr(record, "entries", None) or () if one is not None]
    known = [tables.people.by_id(office_id, one) for one in entries]
    return tuple(dict.fromkeys([*entries, *(one.citizen_id for one in known if one is not None)]))
