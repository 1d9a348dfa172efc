"""The promises of Dossiers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from pipeline.adapters.database.engine import Database
from pipeline.errors import NotFound
from schemas.decisions import Compared, CompareDossier, LookUp
from schemas.dossier import Paper
from schemas.dossiers import Component, Dossier, PaperCode, Party
from schemas.people import Actor
from tests.contract.examples import ACTOR, NEIGHBOUR, START, Opener, a_decision, file, minutes

OFFICE, CODE = ACTOR.office_id, "H29.12.34-260302-0001"


def a_dossier(**changes: Any) -> Dossier:
    """A dossier of an owner known by number."""
    values: dict[str, Any] = {
        "code": CODE,
        "actor": ACTOR,
        "source": "opened",
        "owner": Party(number="001190012345"),
        "received_at": START,
    }
    return Dossier(**values | changes)


def keep_known(known: Dossier) -> tuple[Dossier, tuple[str, ...]]:
    """A merge that takes nothing over."""
    return known, ()


def a_component(paper: Paper, **changes: Any) -> Component:
    values: dict[str, Any] = {
        "dossier_code": CODE,
        "component": "identity",
        "document_id": paper.document_id,
        "actor": ACTOR,
        "attached_at": minutes(1),
        "digitised": True,
    }
    return Component(**values | changes)


def a_code(paper: Paper, count: int, actor: Actor = ACTOR) -> PaperCode:
    return PaperCode(
        code=f"001190012345.KQ1.5/2026.{count:02d}",
        document_id=paper.document_id,
        actor=actor,
        given_at=START,
        title="Giấy khai sinh",
        summary="Giấy khai sinh số 5/2026",
        permanent=True,
        valid_until=None,
        scope="",
    )


def test_a_dossier_is_given_back_as_it_was_put(database: Database) -> None:
    dossier = a_dossier(submitted_by=Party(name="Đỗ Văn Khuê"), return_by="post", channel="online")
    assert database.dossiers.put(dossier, keep_known) == (None, dossier, ())
    assert database.dossiers.get(OFFICE, CODE) == dossier


def test_an_unknown_dossier_and_another_offices_are_not_found(database: Database) -> None:
    database.dossiers.put(a_dossier(), keep_known)
    for office_id, code in ((OFFICE, "H29.12.34-260302-0002"), (NEIGHBOUR.office_id, CODE)):
        with pytest.raises(NotFound) as caught:
            database.dossiers.get(office_id, code)
        assert caught.value.code == "no_such_dossier"


def test_two_offices_may_have_dossiers_of_one_code(database: Database) -> None:
    database.dossiers.put(a_dossier(), keep_known)
    assert database.dossiers.put(a_dossier(actor=NEIGHBOUR), keep_known)[0] is None


def test_a_known_dossier_is_merged(database: Database) -> None:
    known = a_dossier()
    database.dossiers.put(known, keep_known)
    merged = known.model_copy(update={"procedure": "land_change"})
    assert database.dossiers.put(a_dossier(), lambda _: (merged, ("channel",))) == (known, merged, ("channel",))
    assert database.dossiers.get(OFFICE, CODE) == merged


def test_of_several_that_add_a_dossier_at_once_one_adds_it(open_another: Opener) -> None:
    databases, start = [open_another() for _ in range(4)], threading.Barrier(4)

    def add(database: Database) -> bool:
        start.wait()
        return database.dossiers.put(a_dossier(), keep_known)[0] is None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add, databases)) == [False, False, False, True]


def test_papers_are_found_by_the_dossier_they_were_brought_with(database: Database) -> None:
    first, second = (file(database, "text", dossier_code=CODE, filed_at=minutes(at)) for at in (1, 2))
    file(database, "text")
    file(database, "text", dossier_code=CODE, actor=NEIGHBOUR)
    assert database.papers.of_dossier(OFFICE, CODE) == (first, second)


def test_a_paper_is_attached_once(database: Database) -> None:
    paper = file(database, "text")
    database.dossiers.put(a_dossier(), keep_known)
    assert database.dossiers.attach(a_component(paper))
    assert not database.dossiers.attach(a_component(paper))
    assert database.dossiers.components(OFFICE, CODE) == (a_component(paper),)
    assert database.dossiers.components(NEIGHBOUR.office_id, CODE) == ()


def test_a_paper_that_was_brought_stands_in_one_place(database: Database) -> None:
    paper = file(database, "text")
    database.dossiers.put(a_dossier(), keep_known)
    for component in ("", "identity", "contract"):
        assert database.dossiers.attach(a_component(paper, component=component))
    assert database.dossiers.components(OFFICE, CODE) == (a_component(paper, component="contract"),)


def test_a_paper_used_again_for_two_things_stands_in_both_places(database: Database) -> None:
    paper = file(database, "text")
    database.dossiers.put(a_dossier(), keep_known)
    for component in ("identity", "contract"):
        database.dossiers.attach(a_component(paper, component=component, reused=1))
    assert len(database.dossiers.components(OFFICE, CODE)) == 2


def test_a_paper_that_was_brought_can_be_taken_out(database: Database) -> None:
    brought, reused = a_component(file(database, "text")), a_component(file(database, "text"), reused=1)
    database.dossiers.put(a_dossier(), keep_known)
    for component in (brought, reused):
        database.dossiers.attach(component)
        database.dossiers.detach(component)
    assert database.dossiers.components(OFFICE, CODE) == (reused,)


def test_reuse_and_its_code_are_kept(database: Database) -> None:
    reused = a_component(file(database, "text"), reused=2, reused_code="001190012345.KQ1.5/2026.01")
    database.dossiers.put(a_dossier(), keep_known)
    database.dossiers.attach(reused)
    assert database.dossiers.components(OFFICE, CODE) == (reused,)


def test_results_are_counted_and_keep_their_codes(database: Database) -> None:
    papers = [file(database, "text") for _ in range(2)]
    database.dossiers.put(a_dossier(), keep_known)
    codes = [database.dossiers.attach_result(a_component(paper, component="")) for paper in (*papers, papers[0])]
    assert codes == [f"{CODE}-KQ1", f"{CODE}-KQ2", f"{CODE}-KQ1"]
    assert {one.result_code for one in database.dossiers.components(OFFICE, CODE)} == {f"{CODE}-KQ1", f"{CODE}-KQ2"}


def test_results_that_come_at_once_get_codes_of_their_own(open_another: Opener) -> None:
    databases, start = [open_another() for _ in range(4)], threading.Barrier(4)
    papers = [file(databases[0], "text") for _ in databases]
    databases[0].dossiers.put(a_dossier(), keep_known)

    def attach(database: Database, paper: Paper) -> str:
        start.wait()
        return database.dossiers.attach_result(a_component(paper, component=""))

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(attach, databases, papers))) == 4


def test_codes_are_counted_under_their_stem(database: Database) -> None:
    first, second = file(database, "text"), file(database, "text")
    given = [database.dossiers.give_code("stem", partial(a_code, paper)).code for paper in (first, second)]
    assert given == ["001190012345.KQ1.5/2026.01", "001190012345.KQ1.5/2026.02"]
    code = database.dossiers.code_of(OFFICE, second.document_id)
    assert code == a_code(second, 2)


def test_a_paper_keeps_its_code(database: Database) -> None:
    paper = file(database, "text")
    first = database.dossiers.give_code("stem", lambda n: a_code(paper, n))
    assert database.dossiers.give_code("other", lambda n: a_code(paper, n)) == first


def test_another_office_counts_for_itself_and_sees_no_code(database: Database) -> None:
    mine, theirs = file(database, "text"), file(database, "text", actor=NEIGHBOUR)
    database.dossiers.give_code("stem", lambda n: a_code(mine, n))
    code = database.dossiers.give_code("stem", lambda n: a_code(theirs, n, NEIGHBOUR)).code
    assert code.endswith(".01")
    assert database.dossiers.code_of(NEIGHBOUR.office_id, mine.document_id) is None


def test_papers_that_ask_at_once_get_codes_of_their_own(open_another: Opener) -> None:
    databases, start = [open_another() for _ in range(4)], threading.Barrier(4)
    papers = [file(databases[0], "text") for _ in databases]

    def give(database: Database, paper: Paper) -> str:
        start.wait()
        return database.dossiers.give_code("stem", lambda n: a_code(paper, n)).code

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(give, databases, papers))
    assert codes == [f"001190012345.KQ1.5/2026.{n:02d}" for n in (1, 2, 3, 4)]


def a_look_up(decision_id: str, minute: int, **changes: Any) -> LookUp:
    values: dict[str, Any] = {
        "decision_id": decision_id,
        "subject_id": CODE,
        "actor": ACTOR,
        "decided_at": minutes(minute),
        "component": "identity",
        "outcome": "found",
    }
    return LookUp(**values | changes)


def test_look_ups_are_the_dossiers_own_oldest_first(database: Database) -> None:
    later, sooner = a_look_up("a", 2), a_look_up("b", 1, outcome="failed")
    for one in (later, sooner, later, a_look_up("c", 3, subject_id="H29.12.34-260302-0002")):
        database.dossiers.note(one, one.kind)
    assert database.dossiers.look_ups(OFFICE, CODE) == (sooner, later)
    assert database.dossiers.look_ups(NEIGHBOUR.office_id, CODE) == ()


def test_the_last_officer_who_confirmed_is_told(database: Database) -> None:
    paper = file(database, "text")
    assert database.dossiers.confirmer(OFFICE, paper.document_id) is None
    other = Actor(office_id=OFFICE, actor_id="hoa")
    database.papers.decide(a_decision(paper))
    database.papers.decide(a_decision(paper, actor=other, decided_at=minutes(90)))
    assert database.dossiers.confirmer(OFFICE, paper.document_id) == "hoa"


def test_a_paper_confirmed_with_its_dossier_names_the_officer_too(database: Database) -> None:
    paper, left_out = (file(database, "text", dossier_code=CODE) for _ in range(2))
    database.papers.decide(a_decision(paper))
    said = (Compared(document_id=paper.document_id, copy_kind="original"), Compared(document_id=left_out.document_id))
    hoa = Actor(office_id=OFFICE, actor_id="hoa")
    database.papers.change(
        CompareDossier(decision_id="c1", subject_id=CODE, actor=hoa, decided_at=minutes(90), papers=said), ()
    )
    assert database.dossiers.confirmer(OFFICE, paper.document_id) == "hoa"
    assert database.dossiers.confirmer(OFFICE, left_out.document_id) is None


def test_the_dossiers_received_last_come_first(database: Database) -> None:
    codes = [f"H29.12.34-260302-000{number}" for number in (1, 2, 3)]
    for number, code in ((2, codes[0]), (3, codes[1]), (1, codes[2])):
        database.dossiers.put(a_dossier(code=code, received_at=minutes(number)), keep_known)
    assert [one.code for one in database.dossiers.recent(OFFICE, 2)] == [codes[1], codes[0]]
    assert database.dossiers.recent(NEIGHBOUR.office_id, 2) == ()
