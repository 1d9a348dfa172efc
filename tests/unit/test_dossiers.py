"""Dossiers are opened, and what several sources tell of one is merged."""

from datetime import date

import pytest

from pipeline.errors import NotFound, ScanRejected
from schemas.dossiers import DossierChange, Party
from tests.contract.examples import HUONG_NUMBER
from tests.unit.dossier_office import CODE, OFFICE, Office


def test_a_dossier_that_is_opened_is_on_file_and_in_the_store(office: Office) -> None:
    assert office.open().outcome == "added"
    assert office.tables.dossiers.get(OFFICE, CODE).procedure == "temporary_residence"
    assert [stored.key for stored in office.store.find("dossiers/")] == [f"dossiers/{OFFICE}/{CODE}.json"]


def test_the_same_again_changes_nothing(office: Office) -> None:
    office.open()
    assert office.open() == DossierChange(code=CODE, outcome="unchanged")


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("000.00.00.H29-210608-0001", True),
        ("H29.12.34-250708-AB0001", True),
        ("H29-250708-0001", True),
        ("250708-0001", False),
        ("H29.12.34-250708-0001 ", False),
        ("../H29-250708-0001", False),
    ],
)
def test_old_and_new_forms_of_codes_are_taken_and_no_others(office: Office, code: str, is_one: bool) -> None:
    if is_one:
        assert office.open(code=code).outcome == "added"
    else:
        with pytest.raises(ScanRejected) as caught:
            office.open(code=code)
        assert caught.value.code == "bad_dossier_code"


def test_an_unknown_procedure_opens_nothing(office: Office) -> None:
    with pytest.raises(NotFound):
        office.open(procedure="nothing")


def test_what_was_not_known_is_taken_over(office: Office) -> None:
    office.open(procedure=None)
    assert office.open(due_on=date(2026, 3, 9)).outcome == "updated"
    known = office.tables.dossiers.get(OFFICE, CODE)
    assert (known.procedure, known.due_on) == ("temporary_residence", date(2026, 3, 9))


def test_another_owner_or_procedure_is_a_conflict_and_changes_nothing(office: Office) -> None:
    office.open()
    other = {"owner": Party(number="079190012345"), "procedure": "land_change", "source": "imported"}
    assert set(office.open(**other).conflicts) == {"owner.number", "procedure"}
    known = office.tables.dossiers.get(OFFICE, CODE)
    assert (known.owner.number, known.procedure) == (HUONG_NUMBER, "temporary_residence")


def test_the_one_stop_system_is_believed_before_an_officer_and_an_officer_before_a_receipt(office: Office) -> None:
    office.open(due_on=date(2026, 3, 9))
    assert office.open(due_on=date(2026, 3, 11), source="receipt").conflicts == ("due_on",)
    assert office.open(due_on=date(2026, 3, 12), source="imported").conflicts == ()
    assert office.open(due_on=date(2026, 3, 13)).conflicts == ("due_on",)
    assert office.tables.dossiers.get(OFFICE, CODE).due_on == date(2026, 3, 12)


def test_a_name_that_differs_in_marks_only_is_no_conflict(office: Office) -> None:
    office.open()
    told = Party(number=HUONG_NUMBER, name="NGUYEN THI HUONG")
    assert office.open(owner=told, source="receipt").conflicts == ()
    assert office.tables.dossiers.get(OFFICE, CODE).owner.name == "Nguyễn Thị Hường"
