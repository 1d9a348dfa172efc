"""The promises of Register, and what an office does with it: merge, split, accept a name, enter, undo."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipeline.adapters.database.engine import Database
from pipeline.adapters.folder_store import FolderStore
from pipeline.errors import HosoError, NotFound, ScanRejected
from pipeline.register import RegisterBook
from schemas.decisions import MergeCitizens, SetCitizen, SplitCitizen, Undo
from schemas.dossier import Paper
from schemas.people import Citizen, Mention
from schemas.search import SearchQuery
from tests.contract.examples import ACTOR, HUONG_NUMBER, HUONG_OLD_NUMBER, NEIGHBOUR, Opener, file, huong, minutes

OFFICE = ACTOR.office_id
LAN_NUMBER = "079192054321"


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "decisions")


@pytest.fixture
def book(database: Database, store: FolderStore) -> RegisterBook:
    return book_of(database, store)


def book_of(database: Database, store: FolderStore) -> RegisterBook:
    return RegisterBook(store, database)


def lan(**changes: Any) -> Any:
    return huong(**{"personal_id": LAN_NUMBER, "name": "Trần Thị Lan"} | changes)


def file_of(database: Database, person: Any, **changes: Any) -> Paper:
    return file(database, "x", people=(person,), **changes)


def citizen_of(database: Database, number: str) -> Citizen:
    found = database.people.by_number(OFFICE, number)
    assert found is not None
    return found


def owned(database: Database, citizen_id: str) -> set[str]:
    return {paper.document_id for paper in database.papers.of_citizen(OFFICE, citizen_id)}


def code_of(caught: pytest.ExceptionInfo[HosoError]) -> str:
    return caught.value.code


# -- merge ------------------------------------------------------------------------------------------------------------


def test_a_merged_entry_leads_to_the_one_that_stays_everywhere(database: Database, book: RegisterBook) -> None:
    papers = {file_of(database, person).document_id for person in (huong(old_number=HUONG_OLD_NUMBER), lan())}
    stays, merged = citizen_of(database, LAN_NUMBER), citizen_of(database, HUONG_NUMBER)
    book.merge(ACTOR, stays.citizen_id, merged.citizen_id)
    now = citizen_of(database, LAN_NUMBER)
    assert (now.citizen_id, now.personal_id, now.name) == (stays.citizen_id, LAN_NUMBER, "Trần Thị Lan")
    assert set(now.aliases) == {HUONG_NUMBER, HUONG_OLD_NUMBER}
    assert now.earlier_names == ("Nguyễn Thị Hường",)
    for number in (HUONG_NUMBER, HUONG_OLD_NUMBER):
        assert citizen_of(database, number) == now
        assert {
            hit.document_id
            for hit in database.search.search(SearchQuery(offices=(OFFICE,), words=number, limit=9)).hits
        } == papers
    assert database.people.by_id(OFFICE, merged.citizen_id) == now
    assert owned(database, merged.citizen_id) == owned(database, stays.citizen_id) == papers
    assert [one.citizen_id for one in database.people.namesakes(OFFICE, "Nguyễn Thị Hường", 9)] == [now.citizen_id]


def test_a_chain_of_merges_leads_to_its_end(database: Database, book: RegisterBook) -> None:
    numbers = [HUONG_NUMBER, LAN_NUMBER, "079193000001"]
    for number in numbers:
        file_of(database, huong(personal_id=number, name=f"Lê Thị {number}"))
    first, second, third = (citizen_of(database, number).citizen_id for number in numbers)
    book.merge(ACTOR, second, first)
    book.merge(ACTOR, third, second)
    assert citizen_of(database, HUONG_NUMBER).citizen_id == third
    assert len(owned(database, first)) == 3


def test_undoing_a_merge_gives_everybody_their_own_papers_back(database: Database, book: RegisterBook) -> None:
    file_of(database, huong())
    file_of(database, lan())
    before = citizen_of(database, LAN_NUMBER), citizen_of(database, HUONG_NUMBER)
    decision = book.merge(ACTOR, before[0].citizen_id, before[1].citizen_id)
    later = file_of(database, huong())  # filed while the two were one
    book.undo(ACTOR, decision.decision_id)
    assert (citizen_of(database, LAN_NUMBER), citizen_of(database, HUONG_NUMBER)) == before
    assert later.document_id in owned(database, before[1].citizen_id)
    assert len(owned(database, before[0].citizen_id)) == 1


def test_a_citizen_cannot_be_merged_with_itself(database: Database, book: RegisterBook) -> None:
    file_of(database, huong())
    file_of(database, lan())
    one, other = citizen_of(database, LAN_NUMBER).citizen_id, citizen_of(database, HUONG_NUMBER).citizen_id
    book.merge(ACTOR, one, other)
    for pair in ((one, one), (other, one)):
        with pytest.raises(ScanRejected) as caught:
            book.merge(ACTOR, *pair)
        assert code_of(caught) == "one_citizen"


def test_a_person_and_an_organisation_cannot_be_merged(database: Database, book: RegisterBook) -> None:
    file_of(database, huong())
    file_of(database, huong(personal_id=None, tax_code="0314409058", name="CÔNG TY TNHH HOA SEN"))
    firm = citizen_of(database, "0314409058")
    assert (firm.kind, firm.tax_code, firm.personal_id) == ("organisation", "0314409058", None)
    with pytest.raises(ScanRejected) as caught:
        book.merge(ACTOR, citizen_of(database, HUONG_NUMBER).citizen_id, firm.citizen_id)
    assert code_of(caught) == "person_and_organisation"


def test_two_merges_at_once_make_no_circle(database: Database, open_another: Opener, store: FolderStore) -> None:
    file_of(database, huong())
    file_of(database, lan())
    ids = citizen_of(database, LAN_NUMBER).citizen_id, citizen_of(database, HUONG_NUMBER).citizen_id
    decisions = [
        MergeCitizens(
            decision_id=f"d{order}",
            subject_id=ids[::order][0],
            merged=ids[::order][1],
            actor=ACTOR,
            decided_at=minutes(1),
        )
        for order in (1, -1)
    ]
    start = threading.Barrier(2)

    def apply(own: Database, decision: MergeCitizens) -> None:
        start.wait()
        own.register.apply(decision)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(apply, open_another(), decision) for decision in decisions]:
            future.result()
    assert citizen_of(database, LAN_NUMBER) == citizen_of(database, HUONG_NUMBER)


# -- split ------------------------------------------------------------------------------------------------------------


def mixed_up(database: Database) -> tuple[Citizen, Paper, Paper]:
    """One entry with a paper of Hường's and one that is another's, who showed Hường's old number."""
    own = file_of(database, huong())
    strange = file_of(database, huong(old_number=HUONG_OLD_NUMBER), filed_at=minutes(5))
    return citizen_of(database, HUONG_NUMBER), own, strange


