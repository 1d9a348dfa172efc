"""People's answers before they are kept: nothing that cannot be applied ever becomes a decision."""

import re
from collections.abc import Mapping

from pipeline import answers
from pipeline.errors import NotFound, ScanRejected
from pipeline.stages.certain import is_wiped
from pipeline.stages.field_values import tax_code_holds
from pipeline.stages.learnt import named_by
from pipeline.stages.same_name import closest
from pipeline.table_ports import Tables
from schemas.catalog import DocumentType
from schemas.decisions import (
    Accept,
    Invalidate,
    MachineView,
    SetCard,
    SetCuts,
    SetField,
    SetOwner,
    SetSame,
    SetSecrecy,
    SettledDecision,
    SetType,
)
from schemas.destruction import Destroy
from schemas.dossier import Paper
from schemas.people import Citizen

_FORMS = {
    "personal_id": re.compile(r"\d{12}"),
    "tax_code": re.compile(r"\d{10}(-\d{3})?"),
    "passport": re.compile(r"[A-Z]{1,2}\d{6,8}"),
}


class Checks:
    """What an office's papers and register, and the catalogue, let people decide."""

    def __init__(self, tables: Tables, types: Mapping[str, DocumentType]) -> None:
        """Args: tables: the database; types: the catalogue's types by id."""
        self._tables, self._types = tables, types

    def checked(self, decision: SettledDecision) -> SettledDecision:
        """The decision as it is kept, with what hoso had taken the answer to be.

        Raises:
            NotFound: no_such_paper, no_such_submission, no_such_citizen.
            ScanRejected: bad_answer; number_taken; secret_paper.
        """
        office_id = decision.actor.office_id
        if isinstance(decision, SetCuts):
            return self._cuts(decision)
        paper = self._tables.papers.get(office_id, decision.subject_id)
        if paper.state == "destroyed" and not isinstance(decision, Destroy):
            raise NotFound("paper_destroyed", decision.subject_id)
        if is_wiped(paper) and not (isinstance(decision, Destroy) or self.calls_secret(decision)):
            raise ScanRejected("secret_paper", decision.subject_id)
        match decision:
            case SetType():
                return self._type(decision, paper)
            case SetField():
                kind = self._types[paper.type]
                rule = answers.rule_of(kind, decision.name)
                value = None if decision.value is None else answers.checked_value(rule, decision.value)
                machine = answers.machine_view(paper, kind, decision.name)
                return decision.model_copy(update={"value": value, "machine": machine})
            case SetOwner():
                return self._owner(decision, paper)
            case Accept() if f"page.{decision.code}" not in _parts(paper):
                raise ScanRejected("bad_answer", decision.code)
            case SetCard() if "card" not in _parts(paper):
                raise ScanRejected("bad_answer", "card")
            case SetSame(same_as=str() as other) | Invalidate(superseded_by=str() as other):
                self._tables.papers.get(office_id, other)
        return decision

    def calls_secret(self, decision: SettledDecision) -> bool:
        """Whether a person says by it that the paper is secret, as its mark or by its type."""
        if isinstance(decision, SetType):
            kind = self._types.get(decision.type)
            return kind is not None and kind.keeping.rule == "secret_stop"
        return isinstance(decision, SetSecrecy) and decision.secret

    def _cuts(self, decision: SetCuts) -> SetCuts:
        office_id = decision.actor.office_id
        submission = self._tables.submissions.get(office_id, decision.subject_id)
        held = self._tables.papers.of_content(office_id, submission.content_sha256)
        pages = set(decision.first_pages)
        if not pages or not pages <= {page for paper in held for page in paper.source_pages}:
            raise ScanRejected("bad_answer", "pages")
        return decision

    def _type(self, decision: SetType, paper: Paper) -> SetType:
        if decision.type not in self._types:
            raise ScanRejected("bad_answer", "type")
        asked = any(question.kind == "type" for question in paper.questions)
        view = MachineView(kind="type", value=paper.type, confidence=paper.type_confidence, asked=asked)
        return decision.model_copy(update={"machine": None if "type" in paper.answered else view})

    def _owner(self, decision: SetOwner, paper: Paper) -> SetOwner:
        """The owner as the register has it, where it knows the number or the id."""
        known = self._known(decision)
        if known is not None:
            said = {"citizen_id": known.citizen_id, "name": known.name}
            numbers = {"personal_id": known.personal_id, "tax_code": known.tax_code}
            decision = decision.model_copy(update=said | numbers)
        was = next((person for person in paper.people if person.role == decision.role), None)
        asked = was is None or was.link == "proposed"
        value = (was.number or was.citizen_id) if was else None
        if known is not None and value in known.numbers:
            value = named_by(decision)
        view = MachineView(kind="owner", value=value, confidence=0.0 if asked else 1.0, asked=asked)
        fixed = f"owner.{decision.role}" in paper.answered
        return decision.model_copy(update={"machine": None if fixed else view})

    def _known(self, decision: SetOwner) -> Citizen | None:
        """Whom the register has for the answer; None: nobody is meant, or somebody new to it."""
        office_id = decision.actor.office_id
        if decision.citizen_id is not None:
            citizen = self._tables.people.by_id(office_id, decision.citizen_id)
            if citizen is None:
                raise NotFound("no_such_citizen")
            return citizen
        numbers = {
            kind: number
            for kind in ("personal_id", "tax_code", "passport")
            if (number := getattr(decision, kind)) is not None
        }
        if not numbers:
            if decision.name:  # a name alone names nobody: somebody new without a number is entered first
                raise ScanRejected("bad_answer", "owner")
            return None
        if len(numbers) > 1 or not all(_is_number(*one) for one in numbers.items()) or not decision.name:
            raise ScanRejected("bad_answer", "owner")
        organisation = decision.tax_code is not None
        known = self._tables.people.by_number(office_id, *numbers.values())
        if known is None:
            return None
        other = closest(decision.name, known.names, organisation=organisation) == "different"
        if other or organisation != (known.kind == "organisation"):
            raise ScanRejected("number_taken", known.citizen_id)
        return known


def _is_number(kind: str, number: str) -> bool:
    """Whether a number has the form of its kind, as it is stored."""
    checks = kind != "tax_code" or tax_code_holds(number[:10])
    return _FORMS[kind].fullmatch(number) is not None and checks


def _parts(paper: Paper) -> set[str]:
    """The questions of a paper, open or answered."""
    return {*paper.answered, *(question.part for question in paper.questions)}
