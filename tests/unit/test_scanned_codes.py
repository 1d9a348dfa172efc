"""What readers at the counter read, and what it says."""

import pytest

from pipeline.catalogue import load_catalogue
from pipeline.scanned_codes import ScannedCode, read_scanned_code

PROCEDURES = load_catalogue().procedures
NUMBER = "001189000664"
DOSSIER = "H29.12.34-260620-0007"
CARD = f"{NUMBER}|012345678|Hồ Thị Mai|05061989|Nữ|Số 2, Phường Tân Định|20012022"


def read(text: str) -> ScannedCode | None:
    return read_scanned_code(text, PROCEDURES.values())


@pytest.mark.parametrize(
    "text", [f"hoso:cover:1:{DOSSIER}", f"hoso:missing:1:{DOSSIER}", DOSSIER, f" {DOSSIER.lower()}\n"]
)
def test_sheets_slips_and_typed_codes_name_their_dossier(text: str) -> None:
    assert read(text) == ScannedCode(kind="dossier", dossier_code=DOSSIER)


def test_the_code_of_a_receipt_names_dossier_procedure_and_citizen() -> None:
    procedure = next(one for one in PROCEDURES.values() if one.code)
    said = read(f"{DOSSIER};{procedure.code};{NUMBER}")
    assert said == ScannedCode(kind="dossier", dossier_code=DOSSIER, procedure=procedure.id, personal_id=NUMBER)


def test_a_card_names_its_holder() -> None:
    assert read(CARD) == ScannedCode(kind="card", personal_id=NUMBER, name="Hồ Thị Mai")


def test_of_a_card_whose_marks_were_lost_on_the_way_the_number_is_left() -> None:
    assert read(CARD.replace("Nữ", "N?")) == ScannedCode(kind="card", personal_id=NUMBER)


def test_a_typed_number_is_a_persons() -> None:
    assert read(NUMBER) == ScannedCode(kind="card", personal_id=NUMBER)


@pytest.mark.parametrize("text", ["", "https://example.org/x", "123456789012345", "999189000664", f"{NUMBER}|x"])
def test_anything_else_is_no_code_of_ours(text: str) -> None:
    assert read(text) is None
