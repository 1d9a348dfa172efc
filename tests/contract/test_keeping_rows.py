"""The promises of KeepingRows."""

import uuid

from pipeline.adapters.database.engine import Database
from pipeline.decisions import new_decision
from pipeline.program_ports import AnsweredRequest
from schemas.citizen_requests import AddRequest, EndRequest
from schemas.decisions import Confirm
from schemas.destruction import SetHold
from schemas.dossier import Paper
from schemas.dossiers import Component, Dossier, Party
from schemas.people import Actor
from schemas.search import SearchQuery
from tests.contract.examples import ACTOR, HUONG_NUMBER, NEIGHBOUR, START, file, huong

DAY_S = 24 * 3600.0
OFFICE, CODE = ACTOR.office_id, "H29.12.34-260302-0001"


def asked(database: Database, actor: Actor = ACTOR) -> str:
    """A request that has begun, by its id."""
    begun = new_decision(
        AddRequest, actor, str(uuid.uuid4()), request="see", citizen_id="somebody", received_on=START.date()
    )
    database.papers.change(begun, ())
    return begun.subject_id


def open_ones(database: Database, office_id: str = OFFICE) -> list[str]:
    return [one.subject_id for one in database.keeping.open(office_id, "add_request", "end_request")]


def placed(paper: Paper) -> Component:
    return Component(
        dossier_code=CODE,
        component="",
        document_id=paper.document_id,
        actor=ACTOR,
        attached_at=START,
        digitised=True,
    )


def test_what_has_begun_is_open_until_it_has_ended(database: Database) -> None:
    first, second = asked(database), asked(database)
    assert open_ones(database) == [first, second]
    database.papers.change(new_decision(EndRequest, ACTOR, first, outcome="done"), ())
    assert open_ones(database) == [second]


def test_open_matters_are_each_offices_own(database: Database) -> None:
    ours, theirs = asked(database), asked(database, NEIGHBOUR)
    assert open_ones(database) == [ours]
    assert open_ones(database, NEIGHBOUR.office_id) == [theirs]


def test_what_was_decided_about_a_forgotten_paper_goes_but_for_holds(database: Database) -> None:
    paper, other = file(database, "text"), file(database, "text")
    for one in (paper, other):
        database.papers.decide(new_decision(Confirm, ACTOR, one.document_id, copy_kind="original"))
    database.papers.change(new_decision(SetHold, ACTOR, paper.document_id, held=False), ())
    for _ in range(2):
        database.keeping.forget(OFFICE, [paper.document_id], [])
    assert [one.kind for one in database.papers.history(OFFICE, paper.document_id)] == ["set_hold"]
    assert [one.kind for one in database.papers.history(OFFICE, other.document_id)] == ["confirm"]


def test_answers_to_programs_that_name_a_forgotten_paper_go_with_it(database: Database) -> None:
    """They are kept for a day by their idempotency key, with all that they told."""
    paper, other = file(database, "text"), file(database, "text")
    for one in (paper, other):
        database.answered.begin(ACTOR, one.document_id, DAY_S, DAY_S)
        body = f'{{"document_id": "{one.document_id}", "full_name": "Nguyễn Thị Hường"}}'
        answer = AnsweredRequest(request_sha256="a", status=200, media_type="application/json", body=body)
        database.answered.finish(ACTOR, one.document_id, answer)
    database.keeping.forget(OFFICE, [paper.document_id], [])
    assert database.answered.begin(ACTOR, paper.document_id, DAY_S, DAY_S) is None
    assert database.answered.begin(ACTOR, other.document_id, DAY_S, DAY_S) == answer


def test_a_forgotten_paper_of_a_neighbour_stays(database: Database) -> None:
    paper = file(database, "text", actor=NEIGHBOUR)
    database.papers.decide(new_decision(Confirm, NEIGHBOUR, paper.document_id, copy_kind="original"))
    database.keeping.forget(OFFICE, [paper.document_id], [])
    assert len(database.papers.history(NEIGHBOUR.office_id, paper.document_id)) == 1


def test_an_owner_leaves_the_register_only_when_nothing_hangs_on_the_entry(database: Database) -> None:
    file(database, "text", people=(huong(),))
    citizen = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen
    database.keeping.forget(OFFICE, [], [citizen.citizen_id])
    assert database.people.by_number(OFFICE, HUONG_NUMBER) == citizen


def test_a_forgotten_paper_leaves_its_dossier(database: Database) -> None:
    paper, result = file(database, "text"), file(database, "text")
    dossier = Dossier(code=CODE, actor=ACTOR, source="opened", owner=Party(), received_at=START)
    database.dossiers.put(dossier, lambda known: (known, ()))
    database.dossiers.attach(placed(paper))
    database.dossiers.attach_result(placed(result))
    database.keeping.forget(OFFICE, [paper.document_id, result.document_id], [])
    (left,) = database.dossiers.components(OFFICE, CODE)
    assert (left.document_id, left.result_code) == (result.document_id, result.document_id)
    assert ("dossier", CODE) in {(one.kind, one.subject_id) for one in database.records.changed(OFFICE, 99)}


def test_tidying_up_leaves_what_is_on_file_to_be_found(database: Database) -> None:
    file(database, "nhà ở")
    database.keeping.tidy()
    assert len(database.search.search(SearchQuery(offices=(OFFICE,), words="nhà")).hits) == 1
