"""The missing paper finds its dossier: proposals, attaching by hand, and what is known to be owed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.decisions import deciding, new_decision
from pipeline.errors import NotFound, ScanRejected
from schemas.decisions import SetDossier
from schemas.dossier import Paper
from schemas.dossiers import Party
from tests.contract.examples import ACTOR, HUONG_NUMBER, a_decision, huong
from tests.unit.dossier_office import CODE, OFFICE, OTHER_CODE, Office, dated

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
ARRIVED = {"filed_at": NOW, "fields": dated("2026-03-01")}


def arrive(office: Office, kind: str = "residence_declaration", role: str = "declarant", **changes: Any) -> Paper:
    """A paper that is handed in without a dossier's code."""
    return office.file(kind, role, confirmed=False, **(ARRIVED | {"type_confidence": 0.97} | changes))


def proposed(office: Office) -> list[tuple[str, str, str]]:
    found = office.tables.work.proposals(OFFICE, 9)
    return [(one.document_id, one.dossier_code, one.component) for one in found]


def owes(office: Office) -> list[str]:
    return [dossier.code for dossier in office.tables.work.owing(OFFICE, 9)]


def uncompared(office: Office) -> list[str]:
    return [dossier.code for dossier in office.tables.work.uncompared(OFFICE, 9)]


# -- proposing --------------------------------------------------------------------------------------------------------


def test_a_missing_paper_is_proposed_to_its_dossier_and_not_attached(office: Office) -> None:
    office.open()
    paper = arrive(office)
    assert proposed(office) == [(paper.document_id, CODE, "application")]
    assert office.tables.dossiers.components(OFFICE, CODE) == ()
    assert office.tables.papers.get(OFFICE, paper.document_id).dossier_code is None


def test_it_is_proposed_to_every_open_dossier_that_misses_it(office: Office) -> None:
    office.open()
    office.open(code=OTHER_CODE)
    arrive(office)
    assert {code for _, code, _ in proposed(office)} == {CODE, OTHER_CODE}


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "health_certificate", "role": "examined"},
        {"dossier_code": OTHER_CODE},
        {"type_confidence": 0.4},
        {"filed_at": NOW - timedelta(days=30)},
        {"people": (huong(role="declarant", link="proposed"),)},
        {"people": (huong(role="declarant", personal_id="079090000001", name="Đỗ Văn Khuê"),)},
        {"state": "rejected"},
    ],
    ids=["another type", "a dossier", "doubtful", "from before", "perhaps", "another person", "refused"],
)
def test_what_is_not_certainly_the_missing_paper_is_not_proposed(office: Office, changes: dict[str, Any]) -> None:
    office.open()
    arrive(office, **changes)
    assert proposed(office) == []


def test_a_dossier_that_has_the_paper_is_not_proposed(office: Office) -> None:
    office.open()
    office.file("residence_declaration", "declarant", dossier_code=CODE)
    arrive(office)
    assert proposed(office) == []


def test_a_dossier_with_its_result_is_not_proposed(office: Office) -> None:
    office.open(procedure="birth_registration")
    office.file("birth_certificate", "child", dossier_code=CODE, fields=dated("2026-03-05"))
    arrive(office, "birth_registration_form", "requester")
    assert proposed(office) == []


def test_an_old_number_finds_the_same_citizens_dossier(office: Office) -> None:
    arrive(office, "construction_permit", "investor", people=(huong(role="investor", old_number="012345678"),))
    office.open(owner=Party(number="012345678"))
    paper = arrive(office)
    assert proposed(office) == [(paper.document_id, CODE, "application")]


def test_a_paper_that_becomes_another_is_proposed_no_more(office: Office) -> None:
    office.open()
    paper = arrive(office)
    office.desk.take_in([paper.model_copy(update={"type": "health_certificate"})])
    assert proposed(office) == []


def test_a_paper_whose_owner_becomes_known_later_is_proposed_then(office: Office) -> None:
    office.open()
    paper = arrive(office, people=(huong(role="declarant", link="proposed"),))
    arrive(office, "health_certificate", "examined")
    office.desk.take_in([paper.model_copy(update={"people": (huong(role="declarant"),)})])
    assert [document_id for document_id, _, _ in proposed(office)] == [paper.document_id]


# -- attaching --------------------------------------------------------------------------------------------------------


def test_an_attached_paper_fulfils_its_row_and_is_proposed_no_more(office: Office) -> None:
    office.open()
    paper = arrive(office)
    assert office.status(CODE, "application") == "missing"
    after = office.desk.attach(ACTOR, CODE, "application", paper.document_id)
    assert (after.dossier_code, after.component) == (CODE, "application")
    assert office.status(CODE, "application") == "held_unconfirmed"
    (component,) = office.tables.dossiers.components(OFFICE, CODE)
    assert (component.component, component.reused) == ("application", 0)
    assert proposed(office) == []


def test_who_attached_a_paper_is_in_the_store(office: Office) -> None:
    office.open()
    paper = arrive(office)
    office.desk.attach(ACTOR, CODE, "application", paper.document_id)
    assert len(list(office.store.find(f"decisions/{OFFICE}/{paper.document_id}/"))) == 1
    assert list(office.store.find(f"unapplied/{OFFICE}/")) == []
    (decision,) = office.tables.papers.decided(OFFICE, "set_dossier", 9)
    assert isinstance(decision, SetDossier)
    assert (decision.actor, decision.component) == (ACTOR, "application")


