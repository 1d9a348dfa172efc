"""What an office does to its register by hand: merge two entries, split one, accept a name, enter somebody, undo.

Each is a decision that is kept in the store before a row changes, and each carries what it replaced, so that it can be
taken back from its own record. Ids go in and out, never names or numbers.
"""

import uuid
from collections.abc import Collection

from pipeline.decisions import deciding, new_decision
from pipeline.errors import NotFound, ScanRejected
from pipeline.ports import ObjectStore
from pipeline.stages.same_name import closest
from pipeline.table_ports import Tables
from schemas.decisions import (
    MergeCitizens,
    MovedNumber,
    MovedPaper,
    RegisterDecision,
    SetCitizen,
    SplitCitizen,
    Undo,
)
from schemas.people import Actor, Citizen, PaperLink, PersonOnPaper


class RegisterBook:
    """The register of every office, for those who may change it."""

    def __init__(self, store: ObjectStore, tables: Tables) -> None:
        self._store = store
        self._papers = tables.papers
        self._people = tables.people
        self._register = tables.register
        self._tables = tables

    def citizen(self, office_id: str, id_or_number: str) -> Citizen:
        """By the id of an entry, even of a merged one, or by a number. Raises: NotFound (no_such_citizen)."""
        found = self._people.by_number(office_id, id_or_number) or self._people.by_id(office_id, id_or_number)
        if found is None:
            raise NotFound("no_such_citizen")
        return found

    def history(self, office_id: str, citizen_id: str) -> tuple[RegisterDecision, ...]:
        """What was decided about a citizen, oldest first. Raises: NotFound (no_such_citizen)."""
        return self._register.history(office_id, self._entry(office_id, citizen_id).citizen_id)

    def links(self, office_id: str, citizen_id: str) -> tuple[PaperLink, ...]:
        """The citizen's papers and those that only mention it, newest first."""
        return self._register.links(office_id, citizen_id)

    def merge(self, actor: Actor, stays: str, merged: str) -> MergeCitizens:
        """Make two entries one: all that is `merged`'s is the other's from now on, and its id leads there.

        Raises:
            NotFound: no_such_citizen, for another office's as well.
            ScanRejected: one_citizen, person_and_organisation.
        """
        one, other = self._entry(actor.office_id, stays), self._entry(actor.office_id, merged)
        if one.citizen_id == other.citizen_id:
            raise ScanRejected("one_citizen", one.citizen_id)
        if one.kind != other.kind:
            raise ScanRejected("person_and_organisation", f"{one.citizen_id}, {other.citizen_id}")
        decision = new_decision(MergeCitizens, actor, one.citizen_id, merged=other.citizen_id)
        self._decide(decision)
        return decision

    def split(
        self, actor: Actor, citizen_id: str, document_ids: Collection[str], into: str | None = None
    ) -> SplitCitizen:
        """Give papers of a citizen to somebody else: to `into`, or to a new entry as the first of them names it.

        A number goes along when none of the papers that stay carries it, except the one that names the citizen.

        Raises:
            NotFound: no_such_citizen, for another office's as well.
            ScanRejected: one_citizen; not_their_paper (or no paper at all), nothing_left.
        """
        office_id = actor.office_id
        citizen = self._entry(office_id, citizen_id)
        other = self._entry(office_id, into) if into else None
        if other is not None and other.citizen_id == citizen.citizen_id:
            raise ScanRejected("one_citizen", citizen.citizen_id)
        owned = [link for link in self._register.links(office_id, citizen.citizen_id) if link.link == "filed"]
        moved = [link for link in owned if link.document_id in document_ids]
        strange = sorted({*document_ids} - {link.document_id for link in moved})
        if strange or not moved:
            raise ScanRejected("not_their_paper", ", ".join(strange))
        if len(moved) == len(owned):
            raise ScanRejected("nothing_left", citizen.citizen_id)
        entered = None if other else _named(self._person(office_id, moved[0]), (), citizen.kind)
        decision = new_decision(
            SplitCitizen,
            actor,
            citizen.citizen_id,
            into=other.citizen_id if other else entered.citizen_id if entered else "",
            papers=tuple(
                MovedPaper(document_id=link.document_id, position=link.position, was=link.entry_id or "")
                for link in moved
            ),
            numbers=_numbers_along(citizen, owned, moved),
            entered=entered,
        )
        self._decide(decision)
        return decision

    def accept_name(self, actor: Actor, document_id: str) -> SetCitizen:
        """Take the name under which a paper names a number of the register as an earlier name of its owner.

        Raises:
            NotFound: no_such_paper; no_such_citizen: none of its owners' numbers is on the register.
            ScanRejected: name_known.
        """
        paper = self._papers.get(actor.office_id, document_id)
        known = False
        for person in paper.people:
            citizen = self._people.by_number(actor.office_id, person.number) if person.number else None
            if citizen is None or not person.name:
                continue
            known = True
            if closest(person.name, citizen.names) != "same":
                now = citizen.model_copy(update={"earlier_names": (*citizen.earlier_names, person.name)})
                decision = new_decision(SetCitizen, actor, citizen.citizen_id, before=citizen, now=now)
                self._decide(decision)
                return decision
        if known:
            raise ScanRejected("name_known", document_id)
        raise NotFound("no_such_citizen", document_id)

    def enter(self, actor: Actor, document_id: str, role: str) -> SetCitizen:
        """Put an owner of a paper on the register as the paper names it, with its number if it has one.

        People without any number come onto the register only like this, for a name alone files nothing.

        Raises:
            NotFound: no_such_paper; no_such_citizen: nobody stands there in this role.
            ScanRejected: number_taken.
        """
        paper = self._papers.get(actor.office_id, document_id)
        person = next((one for one in paper.people if one.role == role and one.name), None)
        if person is None:
            raise NotFound("no_such_citizen", document_id)
        return self.enter_person(actor, person, document_id)

    def enter_person(self, actor: Actor, person: PersonOnPaper, document_id: str) -> SetCitizen:
        """Put somebody on the register as a person knows him; errors name the paper on which he stands.

        Raises:
            ScanRejected: number_taken.
        """
        numbers = tuple(number for number in (person.number, person.passport, person.old_number) if number)
        if any(self._people.by_number(actor.office_id, number) for number in numbers):
            raise ScanRejected("number_taken", document_id)
        now = _named(person, numbers, "organisation" if person.tax_code else "person")
        decision = new_decision(SetCitizen, actor, now.citizen_id, before=None, now=now)
        self._decide(decision)
        return decision

    def undo(self, actor: Actor, decision_id: str) -> Undo:
        """Take a decision back: everybody has their own again.

        Raises:
            NotFound: no_such_decision, for another office's as well.
            ScanRejected: cannot_undo: it was undone, or a later decision builds on it.
        """
        undone = self._register.decision(actor.office_id, decision_id)
        if not self._stands(actor.office_id, undone):
            raise ScanRejected("cannot_undo", decision_id)
        decision = new_decision(Undo, actor, undone.subject_id, undone=decision_id)
        self._decide(decision)
        return decision

    def _stands(self, office_id: str, decision: RegisterDecision) -> bool:
        """Whether the register still is as the decision made it."""
        history = self._register.history(office_id, decision.subject_id)
        taken_back = {one.undone for one in history if isinstance(one, Undo)}
        if decision.decision_id in taken_back:
            return False
        match decision:
            case MergeCitizens():
                return decision.merged in self._entry(office_id, decision.subject_id).merged_ids
            case SplitCitizen():
                there = {
                    (link.document_id, link.position)
                    for link in self._register.links(office_id, decision.into)
                    if link.entry_id == decision.into
                }
                moved = {(paper.document_id, paper.position) for paper in decision.papers}
                return moved <= there and (decision.entered is None or moved == there)
            case SetCitizen():
                standing = [one for one in history if one.decision_id not in taken_back and not isinstance(one, Undo)]
                used = decision.before is None and self._register.links(office_id, decision.subject_id)
                return standing[-1:] == [decision] and not used
        return False

    def _decide(self, decision: RegisterDecision) -> None:
        with deciding(self._store, self._tables, decision):
            self._register.apply(decision)

    def _entry(self, office_id: str, citizen_id: str) -> Citizen:
        found = self._people.by_id(office_id, citizen_id)
        if found is None:
            raise NotFound("no_such_citizen", citizen_id)
        return found

    def _person(self, office_id: str, link: PaperLink) -> PersonOnPaper:
        return self._papers.get(office_id, link.document_id).people[link.position]


def _named(person: PersonOnPaper, numbers: tuple[str, ...], kind: str) -> Citizen:
    """A new citizen as a paper names it."""
    born = person.date_of_birth or ""
    return Citizen.model_validate(
        {
            "citizen_id": uuid.uuid4().hex,
            "kind": kind,
            "name": person.name or "",
            "date_of_birth": born if len(born) > len("2000") else None,
            "birth_year": int(born) if len(born) == len("2000") else None,
            "aliases": numbers,
        }
    )


def _numbers_along(citizen: Citizen, owned: list[PaperLink], moved: list[PaperLink]) -> tuple[MovedNumber, ...]:
    """The numbers that only papers carry which go."""
    names = citizen.personal_id or citizen.tax_code
    staying = {link.number for link in owned if link not in moved}
    return tuple(
        MovedNumber(number=number, was=was)
        for number, was in {link.number: link.entry_id for link in moved}.items()
        if number and was and number in citizen.numbers and number != names and number not in staying
    )
