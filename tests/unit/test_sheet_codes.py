"""The QR codes of our own sheets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.sheet_codes import SheetCode, read_sheet_code, write_sheet_code

CODE = "H29.12.34-250708-0001"


@pytest.mark.parametrize("kind", ["cover", "missing"])
@pytest.mark.parametrize("code", [CODE, "000.00.00.H29-210608-0001"])
def test_what_was_written_is_read_again(kind: str, code: str) -> None:
    sheet = SheetCode.model_validate({"kind": kind, "dossier_code": code})
    assert read_sheet_code(write_sheet_code(sheet)) == sheet


def test_the_form_of_the_code_is_fixed() -> None:
    assert write_sheet_code(SheetCode(kind="cover", dossier_code=CODE)) == f"hoso:cover:1:{CODE}"


@pytest.mark.parametrize(
    "text",
    [CODE, f"hoso:cover:2:{CODE}", f"hoso:other:1:{CODE}", "hoso:cover:1:", "hoso:cover:1:1", f"hoso:cover:1:{CODE} x"],
)
def test_other_codes_are_none_of_ours(text: str) -> None:
    assert read_sheet_code(text) is None


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    read_sheet_code(text)