def test_a_split_gives_papers_to_a_new_entry(database: Database, book: RegisterBook) -> None:
    citizen, own, strange = mixed_up(database)
    decision = book.split(ACTOR, citizen.citizen_id, [strange.document_id])
    assert owned(database, citizen.citizen_id) == {own.document_id}
    assert owned(database, decision.into) == {strange.document_id}
    other = database.people.by_id(OFFICE, decision.into)
    assert other is not None
    assert (other.name, other.numbers) == ("Nguyễn Thị Hường", ())
    (moved,) = database.papers.of_citizen(OFFICE, decision.into)
    assert other.owns_as(moved.people[0])
    assert not citizen.owns_as(moved.people[0])


def test_a_split_gives_papers_to_somebody_known(database: Database, book: RegisterBook) -> None:
    citizen, _, strange = mixed_up(database)
    file_of(database, lan())
    other = citizen_of(database, LAN_NUMBER)
    book.split(ACTOR, citizen.citizen_id, [strange.document_id], other.citizen_id)
    assert strange.document_id in owned(database, other.citizen_id)


def test_a_number_that_only_moved_papers_carry_goes_along(database: Database, book: RegisterBook) -> None:
    file_of(database, huong(passport="X0000001"))
    strange = file_of(database, huong(personal_id=None, passport="X0000001"))
    citizen = citizen_of(database, HUONG_NUMBER)
    decision = book.split(ACTOR, citizen.citizen_id, [strange.document_id])
    assert citizen_of(database, "X0000001").citizen_id == decision.into
    assert citizen_of(database, HUONG_NUMBER).aliases == ()


def test_undoing_a_split_leaves_no_trace_in_the_register(database: Database, book: RegisterBook) -> None:
    citizen, own, strange = mixed_up(database)
    decision = book.split(ACTOR, citizen.citizen_id, [strange.document_id])
    book.undo(ACTOR, decision.decision_id)
    assert owned(database, citizen.citizen_id) == {own.document_id, strange.document_id}
    assert citizen_of(database, HUONG_NUMBER) == citizen
    assert database.people.by_id(OFFICE, decision.into) is None
    (back,) = (paper for paper in database.papers.of_citizen(OFFICE, citizen.citizen_id) if paper != own)
    assert citizen.owns_as(back.people[0])


