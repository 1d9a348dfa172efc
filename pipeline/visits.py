"""A citizen's visit: opened with a procedure and a reason, once it is recorded what lets his papers be shown.

Within it the procedure comes first: its checklist, the papers that matter to it, and by itself all the rest. Luật
91/2025/QH15 asks that personal data be used for a stated purpose only; what is sensitive is asked for again.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from pipeline.dossiers import DossierDesk
from pipeline.errors import Forbidden, NotFound, ScanRejected
from pipeline.local_time import local_day
from pipeline.once_only import checklist
from pipeline.prefill import prefill
from pipeline.seeking import Seeker
from pipeline.stages.same_name import folded_name
from pipeline.table_ports import Tables
from pipeline.vietnamese import fold
from schemas.base import Value
from schemas.catalog import Catalogue, DocumentType, Procedure, SensitiveKind
from schemas.dossier import Channel, Paper
from schemas.dossiers import Component, Dossier, Party
from schemas.once_only import ChecklistRow, Visit
from schemas.people import Actor, Citizen
from schemas.prefill import PrefillField
from schemas.visits import (
    OF_ANOTHER,
    CitizenVisit,
    FoundBy,
    Presence,
    SensitiveLook,
    Showing,
    VisitReason,
    VisitView,
)

_USE_COUNTS = timedelta(days=90)
"""Which procedures an office is asked for changes with the seasons: school years, land registration."""
_CHANNEL: dict[Presence, Channel] = {"online": "online", "post": "post"}


class Opening(Value):
    """What an officer says to open a visit.

    `said` is what was read or typed of the citizen (see `Seeker.seek`); `citizen_id` chooses among several of a name;
    `name` is of somebody who is new.
    """

    procedure: str
    reason: VisitReason
    remark: str = ""
    said: str
    citizen_id: str | None = None
    name: str = ""
    showing: Showing


class CitizensPapers(Value):
    """A citizen's papers, newest first: those that matter to the procedure, others, and by kind the sensitive ones.

    `filed` are all that are on file, other scans of the same papers among them: what the checklist counts on.
    """

    filed: tuple[Paper, ...]
    matter: tuple[Paper, ...]
    others: tuple[Paper, ...]
    sensitive: dict[SensitiveKind, tuple[Paper, ...]]


class VisitDesk:
    """Opens visits and answers what is needed within one."""

    def __init__(self, tables: Tables, catalogue: Catalogue, dossiers: DossierDesk) -> None:
        """Args: tables: the database; dossiers: completes the dossier that a visit is about."""
        self._tables, self._catalogue, self._dossiers = tables, catalogue, dossiers
        self.seeker = Seeker(tables.people, tables.dossiers, catalogue)

    def procedures(self, office_id: str, now: datetime) -> tuple[Procedure, ...]:
        """The procedures in force today: first those that the office is asked for most often, the others by title."""
        used = self._tables.visits.most_used(office_id, now - _USE_COUNTS)
        rank = {procedure: place for place, procedure in enumerate(used)}
        valid = (one for one in self._catalogue.procedures.values() if one.in_force.holds(local_day(now)))
        return tuple(sorted(valid, key=lambda one: (rank.get(one.id, len(rank)), fold(one.title))))

    def open(self, actor: Actor, session_id: str, opening: Opening) -> CitizenVisit:
        """Open a visit and have the officer's session hold it; one it held before is closed.

        Raises:
            NotFound: no_such_procedure.
            ScanRejected: which_citizen, showing_incomplete, remark_needed; not_their_dossier, of a receipt's code.
            Forbidden: visit_needs_session.
        """
        if opening.procedure not in self._catalogue.procedures:
            raise NotFound("no_such_procedure", opening.procedure)
        if opening.reason == "other" and not opening.remark.strip():
            raise ScanRejected("remark_needed")
        _check_showing(opening.showing)
        party, citizen_id, found_by, code = self._whom(actor.office_id, opening)
        visit = CitizenVisit(
            visit_id=str(uuid.uuid4()),
            actor=actor,
            procedure=opening.procedure,
            reason=opening.reason,
            remark=opening.remark.strip(),
            citizen=party,
            citizen_id=citizen_id,
            found_by=found_by,
            showing=opening.showing,
            opened_at=datetime.now(UTC),
        )
        if code is not None:
            visit = self._with_dossier(visit, code)
        if not self._tables.visits.open(visit, session_id):
            raise Forbidden("visit_needs_session")
        return visit

    def held(self, office_id: str, visit_id: str, held_id: str | None) -> CitizenVisit:
        """The visit, where it is the one that the officer's session holds.

        Raises:
            NotFound: no_such_visit; no_such_procedure, where the catalogue has it no more.
            Forbidden: visit_over.
        """
        visit = self._tables.visits.get(office_id, visit_id)
        if visit.procedure not in self._catalogue.procedures:
            raise NotFound("no_such_procedure", visit.procedure)
        if visit_id != held_id or visit.closed_at is not None:
            raise Forbidden("visit_over")
        return visit

    def citizen(self, visit: CitizenVisit) -> Citizen:
        """Who it is in the register; somebody without papers is only what was said of him, with an empty id."""
        office_id, people = visit.actor.office_id, self._tables.people
        if visit.citizen_id is not None:
            known = people.by_id(office_id, visit.citizen_id)
        else:
            known = people.by_number(office_id, visit.citizen.number) if visit.citizen.number else None
        said = visit.citizen
        return known or Citizen(citizen_id="", personal_id=said.number, name=said.name or "")

    def view(self, visit: CitizenVisit, papers: CitizensPapers, now: datetime) -> VisitView:
        """The visit with its checklist on the day of `now`; sensitive papers are counted, not named.

        Args:
            visit: which is open.
            papers: what `papers` gives for it.
            now: tells the day.

        """
        rows: tuple[ChecklistRow, ...]
        components: tuple[Component, ...] = ()
        if visit.dossier_code is not None:
            dossier = self._dossiers.view(visit.actor.office_id, visit.dossier_code, visit.conditions, now)
            rows, components = dossier.rows, dossier.components
        else:
            signed = self._dossiers.signatures
            occasion = Visit(day=local_day(now), conditions=visit.conditions, signatures=signed)
            rows = checklist(self._procedure(visit), self._catalogue, self.citizen(visit), papers.filed, occasion)
        return VisitView(
            visit=visit,
            rows=rows,
            attached=_by_row(components),
            papers=tuple(paper.document_id for paper in papers.matter),
            other_papers=len(papers.others),
            sensitive_papers={kind: len(some) for kind, some in papers.sensitive.items()},
        )

    def papers(self, visit: CitizenVisit) -> CitizensPapers:
        """The citizen's papers and what was brought with the dossier, without other scans of the same paper."""
        asked_for = {kind for row in self._procedure(visit).papers for kind in row.any_of}
        matter: list[Paper] = []
        others: list[Paper] = []
        sensitive: dict[SensitiveKind, tuple[Paper, ...]] = {}
        filed = self._filed_for(visit)
        for paper in filed:
            kept_apart = self._catalogue.types[paper.type].sensitive
            if paper.state not in ("filed", "needs_review") or paper.rendition_of is not None:
                continue
            if kept_apart is not None:
                sensitive[kept_apart.kind] = (*sensitive.get(kept_apart.kind, ()), paper)
            else:
                (matter if paper.type in asked_for else others).append(paper)
        return CitizensPapers(filed=filed, matter=tuple(matter), others=tuple(others), sensitive=sensitive)

    def answer(self, visit: CitizenVisit, condition: str, applies: bool | None) -> CitizenVisit:
        """Note whether a condition of the procedure holds; None takes the answer back.

        Raises:
            NotFound: no_such_condition.
        """
        asked = {row.condition.id for row in self._procedure(visit).papers if row.condition is not None}
        if condition not in asked:
            raise NotFound("no_such_condition", condition)
        answers = {name: said for name, said in visit.conditions.items() if name != condition}
        return self._changed(visit, conditions=answers if applies is None else answers | {condition: applies})

    def name_dossier(self, visit: CitizenVisit, code: str) -> CitizenVisit:
        """Tell which dossier the visit is about; one that hoso does not know yet is opened.

        Raises:
            ScanRejected: bad_dossier_code; not_their_dossier.
        """
        return self._changed(visit, dossier_code=self._with_dossier(visit, code.strip()).dossier_code)

    def use(self, visit: CitizenVisit, component: str, document_id: str) -> Component:
        """Let a paper on file serve the visit's dossier.

        Raises:
            NotFound: no_such_dossier, where none was named; no_such_component, no_such_paper.
            ScanRejected: reuse_refused.
        """
        purpose = self._procedure(visit).title
        return self._dossiers.reuse(visit.actor, visit.dossier_code or "", component, document_id, purpose)

    def look_up(self, visit: CitizenVisit, component: str, outcome: Literal["found", "incomplete", "failed"]) -> None:
        """Record what the national database gave instead of a paper. Raises: as `DossierDesk.look_up`."""
        self._dossiers.look_up(visit.actor, visit.dossier_code or "", component, outcome)

    def ask_sensitive(self, visit: CitizenVisit, kind: SensitiveKind, reason: str) -> tuple[Paper, ...]:
        """The sensitive papers of a kind, after it is written down why they are looked at.

        Raises:
            ScanRejected: remark_needed.
        """
        if not reason.strip():
            raise ScanRejected("remark_needed")
        look = SensitiveLook(at=datetime.now(UTC), kind=kind, reason=reason.strip())
        self._changed(visit, sensitive_looks=(*visit.sensitive_looks, look))
        return self.papers(visit).sensitive.get(kind, ())

    def forms(self, visit: CitizenVisit) -> tuple[DocumentType, ...]:
        """The forms of the procedure that applicants fill in, in its order."""
        asked_for = (kind for row in self._procedure(visit).papers for kind in row.any_of)
        types = (self._catalogue.types[kind] for kind in dict.fromkeys(asked_for))
        return tuple(kind for kind in types if kind.filled_by == "applicant")

    def known_values(self, visit: CitizenVisit, form: str, now: datetime) -> tuple[PrefillField, ...]:
        """What is known of a form's fields, from the register and from papers that are not sensitive.

        Raises:
            NotFound: no_such_form.
        """
        kind = next((one for one in self.forms(visit) if one.id == form), None)
        if kind is None:
            raise NotFound("no_such_form", form)
        office_id, papers = visit.actor.office_id, self.papers(visit)

        def confirmed_by(document_id: str) -> str | None:
            return self._tables.dossiers.confirmer(office_id, document_id)

        plain = (*papers.matter, *papers.others)
        return prefill(kind, self._catalogue.types, self.citizen(visit), plain, local_day(now), confirmed_by)

    def _whom(self, office_id: str, opening: Opening) -> tuple[Party, str | None, FoundBy, str | None]:
        """The citizen as he is known, his entry if he has one, and the code of the receipt he was found by."""
        sought = self.seeker.seek(office_id, opening.said)
        chosen = [one for one in sought.known if one.citizen_id == opening.citizen_id]
        if opening.citizen_id is None and sought.found_by != "name":
            chosen = list(sought.known)
        if len(chosen) == 1:
            (citizen,) = chosen
            number = sought.number or next(iter(citizen.numbers), None)
            return Party(number=number, name=citizen.name), citizen.citizen_id, sought.found_by, sought.dossier_code
        name = opening.name.strip() or sought.name
        if opening.citizen_id is not None or sought.number is None or not name:
            raise ScanRejected("which_citizen")
        return Party(number=sought.number, name=name), None, sought.found_by, sought.dossier_code

    def _with_dossier(self, visit: CitizenVisit, code: str) -> CitizenVisit:
        office_id = visit.actor.office_id
        try:
            known = self._tables.dossiers.get(office_id, code)
        except NotFound:
            known = None
        if known is not None and not self._is_about(known, visit):
            raise ScanRejected("not_their_dossier", code)
        if known is None or known.procedure is None:
            self._dossiers.open(
                Dossier(
                    code=code,
                    actor=visit.actor,
                    source="opened",
                    procedure=visit.procedure,
                    owner=visit.citizen,
                    submitted_by=visit.showing.by,
                    channel=_CHANNEL.get(visit.showing.presence, "counter"),
                    received_at=known.received_at if known else visit.opened_at,
                )
            )
        return visit.model_copy(update={"dossier_code": code})

    def _is_about(self, dossier: Dossier, visit: CitizenVisit) -> bool:
        """Of the visit's procedure, and the citizen's own or handed in by him."""
        if dossier.procedure not in (None, visit.procedure):
            return False
        citizen = self.citizen(visit)
        parties = [party for party in (dossier.owner, dossier.submitted_by) if party is not None]
        named = [party for party in parties if party.number or party.name]
        return not named or any(_is_party(citizen, party) for party in named)

    def _filed_for(self, visit: CitizenVisit) -> tuple[Paper, ...]:
        office_id, papers, citizen = visit.actor.office_id, self._tables.papers, self.citizen(visit)
        owned: Sequence[Paper] = papers.of_citizen(office_id, citizen.citizen_id) if citizen.citizen_id else ()
        brought = papers.of_dossier(office_id, visit.dossier_code) if visit.dossier_code else ()
        return tuple({paper.document_id: paper for paper in (*owned, *brought)}.values())

    def _procedure(self, visit: CitizenVisit) -> Procedure:
        return self._catalogue.procedures[visit.procedure]

    def _changed(self, visit: CitizenVisit, **values: object) -> CitizenVisit:
        changed = visit.model_copy(update=values)
        self._tables.visits.change(changed)
        return changed


def _check_showing(showing: Showing) -> None:
    """Somebody else is named with his number, an account has its level, and nothing is said that does not belong."""
    by, level = showing.by, showing.vneid_level
    if (showing.presence in OF_ANOTHER) != (by is not None) or (showing.presence == "online") != (level is not None):
        raise ScanRejected("showing_incomplete")
    if by is not None and not (by.number and by.name):
        raise ScanRejected("showing_incomplete")


def _is_party(citizen: Citizen, party: Party) -> bool:
    if party.number is not None:
        return party.number in citizen.numbers
    return party.name is not None and folded_name(party.name) in {folded_name(name) for name in citizen.names}


def _by_row(components: Sequence[Component]) -> dict[str, tuple[str, ...]]:
    rows: dict[str, tuple[str, ...]] = {}
    for one in components:
        rows[one.component] = (*rows.get(one.component, ()), one.document_id)
    return rows
