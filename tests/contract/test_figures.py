"""The promises of FigureSource: what is counted, and on which day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pipeline.adapters.database.engine import Database
from schemas.decisions import LookUp, MachineView, SetField, TakeBack
from schemas.dossier import Paper
from schemas.dossiers import Component, Dossier
from schemas.figures import By, Counts
from schemas.paging import TimePlace
from schemas.people import Actor
from tests.contract.examples import ACTOR, NEIGHBOUR, START, file

OFFICE = ACTOR.office_id
DAY = date(2026, 3, 2)
BEFORE_MIDNIGHT, AFTER_MIDNIGHT = datetime(2026, 3, 2, 16, 59, tzinfo=UTC), datetime(2026, 3, 2, 17, 1, tzinfo=UTC)


def count(database: Database, by: By = "office", since: date = DAY, until: date = DAY) -> dict[str, Counts]:
    return database.figures.count(OFFICE, since, until, by)


def open_dossier(database: Database, code: str = "H29.1.1-260302-0001", actor: Actor = ACTOR, **said: Any) -> str:
    values = {"code": code, "actor": actor, "source": "opened", "received_at": START} | said
    database.dossiers.put(Dossier(**values), lambda known: (known, ()))
    return code


def attach(database: Database, code: str, paper: Paper, component: str = "form", **said: Any) -> None:
    values = {"dossier_code": code, "component": component, "document_id": paper.document_id, "actor": paper.actor}
    database.dossiers.attach(Component(**values | {"attached_at": START, "digitised": True} | said))


def attach_result(database: Database, code: str, paper: Paper) -> None:
    values = {"dossier_code": code, "component": "", "document_id": paper.document_id, "actor": paper.actor}
    database.dossiers.attach_result(Component(**values, attached_at=START, digitised=True))


def look_up(database: Database, code: str, outcome: str, component: str = "certificate") -> None:
    said = {"decision_id": f"{code}{component}{outcome}", "subject_id": code, "actor": ACTOR, "decided_at": START}
    decision = LookUp(**said, component=component, outcome=outcome)
    database.dossiers.note(decision, decision.kind)


def answer(database: Database, paper: Paper, value: str | None, read: str | None) -> str:
    said = {"decision_id": f"{value}{read}", "subject_id": paper.document_id, "actor": ACTOR, "decided_at": START}
    machine = MachineView(kind="name", value=read, confidence=0.7, asked=True)
    decision = SetField(**said, name="full_name", value=value, machine=machine)
    database.dossiers.note(decision, decision.kind)
    return decision.decision_id


def test_a_dossier_is_digitised_when_it_has_a_file_and_a_result(database: Database) -> None:
    whole, open_still, empty = (open_dossier(database, f"H29.1.1-260302-000{n}") for n in range(3))
    attach(database, whole, file(database, "tờ khai"))
    attach_result(database, whole, file(database, "kết quả"))
    attach(database, open_still, file(database, "tờ khai"))
    attach_result(database, empty, file(database, "kết quả"))
    counts = count(database)[OFFICE]
    assert (counts.dossiers, counts.dossiers_digitised) == (3, 1)


def test_a_paper_without_a_file_digitises_no_dossier(database: Database) -> None:
    code = open_dossier(database)
    attach(database, code, file(database, "căn cước"), digitised=False)
    attach_result(database, code, file(database, "kết quả"))
    assert count(database)[OFFICE].dossiers_digitised == 0


@pytest.mark.parametrize(("reused", "reusing"), [(0, 0), (1, 1), (2, 1)])
def test_a_dossier_reuses_when_one_of_its_papers_was_on_file(database: Database, reused: int, reusing: int) -> None:
    code = open_dossier(database)
    attach(database, code, file(database, "tờ khai"))
    attach(database, code, file(database, "giấy"), component="certificate", reused=reused)
    assert count(database)[OFFICE].dossiers_reusing == reusing


def test_pages_of_papers_used_again_were_not_brought(database: Database) -> None:
    code, paper = open_dossier(database), file(database, "trang 1", "trang 2", "trang 3")
    attach(database, code, file(database, "tờ khai"))
    attach(database, code, paper, component="certificate", reused=1)
    attach(database, code, paper, component="proof", reused=1)
    assert count(database)[OFFICE].sheets_spared == 3


def test_data_found_in_a_national_database_spare_one_sheet(database: Database) -> None:
    code = open_dossier(database)
    look_up(database, code, "failed")
    look_up(database, code, "found")
    look_up(database, code, "found", component="residence")
    look_up(database, code, "incomplete", component="income")
    assert count(database)[OFFICE].sheets_spared == 2


def test_papers_count_as_asked_about_by_the_state_they_were_filed_in(database: Database) -> None:
    file(database, "rõ", state="filed")
    file(database, "mờ", state="needs_review")
    file(database, "", state="rejected")
    counts = count(database)[OFFICE]
    assert (counts.papers, counts.papers_unasked) == (2, 1)


def test_a_value_is_changed_when_the_officer_gives_another_than_was_read(database: Database) -> None:
    paper = file(database, "giấy")
    answer(database, paper, "Hường", "Hường")
    answer(database, paper, "Hường", "Hương")
    answer(database, paper, None, "Hoa")
    answer(database, paper, "Lan", None)  # nothing had been read
    counts = count(database)[OFFICE]
    assert (counts.values_looked_at, counts.values_changed) == (3, 2)


def test_an_answer_that_was_taken_back_is_not_counted(database: Database) -> None:
    paper = file(database, "giấy")
    undone = answer(database, paper, "Hường", "Hương")
    answer(database, paper, "Hoa", "Hoa")
    said = {"decision_id": "undo", "subject_id": paper.document_id, "actor": ACTOR, "decided_at": START}
    assert database.papers.change(TakeBack(**said, undone=undone), ())
    counts = count(database)[OFFICE]
    assert (counts.values_looked_at, counts.values_changed) == (1, 0)


@pytest.mark.parametrize(("moment", "day"), [(BEFORE_MIDNIGHT, "2026-03-02"), (AFTER_MIDNIGHT, "2026-03-03")])
def test_days_are_those_at_the_counter(database: Database, moment: datetime, day: str) -> None:
    open_dossier(database, received_at=moment)
    file(database, "giấy", filed_at=moment)
    found = count(database, "day", date(2026, 3, 1), date(2026, 3, 4))
    assert {key: (counts.dossiers, counts.papers) for key, counts in found.items()} == {day: (1, 1)}
    assert count(database, "day", date(2026, 3, 1), date.fromisoformat(day)) == found
    assert count(database, "day", date.fromisoformat(day), date(2026, 3, 4)) == found


def test_by_procedure_a_paper_counts_for_that_of_its_dossier(database: Database) -> None:
    code = open_dossier(database, procedure="birth_registration")
    open_dossier(database, "H29.1.1-260302-0002")
    paper = file(database, "giấy", dossier_code=code)
    file(database, "giấy", procedure="land_change")
    answer(database, paper, "Hường", "Hương")
    found = count(database, "procedure")
    assert {key: (c.dossiers, c.papers, c.values_changed) for key, c in found.items()} == {
        "birth_registration": (1, 1, 1),
        "land_change": (0, 1, 0),
        "": (1, 0, 0),
    }


def test_another_offices_work_is_not_counted(database: Database) -> None:
    code = open_dossier(database, actor=NEIGHBOUR)
    attach(database, code, file(database, "giấy", actor=NEIGHBOUR), reused=1)
    assert count(database) == {}


def test_dossiers_received_on_some_days_come_oldest_first(database: Database) -> None:
    late = open_dossier(database, "H29.1.1-260302-0001", received_at=BEFORE_MIDNIGHT)
    early = open_dossier(database, "H29.1.1-260302-0002")
    open_dossier(database, "H29.1.1-260303-0003", received_at=AFTER_MIDNIGHT)
    assert [dossier.code for dossier in database.figures.dossiers_received(OFFICE, DAY, DAY)] == [early, late]


def test_dossiers_received_are_given_page_by_page(database: Database) -> None:
    codes = [open_dossier(database, f"H29.1.1-260302-000{number}") for number in range(1, 4)]
    first = database.figures.dossiers_received(OFFICE, DAY, DAY, limit=2)
    place = TimePlace(at=first[-1].received_at, id=first[-1].code)
    rest = database.figures.dossiers_received(OFFICE, DAY, DAY, limit=2, after=place)
    assert [dossier.code for dossier in (*first, *rest)] == codes
