"""Destructions at a desk: proposed, approved by somebody else, carried out, and what they leave."""

from pipeline.destroying import Destructions
from schemas.catalog import DocumentType, Retention
from schemas.destruction import Certificate, ProposeDestruction
from schemas.dossier import Paper
from schemas.people import Actor
from tests.unit.desk import ACTOR, CATALOGUE, Desk

OFFICE = ACTOR.office_id
HEAD = Actor(office_id=OFFICE, actor_id="hoa")


def destructions(desk: Desk) -> Destructions:
    return Destructions(desk.archive, lambda office_id: f"UBND {office_id}")


def asked_by_citizen(desk: Desk, *papers: Paper) -> ProposeDestruction:
    """A proposal by the counter's officer, of papers that no rule asks to keep."""
    return destructions(desk).propose(ACTOR, [one.document_id for one in papers], "citizen_request", "a request")


def approved(desk: Desk, *papers: Paper) -> str:
    proposal = asked_by_citizen(desk, *papers)
    destructions(desk).answer(HEAD, proposal.subject_id, approved=True)
    return proposal.subject_id


def carry_out(desk: Desk, destruction_id: str) -> bool:
    return destructions(desk).carry_out(OFFICE, destruction_id, lambda _done, _all: None)


def destroyed(desk: Desk, *papers: Paper) -> str:
    destruction_id = approved(desk, *papers)
    assert carry_out(desk, destruction_id)
    return destruction_id


def certificate(desk: Desk, destruction_id: str) -> Certificate:
    return Certificate.model_validate_json(desk.bytes_of(f"destructions/{OFFICE}/{destruction_id}.json"))


def now(desk: Desk, paper: Paper) -> Paper:
    return desk.tables.papers.get(OFFICE, paper.document_id)


def kept_for(years: int | None) -> dict[str, DocumentType]:
    """The catalogue's types, with a term for birth certificates."""
    term = Retention(source="a list of terms", verified=True, years=years)
    types = CATALOGUE.types
    return {**types, "birth_certificate": types["birth_certificate"].model_copy(update={"retention": term})}