def test_a_split_that_a_later_one_builds_on_is_undone_after_it(database: Database, book: RegisterBook) -> None:
    citizen, _, strange = mixed_up(database)
    first = book.split(ACTOR, citizen.citizen_id, [strange.document_id])
    file_of(database, lan())
    stay = file_of(database, huong(citizen_id=first.into))
    second = book.split(ACTOR, first.into, [strange.document_id], citizen_of(database, LAN_NUMBER).citizen_id)
    with pytest.raises(ScanRejected) as caught:
        book.undo(ACTOR, first.decision_id)
    assert code_of(caught) == "cannot_undo"
    book.undo(ACTOR, second.decision_id)
    assert owned(database, first.into) == {strange.document_id, stay.document_id}


def test_only_papers_of_the_citizen_and_not_all_can_go(database: Database, book: RegisterBook) -> None:
    citizen, own, strange = mixed_up(database)
    lans = file_of(database, lan())
    for documents, code in (
        ([own.document_id, strange.document_id], "nothing_left"),
        ([lans.document_id], "not_their_paper"),
        ([], "not_their_paper"),
    ):
        with pytest.raises(ScanRejected) as caught:
            book.split(ACTOR, citizen.citizen_id, documents)
        assert code_of(caught) == code


# -- names and newcomers ----------------------------------------------------------------------------------------------


def test_an_accepted_name_is_an_earlier_name_until_it_is_undone(database: Database, book: RegisterBook) -> None:
    file_of(database, huong())
    paper = file_of(database, huong(name="Nguyễn Ngọc Ánh", link="proposed"))
    decision = book.accept_name(ACTOR, paper.document_id)
    assert citizen_of(database, HUONG_NUMBER).earlier_names == ("Nguyễn Ngọc Ánh",)
    assert len(database.people.namesakes(OFFICE, "nguyen ngoc anh", 9)) == 1
    with pytest.raises(ScanRejected):
        book.accept_name(ACTOR, paper.document_id)
    book.undo(ACTOR, decision.decision_id)
    assert citizen_of(database, HUONG_NUMBER).earlier_names == ()
    assert database.people.namesakes(OFFICE, "nguyen ngoc anh", 9) == ()


def test_somebody_without_a_number_is_entered_by_hand_and_found_by_name(database: Database, book: RegisterBook) -> None:
    person = huong(personal_id=None, link="proposed", role="child", date_of_birth="1958")
    paper = file_of(database, person)
    decision = book.enter(ACTOR, paper.document_id, "child")
    (citizen,) = database.people.namesakes(OFFICE, "Nguyễn Thị Hường", 9)
    assert (citizen.citizen_id, citizen.birth_year, citizen.numbers) == (decision.subject_id, 1958, ())
    book.undo(ACTOR, decision.decision_id)
    assert database.people.namesakes(OFFICE, "Nguyễn Thị Hường", 9) == ()


def test_nobody_is_entered_under_a_number_that_is_taken(database: Database, book: RegisterBook) -> None:
    paper = file_of(database, huong())
    with pytest.raises(ScanRejected) as caught:
        book.enter(ACTOR, paper.document_id, "owner")
    assert code_of(caught) == "number_taken"


def test_who_has_papers_by_now_is_not_taken_off_the_register(database: Database, book: RegisterBook) -> None:
    paper = file_of(database, huong(link="proposed"))
    decision = book.enter(ACTOR, paper.document_id, "owner")
    file_of(database, huong())
    with pytest.raises(ScanRejected) as caught:
        book.undo(ACTOR, decision.decision_id)
    assert code_of(caught) == "cannot_undo"
    assert citizen_of(database, HUONG_NUMBER).citizen_id == decision.subject_id


# -- trace ------------------------------------------------------------------------------------------------------------


