"""Visits: what must be said to open one, what is shown within it, and what only after it is asked for again."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.entrance import new_account
from pipeline.errors import Forbidden, NotFound, ScanRejected
from pipeline.vietnamese import fold
from pipeline.visits import Opening, VisitDesk
from schemas.dossiers import Party
from schemas.visits import CitizenVisit, Showing
from tests.contract.examples import ACTOR, HUONG_NUMBER, NEIGHBOUR, huong
from tests.unit.dossier_office import CATALOGUE, CODE, NOW, OFFICE, OTHER_CODE, Office, open_office

SESSION = "session-1"
AGENT = Party(number="079190012345", name="Lê Thị Mai")
Open = Callable[..., CitizenVisit]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path) as one:
        account = new_account("lan", "Lan", OFFICE, ["counter"])
        one.tables.accounts.add(account, None, "tests")
        one.tables.sessions.open(SESSION, account.account_id, "link", "")
        yield one


@pytest.fixture
def desk(office: Office) -> VisitDesk:
    return VisitDesk(office.tables, CATALOGUE, office.desk)


@pytest.fixture
def open_one(desk: VisitDesk) -> Open:
    return lambda **changes: desk.open(ACTOR, SESSION, an_opening(**changes))


def an_opening(**changes: Any) -> Opening:
    values: dict[str, Any] = {
        "procedure": "temporary_residence",
        "reason": "hand_in",
        "said": HUONG_NUMBER,
        "name": "Nguyễn Thị Hường",
        "showing": Showing(presence="in_person"),
    }
    return Opening(**values | changes)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises((ScanRejected, NotFound, Forbidden)) as caught:
        act()
    return caught.value.code


# -- opening ----------------------------------------------------------------------------------------------------------


def test_a_visit_tells_who_how_he_was_found_and_what_lets_his_papers_be_shown(office: Office, open_one: Open) -> None:
    office.file("residence_declaration", "declarant")
    known = office.tables.people.by_number(OFFICE, HUONG_NUMBER)
    assert known is not None
    visit = open_one(name="")
    assert visit.citizen == Party(number=HUONG_NUMBER, name="Nguyễn Thị Hường")
    assert (visit.citizen_id, visit.found_by) == (known.citizen_id, "number")
    assert visit.showing == Showing(presence="in_person")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"procedure": "nothing"}, "no_such_procedure"),
        ({"reason": "other"}, "remark_needed"),
        ({"showing": Showing(presence="authority")}, "showing_incomplete"),
        ({"showing": Showing(presence="guardian", by=Party(name="Lê Thị Mai"))}, "showing_incomplete"),
        ({"showing": Showing(presence="in_person", by=AGENT)}, "showing_incomplete"),
        ({"showing": Showing(presence="online")}, "showing_incomplete"),
        ({"showing": Showing(presence="post", vneid_level=2)}, "showing_incomplete"),
        ({"name": ""}, "which_citizen"),
        ({"said": "Nguyễn Thị Hường"}, "which_citizen"),
        ({"said": CODE}, "which_citizen"),
        ({"citizen_id": "somebody else"}, "which_citizen"),
    ],
)
def test_what_is_missing_opens_no_visit(office: Office, open_one: Open, wrong: dict[str, Any], code: str) -> None:
    assert refusal(lambda: open_one(**wrong)) == code
    session = office.tables.sessions.use(SESSION, 900, 43200, by_person=True)
    assert session is not None
    assert session.visit_id is None


@pytest.mark.parametrize(
    "showing",
    [
        Showing(presence="authority", by=AGENT),
        Showing(presence="guardian", by=AGENT),
        Showing(presence="online", vneid_level=2),
        Showing(presence="post"),
    ],
)
def test_who_is_not_here_in_person_shows_himself_otherwise(open_one: Open, showing: Showing) -> None:
    assert open_one(showing=showing).showing == showing


def test_of_several_namesakes_the_chosen_one_is_opened(office: Office, open_one: Open) -> None:
    for number in (HUONG_NUMBER, "001190054321"):
        office.file("residence_declaration", "declarant", people=(huong(personal_id=number, role="declarant"),))
    second = office.tables.people.by_number(OFFICE, "001190054321")
    assert second is not None
    assert refusal(lambda: open_one(said="nguyen thi huong")) == "which_citizen"
    assert open_one(said="nguyen thi huong", citizen_id=second.citizen_id).citizen.number == "001190054321"


def test_without_a_session_nothing_is_opened(desk: VisitDesk) -> None:
    assert refusal(lambda: desk.open(ACTOR, "a token", an_opening())) == "visit_needs_session"


def test_only_the_session_that_holds_a_visit_sees_it(desk: VisitDesk, open_one: Open) -> None:
    first = open_one()
    second = open_one()
    assert desk.held(OFFICE, second.visit_id, second.visit_id) == second
    assert refusal(lambda: desk.held(OFFICE, second.visit_id, None)) == "visit_over"
    assert refusal(lambda: desk.held(OFFICE, first.visit_id, first.visit_id)) == "visit_over"
    assert refusal(lambda: desk.held(NEIGHBOUR.office_id, second.visit_id, second.visit_id)) == "no_such_visit"


def test_what_the_office_is_asked_for_most_stands_first(desk: VisitDesk, open_one: Open) -> None:
    for procedure in ("land_change", "temporary_residence", "land_change"):
        open_one(procedure=procedure)
    now = datetime.now(UTC)
    ids = [procedure.id for procedure in desk.procedures(OFFICE, now)]
    assert ids[:2] == ["land_change", "temporary_residence"]
    titles = [procedure.title for procedure in desk.procedures(NEIGHBOUR.office_id, now)]
    assert titles == sorted(titles, key=fold)


# -- within a visit ---------------------------------------------------------------------------------------------------


def test_the_checklist_and_the_papers_that_matter_stand_apart_from_the_rest(
    office: Office, desk: VisitDesk, open_one: Open
) -> None:
    matters = office.file("land_use_certificate", "land_user")
    office.file("marriage_certificate", "spouse_1")
    office.file("health_certificate", "examined")
    office.file("judicial_record", "subject")
    visit = open_one()
    view = desk.view(visit, desk.papers(visit), NOW)
    assert [row.id for row in view.rows] == ["application", "dwelling"]
    assert view.papers == (matters.document_id,)
    assert (view.other_papers, view.sensitive_papers) == (1, {"health": 1, "judicial": 1})


def test_sensitive_papers_are_shown_only_for_a_reason_which_is_kept(
    office: Office, desk: VisitDesk, open_one: Open
) -> None:
    paper = office.file("health_certificate", "examined")
    visit = open_one()
    assert refusal(lambda: desk.ask_sensitive(visit, "health", " ")) == "remark_needed"
    assert [one.document_id for one in desk.ask_sensitive(visit, "health", "đổi giấy phép lái xe")] == [
        paper.document_id
    ]
    (look,) = office.tables.visits.get(OFFICE, visit.visit_id).sensitive_looks
    assert (look.kind, look.reason) == ("health", "đổi giấy phép lái xe")


def test_an_answer_changes_what_is_asked_for_until_it_is_taken_back(desk: VisitDesk, open_one: Open) -> None:
    visit = open_one(procedure="birth_registration")

    def applies(one: CitizenVisit) -> str:
        rows = desk.view(one, desk.papers(one), NOW).rows
        return next(row.applies for row in rows if row.id == "authorization")

    answered = desk.answer(visit, "by_proxy", applies=True)
    assert (applies(visit), applies(answered)) == ("only_if", "yes")
    assert applies(desk.answer(answered, "by_proxy", applies=None)) == "only_if"
    assert refusal(lambda: desk.answer(visit, "nothing", applies=True)) == "no_such_condition"


def test_a_citizen_who_enters_the_register_during_the_visit_is_known_from_then_on(
    office: Office, desk: VisitDesk, open_one: Open
) -> None:
    visit = open_one()
    assert desk.citizen(visit).citizen_id == ""
    paper = office.file("residence_declaration", "declarant")
    assert [one.document_id for one in desk.papers(visit).matter] == [paper.document_id]


def test_a_dossier_that_is_not_known_is_opened_for_the_visit(office: Office, desk: VisitDesk, open_one: Open) -> None:
    visit = open_one(showing=Showing(presence="authority", by=AGENT))
    assert desk.name_dossier(visit, f" {CODE} ").dossier_code == CODE
    dossier = office.tables.dossiers.get(OFFICE, CODE)
    assert (dossier.procedure, dossier.owner.number) == ("temporary_residence", HUONG_NUMBER)
    assert dossier.submitted_by == AGENT


def test_a_known_dossier_of_the_citizen_is_taken_as_it_is(office: Office, desk: VisitDesk, open_one: Open) -> None:
    office.open()
    known = office.tables.dossiers.get(OFFICE, CODE)
    assert desk.name_dossier(open_one(), CODE).dossier_code == CODE
    assert office.tables.dossiers.get(OFFICE, CODE) == known


@pytest.mark.parametrize("other", [{"owner": AGENT}, {"procedure": "land_change"}])
def test_a_dossier_of_somebody_else_or_of_another_procedure_is_refused(
    office: Office, desk: VisitDesk, open_one: Open, other: dict[str, Any]
) -> None:
    office.open(**other)
    assert refusal(lambda: desk.name_dossier(open_one(), CODE)) == "not_their_dossier"


def test_a_receipt_opens_the_visit_with_its_dossier(office: Office, desk: VisitDesk, open_one: Open) -> None:
    office.open()
    visit = open_one(said=CODE, name="Nguyễn Thị Hường")
    assert (visit.found_by, visit.dossier_code) == ("receipt", CODE)


def test_a_paper_on_file_is_used_for_the_dossier_with_the_procedure_as_purpose(
    office: Office, desk: VisitDesk, open_one: Open
) -> None:
    paper = office.file("land_use_certificate", "land_user")
    visit = desk.name_dossier(open_one(), OTHER_CODE)
    component = desk.use(visit, "dwelling", paper.document_id)
    assert component.reused
    assert desk.view(visit, desk.papers(visit), NOW).attached == {"dwelling": (paper.document_id,)}


def test_known_values_come_from_no_sensitive_paper(office: Office, desk: VisitDesk, open_one: Open) -> None:
    office.file("health_certificate", "examined")
    office.file("land_use_certificate", "land_user")
    visit = open_one(procedure="land_change")
    fields = desk.known_values(visit, "land_change_application", NOW)
    types = {one.document_type for field in fields for one in field.known if one.document_type}
    assert types <= {"land_use_certificate"}
    assert refusal(lambda: desk.known_values(visit, "birth_registration_form", NOW)) == "no_such_form"