def test_a_persons_word_on_its_place_outlives_later_changes(office: Office) -> None:
    office.open()
    paper = arrive(office)
    after = office.desk.attach(ACTOR, CODE, "", paper.document_id)
    office.desk.take_in([after])
    assert [one.component for one in office.tables.dossiers.components(OFFICE, CODE)] == [""]


def test_a_paper_moves_from_row_to_row_of_its_dossier(office: Office) -> None:
    office.open()
    paper = arrive(office)
    for component in ("", "application"):
        office.desk.attach(ACTOR, CODE, component, paper.document_id)
    assert [one.component for one in office.tables.dossiers.components(OFFICE, CODE)] == ["application"]


@pytest.mark.parametrize(
    ("changes", "component", "code"),
    [
        ({"kind": "health_certificate", "role": "examined"}, "application", "cannot_attach"),
        ({"state": "rejected"}, "application", "cannot_attach"),
        ({"dossier_code": OTHER_CODE}, "application", "of_another_dossier"),
    ],
)
def test_what_cannot_stand_there_is_refused(office: Office, changes: dict[str, Any], component: str, code: str) -> None:
    office.open()
    paper = arrive(office, **changes)
    with pytest.raises(ScanRejected) as caught:
        office.desk.attach(ACTOR, CODE, component, paper.document_id)
    assert caught.value.code == code
    assert office.tables.papers.decided(OFFICE, "set_dossier", 9) == ()


@pytest.mark.parametrize(("code", "component"), [(OTHER_CODE, "application"), (CODE, "none such")])
def test_what_is_not_there_is_not_found(office: Office, code: str, component: str) -> None:
    office.open()
    paper = arrive(office)
    with pytest.raises(NotFound):
        office.desk.attach(ACTOR, code, component, paper.document_id)


def test_a_declined_paper_stays_without_a_dossier_and_is_not_proposed_again(office: Office) -> None:
    office.open()
    paper = arrive(office)
    after = office.desk.detach(ACTOR, CODE, paper.document_id)
    office.desk.take_in([after])
    assert (after.dossier_code, proposed(office)) == (None, [])


def test_a_detached_paper_leaves_its_dossier_and_is_not_proposed_for_it(office: Office) -> None:
    office.open()
    paper = arrive(office)
    office.desk.attach(ACTOR, CODE, "application", paper.document_id)
    office.desk.detach(ACTOR, CODE, paper.document_id)
    assert office.tables.dossiers.components(OFFICE, CODE) == ()
    assert office.status(CODE, "application") == "missing"
    assert proposed(office) == []


def test_a_decision_whose_rows_a_crash_left_unwritten_is_applied_again_without_harm(office: Office) -> None:
    office.open()
    paper = arrive(office)
    decision = new_decision(SetDossier, ACTOR, paper.document_id, dossier_code=CODE, component="application")
    with deciding(office.store, office.tables, decision):
        office.desk.apply(decision)
        office.desk.apply(decision)
    assert len(office.tables.dossiers.components(OFFICE, CODE)) == 1


# -- what is known to be owed -----------------------------------------------------------------------------------------


def test_a_dossier_owes_until_the_last_paper_is_there(office: Office) -> None:
    office.open()
    application, dwelling = arrive(office), office.file("construction_permit", "investor", dossier_code=CODE)
    assert dwelling.dossier_code == CODE
    assert owes(office) == [CODE]
    office.desk.attach(ACTOR, CODE, "application", application.document_id)
    assert owes(office) == []


def test_a_paper_on_file_that_may_be_used_ends_what_the_dossier_owes(office: Office) -> None:
    office.open()
    office.file("residence_declaration", "declarant", dossier_code=CODE)
    assert owes(office) == [CODE]
    arrive(office, "construction_permit", "investor")
    assert owes(office) == []


def test_a_dossier_is_uncompared_until_its_papers_are(office: Office) -> None:
    office.open()
    paper = office.file("residence_declaration", "declarant", dossier_code=CODE, confirmed=False)
    assert uncompared(office) == [CODE]
    office.desk.take_in([office.tables.papers.decide(a_decision(paper))])
    assert uncompared(office) == []


def test_a_phone_number_is_kept_with_who_handed_the_dossier_in(office: Office) -> None:
    office.open()
    assert office.desk.set_phone(ACTOR, CODE, "0912 345 678").owner.phone == "0912345678"
    office.open(code=OTHER_CODE, submitted_by=Party(name="Đỗ Văn Khuê"))
    now = office.desk.set_phone(ACTOR, OTHER_CODE, "0988.112.233")
    assert (now.owner.phone, now.submitted_by) == (None, Party(name="Đỗ Văn Khuê", phone="0988112233"))
    assert office.tables.dossiers.get(OFFICE, OTHER_CODE) == now


@pytest.mark.parametrize("phone", ["", "12345", "chị Hường"])
def test_what_is_no_phone_number_is_refused(office: Office, phone: str) -> None:
    office.open()
    with pytest.raises(ScanRejected) as caught:
        office.desk.set_phone(ACTOR, CODE, phone)
    assert caught.value.code == "bad_phone"


def test_a_phone_number_of_a_list_is_taken_over_and_kept_when_the_list_comes_again(office: Office) -> None:
    office.open(source="imported", owner=Party(number=HUONG_NUMBER, phone="0912345678"))
    office.open(source="imported", owner=Party(number=HUONG_NUMBER))
    assert office.tables.dossiers.get(OFFICE, CODE).owner.phone == "0912345678"