def test_every_decision_is_in_the_store_and_in_the_history(
    database: Database, book: RegisterBook, store: FolderStore
) -> None:
    citizen, _, strange = mixed_up(database)
    file_of(database, lan())
    split = book.split(ACTOR, citizen.citizen_id, [strange.document_id])
    merge = book.merge(ACTOR, citizen.citizen_id, citizen_of(database, LAN_NUMBER).citizen_id)
    undo = book.undo(ACTOR, merge.decision_id)
    assert book.history(OFFICE, citizen.citizen_id) == (split, merge, undo)
    kept = {stored.key.split("/")[-1].removesuffix(".json") for stored in store.find(f"decisions/{OFFICE}/")}
    assert kept == {split.decision_id, merge.decision_id, undo.decision_id}


def test_nothing_is_undone_twice(database: Database, book: RegisterBook) -> None:
    file_of(database, huong())
    file_of(database, lan())
    decision = book.merge(
        ACTOR, citizen_of(database, LAN_NUMBER).citizen_id, citizen_of(database, HUONG_NUMBER).citizen_id
    )
    book.undo(ACTOR, decision.decision_id)
    with pytest.raises(ScanRejected) as caught:
        book.undo(ACTOR, decision.decision_id)
    assert code_of(caught) == "cannot_undo"


def test_decisions_applied_again_in_their_order_change_nothing(database: Database, book: RegisterBook) -> None:
    citizen, _, strange = mixed_up(database)
    file_of(database, lan())
    book.split(ACTOR, citizen.citizen_id, [strange.document_id])
    merge = book.merge(ACTOR, citizen.citizen_id, citizen_of(database, LAN_NUMBER).citizen_id)
    book.undo(ACTOR, merge.decision_id)
    before = citizen_of(database, HUONG_NUMBER), owned(database, citizen.citizen_id)
    for decision in book.history(OFFICE, citizen.citizen_id):
        assert isinstance(decision, MergeCitizens | SplitCitizen | SetCitizen | Undo)
        database.register.apply(decision)
    assert (citizen_of(database, HUONG_NUMBER), owned(database, citizen.citizen_id)) == before


# -- two offices ------------------------------------------------------------------------------------------------------


def test_an_office_sees_merges_and_undoes_its_own_citizens(database: Database, book: RegisterBook) -> None:
    for actor in (ACTOR, NEIGHBOUR):
        ids = []
        for person, number in ((huong(), HUONG_NUMBER), (lan(), LAN_NUMBER)):
            file_of(database, person, actor=actor)
            citizen = database.people.by_number(actor.office_id, number)
            assert citizen is not None
            ids.append(citizen.citizen_id)
        decision = book.merge(actor, *ids)
        assert book.history(actor.office_id, ids[1]) == (decision,)
        book.undo(actor, decision.decision_id)


def test_another_office_can_neither_see_nor_change_them(database: Database, book: RegisterBook) -> None:
    citizen, own, strange = mixed_up(database)
    file_of(database, lan())
    other = citizen_of(database, LAN_NUMBER)
    decision = book.merge(ACTOR, citizen.citizen_id, other.citizen_id)
    before = citizen_of(database, LAN_NUMBER)
    attempts = (
        lambda: book.citizen(NEIGHBOUR.office_id, citizen.citizen_id),
        lambda: book.citizen(NEIGHBOUR.office_id, HUONG_NUMBER),
        lambda: book.history(NEIGHBOUR.office_id, citizen.citizen_id),
        lambda: book.merge(NEIGHBOUR, citizen.citizen_id, other.citizen_id),
        lambda: book.split(NEIGHBOUR, citizen.citizen_id, [strange.document_id]),
        lambda: book.accept_name(NEIGHBOUR, own.document_id),
        lambda: book.enter(NEIGHBOUR, own.document_id, "owner"),
        lambda: book.undo(NEIGHBOUR, decision.decision_id),
    )
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    assert book.links(NEIGHBOUR.office_id, citizen.citizen_id) == ()
    assert citizen_of(database, LAN_NUMBER) == before


# -- what a citizen's page shows --------------------------------------------------------------------------------------


def test_papers_that_mention_a_citizens_number_are_told_apart_from_its_own(
    database: Database, book: RegisterBook
) -> None:
    own = file_of(database, huong(role="mother"))
    mention = Mention(personal_id=HUONG_NUMBER, name="Nguyễn Thị Hường", role="parent")
    naming = file(database, "x", people=(lan(),), mentions=(mention,), filed_at=minutes(9))
    links = book.links(OFFICE, citizen_of(database, HUONG_NUMBER).citizen_id)
    assert [(link.document_id, link.role, link.link) for link in links] == [
        (naming.document_id, "parent", "mentioned"),
        (own.document_id, "mother", "filed"),
    ]
